"""Python's cyclic garbage collection, in the GUI thread only.

A collection that happens to start in a worker could destroy widgets there, which Qt does not survive. It frees nothing
by itself that Python would not free.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

_INTERVAL_MS = 1000


class Tidying(QObject):
    """Collects by a timer what Python would have collected by its counters, from `start` to `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self._collect)

    def start(self) -> None:
        """Take collection over."""
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Give collection back to Python."""
        self._timer.stop()
        gc.enable()

    @Slot()
    def _collect(self) -> None:
        for generation, (count, threshold) in reversed(
            tuple(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if threshold and count > threshold:
                gc.collect(generation)
                return
