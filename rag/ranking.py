"""Rank the sentences of the retrieved passages by measured features and, where there is one, by what a reader sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag import pointing
from rag.asking import Asking
from rag.features import Candidate, CandidateSentence, clause_shares, sentence_features
from rag.pointing import SentenceReading, read_sentences
from rag.ports import EvidenceReader
from rag.weights import Judging, Weights

#: Passages that are read; each costs about 20 ms on two cores.
READ = 8


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence with its passage, its ranking score and what the reader said of it (None: nobody read)."""

    candidate: Candidate
    sentence: CandidateSentence
    score: float
    reading: SentenceReading | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The sentences of a question, best first, with their features in the same order and the weights that apply.

    `shares` is what each sentence holds of each clause, float64, (sentences, clauses).
    """

    asked: Asking
    sentences: tuple[Ranked, ...]
    rows: npt.NDArray[np.float32]
    judging: Judging
    shares: npt.NDArray[np.float64]

    @property
    def scores(self) -> npt.NDArray[np.float64]:
        return np.array([ranked.score for ranked in self.sentences])

    @property
    def clauses_held(self) -> float | None:
        """How much of a clause the sentence holds that holds most of it, on average; None without clauses."""
        return float(self.shares.max(axis=0).mean()) if self.asked.clauses else None


def rank(
    asked: Asking, candidates: Sequence[Candidate], weights: Weights, reader: EvidenceReader | None
) -> Ranking | None:
    """Every sentence of the candidates, or of the READ best of them where they are read; None without any sentence."""
    candidates = [candidate for candidate in candidates if candidate.sentences]
    if not candidates:
        return None
    features_of = [sentence_features(asked, candidate) for candidate in candidates]
    if reader is None or not is_readable(asked):
        rows = np.vstack(features_of)
        return ordered(asked, candidates, rows, [None] * len(rows), weights.plain)
    best = [float(weights.plain.rank(rows).max()) for rows in features_of]
    kept = sorted(range(len(candidates)), key=lambda i: (-best[i], i))[:READ]
    read = readings(asked.text, [candidates[i] for i in kept], reader)
    rows = np.hstack([np.vstack([features_of[i] for i in kept]), pointing.features(read)])
    return ordered(asked, [candidates[i] for i in kept], rows, read, weights.read)


def readings(question: str, candidates: Sequence[Candidate], reader: EvidenceReader) -> list[SentenceReading]:
    """What a reader says of each sentence of the candidates, in order."""
    read = reader.read(question, [(candidate.source.title, candidate.text) for candidate in candidates])
    return [
        sentence
        for candidate, reading in zip(candidates, read, strict=True)
        for sentence in read_sentences(reading, candidate.span, candidate.text, [s.span for s in candidate.sentences])
    ]


def is_readable(asked: Asking) -> bool:
    """Whether the reader is of use: for a question about one thing, in Latin letters.

    It was trained on such questions only; of several things it sees the one that its passage is about.
    """
    letters = [c for c in asked.text if c.isalpha()]
    return not asked.is_compound and 2 * sum(c < "\u0250" for c in letters) > len(letters)


def ordered(
    asked: Asking,
    candidates: Sequence[Candidate],
    rows: npt.NDArray[np.float32],
    read: Sequence[SentenceReading | None],
    judging: Judging,
) -> Ranking:
    owners = [(candidate, sentence) for candidate in candidates for sentence in candidate.sentences]
    scores = judging.rank(rows)
    order = np.argsort(-scores, kind="stable")
    ranked = tuple(Ranked(owners[i][0], owners[i][1], float(scores[i]), read[i]) for i in order)
    shares = clause_shares(asked, [sentence.text for _, sentence in owners])
    return Ranking(asked, ranked, rows[order], judging, shares[order])
