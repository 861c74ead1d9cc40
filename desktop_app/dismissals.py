"""Which files that could not be read a person does not want to see any more; one that has changed is seen again.

It reads none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from desktop_app.remembered import Remembered
from rag.rows import FileRow

_Mark = tuple[int, int]


class Dismissals:
    """Remembers files by their path, size and time; where that cannot be written, for this session only."""

    def __init__(self, path: Path) -> None:
        self._dismissed: Remembered[dict[str, _Mark]] = Remembered(path, dict[str, _Mark], {})

    def __contains__(self, file: FileRow) -> bool:
        return self._dismissed.value.get(file.path) == _mark(file)

    def dismiss(self, files: Iterable[FileRow]) -> None:
        """Do not show these any more."""
        self._dismissed.take(self._dismissed.value | {file.path: _mark(file) for file in files})

    def restore(self, files: Iterable[FileRow]) -> None:
        """Show these again."""
        again = {file.path for file in files}
        kept = {path: mark for path, mark in self._dismissed.value.items() if path not in again}
        self._dismissed.take(kept)


def _mark(file: FileRow) -> _Mark:
    return file.size_bytes, file.mtime_ns
