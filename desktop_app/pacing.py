"""When indexing may work and when it rests: held for several reasons at a time, it goes on when none of them is left.

It knows no files and no engines; whoever works asks it between two slices of work.
"""

from __future__ import annotations

from enum import StrEnum
from threading import Condition, Event


class Hold(StrEnum):
    """Why indexing rests. ANSWERING is over soon, so that it only keeps the next slice from being begun."""

    PERSON = "person"
    BATTERY = "battery"
    ANSWERING = "answering"


class Pace:
    """Holds indexing and lets it go on; every method may be called from any thread.

    `must_stop` is set where the slice at hand should be broken off, whatever it is: a person waits for that.
    `must_yield` is set then too, and while an answer is being written: what can be broken off without loss should be.
    """

    def __init__(self) -> None:
        self.must_stop = Event()
        self.must_yield = Event()
        self._holds: set[Hold] = set()
        self._is_broken_off = False
        self._condition = Condition()

    @property
    def holds(self) -> frozenset[Hold]:
        """Why it rests now; empty where it works."""
        with self._condition:
            return frozenset(self._holds)

    def hold(self, why: Hold) -> None:
        """Rest from the end of this slice on."""
        with self._condition:
            self._holds.add(why)
            self._signal()

    def let_go(self, why: Hold) -> None:
        """Go on, unless another reason is left."""
        with self._condition:
            self._holds.discard(why)
            self._signal()
            self._condition.notify_all()

    def break_off(self) -> None:
        """End the slice at hand, and wake who waits, for its cancel event was set."""
        with self._condition:
            self._is_broken_off = True
            self._signal()
            self._condition.notify_all()

    def wait(self, cancel: Event) -> None:
        """Return as soon as nothing holds, or `cancel` is set and `break_off` was called."""
        with self._condition:
            self._condition.wait_for(lambda: not self._holds or cancel.is_set())
            if not cancel.is_set():  # what was broken off has ended; this is other work
                self._is_broken_off = False
                self._signal()

    def _signal(self) -> None:
        for event, holds in ((self.must_stop, self._holds - {Hold.ANSWERING}), (self.must_yield, self._holds)):
            if holds or self._is_broken_off:
                event.set()
            else:
                event.clear()
