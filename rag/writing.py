"""Writes documents and files into the store's tables and deletes them there, within a transaction of the caller.

It commits nothing by itself, and nothing here reads for anyone but the write at hand.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, astuple

from rag.ports import Embeddings
from rag.rows import FileRow, float16_bytes, float32_bytes
from rag.types import Document, Passage

PURGE = "purge"
"""The key under which the store remembers that words of deleted documents may still be in its files."""


def insert_document(
    connection: sqlite3.Connection,
    document: Document,
    passages: Sequence[Passage],
    passage_embeddings: Embeddings,
    sentence_embeddings: Embeddings,
) -> None:
    """Insert a document with its passages, sentences and vectors; shapes as in `Store.add_document`, checked there."""
    source = document.source
    connection.execute(
        "INSERT INTO documents (id, name, path, title, date, origin, media_type, n_chars, text) "
        "VALUES (:id, :name, :path, :title, :date, :origin, :media_type, :n_chars, :text)",
        {**asdict(source), "text": document.text},
    )
    rows = iter(sentence_embeddings)
    for passage, embedding in zip(passages, passage_embeddings, strict=True):
        passage_id = connection.execute(
            'INSERT INTO passages (document_id, ordinal, start, "end", n_tokens, text) VALUES (?, ?, ?, ?, ?, ?)',
            (document.id, passage.ordinal, *astuple(passage.span), passage.n_tokens, passage.span.cut(document.text)),
        ).lastrowid
        connection.execute("INSERT INTO passage_vectors VALUES (?, ?)", (passage_id, float32_bytes(embedding)))
        connection.executemany(
            'INSERT INTO sentences (passage_id, ordinal, start, "end", embedding) VALUES (?, ?, ?, ?, ?)',
            (
                (passage_id, sentence.ordinal, sentence.span.start, sentence.span.end, float16_bytes(row))
                # The sentences come first: zip must not take a vector that belongs to the next passage.
                for sentence, row in zip(passage.sentences, rows, strict=False)
            ),
        )


def delete_document(connection: sqlite3.Connection, document_id: str) -> bool:
    """Passages, vectors and sentences go by cascade, the full text by its trigger; `PURGE` remembers what is left."""
    connection.execute("DELETE FROM passages WHERE document_id = ?", (document_id,))
    is_known = connection.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount > 0
    if is_known:
        set_meta(connection, PURGE, "due")
    return is_known


def link_file(connection: sqlite3.Connection, file: FileRow) -> None:
    """Remember a file; what it held before goes, unless another file holds it too."""
    held = connection.execute("SELECT document_id FROM files WHERE path = ?", (file.path,)).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO files (path, root, name, size_bytes, mtime_ns, sha256, state, reason, document_id) "
        "VALUES (:path, :root, :name, :size_bytes, :mtime_ns, :sha256, :state, :reason, :document_id)",
        asdict(file),
    )
    if held and held[0] and held[0] != file.document_id:
        _let_go(connection, held[0])


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


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Remember one value of the store itself."""
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
