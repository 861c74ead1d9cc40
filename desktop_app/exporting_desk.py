"""From the wish to export a conversation to the file on the disk, and where it lies.

It writes nothing itself: the export runs in a thread of its own, and the formats are its own matter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from desktop_app.choosing import Chooser
from desktop_app.exporting import ExportFormat, suggested_name
from desktop_app.problems import explain
from desktop_app.window import Window
from desktop_app.workers import Errand
from rag.types import Conversation

Export = Callable[[Conversation, ExportFormat, Path], object]


class ExportingDesk(QObject):
    """Exports conversations; `export` writes one in a format to a path, in whatever thread it is called."""

    def __init__(self, export: Export, window: Window, chooser: Chooser) -> None:
        super().__init__()
        self._export = export
        self._window = window
        self._chooser = chooser
        self._errands: list[Errand] = []
        self._folder = Path.home()

    def export(self, conversation: Conversation) -> None:
        """Ask where to, and write it there without holding up the window."""
        path = self._chooser.export_path(self._folder / suggested_name(conversation, ExportFormat.MARKDOWN))
        if path is None:
            return
        self._folder = path.parent
        errand = Errand(partial(_exported, self._export, conversation, path))
        errand.finished.connect(self._tell_saved)
        errand.failed.connect(self._tell_failure)
        self._errands.append(errand)
        errand.start()

    def join(self, timeout_s: float) -> None:
        """Wait for exports that are under way."""
        for errand in self._errands:
            errand.join(timeout_s)

    @Slot(object)
    def _tell_saved(self, path: Path) -> None:
        self._errands = [errand for errand in self._errands if errand.is_running]
        self._window.banner.show_notice(
            f"Exported to {path.name}",
            f"It lies in {path.parent}.",
            action="Show in folder",
            on_action=partial(self._chooser.show_in_folder, path),
        )

    @Slot(object)
    def _tell_failure(self, exc: Exception) -> None:
        self._errands = [errand for errand in self._errands if errand.is_running]
        self._window.show_problem(explain(exc))


def _exported(export: Export, conversation: Conversation, path: Path) -> Path:
    export(conversation, ExportFormat(path.suffix.lower().lstrip(".")), path)
    return path
