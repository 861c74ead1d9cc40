"""The library's database: documents, passages, sentences, vectors and the full-text index; the truth of the program.

It does not read files, cut text, make embeddings or rank; `rag.index` and `rag.retrieval` do so over what is here.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from rag import fulltext, storefile, writing
from rag.counting import Counts
from rag.ports import Embeddings
from rag.rows import (
    EmbedderMark,
    Embedding,
    FileRow,
    PassageIds,
    PassageTerms,
    Row,
    StoredPassage,
    StoredSentence,
    file_row,
    id_array,
    json_ids,
    stored_mark,
    stored_part,
    stored_sentence,
)
from rag.storefile import Opening
from rag.types import Document, Mark, Part, Passage, Source, Span

_SOURCES = (
    "SELECT id, name, path, coalesce(given_title, title), nullif(coalesce(given_date, date), ''), origin, media_type, "
    "n_chars, nullif(coalesce(given_author, author), ''), language, n_pages "
    "FROM documents JOIN descriptions ON document_id = id "
)
_FILES = "SELECT path, root, name, size_bytes, mtime_ns, sha256, state, reason, document_id, read_by FROM files "

# Ordered by the score itself: `ORDER BY rank` would score the rows outside a scope as well, and sort every row.
_FIND_TEXT = "SELECT rowid, -bm25(passages_fts) AS score FROM passages_fts WHERE passages_fts MATCH :terms "
# The plus keeps FTS5 from asking for one row after the other, which takes a hundred times as long.
_IN_SCOPE = "AND +rowid IN (SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(:scope))) "
_BEST_FIRST = "ORDER BY score DESC, rowid LIMIT :limit"
_HOLDING = "FROM passages_fts WHERE passages_fts MATCH ?"
_HELD_BY_FILE = "OR id IN (SELECT document_id FROM files WHERE name = :wanted OR path = :wanted) "


class Store:
    """One connection to the library, usable from several threads: a lock lets one of them in at a time.

    Every method may raise StoreUnavailable; the store is usable again as soon as the cause is gone.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, opening: Opening) -> None:
        """Use `Store.open` or `Store.read`."""
        self._connection = connection
        self._lock = threading.RLock()
        self._counts = Counts(self.rows, lambda: None if connection.in_transaction else self.revision())
        self.path = path
        self.opening = opening

    @classmethod
    def open(cls, path: Path, *, may_set_aside: bool = True) -> Self:
        """Open for writing, made, migrated or set aside as needed (see `opening`). There may be one writer at a time.

        `may_set_aside` False is for where others have the library open already: they would go on reading the old one.

        Raises:
            StoreUnavailable: no right, no space, another program holds it, or it is damaged and may not be set aside.
            StoreTooNew: written by a newer Seedbook; nothing is changed.
        """
        connection, opening = storefile.open_for_writing(path, may_set_aside=may_set_aside)
        return cls(connection, path, opening)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open for reading beside a writer, in a read-only folder too.

        Raises:
            StoreUnavailable: there is no library there, or it cannot be read.
            StoreTooNew: written by a newer Seedbook.
        """
        return cls(storefile.open_for_reading(path), path, Opening())

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Documents

    def sources(self) -> tuple[Source, ...]:
        """Every document without its text, ordered by name."""
        return tuple(Source(*row) for row in self.rows(_SOURCES + "ORDER BY name, id"))

    def source(self, document_id: str) -> Source:
        """Raises KeyError where there is no such document."""
        rows = self.rows(_SOURCES + "WHERE id = ?", document_id)
        if not rows:
            raise KeyError(document_id)
        return Source(*rows[0])

    def resolve(self, name_or_id_prefix: str) -> tuple[Source, ...]:
        """Documents of exactly this name or path, or else those whose id begins so (at least 4 characters)."""
        named = self.rows(
            _SOURCES + "WHERE name = :wanted OR path = :wanted " + _HELD_BY_FILE + "ORDER BY name, id",
            wanted=name_or_id_prefix,
        )
        if named or len(name_or_id_prefix) < 4:
            return tuple(Source(*row) for row in named)
        prefixed = self.rows(
            _SOURCES + "WHERE substr(id, 1, ?) = ? ORDER BY name, id",
            len(name_or_id_prefix),
            name_or_id_prefix.lower(),
        )
        return tuple(Source(*row) for row in prefixed)

    def has_document(self, document_id: str) -> bool:
        return bool(self.rows("SELECT 1 FROM documents WHERE id = ?", document_id))

    def document(self, document_id: str) -> Document:
        """Raises KeyError where there is no such document."""
        rows = self.rows("SELECT text FROM documents WHERE id = ?", document_id)
        if not rows:
            raise KeyError(document_id)
        return Document(self.source(document_id), rows[0][0], self.parts(document_id), self.marks(document_id))

    def parts(self, document_id: str, within: Span | None = None) -> tuple[Part, ...]:
        """The pages, slides, sheets... of a document, in order; of a span those that it touches."""
        rows = self.rows(
            'SELECT kind, number, start, "end", label, is_ocr FROM parts '
            'WHERE document_id = ? AND start < ? AND "end" > ? ORDER BY ordinal',
            document_id,
            within.end if within else sys.maxsize,
            within.start if within else -1,
        )
        return tuple(stored_part(row) for row in rows)

    def marks(self, document_id: str) -> tuple[Mark, ...]:
        """What of a document is noise, in order; marks that were lifted are among them."""
        rows = self.rows(
            'SELECT kind, start, "end", is_lifted FROM marks WHERE document_id = ? ORDER BY start', document_id
        )
        return tuple(stored_mark(row) for row in rows)

    # Passages and sentences

    def n_passages(self) -> int:
        return self._counts.of(["SELECT count(*) FROM passages"])[0]

    def passage_ids(self, document_ids: Iterable[str] | None = None) -> PassageIds:
        """int64, ascending: of every document, or of these."""
        if document_ids is None:
            return id_array(self.rows("SELECT id FROM passages ORDER BY id"))
        return id_array(
            self.rows(
                "SELECT id FROM passages WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
                json.dumps(list(document_ids)),
            )
        )

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Those of the ids that exist."""
        rows = self.rows(
            'SELECT id, document_id, ordinal, start, "end", text, n_tokens FROM passages '
            "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            json_ids(ids),
        )
        return {row[0]: StoredPassage(row[0], row[1], row[2], Span(row[3], row[4]), row[5], row[6]) for row in rows}

    def passages_of(self, document_id: str) -> tuple[StoredPassage, ...]:
        """All passages of a document, in order; empty where there is no such document."""
        passages = self.passages(self.passage_ids([document_id])).values()
        return tuple(sorted(passages, key=lambda passage: passage.ordinal))

    def sentences(self, passage_ids: Iterable[int]) -> dict[int, tuple[StoredSentence, ...]]:
        """The sentences of these passages, in order; passages that do not exist are left out."""
        rows = self.rows(
            'SELECT s.id, s.passage_id, s.ordinal, s.start, s."end", p.start, p.text, s.embedding '
            "FROM sentences s JOIN passages p ON p.id = s.passage_id "
            "WHERE s.passage_id IN (SELECT value FROM json_each(?)) ORDER BY s.passage_id, s.ordinal",
            json_ids(passage_ids),
        )
        mark = self.embedder()
        found: dict[int, list[StoredSentence]] = {}
        for row in rows:
            found.setdefault(row[1], []).append(stored_sentence(row, mark.dimension if mark else 0))
        return {passage_id: tuple(run) for passage_id, run in found.items()}

    def adjacent(self, passage_ids: Iterable[int]) -> list[tuple[int, int, int]]:
        """Each of these passages with each that stands next to it in its document, and the latter's length.

        (passage, neighbour, characters of the neighbour); a passage with two neighbours comes twice.
        """
        rows = self.rows(
            'SELECT p.id, n.id, n."end" - n.start FROM passages p JOIN passages n ON n.document_id = p.document_id '
            "AND n.ordinal IN (p.ordinal - 1, p.ordinal + 1) WHERE p.id IN (SELECT value FROM json_each(?)) "
            "ORDER BY p.id, n.id",
            json_ids(passage_ids),
        )
        return [(row[0], row[1], row[2]) for row in rows]

    # Vectors

    def embedded_ids(self) -> PassageIds:
        """int64, ascending: the passages that have an embedding."""
        return id_array(self.rows("SELECT passage_id FROM passage_vectors ORDER BY passage_id"))

    def embeddings(self, passage_ids: Sequence[int] | PassageIds) -> Embeddings:
        """float32, (len(passage_ids), dimension), in the order given; a row of zeros where there is none."""
        mark = self.embedder()
        vectors = np.zeros((len(passage_ids), mark.dimension if mark else 0), dtype=np.float32)
        places: dict[int, int] = {int(passage_id): place for place, passage_id in enumerate(passage_ids)}
        rows = self.rows(
            "SELECT passage_id, embedding FROM passage_vectors WHERE passage_id IN (SELECT value FROM json_each(?))",
            json_ids(places),
        )
        for passage_id, embedding in rows:
            vectors[places[passage_id]] = np.frombuffer(embedding, dtype=np.float32)
        return vectors

    def best_sentences(self, passage_ids: Iterable[int], vector: Embedding) -> dict[int, float]:
        """The highest cosine that a sentence of each passage has with a vector; passages without are left out."""
        rows = self.rows(
            "SELECT passage_id, embedding FROM sentences WHERE embedding IS NOT NULL "
            "AND passage_id IN (SELECT value FROM json_each(?))",
            json_ids(passage_ids),
        )
        matrix = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float16).reshape(len(rows), len(vector))
        best: dict[int, float] = {}
        for (passage_id, _), similarity in zip(rows, (matrix.astype(np.float32) @ vector).tolist(), strict=True):
            best[passage_id] = max(similarity, best.get(passage_id, -1.0))
        return best

    def embedder(self) -> EmbedderMark | None:
        """Which embedder the vectors are of; None in a store that never held any."""
        mark = self.meta("embedder")
        return EmbedderMark(**json.loads(mark)) if mark else None

    def set_embedder(self, name: str, dimension: int) -> None:
        """Say whose vectors follow. Vectors of another embedder are of no use, so they are dropped in the same step."""
        mark = EmbedderMark(name, dimension)
        if self.embedder() == mark:
            return
        with self.writing() as connection:
            connection.execute("DELETE FROM passage_vectors")
            connection.execute("UPDATE sentences SET embedding = NULL")
            writing.set_meta(connection, "embedder", json.dumps({"name": name, "dimension": dimension}))

    def passages_without_embeddings(self, limit: int, after_id: int = 0) -> PassageIds:
        """int64: the first `limit` passages after this id that wait for `add_embeddings`.

        Every passage in between is looked at, a quarter of a second for 100,000: begin where the last ones ended.
        """
        return id_array(
            self.rows(
                "SELECT id FROM passages p WHERE id > ? AND NOT EXISTS "
                "(SELECT 1 FROM passage_vectors v WHERE v.passage_id = p.id) ORDER BY id LIMIT ?",
                after_id,
                limit,
            )
        )

    def n_embedded(self) -> int:
        """How many passages have an embedding."""
        return int(self.rows("SELECT count(*) FROM passage_vectors")[0][0])

    def add_embeddings(
        self,
        passage_ids: Sequence[int] | PassageIds,
        passage_embeddings: Embeddings,
        sentence_ids: Sequence[int],
        sentence_embeddings: Embeddings,
    ) -> None:
        """Give passages and sentences their vectors, float32 (n, dimension) each in the order of the ids.

        All in one transaction; what was removed meanwhile is passed over.

        Raises:
            ValueError: embeddings and ids do not match, or no embedder was set.
        """
        mark = self.embedder()
        expected = ((len(passage_ids), mark.dimension), (len(sentence_ids), mark.dimension)) if mark else None
        if (passage_embeddings.shape, sentence_embeddings.shape) != expected:
            raise ValueError(f"embeddings of shapes {expected} were expected")
        with self.writing() as connection:
            writing.insert_embeddings(
                connection,
                zip(map(int, passage_ids), passage_embeddings, strict=True),
                zip(sentence_ids, sentence_embeddings, strict=True),
            )

    def replace_embeddings(
        self, document_id: str, passage_embeddings: Embeddings, sentence_embeddings: Embeddings
    ) -> None:
        """Give all passages and sentences of a document (both in order) new vectors; see `add_embeddings`."""
        passage_ids = self.passage_ids([document_id])
        sentences = self.sentences(passage_ids.tolist())
        ids = [one.id for run in sentences.values() for one in run]
        self.add_embeddings(passage_ids, passage_embeddings, ids, sentence_embeddings)

    # Full text

    def search_text(
        self, terms: Sequence[str], limit: int, document_ids: Sequence[str] = ()
    ) -> list[tuple[int, float]]:
        """Passages holding any of the terms, best first, each with its BM25 score (higher is better).

        A term of several words is a phrase. Words are compared as `rag.terms.stem` gives them: without case, accents
        and endings. No `document_ids` means every document.
        """
        wanted = fulltext.expressions(terms)
        if wanted and document_ids:  # only what is in scope is scored
            return self._scored(fulltext.any_of(wanted), limit, document_ids)
        return fulltext.best_rows(
            lambda expression: self._scored(expression, limit), self._holding(wanted), self.n_passages(), limit
        )

    def _scored(self, expression: str, limit: int, document_ids: Sequence[str] = ()) -> list[tuple[int, float]]:
        query = _FIND_TEXT + (_IN_SCOPE if document_ids else "") + _BEST_FIRST
        rows = self.rows(query, terms=expression, limit=limit, scope=json.dumps(list(document_ids)))
        return [(row[0], float(row[1])) for row in rows]

    def holding(self, term: str, limit: int, among: Set[int] | None = None) -> list[int]:
        """The first `limit` passages (of these, where they are given) that hold a term, compared as above; unscored."""
        expression = fulltext.expression(term)
        if not expression:
            return []
        with (
            self._guarded() as connection,
            closing(connection.execute(f"SELECT rowid {_HOLDING}", [expression])) as rows,
        ):
            return list(islice((row for (row,) in rows if among is None or row in among), limit))

    def document_frequency(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each term occurs, compared as `search_text` compares."""
        asked = {term: fulltext.expression(term) for term in terms}
        held = self._holding(filter(None, asked.values()))
        return {term: held.get(expression, 0) for term, expression in asked.items()}

    def _holding(self, expressions: Iterable[str]) -> dict[str, int]:
        queries = {expression: (f"SELECT count(*) {_HOLDING}", expression) for expression in expressions}
        return dict(zip(queries, self._counts.of(*queries.values()), strict=True))

    def passage_terms(self, passage_ids: Iterable[int]) -> dict[int, PassageTerms]:
        """What the full text holds of these passages; those that do not exist are left out."""
        rows = self.rows(
            "SELECT p.id, p.document_id, coalesce(s.given_title, d.title), p.ordinal, f.terms FROM passages p "
            "JOIN documents d ON d.id = p.document_id JOIN descriptions s ON s.document_id = p.document_id "
            "JOIN passages_fts f ON f.rowid = p.id "
            "WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id",
            json_ids(passage_ids),
        )
        return {row[0]: PassageTerms(row[1], row[2], row[3], frozenset(row[4].split())) for row in rows}

    # Files

    def file(self, path: str) -> FileRow | None:
        rows = self.rows(_FILES + "WHERE path = ?", path)
        return file_row(rows[0]) if rows else None

    def files(self) -> tuple[FileRow, ...]:
        """Every file that was ever to be added and not removed since, ordered by path."""
        return tuple(file_row(row) for row in self.rows(_FILES + "ORDER BY path"))

    def record_file(self, file: FileRow) -> None:
        """Remember what became of a file.

        A document that no file points to any more goes; where its first file went elsewhere, it takes the name and
        path of another file that still holds its text.
        """
        with self.writing() as connection:
            writing.link_file(connection, file)

    def forget_files(self, paths: Iterable[str]) -> None:
        """The files are gone; so are their documents, unless another file holds them too (then `purge`)."""
        with self.writing() as connection:
            for path in paths:
                writing.forget_file(connection, path)

    # Writing

    def add_document(self, document: Document, passages: Iterable[Passage], file: FileRow | None = None) -> None:
        """Add a document whole, in one transaction, with the file it came from; its vectors follow.

        It can be found by its words at once. A document that is there already stays as it is; the one that the file
        held before goes if no other file holds it (then `purge`).
        """
        with self.writing() as connection:
            if not connection.execute("SELECT 1 FROM documents WHERE id = ?", (document.id,)).fetchone():
                writing.insert_document(connection, document, passages)
            if file is not None:
                writing.link_file(connection, file)

    def read_anew(self, document: Document, passages: Iterable[Passage], file: FileRow) -> None:
        """Store what else a file now says beside a text that is there: its title, its parts, its marks; see `cut_anew`.

        What a person corrected stays.
        """
        with self.writing() as connection:
            writing.replace_description(connection, document)
            writing.replace_passages(connection, document, passages)
            writing.link_file(connection, file)

    def cut_anew(self, document: Document, passages: Iterable[Passage]) -> None:
        """Store the marks of a document that is there and its passages as they ask for.

        Passages that stay as they were keep their ids and vectors; those of the others follow.
        """
        with self.writing() as connection:
            writing.replace_passages(connection, document, passages)

    def remove_document(self, document_id: str, *, is_last: bool = True) -> bool:
        """Delete a document everywhere, so that its text is in no file of the store afterwards; False if unknown.

        Its files are forgotten, backups from migrations are deleted (they hold the text as well), the full-text
        index is rewritten and the write-ahead log emptied; of several documents with the last. A database that was set
        aside as damaged is not touched.
        """
        with self.writing() as connection:
            known = connection.execute("DELETE FROM files WHERE document_id = ?", (document_id,)).rowcount > 0
            known = writing.delete_document(connection, document_id) or known
        if is_last:
            self.purge()
        return known

    def purge(self) -> bool:
        """Where documents were deleted or replaced, wipe their words off the files; False while a reader prevents it.

        What could not be wiped, or was cut off by a crash, is remembered for the next call.
        """
        if self.meta(writing.PURGE) is None:
            return True
        with self._guarded() as connection, storefile.transaction(connection):
            # FTS5 marks deletions and keeps the words until segments are merged (secure-delete came with 3.42).
            connection.execute("INSERT INTO passages_fts(passages_fts) VALUES ('optimize')")
        storefile.remove_backups(self.path)
        with self._guarded() as connection:
            is_busy = bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        if not is_busy:
            with self._guarded() as connection, storefile.transaction(connection):
                connection.execute("DELETE FROM meta WHERE key = ?", (writing.PURGE,))
        return not is_busy

    # The store itself

    def revision(self) -> int:
        """Grows with every committed change, by whichever process."""
        return int(self.meta("revision") or 0)

    def meta(self, key: str) -> str | None:
        rows = self.rows("SELECT value FROM meta WHERE key = ?", key)
        return rows[0][0] if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Remember a setting that belongs to the stored text, such as the chunking parameters."""
        with self.writing() as connection:
            writing.set_meta(connection, key, value)

    def is_sound(self) -> bool:
        """SQLite's full integrity check; reads the whole file."""
        return self.rows("PRAGMA integrity_check(1)") == [("ok",)]

    @contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection]:
        with self._lock, storefile.translated(self.path):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, for the modules that keep tables of their own in this store; readers see that it changed."""
        with self._guarded() as connection, storefile.transaction(connection):
            yield connection
            connection.execute(
                "INSERT INTO meta (key, value) VALUES ('revision', '1') "
                "ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
            )

    def rows(self, query: str, /, *values: object, **named: object) -> list[Row]:
        """What a query gives, for the modules that keep tables of their own in this store."""
        with self._guarded() as connection:
            return connection.execute(query, named or values).fetchall()
