"""A stretch of a text as a QTextDocument can hold it, with exact positions both ways; it does not import Qt.

Qt breaks the block at some characters besides LF, draws nothing for others, and lays a whole block out at once. So a
few characters are shown by stand-ins of the same width, and very long lines get breaks that are not in the text. Words
of the program may stand between the characters, or in the place of some of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from desktop_app.offsets import Utf16Offsets
from rag.types import Span

LONGEST_LINE_CHARS = 8_000
_BREAK_WITHIN_CHARS = 400

# Qt's own block separators besides LF, the placeholder of embedded objects, and NUL, which is drawn as nothing.
_STAND_INS = {"\r": "\n", "\u2029": "\n", "\ufdd0": "\ufffd", "\ufdd1": "\ufffd", "\ufffc": "\ufffd", "\0": "\u2400"}
_BREAKS_THE_BLOCK = "\n\r\u2029"
_LINE = re.compile(f"[^{_BREAKS_THE_BLOCK}]+")
_GOOD_BREAK = re.compile(r"\s(?=\S)")
# Marks that belong to the character before them: combining blocks, variation selectors, joiners, skin tones.
_CLINGS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\U0001f3fb-\U0001f3ff]"
)


@dataclass(frozen=True, slots=True)
class Insert:
    """Words of the program that are shown before the character at `start`; they hide the characters up to `end`.

    An `end` that is `start` hides nothing; one beyond it hides a stretch, in whose place the words stand.
    """

    start: int
    end: int
    words: str


class ShownText:
    """What Qt is given for `text[start:end]`: `display`, and the places of every character of it.

    Positions are those of a QTextCursor in a document that holds exactly `display`; offsets are code points of the
    whole `text`. `inserts` are in order, lie within the stretch and do not overlap; the others are left out.
    """

    __slots__ = (
        "_ends", "_inserts", "_last_keys", "_offsets", "_shifts", "_start", "_stop", "_text", "_units", "display",
    )  # fmt: skip

    def __init__(self, text: str, start: int = 0, end: int | None = None, inserts: Sequence[Insert] = ()) -> None:
        self._text = text
        self._start = start
        self._stop = len(text) if end is None else end
        plain = text[self._start : self._stop]
        self._offsets = Utf16Offsets(plain)
        self._inserts = _with_breaks(plain, self._within(inserts))
        self._ends = [one.end for one in self._inserts]
        # A span that ends at a place ends before what is put in there, and after what stands for its last characters.
        self._last_keys = [2 * one.end + (one.start == one.end) for one in self._inserts]
        to_units = self._offsets.to_units
        grown = (_n_units(one.words) - to_units(one.end) + to_units(one.start) for one in self._inserts)
        self._shifts = list(accumulate(grown, initial=0))
        #: Where the words of each insert begin in the display.
        self._units = [to_units(one.start) + shift for one, shift in zip(self._inserts, self._shifts, strict=False)]
        self.display = _displayed(_with_stand_ins(plain), self._inserts)

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
        """The characters shown, as they stand in the text; those hidden by inserts are among them."""
        return self._text[self._start : self._stop]

    def holds(self, span: Span) -> bool:
        return self._start <= span.start and span.end <= self._stop

    def position(self, offset: int) -> int:
        """Where the character at `offset` begins; of a hidden one, where the words in its place begin."""
        place = offset - self._start
        n_before = bisect_right(self._ends, place)
        if n_before < len(self._inserts) and self._inserts[n_before].start <= place:
            return self._units[n_before]
        return self._offsets.to_units(place) + self._shifts[n_before]

    def positions(self, span: Span) -> tuple[int, int]:
        """Where the characters of `span` begin and end; what is put in after the last of them is left out.

        Words in the place of hidden characters belong to every span that holds one of these.
        """
        place = span.end - self._start
        n_before = bisect_right(self._last_keys, 2 * place)
        if n_before < len(self._inserts) and self._inserts[n_before].start < place:
            return self.position(span.start), self._units[n_before] + _n_units(self._inserts[n_before].words)
        return self.position(span.start), self._offsets.to_units(place) + self._shifts[n_before]

    def offset(self, position: int) -> int:
        """The offset of the character at a cursor position; in words put in, of what follows or is hidden there."""
        n_begun = bisect_right(self._units, position)
        if n_begun:
            last = self._inserts[n_begun - 1]
            if position < self._units[n_begun - 1] + _n_units(last.words):
                return self._start + last.start
        return self._start + self._offsets.to_code_points(position - self._shifts[n_begun])

    def between(self, first: int, last: int) -> str:
        """The text's own characters between two cursor positions; see `offsets`."""
        start, end = self.offsets(first, last)
        return self._text[start:end]

    def offsets(self, first: int, last: int) -> tuple[int, int]:
        """Where the text between two cursor positions begins and ends.

        What is hidden between them belongs to it, and what is hidden without a word at either end does not.
        """
        n_begun = bisect_left(self._units, last)
        if n_begun:
            insert = self._inserts[n_begun - 1]
            if last < self._units[n_begun - 1] + _n_units(insert.words):
                return self.offset(first), self._start + insert.start
        end = self._start + self._offsets.to_code_points(last - self._shifts[n_begun])
        return self.offset(first), max(self.offset(first), end)

    def is_hidden(self, offset: int) -> bool:
        """Whether other words stand in the place of this character."""
        place = offset - self._start
        n_before = bisect_right(self._ends, place)
        return n_before < len(self._inserts) and self._inserts[n_before].start <= place

    def insert_at(self, position: int) -> Insert | None:
        """The insert whose words hold this cursor position, with offsets of the text; None elsewhere."""
        n_begun = bisect_right(self._units, position)
        if not n_begun:
            return None
        found = self._inserts[n_begun - 1]
        if not found.words.strip() or position >= self._units[n_begun - 1] + _n_units(found.words):
            return None
        return Insert(found.start + self._start, found.end + self._start, found.words)

    def inserted(self) -> list[tuple[int, int]]:
        """Where words of the program stand in the display: first and last position, breaks of long lines left out."""
        found = zip(self._units, self._inserts, strict=True)
        return [(unit, unit + _n_units(one.words)) for unit, one in found if one.words.strip()]

    def _within(self, inserts: Sequence[Insert]) -> list[Insert]:
        inside = (one for one in inserts if self._start <= one.start and one.end <= self._stop)
        return [Insert(one.start - self._start, one.end - self._start, one.words) for one in inside]


