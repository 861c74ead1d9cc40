"""Dates as a reader types them: a single one, and the two between which documents are asked."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.wording import date_words
from rag.dates import first_and_last_day, iso_date

HOW_TO_WRITE = "Write a year (2019), a month (June 2020) or a day (12 March 2019)."


@dataclass(frozen=True, slots=True)
class Dates:
    """ISO 8601, inclusive, perhaps only years; `problem` is a sentence where what was typed makes no sense."""

    since: str | None = None
    until: str | None = None
    problem: str = ""


def read_dates(since: str, until: str) -> Dates:
    """What was typed as the first and the last date; nothing typed sets no bound."""
    bounds: list[str | None] = []
    for typed in (since, until):
        bound = typed_date(typed)
        if bound is None and typed.strip():
            return Dates(problem=f"“{' '.join(typed.split())}” is not a date. {HOW_TO_WRITE}")
        bounds.append(bound)
    first, last = bounds
    if first and last and first_and_last_day(first)[0] > first_and_last_day(last)[1]:
        return Dates(problem=f"{date_words(first)} is after {date_words(last)}.")
    return Dates(first, last)


def typed_date(typed: str) -> str | None:
    """ISO 8601 of a date that stands alone in a box; a month in small letters can be no other word there."""
    return iso_date(typed) or iso_date(typed.title())
