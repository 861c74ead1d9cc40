"""Reads zip archives as folders: what files are in one, and the bytes of one of them, without unpacking anything.

A file in an archive has a path like any other, `/home/me/papers.zip/inside/name.docx`. Archives in archives are files
of which nothing is opened; hidden files, links and names that lead out of the archive do not count as its files.
Only the directory at the end of the archive is read to list it, so that archives of any size can be listed.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from rag import sniffing
from rag.errors import EncryptedSource, UnreadableSource

ENDINGS = frozenset({".zip"})
MAX_MEMBERS = 10_000
MAX_MEMBER_BYTES = 200 * 10**6
MAX_INFLATED_BYTES = 500 * 10**6
MAX_RATIO = 200

_RATIO_COUNTS_ABOVE_BYTES = 10 * 10**6
_MAX_DIRECTORY_BYTES = 1600 * MAX_MEMBERS
_IS_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_END_MARK, _END_BYTES, _MAX_COMMENT_BYTES = b"PK\x05\x06", 22, 0xFFFF
_END_64_MARK, _END_64_BYTES = b"PK\x06\x06", 56
_LOCATOR_MARK, _LOCATOR_BYTES = b"PK\x06\x07", 20
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OverflowError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; `path` leads through the archive, `crc` changes with its content."""

    path: Path
    size_bytes: int
    crc: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path through an archive leads: which archive, and the name of the file in it."""

    archive: Path
    name: str


def is_archive(path: Path) -> bool:
    """Whether it is to be read as a folder: a zip file by name that is no office document or e-book inside."""
    if path.suffix.lower() not in ENDINGS:
        return False
    try:
        if not path.is_file():
            return False
        with _opened(path) as archive:
            return sniffing.media_type_of_zip(archive) == sniffing.ZIP
    except (OSError, UnreadableSource):
        return True


def members(path: Path) -> tuple[Member, ...]:
    """The files in an archive, in its order, each name once; encrypted ones too, which cannot be opened.

    Raises:
        UnreadableSource: no archive; damaged; more than 10,000 files; more than 500 MB when unpacked; files that
            overlap.
    """
    with _opened(path) as archive:
        files = _files(archive)
        if sum(file.file_size for file in files.values()) > MAX_INFLATED_BYTES:
            raise UnreadableSource(
                path=str(path), reason="unpacked it is larger than 500 MB. Unpack it and add the folder."
            )
        return tuple(Member(path / name, file.file_size, file.CRC) for name, file in files.items())


def place_of(path: Path) -> Place | None:
    """Where the path leads if one of the folders in it is a zip file by name; None else."""
    for ancestor in path.parents:
        try:
            is_file = ancestor.is_file()
        except (OSError, ValueError):
            return None
        if is_file:
            is_zip = ancestor.suffix.lower() in ENDINGS
            return Place(ancestor, path.relative_to(ancestor).as_posix()) if is_zip else None
        if ancestor.is_dir():
            return None
    return None


@contextmanager
def open_member(place: Place) -> Iterator[BinaryIO]:
    """Open one file of an archive for reading; it ends where the archive's directory says.

    Raises:
        EncryptedSource: it needs a password.
        UnreadableSource: the archive is as `members` says, has no such file, or the file is too large (200 MB, and
            above 10 MB at most 200 times its packed size) or damaged, which may show only while it is read.
    """
    path = str(place.archive / place.name)
    with _opened(place.archive) as archive:
        member = _file(archive, place.name)
        if member is None:
            raise UnreadableSource(path=path, reason="there is no such file in the archive.")
        _refuse(member, path)
        try:
            with archive.open(member) as file:
                yield _binary(file)
        except _DAMAGE as error:
            raise UnreadableSource(path=path, reason="it is damaged in the archive.") from error


def _binary(file: IO[bytes]) -> BinaryIO:
    return file  # type: ignore[return-value]  # zipfile's files are binary files, whatever their type is called


def _refuse(member: zipfile.ZipInfo, path: str) -> None:
    if member.flag_bits & _IS_ENCRYPTED:
        reason = "it is protected by a password. Unpack the archive and add the folder."
        raise EncryptedSource(path=path, reason=reason)
    if member.compress_type not in sniffing.BOUNDED_METHODS:
        reason = "it is packed in a way that cannot be read. Unpack the archive and add the folder."
        raise UnreadableSource(path=path, reason=reason)
    if member.file_size > MAX_MEMBER_BYTES:
        size = f"{member.file_size / 10**6:,.0f} MB"
        raise UnreadableSource(
            path=path, reason=f"it is too large ({size}; at most 200 MB). Split it and add the parts."
        )
    if member.file_size > _RATIO_COUNTS_ABOVE_BYTES and member.file_size > MAX_RATIO * max(member.compress_size, 1):
        times = f"{member.file_size // max(member.compress_size, 1):,}"
        raise UnreadableSource(path=path, reason=f"it grows {times} times when unpacked, as no real document does.")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, once its directory is known to be of a sane size."""
    try:
        with path.open("rb") as file:
            _refuse_directory(_directory_bytes(file), path)
            archive = _archive(file, path)
            yield archive
    except OSError as error:
        reason = f"{(error.strerror or str(error)).lower()}."
        raise UnreadableSource(path=str(path), reason=reason) from error


def _archive(file: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise UnreadableSource(path=str(path), reason="it is cut off or damaged, or no zip archive.") from error
    packed_bytes = sum(member.compress_size for member in archive.infolist())
    if len(archive.infolist()) > MAX_MEMBERS:
        _refuse_directory(_MAX_DIRECTORY_BYTES + 1, path)
    if packed_bytes > file.seek(0, 2):
        raise UnreadableSource(path=str(path), reason="the files in it overlap, as in no real archive.")
    return archive


def _refuse_directory(n_bytes: int, path: Path) -> None:
    if n_bytes > _MAX_DIRECTORY_BYTES:
        reason = f"there are too many files in it (at most {MAX_MEMBERS:,}). Unpack it and add the folder."
        raise UnreadableSource(path=str(path), reason=reason)


def _directory_bytes(file: BinaryIO) -> int:
    """How long the archive's directory says it is: zipfile would take all of it into memory. 0 where it has none."""
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


def _files(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What counts as a file of it, by its name; of files with the same name the last one."""
    return {name: member for member in archive.infolist() if (name := _name(member)) and not _is_link(member)}


def _file(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """As `_files` has it, without going through all of them where the name is written plainly."""
    try:
        member = archive.getinfo(name)
    except KeyError:
        return _files(archive).get(name)
    return member if _name(member) == name and not _is_link(member) else _files(archive).get(name)


def _name(member: zipfile.ZipInfo) -> str:
    """The name with `/`; empty for what is no file, is hidden or would lead out of the archive."""
    name = member.filename
    if not member.flag_bits & _IS_UTF8:
        name = _as_utf8(name)
    steps = name.replace("\\", "/").split("/")
    if any(step.startswith(".") or step in {"", "__MACOSX"} for step in steps) or steps[0].endswith(":"):
        return ""
    return "/".join(steps)


def _as_utf8(name: str) -> str:
    """Many programs write UTF-8 without saying so."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)