def _n_units(words: str) -> int:
    return len(words) if words.isascii() else len(words.encode("utf-16-le")) // 2


def _with_stand_ins(plain: str) -> str:
    for character, stand_in in _STAND_INS.items():
        if character in plain:
            plain = plain.replace(character, stand_in)
    return plain


def _with_breaks(plain: str, inserts: list[Insert]) -> list[Insert]:
    """The inserts, and the breaks that long lines need; none is needed in what an insert hides."""
    breaks = [Insert(place, place, "\n") for place in _breaks_in(plain)]
    if not inserts or not breaks:
        return inserts or breaks
    starts = [one.start for one in inserts]

    def is_seen(place: int) -> bool:
        before = bisect_left(starts, place)
        is_taken = before < len(starts) and starts[before] == place
        return not is_taken and (not before or inserts[before - 1].end <= place)

    return sorted([*inserts, *(one for one in breaks if is_seen(one.start))], key=lambda one: (one.start, one.end))


def _breaks_in(plain: str) -> list[int]:
    if len(plain) <= LONGEST_LINE_CHARS:
        return []
    lines = (line.span() for line in _LINE.finditer(plain))
    return [
        place for start, end in lines if end - start > LONGEST_LINE_CHARS for place in _breaks_of(plain, start, end)
    ]


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


def _displayed(display: str, inserts: list[Insert]) -> str:
    if not inserts:
        return display
    seen = [(0, inserts[0].start), *((one.end, other.start) for one, other in pairwise(inserts))]
    pieces = [display[first:last] + one.words for (first, last), one in zip(seen, inserts, strict=True)]
    return "".join([*pieces, display[inserts[-1].end :]])
