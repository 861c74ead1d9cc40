"""Lets one caller in at a time, in the order of arrival, so that one who comes back at once cannot starve the others.

It may be left from another thread than it was entered from, as a generator's cleaning up may happen anywhere.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, RLock, get_ident

from desktop_app.hosting_errors import CallCancelled

_TICK_S = 0.02  # how often one who waits looks at the cancel event


class Turnstile:
    """A lock with a queue; it can be left while the same thread is inside any of its methods (garbage collection)."""

    def __init__(self) -> None:
        self._mutex = RLock()
        self._queue: deque[Event] = deque()
        self._is_taken = False
        self._holder: int | None = None

    @contextmanager
    def turn(self, cancel: Event | None = None) -> Iterator[None]:
        """Wait for the turn and hold it; whoever need not wait gets it even when `cancel` is set.

        Raises:
            CallCancelled: `cancel` was set while others were in front.
            RuntimeError: this thread itself holds the turn, so that it would wait for ever.
        """
        if self._holder == get_ident():
            raise RuntimeError("this thread has not finished its last call or stream of the same host")
        ticket = Event()
        with self._mutex:
            self._queue.append(ticket)
            self._let_in()
        try:
            _wait(ticket, cancel)
            self._holder = get_ident()
            yield
        finally:
            self._leave(ticket)

    def _let_in(self) -> None:
        if not self._is_taken and self._queue:
            self._is_taken = True
            self._queue.popleft().set()

    def _leave(self, ticket: Event) -> None:
        with self._mutex:
            if not ticket.is_set():  # interrupted in the queue
                self._queue.remove(ticket)
                return
            self._holder = None
            self._is_taken = False
            self._let_in()


def _wait(ticket: Event, cancel: Event | None) -> None:
    while not ticket.wait(None if cancel is None else _TICK_S):
        if cancel is not None and cancel.is_set():
            raise CallCancelled
