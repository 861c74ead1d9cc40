"""The threads that wait for the workbench, so that the window never does.

They hand frozen values to the window's thread by queued signals, and neither decide nor show anything. Python threads
are used because an interpreter can leave a daemon thread behind, while a QThread destroyed early aborts the process.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Condition, Event, Thread

from PySide6.QtCore import QObject, Signal

from desktop_app.pacing import Hold, Pace
from desktop_app.telling import telling
from desktop_app.wishes import Wish
from desktop_app.workbench import IndexState, Workbench
from rag.finding import is_visible
from rag.rows import FileRow
from rag.types import FileReport, FileState, IngestProgress, Scope, Stage, Turn

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
    """How a reading ended: a report per file, and whether it was cancelled before its end.

    Where it was a `is_rescan`, only what is new is in `reports`; `n_gone` files have left the folder since the last.
    `failure` is why it could not go on. `rest` is what of the wish is left for another time: all of it after a failure,
    and of one that is resumed what is not there at the moment.
    """

    reports: tuple[FileReport, ...]
    is_cancelled: bool
    is_rescan: bool = False
    n_gone: int = 0
    wish: Wish = field(default_factory=Wish)
    failure: Exception | None = None
    rest: Wish | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    wish: Wish = field(default_factory=Wish)
    is_rescan: bool = False
    is_resumed: bool = False


class Indexing(QObject):
    """Reads files, then computes vectors, then lets the index follow the store; what is to be read always comes first.

    `pace` holds reading and computing; holds by a person or a battery take effect within a second.

    Signals:
        progressed(IngestProgress): at most 20 times a second, but always where a document is new.
        added(Added): a reading has ended; what it read can be found by its words.
        rested(count): nothing is left to be read or computed, or that was cancelled: so many passages lack vectors.
        followed(IndexState): after each slice.
        failed(exception): computing or the index could not go on.
    """

    progressed = Signal(object)
    added = Signal(object)
    rested = Signal(int)
    followed = Signal(object)
    failed = Signal(object)

    def __init__(self, workbench: Workbench) -> None:
        super().__init__()
        self.pace = Pace()
        self._workbench = workbench
        self._condition = Condition()
        self._waiting: list[_Job] = []
        self._cancel = Event()
        self._stage: Stage | None = None
        self._job = _Job()
        self._is_cancelled = False
        self._must_embed = False
        self._must_follow = False
        self._is_closing = False
        self._thread = Thread(target=self._run, name="indexing", daemon=True)
        self._thread.start()

    @property
    def is_adding(self) -> bool:
        """Whether files are being read, or wait to be."""
        with self._condition:
            return self._stage is Stage.READING or bool(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether anything is read or computed, or waits to be, held or not."""
        with self._condition:
            return self._stage is not None or bool(self._waiting) or self._must_embed

    def add(self, wish: Wish, *, is_rescan: bool = False, is_resumed: bool = False) -> None:
        """Add this after what is being read now, and before any vectors; the same is not queued twice.

        What is resumed is not queued either while it is being read. Of it, a path where nothing is at the moment is
        passed over.
        """
        job = _Job(wish, is_rescan, is_resumed)
        with self._condition:
            others = [self._job, *self._waiting] if is_resumed and self._stage is Stage.READING else self._waiting
            if any((one.wish, one.is_rescan) == (wish, is_rescan) for one in others):
                return
            place = len(self._waiting) if is_rescan else sum(not one.is_rescan for one in self._waiting)
            self._waiting.insert(place, job)
            if self._stage is Stage.EMBEDDING:
                self._break_off()
            self._condition.notify_all()

    def rename_collection(self, name: str, new_name: str) -> None:
        """Let documents that are still to come go into a collection under its new name; into none where it is empty."""
        with self._condition:
            self._waiting = [_under(job, name, new_name) for job in self._waiting]
            self._job = _under(self._job, name, new_name)

    def embed(self) -> None:
        """Compute the vectors that are missing."""
        with self._condition:
            self._must_embed = True
            self._condition.notify_all()

    def follow(self) -> None:
        """Let the index catch up with the store."""
        with self._condition:
            self._must_follow = True
            self._condition.notify_all()

    def set_answering(self, is_answering: bool) -> None:
        """While an answer is being written everything here waits."""
        if is_answering:
            self.pace.hold(Hold.ANSWERING)
        else:
            self.pace.let_go(Hold.ANSWERING)

    def cancel(self) -> None:
        """End what goes on, at once or with the file at hand, and forget what waits; what is done stays done.

        Folders that wait to be looked through do so on, unless such a one is what is ended.
        """
        with self._condition:
            is_rescan = self._stage is Stage.READING and self._job.is_rescan
            waiting = [] if is_rescan or self._is_closing else [job for job in self._waiting if job.is_rescan]
            has_not_begun = self._stage is None and len(waiting) < len(self._waiting)
            self._waiting = waiting
            self._must_embed = False
            self._is_cancelled = True
            self._break_off()
        if has_not_begun:
            self.added.emit(Added((), is_cancelled=True))

    def close(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self.cancel()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        return _join(self._thread, timeout_s)

    def _break_off(self) -> None:
        self._cancel.set()
        self.pace.break_off()

    def _run(self) -> None:
        while not self._is_closing:
            job = self._next_job()
            if job is not None:
                self._work_on(job)
            elif self._must_follow and not self._is_closing:
                self._follow_one_slice()

    def _next_job(self) -> _Job | None:
        """What is to be read, or else a job without files where vectors are wanted."""
        with self._condition:
            self._condition.wait_for(lambda: self._waiting or self._must_embed or self._must_follow or self._is_closing)
            if self._is_closing or not (self._waiting or self._must_embed):
                return None
            self._cancel = Event()
            self._is_cancelled = False
            job = self._job = self._waiting.pop(0) if self._waiting else _Job()
            self._stage = Stage.READING if job.wish.paths else Stage.EMBEDDING
            self._must_embed = True  # for what is read lacks vectors, and this job may be broken off by the next
            return job

    def _work_on(self, job: _Job) -> None:
        reading = _Reading(job, self._workbench)
        with telling(partial(self._take_failure, reading)):
            reading.look_before()
            told_at_s = float("-inf")
            paths = reading.paths
            if paths or self._workbench.n_without_vectors():
                for progress in self._steps(paths, by_ocr=job.wish.by_ocr):
                    if progress.stage is Stage.EMBEDDING and not reading.is_told:
                        self._tell_added(reading)
                        told_at_s = float("-inf")  # the first step of the learning is told, however soon it comes
                    reading.take(progress.report)
                    told_at_s = self._tell(progress, told_at_s)
        if not reading.is_told:
            self._tell_added(reading)
        self._end()

    def _steps(self, paths: Sequence[Path], *, by_ocr: bool) -> Iterator[IngestProgress]:
        return self._workbench.add(
            paths, self._cancel, self.pace, by_ocr=by_ocr, collection=lambda: self._job.wish.collection
        )

    def _take_failure(self, reading: _Reading, failure: Exception) -> None:
        if reading.is_told:
            self.failed.emit(failure)
        else:
            reading.failure = failure

    def _tell_added(self, reading: _Reading) -> None:
        """The reading is over."""
        reading.is_told = True
        with self._condition:
            wish = self._job.wish
            self._stage = Stage.EMBEDDING
            self._must_follow = True
            if self._waiting:
                self._break_off()
        rest = wish if reading.failure is not None else replace(wish, paths=reading.absent)
        added = Added(
            reading.told, self._is_cancelled, reading.job.is_rescan, wish=wish, failure=reading.failure, rest=rest
        )
        with telling(self.failed.emit):
            added = replace(added, n_gone=reading.n_gone())
        self.added.emit(added)

    def _end(self) -> None:
        with self._condition:
            self._stage = None
            is_broken_off = self._cancel.is_set() and not self._is_cancelled
            self._must_embed = self._must_embed and is_broken_off
            self._must_follow = True
            is_resting = not (self._waiting or self._must_embed or self._is_closing)
        if is_resting:
            with telling(self.failed.emit):
                self.rested.emit(self._workbench.n_without_vectors())

    def _tell(self, progress: IngestProgress, told_at_s: float) -> float:
        now_s = time.monotonic()
        is_new = progress.report is not None and progress.report.state is FileState.INDEXED
        if not is_new and now_s - told_at_s < _PROGRESS_INTERVAL_S:
            return told_at_s
        self.progressed.emit(progress)
        return now_s

    def _follow_one_slice(self) -> None:
        with self._condition:
            if Hold.ANSWERING in self.pace.holds:
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


def _under(job: _Job, name: str, new_name: str) -> _Job:
    """The job with its collection under a new name, where it is this one."""
    return replace(job, wish=replace(job.wish, collection=new_name)) if job.wish.collection == name else job


class _Reading:
    """What a reading has to tell; of a rescan only what it found other than before."""

    def __init__(self, job: _Job, workbench: Workbench) -> None:
        self.job = job
        self._workbench = workbench
        self._reports: list[FileReport] = []
        self._before: dict[str, FileRow] = {}
        self.absent: tuple[Path, ...] = ()
        self.failure: Exception | None = None
        self.is_told = not job.wish.paths

    def look_before(self) -> None:
        """Remember how the files stood, and what is not there."""
        if self.job.is_rescan:
            self._before = {row.path: row for row in self._workbench.files()}
        if self.job.is_resumed:
            self.absent = tuple(path for path in self.job.wish.paths if not is_visible(path))

    @property
    def paths(self) -> tuple[Path, ...]:
        """What is to be read."""
        return tuple(path for path in self.job.wish.paths if path not in self.absent)

    def take(self, report: FileReport | None) -> None:
        """Count a file."""
        if report is not None:
            self._reports.append(report)

    @property
    def told(self) -> tuple[FileReport, ...]:
        """The reports that somebody should see."""
        return tuple(report for report in self._reports if not self.job.is_rescan or self._is_new(report))

    def n_gone(self) -> int:
        """How many files are gone, and the document of each with it; one that was only moved is not."""
        if not self._before:
            return 0
        files = self._workbench.files()
        paths, document_ids = {row.path for row in files}, {row.document_id for row in files}
        gone = (row for row in self._before.values() if row.path not in paths and row.document_id)
        return sum(row.document_id not in document_ids for row in gone)

    def _is_new(self, report: FileReport) -> bool:
        if report.state is FileState.INDEXED:
            return True
        before = self._before.get(report.path)
        is_held = report.state in (FileState.UNCHANGED, FileState.DUPLICATE)
        return not is_held and (before is None or before.state is not report.state)


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
