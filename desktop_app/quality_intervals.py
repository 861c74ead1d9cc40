"""How sure a figure is: Wilson's interval for a rate, a seeded bootstrap for anything else; the same every time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np

_Z: Final = 1.96
_ROUNDS: Final = 2_000
_SEED: Final = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value over `n` cases, and its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def rate(hits: Sequence[float]) -> Figure | None:
    """The share of ones among zeros and ones, with Wilson's score interval; None of nothing."""
    n = len(hits)
    if not n:
        return None
    share = sum(hits) / n
    centre = share + _Z * _Z / (2 * n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    return Figure(share, max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale), n)


def mean(values: Sequence[float]) -> Figure | None:
    """The mean with the percentile bootstrap's interval; None of nothing."""
    return bootstrapped(values, fmean)


def percentile_figure(values: Sequence[float], share: float) -> Figure | None:
    """The value that `share` of the cases do not exceed, with the percentile bootstrap's interval."""
    return bootstrapped(values, lambda drawn: percentile(drawn, share))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return float(ordered[min(len(ordered), max(1, math.ceil(share * len(ordered)))) - 1])


def bootstrapped(values: Sequence[float], statistic: Callable[[Sequence[float]], float]) -> Figure | None:
    """A statistic of the values and the middle 95 % of what it is over samples drawn from them with replacement."""
    n = len(values)
    if not n:
        return None
    table = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(_SEED).integers(0, n, size=(_ROUNDS, n))
    drawn = sorted(statistic(row.tolist()) for row in table[draws])
    return Figure(float(statistic(list(values))), percentile(drawn, 0.025), percentile(drawn, 0.975), n)


def mean_of_groups(groups: Sequence[Sequence[float]]) -> Figure | None:
    """The mean of the groups' means, each group counting the same; the bootstrap draws within each group."""
    filled = [np.asarray(group, dtype=np.float64) for group in groups if len(group)]
    if not filled:
        return None
    random = np.random.default_rng(_SEED)
    means = [group[random.integers(0, len(group), size=(_ROUNDS, len(group)))].mean(axis=1) for group in filled]
    drawn = np.mean(means, axis=0).tolist()
    value = fmean(float(group.mean()) for group in filled)
    return Figure(value, percentile(drawn, 0.025), percentile(drawn, 0.975), sum(len(group) for group in filled))
