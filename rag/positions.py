"""Which values the chosen quotes give for the same thing, and who gives which, where they exclude each other."""

from __future__ import annotations

from collections.abc import Sequence

from rag.asking import Asking
from rag.differing import Candidate, differing
from rag.quoting import Documents, is_yes_or_no
from rag.ranking import Ranked, Ranking
from rag.types import Position, Quote, Span


def positions(asked: Asking, ranking: Ranking, quotes: Sequence[Quote], documents: Documents) -> tuple[Position, ...]:
    """Two positions or more, the best first; none where the quotes agree, or nobody read them."""
    told: list[tuple[Candidate, Span]] = []
    for n, quote in enumerate(quotes):
        ranked = _best_inside(ranking, quote)
        value = None if ranked is None else _value(asked, ranked)
        if ranked is None or value is None:
            continue
        text = value.cut(documents.document(quote.source.id).text)
        chance = ranking.judging.chance(ranked.score)
        context = f"{quote.source.title}\n{quote.text}"
        told.append((Candidate(quote.source.id, n, text, context, chance, quote.speaker, quote.source.date), value))
    groups = differing(asked.text, asked.kind, [candidate for candidate, _ in told])
    span_of = {candidate.quote: span for candidate, span in told}
    return tuple(
        Position(_cut(documents, quotes[group.best.quote], span_of[group.best.quote]), group.quotes) for group in groups
    )


def _best_inside(ranking: Ranking, quote: Quote) -> Ranked | None:
    """The best sentence of a quote."""
    return next(
        (
            ranked
            for ranked in ranking.sentences
            if ranked.candidate.source.id == quote.source.id and quote.span.contains(ranked.sentence.span)
        ),
        None,
    )


def _value(asked: Asking, ranked: Ranked) -> Span | None:
    """What a sentence gives as the answer: itself for yes or no, else the words the reader is sure of."""
    if is_yes_or_no(asked.text):
        return ranked.sentence.span
    reading = ranked.reading
    if reading is None or reading.pointed is None or reading.margin <= 0 or reading.answerable <= 0:
        return None
    return reading.pointed.span


def _cut(documents: Documents, quote: Quote, span: Span) -> Quote:
    return Quote.cut(documents.document(quote.source.id), span, quote.score, quote.speaker)
