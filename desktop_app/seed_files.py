"""Finds the built-in texts that a library starts with, and remembers which of them were offered to it already."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from importlib import resources
from pathlib import Path

from desktop_app.atomic import write_atomically

_NOT_TEXTS = frozenset({"README.md", "__init__.py"})


def seed_files() -> tuple[Path, ...]:
    """Every text in `seeds/`, whatever was dropped in there included, in the order of their names."""
    folder = Path(str(resources.files("seeds")))
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return tuple(p for p in files if p.name not in _NOT_TEXTS and "__pycache__" not in p.parts and p.suffix != ".pyc")


class OfferedSeeds:
    """Which built-in texts were added to a library, at which size and time; one that its reader removed stays away."""

    def __init__(self, memo: Path) -> None:
        self._memo = memo

    def fresh(self) -> tuple[Path, ...]:
        """The built-in texts that are new or changed since `remember` was called."""
        known = self._known()
        return tuple(path for path in seed_files() if known.get(path.name) != _mark(path))

    def remember(self, added: AbstractSet[str]) -> None:
        """Count those built-in texts as offered that the library has taken in; `added` are the paths of its files."""
        known = self._known()
        marks = known | {path.name: _mark(path) for path in seed_files() if str(path) in added}
        if marks != known:
            write_atomically(self._memo, json.dumps(marks, indent=1))

    def _known(self) -> dict[str, list[int]]:
        try:
            known = json.loads(self._memo.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}


def _mark(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]
