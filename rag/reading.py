"""Turns a file on this machine into a Reading; never waits on a pipe, never changes the file, never opens another.

A file in a zip archive is a file too: its path leads through the archive (see `rag.archives`).

The readers, one for each format, are in `rag.readers`; `rag.formats` lists them.
"""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from rag import archives, noise, sniffing
from rag.decoding import MAX_CHARS, refuse_long
from rag.errors import EmptySource, EncryptedSource, SourceError, UnreadableSource, UnsupportedFormat
from rag.formats import FORMATS, Format, FormatReader
from rag.types import Part, Reading

MAX_BYTES = 200 * 10**6
_PIECE_BYTES = 2**20
# A FIFO would let an opening reader wait for ever, and a terminal would become ours. Windows has neither.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


_NOT_READ = {
    sniffing.DOC: "it is in the old Word format. Save it as .docx and add that.",
    sniffing.PPT: "it is in the old PowerPoint format. Save it as .pptx and add that.",
    sniffing.ZIP: "it is a zip archive. Unpack it and add the folder.",
}
#: Text of which a good half may be markup; what is made of it takes several times its size.
_MARKED_UP = frozenset({sniffing.HTML, sniffing.JSON, sniffing.JSON_LINES, sniffing.XML})
_NOT_STORED = re.compile("[\ud800-\udfff\0]")


class LocalReader:
    """Gives each file to the reader of its format; fits rag.ports.FileReader."""

    def __init__(self, formats: Sequence[Format] = FORMATS) -> None:
        self._formats = {one.media_type: one for one in formats}
        self._readers: dict[str, FormatReader] = {}
        self._last_archive = archives.LastArchive()

    def read(self, path: Path) -> Reading:
        """Read a file.

        Raises:
            UnreadableSource: missing, no right, no regular file, too large, damaged.
            UnsupportedFormat: no reader takes such content.
            NoTextLayer, EncryptedSource: pictures of text; a password is needed.
            EmptySource: nothing but white space.
        """
        return self.marked(self.read_unmarked(path))

    def read_content(self, content: bytes, path: Path) -> Reading:
        """Read what is in memory already, as if it were the file; `path` need not exist. Raises as `read`."""
        return self.marked(self._unmarked(content, path))

    def read_unmarked(self, path: Path) -> Reading:
        """Read a file for a later `marked`: what its words show to be noise is not marked yet. Raises as `read`."""
        return self._unmarked(content_of(path, self._last_archive), path)

    def marked(self, reading: Reading) -> Reading:
        """The reading with all its noise marked, or with a note where looking for it fails."""
        try:
            return replace(reading, marks=noise.marks_for(reading))
        except Exception:  # noqa: BLE001 - whatever a strange text makes of it, it is a text that can be quoted
            return not_marked(reading)

    def _unmarked(self, content: bytes, path: Path) -> Reading:
        if not content:
            raise EmptySource(path=str(path), reason="the file is empty.")
        media_type = sniffing.media_type_of(content, path.suffix.lower())
        if media_type in _MARKED_UP:
            refuse_long(content, str(path), times=2)
        reader = self._reader_of(media_type, path)
        try:
            reading = _storable(reader.read(content, path))
            _refuse_text(reading.text, path)
            return reading
        except (SourceError, MemoryError):
            raise
        except Exception as error:
            # The one border for whatever a parser stumbles over: bytes from outside can make it raise anything.
            raise UnreadableSource(path=str(path), reason="it is damaged, or not what its name says.") from error

    def _reader_of(self, media_type: str, path: Path) -> FormatReader:
        if media_type == sniffing.ENCRYPTED_OFFICE:
            raise EncryptedSource(path=str(path), reason="it is protected by a password. Save it without one.")
        if media_type not in self._formats:
            reason = _NOT_READ.get(media_type, "files of this kind cannot be read.")
            raise UnsupportedFormat(path=str(path), reason=reason)
        if media_type not in self._readers:
            self._readers[media_type] = self._formats[media_type].make_reader()
        return self._readers[media_type]


