"""Reading and embedding that can be broken off at any moment, and lose nothing but the file or the batch at hand.

It decides neither when that is wanted nor what is done next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

import numpy as np

from desktop_app.hosted_reader import HostedReader
from desktop_app.hosting_errors import ChildStopped
from rag.ports import Embedder, Embeddings
from rag.rows import Embedding
from rag.types import Reading

_LOOK_S: Final = 0.05
_GRACE_S: Final = 0.25  # most files are read by then, and a reader need not be started anew
_PIECE_CHARS: Final = 8_000  # padded; a third of a second on two cores


class Interrupted(Exception):
    """The work at hand was broken off; the library does not know of it."""


class InterruptibleReader:
    """Reads in a child that is ended when nobody wants to wait for it any more; fits rag.ports.FileReader."""

    def __init__(self, make: Callable[[], HostedReader]) -> None:
        self._make = make
        self._mutex = Lock()
        self._reader: HostedReader | None = None

    def read(self, path: Path) -> Reading:
        """Read a file.

        Raises:
            SourceError: with the reason.
            Interrupted: it was broken off.
        """
        with self._mutex:
            reader = self._reader = self._reader or self._make()
        try:
            return reader.read(path)
        except ChildStopped as exc:
            raise Interrupted from exc

    @contextmanager
    def heeding(self, cancel: Event) -> Iterator[None]:
        """Inside of this, setting `cancel` breaks the reading off soon."""
        over = Event()
        Thread(target=self._heed, args=(cancel, over), name="heeding", daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def close(self, timeout_s: float = 3.0) -> None:
        """End the child; the next reading starts another."""
        with self._mutex:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close(timeout_s)

    def _heed(self, cancel: Event, over: Event) -> None:
        while not over.wait(_LOOK_S):
            if cancel.is_set():
                if not over.wait(_GRACE_S):
                    self.close(0.1)
                return


class InterruptibleEmbedder:
    """Opens an embedder when it is first needed and works in small pieces; fits rag.ports.Embedder.

    What was embedded before it was broken off is kept until `forget`, so that the same texts cost nothing again.
    """

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder
        self._opened: Embedder | None = None
        self._kept: dict[str, Embedding] = {}
        self._is_over: Callable[[], bool] = _never

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """float32, (len(texts), dimension), in the order given.

        Raises:
            Interrupted: it was broken off between two pieces.
        """
        waiting = [text for text in dict.fromkeys(texts) if text not in self._kept]
        for piece in _pieces(waiting):
            if self._is_over():
                raise Interrupted
            self._kept.update(zip(piece, self._embedder.embed(piece), strict=True))
        return np.array([self._kept[text] for text in texts], dtype=np.float32).reshape(len(texts), self.dimension)

    def forget(self) -> None:
        """What was embedded is stored by now."""
        self._kept.clear()

    @contextmanager
    def until(self, deadline_s: float, cancel: Event) -> Iterator[None]:
        """Inside of this, the embedding is broken off once `cancel` is set, or after one piece at least, in time.

        `deadline_s` is on the clock of time.monotonic.
        """
        n_before = len(self._kept)
        self._is_over = lambda: cancel.is_set() or (time.monotonic() > deadline_s and len(self._kept) > n_before)
        try:
            yield
        finally:
            self._is_over = _never

    @property
    def _embedder(self) -> Embedder:
        if self._opened is None:
            self._opened = self._open_embedder()
        return self._opened


def _never() -> bool:
    return False


def _pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    """Runs of texts that cost about the same; as they are sorted by length, little of it is padding."""
    piece: list[str] = []
    longest = 0
    for text in texts:
        longest = max(longest, len(text))
        if piece and longest * (len(piece) + 1) > _PIECE_CHARS:
            yield piece
            piece, longest = [], len(text)
        piece.append(text)
    if piece:
        yield piece
