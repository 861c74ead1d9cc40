"""A stretch of a text as a QTextDocument can hold it, with exact positions both ways; it does not import Qt.

Qt breaks the block at some characters besides LF, draws nothing for others, and lays a whole block out at once. So a
few characters are shown by stand-ins of the same width, and very long lines get breaks that are not in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from desktop_app.offsets import Utf16Offsets
from rag.types import Span

LONGEST_LINE_CHARS = 8_000
_BREAK_WITHIN_CHARS = 400

# Qt's own block separators besides LF, the placeholder of embedded objects, and NUL, which is drawn as nothing.
_STAND_INS = {"\r": "\n", "\u2029": "\n", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd", "\ufffc": "\ufffd", "\0": "\u2400"}
_BREAKS_THE_BLOCK = "\n\r\u2029"
_LONG_LINE = re.compile(f"[^{_BREAKS_THE_BLOCK}]{{{LONGEST_LINE_CHARS + 1},}}")
_GOOD_BREAK = re.compile(r"\s(?=\S)")
# Marks that belong to the character before them: combining blocks, variation selectors, joiners, skin tones.
_CLINGS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff]"
)


class ShownText:
    """What Qt is given for `text[start:end]`: `display`, and the places of every character of it.

    Positions are those of a QTextCursor in a document that holds exactly `display`; offsets are code points of the
    whole `text`.
    """

    __slots__ = ("_break_positions", "_breaks", "_offsets", "_start", "_stop", "_text", "display")

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self._text = text
        self._start = start
        self._stop = len(text) if end is None else end
        plain = text[self._start : self._stop]
        self._offsets = Utf16Offsets(plain)
        self._breaks = _breaks_in(plain)
        units = (self._offsets.to_units(place) for place in self._breaks)
        self._break_positions = [unit + before for before, unit in enumerate(units)]
        self.display = _with_breaks(_with_stand_ins(plain), self._breaks)

    @property
    def start(self) -> int:
        """First offset shown."""
        return self._start

    @property
    def stop(self) -> int:
        """Offset after the last character shown."""
        return self._stop

    @property
    def text(self) -> str:
        """The characters shown, as they stand in the text."""
        return self._text[self._start : self._stop]

    def holds(self, span: Span) -> bool:
        return self._start <= span.start and span.end <= self._stop

    def position(self, offset: int) -> int:
        """Where the character at `offset` begins."""
        place = offset - self._start
        return self._offsets.to_units(place) + bisect_right(self._breaks, place)

    def positions(self, span: Span) -> tuple[int, int]:
        """Where the characters of `span` begin and end; a break after the last of them is left out."""
        place = span.end - self._start
        return self.position(span.start), self._offsets.to_units(place) + bisect_left(self._breaks, place)

    def offset(self, position: int) -> int:
        """The offset of the character at a cursor position; an inserted break counts as what follows it."""
        unit = position - bisect_left(self._break_positions, position)
        return self._start + self._offsets.to_code_points(unit)

    def between(self, first: int, last: int) -> str:
        """The text's own characters between two cursor positions."""
        return self._text[self.offset(first) : self.offset(last)]


def _with_stand_ins(plain: str) -> str:
    for character, stand_in in _STAND_INS.items():
        if character in plain:
            plain = plain.replace(character, stand_in)
    return plain


def _breaks_in(plain: str) -> list[int]:
    if len(plain) <= LONGEST_LINE_CHARS:
        return []
    return [place for line in _LONG_LINE.finditer(plain) for place in _breaks_of(plain, line.start(), line.end())]


def _breaks_of(plain: str, start: int, end: int) -> list[int]:
    """Places inside one long line, after a space where there is one, and never before a mark that clings."""
    breaks = []
    while end - start > LONGEST_LINE_CHARS:
        latest = start + LONGEST_LINE_CHARS
        spaces = [match.end() for match in _GOOD_BREAK.finditer(plain, latest - _BREAK_WITHIN_CHARS, latest)]
        start = spaces[-1] if spaces else _before_clinging(plain, latest)
        breaks.append(start)
    return breaks


def _before_clinging(plain: str, latest: int) -> int:
    place = latest
    while _CLINGS.match(plain, place) or plain[place - 1] == "\u200d":
        place -= 1
        if latest - place == _BREAK_WITHIN_CHARS:
            return latest
    return place


def _with_breaks(display: str, breaks: list[int]) -> str:
    edges = [0, *breaks, len(display)]
    return "\n".join(display[first:last] for first, last in pairwise(edges))
