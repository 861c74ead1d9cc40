"""How many threads an engine should use: no more than there are physical cores for it."""

from __future__ import annotations

import os

import psutil


def physical_cores() -> int:
    """The physical cores this process may use; more threads than that make the engines many times slower."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
