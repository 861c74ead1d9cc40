"""Opens zip files of a sane size, and knows what of a member no real file has and how damage in one shows.

What a person is told of it is the business of those that read what is inside: `rag.archives` for archives,
`rag.readers.packages` for documents.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from enum import Enum, auto
from typing import BinaryIO, Final

MAX_MEMBERS: Final = 10_000
MAX_INFLATED_BYTES: Final = 500 * 10**6
MAX_RATIO: Final = 200

BOUNDED_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How members are packed that zipfile unpacks piece by piece; of others it unpacks all it has read."""

DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    RuntimeError,
)
"""What zipfile may raise over a file that is not as it should be, beside OSError."""

_RATIO_COUNTS_ABOVE_BYTES = 10 * 10**6
_MAX_DIRECTORY_BYTES = 1600 * MAX_MEMBERS
_IS_ENCRYPTED = 0x1
_END_MARK, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 0xFFFF
_END_64_MARK, _END_64_BYTES = b"PK\x06\x06", 56
_LOCATOR_MARK, _LOCATOR_BYTES = b"PK\x06\x07", 20


class Fault(Enum):
    """Why a zip file is not opened."""

    DAMAGED = auto()
    TOO_MANY_MEMBERS = auto()
    OVERLAPPING = auto()


class Refused(Exception):
    """A zip file is not opened; for those that open it, to be put in words."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """A zip file with at most 10,000 members that do not overlap; its directory alone is read.

    Raises:
        Refused: it is not that.
    """
    if _directory_bytes(file) > _MAX_DIRECTORY_BYTES:
        raise Refused(Fault.TOO_MANY_MEMBERS)
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise Refused(Fault.DAMAGED) from error
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise Refused(Fault.TOO_MANY_MEMBERS)
    if sum(member.compress_size for member in members) > file.seek(0, 2):
        raise Refused(Fault.OVERLAPPING)
    return archive


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    return bool(member.flag_bits & _IS_ENCRYPTED)


def absurd_growth(member: zipfile.ZipInfo) -> int | None:
    """How many times a member grows when it is unpacked, where that is more than in any real file; else None."""
    packed_bytes = max(member.compress_size, 1)
    is_absurd = member.file_size > max(_RATIO_COUNTS_ABOVE_BYTES, MAX_RATIO * packed_bytes)
    return member.file_size // packed_bytes if is_absurd else None


def _directory_bytes(file: BinaryIO) -> int:
    """How long the directory says it is: zipfile would take all of it into memory. 0 where there is none."""
    size_bytes = file.seek(0, 2)
    start = file.seek(max(size_bytes - _END_BYTES - _MAX_COMMENT_BYTES - _LOCATOR_BYTES, 0))
    tail = file.read()
    # As zipfile looks for it: right at the end, else the last one before a comment.
    end = len(tail) - _END_BYTES
    if not tail.startswith(_END_MARK, end) or not tail.endswith(b"\0\0"):
        end = tail.rfind(_END_MARK)
    if end < 0 or len(tail) < end + _END_BYTES:
        return 0
    (n_bytes,) = struct.unpack_from("<L", tail, end + 12)
    locator = end - _LOCATOR_BYTES
    if locator >= 0 and tail.startswith(_LOCATOR_MARK, locator):
        # The end record of zip64 lies right before its locator and has the directory's length at byte 40.
        file.seek(max(start + locator - _END_64_BYTES, 0))
        end_64 = file.read(_END_64_BYTES)
        if end_64.startswith(_END_64_MARK) and len(end_64) == _END_64_BYTES:
            (n_bytes,) = struct.unpack_from("<Q", end_64, 40)
    return int(n_bytes)
