"""Unpacks the compressed RTF in which Outlook keeps the text of some e-mails; what the RTF says others read.

The method is that of [MS-OXRTFCP]: a run that stood in the last 4,096 bytes already is a place there and a length.
"""

from __future__ import annotations

import struct
from typing import Final

_HEADER_BYTES: Final = 16
_WINDOW_BYTES: Final = 4096
_LEAST_RUN_BYTES: Final = 2
_BEGINNING: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the window holds before the first byte."""


def unpacked(packed: bytes) -> bytes:
    """The RTF in a PidTagRtfCompressed; what is cut off or damaged at its end is left out.

    Raises:
        ValueError: the bytes are none.
    """
    if len(packed) < _HEADER_BYTES:
        raise ValueError("compressed RTF is longer than its header")
    n_bytes, kind = struct.unpack_from("<4xI4s", packed)
    if kind == b"MELA":
        return packed[_HEADER_BYTES : _HEADER_BYTES + n_bytes]
    if kind != b"LZFu":
        raise ValueError("compressed RTF begins otherwise")
    written = bytearray(_BEGINNING)
    place = _HEADER_BYTES
    while place < len(packed):
        control = packed[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                written += packed[place : place + 1]
                place += 1
            elif place + 2 > len(packed) or not _append_run(written, packed[place : place + 2]):
                return bytes(written[len(_BEGINNING) :])
            else:
                place += 2
    return bytes(written[len(_BEGINNING) :])


def _append_run(written: bytearray, reference: bytes) -> bool:
    """Append what the reference means; False where it marks the end or leads nowhere."""
    token = int.from_bytes(reference, "big")
    back = (len(written) - (token >> 4)) % _WINDOW_BYTES
    if back == 0 or back > len(written):
        return False
    # Byte by byte, for a run may overlap with what it makes.
    for _ in range((token & 0xF) + _LEAST_RUN_BYTES):
        written.append(written[-back])
    return True
