"""Saves what grows (an answer, a draft) from a thread of its own, each thing at most once a second.

The window's thread never waits for a disk, and a kill costs at most the last second. It does not know what it saves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Thread

from PySide6.QtCore import QObject, Signal

from desktop_app.telling import telling

SAVING_INTERVAL_S = 1.0


class Keeper(QObject):
    """Runs the newest `save` it was given for each key; older ones of the same key are skipped.

    Signals:
        failed(exception): something could not be saved; it is not tried again until it changes.
    """

    failed = Signal(object)

    def __init__(self, interval_s: float = SAVING_INTERVAL_S) -> None:
        super().__init__()
        self._interval_s = interval_s
        self._condition = Condition()
        self._waiting: dict[str, Callable[[], object]] = {}
        self._is_urgent = False
        self._is_saving = False
        self._is_closing = False
        self._saved_at_s = float("-inf")
        self._thread = Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def keep(self, key: str, save: Callable[[], object], *, at_once: bool = False) -> None:
        """Run `save` within the interval, or `at_once`, in the keeper's thread; returns immediately."""
        with self._condition:
            self._waiting[key] = save
            self._is_urgent = self._is_urgent or at_once
            self._condition.notify_all()

    def settle(self, timeout_s: float = 3.0) -> bool:
        """Wait until everything handed over is on the disk; False if that took too long."""
        with self._condition:
            self._is_urgent = bool(self._waiting)
            self._condition.notify_all()
            return self._condition.wait_for(lambda: not self._waiting and not self._is_saving, timeout_s)

    def close(self, timeout_s: float = 3.0) -> bool:
        """Save what is left and end the thread; False if it did not end in time."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (saves := self._next_saves()) is not None:
            for save in saves:
                self._save_one(save)
            with self._condition:
                self._is_saving = False
                self._saved_at_s = time.monotonic()
                self._condition.notify_all()

    def _next_saves(self) -> list[Callable[[], object]] | None:
        with self._condition:
            self._condition.wait_for(lambda: self._waiting or self._is_closing)
            while self._waiting and not (self._is_urgent or self._is_closing) and (left_s := self._left_s()) > 0:
                self._condition.wait(left_s)
            if not self._waiting:
                return None
            saves = list(self._waiting.values())
            self._waiting.clear()
            self._is_urgent = False
            self._is_saving = True
            return saves

    def _left_s(self) -> float:
        return self._saved_at_s + self._interval_s - time.monotonic()

    def _save_one(self, save: Callable[[], object]) -> None:
        with telling(self.failed.emit):
            save()
