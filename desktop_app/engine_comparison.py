"""The outcome of timing an engine, turn by turn, beside the barest code that does the same work; loads no engine."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

#: How far down Chroma is compared with exact search.
RECALL_AT: Final = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """Milliseconds: medians and 95th percentiles over the turns; `ratio` is the median of the turns' ours by bare."""

    what: str
    bare: str
    n_turns: int
    ours_p50_ms: float
    ours_p95_ms: float
    bare_p50_ms: float
    bare_p95_ms: float
    ratio: float


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """One library's search. `recall` is the share of the exact search's real passages that Chroma gave as well.

    `n_expected` is how many passages `recall` is of: those among the exact ten best of every question that are real.
    """

    comparisons: tuple[Comparison, ...]
    exact_p50_ms: float
    exact_p95_ms: float
    n_found: int
    n_expected: int

    @property
    def recall(self) -> float:
        return self.n_found / self.n_expected if self.n_expected else 1.0


def compared(what: str, bare: str, ours_ms: Sequence[float], bare_ms: Sequence[float]) -> Comparison:
    """Both sides' times, the same turn at the same place; at least one turn."""
    ratio = statistics.median(ours / other for ours, other in zip(ours_ms, bare_ms, strict=True))
    return Comparison(
        what,
        bare,
        len(ours_ms),
        percentile(ours_ms, 0.5),
        percentile(ours_ms, 0.95),
        percentile(bare_ms, 0.5),
        percentile(bare_ms, 0.95),
        ratio,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that is no less than `share` of them; at least one value."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def in_turn(turn: int, ours: Callable[[], object], bare: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of either side; who comes first changes with every turn, for the first one warms the caches."""
    if turn % 2:
        bare_ms, ours_ms = timed_ms(bare), timed_ms(ours)
    else:
        ours_ms, bare_ms = timed_ms(ours), timed_ms(bare)
    return ours_ms, bare_ms


def timed_ms(work: Callable[[], object]) -> float:
    """Milliseconds that one call takes."""
    begun_s = perf_counter()
    work()
    return (perf_counter() - begun_s) * 1000
