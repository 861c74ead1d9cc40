"""What the window may ask of the rest of the program: one protocol and its values, without Qt and without engines."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event as CancelEvent
from typing import Protocol

from rag.types import Document, Event, IngestProgress, Scope, Source, Turn


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

    def add(self, paths: Sequence[Path], cancel: CancelEvent) -> Iterator[IngestProgress]:
        """Add files and folders; blocks, so it runs in the indexing thread; what was reported as indexed is safe."""
        ...

    def remove(self, document_id: str) -> None:
        """Remove a document from the store and the index; the original file is not touched."""
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
