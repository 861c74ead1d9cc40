"""The store's file: opened privately, migrated after a backup, set aside when damaged; its failures said in sentences.

It knows nothing of what the tables mean.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import StoreTooNew, StoreUnavailable
from rag.schema import MIGRATIONS
from rag.terms import index_terms

_log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5000
QUICK_CHECK_BYTES = 128 * 2**20
"""Files up to this size are checked at every opening (about 0.1 s); larger ones after damage was met."""

_SIDE_FILES = ("", "-wal", "-shm")
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DAMAGED = (
    "it is damaged. Close Seedbook and start it again: the damaged file is then kept aside, not deleted, "
    "and your original files can be added again."
)
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full. What was saved before is safe. Free some space and try again.",
    sqlite3.SQLITE_READONLY: "it may only be read. What was saved before is safe. "
    "Give yourself the right to write to this folder, or choose another one.",
    sqlite3.SQLITE_BUSY: "another program is writing to it. What was saved before is safe. "
    "Close the other program, or wait and try again.",
    sqlite3.SQLITE_LOCKED: "another program is writing to it. What was saved before is safe. Wait and try again.",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened. Nothing was changed. "
    "See that the folder exists and that you may read and write it.",
    sqlite3.SQLITE_PERM: "you have no right to use it. Nothing was changed. Ask its owner for the right.",
    sqlite3.SQLITE_IOERR: "the disk did not take or give what was asked. What was saved before is safe. "
    "See that the disk is connected and has space, and try again.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Opening:
    """What opening for writing had to do: where a damaged library was put, and where an older one was backed up."""

    set_aside: Path | None = None
    backup: Path | None = None


def open_for_writing(path: Path, *, may_set_aside: bool = True) -> tuple[sqlite3.Connection, Opening]:
    """Raises StoreUnavailable and StoreTooNew; a damaged file is renamed and a new one begun, or refused."""
    with translated(path):
        _make_private(path)
        set_aside: Path | None = None
        if _is_damaged(path):
            if not may_set_aside:
                _suspect(path)
                raise StoreUnavailable(path=str(path), reason=_DAMAGED)
            set_aside = _set_aside(path)
        connection = _connect(path, "mode=rw")
        try:
            _refuse_newer(connection, path)
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            backup = _migrate(connection, path)
        except BaseException:
            connection.close()
            raise
        _suspicion(path).unlink(missing_ok=True)
    return connection, Opening(set_aside, backup)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Raises StoreUnavailable and StoreTooNew; changes nothing."""
    if not path.is_file():
        raise StoreUnavailable(path=str(path), reason="there is no library yet. Add a document first.")
    with translated(path):
        connection = _connect_reader(path)
        try:
            _refuse_newer(connection, path)
            if _format(connection) < len(MIGRATIONS):
                raise StoreUnavailable(
                    path=str(path),
                    reason="it is of an older format and must be opened for writing once. Nothing was lost.",
                )
        except BaseException:
            connection.close()
            raise
    return connection


def remove_backups(path: Path) -> None:
    """Delete the copies that migrations made."""
    for backup in path.parent.glob(f"{path.name}.format-*"):
        backup.unlink(missing_ok=True)


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """All or nothing; on the disk when it ends."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, a full disk among them; a second ROLLBACK would hide them.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """The border at which SQLite's failures become StoreUnavailable; broken promises of our own SQL pass."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as error:
        code = _primary_code(error)
        if code in _DAMAGE:
            _suspect(path)
        reason = _REASONS.get(code, f"the database says: {error}. What was saved before is safe. Try again.")
        raise StoreUnavailable(path=str(path), reason=reason) from error
    except OSError as error:
        reason = f"{error.strerror or error}. Nothing was changed. See that the folder is there and may be written."
        raise StoreUnavailable(path=str(path), reason=reason) from error


def _primary_code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def _make_private(path: Path) -> None:
    """The folder is ours alone, and so is the file before SQLite puts anything into it; side files follow its mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _connect(path: Path, parameters: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{parameters}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
    try:
        connection.create_function("index_terms", 1, index_terms, deterministic=True)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _connect_reader(path: Path) -> sqlite3.Connection:
    """Beside a writer; or alone in a folder that may only be read, where WAL needs the file to be called immutable."""
    wal = path.with_name(path.name + "-wal")
    modes: Sequence[str] = ("mode=rw", "mode=ro")
    if not wal.exists() or wal.stat().st_size == 0:
        modes = (*modes, "immutable=1")
    for mode in modes:
        connection: sqlite3.Connection | None = None
        try:
            connection = _connect(path, mode)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return connection
        except sqlite3.OperationalError:
            if connection is not None:
                connection.close()
            if mode == modes[-1]:
                raise
    raise AssertionError("the last mode either returned or raised")


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> None:
    if _format(connection) > len(MIGRATIONS):
        raise StoreTooNew(path=str(path), found=_format(connection), known=len(MIGRATIONS))


def _is_damaged(path: Path) -> bool:
    try:
        with closing(_connect(path, "mode=rw")) as connection:
            if _format(connection) > len(MIGRATIONS):
                return False
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if path.stat().st_size <= QUICK_CHECK_BYTES or _suspicion(path).exists():
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError as error:
        if _primary_code(error) in _DAMAGE:
            return True
        raise
    return False


def _set_aside(path: Path) -> Path:
    """Rename the database with its side files, so that it can be opened again under its new name."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = path.with_name(f"{path.name}.damaged-{moment}")
    for suffix in _SIDE_FILES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    _log.warning("the library was damaged and has been set aside as %s", aside.name)
    _make_private(path)
    return aside


def _suspicion(path: Path) -> Path:
    """A file whose presence asks for a full check at the next opening."""
    return path.with_name(path.name + ".suspect")


def _suspect(path: Path) -> None:
    try:
        _suspicion(path).touch(mode=0o600)
    except OSError:
        _log.warning("the damage of %s could not be noted", path.name)


def _migrate(connection: sqlite3.Connection, path: Path) -> Path | None:
    found = _format(connection)
    if found == len(MIGRATIONS):
        return None
    backup = _back_up(connection, path, found) if found else None
    for number, steps in enumerate(MIGRATIONS[found:], start=found + 1):
        with transaction(connection):
            for step in steps:
                connection.execute(step)
            connection.execute(f"PRAGMA user_version = {number:d}")
    return backup


def _back_up(connection: sqlite3.Connection, path: Path, found: int) -> Path:
    """A copy of the database beside it, complete under its name or not there at all."""
    backup = path.with_name(f"{path.name}.format-{found}")
    unfinished = backup.with_name(f"{backup.name}.part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    with closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.replace(backup)
    return backup
