"""What can be measured of a sentence as evidence for a question; weighing the measurements is not done here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.asking import Asking, holds_kind
from rag.terms import words
from rag.types import Source, Span

#: BM25's saturation and length normalisation for sentences of about this many words.
_K1 = 1.2
_B = 0.5
_AVERAGE_WORDS = 22.0

NAMES = (
    "similarity",
    "coverage",
    "coverage_of_rarest",
    "coverage_with_previous",
    "coverage_with_neighbours",
    "passage_score",
    "passage_similarity",
    "passage_coverage",
    "names_held",
    "names_held_by_passage",
    "numbers_held",
    "holds_kind",
    "title_overlap",
    "proximity",
    "length",
    "is_short",
    "is_question",
)


@dataclass(frozen=True, slots=True)
class CandidateSentence:
    """A sentence of a retrieved passage.

    `similarity` is its cosine with the question, `of_clauses` are those with each clause of a compound one.
    """

    span: Span
    text: str
    similarity: float
    of_clauses: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A retrieved passage with its sentences in order; `score` is the fused retrieval score in 0..1."""

    source: Source
    passage_id: int
    span: Span
    text: str
    score: float
    lexical: float | None
    similarity: float
    sentences: tuple[CandidateSentence, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """The stems of a sentence, counted, with the places where they stand."""

    counts: dict[str, int]
    places: dict[str, list[int]]
    n_words: int


def sentence_features(asked: Asking, candidate: Candidate) -> npt.NDArray[np.float32]:
    """float32, (sentences of the candidate, len(NAMES)); every number roughly within 0..1."""
    held = [_held(s.text) for s in candidate.sentences]
    titled = {t.stem for t in words(candidate.source.title)}
    whole = {stem for h in held for stem in h.counts} | titled
    shared = _Shared(
        candidate.score,
        candidate.similarity,
        _coverage(asked, whole),
        _share(asked.names, whole),
        _share(frozenset(asked.weights), titled),
    )
    rows = [_row(asked, candidate.sentences, held, i, shared) for i in range(len(held))]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(NAMES))


def clause_shares(asked: Asking, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """float64, (texts, clauses of the question): how much of each clause's weight each text holds, in 0..1."""
    stems = [{t.stem for t in words(clause)} & asked.weights.keys() for clause in asked.clauses]
    held = [_held(text).counts.keys() for text in texts] if stems else ()
    shares = [[_part(asked, of_clause, own) for of_clause in stems] for own in held]
    return np.array(shares, dtype=np.float64).reshape(len(texts), len(stems))


def _part(asked: Asking, of_clause: AbstractSet[str], stems: AbstractSet[str]) -> float:
    total = sum(asked.weights[s] for s in of_clause)
    return sum(asked.weights[s] for s in of_clause & stems) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all sentences of a passage have in common."""

    score: float
    similarity: float
    coverage: float
    names: float
    title: float


def _row(
    asked: Asking, sentences: Sequence[CandidateSentence], held: Sequence[_Held], i: int, shared: _Shared
) -> list[float]:
    own, text = held[i], sentences[i].text
    before = held[i - 1].counts.keys() if i else set()
    after = held[i + 1].counts.keys() if i + 1 < len(held) else set()
    return [
        sentences[i].similarity,
        _bm25(asked, own),
        _rarest(asked, own.counts.keys()),
        _coverage(asked, own.counts.keys() | before),
        _coverage(asked, own.counts.keys() | before | after),
        shared.score,
        shared.similarity,
        shared.coverage,
        _share(asked.names, own.counts.keys()),
        shared.names,
        _share(asked.numbers, own.counts.keys()),
        float(holds_kind(asked.kind, text, frozenset(asked.weights))),
        shared.title,
        _proximity(asked, own),
        min(1.0, math.log1p(own.n_words) / 5),
        float(own.n_words < 6),
        float(text.rstrip().endswith("?")),
    ]


@lru_cache(maxsize=1_000)
def _held(text: str) -> _Held:
    counts: dict[str, int] = {}
    places: dict[str, list[int]] = {}
    n_words = 0
    for n_words, term in enumerate(words(text), start=1):
        counts[term.stem] = counts.get(term.stem, 0) + 1
        places.setdefault(term.stem, []).append(n_words)
    return _Held(counts, places, n_words)


def _bm25(asked: Asking, held: _Held) -> float:
    """BM25 as a share of the most that any text could reach, in 0..1."""
    if not asked.weights:
        return 0.0
    norm = _K1 * (1 - _B + _B * held.n_words / _AVERAGE_WORDS)
    gained = sum(
        w * held.counts[s] * (_K1 + 1) / (held.counts[s] + norm) for s, w in asked.weights.items() if s in held.counts
    )
    return min(1.0, gained / (asked.total_weight * (_K1 + 1)) * 1.6)


def _coverage(asked: Asking, stems: AbstractSet[str]) -> float:
    if not asked.weights:
        return 0.0
    return sum(w for s, w in asked.weights.items() if s in stems) / asked.total_weight


def _rarest(asked: Asking, stems: AbstractSet[str]) -> float:
    if not asked.weights:
        return 0.0
    top = sorted(asked.weights, key=lambda s: -asked.weights[s])[:2]
    return sum(s in stems for s in top) / len(top)


def _share(asked: AbstractSet[str], stems: AbstractSet[str]) -> float:
    return sum(s in stems for s in asked) / len(asked) if asked else 0.5


def _proximity(asked: Asking, held: _Held) -> float:
    """How close together the question's words stand: matched words over the length of the run that holds them all."""
    places = [held.places[s] for s in asked.weights if s in held.places]
    if len(places) < 2:
        return 0.0
    first, last = min(p[0] for p in places), max(p[0] for p in places)
    return min(1.0, len(places) / (last - first + 1))
