"""The SQLite file under the conversations: its form, opening it, and what happens where it is damaged or too new.

It knows tables and files; what stands in a turn is the business of the conversations.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desktop_app.disk import why
from rag.storefile import transaction

_APPLICATION_ID = 0x5EEDB00C
_BUSY_TIMEOUT_MS = 5000
# A check reads the whole file: 32 MB take some 70 ms. A larger one is checked only where something was wrong before;
# each turn has its digest, and whatever cannot be read is found when it is.
CHECKED_BYTES = 32 * 2**20
_MAGIC = b"SQLite format 3\0"
_SIDECARS = ("-wal", "-shm")
# No row of ours is shorter, so a file cannot hold more of them than this allows.
_SHORTEST_ROW_BYTES = 64
_MOST_ROWS = 200_000

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE conversations (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        folded_title TEXT NOT NULL,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        recency INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE turns (
        row INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        id TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        body BLOB NOT NULL,
        digest BLOB NOT NULL,
        folded TEXT NOT NULL,
        UNIQUE (conversation_id, id),
        UNIQUE (conversation_id, sequence)
    ) STRICT;
    CREATE TABLE drafts (
        row INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
        text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE window_state (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        last_opened TEXT REFERENCES conversations (id) ON DELETE SET NULL
    ) STRICT;
    """,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """How opening went. `set_aside` is where a damaged file lies now, None where nothing was damaged."""

    set_aside: Path | None = None
    n_conversations: int = 0
    n_turns: int = 0

    @property
    def sentence(self) -> str:
        """What happened, for the reader; empty where there is nothing to say."""
        if self.set_aside is None:
            return ""
        return (
            f"The file of your conversations was damaged. Saved from it: conversations {self.n_conversations}, "
            f"questions {self.n_turns}. The damaged file was kept, untouched, as {self.set_aside}."
        )


class ConversationsError(Exception):
    """Base of the errors of this module; str() is a sentence for a person; survives pickling."""


class ConversationsUnavailable(ConversationsError):
    """The file cannot be opened, read or written now; what was saved before is untouched."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The conversations in {self.path} cannot be used now. {self.reason} "
            "What was saved before is safe, and the text in the box stays there."
        )


class ConversationsTooNew(ConversationsError):
    """The file was written by a newer version, so nothing in it is touched."""

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(path, found, known)
        self.path = path
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"The conversations in {self.path} were written by a newer Seedbook (format {self.found}; this one knows "
            f"{self.known}). Nothing was changed. Update Seedbook to open them."
        )


class _Damaged(Exception):
    """The file is not a sound database of ours."""


Salvage = Callable[[Callable[[str, str], Iterator[tuple[Any, ...]]], sqlite3.Connection], tuple[int, int]]


def open_file(path: Path, salvage: Salvage) -> tuple[sqlite3.Connection, Opened]:
    """Open or make the file; a damaged one is set aside first and `salvage` fills a new one from it.

    `salvage` gets a reader of rows, called with a table and its columns, and a connection to the new file, inside a
    transaction; it returns how many conversations and turns it has carried over. The connection is in autocommit mode
    and may be used by any thread, one at a time.

    Raises:
        ConversationsTooNew: a newer version has written it; nothing was touched.
        ConversationsUnavailable: the disk or the rights say no.
    """
    with translated(path):
        set_aside = None if path.exists() else _newest_set_aside(path)
        try:
            if set_aside is None:
                return _open(path), Opened()
        except _Damaged:
            set_aside = _set_aside(path)
        n_conversations, n_turns = _rebuild(path, set_aside, salvage)
        return _open(path), Opened(set_aside, n_conversations, n_turns)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """The border at which what SQLite and the system say becomes a sentence."""
    try:
        yield
    except sqlite3.Error as exc:
        if _primary_code(exc) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            _suspect(path)
        raise ConversationsUnavailable(str(path), _sentence(exc)) from exc
    except OSError as exc:
        raise ConversationsUnavailable(str(path), why(exc, path)) from exc


_SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk is full. Make room and try again.",
    sqlite3.SQLITE_READONLY: "The file or its folder may not be written. Allow writing there and try again.",
    sqlite3.SQLITE_PERM: "The file or its folder may not be written. Allow writing there and try again.",
    sqlite3.SQLITE_BUSY: "Another program holds the file. Close that program and try again.",
    sqlite3.SQLITE_LOCKED: "Another program holds the file. Close that program and try again.",
    sqlite3.SQLITE_CANTOPEN: "The file or its folder cannot be opened. Check the rights there and try again.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged. Start Seedbook again: it keeps the file and saves what can be read.",
    sqlite3.SQLITE_NOTADB: "The file is damaged. Start Seedbook again: it keeps the file and saves what can be read.",
    sqlite3.SQLITE_IOERR: "The disk reports a fault, or has no room. Check it and try again.",
}


def _sentence(error: sqlite3.Error) -> str:
    return _SENTENCES.get(_primary_code(error), f"The database says: {error}.")


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _open(path: Path) -> sqlite3.Connection:
    """Open or make the file.

    Raises:
        _Damaged: it is not a sound database of ours.
        ConversationsTooNew: a newer version has written it.
    """
    _make_private(path)
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    # SQLite would take a file of a few bytes for an empty one and write over it.
    if head and head != _MAGIC:
        raise _Damaged
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _configure(connection)
        _check_version(connection, path)
        migrate(connection, MIGRATIONS)
        _check_soundness(connection, path)
    except sqlite3.DatabaseError as exc:
        connection.close()
        if _primary_code(exc) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
            raise _Damaged from exc
        raise
    except UnicodeDecodeError as exc:
        # The message of an error about a damaged schema quotes its bytes.
        connection.close()
        raise _Damaged from exc
    except (_Damaged, ConversationsError):
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    """Make the file with mode 0600, which SQLite gives its side files too; a file with a wider mode is narrowed."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _configure(connection: sqlite3.Connection) -> None:
    connection.text_factory = _decoded
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")


