"""Lets indexing pause while the machine runs on a low battery, where the reader wants that, and go on afterwards.

It asks the battery in a thread of its own, for some drivers take their time; it indexes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.adding_desk import AddingDesk
from desktop_app.battery import Battery, read_battery
from desktop_app.telling import telling
from desktop_app.window import Window

LOW_PERCENT: Final = 30
INTERVAL_S: Final = 30.0


class BatteryDesk(QObject):
    """Reads the battery every half minute while there is one. `read` asks it."""

    _read_came = Signal(object)

    def __init__(
        self,
        adding: AddingDesk,
        window: Window,
        read: Callable[[], Battery | None] = read_battery,
        interval_s: float = INTERVAL_S,
    ) -> None:
        super().__init__()
        self._adding = adding
        self._is_wanted = window.actions_by_name["battery"]
        self._read = read
        self._interval_s = interval_s
        self._battery: Battery | None = None
        self._is_overruled = False
        self._told = ""
        self._stop = Event()
        self._thread = Thread(target=self._run, name="battery", daemon=True)
        self._read_came.connect(self._take)
        self._is_wanted.toggled.connect(self._decide)
        adding.battery_overruled.connect(self._overrule)

    def start(self) -> None:
        """Begin to ask; a machine without a battery is asked once."""
        self._thread.start()

    def close(self) -> None:
        """Ask no more."""
        self._stop.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        with telling(self._read_came.emit):
            found = self._read()
            while found is not None or self._battery is not None:
                self._read_came.emit(found)
                if self._stop.wait(self._interval_s):
                    return
                found = self._read()

    @Slot(object)
    def _take(self, found: object) -> None:
        """An error of a driver is as good as no battery."""
        self._battery = found if isinstance(found, Battery) else None
        if self._battery is None or self._battery.is_plugged:
            self._is_overruled = False  # the next time on battery is another matter
        self._decide()

    @Slot()
    def _overrule(self) -> None:
        self._is_overruled = True
        self._decide()

    @Slot()
    def _decide(self) -> None:
        battery = self._battery
        is_low = battery is not None and not battery.is_plugged and battery.percent < LOW_PERCENT
        words = ""
        if battery is not None and is_low and self._is_wanted.isChecked() and not self._is_overruled:
            words = f"Paused to save the battery ({battery.percent:.0f} % left)"
        if words != self._told:
            self._told = words
            self._adding.hold_for_battery(words)
