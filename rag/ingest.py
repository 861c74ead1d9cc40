"""Use case: take files and folders into the library; each document is whole or absent, and what is done stays done.

A document is stored with its words first, so that it can be found at once; vectors follow for all that lack them. It
does not know formats, sentence rules or tables; reader, chunker and store are handed in.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event as CancelEvent

import numpy as np

from rag import marking
from rag.archives import LastArchive
from rag.chunking import Chunker
from rag.errors import RagError, SourceError, UnreadableSource, UnsupportedFormat
from rag.finding import Candidate, Finding, Presence, is_empty_folder, is_visible, printable
from rag.formats import ADVISED, ENDINGS
from rag.ports import Embedder, FileReader
from rag.reading import open_regular
from rag.rows import EmbedderMark, FileRow, PassageIds
from rag.store import Store
from rag.types import (
    Document,
    FileReport,
    FileState,
    IngestProgress,
    NoiseKind,
    PartKind,
    Passage,
    Reading,
    Source,
    Span,
    Stage,
    document_id,
)

READ_BY = "5"
"""Another number says that files are read otherwise than before: each is read again when it is met the next time."""

_WINDOW_PASSAGES = 256
"""With their sentences some 1,500 texts, which take two cores about twenty seconds; padding adds 2 % to that."""

_FORGOTTEN_AT_ONCE = 256
_HASH_BYTES = 2**20
_KNOWN_GOOD = frozenset({FileState.INDEXED, FileState.DUPLICATE})


_FAULT = "Seedbook failed at it, which is a fault of ours; the log says where. Other files are not affected."

_log = logging.getLogger(__name__)


class _CancelledError(Exception):
    """Nobody wants to wait for the document at hand any more; it is not stored."""


def _unknown(text: str, excluded: Sequence[Span]) -> str | None:  # noqa: ARG001 - fits a teller of languages
    return None


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
        language_of: Callable[[str, Sequence[Span]], str | None] = _unknown,
    ) -> None:
        """`endings` are read when a folder is added (default: those of rag.formats); `excluded` folders never are.

        `language_of` tells the language of a text outside some spans.
        """
        self._store = store
        self._embedder = embedder
        self._reader = reader
        self._chunker = chunker
        self._language_of = language_of
        self._endings = ENDINGS if endings is None else endings
        self._finding = Finding(excluded)
        self._last_archive = LastArchive()
        # Up to this id all passages have vectors of this embedder; ids only grow.
        self._embedded_to = 0

    def add(self, paths: Sequence[Path], cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Add files and whole folders, words first, then vectors; ends early once `cancel` is set.

        A file that cannot become a document is reported and remembered; it is read again only when it changes, or by
        newer readers.

        Raises:
            StoreUnavailable: the document at hand was not stored; those before it are.
        """
        try:
            candidates = self.find(paths)
            yield from self.add_found(candidates, cancel, total=len(candidates))
            yield from self.embed(cancel)
        finally:
            self.purge()

    def find(self, paths: Sequence[Path]) -> list[Candidate]:
        """The files themselves, and those in the folders; nothing is read yet."""
        return self._finding.find(paths)

    def add_found(
        self,
        candidates: Sequence[Candidate],
        cancel: CancelEvent | None = None,
        *,
        done: int = 0,
        total: int,
        instead: FileReader | None = None,
    ) -> Iterator[IngestProgress]:
        """Read a part of what was found, `done` of `total` files being read; `embed` and `purge` belong to the end.

        With another reader `instead` of the usual one, files are read that were read, or given up, before.
        """
        for place, candidate in enumerate(candidates, start=done):
            if _is_set(cancel):
                return
            name = printable(candidate.name)
            yield IngestProgress(place, total, name, None)
            try:
                report = self._add_file(candidate, instead, cancel)
            except _CancelledError:
                return
            yield IngestProgress(place + 1, total, name, report)

    def purge(self) -> None:
        """Wipe off what changed files held before; once after many files, for it rewrites the full text."""
        self._store.purge()

    def remove(self, wanted_id: str, *, is_last: bool = True) -> bool:
        """Delete a document everywhere in the store; the file itself is left alone. False where it is unknown.

        Where it is not the last of several, wiping off its words is left to the last, for that rewrites the full text.
        """
        return self._store.remove_document(wanted_id, is_last=is_last)

    def forget_missing(self, root: Path) -> list[str]:
        """Forget the files under a folder or in an archive that are no longer there; returns their names.

        Their documents go with them, unless another file holds the same text. Nothing is forgotten where the folder
        itself cannot be reached, or is empty: a drive that is not connected has lost nothing.
        """
        if not is_visible(root) or is_empty_folder(root):
            return []
        presence = Presence()
        gone = [row for row in self._store.files() if _is_under(row.path, root) and not presence.of(Path(row.path))]
        for start in range(0, len(gone), _FORGOTTEN_AT_ONCE):
            self._store.forget_files([row.path for row in gone[start : start + _FORGOTTEN_AT_ONCE]])
        self.purge()
        return [row.name for row in gone]

    def lift(self, wanted_id: str, start: int, *, is_lifted: bool) -> None:
        """Let the stretch that a mark at `start` keeps out be found and quoted, or keep it out again; vectors follow.

        Raises:
            KeyError: there is no such document, or no mark at this place.
        """
        document = self._store.document(wanted_id)
        if not any(mark.span.start == start for mark in document.marks):
            raise KeyError(start)
        marks = (replace(m, is_lifted=is_lifted) if m.span.start == start else m for m in document.marks)
        self._cut_anew(replace(document, marks=tuple(marks)))

    def set_aside(self, wanted_id: str, span: Span) -> None:
        """Mark a stretch by hand, so that it is neither found nor quoted; marks that it overlaps become part of it.

        Raises:
            KeyError: there is no such document.
            ValueError: the span reaches past the end of the text.
        """
        document = self._store.document(wanted_id)
        span.cut(document.text)
        self._cut_anew(replace(document, marks=marking.with_set_aside(document.marks, span)))

    # Vectors

    def is_embedded(self) -> bool:
        """Whether every passage has a vector of this embedder."""
        mark = self._store.embedder()
        return not self._store.n_passages() or (
            mark is not None
            and mark.name == self._embedder.name
            and not len(self._store.passages_without_embeddings(1, self._embedded_to))
        )

    def embed(self, cancel: CancelEvent | None = None) -> Iterator[IngestProgress]:
        """Compute the vectors that are missing, a fraction of a second a step; what is done stays done.

        Many passages are at work together, so that texts of like length can be, and are stored together: who stops
        between two steps loses no more than those, who goes on later nothing. Until it ends, search by meaning finds
        only what is stored; full text finds all. Vectors of another embedder are dropped first.
        """
        if self._store.embedder() != EmbedderMark(self._embedder.name, self._embedder.dimension):
            self._embedded_to = 0
            self._store.set_embedder(self._embedder.name, self._embedder.dimension)
        while not _is_set(cancel):
            waiting = self._store.passages_without_embeddings(_WINDOW_PASSAGES, self._embedded_to)
            if not len(waiting):
                return
            done, total = self._store.n_embedded(), self._store.n_passages()
            for share in self._embed_passages(waiting):
                yield IngestProgress(done + int(share * len(waiting)), total, "", None, Stage.EMBEDDING)
                if _is_set(cancel):
                    return
            self._embedded_to = int(waiting[-1])
            yield IngestProgress(min(done + len(waiting), total), total, "", None, Stage.EMBEDDING)

    def _embed_passages(self, ids: PassageIds) -> Iterator[float]:
        """Yields what share of the work is done between the steps of it; stores the vectors at its end."""
        passages = self._store.passages(ids)
        sentences = [one for run in self._store.sentences(passages).values() for one in run]
        texts = [*(passage.text for passage in passages.values()), *(sentence.text for sentence in sentences)]
        rows = np.zeros((len(texts), self._embedder.dimension), dtype=np.float32)
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(text, []).append(place)
        distinct = sorted(places, key=len)
        n_chars, n_chars_done = sum(map(len, distinct)), 0
        for numbers, embeddings in self._embedder.embed_in_steps(distinct):
            for number, embedding in zip(numbers, embeddings, strict=True):
                rows[places[distinct[number]]] = embedding
                n_chars_done += len(distinct[number])
            if n_chars_done < n_chars:
                yield n_chars_done / n_chars
        self._store.add_embeddings(
            list(passages), rows[: len(passages)], [sentence.id for sentence in sentences], rows[len(passages) :]
        )

    # One file

    def _add_file(self, candidate: Candidate, instead: FileReader | None, cancel: CancelEvent | None) -> FileReport:
        started = time.monotonic()
        known = self._store.file(printable(str(candidate.path)))
        row = _row_of(candidate, known)
        # Without a sha256 it could not even be opened; trying that again is cheap, and a right may have been given.
        if (
            instead is None
            and known
            and known.read_by == READ_BY
            and known.sha256
            and (known.size_bytes, known.mtime_ns) == (row.size_bytes, row.mtime_ns)
        ):
            return self._report_known(known, started)
        kept: FileRow | None = None
        try:
            if candidate.problem:
                raise UnreadableSource(path=row.path, reason=candidate.problem)
            row = replace(row, sha256=_sha256(candidate.path, self._last_archive))
            if instead is None and known and known.sha256 == row.sha256 and known.state in _KNOWN_GOOD:
                kept = replace(row, state=known.state, reason=known.reason)
                if known.read_by == READ_BY or self._is_by_ocr(known):
                    return self._keep(kept, started)
            self._refuse_foreign_ending(candidate)
            reading = (instead or self._reader).read(candidate.path)
        except SourceError as error:
            if kept is not None:
                return self._keep(kept, started)
            row = replace(row, state=error.state, reason=error.reason)
            self._store.record_file(row)
            return _report(row, started)
        try:
            # What was read off pictures took too long to be given up for a second.
            return self._store_reading(reading, row, kept, started, cancel if instead is None else None)
        except (RagError, _CancelledError):
            raise
        except Exception:  # noqa: BLE001 - whatever no test has met must not keep out the files that follow
            _log.exception("a document could not be stored")
            row = replace(row, state=FileState.DAMAGED, reason=_FAULT)
            return self._keep(row if kept is None else kept, started)

    def _keep(self, row: FileRow, started: float) -> FileReport:
        """The file is as it was, and what older readers read in it stays where newer ones find nothing or fail."""
        self._store.record_file(row)
        return self._report_known(row, started)

    def _is_by_ocr(self, known: FileRow) -> bool:
        """Whether words were read off pictures: the usual readers, of whatever number, would lose them."""
        return known.document_id is not None and any(part.is_ocr for part in self._store.parts(known.document_id))

    def _store_reading(
        self, reading: Reading, row: FileRow, kept: FileRow | None, started: float, cancel: CancelEvent | None
    ) -> FileReport:
        """`kept` is what is remembered instead where the file is as it was and there is nothing in the reading.

        Raises:
            _CancelledError: `cancel` was set before all of it was stored, so nothing is.
        """
        language = reading.language or self._language_of(reading.text, [mark.span for mark in reading.marks])
        document = _document(replace(reading, language=language), row)
        known = self._store.source(document.id) if self._store.has_document(document.id) else None
        document = self._with_marks_by_hand(document, known.id if known else row.document_id)
        row = replace(row, document_id=document.id)
        if known and known.path != row.path:
            row = replace(row, state=FileState.DUPLICATE)
            if known.media_type != document.source.media_type or not self._is_by_older_readers(known):
                self._store.record_file(row)
                return _report(row, started, document.source)
        passages = self._passages_of(document, cancel)
        first = next(passages, None)
        if first is None and not any(mark.kind is NoiseKind.BY_HAND for mark in document.marks):
            if kept is not None:
                return self._keep(kept, started)
            row = replace(row, document_id=None, state=FileState.EMPTY, reason="there is no text in it to quote.")
            self._store.record_file(row)
            return _report(row, started)
        row = replace(row, reason=reading.note)
        passages = itertools.chain(() if first is None else (first,), passages)
        if known:
            self._store.read_anew(document, passages, row)
            state = FileState.UNCHANGED if row.state is FileState.INDEXED else row.state
            return _report(replace(row, state=state), started, document.source)
        self._store.add_document(document, passages, row)
        return _report(row, started, document.source)

    def _is_by_older_readers(self, source: Source) -> bool:
        """Whether what is known of a document beside its text is what older readers saw, in a file that may be gone."""
        held = self._store.file(source.path)
        return held is not None and held.read_by != READ_BY

    def _with_marks_by_hand(self, document: Document, held_id: str | None) -> Document:
        """The document, with what a person marked in the one that its file held before."""
        if held_id is None or not any(marking.is_by_hand(mark) for mark in self._store.marks(held_id)):
            return document
        return replace(document, marks=marking.carried(self._store.document(held_id), document))

    def _passages_of(self, document: Document, cancel: CancelEvent | None = None) -> Iterator[Passage]:
        """Cut as they are asked for; a book is never held in pieces, and can be given up in the middle."""
        breaks = [part.span.start for part in document.parts if part.kind is not PartKind.PAGE]
        for passage in self._chunker.passages(document.text, document.excluded, breaks):
            if _is_set(cancel):
                raise _CancelledError
            yield passage

    def _cut_anew(self, document: Document) -> None:
        self._store.cut_anew(document, self._passages_of(document))

    def _report_known(self, known: FileRow, started: float) -> FileReport:
        """What is known to be in the library is unchanged; what failed before has failed still, without being read."""
        if known.state not in _KNOWN_GOOD or known.document_id is None:
            return _report(known, started)
        source = self._store.source(known.document_id)
        state = FileState.UNCHANGED if known.state is FileState.INDEXED else known.state
        return _report(replace(known, state=state), started, source)

    def _refuse_foreign_ending(self, candidate: Candidate) -> None:
        is_from_folder = candidate.root != candidate.path
        ending = printable(candidate.path.suffix.lower())
        if is_from_folder and ending not in self._endings | ADVISED:
            reason = f"files of the kind {ending} cannot be read yet." if ending else "its name has no known ending."
            raise UnsupportedFormat(path=str(candidate.path), reason=reason)


