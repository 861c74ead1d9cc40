"""Finds the lines that a printed text repeats above or below its pages, by form feeds or by gaps of a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from rag.types import Span

_MIN_PAGES = 3
_EDGE_LINES = 2
_LINE_CHARS = range(6, 121)
_MIN_GAP_CHARS = 600
_MIN_REPEATS = 4
_ENDS_OF_SENTENCES = (".", "!", "?", ":", ",", ";", "”", '"', "…")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-–—\[( ]*(?:(?:page|seite|p\.|página)\s*)?\d{1,4}(?:\s*(?:/|of|von|de)\s*\d{1,4})?[-–—\]) .]*$", re.IGNORECASE
)


Line = tuple[int, int]
"""Where a line begins and ends."""


def running_heads(text: str, lines: Sequence[Line]) -> tuple[Span, ...]:
    """The lines that recur at the edges of pages, numbers aside; `lines` are those of the text that are not blank."""
    return tuple(_at_page_edges(text) if "\f" in text else sorted(_evenly_repeated(text, lines)))


def _at_page_edges(text: str) -> Iterator[Span]:
    pages = [page for page in _pages(text) if page]
    edges = [sorted({*page[:_EDGE_LINES], *page[-_EDGE_LINES:]}) for page in pages]
    n_pages: dict[str, int] = defaultdict(int)
    for edge in edges:
        for form in {_form(span.cut(text)) for span in edge}:
            n_pages[form] += 1
    for edge in edges:
        for span in edge:
            if len(span) not in _LINE_CHARS and not _PAGE_NUMBER.match(span.cut(text)):
                continue
            if n_pages[_form(span.cut(text))] >= max(_MIN_PAGES, len(pages) // 4):
                yield span


def _pages(text: str) -> Iterator[list[Span]]:
    start = 0
    for page in text.split("\f"):
        yield list(_lines(text, start, start + len(page)))
        start += len(page) + 1


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for raw in text[start:end].split("\n"):
        line = raw.strip()
        if line:
            at = start + len(raw) - len(raw.lstrip())
            yield Span(at, at + len(line))
        start += len(raw) + 1


def _form(line: str) -> str:
    return _NUMBER.sub("0", " ".join(line.lower().split()))


def _evenly_repeated(text: str, lines: Sequence[Line]) -> Iterator[Span]:
    """Paragraphs of one short line that come again and again, about a page apart, and are no sentence."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, (start, end) in enumerate(lines):
        if end - start in _LINE_CHARS and _stands_alone(text, lines, place):
            places[_form(text[start:end])].append(place)
    for form, found in places.items():
        if len(found) >= _MIN_REPEATS and _is_a_head(form) and _are_pages_apart([lines[place] for place in found]):
            # The first may be the title.
            for place in found[1:] if lines[found[0]][0] < _MIN_GAP_CHARS else found:
                yield Span(*lines[place])
                yield from _page_numbers(text, [*lines[max(0, place - 1) : place], *lines[place + 1 : place + 2]])


def _stands_alone(text: str, lines: Sequence[Line], place: int) -> bool:
    start, end = lines[place]
    is_apart = not place or text.count("\n", lines[place - 1][1], start) > 1
    return is_apart and (place + 1 == len(lines) or text.count("\n", end, lines[place + 1][0]) > 1)


def _page_numbers(text: str, lines: Sequence[Line]) -> Iterator[Span]:
    return (Span(*line) for line in lines if line[1] - line[0] < 20 and _PAGE_NUMBER.match(text[slice(*line)]))


def _is_a_head(form: str) -> bool:
    return (
        form[0] not in "-*•|#"
        and len(form) in _LINE_CHARS
        and len(_LONG_WORD.findall(form)) >= 2
        and not form.endswith(_ENDS_OF_SENTENCES)
    )


def _are_pages_apart(lines: Sequence[Line]) -> bool:
    """As far apart as pages are, most of them; a page may be missing, and one may be short."""
    gaps = sorted(second[0] - first[0] for first, second in pairwise(lines))
    n_gaps = len(gaps)
    return gaps[n_gaps // 5] >= _MIN_GAP_CHARS and gaps[n_gaps * 4 // 5] <= 3 * gaps[n_gaps // 2]
