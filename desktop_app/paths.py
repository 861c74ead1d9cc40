"""Says where everything lies, and makes the folders that only their owner may read.

It reads and writes no file. appdirs is used here and nowhere else.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import appdirs

from desktop_app.disk import why

_PRIVATE = 0o700


class EnvironmentProblem(Exception):
    """The surroundings do not let Seedbook work; the message names the place and what to do. Survives pickling."""

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(f"Seedbook cannot use {place}. {reason}")
        self.place = place
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.place, self.reason)


def _rebuild(place: str, reason: str) -> EnvironmentProblem:
    return EnvironmentProblem(place=place, reason=reason)


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The three folders of the program, and the names of what lies in them."""

    config: Path
    data: Path
    logs: Path

    @classmethod
    def from_appdirs(cls) -> AppPaths:
        """The places that the system provides for a user's programs; `data` does not roam between machines."""
        places = appdirs.AppDirs("Seedbook", appauthor=False)
        return cls(config=Path(places.user_config_dir), data=Path(places.user_data_dir), logs=Path(places.user_log_dir))

    @classmethod
    def under(cls, root: Path) -> AppPaths:
        """Everything below one folder, which is the data folder: for portable use and for tests."""
        root = root.absolute()
        return cls(config=root / "config", data=root, logs=root / "logs")

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def library(self) -> Path:
        """The database of documents."""
        return self.data / "library.db"

    @property
    def conversations(self) -> Path:
        """The database of conversations and drafts."""
        return self.data / "conversations.db"

    @property
    def index(self) -> Path:
        """The folder of Chroma; it can be deleted at will."""
        return self.data / "index"

    @property
    def models(self) -> Path:
        """The folder of models that were added."""
        return self.data / "models"

    @property
    def lock(self) -> Path:
        return self.data / ".lock"

    @property
    def log(self) -> Path:
        return self.logs / "seedbook.log"

    @property
    def engine_log(self) -> Path:
        """Where native code in child processes may print."""
        return self.logs / "engines.log"

    def ensure(self) -> None:
        """Make the folders, for their owner only; a folder that existed before keeps its permissions.

        Raises:
            EnvironmentProblem: one of them cannot be made or written.
        """
        for folder in (self.data, self.config, self.logs, self.index, self.models):
            _ensure(folder)


def cache_folder() -> Path:
    """Where the system wants what a program can make again; nothing is made here."""
    return Path(appdirs.AppDirs("Seedbook", appauthor=False).user_cache_dir)


def _ensure(folder: Path) -> None:
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not os.path.lexists(place)]):
            missing.mkdir(_PRIVATE, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.EEXIST, "not a folder", str(folder))
    except OSError as error:
        raise EnvironmentProblem(place=f"the folder {folder}", reason=why(error, folder)) from error
    if not os.access(folder, os.W_OK | os.X_OK | os.R_OK):
        code = errno.EROFS if _is_read_only(folder) else errno.EACCES
        raise EnvironmentProblem(place=f"the folder {folder}", reason=why(OSError(code, ""), folder))


def _is_read_only(folder: Path) -> bool:
    """Whether the whole disk can only be read; Windows does not tell."""
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
