"""Puts the characters of a PDF page into reading order: lines, rows of tables, columns, paragraphs.

The order of the file is kept, since who made it mostly wrote it in the order it is read; only lines that run across two
columns are taken apart. What is measured is little on purpose: the first and the last character of each line.

The text of a page has LF between lines that stand for themselves (headings, items, rows), a blank line between
paragraphs, and one space where a paragraph was merely wrapped. `HYPHEN` stands in it for each hyphen at a line end of
which only the whole document can tell whether the word has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from rag.pdfium import HYPHEN, NOTHING, Boxes, PageText

_RAW_LINE = re.compile(rf"[^\r\n{HYPHEN}{NOTHING} ][^\r\n{HYPHEN}]*")
_BLANKS = f" {NOTHING}"
_SPACES = re.compile("  +")
_WORD = re.compile(rf"[^ {NOTHING}]+")
_ITEM = re.compile(r"[•●○◦▪■□◆►➢✓‣⁃∙·*–—-]\s*\S|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]\s|\[\d{1,3}\]\s")
_BULLET = re.compile(r"[•●○◦▪■□◆►➢✓‣⁃∙]")
_ENDS_IN_FIGURES = re.compile(r"(?:^|\s)(?:[($€£]*\s?-?\d[\d.,]*\s?[)%]*|[—–-]\s?%?)$")
_FIGURES_ONLY = re.compile(r"(?:\s+[($€£]*\s?-?\d[\d.,]*\s?[)%]*){3,}$")
_FIGURE_ENDS = frozenset("0123456789)%—–-")
_FIGURE_CHARS = 16
_LEADERS = re.compile(r"(?:\.\s?){5,}")
_LINE_END_HYPHENS = "-\u2010"
_SENTENCE_END = '.!?:;…。！？"”’)'
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")

_SAME_ROW = 0.5
_CELL_GAP = 1.2
_SPACE_GAP = 0.15
_GUTTER = 0.9
_LEAST_SIZE = 0.1
_USUAL_LEADING = 1.3
_LOOSER = 1.22
_INDENT = 0.7
_LEAST_COLUMN_LINES = 5
_EDGE_LINES = 3

WRAPPED: Final = " "
LINE: Final = "\n"
PARAGRAPH: Final = "\n\n"


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
class PageLines:
    """A page in reading order. `opens_size` and `ends_size` are the heights of its first and last line of prose, 0 where
    that line is none; `tops` and `bottoms` are its outermost lines, the outermost first. `largest` are the words set
    largest in its upper part, empty where they are no larger than the rest.
    """

    text: str
    pieces: tuple[Piece, ...]
    height: float
    tops: tuple[EdgeLine, ...] = ()
    bottoms: tuple[EdgeLine, ...] = ()
    opens_size: float = 0.0
    ends_size: float = 0.0
    largest: str = ""


@dataclass(slots=True)
class _Line:
    """A line as it is seen; `pieces` are runs of characters, each with whether a space goes before it."""

    pieces: list[tuple[bool, int, int]]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    text: str
    hyphen: int | None = None
    is_turned: bool = False
    gaps: Sequence[tuple[float, float, int]] = ()
    """Wide gaps: from x, to x, and the piece that comes after."""
    is_row: bool = False
    right: float = 0.0
    left: float = 0.0


def lines_of(page: PageText) -> PageLines:
    """The lines of a page, the same each time."""
    lines = _merged(_raw_lines(page))
    if not lines:
        return PageLines("", (), page.height)
    lines = _in_columns(page, lines)
    _find_rows(lines)
    joints = _joints(lines)
    return _written(page, lines, joints)


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


def _raw_lines(page: PageText) -> list[_Line]:
    """The lines as PDFium breaks them."""
    text = page.text
    found = [(match.start(), match.group().rstrip(_BLANKS)) for match in _RAW_LINE.finditer(text)]
    if not found:
        return []
    starts = [start for start, _ in found]
    ends = [start + len(words) for start, words in found]
    boxes = _upright(page.boxes(starts + [end - 1 for end in ends]))
    first, last = boxes[: len(found)], boxes[len(found) :]
    low, high = np.minimum(first, last), np.maximum(first, last)
    size = np.maximum(np.maximum(first[:, 3] - first[:, 1], last[:, 3] - last[:, 1]), _LEAST_SIZE)
    along, across = np.abs((last + last[:, [2, 3, 0, 1]] - first - first[:, [2, 3, 0, 1]])[:, :2]).T
    turned = (across > 2 * size) & (across > along)
    frames = np.stack([low[:, 0], low[:, 1], high[:, 2], high[:, 3], size], 1).tolist()
    lines = [
        _Line(
            [(False, start, end)],
            *frame,
            words.replace(NOTHING, "") if NOTHING in words else words,
            is_turned=is_turned,
        )
        for (start, words), end, frame, is_turned in zip(found, ends, frames, turned.tolist(), strict=True)
    ]
    if HYPHEN in text:
        for line, end, following in zip(lines, ends, [*starts[1:], len(text)], strict=True):
            hyphen = text.find(HYPHEN, end, following)
            line.hyphen = hyphen if hyphen >= 0 else None
    return lines


def _upright(boxes: Boxes) -> Boxes:
    """The boxes of first and last characters, turned where most lines of the page run upwards or downwards."""
    first, last = np.split(boxes, 2)
    shift = last + last[:, [2, 3, 0, 1]] - first - first[:, [2, 3, 0, 1]]
    n_across = int((np.abs(shift[:, 1]) > np.abs(shift[:, 0]) + 1).sum())
    if 2 * n_across <= len(first):
        return boxes
    x0, y0, x1, y1 = boxes.T
    return np.stack([-y1, x0, -y0, x1], 1) if shift[:, 1].sum() < 0 else np.stack([y0, -x1, y1, -x0], 1)


def _merged(lines: list[_Line]) -> list[_Line]:
    """Lines that stand side by side and follow each other in the file are one: raised marks, cells of a row."""
    merged: list[_Line] = []
    for line in lines:
        if merged and _is_beside(merged[-1], line):
            _append(merged[-1], line)
        else:
            merged.append(line)
    return merged


def _is_beside(left: _Line, right: _Line) -> bool:
    if left.hyphen is not None or left.is_turned or right.is_turned:
        return False
    shared = min(left.bottom, right.bottom) - max(left.top, right.top)
    lower = min(left.bottom - left.top, right.bottom - right.top)
    return shared > _SAME_ROW * lower and right.x0 > left.x1 - 0.4 * max(left.size, right.size) and right.x1 > left.x1


def _append(line: _Line, right: _Line) -> None:
    gap = right.x0 - line.x1
    if gap > _CELL_GAP * line.size:
        line.gaps = (*line.gaps, (line.x1, right.x0, len(line.pieces)))
    is_apart = gap > _SPACE_GAP * min(line.size, right.size)
    line.pieces.append((is_apart, *right.pieces[0][1:]))
    line.text += (" " if is_apart else "") + right.text
    line.x1 = right.x1
    line.top, line.bottom = min(line.top, right.top), max(line.bottom, right.bottom)
    line.size = max(line.size, right.size)
    line.hyphen = right.hyphen


def _in_columns(page: PageText, lines: list[_Line]) -> list[_Line]:
    """Takes lines apart that run across columns of prose, and puts each column together."""
    if _seems_to_have_columns(page, lines):
        _find_gaps(page, [line for line in lines if not line.is_turned])
    for _ in range(3):
        if sum(1 for line in lines if line.gaps) < _LEAST_COLUMN_LINES:
            break
        parted = _parted(lines)
        if len(parted) == len(lines):
            break
        lines = parted
    return lines


def _seems_to_have_columns(page: PageText, lines: list[_Line]) -> bool:
    """Whether two of three wide lines, measured word by word, have a gap at the same place and words beside it."""
    if len(lines) < _LEAST_COLUMN_LINES:
        return False
    widest = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    wide = [line for line in lines if line.x1 - line.x0 > 0.7 * widest and not line.is_turned and len(line.text) > 30]
    if len(wide) < _LEAST_COLUMN_LINES:
        return False
    sample = [wide[int(share * len(wide))] for share in (0.5, 0.3, 0.7)]
    gaps = [_gaps_in_prose(page, line) for line in sample[:2]]
    if not any(gaps):
        return False
    gaps.append(_gaps_in_prose(page, sample[2]))
    return any(
        _overlap(one, other, sample[0].size) for some, more in combinations(gaps, 2) for one in some for other in more
    )


def _gaps_in_prose(page: PageText, line: _Line) -> list[tuple[float, float]]:
    """Wide gaps in the middle half of a line's characters, with words after them."""
    if line.text[-1:] in _FIGURE_ENDS:
        return []
    start, end = line.pieces[0][1], line.pieces[-1][2]
    quarter = (end - start) // 4
    return [(x0, x1) for x0, x1, place in _word_gaps(page, [line], quarter)[0] if page.text[place].isalpha()]


