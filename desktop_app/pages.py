"""The pages of an original file as the window sees them: what it may ask for.

It draws nothing; a child process does, behind `PageSource`. Sizes and boxes are in points as a page is shown, the
origin at its top left; pages are counted from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.page_images import PageImage, PageSize
from rag.types import Document, Span


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page, around words of one line."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class PagesRefused(Exception):
    """The pages of a document cannot be shown; the message says why in one sentence, for the reader."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class PageNotDrawn(Exception):
    """One page cannot be drawn; the others may."""


class PageSource(Protocol):
    """Shows the original file of a document page by page. Every method blocks and may be called from any thread."""

    def prepare(self) -> None:
        """Start what is needed, so that the first page comes sooner."""
        ...

    def open(self, document: Document) -> tuple[PageSize, ...]:
        """The sizes of all pages.

        Raises:
            PagesRefused: the file is gone, or another one than was read, or cannot be shown.
        """
        ...

    def draw(self, document: Document, number: int, scale: float) -> PageImage:
        """A page at `scale` pixels a point, or less where that would be more than memory should hold.

        Raises:
            PageNotDrawn: this page cannot be drawn.
            PagesRefused: no page can be drawn any more.
        """
        ...

    def boxes(self, document: Document, spans: Sequence[Span]) -> tuple[tuple[PageBox, ...], ...]:
        """For each span the boxes around its words, line by line; none where they are not found on the pages.

        Raises:
            PagesRefused: no page can be read any more.
        """
        ...
