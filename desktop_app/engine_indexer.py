"""The indexing engine: reads, chunks and embeds documents into the store; runs in a child process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event as CancelEvent

from desktop_app.engine_embedder import open_embedder
from desktop_app.hosted_reader import HostedReader
from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.shelf import Shelf
from models.tokens import build_encoding
from rag.chunking import Chunker
from rag.ingest import Ingest
from rag.store import Store
from rag.types import IngestProgress


class Indexer:
    """Reads, chunks and embeds documents; the store's only writer."""

    def __init__(self, paths: AppPaths) -> None:
        shelf = Shelf(paths.models)
        vocabulary = shelf.default(Role.CHAT)
        shelf.verify(vocabulary)
        encoding = build_encoding(vocabulary.path)
        self._store = Store.open(paths.library, may_set_aside=False)  # the window reads it
        self._reader = HostedReader(paths.engine_log)
        self._ingest = Ingest(
            self._store,
            open_embedder(paths),
            self._reader,
            Chunker(lambda text: len(encoding.encode_ordinary(text))),
            excluded=[paths.data],
        )

    def add(self, paths: Sequence[Path], cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Add files; where another embedder made the library's vectors, they are made anew first."""
        if self._ingest.needs_reembedding():
            yield from self._ingest.reembed(cancel)
        yield from self._ingest.add(paths, cancel)

    def remove(self, document_id: str) -> bool:
        return self._ingest.remove(document_id)

    def close(self) -> None:
        self._reader.close()
        self._store.close()
