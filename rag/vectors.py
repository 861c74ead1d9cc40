"""Nearest passages by meaning: by Chroma where it is ready, and by exact search whenever it cannot serve.

It keeps nothing on the disk and never changes what Chroma holds; `rag.index` does so.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from rag.errors import IndexUnavailable
from rag.index import ChromaIndex, Hits
from rag.ports import Embeddings
from rag.rows import EmbedderMark, Embedding, PassageIds
from rag.store import Store

_log = logging.getLogger(__name__)

SMALL_SCOPE = 20_000
"""Up to so many passages, exact search within a scope is faster than Chroma's filter."""

_LOAD_ROWS = 10_000


class ExactIndex:
    """Compares with every vector of the store; right by definition, and about 2 ms at 50,000 passages.

    Not for several threads at once. The matrix is loaded at the first query and again when the store has changed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._mark: EmbedderMark | None = None
        self.release()

    def query(self, vector: Embedding, k: int, document_ids: Sequence[str] = ()) -> Hits:
        self._refresh()
        ids, matrix = self._ids, self._matrix
        if document_ids:
            rows = np.flatnonzero(np.isin(ids, self._store.passage_ids(document_ids), assume_unique=True))
            ids, matrix = ids[rows], matrix[rows]
        if not len(ids) or k < 1:
            return []
        return _best(ids, matrix @ np.asarray(vector, dtype=np.float32), k)

    def release(self) -> None:
        """Give the memory of the matrix back."""
        self._revision: int | None = None
        self._ids: PassageIds = np.empty(0, dtype=np.int64)
        self._matrix: Embeddings = np.empty((0, 0), dtype=np.float32)

    def _refresh(self) -> None:
        """Only what is new is loaded: under one embedder the vector of an id never changes."""
        revision, mark = self._store.revision(), self._store.embedder()
        if revision == self._revision:
            return
        if mark != self._mark or mark is None:
            self.release()
        self._mark = mark
        wanted = self._store.embedded_ids()
        kept = np.isin(self._ids, wanted, assume_unique=True)
        new = np.setdiff1d(wanted, self._ids, assume_unique=True)
        if not kept.all() or len(new):
            loaded = [
                self._store.embeddings(new[start : start + _LOAD_ROWS]) for start in range(0, len(new), _LOAD_ROWS)
            ]
            known = [self._matrix[kept]] if kept.any() else []
            self._ids = np.concatenate([self._ids[kept], new])
            self._matrix = np.concatenate([*known, *loaded]) if known or loaded else self._matrix[:0]
        self._revision = revision


class VectorIndex:
    """Asks Chroma where it is ready and the question is of the whole library, and searches exactly otherwise."""

    def __init__(self, store: Store, chroma: ChromaIndex | None = None) -> None:
        self._store = store
        self._chroma = chroma
        self._exact = ExactIndex(store)

    def query(self, vector: Embedding, k: int, document_ids: Sequence[str] = ()) -> Hits:
        """At most k passage ids with their cosine similarity, best first; every embedded passage takes part."""
        if document_ids:
            scope = self._store.passage_ids(document_ids)
            if len(scope) <= SMALL_SCOPE:
                return self._compare(vector, k, scope)
        hits = self._ask_chroma(vector, k) if not document_ids else None
        return self._exact.query(vector, k, document_ids) if hits is None else hits

    def _ask_chroma(self, vector: Embedding, k: int) -> Hits | None:
        """Chroma's answer, completed with what it lacks and without what is gone; None where exact search is better."""
        if self._chroma is None or not self._chroma.is_ready:
            return None
        try:
            found = self._chroma.query(vector, k)
        except IndexUnavailable:
            _log.warning("searching exactly while the index is built anew")
            return None
        if self._chroma.revision == self._store.revision():
            self._exact.release()
            return found
        embedded = self._store.embedded_ids()
        lacking = self._chroma.lacking(embedded)
        if len(lacking) > SMALL_SCOPE:
            return None
        living = set(embedded.tolist())
        hits = [hit for hit in found if hit[0] in living]
        if len(hits) < len(found):
            return None
        hits += self._compare(vector, k, lacking)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _compare(self, vector: Embedding, k: int, ids: PassageIds) -> Hits:
        rows = self._store.embeddings(ids)
        embedded = np.flatnonzero(rows.any(axis=1))
        if not len(embedded) or k < 1:
            return []
        return _best(ids[embedded], rows[embedded] @ np.asarray(vector, dtype=np.float32), k)


def _best(ids: PassageIds, similarities: Embedding, k: int) -> Hits:
    """The k best, equal ones by id; a partition first, so that only k are sorted."""
    if len(ids) > 4 * k:
        kept = np.argpartition(-similarities, k - 1)[:k]
        # Ties at the border count as well, so that the order does not depend on the partition.
        kept = np.flatnonzero(similarities >= similarities[kept].min())
        ids, similarities = ids[kept], similarities[kept]
    order = np.lexsort((ids, -similarities))[:k]
    return [(int(ids[place]), float(similarities[place])) for place in order]
