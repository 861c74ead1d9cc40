"""Choose which of the ranked sentences are quoted, join those that touch, and cut them out of their documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rag.asking import AnswerKind
from rag.features import Candidate
from rag.folding import is_repeated
from rag.ranking import Ranked, Ranking
from rag.speakers import speaker_of
from rag.terms import content_terms
from rag.types import Document, Quote, Span

#: Quotes at most, for a question about one thing and about several.
MOST_QUOTES = 5
MOST_OF_COMPOUND = 8
#: So many are quoted of a question with two clauses and more: some, and two for each clause, up to a number.
QUOTES_BESIDE_CLAUSES, QUOTES_OF_CLAUSE, MOST_OF_CLAUSES = 4, 2, 12
#: What the share of a clause's words that a sentence holds counts beside its cosine with the clause.
WORDS_OF_CLAUSE = 0.5
#: The length up to which neighbouring sentences become one quote.
LONGEST_JOINED_CHARS = 420

_HEADING = re.compile(r"#{1,6}\s")
#: A line that tells of its document and not of what the document is about.
_OF_DOCUMENT = re.compile(
    r"(?:source|publisher|publication|authors?|byline|by|title|subject|date|published|posted|(?:last )?updated|created|"
    r"modified|category|categories|section|topics?|tags?|keywords?|url|link|language)[ \t]*:[ \t]*\S[^\n]*",
    re.IGNORECASE,
)
#: Letters of scripts that write a word in one or two of them.
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_YES_OR_NO = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)\b", re.IGNORECASE
)


class Documents(Protocol):
    """Where the text of a document comes from."""

    def document(self, document_id: str) -> Document: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """A run of sentences that will be quoted; `score` is that of the best of them, and `sentences` are all of them."""

    candidate: Candidate
    span: Span
    score: float
    sentences: tuple[Ranked, ...]


def choose(ranking: Ranking) -> list[Chosen]:
    """The sentences worth quoting, best first; one that touches a chosen one of its passage joins it.

    Where several things are asked, a sentence gains by holding words of the question that no chosen one holds: five
    sentences about one thing do not answer a question about two. Where its clauses can be told apart, each of them is
    sought for.
    """
    asked = ranking.asked
    if asked.has_clauses_apart:
        return _of_clauses(ranking)
    most = MOST_OF_COMPOUND if asked.is_compound else MOST_QUOTES
    open_to = [ranking.sentences[place] for place in _quotable(ranking) if place < 4 * most]
    if not open_to:
        return []
    held = {id(ranked): _stems(ranked) & asked.weights.keys() for ranked in open_to}
    first = open_to[0]
    chosen: list[Chosen] = []
    covered: set[str] = set()
    for _ in range(2 * most):
        worth = {id(r): r.score + (_gain(ranking, held[id(r)] - covered) if covered else 0.0) for r in open_to}
        open_to = [r for r in open_to if _is_worth_it(ranking, first, r, worth[id(r)])]
        if not open_to:
            break
        best = max(open_to, key=lambda r: worth[id(r)])
        open_to.remove(best)
        if _taken(chosen, best, most):
            covered |= held[id(best)]
    return _merged(chosen)


def _of_clauses(ranking: Ranking) -> list[Chosen]:
    """Behind the best sentence, each clause of the question in turn gets the one that is worth most to it.

    The clause with the best one comes first; when all have theirs, they begin again.
    """
    n_clauses = len(ranking.asked.clauses)
    places = _quotable(ranking)
    open_to = [ranking.sentences[place] for place in places]
    near = np.array([ranked.sentence.of_clauses for ranked in open_to]).reshape(len(open_to), n_clauses)
    near = near + WORDS_OF_CLAUSE * ranking.shares[places]
    worth = ranking.scores[places][:, None] + ranking.judging.clause_weight * near
    most = min(MOST_OF_CLAUSES, QUOTES_BESIDE_CLAUSES + QUOTES_OF_CLAUSE * n_clauses)
    chosen: list[Chosen] = []
    waiting: set[int] = set()
    best = 0
    for _ in range(min(2 * most, len(open_to))):
        _taken(chosen, open_to[best], most)
        worth[best] = -np.inf
        waiting = waiting or set(range(n_clauses))
        of_waiting = np.where([clause in waiting for clause in range(n_clauses)], worth, -np.inf)
        best, clause = divmod(int(of_waiting.argmax()), n_clauses)
        waiting.discard(clause)
    return _merged(chosen)


def _quotable(ranking: Ranking) -> list[int]:
    """The places of the sentences that may be quoted; where several things are asked, places are dear."""
    return [
        place
        for place, ranked in enumerate(ranking.sentences)
        if is_quotable(ranked.sentence.text) and not (ranking.asked.is_compound and _tells_of_document(ranked))
    ]


def _tells_of_document(ranked: Ranked) -> bool:
    """Whether it is the title of its document or a line such as `Source: ...`: what a quote is shown with anyway."""
    text = ranked.sentence.text.strip()
    is_title = text == ranked.candidate.source.title.strip() and not text.endswith(".")
    return is_title or _OF_DOCUMENT.fullmatch(text) is not None


def with_others(chosen: list[Chosen], others: Sequence[Ranked]) -> list[Chosen]:
    """The chosen ones and, behind them, further sentences that must be quoted, unless they are already."""
    for ranked in others:
        _taken(chosen, ranked, MOST_OF_COMPOUND)
    return _merged(chosen)


def _is_worth_it(ranking: Ranking, first: Ranked, ranked: Ranked, worth: float) -> bool:
    """Whether a sentence is likely enough beside the first one, which more easily lets in those of its own passage."""
    judging = ranking.judging
    if ranking.asked.is_compound:
        share = judging.compound_share
    elif ranked.candidate.passage_id == first.candidate.passage_id:
        share = judging.beside_share
    else:
        share = judging.quoted_share
    return judging.chance(worth) >= share * judging.chance(first.score)


def _gain(ranking: Ranking, stems: AbstractSet[str]) -> float:
    """What words of a compound question are worth that no quote holds yet."""
    asked = ranking.asked
    if not asked.is_compound:
        return 0.0
    return ranking.judging.cover_weight * sum(asked.weights[stem] for stem in stems) / asked.total_weight


def _taken(chosen: list[Chosen], ranked: Ranked, most: int) -> bool:
    """Let a sentence join a chosen one that it touches, or add it; False where it repeats one or there is no room."""
    span, source = ranked.sentence.span, ranked.candidate.source
    if any(c.candidate.source.id == source.id and c.span.overlaps(span) for c in chosen):
        return False
    if is_repeated(ranked.sentence.text, [other.sentence.text for kept in chosen for other in kept.sentences]):
        return False
    place = next((n for n, kept in enumerate(chosen) if _joins(kept, ranked.candidate, span)), None)
    if place is not None:
        chosen[place] = _joined(chosen[place], span, (ranked,))
    elif len(chosen) < most:
        chosen.append(Chosen(ranked.candidate, span, ranked.score, (ranked,)))
    else:
        return False
    return True


def _stems(ranked: Ranked) -> set[str]:
    return {term.stem for term in content_terms(ranked.sentence.text)}


def cut(chosen: Sequence[Chosen], ranking: Ranking, documents: Documents) -> tuple[Quote, ...]:
    """The quotes, in the order given; a document that was removed meanwhile is not quoted any more."""
    texts: dict[str, Document] = {}
    for kept in chosen:
        with suppress(KeyError):
            texts[kept.candidate.source.id] = documents.document(kept.candidate.source.id)
    quotes = []
    for kept in chosen:
        document = texts.get(kept.candidate.source.id)
        if document is not None:
            speaker = speaker_of(document.text, kept.span)
            quotes.append(Quote.cut(document, kept.span, ranking.judging.chance(kept.score), speaker))
    return tuple(quotes)


def answer_span(chosen: Sequence[Chosen], ranking: Ranking) -> tuple[Candidate, Span, float] | None:
    """The words that answer: the best span of the quoted sentences, with the chance of its sentence.

    None for a question of yes or no or for a reason, which a few words do not answer, and where nobody read.
    """
    if is_yes_or_no(ranking.asked.text) or ranking.asked.kind is AnswerKind.REASON:
        return None
    judging = ranking.judging
    pointed = [
        (ranked.score + judging.span_weight * ranked.reading.pointed.margin, ranked, ranked.reading.pointed.span)
        for kept in chosen
        for ranked in kept.sentences
        if ranked.reading is not None and ranked.reading.pointed is not None
    ]
    if not pointed:
        return None
    _, best, span = max(pointed, key=lambda entry: entry[0])
    return best.candidate, span, judging.chance(best.score)


def is_yes_or_no(question: str) -> bool:
    """Whether yes or no would answer it; no words of a text do."""
    return _YES_OR_NO.match(question) is not None


def is_quotable(sentence: str) -> bool:
    """Headings and scraps of a word or two say nothing that could be quoted; they count for retrieval only."""
    n_dense = len(_DENSE.findall(sentence))
    return _HEADING.match(sentence) is None and (n_dense >= 4 or sum(c.isalnum() for c in sentence) >= 12)


def _joined(kept: Chosen, span: Span, others: tuple[Ranked, ...]) -> Chosen:
    whole = Span(min(kept.span.start, span.start), max(kept.span.end, span.end))
    return Chosen(kept.candidate, whole, kept.score, kept.sentences + others)


def _merged(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Quotes that came to touch when a sentence joined one of them become one, at the place of the better."""
    merged: list[Chosen] = []
    for one in chosen:
        place = next((n for n, kept in enumerate(merged) if _joins(kept, one.candidate, one.span)), None)
        if place is None:
            merged.append(one)
        else:
            merged[place] = _joined(merged[place], one.span, one.sentences)
    return merged


def _joins(kept: Chosen, candidate: Candidate, other: Span) -> bool:
    """Whether nothing but white space, and no blank line, lies between two spans of one passage."""
    if kept.candidate.passage_id != candidate.passage_id:
        return False
    start, end = min(kept.span.start, other.start), max(kept.span.end, other.end)
    first_end, second_start = min(kept.span.end, other.end), max(kept.span.start, other.start)
    between = candidate.text[first_end - candidate.span.start : max(first_end, second_start) - candidate.span.start]
    return not between.strip() and "\n\n" not in between and end - start <= LONGEST_JOINED_CHARS
