"""Dates as people write them, turned into ISO 8601: a day, a month or only a year. It never guesses the order."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ].*)?",
        r"(?P<year>\d{4})-(?P<month>\d{2})",
        r"(?P<year>\d{4})",
        rf"(?:\w+,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})\b.*",
        rf"(?:\w+,?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b.*",
        rf"{_MONTH},?\s+(?P<year>\d{{4}})",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
    )
)
_LABELLED = re.compile(r"^[ \t]*(?:date|published(?: on)?|posted(?: on)?)[ \t]*:[ \t]*(\S[^\n]{0,60})$", re.I | re.M)
_HEAD_CHARS = 3000


def iso_date(written: str) -> str | None:
    """ISO 8601 of a written date, as exact as it was written; None where it is none."""
    for form in _FORMS:
        match = form.fullmatch(written.strip())
        if match:
            return _iso(match.groupdict())
    return None


def labelled_date(text: str) -> str | None:
    """The date of a line like `Date: 31 March 2020` near the head of a text."""
    for match in _LABELLED.finditer(text[:_HEAD_CHARS]):
        found = iso_date(match.group(1))
        if found:
            return found
    return None


def _iso(parts: dict[str, str | None]) -> str | None:
    year, month, day = parts["year"] or "", parts.get("month"), parts.get("day")
    if month is None:
        return year if 1000 <= int(year) <= 2999 else None
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    try:
        exact = datetime.date(int(year), number, int(day or 1))
    except ValueError:
        return None
    return exact.isoformat() if day else exact.isoformat()[:7]
