"""The reader of files as the rest of the program sees it: each file is read in a child that its limits may kill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop_app.hosting import ChildDied, ChildTooSlow, Host, Limits
from desktop_app.making import make_reader
from rag.errors import UnreadableSource
from rag.reading import not_marked
from rag.types import Reading

#: What one document may cost before it is given up: seconds of processor time, bytes of memory, bytes written.
READER_LIMITS = Limits(cpu_s=60, memory_bytes=4 * 1024**3, file_bytes=1024**3)
READER_PATIENCE_S = 120.0
#: Reasons of files that were too much for their reader.
TOO_SLOW = "it took too long to read."
DIED = "it needs too much memory or time, or its reader ended unexpectedly."


class HostedReader:
    """Reads each file in a child of its own kind, which is killed when a file is too much for it; fits FileReader."""

    def __init__(self, log: Path, make: Callable[[], object] = make_reader) -> None:
        """`make` makes a rag.reading.LocalReader in the child."""
        self._host = Host("reader", make, limits=READER_LIMITS, nice=10, give_up_after=None, log=log)

    def read(self, path: Path) -> Reading:
        """Read a file.

        Raises:
            SourceError: with the reason; a file that kills its reader or outstays its time is a damaged one.
        """
        try:
            return self._read(path)
        except ChildTooSlow as exc:
            raise UnreadableSource(path=str(path), reason=TOO_SLOW) from exc
        except (ChildDied, MemoryError) as exc:
            raise UnreadableSource(path=str(path), reason=DIED) from exc

    def _read(self, path: Path) -> Reading:
        """A file whose reader failed gets a second one: the first may have died of another file, or of its noise."""
        try:
            reading: Reading = self._host.call("read", path, timeout_s=READER_PATIENCE_S)
        except (ChildDied, ChildTooSlow):
            return self._marked(self._host.call("read_unmarked", path, timeout_s=READER_PATIENCE_S))
        return reading

    def _marked(self, reading: Reading) -> Reading:
        """In a call of its own: where looking for noise is too much, the text is there all the same."""
        try:
            marked: Reading = self._host.call("marked", reading, timeout_s=READER_PATIENCE_S)
        except (ChildTooSlow, ChildDied, MemoryError):
            return not_marked(reading)
        return marked

    def close(self, timeout_s: float = 3.0) -> None:
        """End the child, by force after `timeout_s`; a reading that is under way raises ChildStopped."""
        self._host.stop(timeout_s)
