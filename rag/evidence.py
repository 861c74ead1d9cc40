"""Find the evidence for a question: retrieve, rank the sentences, quote the best, and decide the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event as CancelEvent

from rag.asking import Asking
from rag.features import Candidate, CandidateSentence
from rag.ports import EvidenceReader
from rag.quoting import Chosen, answer_span, choose, cut
from rag.ranking import Ranking, rank
from rag.retrieval import Retrieval, Retriever
from rag.store import Store
from rag.terms import content_terms
from rag.types import Findings, Quote, Scope, Verdict
from rag.weights import Weights, verdict_features

#: Passages whose sentences are judged, and passages listed when the sources do not say.
JUDGED = 12
NEAREST = 5


class Finder:
    """Retrieval and evidence in one call: what rag.ports.EvidenceFinder asks for."""

    def __init__(
        self, store: Store, retriever: Retriever, weights: Weights, reader: EvidenceReader | None = None
    ) -> None:
        self._store = store
        self._retriever = retriever
        self._weights = weights
        self._reader = reader

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:  # noqa: ARG002
        """Passages, quotes and verdict for a question.

        A search takes a fifth of a second, so `cancel` never stops one halfway: a verdict is measured or it is none.
        It ends the waiting for a search, where whoever hosts this object waits.
        """
        retrieval = self._retriever.retrieve(question, scope)
        ranking = rank(retrieval.asked, candidates_of(self._store, retrieval), self._weights, self._reader)
        return _nothing(retrieval) if ranking is None else self._judged(retrieval, ranking)

    def _judged(self, retrieval: Retrieval, ranking: Ranking) -> Findings:
        """Quote the best sentences and say what they allow to answer."""
        asked, judging = retrieval.asked, ranking.judging
        measured = verdict_features(asked, ranking.rows, ranking.scores)
        chosen = choose(ranking)
        missing = _missing(asked, [kept.candidate.text + "\n" + kept.candidate.source.title for kept in chosen])
        found = Findings(
            retrieval.hits,
            cut(chosen, ranking, self._store),
            judging.verdict(judging.confidence(measured), _missing_share(asked, missing)),
            judging.confidence(measured),
            missing,
            reasons=judging.reasons(measured),
        )
        if found.verdict is Verdict.NOT_IN_SOURCES or not found.quotes:
            return replace(found, quotes=(), verdict=Verdict.NOT_IN_SOURCES)
        return replace(found, span=self._span(asked, chosen, ranking, found.quotes))

    def _span(self, asked: Asking, chosen: Sequence[Chosen], ranking: Ranking, quotes: Sequence[Quote]) -> Quote | None:
        """The words that answer, cut out of one of the quotes."""
        pointed = answer_span(asked.text, chosen, ranking)
        if pointed is None:
            return None
        candidate, place, chance = pointed
        if not any(quote.source.id == candidate.source.id and quote.span.contains(place) for quote in quotes):
            return None
        return Quote.cut(self._store.document(candidate.source.id), place, chance)


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


def _nothing(retrieval: Retrieval) -> Findings:
    return Findings(retrieval.hits, (), Verdict.NOT_IN_SOURCES, 0.0, tuple(retrieval.asked.words_of.values()))


def _missing(asked: Asking, texts: Sequence[str]) -> tuple[str, ...]:
    """The words of the question, as asked, that no quoted passage holds."""
    held = {t.stem for text in texts for t in content_terms(text)}
    return tuple(word for stem, word in asked.words_of.items() if stem not in held)


def _missing_share(asked: Asking, missing: Sequence[str]) -> float:
    """How much of the question's weight the missing words carry, in 0..1."""
    lost = sum(asked.weights[stem] for stem, word in asked.words_of.items() if word in missing)
    return lost / asked.total_weight if asked.weights else 0.0
