"""What stands in the cells of a table, as text: numbers without binary dirt, dates in ISO 8601, words cleaned."""

from __future__ import annotations

import datetime
import math
import re

from rag.readers.packages import cleaned

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta | None

_NUMBER = re.compile(
    r"[-+(]{0,2}[$€£¥]? ?\d[\d.,'’ \u00a0]*(?:[eE][-+]?\d+)? ?[%$€£¥]?\)?|[-–—]|n/?a", re.ASCII | re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d\d?-\d\d?(?:[ T][\d:.]+Z?)?|\d\d?[./]\d\d?[./]\d{2,4}(?: [\d:.]+)?|\d\d?:\d\d(?::\d\d)?")
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d")


def shown(value: Value) -> str:
    """A value as a person would write it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return cleaned(value).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return plain_number(value)
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    return _moment(value)


def plain_number(value: float) -> str:
    """At most ten decimals and fifteen digits, no exponent where it can be helped: `0.3`, `4`, `1250000`."""
    if not math.isfinite(value):
        return str(value)
    if value == 0 or 1e-4 <= abs(value) < 1e15:
        short = f"{round(value, 10):.10f}" if abs(value) < 1 else f"{value:.15g}"
        if "." in short and abs(value) >= 1:
            short = f"{round(float(short), 10):.15g}"
        return short.rstrip("0").rstrip(".") if "." in short else short
    return f"{value:.10g}"


def shown_number(stored: str) -> str:
    """A number that is stored as text, without binary dirt; any other text as it is."""
    try:
        return plain_number(float(stored))
    except (ValueError, OverflowError):
        return stored


def is_number_or_date(text: str) -> bool:
    """Whether a cell holds a value rather than words."""
    return _NUMBER.fullmatch(text) is not None or _DAY.fullmatch(text) is not None


def is_year(text: str) -> bool:
    """Whether it may be the name of a column though it is a number."""
    return _YEAR.fullmatch(text) is not None


def _moment(value: datetime.date | datetime.time) -> str:
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "minutes" if value.second == 0 else "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("minutes" if value.second == 0 else "seconds")
    return value.isoformat()


def _duration(value: datetime.timedelta) -> str:
    seconds = round(abs(value.total_seconds()))
    sign = "-" if value < datetime.timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
