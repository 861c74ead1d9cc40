"""The child's side of hosting: builds the object, listens to the pipe in one thread, and works in the main thread.

It never imports Qt or the window, and it imports nothing of the object before the surroundings are set.
"""

from __future__ import annotations

import ctypes
import inspect
import os
import pickle
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, NoReturn

from desktop_app.confinement import refuse_network

# No telemetry, no hub. Waiting threads of llama.cpp sleep instead of spinning: beside other work that made two threads
# three times faster. One thread is enough for the small matrices of a search.
QUIET_ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    # ONNX Runtime 1.31 reports to its maker from Linux too, and disable_telemetry_events() does not stop it.
    "ORT_DISABLE_TELEMETRY": "1",
    "OTEL_SDK_DISABLED": "true",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
}
_PR_SET_PDEATHSIG = 1
# What pickling raises, and what the constructor of an error raises that is not called as it expects.
_PICKLING_FAILURES = (
    pickle.PickleError,
    AttributeError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use; None is no limit. Known to POSIX systems only.

    `cpu_s` is processor time per call (the child is killed), `memory_bytes` address space (MemoryError, or the
    child dies), `file_bytes` the size of any file it writes (OSError).
    """

    cpu_s: int | None = None
    memory_bytes: int | None = None
    file_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How the child lives; `log` is where its stdout and stderr go, None joins its stdout to the parent's stderr."""

    parent_pid: int
    nice: int
    limits: Limits | None
    log: str | None


def run(connection: Connection, maker: bytes, surroundings: Surroundings) -> NoReturn:
    """The child's main function. `maker` is the pickled pair (make, args); unpickling it may import heavy modules.

    It leaves without Python's own shutdown, in which native threads of an engine could hang or crash.
    """
    _settle_down(surroundings)
    desk = _Desk(connection)
    Thread(target=desk.listen, name="listener", daemon=True).start()
    desk.tell("hello")
    _Worker(desk, surroundings.limits).work(maker)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _settle_down(surroundings: Surroundings) -> None:
    _die_with_parent(surroundings.parent_pid)
    os.umask(0o077)
    os.environ.update(QUIET_ENVIRONMENT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole terminal; the parent decides what it means
    _redirect(surroundings.log)
    if sys.platform != "win32":
        os.nice(surroundings.nice)
        _limit(surroundings.limits or Limits())
    refuse_network()


def _die_with_parent(parent_pid: int) -> None:
    if not sys.platform.startswith("linux"):
        return  # the end of the pipe tells, a moment later
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it died before the signal was asked for
        os._exit(0)


def _redirect(log: str | None) -> None:
    """Nothing that native code prints may reach the stdout of a command line that prints JSON."""
    silence = os.open(os.devnull, os.O_RDONLY)
    os.dup2(silence, 0)
    os.close(silence)
    if log is not None:
        number = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(number, 2)
        os.close(number)
    os.dup2(2, 1)


def _limit(limits: Limits) -> None:
    import resource  # noqa: PLC0415 - POSIX only

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory_bytes is not None:
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    if limits.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))


def _allow_cpu(cpu_s: int) -> None:
    """The kernel counts for the whole process, so each call gets its share on top of what is used already."""
    import resource  # noqa: PLC0415 - POSIX only

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + cpu_s + 1, hard))


@dataclass(frozen=True, slots=True)
class _Job:
    """A call to do; `content` is the pickled triple (name, args, kwargs)."""

    number: int
    kind: str
    content: bytes
    cancel: Event
    abandoned: Event


