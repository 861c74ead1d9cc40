"""While Chroma is being opened, questions are answered; afterwards it follows the store slice by slice."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from desktop_app.index_follower import IndexFollower
from rag.errors import IndexUnavailable
from rag.index import _M_PERTURB, ChromaIndex
from rag.store import Store
from rag.types import Document, Passage, Sentence, Source, Span, document_id
from rag.vectors import VectorIndex


class SlowIndex(ChromaIndex):
    """Takes to open until `may_open` is set; the first `n_failures` openings fail."""

    def __init__(self, folder: Path, store: Store, n_failures: int = 0) -> None:
        super().__init__(folder, store)
        self.may_open = Event()
        self.n_failures = n_failures

    def start(self) -> None:
        self.may_open.wait(20)
        if self.n_failures:
            self.n_failures -= 1
            raise IndexUnavailable(reason="the disk is away.")
        super().start()


@pytest.fixture(scope="module", autouse=True)
def _freed_memory_is_overwritten_here_only() -> Iterator[None]:
    yield
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_PERTURB, 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library.db") as store:
        store.set_embedder("two places", 2)
        text = "A keeper counts boats."
        source = Source(document_id(text), "a.txt", "/a.txt", "A", None, None, "text/plain", len(text))
        span = Span(0, len(text))
        rows = np.array([[1.0, 0.0]], dtype=np.float32)
        store.add_document(Document(source, text), [Passage(0, span, 5, (Sentence(0, span),))])
        store.replace_embeddings(source.id, rows, rows)
        yield store


def _until_ready(follower: IndexFollower) -> None:
    for _ in range(200):
        if follower.follow(100).is_ready:
            return
    raise AssertionError("the index never caught up")


def test_a_question_is_answered_while_the_index_is_being_opened(tmp_path: Path, store: Store) -> None:
    index = SlowIndex(tmp_path / "index", store)
    follower = IndexFollower(index, store)
    vectors = VectorIndex(store, index)
    question = np.array([1.0, 0.0], dtype=np.float32)
    for _ in range(3):
        began_s = time.monotonic()
        state = follower.follow(100)
        assert time.monotonic() - began_s < 1
        assert (state.n_indexed, state.n_passages, state.is_ready) == (0, 1, False)
        assert vectors.query(question, 1) == [(1, 1.0)]
    index.may_open.set()
    _until_ready(follower)
    assert index.is_ready
    assert vectors.query(question, 1) == [(1, pytest.approx(1.0))]
    follower.close()


def test_an_index_of_an_empty_library_is_not_called_ready_before_it_is_open(tmp_path: Path, store: Store) -> None:
    store.remove_document(store.sources()[0].id)
    index = SlowIndex(tmp_path / "index", store)
    follower = IndexFollower(index, store)
    state = follower.follow(100)
    assert state.n_indexed < state.n_passages
    index.may_open.set()
    for _ in range(200):
        state = follower.follow(100)
        if state.n_indexed >= state.n_passages:
            break
    assert (state.n_indexed, state.n_passages) == (0, 0)
    follower.close()


def test_an_opening_that_fails_is_told_and_tried_again(tmp_path: Path, store: Store) -> None:
    index = SlowIndex(tmp_path / "index", store, n_failures=1)
    index.may_open.set()
    follower = IndexFollower(index, store)
    with pytest.raises(IndexUnavailable, match="the disk is away"):
        _until_ready(follower)
    _until_ready(follower)
    follower.close()


def test_closing_waits_for_an_opening_so_that_the_index_is_not_called_suspect(tmp_path: Path, store: Store) -> None:
    index = SlowIndex(tmp_path / "index", store)
    follower = IndexFollower(index, store)
    follower.follow(100)
    index.may_open.set()
    follower.close()
    assert list((tmp_path / "index").glob("g*"))
    assert not list((tmp_path / "index").glob("g*/suspect"))
