"""Reads what the library's window shows: at once where that is quick, else in a thread beside the window's.

It changes nothing and shows nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.dismissals import Dismissals
from desktop_app.library_contents import Contents
from desktop_app.library_rows import DocumentRow, document_rows, unread_rows
from desktop_app.telling import telling
from desktop_app.workbench import Workbench
from desktop_app.workers import Errand
from rag.types import Source


@dataclass(frozen=True, slots=True)
class Loaded:
    """The documents there are, what the library's window shows of them where it wants that, and how long it took."""

    sources: tuple[Source, ...]
    contents: Contents | None
    took_s: float


def load_library(
    workbench: Workbench, dismissals: Dismissals, known: Mapping[str, DocumentRow] | None, hindrances: Mapping[str, str]
) -> Loaded:
    """Ask the workbench; `known` are the rows from before, None where no window shows any.

    Raises:
        RagError: the library cannot be read.
    """
    began_s = time.monotonic()
    sources = workbench.sources()
    contents = None
    if known is not None:
        files = workbench.files()
        documents = document_rows(sources, files, known)
        unread = unread_rows(file for file in files if file not in dismissals)
        for row in documents:
            row.sort_key(0)  # it keeps what it has worked out
        contents = Contents(documents, unread, workbench.collections(), workbench.watched(), hindrances)
    return Loaded(sources, contents, time.monotonic() - began_s)


class LibraryLoading(QObject):
    """One reading at a time; what was asked for again meanwhile is read again before anything is told.

    Signals:
        loaded(Loaded), failed(exception)
    """

    loaded = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._errand: Errand | None = None
        self._next: Callable[[], Loaded] | None = None

    def load(self, function: Callable[[], Loaded], *, at_once: bool) -> None:
        """Read by this function; `at_once` before this returns, unless another reading is under way."""
        if self._errand is not None:
            self._next = function
        elif at_once:
            with telling(self.failed.emit):
                self.loaded.emit(function())
        else:
            self._start(function)

    def join(self, timeout_s: float) -> None:
        """Wait for the one that is under way."""
        if self._errand is not None:
            self._errand.join(timeout_s)

    def _start(self, function: Callable[[], Loaded]) -> None:
        self._errand = Errand(function)
        self._errand.finished.connect(self._finish)
        self._errand.failed.connect(self._fail)
        self._errand.start()

    @Slot(object)
    def _finish(self, loaded: Loaded) -> None:
        if not self._goes_on():
            self.loaded.emit(loaded)

    @Slot(object)
    def _fail(self, exc: Exception) -> None:
        if not self._goes_on():
            self.failed.emit(exc)

    def _goes_on(self) -> bool:
        function, self._next, self._errand = self._next, None, None
        if function is not None:
            self._start(function)
        return function is not None
