"""Asks the machine how its battery stands; its only purpose for psutil here.

It decides nothing: who pauses for it, and from what charge on, is another matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Battery:
    """A charge in per cent, 0 to 100, and whether the machine is on mains."""

    percent: float
    is_plugged: bool


def read_battery() -> Battery | None:
    """How the battery stands now; None where there is none, or where nobody can say. Milliseconds, rarely more."""
    try:
        found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except (OSError, ValueError, RuntimeError):  # a driver that is broken, or gone for the moment
        return None
    # Without a word on the mains it is taken to be there: pausing for no reason is the worse mistake.
    return None if found is None else Battery(float(found.percent), found.power_plugged is not False)