class _Desk:
    """The child's end of the pipe; `jobs` ends with None when the parent says stop."""

    def __init__(self, connection: Connection) -> None:
        self.jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._connection = connection
        self._sending = Lock()
        self._open: dict[int, _Job] = {}

    def tell(self, kind: str, number: int = 0, content: bytes = b"") -> None:
        try:
            with self._sending:
                self._connection.send_bytes(pickle.dumps((kind, number, content)))
        except OSError:  # nobody is left to tell
            os._exit(0)

    def listen(self) -> None:
        """Runs in the listening thread; the end of the pipe means that the parent is gone, and so the child goes."""
        try:
            while True:
                self._take(*pickle.loads(self._connection.recv_bytes()))  # noqa: S301 - from our own parent
        except (EOFError, OSError):
            os._exit(0)

    def close(self, job: _Job) -> None:
        self._open.pop(job.number, None)

    def _take(self, kind: str, number: int, content: bytes) -> None:
        if kind == "ping":
            self._answer_ping()
        elif kind == "stop":
            for job in list(self._open.values()):
                job.abandoned.set()
                job.cancel.set()
            self.jobs.put(None)
        elif kind in {"cancel", "abandon"}:
            self._call_off(number, is_abandoned=kind == "abandon")
        else:
            job = _Job(number, kind, content, Event(), Event())
            self._open[number] = job
            self.jobs.put(job)

    def _call_off(self, number: int, *, is_abandoned: bool) -> None:
        job = self._open.get(number)
        if job is None:
            return
        if is_abandoned:
            job.abandoned.set()
        job.cancel.set()

    def _answer_ping(self) -> None:
        if self._sending.acquire(blocking=False):  # otherwise something is on its way, which says as much
            try:
                self._connection.send_bytes(pickle.dumps(("pong", 0, b"")))
            finally:
                self._sending.release()


class _Worker:
    """Holds the object and does one job after the other."""

    def __init__(self, desk: _Desk, limits: Limits | None) -> None:
        self._desk = desk
        self._cpu_s = limits.cpu_s if limits and sys.platform != "win32" else None
        self._takes_cancel: dict[str, bool] = {}
        self._hosted: Any = None

    def work(self, maker: bytes) -> None:
        """Build the object and serve until told to stop; then call the object's own close(), where it has one."""
        if not self._answer(0, "ready", lambda: self._build(maker)):
            return
        while (job := self._desk.jobs.get()) is not None:
            self._do(job)
        close = getattr(self._hosted, "close", None)
        if close is not None:
            close()

    def _build(self, maker: bytes) -> None:
        make, args = pickle.loads(maker)  # noqa: S301 - from our own parent
        self._hosted = make(*args)

    def _do(self, job: _Job) -> None:
        if job.abandoned.is_set():  # while another call, or the building of the object, took its time
            self._desk.close(job)
            return
        if self._cpu_s is not None:
            _allow_cpu(self._cpu_s)
        self._desk.tell("begun", job.number)
        work = {"call": self._call, "stream": self._stream, "get": self._get}[job.kind]
        self._answer(job.number, "done", lambda: work(job))
        self._desk.close(job)

    def _answer(self, number: int, kind: str, work: Callable[[], Any]) -> bool:
        """Tell what `work` returned, or the error it raised; True for the former."""
        try:
            outcome = pickle.dumps(work())
        except BaseException as error:  # noqa: BLE001 - whatever the object raises belongs to its caller
            self._desk.tell("failed" if kind == "ready" else "error", number, pickle_error(error))
            return False
        self._desk.tell(kind, number, outcome)
        return True

    def _get(self, job: _Job) -> Any:
        name, _, _ = pickle.loads(job.content)  # noqa: S301
        return getattr(self._hosted, name)

    def _call(self, job: _Job) -> Any:
        name, args, kwargs = pickle.loads(job.content)  # noqa: S301
        method = getattr(self._hosted, name)
        kwargs.pop("cancel", None)
        if self._accepts_cancel(name, method):
            kwargs["cancel"] = job.cancel
        return method(*args, **kwargs)

    def _stream(self, job: _Job) -> Any:
        """Send each item as it comes; return the generator's return value, or None where nobody listens any more."""
        items: Iterator[Any] = iter(self._call(job))
        try:
            while not job.abandoned.is_set():
                try:
                    item = next(items)
                except StopIteration as stop:
                    return stop.value
                self._desk.tell("item", job.number, pickle.dumps(item))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
        return None

    def _accepts_cancel(self, name: str, method: Callable[..., Any]) -> bool:
        if name not in self._takes_cancel:
            try:
                self._takes_cancel[name] = "cancel" in inspect.signature(method).parameters
            except ValueError:  # a builtin may have none
                self._takes_cancel[name] = False
        return self._takes_cancel[name]


def pickle_error(error: BaseException) -> bytes:
    """The error in a form that any parent can open: (module, its own pickle or None, type name, message, traceback)."""
    kind = type(error)
    own: bytes | None = None
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        try:
            own = pickle.dumps(error)
            pickle.loads(own)  # noqa: S301 - some errors can be pickled but not opened again
        except _PICKLING_FAILURES:
            own = None
    text = "".join(traceback.format_exception(error))
    return pickle.dumps((kind.__module__, own, kind.__qualname__, str(error), text))
