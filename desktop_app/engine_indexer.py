"""The indexing engine: reads, chunks and embeds documents into the store; runs in a child process."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event as CancelEvent
from typing import Final

from desktop_app.engine_embedder import LateEmbedder, open_embedder
from desktop_app.hosted_ocr import HostedOcr, ScanningStopped
from desktop_app.hosted_reader import HostedReader
from desktop_app.interruptible import Interrupted, InterruptibleReader
from desktop_app.logbook import engine_output
from desktop_app.paths import AppPaths
from desktop_app.unfinished import is_unfinished
from models.catalogue import Role
from models.shelf import Shelf
from models.tokens import build_encoding
from rag.chunking import Chunker
from rag.finding import Candidate
from rag.holdings import Correction, Holdings
from rag.ingest import Ingest
from rag.languages import LanguageTeller
from rag.ports import Embedder
from rag.store import Store
from rag.types import FileState, IngestProgress, Span

_SLICE_S: Final = 0.3
_SMALL_FIRST: Final = 8


class Indexer:
    """Reads, chunks and embeds documents; the store's only writer."""

    def __init__(self, paths: AppPaths, embedder: Embedder | None = None) -> None:
        """With another embedder than the bundled one where `embedder` is given."""
        shelf = Shelf(paths.models)
        vocabulary = shelf.default(Role.CHAT)
        shelf.verify(vocabulary)
        encoding = build_encoding(vocabulary.path)
        self._store = Store.open(paths.library, may_set_aside=False)  # the window reads it
        self._holdings = Holdings(self._store)
        self._reader = InterruptibleReader(partial(HostedReader, engine_output(paths)))
        self._embedder = LateEmbedder(lambda: embedder or open_embedder(paths))
        self._ocr = HostedOcr(engine_output(paths))
        self._ingest = Ingest(
            self._store,
            self._embedder,
            self._reader,
            Chunker(lambda text: len(encoding.encode_ordinary(text))),
            excluded=[paths.data],
            language_of=LanguageTeller().language_of,
        )
        self._embedding: Iterator[IngestProgress] | None = None

    def find(self, paths: Sequence[Path]) -> list[Candidate]:
        """The files to be added, some small ones first; of a folder, not half a download or an editor's lock."""
        found = self._ingest.find(paths)
        return _small_first(one for one in found if one.path == one.root or not is_unfinished(one.path.name))

    def add_some(
        self, candidates: Sequence[Candidate], done: int, total: int, cancel: CancelEvent | None = None
    ) -> Generator[tuple[IngestProgress, ...], None, int]:
        """Add files for a moment and return how many were done: a removal gets its turn between two calls.

        Steps come singly, but several at a time in a run of unchanged files, which can be thousands. Where `cancel` is
        set, a file that takes long is broken off and does not count.
        """
        cancel = cancel or CancelEvent()
        if self._store.embedder() is None:  # what is searched by words alone must know how long a vector will be
            self._store.set_embedder(self._embedder.name, self._embedder.dimension)
        untold: list[IngestProgress] = []
        is_run = False
        n_done, begun_s = 0, time.monotonic()
        with self._reader.heeding(cancel), suppress(Interrupted):
            for step in self._ingest.add_found(candidates, cancel, done=done, total=total):
                untold.append(step)
                if step.report is not None:
                    n_done += 1
                    is_run = step.report.state is FileState.UNCHANGED
                if not is_run:
                    yield tuple(untold)
                    untold.clear()
                if step.report is not None and time.monotonic() - begun_s > _SLICE_S:
                    break
        if untold:
            yield tuple(untold)
        return n_done

    def read_scans(
        self, candidates: Sequence[Candidate], done: int, total: int, cancel: CancelEvent | None = None
    ) -> Generator[tuple[IngestProgress, ...], None, int]:
        """As `add_some`, by OCR: also of files that were read, or given up, before; some pages of one a call."""
        n_done, deadline_s = 0, time.monotonic() + _SLICE_S
        name = ""
        try:
            with self._ocr.until(deadline_s, cancel or CancelEvent()):
                for step in self._ingest.add_found(candidates, cancel, done=done, total=total, instead=self._ocr):
                    name = step.name
                    yield (step,)
                    n_done += step.report is not None
                    if step.report is not None and time.monotonic() > deadline_s:
                        break
        except ScanningStopped as stopped:
            pages = f"{name}, page {stopped.n_read} of {stopped.n_pages}"
            yield (IngestProgress(done + n_done, total, pages, None),)
        return n_done

    def embed_some(self, cancel: CancelEvent | None = None) -> Generator[IngestProgress, None, bool]:
        """Compute missing vectors for a moment, or until `cancel` is set; returns whether any are left.

        The next call goes on where this one stopped, in the midst of many passages as a rule.
        """
        deadline_s = time.monotonic() + _SLICE_S
        while not (cancel and cancel.is_set()):
            self._embedding = self._embedding or self._ingest.embed()
            step = next(self._embedding, None)
            if step is None:
                self._embedding = None
                break
            yield step
            if time.monotonic() > deadline_s:
                return True
        return not self._ingest.is_embedded()

    def purge(self) -> None:
        """Belongs to the end of an adding; see Ingest."""
        self._ingest.purge()

    def remove(self, document_id: str, is_last: bool = True) -> bool:
        """Remove a document; see Ingest."""
        return self._ingest.remove(document_id, is_last=is_last)

    def lift(self, document_id: str, start: int, is_lifted: bool) -> None:
        """Let what a mark keeps out be quoted, or keep it out again; see Ingest."""
        self._ingest.lift(document_id, start, is_lifted=is_lifted)

    def set_aside(self, document_id: str, span: Span) -> None:
        """Never quote this stretch of a document; see Ingest."""
        self._ingest.set_aside(document_id, span)

    def correct(self, document_id: str, correction: Correction) -> None:
        """Title, date and author as a person gives them; see Holdings."""
        self._holdings.correct(document_id, correction)

    def collect(self, collection: str, document_ids: Sequence[str]) -> None:
        """Put documents into a collection, which is made where there is none of this name."""
        self._holdings.collect(collection, document_ids)

    def uncollect(self, collection: str, document_ids: Sequence[str]) -> None:
        """Take documents out of a collection."""
        self._holdings.uncollect(collection, document_ids)

    def rename_collection(self, name: str, new_name: str) -> None:
        self._holdings.rename_collection(name, new_name)

    def remove_collection(self, name: str) -> None:
        """The collection goes; its documents stay."""
        self._holdings.remove_collection(name)

    def watch(self, folder: Path, collection: str) -> None:
        """Remember that a folder is to be kept in step with the library."""
        self._holdings.watch(folder, collection)

    def unwatch(self, folder: Path) -> None:
        """Forget that; its documents stay."""
        self._holdings.unwatch(folder)

    def forget_missing(self, folder: Path) -> list[str]:
        """Remove what came from files of this folder that are gone; see Ingest."""
        return self._ingest.forget_missing(folder)

    def close(self) -> None:
        self._reader.close()
        self._ocr.close()
        self._ingest.purge()  # where an adding was broken off
        self._store.close()


def _small_first(found: Iterable[Candidate]) -> list[Candidate]:
    """Some of the smallest files before all others, so that the first can be asked at once, and the rest in order."""
    candidates = list(found)
    smallest = heapq.nsmallest(_SMALL_FIRST, range(len(candidates)), key=lambda place: _size_bytes(candidates[place]))
    first = sorted(smallest)
    rest = sorted(set(range(len(candidates))) - set(first))
    return [candidates[place] for place in (*first, *rest)]


def _size_bytes(candidate: Candidate) -> float:
    """Empty files and what cannot be seen come last, for nothing in them can be asked."""
    try:
        return candidate.path.stat().st_size or math.inf
    except (OSError, ValueError):
        return math.inf
