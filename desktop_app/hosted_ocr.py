"""The reader of scans as the rest of the program sees it: one page a call to a child, which a limit may kill."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as CancelEvent

from desktop_app.hosted_reader import DIED, READER_PATIENCE_S, TOO_SLOW
from desktop_app.hosting import ChildDied, ChildTooSlow, Host, Limits
from desktop_app.making import make_ocr
from rag.errors import EmptySource, UnreadableSource
from rag.scans import Scan, with_pages_read
from rag.types import Reading

_LIMITS = Limits(cpu_s=120, memory_bytes=6 * 1024**3, file_bytes=1024**3)


class ScanningStopped(Exception):
    """Enough for now: the pages that were read are kept, and reading the same file goes on behind them."""

    def __init__(self, n_read: int, n_pages: int) -> None:
        super().__init__(f"{n_read} of {n_pages} pages")
        self.n_read = n_read
        self.n_pages = n_pages


@dataclass(slots=True)
class _Unfinished:
    """A scan under way; `stamp` changes when its file does."""

    path: Path
    stamp: tuple[int, int]
    scan: Scan
    read: dict[int, str] = field(default_factory=dict)


class HostedOcr:
    """Reads PDFs whose pages are pictures; fits rag.ports.FileReader."""

    def __init__(self, log: Path) -> None:
        self._host = Host("ocr", make_ocr, limits=_LIMITS, nice=10, give_up_after=None, log=log)
        self._cancel: CancelEvent | None = None
        self._deadline_s = float("inf")
        self._unfinished: _Unfinished | None = None

    @contextmanager
    def until(self, deadline_s: float, cancel: CancelEvent) -> Iterator[None]:
        """Stop behind the page at hand once `time.monotonic` is past the deadline, or `cancel` is set."""
        self._cancel, self._deadline_s = cancel, deadline_s
        try:
            yield
        finally:
            self._cancel, self._deadline_s = None, float("inf")

    def read(self, path: Path) -> Reading:
        """Read a PDF, page by page.

        Raises:
            SourceError: with the reason.
            ScanningStopped: the time is over.
        """
        try:
            return self._read(path)
        except ChildTooSlow as exc:
            self._unfinished = None
            raise UnreadableSource(path=str(path), reason=TOO_SLOW) from exc
        except (ChildDied, MemoryError) as exc:
            self._unfinished = None
            raise UnreadableSource(path=str(path), reason=DIED) from exc

    def _read(self, path: Path) -> Reading:
        under_way = self._under_way(path)
        scan, read = under_way.scan, under_way.read
        if scan.reading is not None and not scan.without_text:
            return scan.reading
        for number in scan.without_text:
            if number in read:
                continue
            if self._is_enough():
                raise ScanningStopped(len(read), len(scan.without_text))
            read[number] = self._host.call("read_page", path, number, timeout_s=READER_PATIENCE_S)
        self._unfinished = None
        reading = with_pages_read(scan.reading, path.stem, scan.n_pages, read)
        if reading is None:
            raise EmptySource(path=str(path), reason="no words could be recognised on its pages.")
        return reading

    def _under_way(self, path: Path) -> _Unfinished:
        """What was begun of this very file, or a new beginning."""
        known, stamp = self._unfinished, _stamp(path)
        if known is None or (known.path, known.stamp) != (path, stamp):
            self._unfinished = None
            scan: Scan = self._host.call("begin", path, timeout_s=READER_PATIENCE_S)
            self._unfinished = known = _Unfinished(path, stamp, scan)
        return known

    def _is_enough(self) -> bool:
        return time.monotonic() > self._deadline_s or (self._cancel is not None and self._cancel.is_set())

    def close(self) -> None:
        self._host.stop()


def _stamp(path: Path) -> tuple[int, int]:
    """Size and time of the file, or of the archive that it lies in."""
    for place in (path, *path.parents):
        with suppress(OSError):
            status = place.stat()
            return status.st_size, status.st_mtime_ns
    return -1, -1