def _overlap(one: tuple[float, float], other: tuple[float, float], size: float) -> tuple[float, float] | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if end - start > 0.5 * size else None


def _word_gaps(page: PageText, lines: Sequence[_Line], margin: int = 0) -> list[list[tuple[float, float, int]]]:
    """For each line the gaps that are wider than words need: from x, to x, and the character after.

    `margin` is how many characters at both ends of a line are left out.
    """
    words = [
        [match.span() for start, end in _inner(line, margin) for match in _WORD.finditer(page.text, start, end)]
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


def _inner(line: _Line, margin: int) -> list[tuple[int, int]]:
    if not margin:
        return [(start, end) for _, start, end in line.pieces]
    first, last = line.pieces[0][1] + margin, line.pieces[-1][2] - margin
    return [(max(start, first), min(end, last)) for _, start, end in line.pieces if start < last and end > first]


def _find_gaps(page: PageText, lines: Sequence[_Line]) -> None:
    """Cuts the pieces of the lines at their wide gaps."""
    for line, gaps in zip(lines, _word_gaps(page, lines), strict=True):
        for _, _, place in gaps:
            for n, (is_apart, first, last) in enumerate(line.pieces):
                if first < place < last:
                    line.pieces[n : n + 1] = [(is_apart, first, place), (True, place, last)]
        numbers = {piece[1]: n for n, piece in enumerate(line.pieces)}
        line.gaps = [(start, end, numbers[place]) for start, end, place in gaps]


def _parted(lines: list[_Line]) -> list[_Line]:
    """Lines with each run of them that has a gutter put as left column, right column."""
    parted: list[_Line] = []
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


def _run_with_gutter(lines: list[_Line], start: int) -> tuple[int, tuple[float, float] | None]:
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


def _sides(lines: Sequence[_Line], gutter: tuple[float, float]) -> tuple[list[_Line], list[_Line]] | None:
    """The two columns of a run of lines; None where they are no prose, or too few."""
    left: list[_Line] = []
    right: list[_Line] = []
    for line in lines:
        gap = next((gap for gap in line.gaps if _overlap(gap[:2], gutter, 0.0)), None)
        if gap is None:
            (left if line.x1 <= gutter[1] else right).append(line)
        else:
            one, other = _cut(line, gap)
            left.append(one)
            right.append(other)
    return (left, right) if _is_prose(left) and _is_prose(right) else None


def _cut(line: _Line, gap: tuple[float, float, int]) -> tuple[_Line, _Line]:
    start, end, first = gap
    n_chars = sum(last - begin + is_apart for is_apart, begin, last in line.pieces[:first])
    before = [one for one in line.gaps if one[2] < first]
    after = [(one[0], one[1], one[2] - first) for one in line.gaps if one[2] > first]
    left = _Line(
        line.pieces[:first], line.x0, line.top, start, line.bottom, line.size, line.text[:n_chars].rstrip(), gaps=before
    )
    pieces = [(False, *line.pieces[first][1:]), *line.pieces[first + 1 :]]
    right = _Line(
        pieces, end, line.top, line.x1, line.bottom, line.size, line.text[n_chars:].lstrip(), line.hyphen, gaps=after
    )
    return left, right


def _is_prose(lines: Sequence[_Line]) -> bool:
    if len(lines) < _LEAST_COLUMN_LINES:
        return False
    n_words = [line.text.count(" ") + 1 for line in lines]
    n_going_on = sum(1 for line in lines[1:] if line.text[:1].islower())
    return median(n_words) >= 3 and 4 * n_going_on >= len(lines) - 1


def _find_rows(lines: list[_Line]) -> None:
    """Rows of tables: they end in figures and are wider than their characters need, or have gaps, or leaders."""
    advances = [(line.x1 - line.x0) / (len(line.text) * line.size) for line in lines if len(line.text) >= 25]
    usual = median(advances) if advances else 0.45
    for line in lines:
        text = line.text
        advance = (line.x1 - line.x0) / (len(text) * line.size or 1.0)
        if line.gaps or (advance > 1.6 * usual and len(text) > 5 and not _IDEOGRAPHS.search(text)):
            line.is_row = True
        elif text[-1:] in _FIGURE_ENDS:
            line.is_row = _looks_tabular(text, advance > 1.15 * usual)


def _looks_tabular(text: str, is_wide: bool) -> bool:
    if is_wide and _ENDS_IN_FIGURES.search(text, max(0, len(text) - _FIGURE_CHARS)):
        return True
    has_leaders = (". ." in text or "..." in text) and _LEADERS.search(text)
    return bool(has_leaders or _FIGURES_ONLY.search(text, max(0, len(text) - 4 * _FIGURE_CHARS)))


def _joints(lines: list[_Line]) -> list[str]:
    """What goes between each line and the next: WRAPPED, LINE, PARAGRAPH, or HYPHEN."""
    pairs = list(pairwise(lines))
    drops = [(b.bottom - a.bottom) / max(a.size, b.size) for a, b in pairs]
    leading = _leading(pairs, drops)
    runs = _runs(pairs, drops, leading)
    _find_margins(lines, runs)
    is_same = [False] * len(pairs)
    for start, end in runs:
        is_same[start : end - 1] = [True] * (end - 1 - start)
    return [_joint(a, b, same) for (a, b), same in zip(pairs, is_same, strict=True)]


def _leading(pairs: Sequence[tuple[_Line, _Line]], drops: Sequence[float]) -> float:
    """The usual distance from line to line, in heights of a line."""
    usual = [
        drop for (a, b), drop in zip(pairs, drops, strict=True) if 0.6 < drop < 2.2 and a.x0 < b.x1 and b.x0 < a.x1
    ]
    return min(median(usual), 2.0) if len(usual) >= 4 else _USUAL_LEADING


def _runs(pairs: Sequence[tuple[_Line, _Line]], drops: Sequence[float], leading: float) -> list[tuple[int, int]]:
    """Stretches of lines, evenly set one below the other, as start and end."""
    runs: list[tuple[int, int]] = []
    start = 0
    own = 0.0
    for place, ((a, b), drop) in enumerate(zip(pairs, drops, strict=True)):
        limit = _LOOSER * (min(own, leading) if own else leading)
        is_even = 0.3 < drop <= limit and a.x0 < b.x1 and b.x0 < a.x1 and not (a.is_turned or b.is_turned)
        if is_even and (_are_alike(a, b) or (_goes_on(a, b) and not a.is_row and not b.is_row)):
            own = max(own, drop) if own else drop
            continue
        runs.append((start, place + 1))
        start, own = place + 1, 0.0
    return [*runs, (start, len(pairs) + 1)]


def _are_alike(a: _Line, b: _Line) -> bool:
    return 0.85 < a.size / b.size < 1.18


def _goes_on(a: _Line, b: _Line) -> bool:
    return b.text[:1].islower() and a.text[-1:] not in _SENTENCE_END


def _find_margins(lines: list[_Line], runs: Sequence[tuple[int, int]]) -> None:
    """Where lines of a run begin and end; a short run may be as wide as lines of the page that begin where it does."""
    rights: dict[int, float] = {}
    for line in lines:
        if not line.is_row:
            where = round(line.x0 / 8)
            rights[where] = max(rights.get(where, 0.0), line.x1)
    for start, end in runs:
        run = lines[start:end]
        left = min(line.x0 for line in run)
        right = max(line.x1 for line in run)
        if len(run) <= 3:
            where = round(left / 8)
            right = max(right, *(rights.get(near, 0.0) for near in (where - 1, where, where + 1)))
        for line in run:
            line.left, line.right = left, right


def _joint(a: _Line, b: _Line, is_same_run: bool) -> str:
    if a.hyphen is not None and b.text[:1].isalpha() and (is_same_run or _crosses_columns(a, b)):
        return HYPHEN
    if not is_same_run:
        return _wrapped(a, b) if _crosses_columns(a, b) else PARAGRAPH
    if a.is_row or b.is_row or _BULLET.match(b.text):
        return LINE
    goes_on = _goes_on(a, b)
    is_full = _is_full(a, b)
    is_over = not goes_on and (not is_full or a.text[-1:] in _SENTENCE_END)
    indent = _INDENT * b.size
    if is_over and b.x0 - b.left > indent and a.x0 - a.left < indent:
        return PARAGRAPH
    if _ITEM.match(b.text) and (not is_full or b.x0 + indent < a.x0 or a.text[-1:] in _SENTENCE_END):
        return LINE
    return _wrapped(a, b) if is_full or goes_on else LINE


def _is_full(a: _Line, b: _Line) -> bool:
    """Whether the first word of the second line would not have fitted at the end of the first."""
    word = b.text.find(" ")
    n_chars = 1 + (word if word >= 0 else len(b.text))
    return a.x1 + n_chars * (b.x1 - b.x0) / max(1, len(b.text)) > a.right - 0.1 * a.size


def _crosses_columns(a: _Line, b: _Line) -> bool:
    """Whether a sentence goes on at the top of another column."""
    is_elsewhere = b.bottom < a.top or b.x0 > a.x1
    is_prose = not (a.is_row or b.is_row or a.is_turned or b.is_turned) and len(a.text) > 15
    return is_elsewhere and is_prose and _are_alike(a, b) and _goes_on(a, b)


def _wrapped(a: _Line, b: _Line) -> str:
    last, first = a.text[-1:], b.text[:1]
    if last in _LINE_END_HYPHENS and a.text[-2:-1].isalpha() and first.islower():
        return HYPHEN
    return "" if _IDEOGRAPHS.match(last) and _IDEOGRAPHS.match(first) else WRAPPED


def _written(page: PageText, lines: list[_Line], joints: list[str]) -> PageLines:
    pieces: list[Piece] = []
    written: list[str] = []
    spans: list[tuple[int, int]] = []
    n_chars = 0
    for line, before, after in zip(lines, ["", *joints], [*joints, ""], strict=True):
        gap = "" if before == HYPHEN else before
        start = n_chars + len(gap)
        for piece in _pieces(page.text, line, gap, after == HYPHEN):
            run = shown(page.text, piece)
            pieces.append(piece)
            written += (piece.before, run)
            n_chars += len(piece.before) + len(run)
        spans.append((start, n_chars))
    tops, bottoms = _edges(lines, spans)
    first, last = lines[0], lines[-1]
    return PageLines(
        "".join(written),
        tuple(pieces),
        page.height,
        tops,
        bottoms,
        0.0 if first.is_row or first.is_turned else first.size,
        0.0 if last.is_row or last.is_turned or not _ends_wide(last, lines) else last.size,
        _largest(lines, page.height) if page.number == 1 else "",
    )


def _pieces(text: str, line: _Line, before: str, has_hyphen: bool) -> list[Piece]:
    """The pieces of a line; its hyphen is one of its own."""
    if len(line.pieces) == 1 and not has_hyphen and line.hyphen is None:
        return [Piece(before, *line.pieces[0][1:])]
    pieces = [
        Piece((" " if is_apart else "") if n else before, start, _trimmed(text, start, end))
        for n, (is_apart, start, end) in enumerate(line.pieces)
    ]
    if line.hyphen is not None:
        pieces.append(Piece("", line.hyphen, line.hyphen + 1, is_hyphen=True))
    elif has_hyphen:
        last = pieces[-1]
        pieces[-1:] = [last._replace(end=last.end - 1), Piece("", last.end - 1, last.end, is_hyphen=True)]
    return pieces


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _BLANKS:
        end -= 1
    return end


def _ends_wide(last: _Line, lines: Sequence[_Line]) -> bool:
    """Whether the last line reaches as far right as lines of its kind do."""
    alike = [line.x1 for line in lines if line.x0 < last.x1 and last.x0 < line.x1 and _are_alike(line, last)]
    return last.x1 > max(alike) - 6 * last.size


def _largest(lines: Sequence[_Line], height: float) -> str:
    upper = [
        line for line in lines if line.top < 0.6 * height and not line.is_turned and any(map(str.isalpha, line.text))
    ]
    size = max((line.size for line in upper), default=0.0)
    if size < 1.15 * median(line.size for line in lines):
        return ""
    first = next(place for place, line in enumerate(upper) if line.size == size)
    run = upper[first : first + 4]
    n_alike = next((n for n, line in enumerate(run) if line.size < 0.93 * size), len(run))
    return " ".join(line.text for line in run[:n_alike])


def _edges(lines: list[_Line], spans: list[tuple[int, int]]) -> tuple[tuple[EdgeLine, ...], tuple[EdgeLine, ...]]:
    order = sorted(range(len(lines)), key=lambda place: (lines[place].top, lines[place].x0))
    edges = [EdgeLine(*spans[place], lines[place].top, lines[place].bottom) for place in order]
    return tuple(edges[:_EDGE_LINES]), tuple(edges[: -_EDGE_LINES - 1 : -1])
