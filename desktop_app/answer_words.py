"""What an answer says about itself, worded once for the window, the exports and the command line.

It knows no layout: what is shown large, small or not at all belongs to whoever shows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from desktop_app.one_line import one_line
from desktop_app.wording import count_words, date_words
from rag.types import Answer, Period, Quote, Reason, Source, Span, Survey, Verdict

READ_BY_OCR = "read by OCR"
OCR_EXPLAINED = "A machine read these words off a picture of the page. Single letters or numbers may be misread."
_AUTHOR_CHARS = 40
_BETWEEN_AUTHORS = re.compile("[;\n]")
# Where each word begins, in the steps that reports on uncertain findings commonly use.
_LIKELIHOODS = ((0.9, "very likely"), (0.66, "likely"), (0.33, "perhaps"))
_REASONS = {
    "best_score": "fit of the best sentence",
    "mean_of_three": "fit of the three best sentences",
    "best_similarity": "nearness of the best sentence in meaning",
    "best_bm25": "full-text score of the best passage",
    "similarity": "nearness in meaning",
    "similarity_above_rest": "how far the best sentence stands out",
    "coverage": "words of the question in the best sentence",
    "coverage_of_rarest": "rarest words of the question in the best sentence",
    "coverage_with_previous": "words of the question there and one sentence before",
    "coverage_with_neighbours": "words of the question there and around",
    "passage_score": "score of its passage",
    "passage_coverage": "words of the question in its passage",
    "passage_similarity": "nearness of its passage in meaning",
    "names_held": "names of the question in the best sentence",
    "names_held_by_passage": "names of the question in its passage",
    "numbers_held": "numbers of the question in the best sentence",
    "clauses_held": "words of each part of the question in one sentence",
    "holds_kind": "holds the kind of thing that is asked for",
    "question_weight": "how telling the words of the question are",
    "proximity": "how close together these words stand",
    "length": "length of the best sentence",
}


def verdict_words(answer: Answer) -> str:
    """The verdict as a sentence or two; where the whole collection was read, what that gave."""
    if answer.survey is not None and is_counted(answer):
        return survey_words(answer.survey)
    return {
        Verdict.ANSWERED: "From your sources",
        Verdict.PARTLY: f"Your sources answer a part of this. {missing_words(answer.missing)}".rstrip(),
        Verdict.SOURCES_DIFFER: "Your sources differ.",
        Verdict.NOT_IN_SOURCES: "Your sources do not say.",
    }[answer.verdict]


def likelihood_words(probability: float) -> str:
    """A probability in 0..1 as a word: very likely, likely, perhaps or hardly."""
    return next((words for least, words in _LIKELIHOODS if probability >= least), "hardly")


def certainty_words(answer: Answer) -> str:
    """How sure the verdict is, in words; empty where documents were counted and nothing had to be judged."""
    if answer.verdict is Verdict.NOT_IN_SOURCES:
        return "" if is_counted(answer) else f"{likelihood_words(1 - answer.confidence)} not there"
    if is_counted(answer):
        return ""
    likelihood = likelihood_words(answer.confidence)
    return {
        Verdict.ANSWERED: f"{likelihood} the answer",
        Verdict.PARTLY: f"{likelihood} a part of it",
        Verdict.SOURCES_DIFFER: f"{likelihood} about this",
    }[answer.verdict]


def missing_words(missing: Sequence[str]) -> str:
    """Which words of a question nothing was found about; empty where there are none."""
    return f"Nothing found about: {', '.join(missing)}." if missing else ""


def period_words(period: Period | None) -> str:
    """Which dates the question allows and what comes first; empty where it says nothing of time."""
    if period is None:
        return ""
    parts = [words for words in (_bounds(period),) if words]
    parts += ["newest first"] if period.is_latest else []
    words = ", ".join(parts)
    return words[:1].upper() + words[1:]


def _bounds(period: Period) -> str:
    # The first day of a year and the last one say no more than the year.
    since = date_words((period.since or "").removesuffix("-01-01"))
    until = date_words((period.until or "").removesuffix("-12-31"))
    if since and until:
        return f"only sources of {since}" if since == until else f"only sources from {since} to {until}"
    if since:
        return f"only sources since {since}"
    return f"only sources until {until}" if until else ""


def is_counted(answer: Answer) -> bool:
    """Whether reading the whole collection is itself the answer."""
    if answer.survey is None:
        return False
    return answer.verdict is Verdict.ANSWERED or (
        answer.verdict is Verdict.NOT_IN_SOURCES and not answer.survey.holding
    )


def survey_words(survey: Survey) -> str:
    """What was read and what it gave: “Read 27 of 27 documents: 4 mention “tide” (9 places).”"""
    n_read = f"{survey.n_documents:,}"
    read = f"Read {n_read} of {count_words(survey.n_documents, 'document', 'documents')}"
    if not survey.holding:
        return f"{read}: none of them mentions “{survey.sought}”."
    verb = "mentions" if len(survey.holding) == 1 else "mention"
    places = count_words(survey.n_mentions, "place", "places")
    return f"{read}: {len(survey.holding):,} {verb} “{survey.sought}” ({places})."


def speaker_words(quote: Quote) -> str:
    """Whose words they are, said so that a report is not taken for a fact; empty where the text names nobody."""
    return f"{quote.speaker} says" if quote.speaker else ""


def attribution_words(quote: Quote, speaker: str | None) -> str:
    """Where words stand and who says them: “according to Ingrid Voss in Sea level, 14 March 2025, page 7”."""
    where = where_words(quote)
    return f"according to {speaker} in {where}" if speaker else f"from {where}"


def source_words(source: Source) -> str:
    """A source as it is named aloud: its title and, where known, its date."""
    date = date_words(source.date)
    title = source.title or source.name
    return f"{title}, {date}" if date else title


def where_words(quote: Quote) -> str:
    """A quote's source, and the place in it where that is known: “Sea level, 14 March 2025, page 7”."""
    source = source_words(quote.source)
    return f"{source}, {quote.place}" if quote.place else source


