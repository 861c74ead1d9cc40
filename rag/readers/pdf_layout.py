"""Puts the characters of a PDF page into a text of paragraphs, and tells which character became what.

The text of a page has LF between lines that stand for themselves (headings, items, rows), a blank line between
paragraphs, and one space where a paragraph was merely wrapped. `HYPHEN` stands in it for each hyphen at a line end of
which only the whole document can tell whether the word has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from rag.pdfium import HYPHEN, NOTHING, Boxes, PageText
from rag.readers.pdf_columns import lines_of
from rag.readers.pdf_joints import joints, rows_of_tables
from rag.readers.pdf_lines import Line

_SPACES = re.compile("  +")
_NO_TITLE = re.compile(r"@|://|^[\W\d_]*$|^(?:table of )?contents$|^inhalt(?:sverzeichnis)?$", re.IGNORECASE)
_EDGE_LINES = 3
_LARGER = 1.15
_TITLE_LINES = 4


class Piece(NamedTuple):
    """A run of a page's characters and what goes before it; `is_hyphen`: it is one doubtful hyphen."""

    before: str
    start: int
    end: int
    is_hyphen: bool = False


class EdgeLine(NamedTuple):
    """A line near the top or the bottom of a page: where it stands in the page's text, and how far down, in points."""

    start: int
    end: int
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page in reading order.

    `opens_size` and `ends_size` are the heights of its first and last line of prose, 0 where that line is none. `tops`
    and `bottoms` are its outermost lines, the outermost first. `largest` are the words set largest in the upper part of
    a first page, empty where they are no larger than the rest.
    """

    text: str
    height: float
    tops: tuple[EdgeLine, ...] = ()
    bottoms: tuple[EdgeLine, ...] = ()
    opens_size: float = 0.0
    ends_size: float = 0.0
    largest: str = ""


@dataclass(frozen=True, slots=True)
class _Setting:
    """The lines of some pages in one row: which are each page's, their frames, which are rows of tables, and what goes
    between each and the next.
    """

    pages: Sequence[slice]
    frames: Boxes
    rows: Sequence[bool]
    between: Sequence[str]


def layouts_of(pages: Sequence[PageText]) -> list[PageLayout]:
    """The text of each page and what tells its running heads and title, the same whatever pages come with it."""
    found = lines_of(pages)
    written = [(page, lines) for page, lines in zip(pages, found, strict=True) if lines]
    laid = iter(_laid(written) if written else ())
    return [next(laid) if lines else PageLayout("", page.height) for page, lines in zip(pages, found, strict=True)]


def pieces_of(page: PageText) -> list[Piece]:
    """The pieces that the text of a page is made of: `before` and `shown` of each, one after the other."""
    (lines,) = lines_of([page])
    return _pieces(lines, _set([lines]).between)[0] if lines else []


def _laid(written: Sequence[tuple[PageText, list[Line]]]) -> Iterator[PageLayout]:
    setting = _set([lines for _, lines in written])
    outer, wide = _outer(setting), _end_wide(setting)
    for (page, lines), own, (first, last), ends_wide in zip(written, setting.pages, outer, wide, strict=True):
        pieces, n_pieces = _pieces(lines, setting.between[own.start : own.stop - 1])
        runs = [run for piece in pieces for run in (piece.before, shown(page.text, piece))]
        spans = _spans(runs, n_pieces)
        opens, ends = (
            0.0 if is_row or line.is_turned else line.size
            for is_row, line in ((setting.rows[own.start], lines[0]), (setting.rows[own.stop - 1], lines[-1]))
        )
        yield PageLayout(
            "".join(runs),
            page.height,
            _edges(lines, first, spans),
            _edges(lines, last, spans),
            opens,
            ends if ends_wide else 0.0,
            _largest(lines, page.height) if page.number == 1 else "",
        )


def _set(of_pages: Sequence[Sequence[Line]]) -> _Setting:
    lines = [line for own in of_pages for line in own]
    ends = accumulate(map(len, of_pages))
    pages = [slice(end - len(own), end) for own, end in zip(of_pages, ends, strict=True)]
    frames = np.array([(line.x0, line.top, line.x1, line.bottom, line.size, line.begins, line.ends) for line in lines])
    rows = rows_of_tables(lines, frames, pages)
    return _Setting(pages, frames, rows.tolist(), joints(lines, frames, rows, pages))


def shown(text: str, piece: Piece) -> str:
    """The characters of a piece as they stand in the page's text."""
    if piece.is_hyphen:
        return HYPHEN
    run = text[piece.start : piece.end]
    if NOTHING in run:
        run = run.replace(NOTHING, "")
    return _SPACES.sub(" ", run) if "  " in run else run


