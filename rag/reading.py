"""Turns a file on this machine into a Reading; never waits on a pipe, never changes the file, never opens another.

The readers, one for each format, are in `rag.readers`; a further format is a further reader.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from rag.errors import EmptySource, UnreadableSource
from rag.readers.html import HtmlReader
from rag.readers.plain import PlainTextReader
from rag.types import Reading

MAX_BYTES = 200 * 10**6
_HEAD_BYTES = 4096
# A FIFO would let an opening reader wait for ever, and a terminal would become ours. Windows has neither.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class FormatReader(Protocol):
    """Reads one format."""

    @property
    def endings(self) -> frozenset[str]:
        """Endings of names that promise this format: lower case, with the dot."""
        ...

    def accepts(self, head: bytes, ending: str) -> bool:
        """Whether a file that begins so, under a name that ends so, is of this format."""
        ...

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError. `path` is for the title and the message; `content` is the whole file."""
        ...


class LocalReader:
    """Gives each file to the first reader that accepts it; fits rag.ports.FileReader."""

    def __init__(self, readers: Sequence[FormatReader] = (HtmlReader(), PlainTextReader())) -> None:
        self._readers = tuple(readers)

    @property
    def endings(self) -> frozenset[str]:
        """Endings of the files that are worth reading when a whole folder is added."""
        return frozenset().union(*(reader.endings for reader in self._readers))

    def read(self, path: Path) -> Reading:
        """Read a file.

        Raises:
            UnreadableSource: missing, no right, no regular file, too large, damaged.
            UnsupportedFormat: no reader takes such content.
            EmptySource: nothing but white space.
        """
        with open_regular(path) as file:
            content = _whole(file, path)
        if not content:
            raise EmptySource(path=str(path), reason="the file is empty.")
        head, ending = content[:_HEAD_BYTES], path.suffix.lower()
        reader = next(reader for reader in self._readers if reader.accepts(head, ending))
        reading = reader.read(content, path)
        if not reading.text.strip():
            raise EmptySource(path=str(path), reason="there is no text in it.")
        return reading


def read(path: Path) -> Reading:
    """Read a file with the readers that Seedbook brings; raises SourceError."""
    return LocalReader().read(path)


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file of at most 200 MB for reading, without ever waiting.

    Raises:
        UnreadableSource: with the cause; also for what goes wrong while the file is open.
    """
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
