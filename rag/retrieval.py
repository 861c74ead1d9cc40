"""Find the passages nearest to a question: full text and vectors side by side, fused by score.

Fusion adds scores and not ranks: equal-weight rank fusion gives rank 1 away whenever one arm is the better one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.asking import Asking, asking
from rag.ports import Embedder
from rag.rows import StoredPassage
from rag.store import Store
from rag.terms import content_terms
from rag.types import Hit, Scope

#: How many passages each arm proposes, and how many are kept after fusion.
POOL = 50
KEEP = 20
#: A longer question is searched for by its beginning; each of its words would cost a search of its own.
MOST_CHARS = 2_000
#: Share of the full-text score in the fused score; chosen on the development sets, see docs/evidence.md.
LEXICAL_WEIGHT = 0.4


class VectorSearch(Protocol):
    """Nearest passages by cosine, wherever the vectors lie."""

    def query(
        self, vector: npt.NDArray[np.float32], k: int, document_ids: Sequence[str] = ()
    ) -> list[tuple[int, float]]: ...


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for a question: it made ready, its embedding (float32, length 1), and the hits, best first."""

    asked: Asking
    embedding: npt.NDArray[np.float32]
    hits: tuple[Hit, ...]


class Retriever:
    """Retrieves passages from a store, its full text and its vectors."""

    def __init__(self, store: Store, vectors: VectorSearch, embedder: Embedder) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, question: str, scope: Scope, keep: int = KEEP) -> Retrieval:
        """The `keep` best passages for a question within a scope.

        Raises:
            StoreUnavailable: the library cannot be read.
        """
        question = question[:MOST_CHARS]
        words_of = {t.stem: t.word for t in content_terms(question)}
        held = self._store.document_frequency(words_of.values())
        asked = asking(question, self._store.n_passages(), {stem: held.get(word, 0) for stem, word in words_of.items()})
        embedding = self._embedder.embed([question])[0]
        lexical = dict(self._store.search_text(tuple(words_of.values()), POOL, scope.document_ids))
        near = dict(self._vectors.query(embedding, POOL, scope.document_ids))
        near |= self._similarities(embedding, lexical.keys() - near.keys())
        fused = _fuse(lexical, near)
        best = sorted(fused, key=lambda i: (-fused[i], i))[:keep]
        passages = self._store.passages(best)
        hits = [self._hit(passages[i], fused[i], lexical.get(i), near.get(i)) for i in best if i in passages]
        return Retrieval(asked, embedding, tuple(hit for hit in hits if hit is not None))

    def _similarities(self, embedding: npt.NDArray[np.float32], ids: set[int]) -> dict[int, float]:
        """Cosines of the passages that only the full text proposed, so that every hit has both scores."""
        wanted = sorted(ids)
        if not wanted:
            return {}
        return dict(zip(wanted, (self._store.embeddings(wanted) @ embedding).tolist(), strict=True))

    def _hit(self, passage: StoredPassage, score: float, lexical: float | None, similarity: float | None) -> Hit | None:
        try:
            source = self._store.source(passage.document_id)
        except KeyError:  # the document was removed a moment ago
            return None
        return Hit(source, passage.id, passage.span, passage.text, score, lexical, similarity)


def _fuse(lexical: Mapping[int, float], near: Mapping[int, float]) -> dict[int, float]:
    """Score per passage in 0..1: its full-text score as a share of the best one, mixed with its cosine."""
    best = max(lexical.values(), default=0.0) or 1.0
    return {
        i: LEXICAL_WEIGHT * lexical.get(i, 0.0) / best + (1 - LEXICAL_WEIGHT) * max(0.0, near.get(i, 0.0))
        for i in lexical.keys() | near.keys()
    }
