"""Outcomes of runs that never were, to try reports on."""

from __future__ import annotations

from desktop_app.quality_goals import GOALS
from desktop_app.quality_intervals import Figure
from desktop_app.quality_key import Checkout, UsedModel
from desktop_app.quality_outcome import Outcome, SetOutcome


def made_outcome(*, without: tuple[str, ...] = (), n_asked: int = 300, shift: float = 0.0) -> Outcome:
    """Every goal exactly reached, or by `shift` more, but for the sets left out."""
    sets: dict[str, SetOutcome] = {}
    for goal in GOALS:
        if goal.set_name not in without:
            one = sets.setdefault(goal.set_name, SetOutcome(300, n_asked, 48, 1326, {}))
            value = goal.goal + shift
            one.figures[goal.figure] = Figure(value, 0.9 * value, 1.1 * value, 200)
    models = (UsedModel("small-embedder", "embedder", "ab" * 32),)
    return Outcome("2026-11-22T06:10+00:00", Checkout("0f7e60d246aa", True), "k", models, False, sets)
