"""Finds the columns of a PDF page: lines that run across columns of prose are taken apart, each column put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from statistics import median

from rag.pdfium import NOTHING, PageText
from rag.readers.pdf_lines import BLANKS, FIGURE_ENDS, Line, raw_lines

_WORD = re.compile(rf"[^ {NOTHING}]+")
_GUTTER = 0.9
_LEAST_COLUMN_LINES = 5
_MOST_COLUMNS = 4


def lines_of(pages: Sequence[PageText]) -> list[list[Line]]:
    """The lines of each page in reading order, the same whatever pages come with it."""
    return [_in_columns(page, lines) for page, lines in zip(pages, raw_lines(pages), strict=True)]


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
    while end > start and text[end - 1] in BLANKS:
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
