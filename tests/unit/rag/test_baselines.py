"""The bare queries search what the program searches, so that a comparison compares like with like."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from rag.baselines import BareChroma, BareText
from rag.chunking import Chunker
from rag.index import _M_PERTURB, ChromaIndex
from rag.store import Store
from rag.terms import content_terms
from rag.types import Document, Source, document_id
from tests.fakes import HashingEmbedder, count_tokens

_TEXTS = (
    "The lighthouse keeper wrote about storms.",
    "Storms damaged two of the lighthouses in 1911.",
    "A baker's bread was praised by the keeper.",
    "Nobody praised the weather, which was stormy.",
    "Relativity changed how physicists speak of forces.",
)


@pytest.fixture(scope="module", autouse=True)
def _freed_memory_is_overwritten_here_only() -> Iterator[None]:
    yield
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_PERTURB, 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    embedder = HashingEmbedder()
    with Store.open(tmp_path / "library.db") as opened:
        opened.set_embedder(embedder.name, embedder.dimension)
        for number, text in enumerate(_TEXTS):
            source = Source(
                document_id(text), f"{number}.txt", f"/{number}.txt", "", None, None, "text/plain", len(text)
            )
            passages = Chunker(count_tokens).chunk(text)
            sentences = [s.span.cut(text) for p in passages for s in p.sentences]
            rows = embedder.embed([p.span.cut(text) for p in passages])
            opened.add_document(Document(source, text), passages)
            opened.replace_embeddings(source.id, rows, embedder.embed(sentences))
        yield opened


@pytest.mark.parametrize(
    "question", ["What did the keepers write about the storms?", "Who praised bread?", "relativity and force in 1911"]
)
def test_the_bare_select_finds_the_rows_of_the_full_text_search_in_its_order(store: Store, question: str) -> None:
    words_of = {term.stem: term.word for term in content_terms(question)}
    with closing(BareText(store.path)) as bare:
        found = [row for row, _ in bare.query(tuple(words_of), 10)]
    assert found
    assert found == [row for row, _ in store.search_text(tuple(words_of.values()), 10)]


def test_a_bare_select_without_terms_finds_nothing(store: Store) -> None:
    with closing(BareText(store.path)) as bare:
        assert bare.query((), 10) == []


def test_the_bare_query_finds_what_the_index_finds_beside_it(store: Store, tmp_path: Path) -> None:
    vector = HashingEmbedder().embed(["the storm and the keeper"])[0].astype(np.float32)
    with closing(ChromaIndex(tmp_path / "index", store)) as index:
        while not index.follow().is_ready:
            pass
        bare = BareChroma(tmp_path / "index").query(vector, 3)
        assert sorted(map(int, bare)) == sorted(passage for passage, _ in index.query(vector, 3))


def test_without_an_index_the_bare_query_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no index"):
        BareChroma(tmp_path)
