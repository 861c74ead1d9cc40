"""The pages of original files as the window's process sees them: finds the file, and lets a child draw it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktop_app.hosting import ChildDied, ChildTooSlow, Host, Limits
from desktop_app.making import make_pages
from desktop_app.pages import PageBox, PagePicture, PageSize, PagesRefused
from rag.rows import FileRow
from rag.types import Document, Span

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

    def open(self, document: Document) -> tuple[PageSize, ...]:
        path, sha256 = self._file_of(document)
        sizes: tuple[PageSize, ...] = self._call("sizes", path, sha256)
        self._opened = (document.id, path, sha256)
        return sizes

    def draw(self, document: Document, number: int, scale: float) -> PagePicture:
        picture: PagePicture = self._call("draw", *self._place_of(document), number, scale)
        return picture

    def boxes(self, document: Document, spans: Sequence[Span]) -> tuple[tuple[PageBox, ...], ...]:
        boxes: tuple[tuple[PageBox, ...], ...] = self._call("boxes", *self._place_of(document), document, tuple(spans))
        return boxes

    def _place_of(self, document: Document) -> tuple[str, str]:
        document_id, path, sha256 = self._opened
        return (path, sha256) if document_id == document.id else self._file_of(document)

    def _file_of(self, document: Document) -> tuple[str, str]:
        """Path and sha256 of a file that holds the document and is still there, its own one first."""
        rows = [row for row in self._files() if row.document_id == document.id]
        rows.sort(key=lambda row: row.path != document.source.path)
        for row in rows:
            if os.path.isfile(row.path):  # noqa: PTH113 - Path.is_file raises where a folder may not be looked into
                return row.path, row.sha256
        is_packed = any(map(os.path.isfile, Path(document.source.path).parents))
        raise PagesRefused(_IN_ARCHIVE if is_packed else _GONE)

    def _call(self, method: str, *args: Any) -> Any:
        try:
            return self._host.call(method, *args, timeout_s=PAGES_PATIENCE_S)
        except (ChildDied, ChildTooSlow, MemoryError) as exc:
            raise PagesRefused(_TOO_MUCH) from exc
