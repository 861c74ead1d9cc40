"""Finds the lines of a PDF page, in reading order: marks and cells that stand beside each other are one line, and lines
that run across columns of prose are taken apart.

The order of the file is kept otherwise, since who made it mostly wrote it in the order it is read. What is measured is
little on purpose: the first and the last character of each line, and the words of two or three lines a page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

import numpy as np
import numpy.typing as npt

from rag.pdfium import HYPHEN, NOTHING, Boxes, PageText, boxes_of

_BLANKS = f" {NOTHING}"
FIGURE_ENDS = frozenset("0123456789)%—–-")

_RAW_LINE = re.compile(rf"[^\r\n{HYPHEN}{NOTHING} ][^\r\n{HYPHEN}]*")
_WORD = re.compile(rf"[^ {NOTHING}]+")
_SAME_ROW = 0.5
_OVERLAPS = 0.4
_CELL_GAP = 1.2
_SPACE_GAP = 0.15
_GUTTER = 0.9
_LEAST_SIZE = 0.1
_MISSED_LINE_END = 0.7
_LEAST_COLUMN_LINES = 5
_MOST_COLUMNS = 4


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


def lines_of(pages: Sequence[PageText]) -> list[list[Line]]:
    """The lines of each page, the same whatever pages come with it; several at once take less time."""
    return [_in_columns(page, lines) for page, lines in zip(pages, _raw_lines(pages), strict=True)]


def _raw_lines(pages: Sequence[PageText]) -> list[list[Line]]:
    """The lines as PDFium breaks them, what stands beside each other put together."""
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
        for start, words in ((match.start(), match.group().rstrip(_BLANKS)) for match in _RAW_LINE.finditer(text))
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


def _in_columns(page: PageText, lines: list[Line]) -> list[Line]:
    """Takes lines apart that run across columns of prose, and puts each column together."""
    if _seems_to_have_columns(page, lines):
        _find_gaps(page, [line for line in lines if not line.is_turned])
    for _ in range(_MOST_COLUMNS - 1):
        if sum(1 for line in lines if line.gaps) < _LEAST_COLUMN_LINES:
            break
        parted = _parted(lines)
        if len(parted) == len(lines):
            break
        lines = parted
    return lines


def _seems_to_have_columns(page: PageText, lines: list[Line]) -> bool:
    """Whether two of three wide lines, measured word by word, have a gap at the same place and words beside it."""
    if len(lines) < _LEAST_COLUMN_LINES:
        return False
    least = 0.7 * (max(line.x1 for line in lines) - min(line.x0 for line in lines))
    wide = [line for line in lines if line.x1 - line.x0 > least and not line.is_turned and len(line.text) > 30]
    if len(wide) < _LEAST_COLUMN_LINES:
        return False
    sample = [wide[int(share * len(wide))] for share in (0.5, 0.3, 0.7)]
    gaps = _gaps_in_prose(page, sample[:2])
    if not any(gaps):
        return False
    gaps += _gaps_in_prose(page, sample[2:])
    return any(
        _overlap(one, other, sample[0].size) for some, more in combinations(gaps, 2) for one in some for other in more
    )


def _gaps_in_prose(page: PageText, lines: Sequence[Line]) -> list[list[tuple[float, float]]]:
    """Wide gaps in the middle half of each line's characters, with words after them."""
    return [
        [(x0, x1) for x0, x1, place in gaps if page.text[place].isalpha() and line.text[-1:] not in FIGURE_ENDS]
        for line, gaps in zip(lines, _word_gaps(page, lines, is_middle=True), strict=True)
    ]


def _overlap(one: tuple[float, float], other: tuple[float, float], size: float) -> tuple[float, float] | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if end - start > 0.5 * size else None


def _word_gaps(
    page: PageText, lines: Sequence[Line], *, is_middle: bool = False
) -> list[list[tuple[float, float, int]]]:
    """For each line the gaps that are wider than words need: from x, to x, and the character after.

    `is_middle`: only in the middle half of its characters.
    """
    words = [
        [match.span() for start, end in _inner(line, is_middle) for match in _WORD.finditer(page.text, start, end)]
        for line in lines
    ]
    starts = [start for line in words for start, _ in line]
    boxes = page.boxes(starts + [end - 1 for line in words for _, end in line]).tolist()
    lefts, rights = boxes[: len(starts)], boxes[len(starts) :]
    gaps: list[list[tuple[float, float, int]]] = []
    first = 0
    for line, spans in zip(lines, words, strict=True):
        least = _GUTTER * line.size
        places = range(first + 1, first + len(spans))
        gaps.append(
            [(rights[n - 1][2], lefts[n][0], starts[n]) for n in places if lefts[n][0] - rights[n - 1][2] > least]
        )
        first += len(spans)
    return gaps


