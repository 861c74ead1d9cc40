"""Looks over a workbook of Excel 97 to 2003 for what would make its parser take all memory and die.

That are sectors of the container that follow each other in a circle, and sheets and strings announced larger than
they can be. It reads no cell.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import olefile

from rag.errors import UnreadableSource

_FIRST_SPECIAL = 0xFFFFFFFA
"""Sector numbers from here on mean an end or a purpose."""
_END, _SHEET, _STRINGS, _SIZE = 0x000A, 0x0085, 0x00FC, 0x0200
_MAX_ROWS, _MAX_COLUMNS, _MAX_SHEETS = 65_536, 256, 1_000


def refuse_bomb(content: bytes, path: Path) -> None:
    """Pass a container whose chains of sectors all end and whose records announce no more than there can be.

    Raises:
        UnreadableSource: it is no container, is damaged, or is as said above.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_FATAL) as container:
            container.loadminifat()
            chains = [list(container.fat), list(container.minifat or ())]
            is_sound = not any(map(_has_circle, chains)) and _directory_of_sectors_ends(content)
            for name in ("Workbook", "Book"):
                if is_sound and container.exists(name):
                    is_sound = _is_modest(container.openstream(name).read())
    except (OSError, ValueError, struct.error, IndexError, TypeError, AttributeError, MemoryError) as error:
        raise _damaged(path) from error
    if not is_sound:
        raise _damaged(path)


def _damaged(path: Path) -> UnreadableSource:
    return UnreadableSource(path=str(path), reason="it is damaged, or no spreadsheet.")


def _is_modest(stream: bytes) -> bool:
    """Whether no record of a sheet's size or of the strings announces more than a workbook of that time can hold."""
    starts = [0]
    for record, start, n_bytes in _records(stream, 0):
        if record == _STRINGS and n_bytes >= 8 and struct.unpack_from("<I", stream, start + 4)[0] > len(stream):
            return False
        if record == _SHEET and n_bytes >= 4:
            starts += struct.unpack_from("<I", stream, start)
    if len(starts) > _MAX_SHEETS:
        return False
    sizes = (record for at in starts for record in _records(stream, at) if record[0] == _SIZE)
    return all(_is_of_possible_size(stream, start, n_bytes) for _, start, n_bytes in sizes)


def _is_of_possible_size(stream: bytes, start: int, n_bytes: int) -> bool:
    form = "<IIHH" if n_bytes >= 12 else "<HHHH"
    if n_bytes < struct.calcsize(form):
        return True
    first_row, end_row, first_column, end_column = struct.unpack_from(form, stream, start)
    return bool(first_row <= end_row <= _MAX_ROWS and first_column <= end_column <= _MAX_COLUMNS)


def _records(stream: bytes, position: int) -> Iterator[tuple[int, int, int]]:
    """Kind, start and length of the records from a position to the end of their part."""
    while position + 4 <= len(stream):
        record, n_bytes = struct.unpack_from("<HH", stream, position)
        position += 4
        if record == _END or position + n_bytes > len(stream):
            return
        yield record, position, n_bytes
        position += n_bytes


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