def _decoded(text: bytes) -> str:
    """A flipped bit in a title must not make a whole list unreadable."""
    return text.decode("utf-8", "replace")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > len(MIGRATIONS):
        raise ConversationsTooNew(str(path), found, len(MIGRATIONS))
    is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if not is_empty and connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise _Damaged


def migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Bring the file to the newest form, in one transaction: afterwards it is old or new, nothing between."""
    connection.execute("PRAGMA journal_mode = WAL")
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(migrations):
        return
    with transaction(connection):
        # Asked again inside the transaction: another process may have been faster.
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        for script in migrations[found:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _check_soundness(connection: sqlite3.Connection, path: Path) -> None:
    if path.stat().st_size > CHECKED_BYTES and not _suspicion(path).exists():
        return
    # Not quick_check, which does not see that an index and its table have come apart.
    if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise _Damaged
    _suspicion(path).unlink(missing_ok=True)


def _suspicion(path: Path) -> Path:
    """A file whose presence asks for a check at the next opening, however large the conversations are."""
    return path.with_name(f"{path.name}.suspect")


def _suspect(path: Path) -> None:
    with contextlib.suppress(OSError):  # what made it necessary is told anyway
        _suspicion(path).touch(mode=0o600)


def _set_aside(path: Path) -> Path:
    """Rename the file and its side files to a free name; the log goes first, so that it never meets a new file."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    target = path.with_name(f"{path.name}.damaged-{stamp}")
    attempt = 1
    while target.exists():
        attempt += 1
        target = path.with_name(f"{path.name}.damaged-{stamp}-{attempt}")
    for ending in (*_SIDECARS, ""):
        side = Path(f"{path}{ending}")
        if side.exists():
            side.rename(f"{target}{ending}")
    return target


def _newest_set_aside(path: Path) -> Path | None:
    """The file that was set aside last: with no file in its place, salvaging it was cut off and begins again."""
    found = [other for other in path.parent.glob(f"{path.name}.damaged-*") if not other.name.endswith(_SIDECARS)]
    return max(found, key=lambda other: other.stat().st_mtime_ns, default=None)


def _rebuild(path: Path, set_aside: Path, salvage: Salvage) -> tuple[int, int]:
    """Fill a new file and put it in place when it is complete, so that a kill on the way costs nothing."""
    fresh = path.with_name(f".{path.name}.rebuilding")
    for ending in (*_SIDECARS, ""):
        Path(f"{fresh}{ending}").unlink(missing_ok=True)
    with (
        contextlib.closing(_open(fresh)) as connection,
        _readable_copy(set_aside) as damaged,
        transaction(connection),
    ):
        counts = salvage(lambda table, columns: _readable_rows(damaged, table, columns), connection)
    fresh.rename(path)
    return counts


@contextlib.contextmanager
def _readable_copy(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a copy that is gone afterwards: SQLite may write to what it opens, and the original must stay."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".salvage-") as folder:
        copy = Path(folder) / "damaged"
        for ending in ("", "-wal"):
            if Path(f"{path}{ending}").exists():
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.text_factory = _decoded
            yield connection


def _readable_rows(damaged: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Every row that can be read, looked up one by one, because a scan ends at the first damaged page."""
    query = f"SELECT {columns} FROM {table} WHERE row = ?"  # noqa: S608 - both names are our own
    try:
        damaged.execute(query, (0,)).fetchone()
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return
    for row in range(1, _last_row(damaged, table) + 1):
        with contextlib.suppress(sqlite3.DatabaseError):
            found = damaged.execute(query, (row,)).fetchone()
            if found is not None:
                yield found


def _last_row(damaged: sqlite3.Connection, table: str) -> int:
    try:
        last = damaged.execute(f"SELECT max(row) FROM {table}").fetchone()[0]  # noqa: S608 - the name is our own
    except sqlite3.DatabaseError:
        n_bytes = Path(damaged.execute("PRAGMA database_list").fetchone()[2]).stat().st_size
        last = n_bytes // _SHORTEST_ROW_BYTES
    return min(last or 0, _MOST_ROWS)
