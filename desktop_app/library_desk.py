"""The library as the reader sees and changes it: its size, its list, what is added, removed, named and corrected.

It reads no file itself; changes run in a thread of their own, adding in the indexing thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.adding_desk import AddingDesk
from desktop_app.choosing import Chooser
from desktop_app.collection_list import Shelf, ShelfKind, folder_words
from desktop_app.dismissals import Dismissals
from desktop_app.library_changes import Change, LibraryChanges
from desktop_app.library_deeds import LibraryDeeds
from desktop_app.library_files import LibraryFiles
from desktop_app.library_loading import LibraryLoading, Loaded, load_library
from desktop_app.library_rows import UnreadRow
from desktop_app.library_view import LibraryView
from desktop_app.notice_banner import NoticeStrip
from desktop_app.problems import Problem, explain
from desktop_app.window import Window
from desktop_app.wording import count_words
from desktop_app.workbench import Workbench
from rag.errors import RagError
from rag.holdings import Correction
from rag.rows import FileRow
from rag.types import Source

_TOLD_MS = 12_000
_REST_FACTOR = 9
_REFRESH_MS = 1_000
_AT_ONCE_S = 0.05
_SAVING = "Saving…"
_BACK = "What has changed and still cannot be read is listed again."


class LibraryDesk(QObject):
    """Knows which documents there are, and changes that.

    What took longer to read than `at_once_s` the last time is read in a thread, and shown a moment later.

    Signals:
        open_requested(document id): the reader wants to read a document.
        removed(document ids as a tuple): they are gone for good.
        renamed(old name, new name): a collection is called otherwise.
        changed(sources): the library holds these documents now, or says something else about them.
    """

    open_requested = Signal(str)
    removed = Signal(object)
    renamed = Signal(str, str)
    changed = Signal(object)
    _removed_one = Signal(str, int)

    def __init__(
        self, workbench: Workbench, window: Window, chooser: Chooser, adding: AddingDesk, dismissals: Dismissals
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._chooser = chooser
        self._adding = adding
        self._dismissals = dismissals
        self.files = LibraryFiles(workbench, chooser, adding, self._tell)
        self._hindrances: Mapping[str, str] = {}
        self._view: LibraryView | None = None
        self._deeds: LibraryDeeds | None = None
        self._changes = LibraryChanges()
        self._changes.failed.connect(self._tell_failure)
        self._changes.busy.connect(self._show_busy)
        self._removed_one.connect(self._follow_removal)
        self._gone: list[str] = []
        self._said: dict[str, Source] = {}
        self._doing = ""
        self._pause = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._last_folder = Path.home()
        self._is_closed = False
        self._next_refresh_s = 0.0
        self._loading = LibraryLoading()
        self._loading.loaded.connect(self._take)
        self._loading.failed.connect(self._tell_unread_library)
        self._thens: list[Callable[[], object]] = []
        self._took_s = 0.0
        self._is_opening = False
        self._undo: NoticeStrip | None = None
        self._just_dismissed: tuple[FileRow, ...] = ()
        self.at_once_s = _AT_ONCE_S
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._refresh_now)
        self.sources: tuple[Source, ...] = ()
        window.status_line.library_requested.connect(self.show)

    @Slot()
    def refresh(self) -> None:
        """Ask the workbench which documents there are; while files are added, for a tenth of the time at most."""
        rest_s = self._next_refresh_s - time.monotonic()
        if not self._adding.is_adding or rest_s <= 0:
            self._refresh_now()
        elif not self._later.isActive():
            self._later.start(round(rest_s * 1000) + 1)

    @Slot()
    def _refresh_now(self, then: Callable[[], object] | None = None) -> None:
        """Read and show what there is now; `then` follows when that is shown."""
        if self._is_closed:
            return
        self._later.stop()
        self._thens += [then] if then is not None else []
        is_seen = self._view is not None and (self._view.isVisible() or self._is_opening)
        known = self._view.contents.by_id if self._view is not None and is_seen else None
        function = partial(load_library, self._workbench, self._dismissals, known, self._hindrances)
        self._loading.load(function, at_once=self._took_s <= self.at_once_s)

    @Slot(object)
    def _take(self, loaded: Loaded) -> None:
        if self._is_closed:
            return
        began_s = time.monotonic()
        self.sources, self._took_s = loaded.sources, loaded.took_s
        self._window.status_line.show_library_size(len(self.sources))
        self._window.composer.set_library_empty(not self.sources, is_filling=self._adding.is_adding)
        if self._view is not None and loaded.contents is not None:
            self._view.show_contents(loaded.contents, self._words())
        self.changed.emit(self.sources)
        thens, self._thens = self._thens, []
        for then in thens:
            then()
        now_s = time.monotonic()
        self._next_refresh_s = now_s + _REST_FACTOR * (now_s - began_s + loaded.took_s)

    @Slot(object)
    def _tell_unread_library(self, exc: Exception) -> None:
        self._thens.clear()
        if not self._is_closed:
            self._show_problem(explain(exc))
            self._come_up()

    @Slot()
    def show(self) -> None:
        """Open the library's window, as it was left."""
        if self._view is None:
            self._view = self._made_view()
        self._is_opening = True
        self._refresh_now(self._come_up)

    def _come_up(self) -> None:
        if self._view is not None and self._is_opening:
            self._is_opening = False
            self._view.show()
            self._view.raise_()
            self._view.activateWindow()
            self._view.focus_filter()

    @property
    def document_ids(self) -> frozenset[str]:
        """The documents there are."""
        return frozenset(source.id for source in self.sources)

    @property
    def is_changing(self) -> bool:
        """Whether a change that was asked for is not made yet."""
        return self._changes.is_busy

    @property
    def view(self) -> LibraryView | None:
        return self._view

    @property
    def deeds(self) -> LibraryDeeds | None:
        return self._deeds

    @Slot(object)
    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders."""
        self._adding.add(paths)

    @Slot(str, object)
    def add_into(self, collection: str, paths: Sequence[Path]) -> None:
        """Add files and folders, and put their documents into a collection."""
        self._adding.add(paths, collection=collection)

    @Slot(str)
    def choose_files(self, collection: str = "") -> None:
        """Let the reader choose files, and add them, into a collection where one is named."""
        self._add_chosen(self._chooser.files(self._last_folder), collection)

    @Slot(str)
    def choose_folder(self, collection: str = "") -> None:
        """Let the reader choose a folder, and add what is in it, into a collection where one is named."""
        folder = self._chooser.folder(self._last_folder)
        self._add_chosen((folder,) if folder else (), collection)

    @Slot(object)
    def remove(self, document_ids: tuple[str, ...]) -> None:
        """Remove documents; the original files are not touched."""
        words = f"Removing {count_words(len(document_ids), 'document', 'documents')}…"
        function = partial(_remove_all, self._workbench.remove, document_ids, self._removed_one.emit)
        self._changes.make(Change(words, function, self._tell_removed))

    @Slot(str, object)
    def correct(self, document_id: str, correction: Correction) -> None:
        """Show and search a document under another title, date and author."""
        self._change(partial(self._workbench.correct, document_id, correction))

    @Slot(str, object)
    def collect(self, name: str, document_ids: tuple[str, ...]) -> None:
        """Put documents into a collection, which is made where there is none."""
        self._change(partial(self._workbench.collect, name, document_ids))

    @Slot(str, object)
    def uncollect(self, name: str, document_ids: tuple[str, ...]) -> None:
        """Take documents out of a collection; they stay in the library."""
        self._change(partial(self._workbench.uncollect, name, document_ids))

    @Slot(str)
    def make_collection(self, name: str) -> None:
        """Make an empty collection and show it; the one that has the name already is shown instead."""
        named = (one.name for one in self._workbench.collections() if one.name.casefold() == name.casefold())
        there = next(named, None)
        if there is not None:
            then = partial(self._tell, "There is a collection of this name already", "It is the one shown now.")
            self._show_shelf(Shelf(ShelfKind.COLLECTION, there), then)
        else:
            then = partial(self._show_shelf, Shelf(ShelfKind.COLLECTION, name))
            self._changes.make(Change(_SAVING, partial(self._workbench.collect, name, ()), then))

    @Slot(str, str)
    def rename_collection(self, name: str, new_name: str) -> None:
        """Give a collection another name."""
        function = partial(self._rename, name, new_name)
        self._changes.make(Change(_SAVING, function, partial(self._follow_name, name, new_name)))

    @Slot(str)
    def remove_collection(self, name: str) -> None:
        """Remove a collection; its documents stay."""
        function = partial(self._rename, name, "")
        self._changes.make(Change(_SAVING, function, partial(self._forget_name, name)))

    @Slot()
    def watch_folder(self) -> None:
        """Let the reader choose a folder that the library is kept in step with, and add what is in it."""
        folder = self._chooser.folder(self._last_folder)
        if folder is None:
            return
        self._last_folder = folder.parent
        if any(Path(one.path) == folder for one in self._workbench.watched()):
            then = partial(self._tell, f"{folder_words(str(folder))} is watched already", "")
            self._show_shelf(Shelf(ShelfKind.FOLDER, str(folder)), then)
            return
        function = partial(self._workbench.watch, folder)
        self._changes.make(Change(_SAVING, function, partial(self._begin_watching, folder)))

    @Slot(str)
    def unwatch_folder(self, path: str) -> None:
        """Stop watching a folder; its documents stay."""
        self._change(partial(self._workbench.unwatch, Path(path)))

    @Slot(str, str)
    def feed_collection(self, path: str, name: str) -> None:
        """Let a watched folder's documents, those there are and those to come, go into a collection; or into none."""
        self._change(partial(self._workbench.watch, Path(path), name))
        if name and self._view is not None:
            rows = self._view.contents.on(Shelf(ShelfKind.FOLDER, path))
            self.collect(name, tuple(row.id for row in rows))

    @Slot(object)
    def dismiss(self, rows: tuple[UnreadRow, ...]) -> None:
        """Take files that could not be read off the list; they come back when they change, or with Undo."""
        files = tuple(row.file for row in rows)
        self._dismissals.dismiss(files)
        self._refresh_now()
        if self._view is not None:
            if self._undo is not None and not self._undo.is_gone:  # one notice for what is dismissed file by file
                files = self._just_dismissed + files
                self._undo.dismiss()
            self._just_dismissed = files
            words = f"{count_words(len(files), 'file was', 'files were')} dismissed"
            undo = partial(self._undismiss, files)
            self._undo = self._view.banner.show_notice(words, _BACK, action="Undo", on_action=undo, timeout_ms=_TOLD_MS)

    def _undismiss(self, files: tuple[FileRow, ...]) -> None:
        self._dismissals.restore(files)
        self._refresh_now()

    @Slot(object)
    def show_hindrances(self, sentences: Mapping[str, str]) -> None:
        """Say beside each of these watched folders, by their paths, why it is not watched all the time."""
        self._hindrances = sentences
        if self._view is not None and self._view.isVisible():
            self._refresh_now()

    def close(self) -> None:
        """Ask the workbench nothing any more, for it is being closed."""
        self._is_closed = True
        self._changes.close()

    def join(self, timeout_s: float) -> None:
        """Wait for a change, or a reading, that is under way."""
        self._changes.join(timeout_s)
        self._loading.join(timeout_s)

    # What follows

    def _change(self, function: Callable[[], object]) -> None:
        self._changes.make(Change(_SAVING, function, self._refresh_now))

    def _add_chosen(self, paths: Sequence[Path], collection: str) -> None:
        if paths:
            self._last_folder = paths[0].parent
            self._adding.add(paths, collection=collection)

    def _made_view(self) -> LibraryView:
        view = LibraryView(self._window)
        self._window.dress(view)
        deeds = LibraryDeeds(view, self._chooser.confirm, self._known)
        deeds.open_requested.connect(self._open)
        deeds.original_requested.connect(self.files.open_original)
        deeds.folder_requested.connect(self.files.show_in_folder)
        deeds.retry_requested.connect(self.files.retry)
        deeds.dismiss_requested.connect(self.dismiss)
        deeds.ocr_requested.connect(self.files.read_by_ocr)
        deeds.remove_requested.connect(self.remove)
        deeds.corrected.connect(self.correct)
        deeds.collect_requested.connect(self.collect)
        deeds.uncollect_requested.connect(self.uncollect)
        deeds.make_requested.connect(self.make_collection)
        deeds.rename_requested.connect(self.rename_collection)
        deeds.remove_collection_requested.connect(self.remove_collection)
        deeds.watch_requested.connect(self.watch_folder)
        deeds.unwatch_requested.connect(self.unwatch_folder)
        deeds.feed_requested.connect(self.feed_collection)
        deeds.add_files_requested.connect(self.choose_files)
        deeds.add_folder_requested.connect(self.choose_folder)
        deeds.add_requested.connect(self.add_into)
        self._deeds = deeds
        return view

    def _words(self) -> str:
        return self._doing or ("adding files…" if self._adding.is_adding else "")

    def _known(self, document_id: str) -> tuple[Correction, Source | None]:
        """What was corrected, and what the file says: known for sure as long as nothing was corrected."""
        try:
            correction = self._workbench.correction(document_id)
        except RagError as exc:
            self._window.show_problem(explain(exc))
            return Correction(), None
        if correction == Correction() and self._view is not None:
            row = self._view.contents.by_id.get(document_id)
            if row is not None:
                self._said[document_id] = row.source
        return correction, self._said.get(document_id)

    @Slot(str)
    def _open(self, document_id: str) -> None:
        """Open a document in the main window, which must not lie under this one."""
        view = self._view
        if view is not None and view.frameGeometry().intersects(self._window.frameGeometry()):
            view.hide()
        self._window.come_to_front()
        self.open_requested.emit(document_id)

    def _show_shelf(self, shelf: Shelf, then: Callable[[], object] | None = None) -> None:
        def choose() -> None:
            if self._view is not None:
                self._view.shelves.choose(shelf)
            if then is not None:
                then()

        self._refresh_now(choose)

    def _rename(self, name: str, new_name: str) -> None:
        """In the changes' thread: what is just being added must not wait for the window to hear of the new name."""
        if new_name:
            self._workbench.rename_collection(name, new_name)
        else:
            self._workbench.remove_collection(name)
        self._adding.lead_to_collection(name, new_name)

    def _follow_name(self, name: str, new_name: str) -> None:
        if self._view is not None and self._view.shelf == Shelf(ShelfKind.COLLECTION, name):
            self._view.shelves.expect(Shelf(ShelfKind.COLLECTION, new_name))
        self._adding.rename_collection(name, new_name)
        self.renamed.emit(name, new_name)
        self._refresh_now()

    def _forget_name(self, name: str) -> None:
        self._adding.rename_collection(name, "")
        self._refresh_now()

    def _begin_watching(self, folder: Path) -> None:
        self._adding.add((folder,))
        self._show_shelf(Shelf(ShelfKind.FOLDER, str(folder)))

    @Slot(str, int)
    def _follow_removal(self, document_id: str, n_left: int) -> None:
        """One of several is gone; what is left to do is told, and the table follows about once a second."""
        self._gone.append(document_id)
        if self._changes.is_busy and n_left:
            self._show_busy(f"Removing {count_words(n_left, 'document', 'documents')}…")
            if not self._pause.isActive():
                self._pause.start()
                self._refresh_now()

    def _tell_removed(self) -> None:
        gone, self._gone = tuple(self._gone), []
        self._refresh_now(partial(self.removed.emit, gone) if gone else None)

    @Slot(str)
    def _show_busy(self, words: str) -> None:
        self._doing = words
        if self._view is not None and not self._is_closed:
            self._view.show_doing(self._words())

    @Slot(object)
    def _tell_failure(self, exc: Exception) -> None:
        self._tell_removed()  # a removal that broke off has removed some
        if isinstance(exc, ValueError):  # its message is for the reader; see Workbench
            self._tell("That was not changed", str(exc))
        elif isinstance(exc, KeyError):
            self._tell("That was not changed", "The document is not in the library any more.")
        else:
            self._show_problem(explain(exc))

    def _show_problem(self, problem: Problem) -> None:
        self._window.show_problem(problem)
        if self._view is not None and self._view.isVisible():
            self._view.banner.show_notice(problem.title, problem.message, tone="bad")

    def _tell(self, title: str, message: str) -> None:
        if self._view is not None and self._view.isVisible():
            self._view.banner.show_notice(title, message, timeout_ms=_TOLD_MS)
        else:
            self._window.banner.show_notice(title, message, timeout_ms=_TOLD_MS)


def _remove_all(remove: Callable[..., None], document_ids: tuple[str, ...], tell: Callable[[str, int], object]) -> None:
    for n_done, document_id in enumerate(document_ids, start=1):
        remove(document_id, is_last=n_done == len(document_ids))
        tell(document_id, len(document_ids) - n_done)
