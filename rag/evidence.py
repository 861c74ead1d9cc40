"""Choose the sentences to quote and decide the verdict, from measured features and fitted weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from threading import Event as CancelEvent
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.asking import Asking
from rag.features import Candidate, CandidateSentence, sentence_features
from rag.retrieval import Retrieval, Retriever
from rag.store import Store
from rag.terms import content_terms
from rag.types import Document, Findings, Hit, Quote, Scope, Span, Verdict
from rag.weights import Weights, verdict_features

#: Passages whose sentences are judged, quotes shown at most, and passages listed when the sources do not say.
JUDGED = 12
MOST_QUOTES = 5
NEAREST = 5
#: Sentences that score this far below the best one are not quoted (in the unit of the ranking weights).
MARGIN = 4.0
#: Neighbouring sentences that are both chosen become one quote, up to this length.
LONGEST_JOINED_CHARS = 420

_HEADING = re.compile(r"#{1,6}\s")
#: Letters of scripts that write a word in one or two of them.
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Documents(Protocol):
    """Where the text of a document comes from."""

    def document(self, document_id: str) -> Document: ...


class Finder:
    """Retrieval and evidence in one call: what rag.ports.EvidenceFinder asks for."""

    def __init__(self, store: Store, retriever: Retriever, weights: Weights) -> None:
        self._store = store
        self._retriever = retriever
        self._weights = weights

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:  # noqa: ARG002
        """Passages, quotes and verdict for a question.

        A search takes a few hundredths of a second, so `cancel` never stops one halfway: a verdict is measured or it
        is none. It ends the waiting for a search, where whoever hosts this object waits.
        """
        retrieval = self._retriever.retrieve(question, scope)
        if not retrieval.hits:
            return Findings(retrieval.hits, (), Verdict.NOT_IN_SOURCES, 0.0, tuple(retrieval.asked.words_of.values()))
        candidates = candidates_of(self._store, retrieval)
        return judge(retrieval.asked, candidates, retrieval.hits, self._weights, self._store)


def candidates_of(store: Store, retrieval: Retrieval, judged: int = JUDGED) -> tuple[Candidate, ...]:
    """The best hits with their sentences and the sentences' cosines with the question."""
    hits = retrieval.hits[:judged]
    sentences = store.sentences([hit.passage_id for hit in hits])
    return tuple(
        Candidate(
            hit.source,
            hit.passage_id,
            hit.span,
            hit.text,
            hit.score,
            hit.lexical,
            hit.similarity or 0.0,
            tuple(
                CandidateSentence(s.span, s.text, float(s.embedding @ retrieval.embedding))
                for s in sentences.get(hit.passage_id, ())
            ),
        )
        for hit in hits
    )


def judge(
    asked: Asking, candidates: Sequence[Candidate], hits: tuple[Hit, ...], weights: Weights, documents: Documents
) -> Findings:
    """Rank every sentence of the candidates, quote the best and say what they allow to answer."""
    owners = [(candidate, sentence) for candidate in candidates for sentence in candidate.sentences]
    if not owners:
        return Findings(hits, (), Verdict.NOT_IN_SOURCES, 0.0, tuple(asked.words_of.values()))
    rows = np.vstack([sentence_features(asked, c) for c in candidates if c.sentences])
    scores = weights.rank(rows)
    order = np.argsort(-scores, kind="stable")
    confidence = weights.confidence(verdict_features(asked, rows[order], scores[order]))
    chosen = _choose(owners, scores, order)
    quotes = _cut(chosen, weights, documents)
    missing = _missing(asked, [candidate.text + "\n" + candidate.source.title for candidate, _, _ in chosen])
    verdict = weights.verdict(confidence, _missing_share(asked, missing))
    if verdict is Verdict.NOT_IN_SOURCES or not quotes:
        return Findings(hits, (), Verdict.NOT_IN_SOURCES, confidence, missing)
    return Findings(hits, quotes, verdict, confidence, missing)


