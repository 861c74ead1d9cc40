"""One life of a hosted child: its process, its pipe, and the thread that starts it, listens to it and buries it.

It does not start a second life; that is for the host.
"""

from __future__ import annotations

import multiprocessing
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from queue import Empty, SimpleQueue
from threading import Event, Lock, RLock, Thread, current_thread

from desktop_app.hosted import Surroundings, pickle_error, run

_MOST_UNREAD = 256  # items; a consumer this far behind makes the child wait
_BREATH_S = 0.01


@dataclass(frozen=True, slots=True)
class Death:
    """How a child ended without being asked to; `exit_code` is negative for a signal, `hung` means it was killed
    because it had stopped answering."""

    name: str
    exit_code: int | None
    hung: bool


class Exchange:
    """One call on its way: its number, and what the child has said about it so far."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.has_begun = False
        self.is_finished = False
        self.is_cancelled = False
        self._inbox: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    @property
    def n_unread(self) -> int:
        return self._inbox.qsize()

    def post(self, kind: str, content: bytes) -> None:
        if kind == "begun":
            self.has_begun = True
            return
        self.is_finished = kind != "item"
        self._inbox.put((kind, content))

    def next(self, timeout_s: float) -> tuple[str, bytes] | None:
        """(item, done, error or ended; content), or None when nothing came in time."""
        try:
            return self._inbox.get(timeout=timeout_s)
        except Empty:
            return None


class Life:
    """`settled` is set when the child is ready, has failed to build the object, or has ended; `ended` when it is gone.

    The thread that starts the process lives as long as the process does, because Linux sends the parent-death signal
    when the starting thread ends, not when the whole parent does (prctl(2), PR_SET_PDEATHSIG).
    """

    def __init__(
        self, name: str, maker: bytes, surroundings: Surroundings, bury: Callable[[Life, Death | None], None]
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self.settled = Event()
        self.ended = Event()
        self.failure: bytes | None = None
        self.was_ready = False
        self.is_unwanted = False
        self.n_heard = 0
        self.pid: int | None = None
        self.cause = "it ended"
        self._name = name
        self._bury = bury
        self._is_hung = False
        self._exchange: Exchange | None = None
        self._mutex = RLock()
        self._sending = Lock()
        self._ours, self._theirs = context.Pipe()
        self._process = context.Process(target=run, args=(self._theirs, maker, surroundings), name=name)
        self._thread = Thread(target=self._watch, name=f"host {name}", daemon=True)
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        return self.was_ready and not self.ended.is_set()

    @property
    def died_idle(self) -> bool:
        """Whether it was ready and then died by itself, not hung."""
        return self.was_ready and not self.is_unwanted and not self._is_hung

    def open(self, exchange: Exchange, kind: str, content: bytes) -> None:
        """Begin a call; its messages come to `exchange`, and so does the child's end."""
        with self._mutex:
            self._exchange = exchange
            if self.ended.is_set():
                exchange.post("ended", b"")
                return
        self._send(kind, exchange.number, content)

    def cancel(self, exchange: Exchange) -> None:
        if not exchange.is_cancelled:
            exchange.is_cancelled = True
            self._send("cancel", exchange.number)

    def leave(self, exchange: Exchange) -> None:
        """Nobody wants to hear more of this call; whatever still comes is dropped."""
        with self._mutex:
            if self._exchange is exchange:
                self._exchange = None
        if not exchange.is_finished:
            self._send("abandon", exchange.number)

    def ping(self) -> None:
        self._send("ping", patience_s=0)

    def kill(self, *, is_hung: bool = False) -> None:
        """End the process now; only a hung one counts as a death."""
        with self._mutex:
            if is_hung:
                self._is_hung = True
            else:
                self.is_unwanted = True
            if self.pid is not None and not self.ended.is_set():
                self._process.kill()

    def end(self, timeout_s: float) -> None:
        """Ask the process to end, kill it after `timeout_s`, and wait for that."""
        self.is_unwanted = True
        self._send("stop", patience_s=min(timeout_s, 0.2))
        if not self.was_ready or not self.ended.wait(timeout_s):
            self.kill()
            self.ended.wait(timeout_s)
        if current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def tell_waiting(self) -> None:
        """Let everyone who waits know that the child has ended."""
        with self._mutex:
            self.ended.set()
            self.settled.set()
            if self._exchange is not None:
                self._exchange.post("ended", b"")

    def _send(self, kind: str, number: int = 0, content: bytes = b"", *, patience_s: float = -1) -> None:
        """A child that is gone cannot be told anything; its end is told by the watching thread."""
        if not self._sending.acquire(timeout=patience_s):
            return
        try:
            self._ours.send_bytes(pickle.dumps((kind, number, content)))
        except OSError:
            pass
        finally:
            self._sending.release()

    def _watch(self) -> None:
        if self._start():
            while self._hear():
                pass
        self._process_ended()

    def _start(self) -> bool:
        try:
            self._process.start()
        except OSError as error:
            self.failure = pickle_error(error)
            return False
        finally:
            self._theirs.close()
        with self._mutex:
            self.pid = self._process.pid
            if self.is_unwanted or self._is_hung:
                self._process.kill()
        return True

    def _hear(self) -> bool:
        """Take one message; False when no more can come."""
        exchange = self._exchange
        if exchange is not None and exchange.n_unread > _MOST_UNREAD:
            return not wait([self._process.sentinel], _BREATH_S)
        if self._ours not in wait([self._ours, self._process.sentinel]):
            return False
        try:
            kind, number, content = pickle.loads(self._ours.recv_bytes())  # noqa: S301 - from our own child
        except (EOFError, OSError):
            return False
        self.n_heard += 1
        if kind == "ready":
            self.was_ready = True
            self.settled.set()
        elif kind == "failed":
            self.failure = content
        with self._mutex:
            if self._exchange is not None and self._exchange.number == number:
                self._exchange.post(kind, content)
        return True

    def _process_ended(self) -> None:
        death: Death | None = None
        if self.pid is not None:
            if not wait([self._process.sentinel], timeout=1.0):
                self._process.kill()  # it has closed its pipe and yet does not end
            self._process.join()
            exit_code = self._process.exitcode
            self.cause = _in_words(exit_code, is_hung=self._is_hung)
            if self.failure is None and not self.is_unwanted:
                death = Death(self._name, exit_code, self._is_hung)
        with self._sending:
            self._ours.close()
        self._bury(self, death)


def _in_words(exit_code: int | None, *, is_hung: bool) -> str:
    if is_hung:
        return "it had stopped answering and was ended"
    if exit_code is not None and exit_code < 0:
        return f"it was ended by signal {-exit_code}"
    return "it ended by itself" if exit_code is None else f"it ended with code {exit_code}"
