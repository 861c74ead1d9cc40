"""Reads from Linux how much memory a process took at its highest, and which processes it started; elsewhere nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest resident set of one process until the end of a phase, shared pages included."""

    process: str
    phase: str
    peak_bytes: int


def peak(process: str, phase: str, pid: int | None) -> tuple[Peak, ...]:
    """One peak, or none where the process is gone or the system does not tell."""
    n_bytes = peak_bytes(pid) if pid is not None else None
    return () if n_bytes is None else (Peak(process, phase, n_bytes),)


def peak_bytes(pid: int) -> int | None:
    """The kernel's own record of a process since it began; None where there is none to read."""
    try:
        found = _PEAK.search((_PROC / str(pid) / "status").read_text("utf-8"))
    except OSError:
        return None
    return int(found.group(1)) * 1024 if found else None


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that they started."""
    for listing in sorted(_PROC.glob(f"{pid}/task/*/children")):
        try:
            children = listing.read_text("utf-8").split()
        except OSError:
            continue
        for child in children:
            yield int(child)
            yield from descendants(int(child))
