"""Changes of the library, one after the other, in a thread beside the window's.

It knows no workbench; it runs plain functions in the order they were asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.workers import Errand

_MOMENT_MS = 300


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done, what it is called meanwhile, and what follows in the window's thread when it is done."""

    words: str
    function: Callable[[], object]
    then: Callable[[], object]


class LibraryChanges(QObject):
    """One change at a time: the library has one writer, and the reader's changes must come in the reader's order.

    Signals:
        failed(exception): in the place of what was to follow.
        busy(words): what is being done, once that takes a moment; empty when nothing is.
    """

    failed = Signal(object)
    busy = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Change] = deque()
        self._current: Change | None = None
        self._errand: Errand | None = None
        self._is_closed = False
        self._moment = QTimer(self, singleShot=True, interval=_MOMENT_MS)
        self._moment.timeout.connect(self._tell_busy)

    @property
    def is_busy(self) -> bool:
        return self._current is not None

    def make(self, change: Change) -> None:
        """Make it after those before it."""
        self._waiting.append(change)
        self._next()

    def close(self) -> None:
        """Begin no further one."""
        self._is_closed = True
        self._waiting.clear()

    def join(self, timeout_s: float) -> None:
        """Wait for the one that is under way."""
        if self._errand is not None:
            self._errand.join(timeout_s)

    def _next(self) -> None:
        if self._current is not None or not self._waiting or self._is_closed:
            return
        self._current = self._waiting.popleft()
        self._errand = Errand(self._current.function)
        self._errand.finished.connect(self._finish)
        self._errand.failed.connect(self._fail)
        self._moment.start()
        self._errand.start()

    @Slot()
    def _tell_busy(self) -> None:
        if self._current is not None:
            self.busy.emit(self._current.words)

    @Slot(object)
    def _finish(self, returned: object) -> None:  # noqa: ARG002 - Errand's signal
        change = self._end()
        if change is not None and not self._is_closed:
            change.then()
        self._next()

    @Slot(object)
    def _fail(self, exc: Exception) -> None:
        self._end()
        if not self._is_closed:
            self.failed.emit(exc)
        self._next()

    def _end(self) -> Change | None:
        change, self._current = self._current, None
        self._moment.stop()
        if not self._waiting:
            self.busy.emit("")
        return change
