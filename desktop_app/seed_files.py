"""Finds the built-in texts that a library starts with, and remembers which of them were offered to it already."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from desktop_app.atomic import FileNotWritten, write_atomically

_log = logging.getLogger(__name__)

_NOT_TEXTS = frozenset({"README.md", "__init__.py"})


def seeds_folder() -> Path:
    """Where the built-in texts lie."""
    return Path(str(resources.files("seeds"))).absolute()


def seed_files(folder: Path | None = None) -> tuple[Path, ...]:
    """Every text in `seeds/`, whatever was dropped in there included, in the order of their names."""
    files = (path for path in sorted((folder or seeds_folder()).rglob("*")) if path.is_file())
    return tuple(p for p in files if p.name not in _NOT_TEXTS and "__pycache__" not in p.parts and p.suffix != ".pyc")


class OfferedSeeds:
    """Which built-in texts were added to a library, at which size and time; one that its reader removed stays away."""

    def __init__(self, memo: Path, folder: Path | None = None) -> None:
        """`memo` is the file it remembers in; `folder` holds the texts, by default the program's own."""
        self._memo = memo
        self._folder = folder or seeds_folder()

    def fresh(self) -> tuple[Path, ...]:
        """The built-in texts that are new, or have changed since they were remembered."""
        known = self._known()
        return tuple(path for path in seed_files(self._folder) if known.get(self._key(path)) != _mark(path))

    def remember(self, added: Iterable[str]) -> None:
        """Count those of the files as offered that are built-in texts; any other path is passed over.

        Where the memory cannot be written, that is logged: at worst a text is offered once more.
        """
        ours = [path for path in map(Path, added) if path.is_relative_to(self._folder)]
        marks = {self._key(path): _mark(path) for path in ours if path.is_file()}
        known = self._known() if marks else {}
        if known | marks != known:
            try:
                write_atomically(self._memo, json.dumps(known | marks, indent=1))
            except FileNotWritten:
                _log.warning("which built-in texts were added could not be remembered")

    def _key(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()

    def _known(self) -> dict[str, list[int]]:
        try:
            known = json.loads(self._memo.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _mark(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]
