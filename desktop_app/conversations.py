"""The conversations of the library's owner, kept in one SQLite file; what a method has saved when it returns is safe.

It knows no window and makes no answer. Every row carries a digest of its content, so that a bit that flipped on the
disk is never shown as a quotation. One connection serves all threads of a process, one call at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from desktop_app.conversation_file import (
    ConversationsError,
    ConversationsTooNew,
    ConversationsUnavailable,
    Opened,
    open_file,
    translated,
)
from desktop_app.one_line import one_line
from desktop_app.scoping import renamed
from desktop_app.transcript import encode, writable
from rag.storefile import transaction
from rag.types import Conversation, Scope, Turn

__all__ = [
    "ConversationNotFound",
    "ConversationSummary",
    "Conversations",
    "ConversationsError",
    "ConversationsTooNew",
    "ConversationsUnavailable",
    "Opened",
]

_SUMMARIES = """
    SELECT id, title, created_at, changed_at, (SELECT count(*) FROM turns AS t WHERE t.conversation_id = c.id)
    FROM conversations AS c
    WHERE NOT EXISTS (
        SELECT 1 FROM json_each(?) AS word
        WHERE NOT instr(c.folded_title, word.value) AND NOT EXISTS (
            SELECT 1 FROM turns AS t WHERE t.conversation_id = c.id AND instr(t.folded, word.value)
        )
    )
    ORDER BY recency DESC
"""
_TITLE_CHARS = 60
_RECOVERED_TITLE = "Recovered conversation"
_DAMAGED_TURN = "This turn was damaged on the disk and cannot be shown. The other turns are not affected."


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """One line of the list of conversations; moments are ISO 8601 in UTC."""

    id: str
    title: str
    created_at: str
    changed_at: str
    n_turns: int


class ConversationNotFound(ConversationsError):
    """There is no such conversation, or it was deleted."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id)
        self.conversation_id = conversation_id

    def __str__(self) -> str:
        return f"There is no conversation {self.conversation_id}; it may have been deleted. Nothing was changed."