def places_of(text: str, piece: Piece) -> list[int]:
    """For each character of `shown`, which character of the page it is."""
    if piece.is_hyphen:
        return [piece.start]
    places: list[int] = []
    for place in range(piece.start, piece.end):
        is_second_space = text[place] == " " and places and text[places[-1]] == " "
        if text[place] != NOTHING and not is_second_space:
            places.append(place)
    return places


def _pieces(lines: Sequence[Line], between: Sequence[str]) -> tuple[list[Piece], list[int]]:
    """The pieces of a page, and how many each line has."""
    pieces: list[Piece] = []
    n_pieces: list[int] = []
    for line, before, after in zip(lines, ["", *between], [*between, ""], strict=True):
        gap = "" if before == HYPHEN else before
        n_before = len(pieces)
        if len(line.pieces) == 1 and line.hyphen is None and after != HYPHEN:
            pieces.append(Piece(gap, line.pieces[0][1], line.pieces[0][2]))
        else:
            pieces += _pieces_of_line(line, gap, after == HYPHEN)
        n_pieces.append(len(pieces) - n_before)
    return pieces, n_pieces


def _pieces_of_line(line: Line, before: str, has_hyphen: bool) -> list[Piece]:
    """A hyphen at its end is a piece of its own."""
    pieces = [
        Piece((" " if is_apart else "") if n else before, start, end)
        for n, (is_apart, start, end) in enumerate(line.pieces)
    ]
    if line.hyphen is not None:
        pieces.append(Piece("", line.hyphen, line.hyphen + 1, is_hyphen=True))
    elif has_hyphen:
        last = pieces[-1]
        pieces[-1:] = [last._replace(end=last.end - 1), Piece("", last.end - 1, last.end, is_hyphen=True)]
    return pieces


def _spans(runs: Sequence[str], n_pieces: Sequence[int]) -> list[tuple[int, int]]:
    """Where each line stands in the page's text; a piece is two runs, what goes before it and itself."""
    ends = list(accumulate(map(len, runs)))
    last = list(accumulate(n_pieces))
    return [(ends[2 * (end - n)], ends[2 * end - 1]) for n, end in zip(n_pieces, last, strict=True)]


def _outer(setting: _Setting) -> list[tuple[list[int], list[int]]]:
    """For each page its outermost lines at the top and at the bottom, the outermost first, counted on their page."""
    counts = [page.stop - page.start for page in setting.pages]
    own = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((setting.frames[:, 0], setting.frames[:, 1], own)).tolist()
    sorted_lines = [[place - page.start for place in order[page]] for page in setting.pages]
    return [(places[:_EDGE_LINES], places[: -_EDGE_LINES - 1 : -1]) for places in sorted_lines]


def _edges(lines: Sequence[Line], places: Sequence[int], spans: Sequence[tuple[int, int]]) -> tuple[EdgeLine, ...]:
    return tuple(EdgeLine(*spans[place], lines[place].top, lines[place].bottom) for place in places)


def _end_wide(setting: _Setting) -> list[bool]:
    """Whether the last line of each page reaches about as far right as lines like it do."""
    x0, _, x1, _, size, _, _ = setting.frames.T
    starts = [page.start for page in setting.pages]
    last = np.array([page.stop - 1 for page in setting.pages])
    each = np.repeat(last, [page.stop - page.start for page in setting.pages])
    is_alike = (x0 < x1[each]) & (x0[each] < x1) & (np.abs(size / size[each] - 1.0) < 0.15)
    widest = np.maximum(np.maximum.reduceat(np.where(is_alike, x1, -np.inf), starts), x1[last])
    wide: list[bool] = (x1[last] > widest - 6 * size[last]).tolist()
    return wide


def _largest(lines: Sequence[Line], height: float) -> str:
    upper = [
        line for line in lines if line.top < 0.6 * height and not line.is_turned and not _NO_TITLE.search(line.text)
    ]
    size = max((line.size for line in upper), default=0.0)
    usual = sorted(line.size for line in lines)[len(lines) // 2]
    if size < _LARGER * usual:
        return ""
    first = next(place for place, line in enumerate(upper) if line.size == size)
    run = upper[first : first + _TITLE_LINES]
    n_alike = next((n for n, line in enumerate(run) if line.size < 0.93 * size), len(run))
    return " ".join(line.text for line in run[:n_alike])