def author_words(author: str | None) -> str:
    """Who wrote a document, short enough for a caption; empty where nobody is named.

    Of names with semicolons between them the first, “and others”. A comma or an “and” may be part of one name.
    """
    names = [name for name in _BETWEEN_AUTHORS.split(author or "") if name.strip()]
    if not names:
        return ""
    others = " and others" if len(names) > 1 else ""
    return one_line(names[0], _AUTHOR_CHARS - len(others)) + others


def copies_words(also_in: Sequence[Source]) -> str:
    """In how many further documents the same words stand; empty where in none."""
    return f"also in {count_words(len(also_in), 'other', 'others')}" if also_in else ""


def quote_words(quote: Quote, number: int, total: int) -> str:
    """A quote as a screen reader says it."""
    where = where_words(quote)
    said = f"{speaker_words(quote)} in {where}" if quote.speaker else f"from {where}"
    how = f", {READ_BY_OCR}" if quote.is_ocr else ""
    how += f", {copies_words(quote.also_in)}" if quote.also_in else ""
    return f"Quote {number} of {total}, {said}{how}: {quote.text}"


def reason_words(reason: Reason) -> str:
    """What was measured, for a reader; a measure without words of its own is named as the program names it."""
    words = _REASONS.get(reason.name) or " ".join(reason.name.replace("_", " ").split()) or "unnamed"
    return words[0].upper() + words[1:]


def holding_quote(answer: Answer, value: Quote) -> int | None:
    """Index of the quote that a value was cut out of, the shortest where several hold it; None where none does."""
    holding = [
        (len(quote.span), index)
        for index, quote in enumerate(answer.quotes)
        if quote.source.id == value.source.id and quote.span.contains(value.span)
    ]
    return min(holding)[1] if holding else None


def values_of(answer: Answer) -> tuple[Quote, ...]:
    """The words that answer: the span, and the values on which the sources differ."""
    span = (answer.span,) if answer.span is not None else ()
    return (*span, *(position.value for position in answer.positions))


def values_within(answer: Answer, quote: Quote) -> tuple[Span, ...]:
    """Where these words stand inside a quote, as spans of its document."""
    return tuple(
        value.span
        for value in values_of(answer)
        if value.source.id == quote.source.id and quote.span.contains(value.span)
    )


def speaker_of(answer: Answer, value: Quote) -> str | None:
    """Who says a value: as its own place names it, or else the quote it was cut out of."""
    index = holding_quote(answer, value)
    return value.speaker or (answer.quotes[index].speaker if index is not None else None)
