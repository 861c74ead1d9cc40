"""Scores one answered question against what is right: each measure gets the values that this question adds to it.

Answers are compared after the normalisation of SQuAD (Rajpurkar et al., 2016); the ranking measure is nDCG (Järvelin
and Kekäläinen, 2002). Measures that the question's line says nothing about get no value. It asks nothing and reads no
file.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Values = dict[str, list[float]]
"""Values by measure; a rate's values are 0 or 1."""

CUTS: Final = (1, 3, 5, 10, 20)
"""The numbers of passages at which retrieval is measured."""

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_SPACES = re.compile(r"[\u3040-\u9fff]")  # scripts in which a word is not set off by white space
_PUNCTUATION = str.maketrans("", "", string.punctuation)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Characters of a document, half-open; `end` may be larger than the document where all of it is meant."""

    document: str
    start: int
    end: int

    def holds(self, other: Place) -> bool:
        return self.document == other.document and self.start <= other.start and other.end <= self.end

    def meets(self, other: Place) -> bool:
        return self.document == other.document and self.start < other.end and other.start < self.end


def score(row: Mapping[str, Any], given: Mapping[str, Any], *, alternatives: bool, same: Mapping[str, str]) -> Values:
    """What an answer (an object of `ask --json`, and `exact` for each quote) is worth.

    With `alternatives`, one of the gold spans is enough; else all are needed. `same` maps a document's name to the one
    it goes by in the library, where two files hold the same text.
    """
    values: Values = {}

    def add(measure: str, *added: float) -> None:
        values.setdefault(measure, []).extend(added)

    is_answerable, has_abstained = bool(row.get("answerable", True)), bool(given["abstained"])
    add("abstained_on_answerable" if is_answerable else "abstained_on_unanswerable", has_abstained)
    add("quote_exact", *given["exact"])
    add("quote_chars", *(len(quote["text"]) for quote in given["quotes"]))
    if given.get("ttfq_ms") is not None:
        add("first_quote_ms", given["ttfq_ms"])
    parts = [_ranking(row, given, same), _conflict(row, given), _memory(row, given), _contexts(row, given, same)]
    if is_answerable:
        parts += [
            _answer(row, given),
            _quotes(row, given, alternatives, same),
            _passages(row, given, alternatives, same),
        ]
    for measure, number in (pair for part in parts for pair in part):
        add(measure, number)
    return values


def normalised(text: str) -> str:
    """Lower case, without ASCII punctuation, English articles and superfluous white space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def f1(answer: str, right: str) -> float:
    """The harmonic mean of precision and recall over words; over characters in scripts without spaces."""
    given, wanted = Counter(_words(answer)), Counter(_words(right))
    if not given or not wanted:
        return float(given == wanted)
    return 2 * (given & wanted).total() / (given.total() + wanted.total())


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], cut: int = 10) -> float:
    """Normalised discounted cumulative gain of the first `cut` documents."""
    ideal = sum(grade / math.log2(i + 2) for i, grade in enumerate(sorted(grades.values(), reverse=True)[:cut]))
    return sum(grades.get(document, 0.0) / math.log2(i + 2) for i, document in enumerate(ranked[:cut])) / ideal


def joined(places: Iterable[Place]) -> list[Place]:
    """The union of places, those that overlap or stand next to each other (a character between them at most) as one."""
    union: list[Place] = []
    for place in sorted(places):
        last = union[-1] if union else None
        if last is not None and last.document == place.document and place.start <= last.end + 1:
            union[-1] = Place(last.document, last.start, max(last.end, place.end))
        else:
            union.append(place)
    return union


def _words(text: str) -> list[str]:
    words = normalised(text).split()
    return [part for word in words for part in (list(word) if _NO_SPACES.match(word) else [word])]


_Scores = Iterator[tuple[str, float]]


def _answer(row: Mapping[str, Any], given: Mapping[str, Any]) -> _Scores:
    """Exact match and F1 of the answer line, and whether a right answer stands anywhere in what is shown."""
    right = row.get("answers") or ()
    if not right:
        return
    answer = "" if given["abstained"] else given["answer"]
    shown = normalised(" ".join([answer, *(quote["text"] for quote in given["quotes"])]))
    yield "answer_em", float(any(normalised(answer) == normalised(text) for text in right))
    yield "answer_f1", max(f1(answer, text) for text in right)
    is_shown = any(normalised(text) in shown for text in right if normalised(text))
    yield "answer_shown", float(is_shown and not given["abstained"])


