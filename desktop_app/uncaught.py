"""Exceptions that nobody caught, in whatever thread, on their way to the reader.

It decides nothing about them; they are shown as what they are, defects of the program.
"""

from __future__ import annotations

import sys
import threading
from types import TracebackType

from PySide6.QtCore import QObject, Signal


class Uncaught(QObject):
    """Takes the place of Python's two hooks between `install` and `restore`.

    Signals:
        came(exception): in the GUI thread, whatever thread it was raised in.
    """

    came = Signal(object)

    def install(self) -> None:
        """Begin to receive exceptions."""
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread

    def restore(self) -> None:
        """Give the hooks back to Python."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _take(self, kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, exc, trace)
            return
        self.came.emit(exc)

    def _take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.came.emit(args.exc_value)
