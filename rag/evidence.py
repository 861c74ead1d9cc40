"""Find the evidence for a question: retrieve, rank the sentences, quote the best, and decide the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from threading import Event as CancelEvent

from rag.asking import Asking
from rag.features import Candidate, CandidateSentence
from rag.folding import folded, with_copies
from rag.holdings import Holdings
from rag.periods import period_of, within
from rag.ports import EvidenceReader
from rag.positions import positions, statements_against
from rag.quoting import Chosen, answer_span, choose, cut, with_others
from rag.ranking import Ranking, rank
from rag.retrieval import Retrieval, Retriever
from rag.rows import StoredSentence
from rag.store import Store
from rag.surveying import surveyed
from rag.surveys import survey_of
from rag.terms import content_terms, numbers
from rag.types import Findings, Period, Quote, Scope, Verdict
from rag.weights import Weights, verdict_features

#: Passages whose sentences are judged, for a question about one thing and about several.
JUDGED = 12
JUDGED_OF_COMPOUND = 20
#: Below this confidence, values that differ are rather answers to other questions.
LEAST_TO_DIFFER = 0.5


class Finder:
    """Retrieval and evidence in one call: what rag.ports.EvidenceFinder asks for.

    Without a `reader`, sentences are ranked by features alone, and no answer is cut out of them.
    """

    def __init__(
        self,
        store: Store,
        retriever: Retriever,
        weights: Weights,
        reader: EvidenceReader | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._store = store
        self._holdings = Holdings(store)
        self._retriever = retriever
        self._weights = weights
        self._reader = reader
        self._today = today

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        """Passages, quotes and verdict for a question.

        A search takes a quarter of a second, so `cancel` never stops one halfway: a verdict is measured or it is none.
        It ends the waiting for a search, where whoever hosts this object waits, and the reading of all documents where
        the question is about the whole collection.
        """
        resolved = self._holdings.resolved(scope)
        if resolved is None:
            return Findings((), (), Verdict.NOT_IN_SOURCES, 0.0, ())
        scope = resolved
        sought = survey_of(question)
        if sought is not None:
            counted = surveyed(sought, self._store, scope, cancel)
            if counted is not None:
                return replace(counted, hits=self._retriever.retrieve(question, scope).hits)
        period = period_of(question, self._today())
        allowed = scope if period is None else self._within(scope, period)
        if allowed is None:
            return Findings((), (), Verdict.NOT_IN_SOURCES, 0.0, (), period=period)
        retrieval = self._retriever.retrieve(question, allowed)
        candidates = candidates_of(self._store, replace(retrieval, hits=folded(retrieval.hits)))
        ranking = rank(retrieval.asked, candidates, self._weights, self._reader)
        found = _nothing(retrieval) if ranking is None else self._judged(retrieval, ranking, period)
        return replace(found, period=period, quotes=with_copies(found.quotes, retrieval.hits))

    def _within(self, scope: Scope, period: Period) -> Scope | None:
        """The documents of the scope whose date lies in the period; None where there is none."""
        if period.since is None and period.until is None:
            return scope
        dates = self._holdings.dates(scope.document_ids or None)
        ids = tuple(document_id for document_id, date in dates.items() if within(period, date))
        return Scope(ids) if ids else None

    def _judged(self, retrieval: Retrieval, ranking: Ranking, period: Period | None) -> Findings:
        """Quote the best sentences and say what they allow to answer."""
        asked, judging = retrieval.asked, ranking.judging
        measured = verdict_features(asked, ranking.rows, ranking.scores)
        confidence = judging.confidence(measured, ranking.clauses_held)
        chosen = with_others(choose(ranking), statements_against(ranking))
        missing = _missing(asked, [_with_source(kept) for kept in chosen])
        found = Findings(
            retrieval.hits,
            _in_order(cut(chosen, ranking, self._store), period),
            judging.verdict(confidence, _missing_share(asked, missing), is_compound=asked.is_compound),
            confidence,
            missing,
            reasons=judging.reasons(measured, ranking.clauses_held),
        )
        if found.verdict is Verdict.NOT_IN_SOURCES or not found.quotes:
            return replace(found, quotes=(), verdict=Verdict.NOT_IN_SOURCES)
        differing = positions(ranking, found.quotes, self._store) if confidence >= LEAST_TO_DIFFER else ()
        return replace(
            found,
            verdict=Verdict.SOURCES_DIFFER if differing else found.verdict,
            span=self._span(chosen, ranking, found.quotes),
            positions=differing,
        )

    def _span(self, chosen: Sequence[Chosen], ranking: Ranking, quotes: Sequence[Quote]) -> Quote | None:
        """The words that answer, cut out of one of the quotes."""
        pointed = answer_span(chosen, ranking)
        if pointed is None:
            return None
        candidate, place, chance = pointed
        if not any(quote.source.id == candidate.source.id and quote.span.contains(place) for quote in quotes):
            return None
        return Quote.cut(self._store.document(candidate.source.id), place, chance)


def candidates_of(store: Store, retrieval: Retrieval) -> tuple[Candidate, ...]:
    """The best hits with their sentences and the sentences' cosines with the question and its clauses."""
    hits = retrieval.hits[: JUDGED_OF_COMPOUND if retrieval.asked.clauses else JUDGED]
    sentences = {**store.sentences([hit.passage_id for hit in hits]), **retrieval.late_sentences}
    return tuple(
        Candidate(
            hit.source,
            hit.passage_id,
            hit.span,
            hit.text,
            hit.score,
            hit.lexical,
            hit.similarity or 0.0,
            tuple(_measured(sentence, retrieval) for sentence in sentences.get(hit.passage_id, ())),
        )
        for hit in hits
    )


