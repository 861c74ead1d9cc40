"""From files that the reader wants to add to the library's new size: starts, shows progress, pauses, cancels, sums up.

It reads no file and draws nothing; the indexing thread and the status line do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.adding_view import AddingView, skipped, summary
from desktop_app.hosting_errors import ChildDied
from desktop_app.pacing import Hold
from desktop_app.problems import explain
from desktop_app.status_line import RESUME
from desktop_app.time_left import TimeLeft
from desktop_app.window import Window
from desktop_app.wishes import Wish, Wishes
from desktop_app.workbench import IndexState
from desktop_app.workers import Added, Indexing
from rag.types import FileReport, FileState, IngestProgress

_CHANGE_INTERVAL_MS = 1_000
_GO_ON_ANYWAY = "Go on anyway"
_PAUSED = "Paused"
_GIVEN_UP = "What was read of it is in the library. Add it again, perhaps a part at a time, to try once more."


class AddingDesk(QObject):
    """Adds files and tells how it goes. `clock_s` tells the time.

    Signals:
        library_changed(): documents were added, or an adding began or ended; about once a second while it goes on.
        battery_overruled(): the reader wants to go on although the battery is low.
    """

    library_changed = Signal()
    battery_overruled = Signal()

    def __init__(
        self, indexing: Indexing, window: Window, wishes: Wishes, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._indexing = indexing
        self._wishes = wishes
        self._tried_again: set[Wish] = set()
        self._resumed: set[Wish] = set()
        self._has_died = self._has_learnt_again = False
        self._is_closed = False
        self._window = window
        self._clock_s = clock_s
        self._reports: tuple[FileReport, ...] = ()
        self._is_quiet = False
        self._n_unlearnt = 0
        self._battery_words = ""
        self._progress: IngestProgress | None = None
        self._left = TimeLeft(clock_s)
        self._change_timer = QTimer(self, singleShot=True, interval=_CHANGE_INTERVAL_MS)
        self._change_timer.timeout.connect(self.library_changed)
        indexing.progressed.connect(self._show_progress)
        indexing.added.connect(self._sum_up)
        indexing.rested.connect(self._rest)
        indexing.followed.connect(self._show_following)
        indexing.failed.connect(self._show_failure)
        window.status_line.pause_requested.connect(self.pause_or_resume)
        window.status_line.cancel_requested.connect(self.cancel)
        window.status_line.details_requested.connect(self.show_details)
        window.actions_by_name["pause"].triggered.connect(self.pause_or_resume)
        window.actions_by_name["cancel_adding"].triggered.connect(self.cancel)
        self._enable_actions()

    def add(self, paths: Sequence[Path], *, is_quiet: bool = False, by_ocr: bool = False, collection: str = "") -> None:
        """Add files and folders, into a collection where one is named.

        A quiet run only says something if it added or skipped a file.
        """
        if not paths:
            return
        self._is_quiet = is_quiet and not self._indexing.is_adding
        wish = Wish(tuple(paths), by_ocr, collection)
        if not is_quiet:
            self._wishes.keep(wish)
        self._indexing.add(wish)
        self._show_state()
        self.library_changed.emit()

    def resume(self) -> None:
        """Go on with what an earlier session, or an engine that died, has left."""
        for wish in self._wishes.left:
            self._resumed.add(wish)
            self._indexing.add(wish, is_resumed=True)
        self._show_state()

    def close(self) -> None:
        """What is broken off from now on is left for the next session."""
        self._is_closed = True

    def bring_in_step(self, folders: Sequence[Path]) -> None:
        """Look watched folders through; only what changed in them is told."""
        for folder in folders:
            self._indexing.add(Wish((folder,)), is_rescan=True)

    def lead_to_collection(self, name: str, new_name: str) -> None:
        """Let what is still to come go into a collection under its new name, or into none where that is empty.

        May be called from any thread; `rename_collection` then remembers it for another session.
        """
        self._indexing.rename_collection(name, new_name)

    def rename_collection(self, name: str, new_name: str) -> None:
        """Remember under which name what is still to come goes into a collection."""
        self._wishes.rename_collection(name, new_name)

    @Slot()
    def learn(self) -> None:
        """Compute the vectors that are missing, of an earlier time or because passages were cut anew."""
        self._indexing.embed()

    @property
    def is_adding(self) -> bool:
        return self._indexing.is_adding

    @property
    def is_paused(self) -> bool:
        """Whether the reader or the battery holds the work."""
        return bool(self._holds)

    @Slot()
    def pause_or_resume(self) -> None:
        """Pause what goes on, let go on what is paused, or learn what was left when the last run was cancelled."""
        pace = self._indexing.pace
        if self._holds:
            pace.let_go(Hold.PERSON)
            if Hold.BATTERY in self._holds:
                self.battery_overruled.emit()
            self._show_state()
        elif self._indexing.is_busy:
            pace.hold(Hold.PERSON)
            self._show_state()
        elif self._n_unlearnt:
            self.learn()

    def hold_for_battery(self, words: str) -> None:
        """Pause because of the battery, with a sentence for the status line; go on where that is empty."""
        self._battery_words = words
        if words:
            self._indexing.pace.hold(Hold.BATTERY)
        else:
            self._indexing.pace.let_go(Hold.BATTERY)
        self._show_state()

    @Slot()
    def cancel(self) -> None:
        """Stop; what is done stays done, and the rest is not wanted any more."""
        if not self._indexing.is_busy:
            return
        self._wishes.clear()
        self._window.status_line.show_cancelling()
        self._indexing.cancel()
        self._indexing.pace.let_go(Hold.PERSON)

    @Slot()
    def show_details(self) -> None:
        """Open the list of the files and what became of them."""
        view = AddingView(self._reports, self._window)
        self._window.dress(view)
        view.show()

    @property
    def _holds(self) -> frozenset[Hold]:
        return self._indexing.pace.holds - {Hold.ANSWERING}

    @Slot(object)
    def _show_progress(self, progress: IngestProgress) -> None:
        if self._progress is None or (self._progress.stage, self._progress.total) != (progress.stage, progress.total):
            self._left = TimeLeft(self._clock_s)
        self._progress = progress
        self._show_state()
        if progress.report is not None:  # scans are not read twice; of other files only what has changed is
            self._wishes.settle(Wish((Path(progress.report.path),), by_ocr=True))
        is_new = progress.report is not None and progress.report.state is FileState.INDEXED
        if is_new and not self._change_timer.isActive():
            self._change_timer.start()

    def _show_state(self) -> None:
        """What goes on, or that it is held; nothing where neither is so."""
        line, progress = self._window.status_line, self._progress
        self._enable_actions()
        if not self._indexing.is_busy:
            if progress is None:
                line.show_unlearnt(self._n_unlearnt)
        elif self._holds:
            self._left.rest()
            is_own = Hold.PERSON in self._holds
            line.show_held(progress, _PAUSED if is_own else self._battery_words, RESUME if is_own else _GO_ON_ANYWAY)
        elif progress is not None:
            line.show_progress(progress, self._left.update(progress.done, progress.total))
        elif self._indexing.is_adding and not self._is_quiet:
            line.show_looking()

    @Slot(object)
    def _sum_up(self, added: Added) -> None:
        if self._is_closed:
            return
        self._progress = None
        self._change_timer.stop()
        self._see_to_the_rest(added)
        is_news = added.n_gone or skipped(added.reports) or any(r.state is FileState.INDEXED for r in added.reports)
        if is_news or not (added.is_rescan or self._is_quiet or added.failure):
            self._reports = added.reports
            words = summary(
                added.reports, is_cancelled=added.is_cancelled, n_gone=added.n_gone, collection=added.wish.collection
            )
            self._window.status_line.show_summary(words, has_details=bool(skipped(added.reports)))
        elif not added.is_rescan:
            self._window.status_line.clear_activity()
        self._is_quiet = False
        self._enable_actions()
        self.library_changed.emit()

    def _see_to_the_rest(self, added: Added) -> None:
        """Try once more where the engine has died, which the workbench tells; other failures are told here.

        What fails again in another session, or after a restart of the engine, is not tried for ever.
        """
        wish, failure = added.wish, added.failure
        if isinstance(failure, ChildDied) and wish not in self._tried_again:
            self._tried_again.add(wish)
            self._indexing.add(wish, is_rescan=added.is_rescan, is_resumed=wish in self._resumed)
            return
        is_hopeless = failure is not None and wish in self._resumed
        if failure is not None:
            self._window.show_problem(explain(failure))
        if is_hopeless:
            self._window.banner.show_notice(f"{_named(wish)} was given up", _GIVEN_UP, tone="warn")
        if not added.is_rescan:
            self._wishes.settle(wish, None if added.is_cancelled or is_hopeless else added.rest)
        self._tried_again.discard(wish)
        self._resumed.discard(wish)

    @Slot(int)
    def _rest(self, n_unlearnt: int) -> None:
        """Nothing goes on; where the engine has died over it, it is tried once more, until all is learnt one day."""
        if n_unlearnt and self._has_died and not self._has_learnt_again:
            self._has_learnt_again = True
            self.learn()
        self._has_died = False
        self._has_learnt_again = self._has_learnt_again and n_unlearnt > 0
        self._progress = None
        self._n_unlearnt = n_unlearnt
        self._window.status_line.show_unlearnt(n_unlearnt)
        self._enable_actions()

    @Slot(object)
    def _show_following(self, state: IndexState) -> None:
        if not self._indexing.is_busy:
            self._window.status_line.show_following(state)

    @Slot(object)
    def _show_failure(self, exc: Exception) -> None:
        self._progress = None
        self._window.status_line.clear_activity()
        self._has_died = isinstance(exc, ChildDied)
        if not self._has_died or self._has_learnt_again:  # the first death is told by the workbench
            self._window.show_problem(explain(exc))

    def _enable_actions(self) -> None:
        actions, is_busy = self._window.actions_by_name, self._indexing.is_busy
        may_resume = bool(self._holds) or not is_busy
        actions["pause"].setText("&Resume reading and learning" if may_resume else "&Pause reading and learning")
        actions["pause"].setEnabled(is_busy or bool(self._n_unlearnt))
        actions["cancel_adding"].setEnabled(is_busy)


def _named(wish: Wish) -> str:
    """For example: Adding “letters”, Adding “a.pdf” and 3 more."""
    n_more = len(wish.paths) - 1
    return f"Adding “{wish.paths[0].name}”" + (f" and {n_more:,} more" if n_more else "")
