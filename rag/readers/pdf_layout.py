"""Puts the characters of a PDF page into a text of paragraphs, and tells which character became what.

The text of a page has LF between lines that stand for themselves (headings, items, rows), a blank line between
paragraphs, and one space where a paragraph was merely wrapped. `HYPHEN` stands in it for each hyphen at a line end of
which only the whole document can tell whether the word has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from rag.pdfium import HYPHEN, NOTHING, Boxes, PageText
from rag.readers.pdf_joints import joints, rows_of_tables
from rag.readers.pdf_lines import Line, lines_of

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


def layout_of(page: PageText) -> PageLayout:
    """The text of a page and what tells its running heads and title; the same each time."""
    lines = lines_of(page)
    if not lines:
        return PageLayout("", page.height)
    frames = _frames(lines)
    rows = rows_of_tables(lines, frames)
    pieces, n_pieces = _pieces(lines, joints(lines, frames, rows))
    runs = [run for piece in pieces for run in (piece.before, shown(page.text, piece))]
    tops, bottoms = _edges(frames, _spans(runs, n_pieces))
    is_prose = [not (row or line.is_turned) for row, line in ((rows[0], lines[0]), (rows[-1], lines[-1]))]
    return PageLayout(
        "".join(runs),
        page.height,
        tops,
        bottoms,
        lines[0].size if is_prose[0] else 0.0,
        lines[-1].size if is_prose[1] and _ends_wide(frames) else 0.0,
        _largest(lines, page.height) if page.number == 1 else "",
    )


def pieces_of(page: PageText) -> list[Piece]:
    """The pieces that the text of a page is made of: `before` and `shown` of each, one after the other."""
    lines = lines_of(page)
    if not lines:
        return []
    frames = _frames(lines)
    return _pieces(lines, joints(lines, frames, rows_of_tables(lines, frames)))[0]


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


def _frames(lines: Sequence[Line]) -> Boxes:
    return np.array([(line.x0, line.top, line.x1, line.bottom, line.size, line.begins, line.ends) for line in lines])


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


def _edges(frames: Boxes, spans: Sequence[tuple[int, int]]) -> tuple[tuple[EdgeLine, ...], tuple[EdgeLine, ...]]:
    order = np.lexsort((frames[:, 0], frames[:, 1])).tolist()
    outer = (order[:_EDGE_LINES], order[: -_EDGE_LINES - 1 : -1])
    tops, bottoms = (tuple(_edge(frames[place].tolist(), spans[place]) for place in places) for places in outer)
    return tops, bottoms


def _edge(frame: Sequence[float], span: tuple[int, int]) -> EdgeLine:
    return EdgeLine(span[0], span[1], frame[1], frame[3])


def _ends_wide(frames: Boxes) -> bool:
    """Whether the last line reaches about as far right as lines like it do."""
    x0, _, x1, _, size, _, _ = frames.T
    is_alike = (x0 < x1[-1]) & (x0[-1] < x1) & (np.abs(size / size[-1] - 1.0) < 0.15)
    return bool(x1[-1] > x1[is_alike].max(initial=x1[-1]) - 6 * size[-1])


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
