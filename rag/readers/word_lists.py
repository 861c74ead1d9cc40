"""Works out what Word writes before the items of its lists and before numbered headings; the file holds only rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rag.readers.open_xml import local_name, whole_number
from rag.readers.packages import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_N_LEVELS = 9
_BULLET = "-"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_IN_ROMAN = 4999


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str


_PLAIN = _Level(1, "bullet", "")


@dataclass(slots=True)
class _List:
    """A list definition with how far its levels have counted."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the items of a document's lists, in the order in which they are asked for."""

    def __init__(self, root: Element | None) -> None:
        elements = [] if root is None else list(root)
        definitions = {one.get(f"{W}abstractNumId"): one for one in elements if local_name(one) == "abstractNum"}
        self._definitions = {key: _List(_levels(one)) for key, one in definitions.items()}
        self._definition_of: dict[str, str] = {}
        self._restarts: dict[tuple[str, int], int] = {}
        for one in elements:
            if local_name(one) == "num":
                self._learn(one)

    def _learn(self, num: Element) -> None:
        num_id = num.get(f"{W}numId", "")
        linked = num.find(f"{W}abstractNumId")
        self._definition_of[num_id] = "" if linked is None else linked.get(VAL, "")
        for override in num.iterfind(f"{W}lvlOverride"):
            start = override.find(f"{W}startOverride")
            if start is not None:
                self._restarts[num_id, whole_number(override.get(f"{W}ilvl"))] = whole_number(start.get(VAL))

    def marker(self, num_id: str, level: int) -> str:
        """What stands before the next item: `-`, `3.`, `b)`, `2.1`; empty where the level has no mark."""
        found = self._definitions.get(self._definition_of.get(num_id, ""))
        level = min(max(level, 0), _N_LEVELS - 1)
        if found is None:
            return _BULLET
        rule = found.levels.get(level, _PLAIN)
        restart = self._restarts.pop((num_id, level), None)
        if restart is not None:
            found.counts[level] = restart - 1
        found.counts[level] = found.counts.get(level, rule.start - 1) + 1
        for deeper in range(level + 1, _N_LEVELS):
            found.counts.pop(deeper, None)
        return _BULLET if rule.form == "bullet" else _filled(rule.pattern, found).strip()


def _levels(definition: Element) -> dict[int, _Level]:
    levels = {}
    for one in definition.iterfind(f"{W}lvl"):
        start, form, pattern = (one.find(f"{W}{name}") for name in ("start", "numFmt", "lvlText"))
        levels[whole_number(one.get(f"{W}ilvl"))] = _Level(
            1 if start is None else whole_number(start.get(VAL)),
            "decimal" if form is None else form.get(VAL, "decimal"),
            "" if pattern is None else pattern.get(VAL, ""),
        )
    return levels


def _filled(pattern: str, found: _List) -> str:
    def count(place: re.Match[str]) -> str:
        level = int(place.group(1)) - 1
        rule = found.levels.get(level, _PLAIN)
        return written_as(rule.form, found.counts.get(level, rule.start))

    return re.sub(r"%([1-9])", count, pattern)


def written_as(form: str, count: int) -> str:
    """A count in a number format of Word; formats of other scripts are written in digits."""
    if form == "none":
        return ""
    if form in {"lowerLetter", "upperLetter"} and 1 <= count <= 26 * 30:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in {"lowerRoman", "upperRoman"} and 1 <= count <= _MOST_IN_ROMAN:
        roman = _roman(count)
        return roman if form == "lowerRoman" else roman.upper()
    return f"{count:02d}" if form == "decimalZero" else str(count)


def _roman(count: int) -> str:
    letters = ""
    for worth, sign in (*_ROMAN, *_ROMAN_ONES):
        letters += sign * (count // worth)
        count %= worth
    return letters
