"""Saves what grows (an answer, a draft) from a thread of its own, each thing at most once a second.

The window's thread never waits for a disk, and a kill costs at most the last second. What could not be saved is tried
again, and once more at the end. It does not know what it saves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Condition, Thread

from PySide6.QtCore import QObject, Signal

from desktop_app.telling import telling

SAVING_INTERVAL_S = 1.0
RETRY_INTERVAL_S = 5.0


class Keeper(QObject):
    """Runs the newest `save` it was given for each key; older ones of the same key are skipped.

    Signals:
        failed(exception): something could not be saved; told once, however often it is tried in vain.
        recovered(): nothing is left that could not be saved.
    """

    failed = Signal(object)
    recovered = Signal()

    def __init__(
        self,
        interval_s: float = SAVING_INTERVAL_S,
        *,
        retry_interval_s: float = RETRY_INTERVAL_S,
        is_hopeless: Callable[[Exception], bool] | None = None,
    ) -> None:
        """`is_hopeless` says of an error that trying again is of no use."""
        super().__init__()
        self._interval_s = interval_s
        self._retry_interval_s = retry_interval_s
        self._is_hopeless = is_hopeless or _never
        self._condition = Condition()
        self._waiting: dict[str, Callable[[], object]] = {}
        self._failed: dict[str, Callable[[], object]] = {}
        self._tried_at_s = float("-inf")
        self._is_urgent = False
        self._is_saving = False
        self._is_closing = False
        self._is_ending = False
        self._saved_at_s = float("-inf")
        self._thread = Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def keep(self, key: str, save: Callable[[], object], *, at_once: bool = False) -> None:
        """Run `save` within the interval, or `at_once`, in the keeper's thread; returns immediately."""
        with self._condition:
            self._waiting[key] = save
            self._failed.pop(key, None)
            self._is_urgent = self._is_urgent or at_once
            self._condition.notify_all()

    def settle(self, timeout_s: float = 3.0) -> bool:
        """Wait until everything handed over was tried; False if that took too long or not all is on the disk."""
        with self._condition:
            self._is_urgent = bool(self._waiting)
            self._condition.notify_all()
            is_tried = self._condition.wait_for(lambda: not self._waiting and not self._is_saving, timeout_s)
            return is_tried and not self._failed

    def close(self, timeout_s: float = 3.0) -> bool:
        """Save what is left, try once more what failed, and end the thread; False if it did not end in time."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        told: set[str] = set()
        while (saves := self._next_saves()) is not None:
            for key, save in saves.items():
                self._save_one(key, save, told)
            with self._condition:
                self._is_saving = False
                self._saved_at_s = time.monotonic()
                is_whole = not self._failed
                self._condition.notify_all()
            if told and is_whole:
                told.clear()
                self.recovered.emit()

    def _next_saves(self) -> dict[str, Callable[[], object]] | None:
        """What is to be saved now, after waiting for it; None at the end."""
        with self._condition:
            while (left_s := self._left_s()) is None or left_s > 0:
                self._condition.wait(left_s)
            saves = dict(self._waiting)
            if self._is_closing or self._retry_left_s() <= 0:
                saves = self._failed | saves
                self._failed.clear()
                self._tried_at_s = time.monotonic()
            if not saves:
                return None
            self._waiting.clear()
            self._is_urgent = False
            self._is_saving = True
            self._is_ending = self._is_closing
            return saves

    def _left_s(self) -> float | None:
        """Seconds until something is to be done; None where that is not known."""
        if self._is_closing or (self._waiting and self._is_urgent):
            return 0.0
        due_s = [self._saved_at_s + self._interval_s - time.monotonic()] if self._waiting else []
        return min([*due_s, *([self._retry_left_s()] if self._failed else [])], default=None)

    def _retry_left_s(self) -> float:
        return self._tried_at_s + self._retry_interval_s - time.monotonic()

    def _save_one(self, key: str, save: Callable[[], object], told: set[str]) -> None:
        with telling(partial(self._take_failure, key, save, told)):
            save()

    def _take_failure(self, key: str, save: Callable[[], object], told: set[str], error: Exception) -> None:
        with self._condition:
            if not self._is_hopeless(error) and not self._is_ending and key not in self._waiting:
                if not self._failed:
                    self._tried_at_s = time.monotonic()
                self._failed[key] = save
        if key not in told:
            told.add(key)
            self.failed.emit(error)


def _never(error: Exception) -> bool:  # noqa: ARG001 - any error may be over the next time
    return False
