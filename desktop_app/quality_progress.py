"""One line that says how far a long run is and how long it will still take; it prints nothing itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_CELLS: Final = 24


class Countdown:
    """Counts the steps of one kind of work; `clock_s` tells the time."""

    def __init__(self, total: int, *, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock_s = clock_s
        self._begun_s = clock_s()
        self._done = self._skipped = 0

    def skip(self, n: int) -> None:
        """Steps that were done before: they count, but say nothing of how long the others take."""
        self._done += n
        self._skipped += n

    def step(self) -> None:
        self._done += 1

    def line(self, what: str) -> str:
        """A bar, the count, and the time left, once a step has told how long one takes."""
        filled = _CELLS * self._done // max(1, self._total)
        bar = "█" * filled + "░" * (_CELLS - filled)
        return f"{bar} {self._done}/{self._total} {what}{self._left()}"

    def _left(self) -> str:
        worked = self._done - self._skipped
        if not worked:
            return ""
        left_s = (self._clock_s() - self._begun_s) / worked * (self._total - self._done)
        return f", {spoken(left_s)} left"


def spoken(seconds: float) -> str:
    """A time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