def not_marked(reading: Reading) -> Reading:
    """The reading with the marks of its format alone, and a note that no others were looked for."""
    notes = (reading.note, "Menus and advertising in it were not found out, for that took too long or failed.")
    return replace(reading, marks=noise.own_marks(reading), note=" ".join(note for note in notes if note))


def content_of(path: Path, last_archive: archives.LastArchive | None = None) -> bytes:
    """All bytes of a file or of a file in an archive; raises as `open_regular`."""
    with open_regular(path, last_archive) as file:
        return _whole(file, path)


def read(path: Path) -> Reading:
    """Read a file with the readers that Seedbook brings; raises SourceError."""
    return LocalReader().read(path)


@contextmanager
def open_regular(path: Path, last_archive: archives.LastArchive | None = None) -> Iterator[BinaryIO]:
    """Open a regular file of at most 200 MB, or a file in a zip archive, for reading, without ever waiting.

    Who opens many files of one archive hands in a `last_archive`.

    Raises:
        UnreadableSource: with the cause; also for what goes wrong while the file is open.
        EncryptedSource: a file in an archive needs a password.
    """
    place = None if os.path.lexists(path) else archives.place_of(path)
    if place is not None:
        with (last_archive or archives.LastArchive()).open_member(place) as file:
            yield file
        return
    try:
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
            _refuse_irregular(os.fstat(file.fileno()), path)
            yield file
    except (OSError, ValueError) as error:
        raise UnreadableSource(path=str(path), reason=_cause(error, path)) from error


def _refuse_irregular(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableSource(path=str(path), reason="it is a folder, not a file.")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableSource(path=str(path), reason="it is a pipe or a device, not a file.")
    if status.st_size > MAX_BYTES:
        size = f"{status.st_size / 10**6:,.0f} MB"
        raise UnreadableSource(
            path=str(path), reason=f"it is too large ({size}; at most 200 MB). Split it and add the parts."
        )


def _whole(file: BinaryIO, path: Path) -> bytes:
    if isinstance(file, zipfile.ZipExtFile):
        # Asked for all, zipfile would inflate more than the directory says before it cuts that off.
        return b"".join(iter(lambda: file.read(_PIECE_BYTES), b""))
    # Asked for 200 MB, Python would make room for 200 MB, however small the file is.
    size_bytes = os.fstat(file.fileno()).st_size
    content = file.read(min(size_bytes, MAX_BYTES) + 1)
    if len(content) > size_bytes:
        content += file.read(MAX_BYTES + 1 - len(content))
    if len(content) > MAX_BYTES:
        raise UnreadableSource(path=str(path), reason="it grew past 200 MB while it was being read.")
    return content


def _cause(error: OSError | ValueError, path: Path) -> str:
    if isinstance(error, FileNotFoundError):
        return "a link to a file that is gone." if path.is_symlink() else "there is no such file."
    if isinstance(error, PermissionError):
        return "you have no right to read it."
    if isinstance(error, IsADirectoryError):
        return "it is a folder, not a file."
    if isinstance(error, ValueError):
        return "its name cannot be used on this system."
    return f"{(error.strerror or str(error)).lower()}."


def _refuse_text(text: str, path: Path) -> None:
    if not text.strip():
        raise EmptySource(path=str(path), reason="there is no text in it.")
    if len(text) > MAX_CHARS:
        millions = f"{len(text) / 10**6:,.0f} million characters; at most {MAX_CHARS // 10**6}"
        raise UnreadableSource(path=str(path), reason=f"its text is too long ({millions}). Split it and add the parts.")


def _storable(reading: Reading) -> Reading:
    """Without half surrogates and NULs, which no database and no UTF-8 file holds; every place stays where it is."""
    return replace(
        reading,
        text=_without_unstorable(reading.text),
        title=_without_unstorable(reading.title),
        author=_without_unstorable(reading.author) if reading.author else None,
        origin=_without_unstorable(reading.origin) if reading.origin else None,
        note=_without_unstorable(reading.note),
        parts=tuple(_storable_part(part) for part in reading.parts),
    )


def _storable_part(part: Part) -> Part:
    label = _without_unstorable(part.label)
    return part if label == part.label else replace(part, label=label)


def _without_unstorable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return _NOT_STORED.sub("\ufffd", text)
    return text.replace("\0", "\ufffd")
