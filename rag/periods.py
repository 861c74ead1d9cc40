"""The time that a question sets to its sources: before 2019, since March 2020, the latest; and which dates lie within.

A wrong period hides the answer, so there is one only where the wording restricts texts or reporting. A date that is
part of the fact asked for (“What happened in 1914?”) sets none.
"""

from __future__ import annotations

import datetime
import re
from datetime import date

from rag.dates import Dated, dates_in, first_and_last_day
from rag.types import Period

_TEXTS = (
    r"(?:articles?|documents?|texts?|sources|files?|posts?|reports|news|coverage|reporting|publications|e-?mails?|"
    r"messages|minutes|notes|memos|press releases?|artikeln?|dokumente?n?|texten?|berichten?|quellen|documentos?|"
    r"artículos?|informes|textes?|rapports)"
)
_ANY_TEXT = re.compile(
    r"\b(?:articles?|documents?|texts?|sources?|files?|posts?|reports?|news|coverage|reporting|publications?|e-?mails?|"
    r"memos?|press releases?|stories|story|interviews?|reviews?|pieces?)\b",
    re.IGNORECASE,
)
_MADE = (
    r"(?:\s+(?:(?:that|which)\s+)?(?:(?:were|was|are|is)\s+)?"
    r"(?:published|written|dated|posted|released|issued|made|filed|sent))?"
)
_ABOUT = r"(?:\s+(?:on|about)(?:\s+[\w’'-]+){1,5}?)?"
_RELATION = (
    r"(?:(?P<after>after|later than|nach|après|después de)|"
    r"(?P<before>before|earlier than|prior to|vor|avant|antes de)|"
    r"(?P<until>until|till|up to|bis|jusqu['’]en|hasta)|"
    r"(?P<since>since|starting (?:in|from)|seit|ab|depuis|desde)|"
    r"(?P<within>in|of|on|during|from|aus|von|de|en|im))\s+(?:the year\s+)?\Z"
)
_OF_TEXTS = re.compile(rf"\b{_TEXTS}{_MADE}{_ABOUT}\s+(?:only\s+)?{_RELATION}", re.IGNORECASE)
_WHAT_IS_SAID = (
    r"^\W*(?:what|how much|anything)\s+(?:is|was|were|has been|had been|have been)\s+(?:\w+\s+)?"
    r"(?:said|reported|written|published|claimed|known|stated|mentioned)\b[^?.!]*?"
)
_REPORTED = re.compile(rf"{_WHAT_IS_SAID}\s{_RELATION}", re.IGNORECASE)
_OPERATOR = re.compile(
    r"(?:^|\s)(?:(?P<after>after)|(?P<before>before)|(?P<until>until)|(?P<since>since|from)):\s?\Z", re.IGNORECASE
)
_SPACELESS_OPERATOR = re.compile(r"(?:(?<=after)|(?<=since)|(?<=before)|(?<=until)|(?<=from)):(?=\d)")
_YEAR_OF_TEXTS = re.compile(rf"\s+{_TEXTS}\b", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:and|to|until|till|[-–—]|und|bis|et|à|y|a)\s*\Z", re.IGNORECASE)
_OPENS_RANGE = re.compile(r"\b(?:between|from|zwischen|von|entre|de|desde)\s+\Z", re.IGNORECASE)
_RANGE_OF_TEXTS = re.compile(
    rf"(?:\b{_TEXTS}{_MADE}{_ABOUT}|{_WHAT_IS_SAID})\s+(?:between|from|zwischen|von|entre|de|desde)\s+\Z", re.IGNORECASE
)
_RECENT = re.compile(
    rf"\b{_TEXTS}{_MADE}{_ABOUT}\s+(?:(?:from|of|in|during|within)\s+)?(?:"
    r"the\s+(?:last|past)\s+(?P<n>\d{1,3}|few|two|three|four|five|six|ten)?\s*(?P<unit>day|week|month|year)s?|"
    r"(?P<which>last|this)\s+(?P<named>week|month|year))\b",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "few": 3}
_NEWEST = r"(?:latest|most\s+recent|newest|neueste[nrs]?|jüngste[nrs]?|dernières?|derniers?|últim[oa]s?)"
_LATEST = re.compile(
    rf"(?<!their )(?<!its )(?<!his )(?<!her )\b{_NEWEST}\s+(?:[\w’'-]+\s+){{0,2}}?"
    rf"(?:{_TEXTS}|report|source|publication|update|memo|bericht|informe|rapport)\b|"
    rf"^\W*(?:what|which)(?:['’]s|\s+(?:is|are|was|were|does|do|did))?\s+(?:the\s+)?{_NEWEST}\b|"
    r"^\W*was\s+ist\s+(?:der|die|das)\s+neueste\b|"
    rf"\baccording to the {_NEWEST}\b",
    re.IGNORECASE,
)
_LAST_POSSIBLE = re.compile(
    r"\b(?:latest|newest|most\s+recent)\s+(?:possible|date|day|time|start|moment|point|age|at)\b", re.IGNORECASE
)


