"""Puts search and evidence together over one library, for every engine that answers from it; runs in child processes.

It decides nothing: what is found and what is quoted, rag decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.engine_embedder import open_embedder
from desktop_app.engine_reader import open_reader
from desktop_app.paths import AppPaths
from rag.evidence import Finder
from rag.holdings import Holdings
from rag.ports import Embedder, EvidenceReader
from rag.retrieval import Retriever, VectorSearch
from rag.store import Store
from rag.types import Hit, Scope
from rag.weights import Weights, read_weights


@dataclass(frozen=True, slots=True)
class SearchModels:
    """What search and evidence need besides a library; it can serve several libraries, one after the other.

    `reader` is None where it cannot be used; evidence is then ranked without it.
    """

    embedder: Embedder
    weights: Weights
    reader: EvidenceReader | None


@dataclass(frozen=True, slots=True)
class Search:
    """Retrieval and evidence over one library."""

    retriever: Retriever
    finder: Finder
    holdings: Holdings

    def passages(self, question: str, scope: Scope, keep: int) -> tuple[Hit, ...]:
        """The passages alone, best first; none where no document is in the scope."""
        resolved = self.holdings.resolved(scope)
        return self.retriever.retrieve(question, resolved, keep).hits if resolved is not None else ()


def load_search_models(paths: AppPaths) -> SearchModels:
    """The bundled models, checked against their sha256, and the fitted weights.

    Raises:
        ModelError: a model is missing, altered or cannot be loaded.
    """
    return SearchModels(open_embedder(paths), read_weights(), open_reader(paths))


def search_over(store: Store, vectors: VectorSearch, models: SearchModels) -> Search:
    """Search as every engine does it, over this library and these vectors."""
    retriever = Retriever(store, vectors, models.embedder)
    return Search(retriever, Finder(store, retriever, models.weights, models.reader), Holdings(store))
