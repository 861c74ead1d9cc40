"""Keeps watched folders in step: listens to the folders and lets the adding desk look through what changed.

It watches nothing itself and reads no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.adding_desk import AddingDesk
from desktop_app.folder_watch import FolderWatch, Hindrance, Unwatched, Watching
from desktop_app.problems import explain
from desktop_app.told_folders import ToldFolders
from desktop_app.window import Window
from desktop_app.workbench import Workbench
from rag.errors import StoreError

_STATES = {
    Hindrance.ABSENT: "is not there at the moment",
    Hindrance.REMOTE: "lies on another computer",
    Hindrance.REFUSED: "cannot be watched all the time",
}
_MESSAGES = {
    Hindrance.ABSENT: "Its documents stay in the library and can be asked. Once it is back, it is looked through.",
    Hindrance.REMOTE: "Changes there are not announced, so it is looked through at the start and every ten minutes.",
    Hindrance.REFUSED: "It is looked through at the start and every ten minutes instead.",
}


class WatchingDesk(QObject):
    """Knows which folders are to be watched. `own_folders` are the program's; what changes there is no news.

    Signals:
        hindered(sentences by path): why folders are not watched all the time, whenever that has changed.
    """

    hindered = Signal(object)
    _changed = Signal(object)
    _unwatched = Signal(object)

    def __init__(
        self,
        workbench: Workbench,
        adding: AddingDesk,
        window: Window,
        told_folders: ToldFolders,
        *,
        own_folders: Sequence[Path] = (),
        watching: Watching | None = None,
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._adding = adding
        self._window = window
        self._told_folders = told_folders
        self._hindrances: dict[Path, Unwatched] = {}
        self._is_started = False
        self._watch = FolderWatch(self._changed.emit, self._unwatched.emit, own_folders=own_folders, watching=watching)
        self._changed.connect(self._bring_in_step)
        self._unwatched.connect(self._tell_unwatched)

    def start(self) -> None:
        """Bring every watched folder in step, and watch them from now on."""
        self._is_started = True
        self.follow()

    @Slot()
    def follow(self, *_: object) -> None:
        """Watch what the library says is to be watched now."""
        if not self._is_started:
            return
        try:
            folders = [Path(one.path) for one in self._workbench.watched()]
        except StoreError as exc:
            self._window.show_problem(explain(exc))
            return
        self._told_folders.keep_only(folders)
        self._watch.set_folders(folders)

    def close(self) -> None:
        """Watch nothing any more."""
        self._is_started = False
        self._watch.close()

    def join(self, timeout_s: float) -> None:
        """Wait for the thread."""
        self._watch.join(timeout_s)

    @Slot(object)
    def _bring_in_step(self, folders: tuple[Path, ...]) -> None:
        if self._is_started:
            # What is to be looked through is there, though it may lie on another computer.
            hindrances = self._hindrances.items()
            left = {path: one for path, one in hindrances if not (_is_absence(one) and path in folders)}
            self._show_hindrances(left)
            self._adding.bring_in_step(folders)

    @Slot(object)
    def _tell_unwatched(self, unwatched: Unwatched) -> None:
        if not self._is_started:
            return
        self._show_hindrances(self._hindrances | dict.fromkeys(unwatched.folders, unwatched))
        new = self._told_folders.untold(unwatched.folders, unwatched.hindrance)
        state = _STATES[unwatched.hindrance]
        if len(new) == 1:
            self._window.banner.show_notice(f"The folder “{new[0].name}” {state}", _message(unwatched))
        elif new:
            words = state.replace("is ", "are ", 1).replace("lies ", "lie ", 1)
            self._window.banner.show_notice(f"{len(new)} watched folders {words}", _message(unwatched))

    def _show_hindrances(self, hindrances: dict[Path, Unwatched]) -> None:
        if hindrances != self._hindrances:
            self._hindrances = hindrances
            self.hindered.emit(
                {str(path): f"It {_STATES[one.hindrance]}. {_message(one)}" for path, one in hindrances.items()}
            )


def _is_absence(unwatched: Unwatched) -> bool:
    return unwatched.hindrance is Hindrance.ABSENT


def _message(unwatched: Unwatched) -> str:
    message = _MESSAGES[unwatched.hindrance]
    return f"{message} The system says: {unwatched.reason}." if unwatched.reason else message
