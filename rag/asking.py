"""What a question asks for: its terms and their weights, its names, and the kind of thing that would answer it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rag.terms import content_terms, names, numbers, words

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\b(?:1[0-9]|20)\d\d\b|\b\d{{1,2}}\s+{_MONTH}\b|\b{_MONTH}\.?\s+\d{{1,2}}\b|\b(?:monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday|yesterday|century|decade|year|month|week|day)s?\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|"
    r"twice|once|several|percent)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|so that|in order to|as a result|reason|caused?|thus|therefore|led to)\b", re.IGNORECASE
)


#: So many different content words are more than one thing is asked with.
COMPOUND_WORDS = 12
#: Where a clause may end: at a mark, or before a word that joins or contrasts; not within “May 4, 2023”.
_BETWEEN_CLAUSES = re.compile(
    r"[;?!\n]|,(?!\s*\d)|[.:](?=\s)|(?=\b(?:and|or|but|while|whereas|although|though|compared|than|versus)\b)",
    re.IGNORECASE,
)
#: What has fewer content words is no clause of its own; of more clauses than this, the rest is not told apart.
CLAUSE_WORDS = 3
MOST_CLAUSES = 8
#: A clause of only two that has fewer belongs to the other one: “designed and manufactured in Montana”.
WORDS_OF_EITHER = 6


class AnswerKind(StrEnum):
    """The kind of thing that a question asks for."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    COUNT = "count"
    REASON = "reason"
    OTHER = "other"


_OPENINGS: tuple[tuple[re.Pattern[str], AnswerKind], ...] = (
    (re.compile(r"\b(?:who|whom|whose)\b", re.IGNORECASE), AnswerKind.PERSON),
    (re.compile(r"\b(?:when|(?:what|which) (?:year|date|day|month|century|decade|time))\b", re.IGNORECASE),
     AnswerKind.TIME),
    (re.compile(r"\b(?:where|(?:what|which) (?:city|country|place|state|town|region|location))\b", re.IGNORECASE),
     AnswerKind.PLACE),
    (re.compile(r"\bhow (?:many|much|long|tall|old|far|large|big|high|often|fast|deep|heavy)\b|"
                r"\bwhat (?:percentage|number|amount|percent)\b", re.IGNORECASE), AnswerKind.COUNT),
    (re.compile(r"\b(?:why|for what reason|what (?:caused|was the reason))\b", re.IGNORECASE), AnswerKind.REASON),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """A question made ready for scoring.

    `weights` maps each content stem to its inverse document frequency over passages; `names` are the stems that
    stand in capitalised names, `numbers` the figures. `words_of` maps a stem back to the word as asked. `clauses` are
    the parts of a compound question, in order; empty where it has but one.
    """

    text: str
    kind: AnswerKind
    weights: Mapping[str, float]
    names: frozenset[str]
    numbers: frozenset[str]
    words_of: Mapping[str, str]
    clauses: tuple[str, ...] = ()

    @property
    def total_weight(self) -> float:
        return sum(self.weights.values())

    @property
    def is_compound(self) -> bool:
        """Whether it asks about several things at once, as far as its length tells."""
        return len(self.weights) >= COMPOUND_WORDS

    @property
    def has_clauses_apart(self) -> bool:
        """Whether its clauses ask each for something of its own."""
        return len(self.clauses) > 2 or (bool(self.clauses) and min(map(_n_content, self.clauses)) >= WORDS_OF_EITHER)


def answer_kind(question: str) -> AnswerKind:
    """The kind by the first question word that tells it; OTHER where none does."""
    found = ((m.start(), kind) for pattern, kind in _OPENINGS if (m := pattern.search(question)))
    return min(found, default=(0, AnswerKind.OTHER))[1]


def inverse_document_frequency(n_passages: int, n_holding: int) -> float:
    """BM25's idf in the form that is never negative (Lucene)."""
    return math.log(1 + (n_passages - n_holding + 0.5) / (n_holding + 0.5))


def asking(question: str, n_passages: int, holding: Mapping[str, int]) -> Asking:
    """Make a question ready; `holding` gives for each content stem in how many passages it stands."""
    terms = content_terms(question)
    weights = {t.stem: inverse_document_frequency(n_passages, holding.get(t.stem, 0)) for t in terms}
    named = frozenset(t.stem for name in names(question) for t in words(name) if t.is_content)
    return Asking(
        question,
        answer_kind(question),
        weights,
        named & weights.keys(),
        numbers(question),
        {t.stem: t.word for t in terms},
        clauses(question) if len(weights) >= COMPOUND_WORDS else (),
    )


def clauses(question: str) -> tuple[str, ...]:
    """The clauses of a question, in order; what is too short to stand alone goes with the next.

    Empty where there is but one, as in scripts whose marks and joining words are others.
    """
    found: list[str] = []
    rest = ""
    for part in _BETWEEN_CLAUSES.split(question):
        rest = f"{rest} {part.strip()}".strip()
        if _n_content(rest) >= CLAUSE_WORDS and len(found) < MOST_CLAUSES:
            found.append(rest)
            rest = ""
    if rest and found:
        found[-1] = f"{found[-1]} {rest}"
    return tuple(found) if len(found) > 1 else ()


def _n_content(text: str) -> int:
    return len({term.stem for term in content_terms(text)})


def holds_kind(kind: AnswerKind, text: str, asked: frozenset[str]) -> bool:
    """Whether a text holds something of the kind that was not already in the question (`asked` are its stems)."""
    if kind is AnswerKind.TIME:
        return _DATE.search(text) is not None
    if kind is AnswerKind.COUNT:
        return _COUNT.search(text) is not None
    if kind is AnswerKind.REASON:
        return _REASON.search(text) is not None
    if kind in (AnswerKind.PERSON, AnswerKind.PLACE):
        return any(t.stem not in asked for name in names(text) for t in words(name) if t.is_content)
    return False
