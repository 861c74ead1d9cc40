"""From files that the reader wants to add to the library's new size: starts, shows progress, cancels, sums up.

It reads no file and draws nothing; the indexing thread and the status line do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.adding_view import AddingView, skipped, summary
from desktop_app.problems import explain
from desktop_app.window import Window
from desktop_app.workbench import IndexState
from desktop_app.workers import Added, Indexing
from rag.types import FileReport, FileState, IngestProgress

_CHANGE_INTERVAL_MS = 1_000


class AddingDesk(QObject):
    """Adds files and tells how it goes.

    Signals:
        library_changed(): documents were added, or an adding began or ended; about once a second while it goes on.
    """

    library_changed = Signal()

    def __init__(self, indexing: Indexing, window: Window) -> None:
        super().__init__()
        self._indexing = indexing
        self._window = window
        self._reports: tuple[FileReport, ...] = ()
        self._began_at_s = 0.0
        self._is_quiet = False
        self._change_timer = QTimer(self, singleShot=True, interval=_CHANGE_INTERVAL_MS)
        self._change_timer.timeout.connect(self.library_changed)
        indexing.progressed.connect(self._show_progress)
        indexing.added.connect(self._sum_up)
        indexing.followed.connect(self._show_following)
        indexing.failed.connect(self._show_failure)
        window.status_line.cancel_requested.connect(self.cancel)
        window.status_line.details_requested.connect(self.show_details)

    def add(self, paths: Sequence[Path], *, is_quiet: bool = False) -> None:
        """Add files and folders; a quiet run only says something if it added or skipped a file."""
        if not paths:
            return
        self._is_quiet = is_quiet and not self._indexing.is_adding
        self._began_at_s = time.monotonic()
        self._indexing.add(paths)
        self.library_changed.emit()

    @property
    def is_adding(self) -> bool:
        return self._indexing.is_adding

    @Slot()
    def cancel(self) -> None:
        """Stop after the file at hand."""
        self._indexing.cancel()
        self._window.status_line.show_cancelling()

    @Slot()
    def show_details(self) -> None:
        """Open the list of the files that were skipped."""
        view = AddingView(self._reports, self._window)
        self._window.dress(view)
        view.show()

    @Slot(object)
    def _show_progress(self, progress: IngestProgress) -> None:
        self._window.status_line.show_progress(progress, time.monotonic() - self._began_at_s)
        is_new = progress.report is not None and progress.report.state is FileState.INDEXED
        if is_new and not self._change_timer.isActive():
            self._change_timer.start()

    @Slot(object)
    def _sum_up(self, added: Added) -> None:
        self._reports = added.reports
        n_new = sum(report.state is FileState.INDEXED for report in added.reports)
        n_skipped = len(skipped(added.reports))
        if self._is_quiet and not n_new and not n_skipped:
            self._window.status_line.clear_activity()
        else:
            words = summary(added.reports, is_cancelled=added.is_cancelled)
            self._window.status_line.show_summary(words, has_details=n_skipped > 0)
        self._is_quiet = False
        self._began_at_s = time.monotonic()
        self._change_timer.stop()
        self.library_changed.emit()

    @Slot(object)
    def _show_following(self, state: IndexState) -> None:
        if not self._indexing.is_adding:
            self._window.status_line.show_following(state)

    @Slot(object)
    def _show_failure(self, exc: Exception) -> None:
        self._window.status_line.clear_activity()
        self._window.show_problem(explain(exc))
