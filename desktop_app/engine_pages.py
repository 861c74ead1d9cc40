"""What runs in the child that shows original files: keeps one file open, draws its pages and finds words on them.

It refuses a file whose bytes are not those that were read into the library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from desktop_app.pages import PageBox, PageNotDrawn, PagesRefused
from rag.errors import SourceError
from rag.page_images import PageImage, PageSize
from rag.pages import PdfPages
from rag.types import Part, PartKind, Span

_CHANGED = "The file has changed since it was added, so this is the text as it was. Add it again to see its pages."
_UNREADABLE = "Its pages cannot be shown here, so this is its text."
_GONE = "The file cannot be opened any more, so this is its text."
#: What stands for a page that says nothing of its size: A4.
_USUAL = PageSize(595.0, 842.0)


class PageEngine:
    """Answers the calls of desktop_app.hosted_pages.HostedPages. Each names the file, for a child may be a new one."""

    def __init__(self) -> None:
        self._key = ("", "")
        self._pages: PdfPages | None = None

    def sizes(self, path: str, sha256: str) -> tuple[PageSize, ...]:
        """The sizes of all pages; raises PagesRefused."""
        self.close()  # the file may be another one by now
        pages = self._opened(path, sha256)
        return tuple(_size(pages, number) for number in range(1, pages.page_count() + 1))

    def draw(self, path: str, sha256: str, number: int, scale: float) -> PageImage:
        """A page at `scale` pixels a point; raises PagesRefused and PageNotDrawn."""
        pages = self._opened(path, sha256)
        try:
            return pages.render(number, scale)
        except SourceError as exc:
            raise PageNotDrawn from exc

    def boxes(
        self, path: str, sha256: str, parts: Sequence[tuple[Part, str]], spans: Sequence[Span]
    ) -> tuple[tuple[PageBox, ...], ...]:
        """For each span the boxes of its words; `parts` are the pages they stand on, with their texts."""
        pages = self._opened(path, sha256)
        return tuple(
            tuple(box for part, text in parts if part.span.overlaps(span) for box in _boxes(pages, part, text, span))
            for span in spans
        )

    def close(self) -> None:
        """Let go of the file."""
        if self._pages is not None:
            self._pages.close()
        self._key, self._pages = ("", ""), None

    def _opened(self, path: str, sha256: str) -> PdfPages:
        if self._pages is None or self._key != (path, sha256):
            self.close()
            self._pages = _open(path, sha256)
            self._key = (path, sha256)
        return self._pages


def _open(path: str, sha256: str) -> PdfPages:
    try:
        if sha256 and _sha256(Path(path)) != sha256:
            raise PagesRefused(_CHANGED)
        return PdfPages(Path(path))
    except SourceError as exc:
        raise PagesRefused(_UNREADABLE) from exc
    except OSError as exc:
        raise PagesRefused(_GONE) from exc


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(pages: PdfPages, number: int) -> PageSize:
    try:
        return pages.page_size(number)
    except SourceError:
        return _USUAL


def _boxes(pages: PdfPages, part: Part, text: str, span: Span) -> list[PageBox]:
    """The boxes of what lies of a span on one page; none where the page holds other words by now."""
    if part.kind is not PartKind.PAGE:
        return []
    start, end = max(span.start, part.span.start), min(span.end, part.span.end)
    within = Span(start - part.span.start, end - part.span.start)
    try:
        found = pages.boxes(part.number, text, within)
    except SourceError:
        return []
    return [PageBox(part.number, box.left, box.top, box.right, box.bottom) for box in found]
