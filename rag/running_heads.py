"""Finds running heads and feet: lines that come again, but for their numbers, at the top or the bottom of pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.types import Span

_NUMBER = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_PAGE_NUMBER = re.compile(r"(?:page|p\.|seite|página|стр\.)?[\s|–—-]*#(?:\s*(?:of|/|von|de|sur)\s*#)?[\s|–—-]*")
_PLAIN_NUMBER = re.compile(r"\d{1,5}")
_MARGIN_SHARE = 0.16
_NARROW_MARGIN_SHARE = 0.1
_PLACE_POINTS = 5.0
_MOST_CHARS = 200
_ENOUGH_PAGES: Final = 3
_FEW_PAGES: Final = 3
_NEAR_PAGES: Final = (-2, -1, 1, 2)
"""Left and right pages may have heads of their own."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line near an edge of a page: where it stands in the text, and how far from that edge, as points and as a share
    of the page.
    """

    span: Span
    words: str
    distance: float
    share: float


@dataclass(frozen=True, slots=True)
class PageEdges:
    """The outermost lines of a page, from the edge inwards; `number` counts pages from 1."""

    number: int
    label: str
    tops: Sequence[Edge]
    bottoms: Sequence[Edge]


def running_heads(pages: Sequence[PageEdges]) -> tuple[Span, ...]:
    """Where running heads, feet and page numbers stand, in order.

    A line is one if it stands on three pages (of a document of two or three pages: on two), one of them at most two
    pages away, at the same height and the same but for its numbers, with nothing but such lines between it and the
    edge; or if it is nothing but the number of its page.
    """
    found: set[Span] = set()
    for is_top in (True, False):
        sides = [(page, page.tops if is_top else page.bottoms) for page in pages]
        depth = 0
        while sides:
            outer = [(page, lines[depth]) for page, lines in sides if len(lines) > depth]
            running = _running(outer, len(pages))
            found |= running
            sides = [(page, lines) for page, lines in sides if len(lines) > depth and lines[depth].span in running]
            depth += 1
    return tuple(sorted(found))


def _running(lines: Sequence[tuple[PageEdges, Edge]], n_pages: int) -> set[Span]:
    enough = _ENOUGH_PAGES if n_pages > _FEW_PAGES else 2
    margin = _MARGIN_SHARE if n_pages > _FEW_PAGES else _NARROW_MARGIN_SHARE
    keyed = [(_key(edge.words), page, edge) for page, edge in lines if len(edge.words) <= _MOST_CHARS]
    alike: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for key, page, edge in keyed:
        for place in range(_place(edge) - 1, _place(edge) + 2):
            alike[key, place].add(page.number)
    offsets = Counter(offset for _, page, edge in keyed if (offset := _offset(page, edge)) is not None)
    running: set[Span] = set()
    for key, page, edge in keyed:
        numbers = alike[key, _place(edge)]
        is_repeated = len(numbers) >= enough and any(page.number + step in numbers for step in _NEAR_PAGES)
        offset = _offset(page, edge)
        is_numbered = offset is not None and offsets[offset] >= enough
        if (is_repeated and edge.share <= margin) or is_numbered or _is_own_number(key, page, edge):
            running.add(edge.span)
    return running


def _key(words: str) -> str:
    return _NUMBER.sub("#", " ".join(words.lower().split()))


def _place(edge: Edge) -> int:
    return round(edge.distance / _PLACE_POINTS)


def _offset(page: PageEdges, edge: Edge) -> int | None:
    """How far a bare number is ahead of the page that it stands on."""
    return int(edge.words) - page.number if _PLAIN_NUMBER.fullmatch(edge.words) else None


def _is_own_number(key: str, page: PageEdges, edge: Edge) -> bool:
    if edge.share > _NARROW_MARGIN_SHARE or not _PAGE_NUMBER.fullmatch(key):
        return False
    numbers = _NUMBER.findall(edge.words.lower())
    return bool(numbers) and numbers[0] in (str(page.number), page.label.lower())
