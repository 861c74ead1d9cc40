"""What was asked to be added and is not all read yet, kept on the disk: neither quitting nor a crash forgets it.

It reads none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.remembered import Remembered

#: Paths, by OCR or not, collection: a wish as it is written down.
_Written = tuple[list[str], bool, str]


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
        self._remembered: Remembered[list[_Written]] = Remembered(path, list[_Written], [])

    @property
    def left(self) -> tuple[Wish, ...]:
        return tuple(Wish(tuple(map(Path, paths)), by_ocr, name) for paths, by_ocr, name in self._remembered.value)

    def keep(self, wish: Wish) -> None:
        """Remember a wish until it is settled."""
        self._take((*self.left, wish))

    def settle(self, wish: Wish, rest: Wish | None = None) -> None:
        """Forget the paths of a wish; `rest` is what is kept of it for another time."""
        settled = set(wish.paths)
        shorter = (
            replace(one, paths=tuple(path for path in one.paths if path not in settled))
            if (one.by_ocr, one.collection) == (wish.by_ocr, wish.collection)
            else one
            for one in self.left
        )
        self._take((*(one for one in shorter if one.paths), *([rest] if rest is not None and rest.paths else [])))

    def clear(self) -> None:
        """Forget all of them, for they were called off."""
        self._take(())

    def rename_collection(self, name: str, new_name: str) -> None:
        """Follow a collection that is called otherwise, or none any more where the new name is empty."""
        self._take(tuple(replace(one, collection=new_name) if one.collection == name else one for one in self.left))

    def _take(self, wishes: tuple[Wish, ...]) -> None:
        self._remembered.take([([str(path) for path in one.paths], one.by_ocr, one.collection) for one in wishes])
