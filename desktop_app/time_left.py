"""How long a piece of work will still take, from how fast it went: smoothed, told coarsely, and never jumping about.

It counts and shows nothing itself; whoever works tells it how far the work is.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final

_MEMORY_S: Final = 90.0  # what is longer ago hardly counts
_CALM_S: Final = 25.0  # how quickly what is told gives way to what is measured
_FIRST_S: Final = 5.0  # nobody can know earlier
_SAMPLE_S: Final = 0.5  # work comes in bursts; what is shorter says nothing about its speed
_LONGER: Final = 1.2  # words that were told stand until the time left is that much longer than they say


class TimeLeft:
    """Estimates one run of work; `clock_s` tells the time.

    The rate is an exponentially weighted mean over time, corrected for its beginning (as in Kingma and Ba, 2015).
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._rate = self._weight = self._worked_s = 0.0
        self._at: tuple[float, int] | None = None
        self._left_s: float | None = None  # calmed, as of `_left_at_s`
        self._left_at_s = 0.0
        self._told_s = math.inf

    def rest(self) -> None:
        """The work rests, so the time until it goes on says nothing of its speed."""
        self._at = None

    def update(self, done: int, total: int) -> str:
        """Say how far the work is; returns the time left in words, empty while nobody can know or nothing is left."""
        now_s = self._clock_s()
        if self._at is None:
            self._at, self._left_at_s = (now_s, done), now_s
        self._sample(now_s, done)
        if done >= total or self._worked_s < _FIRST_S or self._rate <= 0:
            return ""
        left_s = self._calmed((total - done) * self._weight / self._rate, now_s)
        coarse_s = coarsely(left_s)
        if coarse_s < self._told_s or left_s > self._told_s * _LONGER:
            self._told_s = coarse_s
        return f"about {in_words(self._told_s)} left"

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

    def _calmed(self, measured_s: float, now_s: float) -> float:
        """What was left before, less the time since, and some way from there to what is measured now."""
        if self._left_s is None:
            self._left_s = measured_s
        else:
            step_s = now_s - self._left_at_s
            expected_s = max(0.0, self._left_s - step_s)
            # Towards the end the measured is as good as certain, and there is no time left to come closer to it.
            pull = 1 - math.exp(-step_s / min(_CALM_S, max(1.0, measured_s / 4)))
            self._left_s = expected_s + pull * (measured_s - expected_s)
        self._left_at_s = now_s
        return self._left_s


def coarsely(seconds: float) -> float:
    """In steps of 5 s below a minute, of a minute below an hour, of ten minutes above."""
    if seconds < 57:
        return max(5.0, round(seconds / 5) * 5.0)
    return round(seconds / 60) * 60.0 if seconds < 3570 else round(seconds / 600) * 600.0


def in_words(seconds: float) -> str:
    """`40 s`, `6 min`, `1 h 20 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