_Chosen = tuple[Candidate, Span, float]


def _choose(
    owners: Sequence[tuple[Candidate, CandidateSentence]], scores: npt.NDArray[np.float64], order: npt.NDArray[np.int64]
) -> list[_Chosen]:
    """The best sentences; one that touches a chosen quote of its passage joins it instead of becoming a new one."""
    chosen: list[_Chosen] = []
    quotable = [i for i in order[: 4 * MOST_QUOTES] if is_quotable(owners[i][1].text)]
    best = float(scores[quotable[0]]) if quotable else 0.0
    for i in quotable[: 2 * MOST_QUOTES]:
        candidate, sentence = owners[i]
        score = float(scores[i])
        if score < best - MARGIN:
            break
        if any(c.source.id == candidate.source.id and span.overlaps(sentence.span) for c, span, _ in chosen):
            continue
        place = next((n for n, kept in enumerate(chosen) if _joins(kept, candidate, sentence.span)), None)
        if place is not None:
            kept, span, kept_score = chosen[place]
            joined = Span(min(span.start, sentence.span.start), max(span.end, sentence.span.end))
            chosen[place] = (kept, joined, kept_score)
        elif len(chosen) < MOST_QUOTES:
            chosen.append((candidate, sentence.span, score))
    return _merged(chosen)


def _merged(chosen: list[_Chosen]) -> list[_Chosen]:
    """Quotes that came to touch when a sentence joined one of them become one, at the place of the better."""
    merged: list[_Chosen] = []
    for candidate, span, score in chosen:
        place = next((n for n, kept in enumerate(merged) if _joins(kept, candidate, span)), None)
        if place is None:
            merged.append((candidate, span, score))
        else:
            kept, other, best = merged[place]
            merged[place] = (kept, Span(min(other.start, span.start), max(other.end, span.end)), best)
    return merged


def is_quotable(sentence: str) -> bool:
    """Headings and scraps of a word or two say nothing that could be quoted; they count for retrieval only."""
    n_dense = len(_DENSE.findall(sentence))
    return _HEADING.match(sentence) is None and (n_dense >= 4 or sum(c.isalnum() for c in sentence) >= 12)


def _joins(kept: _Chosen, candidate: Candidate, other: Span) -> bool:
    """Whether nothing but white space, and no blank line, lies between two spans of one passage."""
    owner, span, _ = kept
    if owner.passage_id != candidate.passage_id:
        return False
    start, end = min(span.start, other.start), max(span.end, other.end)
    first_end, second_start = min(span.end, other.end), max(span.start, other.start)
    between = candidate.text[first_end - candidate.span.start : max(first_end, second_start) - candidate.span.start]
    return not between.strip() and "\n\n" not in between and end - start <= LONGEST_JOINED_CHARS


def _cut(chosen: Sequence[_Chosen], weights: Weights, documents: Documents) -> tuple[Quote, ...]:
    texts: dict[str, Document] = {}
    for candidate, _, _ in chosen:
        # A document that is removed while its question is being answered is not quoted any more.
        with suppress(KeyError):
            texts[candidate.source.id] = documents.document(candidate.source.id)
    return tuple(
        Quote.cut(texts[c.source.id], span, weights.chance(score)) for c, span, score in chosen if c.source.id in texts
    )


def _missing(asked: Asking, texts: Sequence[str]) -> tuple[str, ...]:
    """The words of the question, as asked, that no quoted passage holds."""
    held = {t.stem for text in texts for t in content_terms(text)}
    return tuple(word for stem, word in asked.words_of.items() if stem not in held)


def _missing_share(asked: Asking, missing: Sequence[str]) -> float:
    """How much of the question's weight the missing words carry, in 0..1."""
    lost = sum(asked.weights[stem] for stem, word in asked.words_of.items() if word in missing)
    return lost / asked.total_weight if asked.weights else 0.0
