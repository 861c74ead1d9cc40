"""Which values the chosen quotes give for the same thing, and who gives which, where they exclude each other."""

from __future__ import annotations

from collections.abc import Sequence

from rag.asking import Asking
from rag.differing import Candidate, differing
from rag.quoting import Documents, is_quotable, is_yes_or_no
from rag.ranking import Ranked, Ranking
from rag.types import Position, Quote, Span

#: Sentences that are searched for a statement against the others.
STATEMENTS = 15


def positions(ranking: Ranking, quotes: Sequence[Quote], documents: Documents) -> tuple[Position, ...]:
    """Two positions or more, the best first; none where the quotes agree, or nobody read them."""
    asked = ranking.asked
    told: list[Candidate] = []
    spans: list[Span] = []
    for n, quote in enumerate(quotes):
        for ranked in _inside(ranking, quote, everything=is_yes_or_no(asked.text)):
            value = _value(asked, ranked)
            if value is None:
                continue
            text = value.cut(documents.document(quote.source.id).text)
            chance = 1.0 if is_yes_or_no(asked.text) else ranking.judging.chance(ranked.score)
            context = f"{quote.source.title}\n{quote.text}"
            told.append(Candidate(quote.source.id, n, text, context, chance, quote.speaker, quote.source.date))
            spans.append(value)
    groups = differing(asked.text, asked.kind, told)
    return tuple(
        Position(_cut(documents, quotes[group.best.quote], spans[_place(told, group.best)]), group.quotes)
        for group in groups
    )


def _place(told: Sequence[Candidate], one: Candidate) -> int:
    return next(i for i, candidate in enumerate(told) if candidate is one)


def statements_against(ranking: Ranking) -> tuple[Ranked, ...]:
    """For a question of yes or no, the best sentence that affirms and the best that denies it, where there are both."""
    if not is_yes_or_no(ranking.asked.text):
        return ()
    # All of them are near enough to the question; a denial is seldom in its words, so its score says little.
    near = [ranked for ranked in ranking.sentences[:STATEMENTS] if is_quotable(ranked.sentence.text)]
    candidates = [Candidate(r.candidate.source.id, n, r.sentence.text, _context(r), 1.0) for n, r in enumerate(near)]
    groups = differing(ranking.asked.text, ranking.asked.kind, candidates)
    return tuple(near[group.best.quote] for group in groups)


def _context(ranked: Ranked) -> str:
    return f"{ranked.candidate.source.title}\n{ranked.sentence.text}"


def _inside(ranking: Ranking, quote: Quote, *, everything: bool) -> list[Ranked]:
    """The sentences of a quote, best first, or the best of them alone."""
    inside = [
        ranked
        for ranked in ranking.sentences
        if ranked.candidate.source.id == quote.source.id and quote.span.contains(ranked.sentence.span)
    ]
    return inside if everything else inside[:1]


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
