"""Checks files against their sha256, and remembers what was checked so that a later start does not read them again.

A file counts as unchanged while its size and its time of change stay the same. The memory is a small file that may be
lost or damaged at no other cost than checking again.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from models.errors import ChecksumMismatch, ShelfUnavailable

_CHUNK_BYTES = 1 << 20


class Checksums:
    """The sha256 of files, remembered in the file at `memory`; opens nothing until asked."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory

    def verify(self, path: Path, sha256: str) -> None:
        """Check a file, from memory where it has not changed since.

        Raises:
            ChecksumMismatch: its content is another one.
            OSError: it cannot be read.
        """
        found = self.sha256(path)
        if found != sha256:
            raise ChecksumMismatch(path=str(path), expected=sha256, found=found)

    def sha256(self, path: Path, *, afresh: bool = False) -> str:
        """The sha256 of a file in hex; with `afresh` it is read even where it is remembered.

        Raises:
            OSError: it cannot be read.
        """
        state = path.stat()
        stamp = [state.st_size, state.st_mtime_ns]
        remembered = self._remembered()
        entry = remembered.get(str(path))
        if not afresh and entry is not None and entry[:2] == stamp:
            return str(entry[2])
        digest = hash_file(path)
        self._remember(remembered | {str(path): [*stamp, digest]})
        return digest

    def _remembered(self) -> dict[str, list[int | str]]:
        try:
            entries = json.loads(self._memory.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(entries, dict):
            return {}
        return {path: entry for path, entry in entries.items() if isinstance(entry, list) and len(entry) == 3}

    def _remember(self, entries: dict[str, list[int | str]]) -> None:
        try:
            write_json(self._memory, entries)
        except ShelfUnavailable:
            return  # a read-only folder costs a second at each start, nothing else


def hash_file(path: Path) -> str:
    """The sha256 of a file's bytes, in hex; two to three seconds for a gigabyte."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def write_json(path: Path, tree: object) -> None:
    """Replace a small file, readable by its owner only, so that at any moment the old or the new one is there.

    Raises:
        ShelfUnavailable: it cannot be written; what was there is untouched.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(tree, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as exc:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise ShelfUnavailable(path=str(path), reason=exc.strerror or str(exc)) from exc


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
