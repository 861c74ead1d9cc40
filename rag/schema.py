"""The tables of the store, as the steps that lead from an empty file to today's format.

A step, once released, is never changed; a change of the tables is a further step. It does not open files.
"""

from __future__ import annotations

# Long columns stand last in their table, so that reading the others does not walk through their pages.
_FIRST = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL, date TEXT, origin TEXT,
        media_type TEXT NOT NULL, n_chars INTEGER NOT NULL, text TEXT NOT NULL)""",
    "CREATE INDEX documents_by_name ON documents (name)",
    """CREATE TABLE files (
        path TEXT PRIMARY KEY, root TEXT NOT NULL, name TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL,
        document_id TEXT REFERENCES documents (id) ON DELETE CASCADE)""",
    "CREATE INDEX files_by_document ON files (document_id)",
    # AUTOINCREMENT: an id that was deleted is never given again, so the vector index cannot mistake one for another.
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, n_tokens INTEGER NOT NULL,
        text TEXT NOT NULL, UNIQUE (document_id, ordinal))""",
    """CREATE TABLE passage_vectors (
        passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE, embedding BLOB NOT NULL)""",
    """CREATE TABLE sentences (
        id INTEGER PRIMARY KEY, passage_id INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB,
        UNIQUE (passage_id, ordinal))""",
    """CREATE VIRTUAL TABLE passages_fts USING fts5(
        text, content='passages', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER passages_into_fts AFTER INSERT ON passages BEGIN
        INSERT INTO passages_fts (rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER passages_out_of_fts AFTER DELETE ON passages BEGIN
        INSERT INTO passages_fts (passages_fts, rowid, text) VALUES ('delete', old.id, old.text); END""",
)

# `index_terms` is rag.terms.index_terms, which storefile gives to every connection: one tokeniser for both sides.
# FTS5 keeps these terms as its own text, so that a row goes whole even if the tokeniser has changed in the meantime.
_SECOND = (
    "DROP TRIGGER passages_into_fts",
    "DROP TRIGGER passages_out_of_fts",
    "DROP TABLE passages_fts",
    """CREATE VIRTUAL TABLE passages_fts USING fts5(terms, tokenize="ascii tokenchars '.'")""",
    """CREATE TRIGGER passages_into_fts AFTER INSERT ON passages BEGIN
        INSERT INTO passages_fts (rowid, terms) VALUES (new.id, index_terms(new.text)); END""",
    """CREATE TRIGGER passages_out_of_fts AFTER DELETE ON passages BEGIN
        DELETE FROM passages_fts WHERE rowid = old.id; END""",
    "INSERT INTO passages_fts (rowid, terms) SELECT id, index_terms(text) FROM passages",
)

# Tables of their own, not columns of `documents`: those would stand behind its text, and reading them walk through it.
_THIRD = (
    """CREATE TABLE descriptions (
        document_id TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, author TEXT, language TEXT,
        n_pages INTEGER NOT NULL, given_title TEXT, given_date TEXT, given_author TEXT) WITHOUT ROWID""",
    "INSERT INTO descriptions SELECT id, NULL, NULL, 0, NULL, NULL, NULL FROM documents",
    """CREATE TABLE parts (
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
        kind TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        label TEXT NOT NULL, is_ocr INTEGER NOT NULL, PRIMARY KEY (document_id, ordinal)) WITHOUT ROWID""",
    """CREATE TABLE marks (
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE, kind TEXT NOT NULL,
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, is_lifted INTEGER NOT NULL,
        PRIMARY KEY (document_id, start)) WITHOUT ROWID""",
    "CREATE TABLE collections (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE)",
    """CREATE TABLE collected (
        collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
        document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        PRIMARY KEY (collection_id, document_id)) WITHOUT ROWID""",
    "CREATE INDEX collected_by_document ON collected (document_id)",
    "CREATE TABLE watched (path TEXT PRIMARY KEY, collection TEXT NOT NULL) WITHOUT ROWID",
    # By which readers a file was read: one that could not be read is tried again by newer ones.
    "ALTER TABLE files ADD COLUMN read_by TEXT NOT NULL DEFAULT ''",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST, _SECOND, _THIRD)
"""Step n leads from format n to format n + 1; the format is kept in SQLite's `user_version`."""
