"""What the window may ask of the rest of the program: one protocol and its values, without Qt and without engines."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event as CancelEvent
from typing import Protocol

from desktop_app.pacing import Pace
from desktop_app.pages import PageSource
from rag.events import Event
from rag.holdings import Collection, Correction, WatchedFolder
from rag.rows import FileRow
from rag.types import Document, IngestProgress, Scope, Source, Span, Turn


class EngineStatus(StrEnum):
    """Where a child process stands. ASLEEP: not needed yet, starts by itself. GIVEN_UP: died twice in a row."""

    ASLEEP = "asleep"
    LOADING = "loading"
    READY = "ready"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class EngineState:
    """One child process as the status line shows it: `engine` is chat, search or indexer, `detail` a model's name."""

    engine: str
    status: EngineStatus
    detail: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far Chroma has followed the store; until it is ready, exact search serves."""

    n_indexed: int
    n_passages: int

    @property
    def is_ready(self) -> bool:
        return self.n_indexed >= self.n_passages


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader should know, in sentences: what happened, what is safe, what to do.

    `engine` is set where it is only of interest until that engine is ready again, for example where it has died.
    """

    title: str
    message: str
    engine: str = ""


class Workbench(Protocol):
    """The library and the engines behind one door. Every method may be called from any thread; none touches Qt."""

    @property
    def pages(self) -> PageSource:
        """The pages of original files."""
        ...

    def start(self, on_notice: Callable[[Notice], None], on_engine: Callable[[EngineState], None]) -> None:
        """Start loading the engines in the background and return at once. The callbacks come from other threads."""
        ...

    def close(self) -> None:
        """Stop every child process; returns within 3 seconds."""
        ...

    def ask(
        self,
        question: str,
        *,
        scope: Scope,
        history: Sequence[Turn],
        standalone: str | None,
        cancel: CancelEvent,
    ) -> Generator[Event, None, None]:
        """Answer a question; blocks, so it runs in the answering thread.

        `history` are the earlier turns of the conversation; `standalone`, where given, is the question as the reader
        has edited it and is searched for as it stands. Always ends with `Done`, also after `cancel` was set.

        Raises:
            RagError, ModelError, ChildDied: the turn failed; the message is a sentence for the reader.
        """
        ...

    def add(
        self,
        paths: Sequence[Path],
        cancel: CancelEvent,
        pace: Pace | None = None,
        *,
        by_ocr: bool = False,
        collection: Callable[[], str] | None = None,
    ) -> Iterator[IngestProgress]:
        """Add files and folders; blocks, so it runs in the indexing thread; what was reported as indexed is safe.

        What has gone from a watched folder among `paths` is removed from the library. Reading comes first, then
        vectors for all that lack them, from earlier times too: no paths at all lets it go on with those. It rests
        where `pace` says so, within a second; no engine is busy with it then. Whoever sets `cancel` calls
        `pace.break_off` after it. `by_ocr` reads the pages of PDFs that are pictures, whatever came of them before.
        `collection` is asked, whenever some are read, for the name of the one that the documents go into, the known
        ones too; none where it is empty.
        """
        ...

    @property
    def has_ocr(self) -> bool:
        """Whether this installation can read pictures of text."""
        ...

    def prepare_adding(self) -> None:
        """Files are about to come: start what reads them, in the background; returns at once."""
        ...

    def n_without_vectors(self) -> int:
        """How many passages are found by their words only, for they wait for their vectors; milliseconds."""
        ...

    def remove(self, document_id: str, *, is_last: bool = True) -> None:
        """Remove a document from the store and the index; the original file is not touched.

        Of several, only the last one takes the time to wipe off all their words.
        """
        ...

    def files(self) -> tuple[FileRow, ...]:
        """Every file that was to be added and not removed since, with what became of it; milliseconds."""
        ...

    def correct(self, document_id: str, correction: Correction) -> None:
        """Show and search a document under this title, date and author."""
        ...

    def correction(self, document_id: str) -> Correction:
        """What was corrected of a document."""
        ...

    def collections(self) -> tuple[Collection, ...]:
        """The collections with their documents, by name."""
        ...

    def collect(self, name: str, document_ids: Sequence[str]) -> None:
        """Put documents into a collection, which is made where there is none; ValueError where the name is empty."""
        ...

    def uncollect(self, name: str, document_ids: Sequence[str]) -> None:
        """Take documents out of a collection."""
        ...

    def rename_collection(self, name: str, new_name: str) -> None:
        """Raises ValueError, whose message is for the reader, where the new name cannot be used."""
        ...

    def remove_collection(self, name: str) -> None:
        """The collection goes, its documents stay."""
        ...

    def watched(self) -> tuple[WatchedFolder, ...]:
        """The folders that the library is kept in step with."""
        ...

    def watch(self, folder: Path, collection: str = "") -> None:
        """Remember a folder; adding it is another call."""
        ...

    def unwatch(self, folder: Path) -> None:
        """Forget a folder; its documents stay."""
        ...

    def lift(self, document_id: str, start: int, *, is_lifted: bool) -> None:
        """Let the stretch that a mark at `start` keeps out be found and quoted, or keep it out again."""
        ...

    def set_aside(self, document_id: str, span: Span) -> None:
        """Mark a stretch by hand, so that it is neither found nor quoted."""
        ...

    def follow_index(self) -> IndexState:
        """Let Chroma take over one slice (a fraction of a second) of what it has not indexed yet."""
        ...

    def sources(self) -> tuple[Source, ...]:
        """The library, ordered by name; milliseconds."""
        ...

    def document(self, document_id: str) -> Document:
        """A document with its text.

        Raises:
            StoreUnavailable: it is not in the library any more, or the library cannot be read.
        """
        ...

    def restart_engine(self, engine: str) -> None:
        """Start an engine again after it was given up."""
        ...