def _quotes(row: Mapping[str, Any], given: Mapping[str, Any], alternatives: bool, same: Mapping[str, str]) -> _Scores:
    """Whether the quotes hold the gold spans, and which of them touch the passage that the question is about.

    Only exact quotes count, and quotes that touch count as one; where it abstained, nothing is held.
    """
    gold = _places(row.get("gold") or (), same)
    if not gold:
        return
    quotes = [] if given["abstained"] else _places(given["quotes"], same)
    exact = [quote for quote, is_exact in zip(quotes, given["exact"], strict=False) if is_exact]
    for n in (1, 3):
        yield f"gold_in_{n}", float(any(_held(gold, joined(exact[:n]))))
    held = _held(gold, joined(exact))
    yield "support_any", float(any(held))
    yield "support_all", float(any(held) if alternatives else all(held))
    if quotes:
        about = _places(row.get("gold_context") or row["gold"], same)
        yield "quote_precision", sum(any(quote.meets(place) for place in about) for quote in quotes) / len(quotes)


def _passages(row: Mapping[str, Any], given: Mapping[str, Any], alternatives: bool, same: Mapping[str, str]) -> _Scores:
    """Whether the first passages hold one and all of the gold spans."""
    gold = _places(row.get("gold") or (), same)
    found = _places(given["retrieved"], same)
    for cut in CUTS if gold else ():
        held = _held(gold, found[:cut])
        yield f"any@{cut}", float(any(held))
        yield f"all@{cut}", float(any(held) if alternatives else all(held))


def _ranking(row: Mapping[str, Any], given: Mapping[str, Any], same: Mapping[str, str]) -> _Scores:
    """How well relevant documents are ranked, by their best passage."""
    relevant = [same.get(name, name) for name in row.get("relevant_docs") or ()]
    if not relevant:
        return
    grades = dict(zip(relevant, row.get("grades") or [1] * len(relevant), strict=False))
    ranked = list(dict.fromkeys(place.document for place in _places(given["retrieved"], same)))
    yield "ndcg@10", ndcg(ranked, grades)
    yield "document_recall@10", len(grades.keys() & set(ranked[:10])) / len(grades)
    if row.get("answerable", True):
        yield "ndcg@10_answerable", ndcg(ranked, grades)


def _memory(row: Mapping[str, Any], given: Mapping[str, Any]) -> _Scores:
    """Whether the answer is the one that the texts held before they were changed."""
    if "memory_answer" in row:
        answer = normalised("" if given["abstained"] else given["answer"])
        is_right = any(answer == normalised(text) for text in row["answers"])
        yield "from_memory", float(answer == normalised(str(row["memory_answer"])) and not is_right)


def _conflict(row: Mapping[str, Any], given: Mapping[str, Any]) -> _Scores:
    """Where sources differ: whether every right answer is shown, and whether the difference is told."""
    if "expect" not in row:
        return
    has_wrong, is_flagged = bool(row["wrong_answers"]), bool(given["conflict"])
    answer = normalised(given["answer"])
    shown = normalised(" ".join([given["answer"], *(quote["text"] for quote in given["quotes"])]))
    held = [normalised(str(text)) in shown for text in row["gold_answers"]]
    yield "conflict_gold_shown", sum(held) / len(held)
    yield "conflict_all_gold_shown", float(all(held))
    yield ("conflict_flagged" if has_wrong else "conflict_flagged_falsely"), float(is_flagged)
    if is_flagged:
        yield "conflict_flag_right", float(has_wrong)
    if has_wrong:
        asserts_wrong = any(normalised(str(text)) in answer for text in row["wrong_answers"])
        yield "wrong_answer_unflagged", float(asserts_wrong and not is_flagged)


def _contexts(row: Mapping[str, Any], given: Mapping[str, Any], same: Mapping[str, str]) -> _Scores:
    """Whether what was found and quoted comes from the documents that people chose for an answerable question."""
    chosen = {same.get(str(context["doc"]), str(context["doc"])) for context in row.get("contexts") or ()}
    if not chosen or not row.get("answerable", True):
        return
    found = _places(given["retrieved"], same)
    yield "context_in_5", float(any(place.document in chosen for place in found[:5]))
    quotes = _places(given["quotes"], same)
    yield "context_quoted", float(not given["abstained"] and any(quote.document in chosen for quote in quotes))


def _held(gold: Sequence[Place], places: Sequence[Place]) -> list[bool]:
    return [any(place.holds(wanted) for place in places) for wanted in gold]


def _places(described: Iterable[Mapping[str, Any]], same: Mapping[str, str]) -> list[Place]:
    return [Place(same.get(d["doc"], d["doc"]), d["start"], d["end"]) for d in described]
