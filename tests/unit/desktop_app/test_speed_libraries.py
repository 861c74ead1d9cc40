"""Libraries to measure with: real texts first, then copies with the words of real texts and vectors near theirs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.paths import AppPaths
from desktop_app.speed_copies import WholeDocument, noisy, shuffled
from desktop_app.speed_libraries import TooLittleText, sized_library
from rag.chunking import Chunker
from rag.store import Store
from rag.types import Document, Source, document_id
from tests.fakes import HashingEmbedder, count_tokens

_EMBEDDER = HashingEmbedder()


def _whole(text: str, name: str = "a.txt") -> WholeDocument:
    passages = Chunker(count_tokens, 30).chunk(text)
    source = Source(document_id(text), name, f"/{name}", "", None, None, "text/plain", len(text))
    sentences = [s.span.cut(text) for p in passages for s in p.sentences]
    rows = _EMBEDDER.embed([p.span.cut(text) for p in passages])
    return WholeDocument(Document(source, text), passages, rows, _EMBEDDER.embed(sentences))


def _text(number: int) -> str:
    return " ".join(f"Keeper {number} saw ship {n} pass." for n in range(6)) + "\n"


def _add(store: Store, new: WholeDocument) -> None:
    store.add_document(new.document, new.passages)
    store.replace_embeddings(new.document.id, new.embeddings, new.sentence_embeddings)


@pytest.fixture
def real(tmp_path: Path) -> AppPaths:
    paths = AppPaths.under(tmp_path / "real")
    paths.ensure()
    with closing(Store.open(paths.library)) as store:
        store.set_embedder(_EMBEDDER.name, _EMBEDDER.dimension)
        for number in range(3):
            new = _whole(_text(number), f"{number}.txt")
            _add(store, new)
    return paths


def _ignore(_: str) -> None:
    pass


@given(st.integers(0, 2**32))
def test_a_copy_has_the_sentences_of_its_original_in_another_order(seed: int) -> None:
    original = _whole(_text(1))
    copy = shuffled(original, np.random.default_rng(seed), "copy")
    assert len(copy.passages) == len(original.passages)
    for made, real_one in zip(copy.passages, original.passages, strict=True):
        sentences = [s.span.cut(copy.document.text) for s in made.sentences]
        assert sorted(sentences) == sorted(s.span.cut(original.document.text) for s in real_one.sentences)
        assert made.span.cut(copy.document.text) == " ".join(sentences)
    assert copy.document.id == document_id(copy.document.text)


def test_a_copied_sentence_keeps_its_own_vector() -> None:
    copy = shuffled(_whole(_text(1)), np.random.default_rng(5), "copy")
    sentences = [s.span.cut(copy.document.text) for p in copy.passages for s in p.sentences]
    assert np.array_equal(copy.sentence_embeddings, _EMBEDDER.embed(sentences))


@given(st.integers(0, 2**32))
def test_noise_leaves_a_vector_of_length_one_near_its_original(seed: int) -> None:
    rows = _EMBEDDER.embed(["a ship", "a keeper of the light"])
    moved = noisy(rows, np.random.default_rng(seed))
    assert np.allclose(np.linalg.norm(moved, axis=1), 1.0, atol=1e-5)
    assert (np.sum(rows * moved, axis=1) > 0.99).all()
    assert not np.array_equal(rows, moved)


def test_a_small_library_is_of_real_texts_alone(real: AppPaths, tmp_path: Path) -> None:
    with closing(Store.read(real.library)) as texts:
        n_first = len(texts.passages_of(texts.sources()[0].id))
    made = sized_library(real, AppPaths.under(tmp_path / "small"), n_first, _ignore)
    assert made.n_passages == n_first == len(made.real_ids)


def test_a_larger_library_is_filled_with_copies_to_the_very_passage(real: AppPaths, tmp_path: Path) -> None:
    with closing(Store.read(real.library)) as texts:
        n_real = texts.n_passages()
    made = sized_library(real, AppPaths.under(tmp_path / "large"), 4 * n_real, _ignore)
    assert (made.n_passages, len(made.real_ids)) == (4 * n_real, n_real)
    with closing(Store.read(made.paths.library)) as store:
        assert store.n_passages() == len(store.embedded_ids()) == 4 * n_real
        assert store.is_sound()


def test_preparing_goes_on_where_it_was_and_makes_the_same_library(real: AppPaths, tmp_path: Path) -> None:
    with closing(Store.read(real.library)) as texts:
        n_real = texts.n_passages()
    twice, once = AppPaths.under(tmp_path / "twice"), AppPaths.under(tmp_path / "once")
    sized_library(real, twice, 2 * n_real, _ignore)
    sized_library(real, twice, 3 * n_real, _ignore)
    sized_library(real, once, 3 * n_real, _ignore)
    with closing(Store.read(twice.library)) as first, closing(Store.read(once.library)) as second:
        assert {source.id for source in first.sources()} == {source.id for source in second.sources()}


def test_texts_that_allow_too_few_orders_are_refused_with_what_they_gave(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path / "short")
    paths.ensure()
    with closing(Store.open(paths.library)) as store:
        store.set_embedder(_EMBEDDER.name, _EMBEDDER.dimension)
        new = _whole("One sentence only.\n")
        _add(store, new)
    with pytest.raises(TooLittleText, match="no more than 1 passages"):
        sized_library(paths, AppPaths.under(tmp_path / "made"), 5, _ignore)
