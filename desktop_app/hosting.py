"""Runs any plain object in a child process and forwards its calls and generators over a pipe.

It knows nothing of what the object does, and it does not decide which objects deserve a process of their own.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pickle
import time
from collections.abc import Callable, Generator, Iterable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from threading import Event, RLock, Thread
from types import TracebackType
from typing import Any

from desktop_app.hosted import Limits, Surroundings
from desktop_app.hosting_errors import (
    CallCancelled,
    ChildDied,
    ChildFault,
    ChildGaveUp,
    ChildStopped,
    ChildTooSlow,
    open_error,
)
from desktop_app.life import Death, Exchange, Life
from desktop_app.turnstile import Turnstile

__all__ = [
    "CallCancelled",
    "ChildDied",
    "ChildFault",
    "ChildGaveUp",
    "ChildStopped",
    "ChildTooSlow",
    "Death",
    "Host",
    "Limits",
    "stop_all",
]

_TICK_S = 0.02  # how often a waiting call looks at its cancel event
_LONG_TICK_S = 0.2  # the same without one
_GRACE_S = 0.2  # how long a cancelled call waits for a child that is ready to take it up


class Host:
    """One object in one child process; every method may be called from any thread, one call runs at a time.

    `make(*args)` builds the object in the child, so both must be picklable; a method of the object that has a
    parameter `cancel` gets an Event of its own there. The child starts with `start()` or with the first call, and
    again with the next call after a death; `give_up_after` deaths in a row without an answer end that (None: never).
    An object with a method `close()` has it called when the host is stopped.

    `on_death` is called from another thread, for deaths only: not for `kill()`, `stop()` or a time limit.
    `heartbeat_s` is how long a child may stay silent during a call before it counts as hung and is killed.
    """

    def __init__(
        self,
        name: str,
        make: Callable[..., object],
        args: tuple[Any, ...] = (),
        *,
        limits: Limits | None = None,
        nice: int = 0,
        on_death: Callable[[Death], None] | None = None,
        heartbeat_s: float = 30.0,
        give_up_after: int | None = 2,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self._maker = bytes(ForkingPickler.dumps((make, args)))
        self._surroundings = Surroundings(0, nice, limits, str(log) if log else None)
        self._on_death = on_death
        self._heartbeat_s = heartbeat_s
        self._give_up_after = give_up_after
        self._turnstile = Turnstile()
        self._numbers = itertools.count(1)
        self._mutex = RLock()
        self._life: Life | None = None
        self._deaths_in_a_row = 0
        self._is_stopped = False

    def __enter__(self) -> Host:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def deaths_in_a_row(self) -> int:
        """Deaths since the child last answered a call or yielded an item."""
        return self._deaths_in_a_row

    @property
    def is_alive(self) -> bool:
        life = self._life
        return life is not None and not life.ended.is_set()

    @property
    def is_ready(self) -> bool:
        """Whether the object is built and the child alive."""
        life = self._life
        return life is not None and life.is_ready

    @property
    def pid(self) -> int | None:
        life = self._life
        return life.pid if life is not None else None

    def start(self) -> None:
        """Let the child begin to build the object, and return at once.

        Raises:
            ChildGaveUp: it died too often; only `restart()` tries again.
        """
        with self._mutex:
            self._is_stopped = False
            self._living()

    def restart(self) -> None:
        """Forget all deaths and begin with a fresh child; a call that is running now ends with ChildDied."""
        with self._mutex:
            self.kill()
            self._deaths_in_a_row = 0
            self.start()

    def wait_ready(self, timeout_s: float | None = None) -> bool:
        """Wait until the object is built (True) or the time is over (False); starts the child where none lives.

        Raises:
            ChildDied, ChildGaveUp, ChildStopped: the child is not there any more.
            Exception: what `make` raised.
        """
        life = self._living()
        deadline = _deadline(timeout_s)
        pulse = _Pulse(life, self._heartbeat_s)
        while not life.settled.wait(min(_LONG_TICK_S, _left(deadline))):
            if _left(deadline) <= 0:
                return False
            pulse.feel()
        if life.is_ready:
            return True
        raise self._why_not(life)

    def get(self, attribute: str, *, cancel: Event | None = None) -> Any:
        """The value of an attribute or property of the object; errors as in `call`."""
        with self._turnstile.turn(cancel):
            return _exhaust(self._converse("get", (attribute, (), {}), cancel, None))

    def call(
        self, method: str, /, *args: Any, cancel: Event | None = None, timeout_s: float | None = None, **kwargs: Any
    ) -> Any:
        """Call a method of the object and return what it returns.

        Setting `cancel` sets the Event that the method got; what it then returns is up to it. While the child is
        loading, or busy with another call, it ends the waiting. After `timeout_s`, counted from the moment it is this
        call's turn, the child is killed.

        Raises:
            CallCancelled: `cancel` was set before the child had begun.
            ChildDied: the child ended during the call. The next call starts it again.
            ChildTooSlow: `timeout_s` was over.
            ChildGaveUp, ChildStopped: nothing was called.
            ChildFault: the object raised an error that cannot travel between processes.
            Exception: any other error of the object, as it is, with the child's traceback as a note.
        """
        with self._turnstile.turn(cancel):
            return _exhaust(self._converse("call", _content(method, args, kwargs, cancel), cancel, timeout_s))

    def stream(
        self, method: str, /, *args: Any, cancel: Event | None = None, timeout_s: float | None = None, **kwargs: Any
    ) -> Generator[Any, None, Any]:
        """Yield what a generator of the object yields, and return its return value; errors as in `call`.

        Closing this generator early cancels the child's and closes it. The host is busy until one or the other ends.
        """
        with self._turnstile.turn(cancel):
            return (yield from self._converse("stream", _content(method, args, kwargs, cancel), cancel, timeout_s))

    def kill(self) -> None:
        """End the child at once; a call that is running ends with ChildDied, the next one starts a fresh child."""
        with self._mutex:
            life, self._life = self._life, None
        if life is not None:
            life.kill()

    def stop(self, timeout_s: float = 3.0) -> None:
        """Ask the child to end; later calls raise ChildStopped.

        It is killed when it has not ended after `timeout_s`, and at once while it is still building its object.
        """
        with self._mutex:
            self._is_stopped = True
            life, self._life = self._life, None
        atexit.unregister(self.stop)
        if life is not None:
            life.end(timeout_s)

    def _living(self) -> Life:
        """The child that lives, or a new one."""
        with self._mutex:
            if self._is_stopped:
                raise ChildStopped(name=self.name)
            if self._life is not None:
                return self._life
            if self._give_up_after is not None and self._deaths_in_a_row >= self._give_up_after:
                raise ChildGaveUp(name=self.name, deaths=self._deaths_in_a_row)
            # Registered after multiprocessing's own exit function, hence run before it; that one waits for children.
            atexit.unregister(self.stop)
            atexit.register(self.stop)
            surroundings = Surroundings(
                os.getpid(), self._surroundings.nice, self._surroundings.limits, self._surroundings.log
            )
            self._life = Life(self.name, self._maker, surroundings, self._bury)
            return self._life

    def _bury(self, life: Life, death: Death | None) -> None:
        """Called by the life's own thread when the process has ended, before anyone is told."""
        with self._mutex:
            if self._life is life:
                self._life = None
            if death is not None:
                self._deaths_in_a_row += 1
        life.tell_waiting()
        if death is not None and self._on_death is not None:
            self._on_death(death)

    def _why_not(self, life: Life) -> Exception:
        if life.failure is not None:
            return open_error(life.failure)
        if self._is_stopped:
            return ChildStopped(name=self.name)
        return ChildDied(name=self.name, cause=life.cause)

    def _converse(
        self, kind: str, content: tuple[Any, ...], cancel: Event | None, timeout_s: float | None
    ) -> Generator[Any, None, Any]:
        packed = bytes(ForkingPickler.dumps(content))
        deadline = _deadline(timeout_s)
        for is_last_try in (False, True):
            life = self._living()
            exchange = Exchange(next(self._numbers))
            try:
                life.open(exchange, kind, packed)
                return (yield from self._listen(life, exchange, cancel, deadline))
            except ChildDied:
                # A child that had died unnoticed, or that never came to life, did nothing yet: a fresh one may do it.
                if is_last_try or exchange.has_begun or not (life.died_idle or not life.n_heard):
                    raise
            finally:
                life.leave(exchange)
        raise AssertionError("unreachable")

    def _listen(
        self, life: Life, exchange: Exchange, cancel: Event | None, deadline: float | None
    ) -> Generator[Any, None, Any]:
        pulse = _Pulse(life, self._heartbeat_s)
        while True:
            kind, content = self._next(life, exchange, cancel, deadline, pulse)
            if kind == "item":
                self._deaths_in_a_row = 0
                yield pickle.loads(content)  # noqa: S301 - from our own child
            elif kind == "ended":
                raise self._why_not(life)
            else:
                self._deaths_in_a_row = 0
                if kind == "error":
                    raise open_error(content)
                return pickle.loads(content)  # noqa: S301 - from our own child

    def _next(
        self, life: Life, exchange: Exchange, cancel: Event | None, deadline: float | None, pulse: _Pulse
    ) -> tuple[str, bytes]:
        """The next message of the call; meanwhile look at the cancel event, the deadline and the child's pulse."""
        patience: float | None = None
        while True:
            if cancel is not None and cancel.is_set():
                life.cancel(exchange)
                patience = patience or _deadline(_GRACE_S)
                if not exchange.has_begun and (not life.settled.is_set() or _left(patience) <= 0):
                    raise CallCancelled
            message = exchange.next(min(_LONG_TICK_S if cancel is None else _TICK_S, _left(deadline)))
            if message is not None:
                return message
            if _left(deadline) <= 0:
                self.kill()
                raise ChildTooSlow(name=self.name)
            pulse.feel()


