"""What was asked to be added and is not all read yet, kept on the disk: neither quitting nor a crash forgets it.

It reads none of it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.atomic import FileNotWritten, write_atomically

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    """Files and folders that a person wants to be added, by OCR or not; `collection` is empty or what they go into."""

    paths: tuple[Path, ...] = ()
    by_ocr: bool = False
    collection: str = ""


class Wishes:
    """The wishes that are left, in the order they came.

    Where they cannot be written, that is logged: at worst something has to be asked for once more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = _read(path)

    @property
    def left(self) -> tuple[Wish, ...]:
        return self._left

    def keep(self, wish: Wish) -> None:
        """Remember a wish until it is settled."""
        self._take((*self._left, wish))

    def settle(self, wish: Wish, rest: Wish | None = None) -> None:
        """Forget the paths of a wish; `rest` is what is kept of it for another time."""
        settled = set(wish.paths)
        shorter = (
            replace(one, paths=tuple(path for path in one.paths if path not in settled))
            if (one.by_ocr, one.collection) == (wish.by_ocr, wish.collection)
            else one
            for one in self._left
        )
        self._take((*(one for one in shorter if one.paths), *([rest] if rest is not None and rest.paths else [])))

    def clear(self) -> None:
        """Forget all of them, for they were called off."""
        self._take(())

    def rename_collection(self, name: str, new_name: str) -> None:
        """Follow a collection that is called otherwise, or none any more where the new name is empty."""
        self._take(tuple(replace(one, collection=new_name) if one.collection == name else one for one in self._left))

    def _take(self, wishes: tuple[Wish, ...]) -> None:
        if wishes == self._left:
            return
        self._left = wishes
        written = [[[str(path) for path in one.paths], one.by_ocr, one.collection] for one in wishes]
        try:
            write_atomically(self._path, json.dumps(written, indent=1))
        except FileNotWritten:
            _log.warning("what is still to be added could not be written down")


def _read(path: Path) -> tuple[Wish, ...]:
    """What another session left; nothing where the file is missing or not ours."""
    try:
        written = json.loads(path.read_text("utf-8"))
        return tuple(Wish(tuple(map(Path, paths)), bool(by_ocr), str(name)) for paths, by_ocr, name in written)
    except (OSError, ValueError, TypeError):
        return ()
