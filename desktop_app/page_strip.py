"""Where each page stands when all of them hang below one another, before any of them is drawn; plain sums, no Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rag.page_images import PageSize

GAP_PX = 12
_LEAST_PT, _MOST_PT = 8.0, 20_000.0
_MOST_PX_A_POINT = 2.6


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """The rectangle of a page in the strip, in pixels, and how many of them a point takes."""

    number: int
    left: int
    top: int
    width: int
    height: int
    scale: float

    @property
    def bottom(self) -> int:
        return self.top + self.height


class PageStrip:
    """All pages at a zoom: at 1 each is as wide as the room, unless that would blow up a small one.

    `room_px` is the width that is there for a page, its margins taken off. Pages are counted from 1.
    """

    def __init__(self, sizes: Sequence[PageSize] = (), room_px: int = 400, zoom: float = 1.0) -> None:
        self._room_px = max(50, room_px)
        self.zoom = zoom
        self._placed: list[PlacedPage] = []
        top = GAP_PX
        self.width = self._room_px + 2 * GAP_PX
        for number, size in enumerate(sizes, 1):
            page = self._place(number, size, top)
            self._placed.append(page)
            self.width = max(self.width, page.width + 2 * GAP_PX)
            top = page.bottom + GAP_PX
        self.height = top
        self._tops = [page.top for page in self._placed]

    def __len__(self) -> int:
        return len(self._placed)

    def page(self, number: int) -> PlacedPage:
        """Raises IndexError where there is no such page."""
        if number < 1:
            raise IndexError(number)
        return self._placed[number - 1]

    def at(self, y: int) -> int:
        """The page at a height of the strip; in a gap the one above it. 0 where there are no pages."""
        return max(1, bisect_right(self._tops, y)) if self._placed else 0

    def between(self, top: int, bottom: int) -> range:
        """The pages of which something lies between two heights."""
        if not self._placed:
            return range(0)
        first, last = self.at(top), self.at(max(top, bottom - 1))
        if self.page(first).bottom <= top:
            first += 1
        return range(first, last + 1)

    def _place(self, number: int, size: PageSize, top: int) -> PlacedPage:
        width_pt, height_pt = _sane(size.width), _sane(size.height)
        scale = min(self._room_px / width_pt, _MOST_PX_A_POINT) * self.zoom
        width, height = max(1, round(width_pt * scale)), max(1, round(height_pt * scale))
        left = GAP_PX + max(0, (self._room_px - width) // 2)
        return PlacedPage(number, left, top, width, height, scale)


def _sane(points: float) -> float:
    """Files say all kinds of things about their pages; what is no number counts as the least."""
    return min(max(points, _LEAST_PT), _MOST_PT) if points == points else _LEAST_PT  # noqa: PLR0124 - not a number
