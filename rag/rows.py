"""What the store hands out and takes in: passages, sentences, files, and the form that they have in its rows.

It knows no connection and no query.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.types import FileState, Mark, NoiseKind, Part, PartKind, Span

Embedding = npt.NDArray[np.float32]
"""float32, (dimension,), length 1."""

PassageIds = npt.NDArray[np.int64]
"""int64, (n,)."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the store knows it; `id` never comes back after a deletion, `text` is the span's characters."""

    id: int
    document_id: str
    ordinal: int
    span: Span
    text: str
    n_tokens: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredSentence:
    """A sentence with its text and embedding: float32, (dimension,), length 1; all zero where it has none yet.

    `ordinal` counts from 0 within the document. Embeddings are kept in half precision (a cosine moves by 0.001).
    """

    id: int
    passage_id: int
    ordinal: int
    span: Span
    text: str
    embedding: Embedding


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """What the full text holds of a passage: its distinct stems, and where it stands in which document."""

    document_id: str
    title: str
    ordinal: int
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is remembered of a file that was to be added; `sha256` is of its bytes, empty where it was never read.

    `read_by` says which readers had it last: newer ones read it again.
    """

    path: str
    root: str
    name: str
    size_bytes: int
    mtime_ns: int
    sha256: str
    state: FileState
    reason: str
    document_id: str | None
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class EmbedderMark:
    """Which embedder made the vectors of this store."""

    name: str
    dimension: int


def file_row(row: Row) -> FileRow:
    """A row of the files table, its columns in the order of FileRow."""
    path, root, name, size_bytes, mtime_ns, sha256, state, reason, document_id, read_by = row
    return FileRow(path, root, name, size_bytes, mtime_ns, sha256, FileState(state), reason, document_id, read_by)


def stored_part(row: Row) -> Part:
    """From a part's kind, number, start, end, label and whether it was read off a picture."""
    kind, number, start, end, label, is_ocr = row
    return Part(PartKind(kind), number, Span(start, end), label, bool(is_ocr))


def stored_mark(row: Row) -> Mark:
    """From a mark's kind, start, end and whether it is lifted."""
    kind, start, end, is_lifted = row
    return Mark(NoiseKind(kind), Span(start, end), bool(is_lifted))


def stored_sentence(row: Row, dimension: int) -> StoredSentence:
    """From a sentence's id, passage, ordinal and span, the start and text of its passage, and its embedding or None."""
    sentence_id, passage_id, ordinal, start, end, passage_start, passage_text, blob = row
    embedding = np.zeros(dimension, np.float32) if blob is None else np.frombuffer(blob, np.float16).astype(np.float32)
    text = passage_text[start - passage_start : end - passage_start]
    return StoredSentence(sentence_id, passage_id, ordinal, Span(start, end), text, embedding)


def id_array(rows: Sequence[Row]) -> PassageIds:
    """int64: the first column."""
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def json_ids(ids: Iterable[int]) -> str:
    """For SQLite's json_each, which takes any number of ids where placeholders are limited."""
    return json.dumps([int(passage_id) for passage_id in ids])


def float32_bytes(embedding: Embedding) -> bytes:
    """The form of a passage's embedding."""
    return np.ascontiguousarray(embedding, dtype=np.float32).tobytes()


def float16_bytes(embedding: Embedding) -> bytes:
    """The form of a sentence's embedding."""
    return np.ascontiguousarray(embedding, dtype=np.float16).tobytes()
