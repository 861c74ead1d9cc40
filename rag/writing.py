"""Writes documents and files into the store's tables and deletes them there, within a transaction of the caller.

It commits nothing by itself, and nothing here reads for anyone but the write at hand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import groupby

from rag.rows import Embedding, FileRow, float16_bytes, float32_bytes, json_ids
from rag.types import Document, FileState, Mark, Passage, Span

PURGE = "purge"
"""The key under which the store remembers that words of deleted documents may still be in its files."""


def insert_document(connection: sqlite3.Connection, document: Document, passages: Iterable[Passage]) -> None:
    """Insert a document with its passages and sentences, all without vectors."""
    source = document.source
    connection.execute(
        "INSERT INTO documents (id, name, path, title, date, origin, media_type, n_chars, text) "
        "VALUES (:id, :name, :path, :title, :date, :origin, :media_type, :n_chars, :text)",
        {**asdict(source), "text": document.text},
    )
    connection.execute(
        "INSERT INTO descriptions (document_id, author, language, n_pages) VALUES (?, ?, ?, ?)",
        (document.id, source.author, source.language, source.n_pages),
    )
    _insert_parts(connection, document)
    _insert_marks(connection, document.id, document.marks)
    _insert_passages(connection, document, passages)


def replace_description(connection: sqlite3.Connection, document: Document) -> None:
    """What a document that is there says of itself, and its parts; its name, its text and any correction stay."""
    connection.execute(
        "UPDATE documents SET title = :title, date = :date, origin = :origin, media_type = :media_type WHERE id = :id",
        asdict(document.source),
    )
    connection.execute(
        "UPDATE descriptions SET author = :author, language = :language, n_pages = :n_pages WHERE document_id = :id",
        asdict(document.source),
    )
    connection.execute("DELETE FROM parts WHERE document_id = ?", (document.id,))
    _insert_parts(connection, document)


def replace_passages(connection: sqlite3.Connection, document: Document, passages: Iterable[Passage]) -> None:
    """Cut a document that is there anew, as its marks now ask for; only passages that are new lack vectors."""
    connection.execute("DELETE FROM marks WHERE document_id = ?", (document.id,))
    _insert_marks(connection, document.id, document.marks)
    held = _held_passages(connection, document.id)
    text = document.quotable_text
    wanted = {(passage.span.cut(text), _places(passage)): passage for passage in passages}
    kept = [(held[key], passage) for key, passage in wanted.items() if key in held]
    connection.execute(
        "DELETE FROM passages WHERE document_id = ? AND id NOT IN (SELECT value FROM json_each(?))",
        (document.id, json_ids(one.id for one, _ in kept)),
    )
    _renumber(connection, kept)
    _insert_passages(connection, document, [passage for key, passage in wanted.items() if key not in held])


def insert_embeddings(
    connection: sqlite3.Connection,
    passage_rows: Iterable[tuple[int, Embedding]],
    sentence_rows: Iterable[tuple[int, Embedding]],
) -> None:
    """Give passages and sentences, by their ids, their vectors; those that have gone meanwhile are passed over."""
    connection.executemany(
        "INSERT OR REPLACE INTO passage_vectors (passage_id, embedding) SELECT id, ? FROM passages WHERE id = ?",
        ((float32_bytes(row), passage_id) for passage_id, row in passage_rows),
    )
    connection.executemany(
        "UPDATE sentences SET embedding = ? WHERE id = ?",
        ((float16_bytes(row), sentence_id) for sentence_id, row in sentence_rows),
    )


def _insert_parts(connection: sqlite3.Connection, document: Document) -> None:
    connection.executemany(
        'INSERT INTO parts (document_id, ordinal, kind, number, start, "end", label, is_ocr) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (document.id, ordinal, part.kind, part.number, *astuple(part.span), part.label, part.is_ocr)
            for ordinal, part in enumerate(document.parts)
        ),
    )


def _insert_marks(connection: sqlite3.Connection, document_id: str, marks: Sequence[Mark]) -> None:
    connection.executemany(
        'INSERT INTO marks (document_id, kind, start, "end", is_lifted) VALUES (?, ?, ?, ?, ?)',
        ((document_id, mark.kind, *astuple(mark.span), mark.is_lifted) for mark in marks),
    )


def _insert_passages(connection: sqlite3.Connection, document: Document, passages: Iterable[Passage]) -> None:
    text = document.quotable_text
    for passage in passages:
        passage_id = connection.execute(
            'INSERT INTO passages (document_id, ordinal, start, "end", n_tokens, text) VALUES (?, ?, ?, ?, ?, ?)',
            (document.id, passage.ordinal, *astuple(passage.span), passage.n_tokens, passage.span.cut(text)),
        ).lastrowid
        connection.executemany(
            'INSERT INTO sentences (passage_id, ordinal, start, "end") VALUES (?, ?, ?, ?)',
            ((passage_id, one.ordinal, one.span.start, one.span.end) for one in passage.sentences),
        )


_Key = tuple[str, tuple[Span, ...]]
"""A passage's text, and where it and its sentences stand: where all that is the same, so are its vectors."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A passage that is in the store, by its id and its ordinals."""

    id: int
    ordinal: int
    first_sentence: int
    n_tokens: int


def _places(passage: Passage) -> tuple[Span, ...]:
    return (passage.span, *(sentence.span for sentence in passage.sentences))


