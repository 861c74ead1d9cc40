"""One adding, as the indexing child does it: many short calls, between which others get their turn and a pause holds.

It reads and embeds nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event as CancelEvent
from typing import Any, Final

from desktop_app.hosting import CallCancelled, Host
from desktop_app.pacing import Pace
from rag.types import FileReport, FileState, IngestProgress, Stage

#: Files that the indexing child gets at a time; it comes back earlier when they take long.
SLICE_FILES: Final = 256

_NEW: Final = frozenset({FileState.INDEXED, FileState.DUPLICATE})
_HELD: Final = _NEW | {FileState.UNCHANGED}

_Slice = Generator[Any, None, Any]  # what the indexing child yields, and what it returns


class Adding:
    """Reads files into the library, brings watched folders in step, then computes vectors.

    `folders` tells those that are watched now, each with the collection that its new documents go into, or no name;
    `collection` tells the one that all documents of this adding go into, whether they are new or not.
    """

    def __init__(
        self,
        indexer: Host,
        folders: Callable[[], Mapping[Path, str]],
        cancel: CancelEvent,
        pace: Pace | None = None,
        collection: Callable[[], str] | None = None,
    ) -> None:
        self._indexer = indexer
        self._folders = folders
        self._cancel = cancel
        self._pace = pace
        self._collection = collection

    def steps(
        self, paths: Sequence[Path], counted: Callable[[], tuple[int, int]], *, by_ocr: bool = False
    ) -> Iterator[IngestProgress]:
        """Everything in order; `counted` gives the passages with vectors, and all, when it is the vectors' turn."""
        folders = self._folders()
        watched = [path for path in paths if path in folders]
        there = [path for path in paths if path not in watched or path.is_dir()]
        with suppress(CallCancelled):  # before a file was begun
            yield from self._read(there, "read_scans" if by_ocr else "add_some")
            # After the reading: what was only moved is known under its new name by then, and keeps its vectors.
            for folder in watched:
                self._wait()
                self._indexer.call("forget_missing", folder, cancel=self._cancel)
        if paths:
            self._indexer.call("purge")
        yield from self._embed(*counted())

    def _embed(self, n_embedded: int, n_passages: int) -> Iterator[IngestProgress]:
        """Nothing where nothing is missing: an embedder that is not needed is not even loaded."""
        is_left = n_embedded < n_passages
        if is_left and not self._cancel.is_set():
            yield IngestProgress(n_embedded, n_passages, "", None, Stage.EMBEDDING)
        while is_left and not self._cancel.is_set():
            is_left = (yield from self._slice("embed_some", breaks_off_for_answers=True)) is not False

    def _read(self, paths: Sequence[Path], method: str) -> Iterator[IngestProgress]:
        self._wait()
        found = self._indexer.call("find", list(paths), cancel=self._cancel) if paths else []
        done = 0
        while done < len(found) and not self._cancel.is_set():
            reports: list[FileReport] = []
            some = found[done : done + SLICE_FILES]
            # A page takes a second of every core, which an answer should not wait for.
            for steps in self._slice(method, some, done, len(found), breaks_off_for_answers=method == "read_scans"):
                reports += [step.report for step in steps if step.report is not None]
                yield from steps
            done += len(reports)
            self._collect(reports)

    def _slice(self, method: str, *args: object, breaks_off_for_answers: bool = False) -> _Slice:
        """One short call, as soon as nothing holds the adding; returns what it returned, None where it was held."""
        self._wait()
        if self._cancel.is_set():
            return None
        stop = self._cancel
        if self._pace is not None:
            stop = self._pace.must_yield if breaks_off_for_answers else self._pace.must_stop
        with suppress(CallCancelled):  # held before it had begun
            return (yield from self._indexer.stream(method, *args, cancel=stop))
        return None

    def _wait(self) -> None:
        if self._pace is not None:
            self._pace.wait(self._cancel)

    def _collect(self, reports: Sequence[FileReport]) -> None:
        """At once, so that a crash leaves out little."""
        folders = self._folders()
        chosen = self._collection() if self._collection is not None else ""
        gathered = {chosen: [one.document_id for one in reports if one.state in _HELD and one.document_id]}
        for report in reports:
            if report.state in _NEW and report.document_id:
                for name in {name for folder, name in folders.items() if Path(report.path).is_relative_to(folder)}:
                    gathered.setdefault(name, []).append(report.document_id)
        for name, document_ids in gathered.items():
            if name and document_ids:
                self._indexer.call("collect", name, document_ids)