class Conversations:
    """All conversations in one file; made for one writing process and any number of threads in it.

    Raises:
        ConversationsTooNew: opening a file of a newer version; nothing was touched.
        ConversationsUnavailable: from every method, where the disk or the file says no; trying again later is safe.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection, self._opened = open_file(path, _salvage)

    def __enter__(self) -> Conversations:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def opened(self) -> Opened:
        """How opening went: whether a damaged file was set aside, and what was saved from it."""
        return self._opened

    def close(self) -> None:
        """Close the file; no other method may be called afterwards."""
        with self._lock:
            self._connection.close()

    def summaries(self, search: str = "") -> tuple[ConversationSummary, ...]:
        """The conversations, the one that was asked something last first.

        With `search`, only those in which each of its words occurs, in whatever case, as a part of the title or of a
        turn's question, answer or quotes.
        """
        words = msgspec.json.encode(fold(search).split()).decode()
        with self._reading() as connection:
            rows = connection.execute(_SUMMARIES, (words,)).fetchall()
        return tuple(ConversationSummary(*row) for row in rows)

    def new(self, title: str = "") -> Conversation:
        """Begin a conversation; without a title, its first question becomes the title."""
        now = _now()
        conversation = Conversation(str(uuid.uuid4()), writable(title).strip(), now, now, ())
        with self._writing() as connection:
            _insert_conversation(connection, conversation)
        return conversation

    def load(self, conversation_id: str) -> Conversation:
        """A conversation with its turns in the order they were asked.

        A turn that was damaged on the disk comes as a turn without an answer whose `problem` says so.

        Raises:
            ConversationNotFound: no such conversation.
        """
        with self._reading() as connection:
            head = connection.execute(
                "SELECT id, title, created_at, changed_at FROM conversations WHERE id = ?", (conversation_id,)
            ).fetchone()
            rows = connection.execute(
                "SELECT id, body, digest FROM turns WHERE conversation_id = ? ORDER BY sequence", (conversation_id,)
            ).fetchall()
        if head is None:
            raise ConversationNotFound(conversation_id)
        turns = tuple(_decode_or_mark(*row) for row in rows)
        return Conversation(id=head[0], title=head[1], created_at=head[2], changed_at=head[3], turns=turns)

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; it keeps its place in the list.

        Raises:
            ConversationNotFound: no such conversation.
        """
        clean = writable(title).strip()
        with self._writing() as connection:
            renamed = connection.execute(
                "UPDATE conversations SET title = ?, folded_title = ? WHERE id = ?",
                (clean, fold(clean), conversation_id),
            )
            _must_have_changed(renamed, conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation so that its text is in no file of ours any more; deleting twice is fine."""
        with self._writing() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        self._forget()

    def save_turn(self, conversation_id: str, turn: Turn) -> None:
        """Save a turn: a new one goes to the end, a known id is replaced where it stands. Returns when committed.

        Raises:
            ConversationNotFound: no such conversation.
        """
        body, saved = _encoded(turn)
        with self._writing() as connection:
            _touch(connection, conversation_id, saved.question)
            _upsert_turn(connection, conversation_id, saved, body)

    def update_turn(self, conversation_id: str, turn: Turn) -> None:
        """Save a later state of a turn; unlike `save_turn`, it does not bring back one that was removed meanwhile.

        Raises:
            ConversationNotFound: no such turn in such a conversation.
        """
        body, saved = _encoded(turn)
        with self._writing() as connection:
            _must_hold(connection, conversation_id, turn.id)
            _touch(connection, conversation_id, saved.question)
            _upsert_turn(connection, conversation_id, saved, body)

    def replace_from(self, conversation_id: str, from_turn_id: str, turn: Turn) -> None:
        """Put a new turn in the place of another one and of all after it: afterwards all is old, or all is new.

        Raises:
            ConversationNotFound: no such turn in such a conversation.
        """
        body, saved = _encoded(turn)
        with self._writing() as connection:
            _delete_from(connection, conversation_id, from_turn_id)
            _touch(connection, conversation_id, saved.question)
            _upsert_turn(connection, conversation_id, saved, body)
        with contextlib.suppress(ConversationsUnavailable):  # the turn is saved, and whoever asks must hear that
            self._forget()

    def rename_collection(self, name: str, new_name: str) -> None:
        """Let every turn that was asked of a collection know it by its new name."""
        mark = b'"collection":' + encode(name)
        with self._writing() as connection:
            query = "SELECT conversation_id, id, body, digest FROM turns WHERE instr(body, ?)"
            for conversation_id, turn_id, body, digest in connection.execute(query, (mark,)).fetchall():
                turn = _decode(body, digest)
                if turn is None:
                    continue  # a damaged turn stays what it is
                new_body, _ = _encoded(replace(turn, scope=renamed(turn.scope, name, new_name)))
                connection.execute(
                    "UPDATE turns SET body = ?, digest = ? WHERE conversation_id = ? AND id = ?",
                    (new_body, _digest(new_body), conversation_id, turn_id),
                )

    def save_draft(self, conversation_id: str, text: str) -> None:
        """Keep what stands in the box of a conversation and was not sent yet; an empty text removes it.

        Raises:
            ConversationNotFound: no such conversation.
        """
        with self._writing() as connection:
            _must_exist(connection, conversation_id)
            if text:
                connection.execute(
                    "INSERT INTO drafts (conversation_id, text) VALUES (?, ?)"
                    " ON CONFLICT (conversation_id) DO UPDATE SET text = excluded.text",
                    (conversation_id, writable(text)),
                )
            else:
                connection.execute("DELETE FROM drafts WHERE conversation_id = ?", (conversation_id,))

    def draft(self, conversation_id: str) -> str:
        """The draft that was saved for a conversation; empty where there is none."""
        with self._reading() as connection:
            row = connection.execute("SELECT text FROM drafts WHERE conversation_id = ?", (conversation_id,)).fetchone()
        return "" if row is None else str(row[0])

    @property
    def last_opened(self) -> str | None:
        """The conversation that was shown last; None at the first start and where it was deleted."""
        with self._reading() as connection:
            row = connection.execute("SELECT last_opened FROM window_state").fetchone()
        return None if row is None else row[0]

    @last_opened.setter
    def last_opened(self, conversation_id: str | None) -> None:
        with self._writing() as connection:
            if conversation_id is not None:
                _must_exist(connection, conversation_id)
            connection.execute(
                "INSERT INTO window_state VALUES (1, ?)"
                " ON CONFLICT (only_row) DO UPDATE SET last_opened = excluded.last_opened",
                (conversation_id,),
            )

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path), transaction(self._connection, "BEGIN"):
            yield self._connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path), transaction(self._connection):
            yield self._connection

    def _forget(self) -> None:
        """Empty the write-ahead log, in which deleted text would live on; secure_delete has wiped the pages."""
        with self._lock, translated(self._path):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def fold(text: str) -> str:
    """Text as it is searched: compatibility form, case folded, so that any script is found in any case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", writable(text)).casefold())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _searchable(turn: Turn) -> str:
    answer = turn.answer
    texts = [turn.question]
    if answer is not None:
        texts += [answer.prose, *(quote.text for quote in answer.quotes)]
        texts += [quote.source.title for quote in answer.quotes]
    return fold("\n".join(texts))


def _decode(body: bytes, digest: bytes) -> Turn | None:
    """The turn in a row; None where the row was damaged."""
    if _digest(body) != digest:
        return None
    try:
        return msgspec.json.decode(body, type=Turn)
    except msgspec.MsgspecError:
        return None


def _decode_or_mark(turn_id: str, body: bytes, digest: bytes) -> Turn:
    return _decode(body, digest) or Turn(turn_id, "", "", Scope(), None, _DAMAGED_TURN)


def _insert_conversation(connection: sqlite3.Connection, conversation: Conversation) -> None:
    connection.execute(
        "INSERT INTO conversations (id, title, folded_title, created_at, changed_at, recency)"
        " VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(recency), 0) + 1 FROM conversations))",
        (
            conversation.id,
            conversation.title,
            fold(conversation.title),
            conversation.created_at,
            conversation.changed_at,
        ),
    )


def _encoded(turn: Turn) -> tuple[bytes, Turn]:
    """A turn as it is written and as it will be read; what could not be read back must not be acknowledged."""
    body = encode(turn)
    return body, msgspec.json.decode(body, type=Turn)


def _delete_from(connection: sqlite3.Connection, conversation_id: str, from_turn_id: str) -> None:
    removed = connection.execute(
        "DELETE FROM turns WHERE conversation_id = ?1 AND sequence >="
        " (SELECT sequence FROM turns WHERE conversation_id = ?1 AND id = ?2)",
        (conversation_id, from_turn_id),
    )
    _must_have_changed(removed, conversation_id)


def _upsert_turn(connection: sqlite3.Connection, conversation_id: str, turn: Turn, body: bytes) -> None:
    connection.execute(
        "INSERT INTO turns (conversation_id, id, sequence, body, digest, folded) VALUES"
        " (?1, ?2, (SELECT coalesce(max(sequence), 0) + 1 FROM turns WHERE conversation_id = ?1), ?3, ?4, ?5)"
        " ON CONFLICT (conversation_id, id) DO UPDATE"
        " SET body = excluded.body, digest = excluded.digest, folded = excluded.folded",
        (conversation_id, turn.id, body, _digest(body), _searchable(turn)),
    )


def _touch(connection: sqlite3.Connection, conversation_id: str, question: str) -> None:
    """Move a conversation to the top of the list, and give it a title where it has none."""
    title = one_line(question, _TITLE_CHARS)
    touched = connection.execute(
        "UPDATE conversations SET changed_at = ?1,"
        " recency = (SELECT max(recency) FROM conversations) + (recency < (SELECT max(recency) FROM conversations)),"
        " title = CASE title WHEN '' THEN ?2 ELSE title END,"
        " folded_title = CASE title WHEN '' THEN ?3 ELSE folded_title END WHERE id = ?4",
        (_now(), title, fold(title), conversation_id),
    )
    _must_have_changed(touched, conversation_id)


def _must_have_changed(cursor: sqlite3.Cursor, conversation_id: str) -> None:
    if cursor.rowcount == 0:
        raise ConversationNotFound(conversation_id)


def _must_exist(connection: sqlite3.Connection, conversation_id: str) -> None:
    if connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation_id,)).fetchone() is None:
        raise ConversationNotFound(conversation_id)


