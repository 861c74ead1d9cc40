from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from typing import cast

import numpy as np
import pytest

from desktop_app.hosted_reader import HostedReader
from desktop_app.hosting_errors import ChildStopped
from desktop_app.interruptible import Interrupted, InterruptibleEmbedder, InterruptibleReader
from rag.ports import Embeddings
from rag.types import Reading


class SlowReader:
    """Reads until it is closed; stands in for HostedReader."""

    def __init__(self, made: list[SlowReader]) -> None:
        made.append(self)
        self.has_begun = Event()
        self.closed = Event()

    def read(self, path: Path) -> Reading:
        self.has_begun.set()
        if path.name == "short.txt":
            return Reading("Short.", "Short", None, None, "text/plain")
        assert self.closed.wait(10)
        raise ChildStopped(name="reader")

    def close(self, timeout_s: float = 3.0) -> None:
        self.closed.set()


class CountingEmbedder:
    """Embeds a text as its length, and counts."""

    name, dimension, max_tokens = "counting", 1, 256

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> Embeddings:
        self.embedded += texts
        return np.array([[len(text)] for text in texts], dtype=np.float32)


@pytest.fixture
def made() -> list[SlowReader]:
    return []


@pytest.fixture
def reader(made: list[SlowReader]) -> InterruptibleReader:
    return InterruptibleReader(lambda: cast(HostedReader, SlowReader(made)))


def test_a_reading_that_nobody_waits_for_any_more_is_broken_off_within_a_second(
    reader: InterruptibleReader, made: list[SlowReader]
) -> None:
    cancel = Event()

    def cancel_soon() -> None:
        while not made:
            pass
        made[0].has_begun.wait(5)
        cancel.set()

    Thread(target=cancel_soon).start()
    begun_s = time.monotonic()
    with reader.heeding(cancel), pytest.raises(Interrupted):
        reader.read(Path("endless.txt"))
    assert time.monotonic() - begun_s < 1


def test_the_next_reading_after_one_that_was_broken_off_gets_a_reader_of_its_own(
    reader: InterruptibleReader, made: list[SlowReader]
) -> None:
    cancel = Event()
    cancel.set()
    with reader.heeding(cancel), pytest.raises(Interrupted):
        reader.read(Path("endless.txt"))
    assert reader.read(Path("short.txt")).text == "Short."
    assert reader.read(Path("short.txt")).text == "Short."
    assert len(made) == 2


def test_an_embedder_is_not_opened_before_it_is_needed() -> None:
    opened: list[CountingEmbedder] = []

    def open_embedder() -> CountingEmbedder:
        opened.append(CountingEmbedder())
        return opened[-1]

    embedder = InterruptibleEmbedder(open_embedder)
    assert not opened
    assert embedder.name == "counting"
    assert (embedder.dimension, embedder.max_tokens) == (1, 256)
    assert len(opened) == 1


def test_texts_come_back_in_their_order_whatever_pieces_they_were_embedded_in() -> None:
    texts = [("x" * n) for n in (900, 10, 4_000, 9_000, 10, 300, 77)] * 5
    embedder = InterruptibleEmbedder(CountingEmbedder)
    assert embedder.embed(texts)[:, 0].tolist() == [len(text) for text in texts]
    assert embedder.embed([]).shape == (0, 1)


def test_what_was_embedded_before_it_was_broken_off_is_not_embedded_again() -> None:
    counting = CountingEmbedder()
    embedder = InterruptibleEmbedder(lambda: counting)
    texts = [f"{n:04}" * 1_000 for n in range(10)]
    n_tries = 0
    while n_tries < 20:
        n_tries += 1
        with embedder.until(time.monotonic() - 1, Event()):
            try:
                rows = embedder.embed(texts)
                break
            except Interrupted:
                continue
    assert 1 < n_tries <= 10
    assert rows[:, 0].tolist() == [4_000] * 10
    assert counting.embedded == texts
    embedder.forget()
    embedder.embed(texts[:1])
    assert len(counting.embedded) == 11


def test_cancelling_lets_no_piece_be_embedded() -> None:
    counting = CountingEmbedder()
    embedder = InterruptibleEmbedder(lambda: counting)
    cancel = Event()
    cancel.set()
    with embedder.until(time.monotonic() + 60, cancel), pytest.raises(Interrupted):
        embedder.embed(["a", "b"])
    assert not counting.embedded
    assert embedder.embed(["a", "b"]).shape == (2, 1)
