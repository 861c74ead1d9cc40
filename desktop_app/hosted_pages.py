"""The pages of original files as the window's process sees them: finds the file, and lets a child draw it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop_app.hosting import ChildDied, ChildTooSlow, Host, Limits
from desktop_app.making import make_pages
from desktop_app.pages import PageBox, PagesRefused
from rag.page_images import PageImage, PageSize
from rag.rows import FileRow
from rag.types import Document, Part, Span

#: What one call may cost: seconds of processor time, bytes of memory, bytes written.
PAGES_LIMITS = Limits(cpu_s=30, memory_bytes=3 * 1024**3, file_bytes=64 * 1024**2)
PAGES_PATIENCE_S = 60.0

_GONE = "The file is not at its place any more, so this is its text."
_IN_ARCHIVE = "The file lies in an archive, so this is its text."
_TOO_MUCH = "Drawing its pages needs too much memory or time, so this is its text."


def pages_host(log: Path) -> Host:
    """The child that draws pages; it starts with the first page that is wanted."""
    return Host("pages", make_pages, limits=PAGES_LIMITS, give_up_after=None, log=log)


class HostedPages:
    """Fits desktop_app.pages.PageSource. `files` gives the rows of the library."""

    def __init__(self, host: Host, files: Callable[[], Sequence[FileRow]]) -> None:
        self._host = host
        self._files = files
        self._opened: tuple[str, str, str] = ("", "", "")  # document id, path and sha256 of what was opened last

    def prepare(self) -> None:
        self._host.start()

    def open(self, document: Document) -> tuple[PageSize, ...]:
        refusal = PagesRefused(_IN_ARCHIVE if _is_packed(document.source.path) else _GONE)
        for path, sha256 in self._files_of(document):
            try:
                sizes: tuple[PageSize, ...] = self._call("sizes", path, sha256)
            except PagesRefused as exc:  # another copy of the file may do
                refusal = exc
            else:
                self._opened = (document.id, path, sha256)
                return sizes
        raise refusal

    def draw(self, document: Document, number: int, scale: float) -> PageImage:
        picture: PageImage = self._call("draw", *self._place_of(document), number, scale)
        return picture

    def boxes(self, document: Document, spans: Sequence[Span]) -> tuple[tuple[PageBox, ...], ...]:
        boxes: tuple[tuple[PageBox, ...], ...] = self._call(
            "boxes", *self._place_of(document), _parts_around(document, spans), tuple(spans)
        )
        return boxes

    def _place_of(self, document: Document) -> tuple[str, str]:
        if self._opened[0] != document.id:
            self.open(document)
        return self._opened[1:]

    def _files_of(self, document: Document) -> list[tuple[str, str]]:
        """Paths and sha256 of the files that hold the document and are still there, its own one first."""
        rows = [row for row in self._files() if row.document_id == document.id]
        rows.sort(key=lambda row: row.path != document.source.path)
        return [(row.path, row.sha256) for row in rows if _is_file(row.path)]

    def _call(self, method: str, *args: Any) -> Any:
        try:
            return self._host.call(method, *args, timeout_s=PAGES_PATIENCE_S)
        except (ChildDied, ChildTooSlow, MemoryError) as exc:
            raise PagesRefused(_TOO_MUCH) from exc


def _parts_around(document: Document, spans: Sequence[Span]) -> list[tuple[Part, str]]:
    """The pages on which these spans stand, with their texts, in order."""
    parts = {part: None for span in spans for part in document.parts_of(span)}
    return [(part, part.span.cut(document.text)) for part in parts]


def _is_packed(path: str) -> bool:
    return any(_is_file(str(parent)) for parent in Path(path).parents)


def _is_file(path: str) -> bool:
    """False, too, where a folder on the way may not be looked into; Path.is_file raises there."""
    return os.path.isfile(path)  # noqa: PTH113
