"""Reads zip archives as folders: what files are in one, and the bytes of one of them, without unpacking anything.

A file in an archive has a path like any other, `/home/me/papers.zip/inside/name.docx`. Archives in archives are files
of which nothing is opened; hidden files, links and names that lead out of the archive do not count as its files.
Only the directory at the end of the archive is read to list it, so that archives of any size can be listed.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from rag import sniffing, zips
from rag.errors import EncryptedSource, UnreadableSource

ENDINGS = frozenset({".zip"})
MAX_MEMBER_BYTES = 200 * 10**6

_IS_UTF8 = 0x800
_FAULTS = {
    zips.Fault.DAMAGED: "it is cut off or damaged, or no zip archive.",
    zips.Fault.TOO_MANY_MEMBERS: f"there are too many files in it (at most {zips.MAX_MEMBERS:,}). "
    "Unpack it and add the folder.",
    zips.Fault.OVERLAPPING: "the files in it overlap, as in no real archive.",
}


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


def members(path: Path) -> tuple[Member, ...] | None:
    """The files in an archive, in its order, each name once; encrypted ones too, which cannot be opened.

    None for what is not to be read as a folder: no zip file by its name, or an office document or e-book inside.

    Raises:
        UnreadableSource: no archive; damaged; more than 10,000 files; more than 500 MB when unpacked; files that
            overlap.
    """
    if not _is_zip(path):
        return None
    with _opened(path) as file:
        archive = _archive(file, path)
        if sniffing.media_type_of_zip(archive) != sniffing.ZIP:
            return None
        files = _files(archive)
        if sum(one.file_size for one in files.values()) > zips.MAX_INFLATED_BYTES:
            raise UnreadableSource(
                path=str(path), reason="unpacked it is larger than 500 MB. Unpack it and add the folder."
            )
        return tuple(Member(path / name, one.file_size, one.CRC) for name, one in files.items())


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


class LastArchive:
    """Opens files of archives; the directory of the last archive is kept, so that it is read once for many files.

    One file at a time. Between two of them nothing is open: a drive can be taken away.
    """

    def __init__(self) -> None:
        self._stamp: tuple[object, ...] | None = None
        self._archive: zipfile.ZipFile | None = None

    @contextmanager
    def open_member(self, place: Place) -> Iterator[BinaryIO]:
        """Open one file of an archive for reading; it ends where the archive's directory says.

        Raises:
            EncryptedSource: it needs a password.
            UnreadableSource: the archive is as `members` says, has no such file, or the file is too large (200 MB, and
                above 10 MB at most 200 times its packed size) or damaged, which may show only while it is read.
        """
        path = str(place.archive / place.name)
        with _opened(place.archive) as file:
            archive = self._directory_of(place.archive, file)
            member = _file(archive, place.name)
            if member is None:
                raise UnreadableSource(path=path, reason="there is no such file in the archive.")
            _refuse(member, path)
            try:
                with archive.open(member) as opened:
                    yield _binary(opened)
            except zips.DAMAGE as error:
                raise UnreadableSource(path=path, reason="it is damaged in the archive.") from error

    def _directory_of(self, path: Path, file: BinaryIO) -> zipfile.ZipFile:
        status = os.fstat(file.fileno())
        stamp = (path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if self._archive is None or self._stamp != stamp:
            self._archive, self._stamp = None, None
            self._archive, self._stamp = _archive(file, path), stamp
        self._archive.fp = file
        return self._archive


def _is_zip(path: Path) -> bool:
    """A file that is a zip file by its name; where that cannot be seen, opening it will tell the cause."""
    if path.suffix.lower() not in ENDINGS:
        return False
    try:
        return path.is_file()
    except OSError:
        return True


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        reason = f"{(error.strerror or str(error)).lower()}."
        raise UnreadableSource(path=str(path), reason=reason) from error


def _archive(file: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        return zips.opened(file)
    except zips.Refused as refused:
        raise UnreadableSource(path=str(path), reason=_FAULTS[refused.fault]) from refused


def _binary(file: IO[bytes]) -> BinaryIO:
    return file  # type: ignore[return-value]  # zipfile's files are binary files, whatever their type is called


def _refuse(member: zipfile.ZipInfo, path: str) -> None:
    if zips.is_encrypted(member):
        reason = "it is protected by a password. Unpack the archive and add the folder."
        raise EncryptedSource(path=path, reason=reason)
    if member.compress_type not in zips.BOUNDED_METHODS:
        reason = "it is packed in a way that cannot be read. Unpack the archive and add the folder."
        raise UnreadableSource(path=path, reason=reason)
    if member.file_size > MAX_MEMBER_BYTES:
        size = f"{member.file_size / 10**6:,.0f} MB"
        raise UnreadableSource(
            path=path, reason=f"it is too large ({size}; at most 200 MB). Split it and add the parts."
        )
    times = zips.absurd_growth(member)
    if times is not None:
        raise UnreadableSource(path=path, reason=f"it grows {times:,} times when unpacked, as no real document does.")


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
