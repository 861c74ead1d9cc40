"""Decides what goes between the lines of a PDF page: a space where a paragraph merely wraps, one or two line ends.

It looks at where the lines stand and how they begin and end, for all lines of some pages at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from rag.pdfium import HYPHEN, Boxes
from rag.readers.pdf_lines import FIGURE_ENDS, Line

WRAPPED: Final = " "
LINE: Final = "\n"
PARAGRAPH: Final = "\n\n"

_Flags = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.float64]

_ITEM = re.compile(r"[•●○◦▪■□◆►➢✓‣⁃∙·*–—-]\s*\S|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]\s|\[\d{1,3}\]\s")
_BULLETS = frozenset("•●○◦▪■□◆►➢✓‣⁃∙")
_ENDS_IN_FIGURES = re.compile(r"(?:^|\s)(?:[($€£]*\s?-?\d[\d.,]*\s?[)%]*|[—–-]\s?%?)$")
_FIGURES_ONLY = re.compile(r"(?:(?:\s+[($€£]*\s?-?\d[\d.,]*\s?[)%]*){3,}|(?:\s+[$€£]\s?\(?\d[\d.,]*\)?){2,})$")
_FIGURE_CHARS = 16
_LEADERS = re.compile(r"(?:\.\s?){5,}")
_IDEOGRAPHS = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff]")
_SENTENCE_ENDS = frozenset('.!?:;…。！？"”’)')
_HYPHENS = frozenset("-\u2010")

_LONG_CHARS = 25
_USUAL_ADVANCE = 0.45
_WIDE = 1.15
_VERY_WIDE = 1.6
_USUAL_LEADING = 1.3
_LOOSER = 1.22
_INDENT = 0.7
_SHORT_RUN = 3
_MOSTLY_FULL = 0.6
_SAME_LEFT_POINTS = 8.0
_CROSSING_CHARS = 15


def joints(lines: Sequence[Line], frames: Boxes, rows: _Flags, pages: Sequence[slice]) -> list[str]:
    """What goes between each line and the next: WRAPPED or nothing, LINE, PARAGRAPH, or HYPHEN for a word that goes on.

    `frames` has a row for each line: left, top, right, bottom, size, and how far down it begins and ends. `pages` are
    the lines of each page; what is said of the last of a page means nothing.
    """
    x0, top, x1, bottom, size, _, _ = frames.T
    texts = [line.text for line in lines]
    n_chars = np.array([len(text) or 1 for text in texts])
    ends = np.array([text[-1:] in _SENTENCE_ENDS for text in texts])[:-1]
    goes_on = np.array([text[:1].islower() for text in texts])[1:] & ~ends
    alike = _between(size[:-1] / size[1:], 0.85, 1.18)
    turned = np.array([line.is_turned for line in lines])
    no_prose = rows | turned
    prose = ~(no_prose[:-1] | no_prose[1:])
    same = _same_run(frames, alike | (goes_on & prose), turned, pages)
    left, own_right, right, n_lines = _margins(frames, rows, same, pages)

    blanks = np.array([text.find(" ") for text in texts])
    first_word = (1 + np.where(blanks < 0, n_chars, blanks)) * (x1 - x0) / n_chars
    full = x1[:-1] + first_word[1:] > right[:-1] - 0.1 * size[:-1]
    # A few short lines, each with a capital, are rather a list than a paragraph.
    full &= goes_on | (n_lines[:-1] > _SHORT_RUN) | (n_chars[:-1] >= _LONG_CHARS)
    wraps = full | (goes_on & (x1[:-1] - left[:-1] > _MOSTLY_FULL * (own_right[:-1] - left[:-1])))
    indent = _INDENT * size[1:]
    indented = (x0[1:] - left[1:] > indent) & (x0[:-1] - left[:-1] < indent)
    items = np.array([_ITEM.match(text) is not None for text in texts])[1:]
    bullets = np.array([text[:1] in _BULLETS for text in texts])[1:]
    elsewhere = (bottom[1:] < top[:-1]) | (x0[1:] > x1[:-1])
    crosses = elsewhere & prose & alike & goes_on & (n_chars[:-1] > _CROSSING_CHARS)

    # From the weakest reason to the strongest.
    joint = np.where(wraps, WRAPPED, LINE).astype(object)
    joint[items & (~wraps | (x0[1:] + indent < x0[:-1]) | ends)] = LINE
    joint[indented & ~goes_on & (~wraps | ends)] = PARAGRAPH
    joint[rows[:-1] | rows[1:] | bullets] = LINE
    joint[~same] = PARAGRAPH
    joint[crosses & ~same] = WRAPPED
    joined = (same | crosses).tolist()
    return [
        _wrapped(lines[n], texts[n + 1]) if one == WRAPPED or (joined[n] and lines[n].hyphen is not None) else one
        for n, one in enumerate(joint.tolist())
    ]


def _wrapped(line: Line, following: str) -> str:
    last, first = line.text[-1:], following[:1]
    if line.hyphen is not None and first.isalpha():
        return HYPHEN
    if last in _HYPHENS and line.text[-2:-1].isalpha() and first.islower():
        return HYPHEN
    return "" if _IDEOGRAPHS.match(last) and _IDEOGRAPHS.match(first) else WRAPPED


def rows_of_tables(lines: Sequence[Line], frames: Boxes, pages: Sequence[slice]) -> _Flags:
    """Which lines are rows: they end in figures and are wider than their characters need, or have gaps, or leaders."""
    x0, _, x1, _, size, _, _ = frames.T
    n_chars = np.array([len(line.text) or 1 for line in lines])
    advance = (x1 - x0) / (n_chars * size)
    is_long = n_chars >= _LONG_CHARS
    usual = np.empty(len(lines))
    for own in pages:
        usual[own] = _middle(advance[own][is_long[own]], _USUAL_ADVANCE)
    wide = (advance > _WIDE * usual).tolist()
    very_wide = ((advance > _VERY_WIDE * usual) & (n_chars > 5)).tolist()
    return np.array(
        [
            bool(line.gaps)
            or (very and not _IDEOGRAPHS.search(line.text))
            or (line.text[-1:] in FIGURE_ENDS and _looks_tabular(line.text, is_wide))
            for line, is_wide, very in zip(lines, wide, very_wide, strict=True)
        ]
    )


def _looks_tabular(text: str, is_wide: bool) -> bool:
    if is_wide and _ENDS_IN_FIGURES.search(text, max(0, len(text) - _FIGURE_CHARS)):
        return True
    has_leaders = (". ." in text or "..." in text) and _LEADERS.search(text)
    return bool(has_leaders or _FIGURES_ONLY.search(text, max(0, len(text) - 4 * _FIGURE_CHARS)))


def _same_run(frames: Boxes, may_belong: _Flags, turned: _Flags, pages: Sequence[slice]) -> _Flags:
    """Whether each line and the next are evenly set, one below the other."""
    x0, _, x1, _, size, begins, ends = frames.T
    drops = (begins[1:] - ends[:-1]) / np.maximum(size[1:], size[:-1])
    below = (x0[:-1] < x1[1:]) & (x0[1:] < x1[:-1])
    is_usual = below & _between(drops, 0.6, 2.2)
    may_follow = (below & may_belong & (drops > 0.3) & ~turned[:-1] & ~turned[1:]).tolist()
    steps = drops.tolist()
    same: list[bool] = []
    for page in pages:
        between = slice(page.start, page.stop - 1)
        usual = drops[between][is_usual[between]]
        leading = min(_middle(usual, _USUAL_LEADING), 2.0) if len(usual) >= 4 else _USUAL_LEADING
        own = 0.0
        for drop, may in zip(steps[between], may_follow[between], strict=True):
            is_even = may and drop <= _LOOSER * (min(own, leading) if own else leading)
            own = max(own, drop) if is_even else 0.0
            same.append(is_even)
        same.append(False)
    return np.array(same[:-1], np.bool_)


def _margins(
    frames: Boxes, rows: _Flags, same: _Flags, pages: Sequence[slice]
) -> tuple[_Numbers, _Numbers, _Numbers, _Numbers]:
    """Where the run of each line begins and ends, where lines of it might end, and how many it has.

    Lines of a short run might be as long as others of the page that begin where they do.
    """
    lefts, rights = frames[:, 0].tolist(), frames[:, 2].tolist()
    places = [int(place) for place in (frames[:, 0] // _SAME_LEFT_POINTS).tolist()]
    is_row, goes_on = rows.tolist(), [*same.tolist(), False]
    margins: list[tuple[float, float, float, int]] = []
    for page in pages:
        widest: dict[int, float] = {}
        for place, right, is_one in zip(places[page], rights[page], is_row[page], strict=True):
            if not is_one and right > widest.get(place, 0.0):
                widest[place] = right
        start = page.start
        for end in range(page.start + 1, page.stop + 1):
            if goes_on[end - 1]:
                continue
            left, right, n_lines = min(lefts[start:end]), max(rights[start:end]), end - start
            possible = right
            if n_lines <= _SHORT_RUN:
                place = int(left // _SAME_LEFT_POINTS)
                possible = max(right, *[widest.get(near, 0.0) for near in (place - 1, place, place + 1)])
            margins += [(left, right, possible, n_lines)] * n_lines
            start = end
    columns = np.array(margins)
    return columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3]


def _between(values: _Numbers, low: float, high: float) -> _Flags:
    return (values > low) & (values < high)


def _middle(values: _Numbers, otherwise: float) -> float:
    return float(np.sort(values)[(len(values) - 1) // 2]) if len(values) else otherwise