def _must_hold(connection: sqlite3.Connection, conversation_id: str, turn_id: str) -> None:
    query = "SELECT 1 FROM turns WHERE conversation_id = ? AND id = ?"
    if connection.execute(query, (conversation_id, turn_id)).fetchone() is None:
        raise ConversationNotFound(conversation_id)


def _salvage(rows_of: Callable[[str, str], Iterator[tuple[Any, ...]]], new: sqlite3.Connection) -> tuple[int, int]:
    """Carry whole turns, drafts and their conversations over into a new file; returns how many conversations and turns.

    A whole turn whose conversation cannot be read any more gets a conversation again, under a title that says so.
    """
    known: dict[str, str] = {}
    for _, *fields in sorted(filter(_is_head, rows_of("conversations", "recency, id, title, created_at, changed_at"))):
        if fields[0] not in known:
            known[fields[0]] = fields[1]
            _insert_conversation(new, Conversation(fields[0], fields[1], fields[2], fields[3], ()))
    saved: set[tuple[str, str]] = set()
    turns = sorted(filter(_is_turn, rows_of("turns", "sequence, conversation_id, body, digest")))
    for _, conversation_id, body, digest in turns:
        turn = _decode(body, digest)
        if turn is None or (conversation_id, turn.id) in saved:
            continue
        if conversation_id not in known:
            known[conversation_id] = _RECOVERED_TITLE
            _insert_conversation(new, Conversation(conversation_id, _RECOVERED_TITLE, turn.asked_at, turn.asked_at, ()))
        _upsert_turn(new, conversation_id, turn, body)
        saved.add((conversation_id, turn.id))
    for conversation_id, text in rows_of("drafts", "conversation_id, text"):
        if conversation_id in known and isinstance(text, str):
            new.execute("INSERT OR IGNORE INTO drafts (conversation_id, text) VALUES (?, ?)", (conversation_id, text))
    return len(known), len(saved)


def _is_head(row: tuple[Any, ...]) -> bool:
    return isinstance(row[0], int) and all(isinstance(field, str) for field in row[1:])


def _is_turn(row: tuple[Any, ...]) -> bool:
    return [type(field) for field in row] == [int, str, bytes, bytes]
