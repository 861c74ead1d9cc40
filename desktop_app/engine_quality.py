"""The engine of the quality benchmark: the program's own indexing and search over one library after another.

Models are loaded once for all libraries. Search is exact, without Chroma, so that every run finds the same. It runs in
a child process, and knows neither questions nor what would be right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event as CancelEvent

from desktop_app.engine_indexer import Indexer
from desktop_app.engine_searching import Search, load_search_models, search_over
from desktop_app.kept_embeddings import KeptEmbedder
from desktop_app.paths import AppPaths
from rag.finding import Candidate
from rag.store import Store
from rag.types import Findings, IngestProgress, Scope
from rag.vectors import VectorIndex

NamedFile = tuple[str, Path]
"""The name that a document gets in the library, and the file that it is read from."""


class QualityEngine:
    """Fills libraries and answers from the one that was opened last."""

    def __init__(self, paths: AppPaths, kept: Path) -> None:
        """`kept` is the file of embeddings that were made before."""
        self._models = load_search_models(paths)
        self._kept = KeptEmbedder(self._models.embedder, kept)
        self._store: Store | None = None
        self._search: Search | None = None
        self._opened: AppPaths | None = None

    def fill(
        self, library: AppPaths, files: Sequence[NamedFile], cancel: CancelEvent | None = None
    ) -> Iterator[IngestProgress]:
        """Add the files to a library by the program's own indexer; those that have not changed are not read again."""
        candidates = [Candidate(path, path.parent, name) for name, path in files]
        done = 0
        with closing(Indexer(library, self._kept)) as indexer:
            while done < len(candidates) and not (cancel is not None and cancel.is_set()):
                for steps in indexer.add_some(candidates[done:], done, len(candidates), cancel):
                    done += sum(step.report is not None for step in steps)
                    yield from steps
            while not (cancel is not None and cancel.is_set()) and (yield from indexer.embed_some(cancel)):
                pass

    def open(self, library: AppPaths) -> None:
        """Make ready to answer from this library: its first question loads its vectors, so one is asked here."""
        self._over(library).finder.find("ready", Scope())

    def find(self, library: AppPaths, question: str, scope: Scope) -> Findings:
        """Passages, quotes and verdict out of a library; see rag.evidence.Finder."""
        return self._over(library).finder.find(question, scope)

    def _over(self, library: AppPaths) -> Search:
        if self._search is None or library != self._opened:
            self.close()
            self._store = Store.read(library.library)
            self._search = search_over(self._store, VectorIndex(self._store), self._models)
            self._opened = library
        return self._search

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = self._search = self._opened = None
