"""Dates as people write them, in ISO 8601: a day, a month or only a year, and where in a text they stand.

It never guesses the order of day and month, nor a year that is not written: of 3/4/2021 it says 2021.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.types import Span

_MONTH_NAMES = (
    "january jan januar janvier enero",
    "february feb februar février febrero",
    "march mar märz mars marzo",
    "april apr avril abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug août agosto",
    "september sep sept septembre septiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez décembre diciembre",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WORDS_TOO = frozenset({"may", "march", "mar", "mars", "mai", "sep", "dec", "jun", "jul", "jan"})
"""Months that are words, names or parts of them when they stand in lower case beside a bare year."""

_YEAR = r"(?P<year>[12]\d{3})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_MORE_DAYS = r"(?:\s?[-–]\s?\d{1,2}(?:st|nd|rd|th)?)?"
_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_CLEAR = r"(?<![\w$€£.,:/-])"
_OVER = r"(?![\w/]|[-.,]\d)"
_FORMS = tuple(
    re.compile(_CLEAR + form + _OVER, re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:[T ]{_TIME}(?:Z|\s?[+-]\d{{2}}:?\d{{2}})?)?",
        rf"{_DAY}\s+(?:of\s+|de\s+)?{_MONTH},?\s+(?:de\s+|del\s+)?{_YEAR}",
        rf"{_MONTH}\s+{_DAY}{_MORE_DAYS},?\s+{_YEAR}",
        r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>[12]\d{3})",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>[12]\d{3})",
        r"(?P<year>[12]\d{3})-(?P<month>\d{2})",
        rf"{_MONTH},?\s+(?:of\s+|de\s+)?{_YEAR}",
    )
)
_ANY_YEAR = re.compile(r"[12]\d{3}")
_BARE_YEAR = re.compile(_CLEAR + r"[12]\d{3}(?![\w/%]|[-.,:]\d)")
_BEFORE_A_YEAR = re.compile(
    r"(?:\b(?:in|since|from|of|until|till|by|before|after|to|and|or|during|through|around|circa|ca?\.|early|late|mid|year|"
    r"spring|summer|autumn|fall|winter|en|im|seit|vor|nach|depuis|desde|año|jahr)\s(?:the\s(?:year\s)?)?|[(–—-])\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s(?:\w+\s)?(?:people|men|women|children|soldiers|troops|workers|members|inhabitants|residents|students|years|days|"
    r"hours|minutes|miles|feet|metres|meters|kilomet\w+|km|m|ft|kg|tons?|tonnes|words|euros|dollars|pounds|copies|units|"
    r"rooms|seats|times|or more|calories|degrees|points|species)\b",
    re.IGNORECASE,
)
_SURE_YEARS = range(1900, 2100)
_WEEKDAY = re.compile(r"(?:[^\W\d_]+\.?,?\s+)?")
_TIME_OF_DAY = re.compile(r"(?:[\s,|•·–-]+(?:at\s)?\d{1,2}[:.]\d{2}.*|\s*\(.*|\s.{0,20})?")
_CUE_CHARS = 24


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a text: where it stands, and what it is, as exact as it is written (2019, 2019-03 or 2019-03-12)."""

    span: Span
    iso: str


def dates_in(text: str) -> tuple[Dated, ...]:
    """The dates that a text states, in order and without overlap.

    A bare year counts where it can hardly be anything else: from 1900 to 2099, or after a word such as `in`, and in
    neither case before something counted. Decades, seasons and days without a year do not count.
    """
    if not _ANY_YEAR.search(text):
        return ()
    found: list[Dated] = []
    is_taken = bytearray(len(text))
    for span, iso in (*_written_out(text), *_bare_years(text)):
        if not any(is_taken[span.start : span.end]):
            is_taken[span.start : span.end] = b"\1" * len(span)
            found.append(Dated(span, iso))
    return tuple(sorted(found, key=lambda dated: dated.span))


def iso_date(written: str) -> str | None:
    """ISO 8601 of a written date, perhaps after a weekday or before a time of day; None where it is something else."""
    bare = written.strip()
    if re.fullmatch(r"\d{4}(?:-\d{2})?", bare):
        return _iso(bare[:4], bare[5:] or None, None)
    for form in _FORMS:
        match = form.search(bare)
        if match and _WEEKDAY.fullmatch(bare[: match.start()]) and _TIME_OF_DAY.fullmatch(bare[match.end() :]):
            return None if _is_of_unknown_order(match) else _iso_of(match)
    return None


def first_and_last_day(iso: str) -> tuple[str, str]:
    """The days that a date may mean, `2019-02` being 2019-02-01 to 2019-02-28.

    Raises:
        ValueError: not a year, a month or a day in ISO 8601.
    """
    parts = [int(part) for part in iso.split("-")]
    first = datetime.date(*parts, *[1] * (3 - len(parts)))
    if len(parts) == 3:
        return first.isoformat(), first.isoformat()
    is_last_month = len(parts) == 1 or first.month == 12
    after = first.replace(year=first.year + 1, month=1) if is_last_month else first.replace(month=first.month + 1)
    return first.isoformat(), (after - datetime.timedelta(days=1)).isoformat()


def _written_out(text: str) -> Iterator[tuple[Span, str]]:
    for form in _FORMS:
        for match in form.finditer(text):
            iso = _iso_of(match)
            if iso is not None:
                yield Span(*match.span()), iso


def _bare_years(text: str) -> Iterator[tuple[Span, str]]:
    for match in _BARE_YEAR.finditer(text):
        is_sure = int(match.group()) in _SURE_YEARS or _follows_a_cue(text, match.start())
        if is_sure and not _COUNTED.match(text, match.end()):
            yield Span(*match.span()), match.group()


def _follows_a_cue(text: str, place: int) -> bool:
    return _BEFORE_A_YEAR.search(text[max(0, place - _CUE_CHARS) : place]) is not None


def _is_of_unknown_order(match: re.Match[str]) -> bool:
    return "/" in match.group() and int(match["day"]) <= 12 and int(match["month"]) <= 12


def _iso_of(match: re.Match[str]) -> str | None:
    """What a match of one of the forms means; None where there is no such day or no date is meant."""
    year, month, day = match["year"], match["month"], match.groupdict().get("day")
    if not month.isdigit():
        if day is None and month.lower() in _WORDS_TOO and month.islower():
            return None
        return _iso(year, str(_MONTHS[month.lower()]), day)
    if day is None and int(month) == (int(year) + 1) % 100:
        return year  # a season: 2011-12
    if "/" in match.group():
        if _is_of_unknown_order(match):
            return year
        if int(month) > 12:
            month, day = day or "", month
    return _iso(year, month, day)


def _iso(year: str, month: str | None, day: str | None) -> str | None:
    if month is None:
        return year if 1000 <= int(year) <= 2999 else None
    try:
        exact = datetime.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
    return exact.isoformat() if day else exact.isoformat()[:7]
