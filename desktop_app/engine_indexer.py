"""The indexing engine: reads, chunks and embeds documents into the store; runs in a child process."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from threading import Event as CancelEvent
from typing import Final

from desktop_app.engine_embedder import open_embedder
from desktop_app.hosted_reader import HostedReader
from desktop_app.logbook import engine_output
from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.shelf import Shelf
from models.tokens import build_encoding
from rag.chunking import Chunker
from rag.ingest import Candidate, Ingest
from rag.ports import Embedder
from rag.store import Store
from rag.types import IngestProgress

_SLICE_S: Final = 0.3


class Indexer:
    """Reads, chunks and embeds documents; the store's only writer."""

    def __init__(self, paths: AppPaths, embedder: Embedder | None = None) -> None:
        """With another embedder than the bundled one where `embedder` is given."""
        shelf = Shelf(paths.models)
        vocabulary = shelf.default(Role.CHAT)
        shelf.verify(vocabulary)
        encoding = build_encoding(vocabulary.path)
        self._store = Store.open(paths.library, may_set_aside=False)  # the window reads it
        self._reader = HostedReader(engine_output(paths))
        self._ingest = Ingest(
            self._store,
            embedder or open_embedder(paths),
            self._reader,
            Chunker(lambda text: len(encoding.encode_ordinary(text))),
            excluded=[paths.data],
        )

    def reembed(self, cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Where another embedder made the library's vectors, make them anew."""
        if self._ingest.needs_reembedding():
            yield from self._ingest.reembed(cancel)

    def find(self, paths: Sequence[Path]) -> list[Candidate]:
        """The files to be added."""
        return self._ingest.find(paths)

    def add_some(
        self, candidates: Sequence[Candidate], done: int, total: int, cancel: CancelEvent | None = None
    ) -> Generator[IngestProgress, None, int]:
        """Add files for a moment and return how many were done: a removal gets its turn between two calls."""
        n_done, begun_s = 0, time.monotonic()
        for step in self._ingest.add_found(candidates, cancel, done=done, total=total):
            yield step
            if step.report is not None:
                n_done += 1
                if time.monotonic() - begun_s > _SLICE_S:
                    break
        return n_done

    def purge(self) -> None:
        """Belongs to the end of an adding; see Ingest."""
        self._ingest.purge()

    def remove(self, document_id: str) -> bool:
        return self._ingest.remove(document_id)

    def close(self) -> None:
        self._reader.close()
        self._ingest.purge()  # where an adding was broken off
        self._store.close()
