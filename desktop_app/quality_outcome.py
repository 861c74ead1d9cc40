"""The outcome of a run of the quality benchmark, as it is kept in JSON for the next run to stand beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from desktop_app.atomic import write_atomically
from desktop_app.quality_goals import ALL, Goal
from desktop_app.quality_intervals import Figure, rate
from desktop_app.quality_key import Checkout, UsedModel

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """What a set came to; `n_asked` of its `n_questions` were asked. Figures by name, see quality_measures."""

    n_questions: int
    n_asked: int
    n_documents: int
    n_passages: int
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run over one or more sets; `key` is equal where code and models were."""

    made_at: str
    checkout: Checkout
    key: str
    models: tuple[UsedModel, ...]
    with_prose: bool
    sets: dict[str, SetOutcome]
    format: int = field(default=FORMAT)

    @property
    def is_whole(self) -> bool:
        """Whether every question of the sets was asked."""
        return all(one.n_asked == one.n_questions for one in self.sets.values())

    def figure(self, goal: Goal) -> Figure | None:
        """The figure that a goal is about, if it was measured."""
        found = self.sets.get(goal.set_name)
        return found.figures.get(goal.figure) if found is not None else None


def read_outcome(path: Path) -> Outcome | None:
    """An earlier outcome; None where there is none that can be read."""
    try:
        outcome = msgspec.json.decode(path.read_bytes(), type=Outcome)
    except (OSError, msgspec.MsgspecError):
        return None
    return outcome if outcome.format == FORMAT else None


def write_outcome(outcome: Outcome, path: Path) -> None:
    write_atomically(path, msgspec.json.format(msgspec.json.encode(rounded(outcome)), indent=1) + b"\n", 0o644)


def rounded(outcome: Outcome) -> Outcome:
    """With four decimals, which is more than any of the figures can bear."""
    return replace(
        outcome,
        sets={
            name: replace(one, figures={key: _rounded(figure) for key, figure in one.figures.items()})
            for name, one in outcome.sets.items()
        },
    )


def _rounded(figure: Figure) -> Figure:
    return Figure(round(figure.value, 4), round(figure.low, 4), round(figure.high, 4), figure.n)


def over_all(sets: Iterable[SetOutcome]) -> SetOutcome:
    """What can be said of all sets together: whether their quotes are exact."""
    sets = tuple(sets)
    found = [one.figures["quote_exact"] for one in sets if "quote_exact" in one.figures]
    n_quotes, n_exact = sum(figure.n for figure in found), sum(round(figure.value * figure.n) for figure in found)
    exact = rate([1.0] * n_exact + [0.0] * (n_quotes - n_exact))
    return SetOutcome(
        sum(one.n_questions for one in sets),
        sum(one.n_asked for one in sets),
        sum(one.n_documents for one in sets),
        sum(one.n_passages for one in sets),
        {} if exact is None else {"quote_exact": exact},
    )


def sets_run(outcome: Outcome) -> tuple[str, ...]:
    return tuple(name for name in outcome.sets if name != ALL)
