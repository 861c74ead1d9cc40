"""Reading that can be broken off at any moment, and loses nothing but the file at hand.

It decides neither when that is wanted nor what is done next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from desktop_app.hosted_reader import HostedReader
from desktop_app.hosting_errors import ChildStopped
from rag.types import Reading

_LOOK_S: Final = 0.05
_GRACE_S: Final = 0.25  # most files are read by then, and a reader need not be started anew


class Interrupted(Exception):
    """The work at hand was broken off; the library does not know of it."""


class InterruptibleReader:
    """Reads in a child that is ended when nobody wants to wait for it any more; fits rag.ports.FileReader."""

    def __init__(self, make: Callable[[], HostedReader]) -> None:
        self._make = make
        self._mutex = Lock()
        self._reader: HostedReader | None = None

    def read(self, path: Path) -> Reading:
        """Read a file.

        Raises:
            SourceError: with the reason.
            Interrupted: it was broken off.
        """
        with self._mutex:
            reader = self._reader = self._reader or self._make()
        try:
            return reader.read(path)
        except ChildStopped as exc:
            raise Interrupted from exc

    @contextmanager
    def heeding(self, cancel: Event) -> Iterator[None]:
        """Inside of this, setting `cancel` breaks the reading off soon."""
        over = Event()
        Thread(target=self._heed, args=(cancel, over), name="heeding", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def close(self, timeout_s: float = 3.0) -> None:
        """End the child; the next reading starts another."""
        with self._mutex:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close(timeout_s)

    def _heed(self, cancel: Event, over: Event) -> None:
        while not over.wait(_LOOK_S):
            if cancel.is_set():
                if not over.wait(_GRACE_S):
                    self.close(0.1)
                return
