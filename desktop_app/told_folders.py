"""Why watched folders are not watched all the time, as far as a person was told: once for a folder and a reason.

It watches none of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from pathlib import Path

from desktop_app.atomic import FileNotWritten, write_atomically
from desktop_app.folder_watch import Hindrance

_log = logging.getLogger(__name__)


class ToldFolders:
    """Remembers what was told; where that cannot be written, for this session only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = _read(path)

    def untold(self, folders: Iterable[Path], hindrance: Hindrance) -> tuple[Path, ...]:
        """Those of the folders of which that was not told yet; from now on it was."""
        new = tuple(folder for folder in folders if [str(folder), hindrance.value] not in self._told)
        self._take(self._told + [[str(folder), hindrance.value] for folder in new])
        return new

    def keep_only(self, folders: Iterable[Path]) -> None:
        """Forget what was told of any other folder, for it is not watched any more."""
        watched = {str(folder) for folder in folders}
        self._take([one for one in self._told if one[0] in watched])

    def _take(self, told: list[list[str]]) -> None:
        if told == self._told:
            return
        self._told = told
        try:
            write_atomically(self._path, json.dumps(told, indent=1))
        except FileNotWritten:
            _log.warning("what was told of watched folders could not be written down")


def _read(path: Path) -> list[list[str]]:
    """What another session wrote; nothing where the file is missing or not ours."""
    try:
        written = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    is_ours = isinstance(written, list) and all(isinstance(one, list) and len(one) == 2 for one in written)
    return written if is_ours else []
