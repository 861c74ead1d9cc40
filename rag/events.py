"""The events of a turn, in the order in which they come; frozen values, safe to send between processes."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Answer, Claim, Hit


@dataclass(frozen=True, slots=True)
class Retrieved:
    """First event of a turn: the question as it is searched for, and the passages found."""

    standalone: str
    hits: tuple[Hit, ...]
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class Quoted:
    """Second event: the verdict and its quotes, cut and ready to be painted."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of prose as the model writes it, citation marks included."""

    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A finished sentence, checked against the quotes it cites."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Done:
    """Last event of every turn, whether complete, cut or stopped."""

    answer: Answer


Event = Retrieved | Quoted | Delta | Checked | Done
