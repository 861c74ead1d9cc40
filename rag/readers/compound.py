"""Looks over an OLE container (.xls) for sectors that follow each other in a circle, which no parser leaves again."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import olefile

from rag.errors import UnreadableSource

_FIRST_SPECIAL = 0xFFFFFFFA
"""Sector numbers from here on mean an end or a purpose."""


def refuse_circles(content: bytes, path: Path) -> None:
    """Pass a container whose chains of sectors all end.

    Raises:
        UnreadableSource: it is no container, is damaged, or has a circle.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_FATAL) as container:
            container.loadminifat()
            chains = [list(container.fat), list(container.minifat or ())]
        is_sound = not any(map(_has_circle, chains)) and _directory_of_sectors_ends(content)
    except (OSError, ValueError, struct.error, IndexError, TypeError, AttributeError, MemoryError) as error:
        raise _damaged(path) from error
    if not is_sound:
        raise _damaged(path)


def _damaged(path: Path) -> UnreadableSource:
    return UnreadableSource(path=str(path), reason="it is damaged, or no spreadsheet.")


def _has_circle(following: Sequence[int]) -> bool:
    """Whether some sector is reached again from itself; `following` are the sectors that follow each."""
    met_on_walk = [0] * len(following)
    for walk in range(1, len(following) + 1):
        sector = walk - 1
        while sector < len(following) and not met_on_walk[sector]:
            met_on_walk[sector] = walk
            sector = following[sector]
            if sector < len(following) and met_on_walk[sector] == walk:
                return True
    return False


def _directory_of_sectors_ends(content: bytes) -> bool:
    """Whether the chain of sectors that tell where the table of sectors lies has an end."""
    (shift,) = struct.unpack_from("<H", content, 30)
    (sector,) = struct.unpack_from("<I", content, 68)
    if shift not in {9, 12}:
        return False
    size_bytes = 1 << shift
    for _ in range(len(content) // size_bytes + 1):
        if sector >= _FIRST_SPECIAL:
            return True
        (sector,) = struct.unpack_from("<I", content, (sector + 2) * size_bytes - 4)
    return False
