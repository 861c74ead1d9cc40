"""Which files that could not be read a person does not want to see any more; one that has changed is seen again.

It reads none of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from desktop_app.atomic import FileNotWritten, write_atomically
from rag.rows import FileRow

_log = logging.getLogger(__name__)


class Dismissals:
    """Remembers files by their path, size and time; where that cannot be written, for this session only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._dismissed = _read(path)

    def __contains__(self, file: FileRow) -> bool:
        return self._dismissed.get(file.path) == _mark(file)

    def dismiss(self, files: Iterable[FileRow]) -> None:
        """Do not show these any more."""
        self._take(self._dismissed | {file.path: _mark(file) for file in files})

    def restore(self, files: Iterable[FileRow]) -> None:
        """Show these again."""
        again = {file.path for file in files}
        self._take({path: mark for path, mark in self._dismissed.items() if path not in again})

    def _take(self, dismissed: dict[str, list[int]]) -> None:
        if dismissed == self._dismissed:
            return
        self._dismissed = dismissed
        try:
            write_atomically(self._path, json.dumps(dismissed, indent=1))
        except FileNotWritten:
            _log.warning("which files were dismissed could not be written down")


def _mark(file: FileRow) -> list[int]:
    return [file.size_bytes, file.mtime_ns]


def _read(path: Path) -> dict[str, list[int]]:
    """What another session wrote; nothing where the file is missing or not ours."""
    try:
        written = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return written if isinstance(written, dict) else {}
