"""Why watched folders are not watched all the time, as far as a person was told: once for a folder and a reason.

It watches none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from desktop_app.folder_watch import Hindrance
from desktop_app.remembered import Remembered

#: A folder and what is in the way of watching it.
_Told = tuple[str, str]


class ToldFolders:
    """Remembers what was told; where that cannot be written, for this session only."""

    def __init__(self, path: Path) -> None:
        self._told: Remembered[list[_Told]] = Remembered(path, list[_Told], [])

    def untold(self, folders: Iterable[Path], hindrance: Hindrance) -> tuple[Path, ...]:
        """Those of the folders of which that was not told yet; from now on it was."""
        told = self._told.value
        new = tuple(folder for folder in folders if (str(folder), hindrance.value) not in told)
        self._told.take(told + [(str(folder), hindrance.value) for folder in new])
        return new

    def keep_only(self, folders: Iterable[Path]) -> None:
        """Forget what was told of any other folder, for it is not watched any more."""
        watched = {str(folder) for folder in folders}
        self._told.take([one for one in self._told.value if one[0] in watched])