def _held_passages(connection: sqlite3.Connection, document_id: str) -> dict[_Key, _Held]:
    rows = connection.execute(
        'SELECT p.id, p.ordinal, p.n_tokens, p.text, p.start, p."end", s.ordinal, s.start, s."end" '
        "FROM passages p JOIN sentences s ON s.passage_id = p.id WHERE p.document_id = ? ORDER BY p.id, s.ordinal",
        (document_id,),
    )
    held: dict[_Key, _Held] = {}
    for (passage_id, ordinal, n_tokens, text, *span), run in groupby(rows, key=lambda row: row[:6]):
        sentences = [(row[6], Span(*row[7:])) for row in run]
        places = Span(*span), *(place for _, place in sentences)
        held[text, places] = _Held(passage_id, ordinal, sentences[0][0], n_tokens)
    return held


def _renumber(connection: sqlite3.Connection, kept: Sequence[tuple[_Held, Passage]]) -> None:
    """Give passages that stay their new ordinals: those that move step aside first, for each ordinal is there once."""
    moved = [(held, passage) for held, passage in kept if held != _as_held(held.id, passage)]
    shifted = [(held, passage) for held, passage in moved if held.first_sentence != passage.sentences[0].ordinal]
    connection.executemany("UPDATE passages SET ordinal = -1 - ordinal WHERE id = ?", ((held.id,) for held, _ in moved))
    connection.executemany(
        "UPDATE passages SET ordinal = ?, n_tokens = ? WHERE id = ?",
        ((passage.ordinal, passage.n_tokens, held.id) for held, passage in moved),
    )
    connection.executemany(
        "UPDATE sentences SET ordinal = -1 - ordinal WHERE passage_id = ?", ((held.id,) for held, _ in shifted)
    )
    connection.executemany(
        "UPDATE sentences SET ordinal = ? - ordinal WHERE passage_id = ?",
        ((passage.sentences[0].ordinal - held.first_sentence - 1, held.id) for held, passage in shifted),
    )


def _as_held(passage_id: int, passage: Passage) -> _Held:
    return _Held(passage_id, passage.ordinal, passage.sentences[0].ordinal, passage.n_tokens)


def delete_document(connection: sqlite3.Connection, document_id: str) -> bool:
    """Passages, vectors and sentences go by cascade, the full text by its trigger; `PURGE` remembers what is left."""
    connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
    is_known = connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0
    if is_known:
        set_meta(connection, PURGE, "due")
    return is_known


def link_file(connection: sqlite3.Connection, file: FileRow) -> None:
    """Remember a file; what it held before goes, unless another file holds it too."""
    held = connection.execute("SELECT document_id, sha256 FROM files WHERE path = ?", (file.path,)).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO files "
        "(path, root, name, size_bytes, mtime_ns, sha256, state, reason, document_id, read_by) VALUES "
        "(:path, :root, :name, :size_bytes, :mtime_ns, :sha256, :state, :reason, :document_id, :read_by)",
        asdict(file),
    )
    if held and held[0] and held[0] != file.document_id:
        if file.document_id and (held[1] == file.sha256 or _is_named_after(connection, held[0], file.path)):
            _hand_on(connection, held[0], file.document_id, file.path)
        _let_go(connection, held[0])


def forget_file(connection: sqlite3.Connection, path: str) -> None:
    """The file is gone; its document goes with it unless another file holds it too."""
    held = connection.execute("SELECT document_id FROM files WHERE path = ?", (path,)).fetchone()
    connection.execute("DELETE FROM files WHERE path = ?", (path,))
    if held and held[0]:
        _let_go(connection, held[0])


def _is_named_after(connection: sqlite3.Connection, document_id: str, path: str) -> bool:
    """Whether a document is this file's own, not that of another file of which it was a copy."""
    return bool(connection.execute("SELECT 1 FROM documents WHERE id = ? AND path = ?", (document_id, path)).fetchone())


def _hand_on(connection: sqlite3.Connection, old_id: str, new_id: str, path: str) -> None:
    """The file has a new text: that gets the collections of the old one and what a person corrected of it.

    Of corrections it gets nothing where another file holds it as well, for they would become that file's too.
    """
    connection.execute(
        "UPDATE descriptions SET (given_title, given_date, given_author) = "
        "(SELECT given_title, given_date, given_author FROM descriptions WHERE document_id = :old) "
        "WHERE document_id = :new AND coalesce(given_title, given_date, given_author) IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM files WHERE document_id = :new AND path != :path)",
        {"old": old_id, "new": new_id, "path": path},
    )
    connection.execute(
        "INSERT OR IGNORE INTO collected SELECT collection_id, :new FROM collected WHERE document_id = :old",
        {"old": old_id, "new": new_id},
    )


def _let_go(connection: sqlite3.Connection, document_id: str) -> None:
    """One file less holds this document: delete it, or name it after a file that remains."""
    rows = connection.execute(
        "SELECT path, name FROM files WHERE document_id = ? ORDER BY path", (document_id,)
    ).fetchall()
    if not rows:
        delete_document(connection, document_id)
        return
    named = connection.execute("SELECT path FROM documents WHERE id = ?", (document_id,)).fetchone()
    if named and named[0] not in {path for path, _ in rows}:
        connection.execute("UPDATE documents SET path = ?, name = ? WHERE id = ?", (*rows[0], document_id))
        connection.execute("UPDATE files SET state = ? WHERE path = ?", (FileState.INDEXED, rows[0][0]))


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Remember one value of the store itself."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
