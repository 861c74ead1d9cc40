"""An answer as plain lines for a terminal, the words that answer first and every quote with its place."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.answer_json import supported_prose
from desktop_app.answer_words import (
    READ_BY_OCR,
    attribution_words,
    author_words,
    period_words,
    source_words,
    speaker_of,
    speaker_words,
    survey_words,
    verdict_words,
)
from rag.types import Answer, Quote, Verdict


def printed_lines(answer: Answer) -> Iterator[str]:
    """The lines of an answer, some of them with line feeds inside."""
    is_silent = answer.verdict is Verdict.NOT_IN_SOURCES
    verdict = verdict_words(answer)
    yield f"{verdict} The nearest passages:" if is_silent and answer.nearest else verdict
    if answer.survey is not None and survey_words(answer.survey) != verdict:
        yield survey_words(answer.survey)
    if answer.period is not None and period_words(answer.period):
        yield period_words(answer.period)
    for source in answer.survey.holding if answer.survey is not None else ():
        yield f"  - {source_words(source)} ({source.name})"
    yield from _values(answer)
    for n, quote in enumerate(answer.quotes, 1):
        yield f"\n[{n}] {_where(quote)}"
        yield f"    {f'{speaker_words(quote)}: ' if quote.speaker else ''}“{quote.text}”"
        for copy in quote.also_in:
            yield f"    also in {source_words(copy)} ({copy.name})"
    for hit in answer.nearest:
        place = f", {hit.place}" if hit.place else ""
        yield f"\n  - {hit.source.title}{place} ({hit.source.name} {hit.span.start}-{hit.span.end})\n    {hit.text}"
    if supported_prose(answer):
        yield f"\n{answer.model} (a draft, checked against the quotes): {supported_prose(answer)}"


def _values(answer: Answer) -> Iterator[str]:
    if answer.span is not None:
        yield f"\n  {answer.span.text}\n    {attribution_words(answer.span, speaker_of(answer, answer.span))}"
    for position in answer.positions:
        cited = "".join(f" [{index + 1}]" for index in position.quotes)
        value = position.value
        yield f"\n  {value.text}{cited}\n    {attribution_words(value, speaker_of(answer, value))}"


def _where(quote: Quote) -> str:
    """Title, author, date and place, then the file with the range of characters."""
    source = quote.source
    parts = (source.title or source.name, author_words(source.author), source.date, quote.place)
    read = f", {READ_BY_OCR}" if quote.is_ocr else ""
    return f"{', '.join(part for part in parts if part)} ({source.name} {quote.span.start}-{quote.span.end}){read}"
