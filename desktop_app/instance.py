"""Lets one Seedbook at a time use a data folder, and carries what a second start wants to the first one.

It shows no window: the first instance gives a callback, which is called from a thread of this module.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from threading import Thread
from types import TracebackType

from desktop_app.atomic import write_atomically
from desktop_app.disk import why
from desktop_app.paths import AppPaths, EnvironmentProblem

_LONGEST_ADDRESS_BYTES = 100  # sun_path holds 108 on Linux, 104 elsewhere
_MOST_BYTES = 1 << 20
_PATIENCE_S = 2.0
_GREETING = "seedbook"


@dataclass(frozen=True, slots=True)
class Knock:
    """What a second start wants: the window raised, and perhaps these files added. Paths are absolute."""

    paths: tuple[Path, ...]


class Instance:
    """The right to use the data folder; the system takes it back when the process ends, however it ends."""

    def __init__(self, paths: AppPaths, number: int) -> None:
        self._paths = paths
        self._number = number
        self._door: _Door | None = None

    def __enter__(self) -> Instance:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def listen(self, on_knock: Callable[[Knock], None]) -> None:
        """Open the door to later starts; `on_knock` is called from another thread.

        Raises:
            EnvironmentProblem: no local socket can be made here.
        """
        self._door = _Door(self._paths, on_knock)

    def release(self) -> None:
        """Close the door, then let the next instance in."""
        if self._door is not None:
            self._door.close()
            self._door = None
        if self._number >= 0:
            os.close(self._number)
            self._number = -1


def take(paths: AppPaths) -> Instance | None:
    """Take the data folder, which must exist, before anything in it is touched; None where another instance has it.

    Raises:
        EnvironmentProblem: the lock file cannot be made, or this file system knows no locks.
    """
    try:
        number = os.open(paths.lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise EnvironmentProblem(place=f"the folder {paths.data}", reason=why(error, paths.lock)) from error
    try:
        is_ours = _lock(number)
    except OSError as error:
        os.close(number)
        reason = f"Its file system cannot lock files ({error.strerror}). Choose a folder on a local disk."
        raise EnvironmentProblem(place=f"the folder {paths.data}", reason=reason) from error
    if is_ours:
        return Instance(paths, number)
    os.close(number)
    return None


def knock(paths: AppPaths, files: Sequence[Path] = (), patience_s: float = _PATIENCE_S) -> bool:
    """Ask the instance that has the data folder to raise its window and add `files`; True when it has heard.

    A first instance that is only just starting gets `patience_s` to open its door.
    """
    message = json.dumps({"greeting": _GREETING, "paths": [str(file.absolute()) for file in files]}).encode()
    deadline_s = time.monotonic() + patience_s
    while True:
        if _deliver(paths, message, patience_s):
            return True
        if time.monotonic() >= deadline_s:
            return False
        time.sleep(0.05)


class _Door:
    """Listens on a local socket (a named pipe on Windows) that only this user can reach."""

    def __init__(self, paths: AppPaths, on_knock: Callable[[Knock], None]) -> None:
        self._on_knock = on_knock
        self._is_closing = False
        self._private: Path | None = None
        try:
            self._address = self._choose_address(paths)
            self._listener = Listener(self._address, _family(), backlog=16)
            if sys.platform != "win32":
                Path(self._address).chmod(0o600)
        except OSError as error:
            raise EnvironmentProblem(place=f"the folder {paths.data}", reason=why(error, _door(paths))) from error
        self._thread = Thread(target=self._serve, name="door", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._is_closing = True
        with contextlib.suppress(OSError, EOFError):
            Client(self._address, _family()).close()  # wakes the thread that waits for a visitor
        self._thread.join(_PATIENCE_S)
        with contextlib.suppress(OSError):
            self._listener.close()
        if self._private is not None:
            with contextlib.suppress(OSError):
                self._private.rmdir()

    def _choose_address(self, paths: AppPaths) -> str:
        """Whoever holds the lock owns the address, so a socket that a crash has left there is removed."""
        _signpost(paths).unlink(missing_ok=True)
        if sys.platform == "win32":
            return _pipe_name(paths)
        door = _door(paths)
        if len(os.fsencode(door)) > _LONGEST_ADDRESS_BYTES:
            self._private = Path(tempfile.mkdtemp(prefix="seedbook-", dir=_short_folder()))
            door = self._private / "door"
            write_atomically(_signpost(paths), str(door))
        door.unlink(missing_ok=True)
        return str(door)

    def _serve(self) -> None:
        while not self._is_closing:
            try:
                visitor = self._listener.accept()
            except OSError as error:  # a visitor may leave before he is let in; a closed listener never lets anyone in
                if error.errno in {errno.EBADF, errno.EINVAL, None}:
                    return
                continue
            with visitor:
                heard = None if self._is_closing else _hear(visitor)
            if heard is not None:
                self._on_knock(heard)


def _hear(visitor: Connection) -> Knock | None:
    """What the visitor wants, or None for one who says nothing sensible in time."""
    try:
        if not visitor.poll(_PATIENCE_S):
            return None
        said = json.loads(visitor.recv_bytes(_MOST_BYTES))
        if said["greeting"] != _GREETING:
            return None
        heard = Knock(tuple(Path(path) for path in said["paths"]))
        visitor.send_bytes(b"heard")
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    return heard


def _deliver(paths: AppPaths, message: bytes, patience_s: float) -> bool:
    try:
        with Client(_find_address(paths), _family()) as door:
            door.send_bytes(message)
            return door.poll(patience_s) and door.recv_bytes(_MOST_BYTES) == b"heard"
    except (OSError, EOFError):
        return False


def _find_address(paths: AppPaths) -> str:
    if sys.platform == "win32":
        return _pipe_name(paths)
    try:
        return _signpost(paths).read_text("utf-8")
    except FileNotFoundError:
        return str(_door(paths))


def _family() -> str:
    return "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"


def _door(paths: AppPaths) -> Path:
    return paths.data / ".door"


def _signpost(paths: AppPaths) -> Path:
    """The file that says where the door is when the data folder's own name is too long for a socket."""
    return paths.data / ".door-is-at"


def _pipe_name(paths: AppPaths) -> str:
    return rf"\\.\pipe\seedbook-{hashlib.sha256(str(paths.data).encode()).hexdigest()[:32]}"


def _short_folder() -> str:
    """A folder with a short name: the user's runtime folder, or the temporary one."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime and os.access(runtime, os.W_OK | os.X_OK) and len(os.fsencode(runtime)) < _LONGEST_ADDRESS_BYTES // 2:
        return runtime
    temporary = tempfile.gettempdir()
    return temporary if len(os.fsencode(temporary)) < _LONGEST_ADDRESS_BYTES // 2 else "/tmp"  # noqa: S108


def _lock(number: int) -> bool:
    """False where another process holds the lock."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows only

        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EDEADLK}:
                return False
            raise
        return True
    import fcntl  # noqa: PLC0415 - POSIX only

    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
