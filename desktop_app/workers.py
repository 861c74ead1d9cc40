"""The threads that wait for the workbench, so that the window never does.

They hand frozen values to the window's thread by queued signals, and neither decide nor show anything. Python threads
are used because an interpreter can leave a daemon thread behind, while a QThread destroyed early aborts the process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Condition, Event, Thread

from PySide6.QtCore import QObject, Signal

from desktop_app.telling import telling
from desktop_app.workbench import IndexState, Workbench
from rag.types import FileReport, FileState, IngestProgress, Scope, Turn

_PROGRESS_INTERVAL_S = 0.05
_PAUSE_BETWEEN_SLICES_S = 0.02
_PAUSE_WHILE_ANSWERING_S = 0.25


@dataclass(frozen=True, slots=True)
class Question:
    """What one answering run needs; see `Workbench.ask`."""

    turn_id: str
    text: str
    scope: Scope
    history: tuple[Turn, ...]
    standalone: str | None


class Answering(QObject):
    """Iterates one answer at a time.

    Signals:
        arrived(turn id, event): in the order of the workbench's events.
        failed(turn id, exception): instead of a `Done`.
        ended(turn id): the last signal of every turn.
    """

    arrived = Signal(str, object)
    failed = Signal(str, object)
    ended = Signal(str)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._cancel = Event()
        self._thread: Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, question: Question) -> None:
        """Begin; the caller has seen `ended` of the question before."""
        self._cancel = Event()
        self._thread = Thread(target=self._run, args=(question, self._cancel), name="answering", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the answer to end; it ends with `Done` soon."""
        self._cancel.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        return _join(self._thread, timeout_s)

    def _run(self, question: Question, cancel: Event) -> None:
        with telling(partial(self.failed.emit, question.turn_id)):
            for event in self._workbench.ask(
                question.text,
                scope=question.scope,
                history=question.history,
                standalone=question.standalone,
                cancel=cancel,
            ):
                self.arrived.emit(question.turn_id, event)
        self.ended.emit(question.turn_id)


@dataclass(frozen=True, slots=True)
class Added:
    """How an ingest ended: a report per file, and whether it was cancelled before its end."""

    reports: tuple[FileReport, ...]
    is_cancelled: bool


class Indexing(QObject):
    """Adds files, and between that lets the index follow the store in slices, which yield to an answer being written.

    Signals:
        progressed(IngestProgress): at most 20 times a second, but always where a document is new.
        added(Added): an ingest has ended.
        followed(IndexState): after each slice.
        failed(exception): the ingest or the index could not go on.
    """

    progressed = Signal(object)
    added = Signal(object)
    followed = Signal(object)
    failed = Signal(object)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self._workbench = workbench
        self._condition = Condition()
        self._waiting: list[tuple[Path, ...]] = []
        self._cancel = Event()
        self._is_adding = False
        self._must_follow = False
        self._is_answering = False
        self._is_closing = False
        self._thread = Thread(target=self._run, name="indexing", daemon=True)
        self._thread.start()

    @property
    def is_adding(self) -> bool:
        with self._condition:
            return self._is_adding or bool(self._waiting)

    def add(self, paths: Sequence[Path]) -> None:
        """Add these after what is being added now."""
        with self._condition:
            self._waiting.append(tuple(paths))
            self._condition.notify_all()

    def follow(self) -> None:
        """Let the index catch up with the store."""
        with self._condition:
            self._must_follow = True
            self._condition.notify_all()

    def set_answering(self, is_answering: bool) -> None:
        """While an answer is being written the index waits."""
        with self._condition:
            self._is_answering = is_answering
            self._condition.notify_all()

    def cancel(self) -> None:
        """End the ingest after the file at hand and forget what waits."""
        with self._condition:
            self._waiting.clear()
            self._cancel.set()

    def close(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        self.cancel()
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        return _join(self._thread, timeout_s)

    def _run(self) -> None:
        while not self._is_closing:
            paths = self._next_paths()
            if paths is not None:
                self._add(paths)
            elif self._must_follow and not self._is_closing:
                self._follow_one_slice()

    def _next_paths(self) -> tuple[Path, ...] | None:
        with self._condition:
            self._condition.wait_for(lambda: self._waiting or self._must_follow or self._is_closing)
            if not self._waiting or self._is_closing:
                return None
            self._cancel = Event()
            self._is_adding = True
            return self._waiting.pop(0)

    def _add(self, paths: tuple[Path, ...]) -> None:
        reports: list[FileReport] = []
        with telling(self.failed.emit):
            told_at_s = float("-inf")
            for progress in self._workbench.add(paths, self._cancel):
                if progress.report is not None:
                    reports.append(progress.report)
                told_at_s = self._tell(progress, told_at_s)
        with self._condition:
            self._is_adding = False
            self._must_follow = True
        self.added.emit(Added(tuple(reports), self._cancel.is_set()))

    def _tell(self, progress: IngestProgress, told_at_s: float) -> float:
        now_s = time.monotonic()
        is_new = progress.report is not None and progress.report.state is FileState.INDEXED
        if not is_new and now_s - told_at_s < _PROGRESS_INTERVAL_S:
            return told_at_s
        self.progressed.emit(progress)
        return now_s

    def _follow_one_slice(self) -> None:
        with self._condition:
            if self._is_answering:
                self._condition.wait(_PAUSE_WHILE_ANSWERING_S)
                return
        state = self._followed()
        with self._condition:
            if state is None or state.is_ready:
                self._must_follow = False
            elif not self._is_closing:
                self._condition.wait(_PAUSE_BETWEEN_SLICES_S)
        if state is not None:
            self.followed.emit(state)

    def _followed(self) -> IndexState | None:
        with telling(self.failed.emit):
            return self._workbench.follow_index()
        return None


class Errand(QObject):
    """Runs one plain function in a thread of its own.

    Signals:
        finished(returned value), failed(exception): exactly one of them, once.
    """

    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, function: Callable[[], object]) -> None:
        super().__init__()
        self._function = function
        self._thread = Thread(target=self._run, name="errand", daemon=True)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        return _join(self._thread, timeout_s)

    def _run(self) -> None:
        with telling(self.failed.emit):
            self.finished.emit(self._function())


def _join(thread: Thread | None, timeout_s: float) -> bool:
    if thread is None or thread.ident is None:
        return True
    thread.join(max(0.0, timeout_s))
    return not thread.is_alive()
