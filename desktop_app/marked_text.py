"""What is put between the characters of a document on screen: lines in place of folded noise, and the names of parts.

It knows neither Qt nor how any of it looks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from enum import Enum, auto
from math import ceil

from desktop_app.noise_words import kind_name, size_words
from desktop_app.shown_text import Insert
from rag.types import Mark, Part, PartKind, Span

MOST_OPEN_LINES = 6
SHOW = "Show"
_CHARS_A_LINE = 72


class Noise(Enum):
    """How the stretches that are kept out of quotes are shown."""

    GREYED = auto()
    HIDDEN = auto()


class MarkedText:
    """A text with its marks and parts: where they lie, and what is inserted when some of the marks are open."""

    def __init__(self, text: str, marks: Sequence[Mark] = (), parts: Sequence[Part] = ()) -> None:
        self.text = text
        self.marks = tuple(marks)
        self.parts = tuple(parts)
        self._starts = [mark.span.start for mark in self.marks]
        self._ends = [mark.span.end for mark in self.marks]

    def mark_at(self, offset: int) -> Mark | None:
        """The mark that holds a character."""
        place = bisect_right(self._starts, offset) - 1
        return self.marks[place] if place >= 0 and offset < self._ends[place] else None

    def marks_in(self, start: int, end: int) -> tuple[Mark, ...]:
        """The marks of which something lies in this stretch, in order."""
        return self.marks[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def part_at(self, offset: int) -> Part | None:
        """The part that holds a character, or the last one before it."""
        place = bisect_right(self.parts, offset, key=lambda part: part.span.start) - 1
        return self.parts[place] if place >= 0 else None

    def is_long(self, mark: Mark) -> bool:
        """Whether a mark would take more than a few lines on screen."""
        lines = mark.span.cut(self.text).split("\n")
        return sum(ceil(len(line) / _CHARS_A_LINE) for line in lines if line.strip()) > MOST_OPEN_LINES

    def inserts(self, noise: Noise, opened: Collection[int]) -> list[Insert]:
        """What is inserted when the marks that start at `opened` are not folded."""
        folds = [self._fold(mark, noise) for mark in self.marks if self.is_folded(mark, noise, opened)]
        starts, ends = [one.start for one in folds], [one.end for one in folds]
        names = [Insert(place, place, f"{part_title(part)}\n") for part, place in self._named_parts()]

        def is_seen(place: int) -> bool:
            before = bisect_left(starts, place) - 1
            return before < 0 or ends[before] <= place

        return sorted([*folds, *(one for one in names if is_seen(one.start))], key=lambda one: (one.start, one.end))

    def is_folded(self, mark: Mark, noise: Noise, opened: Collection[int]) -> bool:
        if mark.is_lifted or mark.span.start in opened:
            return False
        return noise is Noise.HIDDEN or self.is_long(mark)

    def _named_parts(self) -> list[tuple[Part, int]]:
        """Parts that begin a line; one that begins within a line is no place for a line of its own."""
        if len(self.parts) < 2:
            return []
        named = (part for part in self.parts if part.kind is not PartKind.CELL and not self._is_named(part))
        return [(part, part.span.start) for part in named if self._begins_line(part.span.start)]

    def _is_named(self, part: Part) -> bool:
        """Whether the text itself begins with the name, as chapters do."""
        return " ".join(self.text[part.span.start : part.span.start + 300].split()).startswith(part_title(part))

    def _begins_line(self, offset: int) -> bool:
        return offset == 0 or self.text[offset - 1] == "\n"

    def _fold(self, mark: Mark, noise: Noise) -> Insert:
        start, end = mark.span.start, mark.span.end
        if noise is Noise.HIDDEN:
            return self._hidden(mark.span)
        words = f"{kind_name(mark.kind)}, {size_words(mark.span.cut(self.text))} · {SHOW}"
        before = "" if self._begins_line(start) else "\n"
        after = "\n" if self.text[end - 1] == "\n" or self.text[end : end + 1] not in ("\n", "") else ""
        return Insert(start, end, before + words + after)

    def _hidden(self, span: Span) -> Insert:
        """A stretch that is not to be seen at all; the empty lines after whole lines go with it."""
        end = span.end
        following = self._starts[bisect_left(self._starts, end)] if self._starts[-1] >= end else len(self.text)
        if self._begins_line(span.start):
            while end < following and self.text[end] == "\n":
                end += 1
        return Insert(span.start, end, "")


def part_title(part: Part) -> str:
    """The name of a part as a line of its own: Slide 3, Sheet Costs, or the chapter's own name."""
    if part.kind in (PartKind.CHAPTER, PartKind.MESSAGE) and part.label:
        return " ".join(part.label.split())
    name = " ".join(part.name.split())
    return name[:1].upper() + name[1:]
