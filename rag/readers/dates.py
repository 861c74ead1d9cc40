"""The date of a document by what its beginning says of itself, where no metadata tells it.

A date that the text merely mentions is not the document's: it needs a label, a byline, a dateline or a line of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.dates import Dated, dates_in, iso_date

_HEAD_CHARS = 3000
_FIRST_LINES = 12
_LINE_CHARS = 120
_LABEL = (
    r"date|dated|published|posted|publication date|release date|released|written|created|datum|veröffentlicht|stand|"
    r"publié|fecha|publicado"
)
_LATER_LABEL = r"last (?:updated|modified|reviewed)|updated|modified|aktualisiert|mis à jour"
_ON = r"(?:[ \t]+(?:on|at|am|le|el|in stream))?"
_REST = r"[ \t]*(?:\n[ \t]*)?(\S[^\n]{0,80})$"


def _labelled(label: str) -> re.Pattern[str]:
    """A line that opens with the label, a colon, and says something there or on the next line."""
    return re.compile(rf"^[ \t>*_#|-]*(?:{label}){_ON}[ \t]*\**:\**{_REST}", re.IGNORECASE | re.MULTILINE)


def _announced(label: str) -> re.Pattern[str]:
    """A line that opens with the label and goes straight on to the day, without a colon."""
    return re.compile(rf"^[ \t>*_|-]*(?:{label}){_ON}[ \t]+([^\n]{{6,60}})$", re.IGNORECASE | re.MULTILINE)


_BEFORE_DATE = re.compile(
    r"[\s>*_#|•·–—-]*(?:by\s+[^\d\n]{3,60}[,|•·–—-]\s*|[^\W\d_]+day,?\s+|(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun)\.?,?\s+)*",
    re.IGNORECASE,
)
_AFTER_DATE = re.compile(
    r"[\s*_|,•·–—()-]*(?:(?:at\s+)?\d{1,2}[:.h]\d{2}[\d:.]*\s*(?:[ap]\.?m\.?)?\s*[A-Z]{0,5}|by\s+[^\d\n]{3,60}|"
    r"\d+\s+min(?:ute)?s?\s+read)?[\s*_|,•·–—()-]*",
    re.IGNORECASE,
)
_PLACE = re.compile(r"[ \t]*[A-ZÀ-Þ][A-ZÀ-Þ ’'.-]{1,30}(?:, [^\W\d_][^\d,]{1,25})?[,.]?[ \t]+")
_AGENCY = re.compile(r"[ \t]*(?:\([^()\n]{1,40}\)[ \t]*)?(?:–|—|-)")


def stated_date(text: str) -> str | None:
    """The document's date in ISO 8601, from its first 3,000 characters; None where they do not state it.

    Looked for in this order: a line like `Date: 31 March 2020` or `Published on March 3, 2021`, one like `Updated 3 Mar
    2021`, a line near the top that is nothing but a date (with a byline, a weekday, a time), a dateline such as
    `LONDON, March 3, 2021 (Reuters) –`.
    """
    head = text[:_HEAD_CHARS]
    by_label = (_first(form, head, read) for form, read in _LABELLED)
    return next((iso for iso in by_label if iso), None) or _own_line(head) or _dateline(head)


def _first(form: re.Pattern[str], head: str, read: Callable[[str], str | None]) -> str | None:
    return next((iso for match in form.finditer(head) if (iso := read(match.group(1)))), None)


def _named_date(rest: str) -> str | None:
    """The date that the rest of a labelled line is, or that it opens with, at most one short word before it."""
    whole = iso_date(rest)
    if whole is not None:
        return whole
    day = _first_day(rest)
    return day.iso if day and re.fullmatch(r"(?:[^\d\n:]{0,20}[:,]?\s)?", rest[: day.span.start]) else None


def _bare_date(rest: str) -> str | None:
    """The day that the rest of a line is, a weekday, a time and a byline beside it allowed."""
    day = _first_day(rest)
    is_alone = day and _BEFORE_DATE.fullmatch(rest[: day.span.start]) and _AFTER_DATE.fullmatch(rest[day.span.end :])
    return day.iso if day and is_alone else None


_LABELLED = (
    (_labelled(_LABEL), _named_date),
    (_announced(_LABEL), _bare_date),
    (_labelled(_LATER_LABEL), _named_date),
    (_announced(_LATER_LABEL), _bare_date),
)


def _first_day(line: str) -> Dated | None:
    return next((dated for dated in dates_in(line) if len(dated.iso) == len("2020-03-31")), None)


def _own_line(head: str) -> str | None:
    lines = [line for line in head.split("\n") if line.strip()][:_FIRST_LINES]
    return next((iso for line in lines if len(line) <= _LINE_CHARS and (iso := _bare_date(line))), None)


def _dateline(head: str) -> str | None:
    for line in head.split("\n"):
        day = _first_day(line[:_LINE_CHARS])
        if day and _PLACE.fullmatch(line[: day.span.start]) and _AGENCY.match(line, day.span.end):
            return day.iso
    return None