def _is_under(path: str, root: Path) -> bool:
    return Path(path).is_relative_to(printable(str(root)))


def _is_set(cancel: CancelEvent | None) -> bool:
    return cancel is not None and cancel.is_set()


def _sha256(path: Path, last_archive: LastArchive) -> str:
    digest = hashlib.sha256()
    with open_regular(path, last_archive) as file:
        while piece := file.read(_HASH_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _row_of(candidate: Candidate, known: FileRow | None) -> FileRow:
    """What is to be remembered of the file if all goes well; a size of -1 stands for a file that cannot be seen."""
    size_bytes, mtime_ns = _stamp(candidate)
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
        read_by=READ_BY,
    )


def _stamp(candidate: Candidate) -> tuple[int, int]:
    """Size and time; of a file in an archive its checksum instead, for its time is the packer's. -1: not to be seen."""
    if candidate.member is not None:
        return candidate.member.size_bytes, candidate.member.crc
    try:
        status = candidate.path.stat()
    except (OSError, ValueError):
        return -1, -1
    return status.st_size, status.st_mtime_ns


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
        author=reading.author,
        language=reading.language,
        n_pages=reading.n_pages,
    )
    return Document(source, reading.text, reading.parts, reading.marks)


def _report(row: FileRow, started: float, source: Source | None = None) -> FileReport:
    n_chars, n_pages = (source.n_chars, max(1, source.n_pages)) if source else (0, 0)
    seconds = time.monotonic() - started
    return FileReport(row.name, row.path, row.document_id, row.state, row.reason, n_chars, n_pages, seconds)
