"""Makes a text out of what was recognised on the pictures of pages, beside the pages that have a text of their own."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rag import sniffing
from rag.ocr import ReadLine
from rag.readers.parted import PartedText
from rag.types import Mark, PartKind, Reading, Span

_GAP = 0.9
"""More white than this share of a line's height between two lines parts paragraphs."""
_INDENT = 2.0
"""A line that begins this many line heights further left or right than the one above belongs to something else."""
_SAME_LINE = 0.5
"""Boxes that overlap in height by this share stand on one line: cells of a table."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A PDF to be read: its own text (None where it has none), and the pages, from 1, that are pictures."""

    reading: Reading | None
    n_pages: int
    without_text: tuple[int, ...]


def text_of(lines: Sequence[ReadLine]) -> str:
    """Paragraphs parted by blank lines; the lines of one are joined by a space, the cells of a row by ` | `."""
    rows = _rows(lines)
    if not rows:
        return ""
    height = median(line.height for line in lines)
    paragraphs = [[rows[0]]]
    for above, row in itertools.pairwise(rows):
        if _goes_on(above, row, height):
            paragraphs[-1].append(row)
        else:
            paragraphs.append([row])
    return "\n\n".join(" ".join(_words(row) for row in paragraph) for paragraph in paragraphs)


def with_pages_read(reading: Reading | None, title: str, n_pages: int, read: Mapping[int, str]) -> Reading | None:
    """A document's own pages and, for page numbers in `read`, what was recognised there, in the order of the pages.

    `reading` is None where no page has a text of its own. None where nothing is left in the end.
    """
    pages = PartedText()
    own = {part.number: part for part in reading.parts} if reading else {}
    for number in range(1, n_pages + 1):
        part = own.get(number)
        if reading and part:
            marks = _marks_within(part.span, reading.marks)
            pages.add(part.span.cut(reading.text), part.kind, number, part.label, marks=marks, is_ocr=part.is_ocr)
        else:
            pages.add(read.get(number, "").strip(), PartKind.PAGE, number, is_ocr=True)
    if not pages.parts:
        return None
    whole = reading or Reading("", title, None, None, sniffing.PDF)
    return replace(whole, text=pages.text, parts=pages.parts, marks=pages.marks, n_pages=n_pages, note=_note(read))


def _marks_within(page: Span, marks: Sequence[Mark]) -> list[Mark]:
    """What of the marks lies on a page, counted from its beginning."""
    spans = [(mark, max(mark.span.start, page.start), min(mark.span.end, page.end)) for mark in marks]
    return [replace(mark, span=Span(start - page.start, end - page.start)) for mark, start, end in spans if start < end]


def _note(read: Mapping[int, str]) -> str:
    empty = [number for number, text in sorted(read.items()) if not text.strip()]
    if not empty:
        return ""
    named = ", ".join(map(str, empty[:10])) + (", …" if len(empty) > 10 else "")
    return f"No words were recognised on {'page' if len(empty) == 1 else 'the pages'} {named}."


def _rows(lines: Sequence[ReadLine]) -> list[list[ReadLine]]:
    """Lines side by side are one row, from left to right; rows from top to bottom."""
    rows: list[list[ReadLine]] = []
    for line in sorted(lines, key=lambda line: (line.top, line.left)):
        if rows and _is_beside(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _is_beside(first: ReadLine, other: ReadLine) -> bool:
    shared = min(first.bottom, other.bottom) - max(first.top, other.top)
    return shared >= _SAME_LINE * min(first.height, other.height) and (
        first.right <= other.left or other.right <= first.left
    )


def _goes_on(above: Sequence[ReadLine], row: Sequence[ReadLine], height: float) -> bool:
    """Whether two rows are lines of one paragraph; rows of several cells never are."""
    if len(above) > 1 or len(row) > 1:
        return False
    gap = row[0].top - above[0].bottom
    return gap <= _GAP * height and abs(row[0].left - above[0].left) <= _INDENT * height


def _words(row: Sequence[ReadLine]) -> str:
    return " | ".join(line.text for line in row)