def period_of(question: str, today: date) -> Period | None:
    """The period that a question sets to its sources; None where it sets none, or more than one.

    Bounds are whole: `after 2019` is since 2020, `before March 2019` until 2019-02. “The last two years” count back
    from `today`.
    """
    bounds = _bounds(_SPACELESS_OPERATOR.sub(": ", question), today)
    is_latest = _LATEST.search(question) is not None and _LAST_POSSIBLE.search(question) is None
    if bounds is None and not is_latest:
        return None
    since, until = bounds or (None, None)
    return Period(since, until, is_latest)


def within(period: Period, iso: str | None, *, keep_undated: bool = False) -> bool:
    """Whether a document of this date may lie in the period.

    A date that is only a year or a month lies in it where one of its days does. A document without a date cannot be
    shown to lie in a bounded period, so it does not, unless `keep_undated`; where only the latest is asked for, every
    document does.
    """
    if period.since is None and period.until is None:
        return True
    if iso is None:
        return keep_undated
    first, last = first_and_last_day(iso)
    is_early = period.since is not None and last < first_and_last_day(period.since)[0]
    is_late = period.until is not None and first > first_and_last_day(period.until)[1]
    return not (is_early or is_late)


def _bounds(question: str, today: date) -> tuple[str | None, str | None] | None:
    dates = dates_in(question)
    if len(_ANY_TEXT.findall(question)) > 1:
        return None  # texts are compared with each other: each has a time of its own
    if len(dates) == 2:
        return _between(question, dates[0], dates[1])
    if len(dates) == 1:
        return _beside(question, dates[0])
    recent = None if dates else _RECENT.search(question)
    return _recent(recent, today) if recent else None


def _between(question: str, first: Dated, second: Dated) -> tuple[str, str] | None:
    before = question[: first.span.start]
    is_range = _RANGE.fullmatch(question[first.span.end : second.span.start]) and _OPENS_RANGE.search(before)
    if not is_range or first.iso > second.iso:
        return None
    return (first.iso, second.iso) if _RANGE_OF_TEXTS.search(before) else None


def _beside(question: str, dated: Dated) -> tuple[str | None, str | None] | None:
    before, after = question[: dated.span.start], question[dated.span.end :]
    match = next((m for form in (_OPERATOR, _OF_TEXTS, _REPORTED) if (m := form.search(before))), None)
    if match is None:
        return (dated.iso, dated.iso) if _YEAR_OF_TEXTS.match(after) else None
    named = match.groupdict()
    if named["after"]:
        return _moved(dated.iso, 1), None
    if named["before"]:
        return None, _moved(dated.iso, -1)
    if named["until"]:
        return None, dated.iso
    return (dated.iso, None) if named["since"] else (dated.iso, dated.iso)


def _moved(iso: str, step: int) -> str:
    """The day, month or year after (1) or before (-1) this one, as exact as it."""
    first, last = (date.fromisoformat(day) for day in first_and_last_day(iso))
    beside = last + datetime.timedelta(days=1) if step > 0 else first - datetime.timedelta(days=1)
    return beside.isoformat()[: len(iso)]


def _recent(match: re.Match[str], today: date) -> tuple[str, str]:
    if match["named"]:
        return _named_stretch(match["which"].lower(), match["named"].lower(), today)
    written = (match["n"] or "1").lower()
    count = int(written) if written.isdigit() else _COUNTS[written]
    days = {"day": 1, "week": 7, "month": 31, "year": 366}[match["unit"].lower()]
    return (today - datetime.timedelta(days=count * days)).isoformat(), today.isoformat()


def _named_stretch(which: str, unit: str, today: date) -> tuple[str, str]:
    """Last week, this month: the calendar's; weeks begin on Monday."""
    if unit == "week":
        monday = today - datetime.timedelta(days=today.weekday() + (7 if which == "last" else 0))
        return monday.isoformat(), (monday + datetime.timedelta(days=6)).isoformat()
    this = today.isoformat()[: 4 if unit == "year" else 7]
    named = _moved(this, -1) if which == "last" else this
    return named, named
