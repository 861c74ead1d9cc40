"""How long a piece of work will still take, from how fast it went: smoothed, told coarsely, and never jumping about.

It counts and shows nothing itself; whoever works tells it how far the work is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

_MEMORY_S: Final = 30.0  # what is longer ago hardly counts
_FIRST_S: Final = 4.0  # nobody can know earlier
_SAMPLE_S: Final = 0.5  # work comes in bursts; what is shorter says nothing about its speed
_LONGER: Final = 1.3  # an estimate grows in words only when it is that much longer...
_PATIENCE_S: Final = 10.0  # ...for that long


class TimeLeft:
    """Estimates one run of work; `clock_s` tells the time.

    The rate is an exponentially weighted mean over time, corrected for its beginning (as in Kingma and Ba, 2015).
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._rate = self._weight = self._worked_s = 0.0
        self._at: tuple[float, int] | None = None
        self._told_s: float | None = None
        self._told_at_s = 0.0
        self._longer_since_s: float | None = None

    def rest(self) -> None:
        """The work rests, so the time until it goes on says nothing of its speed."""
        self._at = None

    def update(self, done: int, total: int) -> str:
        """Say how far the work is; returns the time left in words, empty while nobody can know or nothing is left."""
        now_s = self._clock_s()
        if self._at is None:
            self._at = (now_s, done)
        self._sample(now_s, done)
        if done >= total or self._worked_s < _FIRST_S or self._rate <= 0:
            return ""
        return in_words(self._calmed((total - done) * self._weight / self._rate, now_s)) + " left"

    def _sample(self, now_s: float, done: int) -> None:
        before_s, done_before = self._at or (now_s, done)
        step_s = now_s - before_s
        if step_s < _SAMPLE_S:
            return
        kept = math.exp(-step_s / _MEMORY_S)
        self._rate = kept * self._rate + (1 - kept) * max(0, done - done_before) / step_s
        self._weight = kept * self._weight + (1 - kept)
        self._worked_s += step_s
        self._at = (now_s, done)

    def _calmed(self, left_s: float, now_s: float) -> float:
        """What was told before, less the time since, unless it turns out shorter, or longer for good."""
        if self._told_s is not None:
            expected_s = self._told_s - (now_s - self._told_at_s)
            if left_s > max(expected_s * _LONGER, expected_s + 5):
                self._longer_since_s = now_s if self._longer_since_s is None else self._longer_since_s
                if now_s - self._longer_since_s < _PATIENCE_S and expected_s > 0:
                    return expected_s
            elif left_s > expected_s:
                self._longer_since_s = None
                return max(expected_s, 1.0)
        self._longer_since_s = None
        self._told_s, self._told_at_s = left_s, now_s
        return left_s


def in_words(seconds: float) -> str:
    """About how long, as a person would say it: `about 40 s`, `about 6 min`, `about 1 h 20 min`."""
    if seconds < 55:
        return f"about {max(5, math.ceil(seconds / 5) * 5)} s"
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(round(seconds / 600) * 10, 60)
    return f"about {hours} h {minutes} min" if minutes else f"about {hours} h"
