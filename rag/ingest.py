"""Use case: take files and folders into the library; each document is whole or absent, and what is done stays done.

It does not know formats, sentence rules or tables; reader, chunker and store are handed in.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event as CancelEvent

import numpy as np

from rag.chunking import Chunker
from rag.errors import SourceError, UnsupportedFormat
from rag.formats import ENDINGS
from rag.ports import Embedder, Embeddings, FileReader
from rag.reading import open_regular
from rag.rows import FileRow
from rag.store import Store
from rag.types import Document, FileReport, FileState, IngestProgress, Passage, Reading, Source, document_id

_BATCH_TEXTS = 64
_HASH_BYTES = 2**20
_KNOWN_GOOD = frozenset({FileState.INDEXED, FileState.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is to be added: where it lies, under which file or folder it was named, and its name there."""

    path: Path
    root: Path
    name: str


class _CancelledError(Exception):
    """The person does not want this document any more; nothing of it is stored."""


class Ingest:
    """Adds files to a store. One at a time, in the process that is the store's only writer."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        reader: FileReader,
        chunker: Chunker,
        *,
        endings: frozenset[str] | None = None,
        excluded: Sequence[Path] = (),
    ) -> None:
        """`endings` are read when a folder is added (default: those of rag.formats); `excluded` folders never are."""
        self._store = store
        self._embedder = embedder
        self._reader = reader
        self._chunker = chunker
        self._endings = ENDINGS if endings is None else endings
        self._excluded = tuple(folder.resolve() for folder in excluded)

    def add(self, paths: Sequence[Path], cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Add files and whole folders; yields before and after each file, and ends early once `cancel` is set.

        A file that cannot become a document is reported and remembered; it is read again only when it changes.

        Raises:
            StoreUnavailable: the document at hand was not stored; those before it are.
            ValueError: the store's vectors are of another embedder: call `reembed` first.
        """
        try:
            candidates = self.find(paths)
            yield from self.add_found(candidates, cancel, total=len(candidates))
        finally:
            self.purge()

    def find(self, paths: Sequence[Path]) -> list[Candidate]:
        """The files themselves, and those in the folders; nothing is read yet."""
        return [found for path in paths for found in self._walk(path)]

    def add_found(
        self, candidates: Sequence[Candidate], cancel: CancelEvent | None = None, *, done: int = 0, total: int
    ) -> Iterator[IngestProgress]:
        """As `add`, a part of what was found: `done` of `total` files come before it. `purge` belongs to the end."""
        self._claim_embedder()
        for place, candidate in enumerate(candidates, start=done):
            if _is_set(cancel):
                return
            name = printable(candidate.name)
            yield IngestProgress(place, total, name, None)
            try:
                report = self._add_file(candidate, cancel)
            except _CancelledError:
                return
            yield IngestProgress(place + 1, total, name, report)

    def purge(self) -> None:
        """Wipe off what changed files held before; once after many files, for it rewrites the full text."""
        self._store.purge()

    def remove(self, wanted_id: str) -> bool:
        """Delete a document everywhere in the store; the file itself is left alone. False where it is unknown."""
        return self._store.remove_document(wanted_id)

    def needs_reembedding(self) -> bool:
        """Whether vectors are missing or come from another embedder."""
        mark = self._store.embedder()
        return bool(mark and mark.name != self._embedder.name) or bool(self._store.documents_without_embeddings())

    def reembed(self, cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Compute all vectors anew with this embedder, document by document; goes on where it was cut off.

        Until it ends, search over meaning finds only the documents that are done; full text finds all.
        """
        self._store.set_embedder(self._embedder.name, self._embedder.dimension)
        waiting = self._store.documents_without_embeddings()
        for done, waiting_id in enumerate(waiting):
            name = self._store.source(waiting_id).name
            yield IngestProgress(done, len(waiting), name, None)
            started = time.monotonic()
            passages = self._store.passages_of(waiting_id)
            sentences = self._store.sentences([passage.id for passage in passages])
            try:
                passage_rows = self._embed([passage.text for passage in passages], cancel)
                texts = [sentence.text for passage in passages for sentence in sentences.get(passage.id, ())]
                sentence_rows = self._embed(texts, cancel)
            except _CancelledError:
                return
            self._store.replace_embeddings(waiting_id, passage_rows, sentence_rows)
            report = _report_of_document(self._store.source(waiting_id), FileState.INDEXED, time.monotonic() - started)
            yield IngestProgress(done + 1, len(waiting), name, report)

    def _claim_embedder(self) -> None:
        mark = self._store.embedder()
        if mark is None or not self._store.n_passages():
            self._store.set_embedder(self._embedder.name, self._embedder.dimension)
        elif mark.name != self._embedder.name:
            raise ValueError(f"the library's vectors are of {mark.name}, not of {self._embedder.name}")

    # One file

    def _add_file(self, candidate: Candidate, cancel: CancelEvent | None) -> FileReport:
        started = time.monotonic()
        known = self._store.file(printable(str(candidate.path)))
        row = _row_of(candidate, known)
        # Without a sha256 it could not even be opened; trying that again is cheap, and a right may have been given.
        if known and known.sha256 and (known.size_bytes, known.mtime_ns) == (row.size_bytes, row.mtime_ns):
            return self._report_known(known, started)
        try:
            row = replace(row, sha256=_sha256(candidate.path))
            if known and known.sha256 == row.sha256 and known.state in _KNOWN_GOOD:
                row = replace(row, state=known.state, reason=known.reason)
                self._store.record_file(row)
                return self._report_known(row, started)
            self._refuse_foreign_ending(candidate)
            reading = self._reader.read(candidate.path)
        except SourceError as error:
            row = replace(row, state=error.state, reason=error.reason)
            self._store.record_file(row)
            return _report(row, started, 0)
        return self._store_reading(reading, row, started, cancel)

    def _store_reading(self, reading: Reading, row: FileRow, started: float, cancel: CancelEvent | None) -> FileReport:
        document = _document(reading, row)
        row = replace(row, document_id=document.id)
        if self._store.has_document(document.id):
            mine = self._store.source(document.id).path == row.path
            row = replace(row, state=FileState.INDEXED if mine else FileState.DUPLICATE)
            self._store.record_file(row)
            state = FileState.UNCHANGED if mine else FileState.DUPLICATE
            return _report(replace(row, state=state), started, len(document.text))
        passages = self._chunker.chunk(document.text)
        if not passages:
            row = replace(row, document_id=None, state=FileState.EMPTY, reason="there is no text in it to quote.")
            self._store.record_file(row)
            return _report(row, started, 0)
        passage_rows, sentence_rows = self._embed_document(document, passages, cancel)
        self._store.add_document(document, passages, passage_rows, sentence_rows, row)
        return _report(row, started, len(document.text))

    def _report_known(self, known: FileRow, started: float) -> FileReport:
        """What is known to be in the library is unchanged; what failed before has failed still, without being read."""
        if known.state not in _KNOWN_GOOD or known.document_id is None:
            return _report(known, started, 0)
        source = self._store.source(known.document_id)
        state = FileState.UNCHANGED if known.state is FileState.INDEXED else known.state
        return _report(replace(known, state=state), started, source.n_chars)

    def _refuse_foreign_ending(self, candidate: Candidate) -> None:
        is_from_folder = candidate.root != candidate.path
        ending = candidate.path.suffix.lower()
        if is_from_folder and ending not in self._endings:
            reason = f"files of the kind {ending} cannot be read yet." if ending else "its name has no known ending."
            raise UnsupportedFormat(path=str(candidate.path), reason=reason)

    # Vectors

    def _embed_document(
        self, document: Document, passages: Sequence[Passage], cancel: CancelEvent | None
    ) -> tuple[Embeddings, Embeddings]:
        passage_rows = self._embed([passage.span.cut(document.text) for passage in passages], cancel)
        sentences = [sentence.span.cut(document.text) for passage in passages for sentence in passage.sentences]
        return passage_rows, self._embed(sentences, cancel)

    def _embed(self, texts: Sequence[str], cancel: CancelEvent | None) -> Embeddings:
        """Float32, (len(texts), dimension). Each text once, and like lengths together: the longest sets the cost."""
        rows = np.zeros((len(texts), self._embedder.dimension), dtype=np.float32)
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(text, []).append(place)
        distinct = sorted(places, key=len)
        for start in range(0, len(distinct), _BATCH_TEXTS):
            if _is_set(cancel):
                raise _CancelledError
            batch = distinct[start : start + _BATCH_TEXTS]
            for text, embedding in zip(batch, self._embedder.embed(batch), strict=True):
                rows[places[text]] = embedding
        return rows

    # Folders

    def _walk(self, path: Path) -> Iterator[Candidate]:
        """A file itself, or what a folder holds: sorted, without hidden names, each real folder once."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link that was given
        if not absolute.is_dir():
            yield Candidate(absolute, absolute, absolute.name)
            return
        yield from self._walk_folder(absolute, absolute, set())

    def _walk_folder(self, folder: Path, root: Path, seen: set[Path]) -> Iterator[Candidate]:
        real = _real(folder)
        if real in seen or self._is_excluded(folder):
            return
        seen.add(real)
        entries = _entries(folder)
        if entries is None:
            # As a candidate it is reported with its cause.
            yield Candidate(folder, root, folder.name if folder == root else folder.relative_to(root).as_posix())
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from self._walk_folder(entry, root, seen)
            elif not self._is_excluded(entry):
                yield Candidate(entry, root, entry.relative_to(root).as_posix())

    def _is_excluded(self, path: Path) -> bool:
        real = _real(path)
        return any(real.is_relative_to(excluded) for excluded in self._excluded)


def printable(name: str) -> str:
    """The name with bytes that are no Unicode written as escapes, so that it can be stored, shown and sent."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _entries(folder: Path) -> list[Path] | None:
    """What the folder holds, by name; None where it may not be listed."""
    try:
        return sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return None


def _real(path: Path) -> Path:
    """Where the path leads; Path.resolve raises on links in a circle."""
    return Path(os.path.realpath(path))


def _is_set(cancel: CancelEvent | None) -> bool:
    return cancel is not None and cancel.is_set()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while piece := file.read(_HASH_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _row_of(candidate: Candidate, known: FileRow | None) -> FileRow:
    """What is to be remembered of the file if all goes well; a size of -1 stands for a file that cannot be seen."""
    try:
        status = candidate.path.stat()
        size_bytes, mtime_ns = status.st_size, status.st_mtime_ns
    except (OSError, ValueError):
        size_bytes = mtime_ns = -1
    return FileRow(
        path=printable(str(candidate.path)),
        root=printable(str(candidate.root)),
        name=printable(candidate.name),
        size_bytes=size_bytes,
        mtime_ns=mtime_ns,
        sha256="",
        state=FileState.INDEXED,
        reason="",
        # A file that broke keeps the document that it gave before: what was added is not lost.
        document_id=known.document_id if known else None,
    )


def _document(reading: Reading, row: FileRow) -> Document:
    source = Source(
        id=document_id(reading.text),
        name=row.name,
        path=row.path,
        title=reading.title,
        date=reading.date,
        origin=reading.origin,
        media_type=reading.media_type,
        n_chars=len(reading.text),
    )
    return Document(source, reading.text)


def _report(row: FileRow, started: float, characters: int) -> FileReport:
    pages = 1 if characters else 0
    seconds = time.monotonic() - started
    return FileReport(row.name, row.path, row.document_id, row.state, row.reason, characters, pages, seconds)


def _report_of_document(source: Source, state: FileState, seconds: float) -> FileReport:
    return FileReport(source.name, source.path, source.id, state, "", source.n_chars, 1, seconds)
