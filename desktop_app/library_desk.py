"""The library as the reader sees and changes it: its size, its list, what is added and removed.

It reads no file itself; removing runs in a thread of its own, adding in the indexing thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.adding_desk import AddingDesk
from desktop_app.choosing import Chooser
from desktop_app.library_view import LibraryView
from desktop_app.problems import explain
from desktop_app.window import Window
from desktop_app.workbench import Workbench
from desktop_app.workers import Errand
from rag.types import Source


class LibraryDesk(QObject):
    """Knows which documents there are, and changes that.

    Signals:
        open_requested(document id): the reader wants to read a document.
        removed(document ids as a tuple): they are gone for good.
        changed(sources): the library holds these documents now.
    """

    open_requested = Signal(str)
    removed = Signal(object)
    changed = Signal(object)

    def __init__(self, workbench: Workbench, window: Window, chooser: Chooser, adding: AddingDesk) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._chooser = chooser
        self._adding = adding
        self._view: LibraryView | None = None
        self._errands: list[Errand] = []
        self._last_folder = Path.home()
        self._is_closed = False
        self.sources: tuple[Source, ...] = ()
        window.status_line.library_requested.connect(self.show)

    @Slot()
    def refresh(self) -> None:
        """Ask the workbench which documents there are."""
        if self._is_closed:
            return
        self.sources = self._workbench.sources()
        self._window.status_line.show_library_size(len(self.sources))
        self._window.composer.set_library_empty(not self.sources, is_filling=self._adding.is_adding)
        if self._view is not None:
            self._view.show_sources(self.sources)
        self.changed.emit(self.sources)

    @Slot()
    def show(self) -> None:
        """Open the list of documents."""
        if self._view is None:
            self._view = self._made_view()
        self._view.show_sources(self.sources)
        self._view.show()
        self._view.raise_()
        self._view.activateWindow()
        self._view.filter_box.setFocus()

    @property
    def document_ids(self) -> frozenset[str]:
        """The documents there are."""
        return frozenset(source.id for source in self.sources)

    @property
    def view(self) -> LibraryView | None:
        return self._view

    @Slot(object)
    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders."""
        self._adding.add(paths)

    @Slot()
    def choose_files(self) -> None:
        """Let the reader choose files, and add them."""
        self._add_chosen(self._chooser.files(self._last_folder))

    @Slot()
    def choose_folder(self) -> None:
        """Let the reader choose a folder, and add what is in it."""
        folder = self._chooser.folder(self._last_folder)
        self._add_chosen((folder,) if folder else ())

    @Slot(object)
    def remove(self, document_ids: tuple[str, ...]) -> None:
        """Remove documents; the original files are not touched."""
        errand = Errand(partial(_remove_all, self._workbench.remove, document_ids))
        errand.finished.connect(self._tell_removed)
        errand.failed.connect(self._tell_failure)
        self._errands.append(errand)
        errand.start()

    def close(self) -> None:
        """Ask the workbench nothing any more, for it is being closed."""
        self._is_closed = True

    def join(self, timeout_s: float) -> None:
        """Wait for removals that are under way."""
        for errand in self._errands:
            errand.join(timeout_s)

    def _add_chosen(self, paths: Sequence[Path]) -> None:
        if paths:
            self._last_folder = paths[0].parent
            self._adding.add(paths)

    def _made_view(self) -> LibraryView:
        view = LibraryView(self._window, partial(self._confirm_removal))
        self._window.dress(view)
        view.open_requested.connect(self.open_requested)
        view.remove_requested.connect(self.remove)
        view.add_files_requested.connect(self.choose_files)
        view.add_folder_requested.connect(self.choose_folder)
        return view

    def _confirm_removal(self, question: str, explanation: str) -> bool:
        return self._chooser.confirm(question, explanation, "Remove")

    @Slot(object)
    def _tell_removed(self, document_ids: tuple[str, ...]) -> None:
        self._errands = [errand for errand in self._errands if errand.is_running]
        self.refresh()
        self.removed.emit(document_ids)

    @Slot(object)
    def _tell_failure(self, exc: Exception) -> None:
        self._errands = [errand for errand in self._errands if errand.is_running]
        self.refresh()
        self._window.show_problem(explain(exc))


def _remove_all(remove: Callable[[str], None], document_ids: tuple[str, ...]) -> tuple[str, ...]:
    for document_id in document_ids:
        remove(document_id)
    return document_ids
