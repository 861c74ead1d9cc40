"""Finds the lines of a PDF page in the order of the file: marks and cells that stand beside each other are one line.

That order is kept, since who made the file mostly wrote it in the order it is read. What is measured is little on
purpose: the first and the last character of each line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.pdfium import HYPHEN, NOTHING, Boxes, PageText, boxes_of

BLANKS = f" {NOTHING}"
FIGURE_ENDS = frozenset("0123456789)%—–-")

_RAW_LINE = re.compile(rf"[^\r\n{HYPHEN}{NOTHING} ][^\r\n{HYPHEN}]*")
_SAME_ROW = 0.5
_OVERLAPS = 0.4
_CELL_GAP = 1.2
_SPACE_GAP = 0.15
_LEAST_SIZE = 0.1
_MISSED_LINE_END = 0.7


@dataclass(slots=True)
class Line:
    """A line as it is seen.

    `pieces` are runs of the page's characters, each with whether a space goes before it. `begins` and `ends` are how
    far down its first and its last character reach: as far as the line, unless PDFium missed a line end. `size` is
    the height of its letters, `hyphen` the character that is a doubtful hyphen after it, `is_turned` that it runs up
    or down the page. `gaps` are wide gaps in it: from x, to x, and the piece that comes after.
    """

    pieces: list[tuple[bool, int, int]]
    x0: float
    top: float
    x1: float
    bottom: float
    begins: float
    ends: float
    size: float
    text: str
    hyphen: int | None = None
    is_turned: bool = False
    gaps: Sequence[tuple[float, float, int]] = ()


def raw_lines(pages: Sequence[PageText]) -> list[list[Line]]:
    """The lines of each page as PDFium breaks them, what stands beside each other put together.

    They are the same whatever pages come with a page; several at once take less time.
    """
    found = [_runs(page.text) for page in pages]
    written = [(page, runs) for page, runs in zip(pages, found, strict=True) if runs]
    if not written:
        return [[] for _ in pages]
    counts = [len(runs) for _, runs in written]
    frames, turned = _framed([page for page, _ in written], [runs for _, runs in written], counts)
    beside = _beside(frames)
    rows, is_turned = frames.tolist(), turned.tolist()
    first = 0
    lines: list[list[Line]] = []
    for page, runs in zip(pages, found, strict=True):
        end = first + len(runs)
        own = _made(page.text, runs, rows[first:end], is_turned[first:end])
        lines.append(_merged(own, beside[first : end - 1]) if any(beside[first : end - 1]) else own)
        first = end
    return lines


def _runs(text: str) -> list[tuple[int, int, str]]:
    return [
        (start, start + len(words), words)
        for start, words in ((match.start(), match.group().rstrip(BLANKS)) for match in _RAW_LINE.finditer(text))
    ]


def _framed(
    pages: Sequence[PageText], found: Sequence[Sequence[tuple[int, int, str]]], counts: Sequence[int]
) -> tuple[Boxes, npt.NDArray[np.bool_]]:
    """For each line of all pages its frame, as the fields of Line from `x0` to `size`, and whether it is turned."""
    first = boxes_of(pages, [[start for start, _, _ in runs] for runs in found])
    last = boxes_of(pages, [[end - 1 for _, end, _ in runs] for runs in found])
    first, last = _upright(first, last, counts)
    low, high = np.minimum(first, last), np.maximum(first, last)
    size = np.maximum(np.maximum(first[:, 3] - first[:, 1], last[:, 3] - last[:, 1]), _LEAST_SIZE)
    along, across = np.abs(_shift(first, last)).T
    turned = (across > 2 * size) & (across > along)
    is_two = np.abs(first[:, 3] - last[:, 3]) > _MISSED_LINE_END * size
    begins, ends = (np.where(is_two, edge[:, 3], high[:, 3]) for edge in (first, last))
    return np.stack([low[:, 0], low[:, 1], high[:, 2], high[:, 3], begins, ends, size], 1), turned


def _made(
    text: str, runs: Sequence[tuple[int, int, str]], frames: Sequence[Sequence[float]], turned: Sequence[bool]
) -> list[Line]:
    lines = [
        Line([(False, start, end)], x0, y0, x1, y1, y2, y3, height, words, None, is_turned)
        for (start, end, words), (x0, y0, x1, y1, y2, y3, height), is_turned in zip(runs, frames, turned, strict=True)
    ]
    if HYPHEN in text:
        _add_hyphens(text, lines)
    if NOTHING in text:
        for line in lines:
            line.text = line.text.replace(NOTHING, "")
    return lines


def _add_hyphens(text: str, lines: Sequence[Line]) -> None:
    following = [*(line.pieces[0][1] for line in lines[1:]), len(text)]
    for line, start in zip(lines, following, strict=True):
        place = text.find(HYPHEN, line.pieces[0][2], start)
        line.hyphen = place if place >= 0 else None


def _shift(first: Boxes, last: Boxes) -> Boxes:
    """Twice the way from the middle of the first to the middle of the last character, along and across the page."""
    return last[:, :2] + last[:, 2:] - first[:, :2] - first[:, 2:]


def _upright(first: Boxes, last: Boxes, counts: Sequence[int]) -> tuple[Boxes, Boxes]:
    """The boxes of first and last characters, those of a page turned if most of its lines run upwards or downwards."""
    along, across = _shift(first, last).T
    is_across = np.abs(across) > np.abs(along) + 1
    if not is_across.any():
        return first, last
    end = 0
    for count in counts:
        own = slice(end, end + count)
        end += count
        if 2 * int(is_across[own].sum()) > count:
            is_upwards = bool(across[own].sum() < 0)
            first[own], last[own] = _quarter_turned(first[own], is_upwards), _quarter_turned(last[own], is_upwards)
    return first, last


def _quarter_turned(boxes: Boxes, is_upwards: bool) -> Boxes:
    x0, y0, x1, y1 = boxes.T
    return np.stack([-y1, x0, -y0, x1], 1) if is_upwards else np.stack([y0, -x1, y1, -x0], 1)


def _beside(frames: Boxes) -> list[bool]:
    """Whether each line but the first may stand beside the one before it; on most pages none does."""
    x0, top, x1, bottom, _, _, size = frames.T
    shared = np.minimum(bottom[1:], bottom[:-1]) - np.maximum(top[1:], top[:-1])
    beside = (shared > 0) & (x0[1:] > x1[:-1] - _OVERLAPS * np.maximum(size[1:], size[:-1]))
    flags: list[bool] = beside.tolist()
    return flags


def _merged(lines: list[Line], beside: Sequence[bool]) -> list[Line]:
    merged = lines[:1]
    has_grown = False
    for line, may_be_beside in zip(lines[1:], beside, strict=True):
        has_grown = (may_be_beside or has_grown) and _is_beside(merged[-1], line)
        if has_grown:
            _append(merged[-1], line)
        else:
            merged.append(line)
    return merged


def _is_beside(left: Line, right: Line) -> bool:
    if left.hyphen is not None or left.is_turned or right.is_turned:
        return False
    shared = min(left.bottom, right.bottom) - max(left.top, right.top)
    lower = min(left.bottom - left.top, right.bottom - right.top)
    is_after = right.x0 > left.x1 - _OVERLAPS * max(left.size, right.size) and right.x1 > left.x1
    return is_after and shared > _SAME_ROW * lower


def _append(line: Line, right: Line) -> None:
    gap = right.x0 - line.x1
    if gap > _CELL_GAP * line.size:
        line.gaps = (*line.gaps, (line.x1, right.x0, len(line.pieces)))
    is_apart = gap > _SPACE_GAP * min(line.size, right.size)
    line.pieces.append((is_apart, *right.pieces[0][1:]))
    line.text += (" " if is_apart else "") + right.text
    line.x1 = right.x1
    line.top, line.bottom = min(line.top, right.top), max(line.bottom, right.bottom)
    line.begins, line.ends = (line.bottom, line.bottom) if line.begins == line.ends else (line.begins, right.ends)
    line.size = max(line.size, right.size)
    line.hyphen = right.hyphen
