"""The reader of scans as the rest of the program sees it: one page a call to a child, which a limit may kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
    """The person does not want to wait for the rest of this scan; nothing of it is kept."""


class HostedOcr:
    """Reads PDFs whose pages are pictures; fits rag.ports.FileReader.

    A scan that was stopped goes on at the page where it was, if it is the next one to be read.
    """

    def __init__(self, log: Path) -> None:
        self._host = Host("ocr", make_ocr, limits=_LIMITS, nice=10, give_up_after=None, log=log)
        self._cancel: CancelEvent | None = None
        self._stopped: tuple[Path, dict[int, str]] | None = None

    @contextmanager
    def heeding(self, cancel: CancelEvent) -> Iterator[None]:
        """Stop with the page at hand once `cancel` is set."""
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    def read(self, path: Path) -> Reading:
        """Read a PDF, page by page.

        Raises:
            SourceError: with the reason.
            ScanningStopped: it was cancelled.
        """
        try:
            return self._read(path)
        except ChildTooSlow as exc:
            raise UnreadableSource(path=str(path), reason=TOO_SLOW) from exc
        except (ChildDied, MemoryError) as exc:
            raise UnreadableSource(path=str(path), reason=DIED) from exc

    def _read(self, path: Path) -> Reading:
        scan: Scan = self._host.call("begin", path, timeout_s=READER_PATIENCE_S)
        if scan.reading is not None and not scan.without_text:
            return scan.reading
        before = self._stopped[1] if self._stopped and self._stopped[0] == path else {}
        self._stopped = (path, before)
        for number in scan.without_text:
            if self._cancel is not None and self._cancel.is_set():
                raise ScanningStopped
            if number not in before:
                before[number] = self._host.call("read_page", number, timeout_s=READER_PATIENCE_S)
        self._stopped = None
        reading = with_pages_read(scan.reading, path.stem, scan.n_pages, before)
        if reading is None:
            raise EmptySource(path=str(path), reason="no words could be recognised on its pages.")
        return reading

    def close(self) -> None:
        self._host.stop()