def _measured(sentence: StoredSentence, retrieval: Retrieval) -> CandidateSentence:
    if not sentence.embedding.any():  # words only, so far
        return CandidateSentence(sentence.span, sentence.text, 0.0, (0.0,) * len(retrieval.asked.clauses))
    near = tuple((retrieval.of_clauses @ sentence.embedding).tolist()) if retrieval.asked.clauses else ()
    return CandidateSentence(sentence.span, sentence.text, float(sentence.embedding @ retrieval.embedding), near)


def _in_order(quotes: tuple[Quote, ...], period: Period | None) -> tuple[Quote, ...]:
    """Best first; in a period by time, the newest first where the latest was asked for, those without a date last."""
    if period is None:
        return quotes
    dated = [quote for quote in quotes if quote.source.date]
    undated = [quote for quote in quotes if not quote.source.date]
    return (*sorted(dated, key=lambda q: q.source.date or "", reverse=period.is_latest), *undated)


def _nothing(retrieval: Retrieval) -> Findings:
    return Findings(retrieval.hits, (), Verdict.NOT_IN_SOURCES, 0.0, tuple(retrieval.asked.words_of.values()))


def _missing(asked: Asking, texts: Sequence[str]) -> tuple[str, ...]:
    """The words of the question, as asked, that no quoted passage holds."""
    held = {t.stem for text in dict.fromkeys(texts) for t in content_terms(text)}
    return tuple(word for stem, word in asked.words_of.items() if stem not in held)


def _with_source(kept: Chosen) -> str:
    source = kept.candidate.source
    return f"{source.title}\n{source.date or ''}\n{kept.candidate.text}"


def _missing_share(asked: Asking, missing: Sequence[str]) -> float:
    """How much of the question's weight the missing words carry, in 0..1; a number that is missing carries it all."""
    if any(number in asked.numbers for word in missing for number in numbers(word)):
        return 1.0
    lost = sum(asked.weights[stem] for stem, word in asked.words_of.items() if word in missing)
    return lost / asked.total_weight if asked.weights else 0.0