def _inner(line: Line, is_middle: bool) -> list[tuple[int, int]]:
    if not is_middle:
        return [(start, end) for _, start, end in line.pieces]
    first, last = line.pieces[0][1], line.pieces[-1][2]
    quarter = (last - first) // 4
    first, last = first + quarter, last - quarter
    return [(max(start, first), min(end, last)) for _, start, end in line.pieces if start < last and end > first]


def _find_gaps(page: PageText, lines: Sequence[Line]) -> None:
    """Cuts the pieces of the lines at their wide gaps."""
    for line, gaps in zip(lines, _word_gaps(page, lines), strict=True):
        for _, _, place in gaps:
            for n, (is_apart, first, last) in enumerate(line.pieces):
                if first < place < last:
                    line.pieces[n : n + 1] = [(is_apart, first, _trimmed(page.text, first, place)), (True, place, last)]
        numbers = {piece[1]: n for n, piece in enumerate(line.pieces)}
        line.gaps = [(start, end, numbers[place]) for start, end, place in gaps]


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _BLANKS:
        end -= 1
    return end


def _parted(lines: list[Line]) -> list[Line]:
    """Lines with each run of them that has a gutter put as left column, right column."""
    parted: list[Line] = []
    place = 0
    while place < len(lines):
        end, gutter = _run_with_gutter(lines, place)
        sides = _sides(lines[place:end], gutter) if gutter else None
        if sides is None:
            end = max(end, place + 1)
            parted += lines[place:end]
        else:
            parted += [*sides[0], *sides[1]]
        place = end
    return parted


def _run_with_gutter(lines: list[Line], start: int) -> tuple[int, tuple[float, float] | None]:
    gutter: tuple[float, float] | None = None
    end = start
    for place in range(start, len(lines)):
        line = lines[place]
        overlaps = [_overlap(gap[:2], gutter, line.size) if gutter else gap[:2] for gap in line.gaps]
        widest = max((one for one in overlaps if one), key=lambda one: one[1] - one[0], default=None)
        if widest:
            gutter, end = widest, place + 1
        elif gutter is None or not (line.x1 <= gutter[1] or line.x0 >= gutter[0]) or line.is_turned:
            break
        else:
            end = place + 1
    return end, gutter


def _sides(lines: Sequence[Line], gutter: tuple[float, float]) -> tuple[list[Line], list[Line]] | None:
    """The two columns of a run of lines; None where they are no prose, or too few."""
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        gap = next((gap for gap in line.gaps if _overlap(gap[:2], gutter, 0.0)), None)
        if gap is None:
            (left if line.x1 <= gutter[1] else right).append(line)
        else:
            one, other = _cut(line, gap)
            left.append(one)
            right.append(other)
    return (left, right) if _is_prose(left) and _is_prose(right) else None


def _cut(line: Line, gap: tuple[float, float, int]) -> tuple[Line, Line]:
    start, end, first = gap
    n_chars = sum(last - begin + is_apart for is_apart, begin, last in line.pieces[:first])
    before = [one for one in line.gaps if one[2] < first]
    after = [(one[0], one[1], one[2] - first) for one in line.gaps if one[2] > first]
    frame = (line.bottom, line.begins, line.ends, line.size)
    left = Line(line.pieces[:first], line.x0, line.top, start, *frame, line.text[:n_chars].rstrip(), gaps=before)
    pieces = [(False, *line.pieces[first][1:]), *line.pieces[first + 1 :]]
    right = Line(pieces, end, line.top, line.x1, *frame, line.text[n_chars:].lstrip(), line.hyphen, gaps=after)
    return left, right


def _is_prose(lines: Sequence[Line]) -> bool:
    if len(lines) < _LEAST_COLUMN_LINES:
        return False
    n_words = [line.text.count(" ") + 1 for line in lines]
    n_going_on = sum(1 for line in lines[1:] if line.text[:1].islower())
    return median(n_words) >= 3 and 4 * n_going_on >= len(lines) - 1
