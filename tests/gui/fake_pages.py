"""Pages that a test can look at: no file is read, and what a page shows says which one it is."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event as Gate

from desktop_app.pages import PageBox, PageNotDrawn, PagesRefused
from rag.page_images import PageImage, PageSize
from rag.types import Document, Span

LINE_PT, MARGIN_PT, CHAR_PT = 14.0, 40.0, 5.0


class FakePages:
    """Fits PageSource. Each part of a document is a page; a character is five points wide, a line fourteen high."""

    def __init__(self) -> None:
        self.sizes: dict[int, PageSize] = {}
        self.size = PageSize(400.0, 600.0)
        self.refusal = ""
        self.broken: set[int] = set()
        self.dies_at: set[int] = set()
        self.drawn: list[tuple[int, float]] = []
        self.is_prepared = False
        self.gate = Gate()
        self.gate.set()

    def prepare(self) -> None:
        self.is_prepared = True

    def open(self, document: Document) -> tuple[PageSize, ...]:
        if self.refusal:
            raise PagesRefused(self.refusal)
        return tuple(self.sizes.get(number, self.size) for number in range(1, document.source.n_pages + 1))

    def draw(self, document: Document, number: int, scale: float) -> PageImage:
        self.gate.wait()
        if number in self.dies_at:
            raise PagesRefused("Drawing its pages needs too much memory or time, so this is its text.")
        if number in self.broken:
            raise PageNotDrawn
        self.drawn.append((number, scale))
        size = self.sizes.get(number, self.size)
        width, height = round(size.width * scale), round(size.height * scale)
        return PageImage(width, height, bytes((250, 250, min(255, number), 255)) * (width * height))

    def boxes(self, document: Document, spans: Sequence[Span]) -> tuple[tuple[PageBox, ...], ...]:
        return tuple(self._boxes(document, span) for span in spans)

    def _boxes(self, document: Document, span: Span) -> tuple[PageBox, ...]:
        found = []
        for part in document.parts_of(span):
            first = max(span.start, part.span.start) - part.span.start
            last = min(span.end, part.span.end) - part.span.start
            before = document.text[part.span.start : part.span.start + first]
            top = MARGIN_PT + LINE_PT * before.count("\n")
            left = MARGIN_PT + CHAR_PT * (len(before) - before.rfind("\n") - 1)
            found.append(PageBox(part.number, left, top, left + CHAR_PT * (last - first), top + LINE_PT))
        return tuple(found)
