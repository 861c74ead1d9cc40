"""The search engine: embeds the question, asks Chroma and the full text, judges sentences; runs in a child process."""

from __future__ import annotations

from threading import Event as CancelEvent

from desktop_app.engine_searching import load_search_models, search_over
from desktop_app.index_follower import IndexFollower
from desktop_app.paths import AppPaths
from rag.index import ChromaIndex
from rag.store import Store
from rag.types import Findings, Hit, Scope
from rag.vectors import VectorIndex


class SearchEngine:
    """The embedder of questions, Chroma and the judge of sentences; the only one that opens Chroma."""

    def __init__(self, paths: AppPaths) -> None:
        models = load_search_models(paths)
        self._store = Store.read(paths.library)
        index = ChromaIndex(paths.index, self._store)
        self._follower = IndexFollower(index, self._store)
        self._search = search_over(self._store, VectorIndex(self._store, index), models)
        models.embedder.embed(["ready"])  # the first run of a session allocates; nobody should wait for that later

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        """Passages, quotes and verdict; see rag.evidence.Finder."""
        return self._search.finder.find(question, scope, cancel)

    def search(self, question: str, scope: Scope, keep: int) -> tuple[Hit, ...]:
        """The passages alone."""
        return self._search.passages(question, scope, keep)

    def follow(self, max_rows: int) -> tuple[int, int]:
        """Let Chroma take over one slice of the store: passages indexed, passages in the store."""
        state = self._follower.follow(max_rows)
        return state.n_indexed, state.n_passages

    def close(self) -> None:
        self._follower.close()
        self._store.close()


class SearchWithoutIndex:
    """The same without Chroma, by exact search: for the command line while the window has Chroma open."""

    def __init__(self, paths: AppPaths) -> None:
        self._store = Store.read(paths.library)
        self._search = search_over(self._store, VectorIndex(self._store), load_search_models(paths))

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        return self._search.finder.find(question, scope, cancel)

    def search(self, question: str, scope: Scope, keep: int) -> tuple[Hit, ...]:
        return self._search.passages(question, scope, keep)

    def close(self) -> None:
        self._store.close()
