"""Writes a file whole or not at all, so that neither a crash nor a full disk leaves half of one under its name.

It does not make folders, and it writes to regular files only: a device or a pipe of that name is left alone.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import Any

from desktop_app.disk import why

_PREFIX = ".seedbook-"
_SUFFIX = ".part"


UNCHANGED = "What stood there before is unchanged."
UNSURE = "The new content is there, but a power cut now could take it back."


class FileNotWritten(Exception):
    """A file could not be saved; `safe` says what stands under its name now. Survives pickling."""

    def __init__(self, *, path: str, reason: str, safe: str = UNCHANGED) -> None:
        super().__init__(f"{path} was not saved. {reason} {safe}")
        self.path = path
        self.reason = reason
        self.safe = safe

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.path, self.reason, self.safe)


def _rebuild(path: str, reason: str, safe: str) -> FileNotWritten:
    return FileNotWritten(path=path, reason=reason, safe=safe)


def write_atomically(path: Path, content: bytes | str, mode: int = 0o600) -> None:
    """Put `content` (text as UTF-8, line ends as they are) under `path`, on disk before this returns.

    `mode` is narrowed by the umask. A link at `path` stays, and the file it leads to is replaced.

    Raises:
        FileNotWritten: the message says why, what is safe and what to do.
    """
    written = content.encode("utf-8") if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{_PREFIX}{secrets.token_hex(6)}{_SUFFIX}")
    try:
        if target.exists() and not target.is_file():
            raise OSError(errno.EISDIR if target.is_dir() else errno.EINVAL, "This is not an ordinary file", str(path))
        _write_through(part, written, mode)
        part.replace(target)
    except OSError as error:
        raise FileNotWritten(path=str(path), reason=why(error, target, len(written))) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    _sync_folder(target.parent)


def _write_through(path: Path, written: bytes, mode: int) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(number, "wb") as file:
        file.write(written)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name durable. Some file systems cannot sync a folder; the file itself is safe there all the same."""
    if os.name == "nt":
        return
    try:
        number = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder may be writable without being readable
        return
    try:
        os.fsync(number)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise FileNotWritten(path=str(folder), reason=why(error, folder), safe=UNSURE) from error
    finally:
        os.close(number)
