"""The outcome of timing an engine beside a bare loop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """Medians over the rounds, in milliseconds; `ratio` is the median of the rounds' ours by bare."""

    what: str
    n_rounds: int
    ours_ms: float
    bare_ms: float
    ratio: float