def stop_all(hosts: Iterable[Host], timeout_s: float = 3.0) -> None:
    """Stop several hosts at the same time, so that together they take no longer than one."""
    threads = [Thread(target=host.stop, args=(timeout_s,), name=f"stop {host.name}") for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _Pulse:
    """Notices that a child is alive but hangs. The caller's own sleep (a suspended machine) does not count."""

    def __init__(self, life: Life, limit_s: float) -> None:
        self._life = life
        self._limit_s = limit_s
        self._interval_s = min(limit_s / 4, 5.0)
        self._n_heard = -1
        self._silence_s = 0.0
        self._pinged_s = self._felt_s = time.monotonic()

    def feel(self) -> None:
        """Call it again and again while nothing comes."""
        now_s = time.monotonic()
        step_s, self._felt_s = now_s - self._felt_s, now_s
        if self._life.n_heard != self._n_heard:
            self._n_heard, self._silence_s = self._life.n_heard, 0.0
        self._silence_s += min(step_s, self._interval_s)
        # Before its first word a child is still starting Python, which a busy machine may slow down a lot.
        if self._silence_s >= (self._limit_s if self._n_heard else 4 * self._limit_s):
            self._life.kill(is_hung=True)
        elif now_s - self._pinged_s >= self._interval_s:
            self._pinged_s = now_s
            self._life.ping()


def _content(
    method: str, args: tuple[Any, ...], kwargs: dict[str, Any], cancel: Event | None
) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """What travels of a call; an Event cannot, so its place is marked."""
    return method, args, kwargs if cancel is None else {**kwargs, "cancel": True}


def _exhaust(conversation: Generator[Any, None, Any]) -> Any:
    """The return value of a conversation without items."""
    try:
        while True:
            next(conversation)
    except StopIteration as stop:
        return stop.value


def _deadline(timeout_s: float | None) -> float | None:
    return None if timeout_s is None else time.monotonic() + timeout_s


def _left(deadline: float | None) -> float:
    return float("inf") if deadline is None else max(0.0, deadline - time.monotonic())
