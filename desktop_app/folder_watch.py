"""Notices when something changes in the folders that are watched, and says which of them should be looked through.

It reads no file and adds nothing. Where a folder cannot be watched it names it every ten minutes instead.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

from desktop_app.drives import is_remote
from desktop_app.unfinished import is_unfinished

RESCAN_S: Final = 600.0
_LOOK_S: Final = 15.0  # how often it is looked whether a folder has gone, or is there again
_TICK_MS: Final = 800  # changes are told when nothing more came for that long...
_MOST_MS: Final = 30_000  # ...or at the latest after this, for something that never rests

Watching = Callable[[Sequence[Path], Event], Iterator[frozenset[str]]]
"""Yields the paths that changed below some folders, and an empty set at least once a second; ends soon after the event
is set. Raises OSError where that is impossible."""


class Hindrance(StrEnum):
    """Why a folder is not watched. ABSENT: it is not there now, perhaps on a drive that is not connected."""

    ABSENT = "absent"
    REMOTE = "remote"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Unwatched:
    """Folders that are not watched at the moment; `reason` are the system's words, where it gave any."""

    folders: tuple[Path, ...]
    hindrance: Hindrance
    reason: str = ""


class FolderWatch:
    """Watches folders in a thread of its own, which only exists while there are any.

    `tell(folders)` is called from that thread for folders to be looked through: all of them at first, then those where
    something changed, and one that is there again. `tell_unwatched` is called once for a folder and hindrance, until
    that is over. Changes to hidden files, to unfinished ones and in `own_folders` do not count.
    """

    def __init__(
        self,
        tell: Callable[[tuple[Path, ...]], object],
        tell_unwatched: Callable[[Unwatched], object],
        *,
        own_folders: Sequence[Path] = (),
        watching: Watching | None = None,
        is_remote: Callable[[Path], bool] = is_remote,
        rescan_s: float = RESCAN_S,
        look_s: float = _LOOK_S,
    ) -> None:
        self._tell = tell
        self._tell_unwatched = tell_unwatched
        self._own_folders = tuple(own_folders)
        self._watching = watching or watch_files
        self._is_remote = is_remote
        self._rescan_s = rescan_s
        self._look_s = look_s
        self._lock = Lock()
        self._stir = Event()
        self._folders: tuple[Path, ...] = ()
        self._is_closing = False
        self._thread: Thread | None = None
        self._in_step: set[Path] = set()
        self._hindrances: dict[Path, Hindrance] = {}

    def set_folders(self, folders: Iterable[Path]) -> None:
        """Watch these from now on, and no others."""
        with self._lock:
            wanted = tuple(dict.fromkeys(folders))
            if self._is_closing or wanted == self._folders:
                return
            self._folders = wanted
            self._stir.set()
            if self._thread is None:
                self._thread = Thread(target=self._run, name="watching folders", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        with self._lock:
            self._is_closing = True
            self._stir.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        if self._thread is None:
            return True
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    # In the thread

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._is_closing:
                    return
                self._stir.clear()
                folders = self._folders
            self._attend(folders)

    def _attend(self, folders: tuple[Path, ...]) -> None:
        """Until other folders are wanted, or one of them has gone or come back."""
        present = tuple(folder for folder in folders if _is_there(folder))
        self._note([folder for folder in folders if folder not in present], Hindrance.ABSENT)
        self._note([folder for folder in present if self._is_remote(folder)], Hindrance.REMOTE)
        is_over = {f for f, why in self._hindrances.items() if why is Hindrance.ABSENT and f in present}
        for folder in is_over | (self._hindrances.keys() - set(folders)):
            self._hindrances.pop(folder, None)
        self._tell_some(folder for folder in present if folder not in self._in_step)
        self._in_step = set(present)
        looked_s = rescanned_s = time.monotonic()
        for changed in self._changes([folder for folder in present if folder not in self._hindrances]):
            self._tell_some(folder for folder in present if self._concerns(folder, changed))
            now_s = time.monotonic()
            if now_s - rescanned_s >= self._rescan_s:
                self._tell_some(folder for folder in present if folder in self._hindrances)
                rescanned_s = now_s
            if changed or now_s - looked_s >= self._look_s:
                looked_s = now_s
                if tuple(folder for folder in folders if _is_there(folder)) != present:
                    return

    def _changes(self, folders: Sequence[Path]) -> Iterator[frozenset[str]]:
        """What changed, in the way that the folders allow; ends when `_stir` is set."""
        if folders:
            try:
                yield from self._watching(folders, self._stir)
            except OSError as error:
                self._note(folders, Hindrance.REFUSED, error.strerror or str(error))
        while not self._stir.wait(min(1.0, self._look_s)):
            yield frozenset()

    def _note(self, folders: Sequence[Path], hindrance: Hindrance, reason: str = "") -> None:
        new = tuple(folder for folder in folders if self._hindrances.get(folder) is not hindrance)
        self._hindrances.update(dict.fromkeys(new, hindrance))
        if new:
            self._tell_unwatched(Unwatched(new, hindrance, reason))

    def _tell_some(self, folders: Iterable[Path]) -> None:
        some = tuple(folders)
        if some:
            self._tell(some)

    def _concerns(self, folder: Path, changed: frozenset[str]) -> bool:
        return any(self._counts(folder, Path(path)) for path in changed)

    def _counts(self, folder: Path, path: Path) -> bool:
        if not path.is_relative_to(folder) or any(path.is_relative_to(own) for own in self._own_folders):
            return False
        inside = path.relative_to(folder).parts
        return not any(part.startswith(".") for part in inside) and not is_unfinished(path.name)


def _is_there(folder: Path) -> bool:
    """False, too, where it cannot be looked at, as on a network drive that hangs; Path.is_dir may raise there."""
    return os.path.isdir(folder)  # noqa: PTH112


def watch_files(folders: Sequence[Path], stop: Event) -> Iterator[frozenset[str]]:
    """The system's own notification (inotify, FSEvents, ReadDirectoryChangesW); fits Watching.

    Raises:
        OSError: a folder is gone, or the system watches no more folders.
    """
    from watchfiles import watch  # noqa: PLC0415 - takes a tenth of a second, which only those wait who watch a folder

    changes = watch(
        *folders,
        watch_filter=None,
        debounce=_MOST_MS,
        step=_TICK_MS,
        stop_event=stop,
        rust_timeout=1_000,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    try:
        for found in changes:
            yield frozenset(os.fspath(path) for _, path in found)
    except RuntimeError as error:  # what the Rust side has no better name for, the limit of inotify for one
        raise OSError(str(error)) from error
