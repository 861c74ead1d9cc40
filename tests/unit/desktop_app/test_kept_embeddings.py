"""What was embedded once is not embedded again, and comes back as it was."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktop_app.kept_embeddings import KeptEmbedder
from tests.contracts import EmbedderContract
from tests.fakes import HashingEmbedder


class TestKeptEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> Iterator[KeptEmbedder]:
        kept = KeptEmbedder(HashingEmbedder(), tmp_path / "embeddings.db")
        yield kept
        kept.close()


class CountingEmbedder(HashingEmbedder):
    """Counts the texts it was given."""

    n_texts = 0

    def embed(self, texts):  # type: ignore[no-untyped-def]
        self.n_texts += len(texts)
        return super().embed(texts)


def test_a_text_is_embedded_once_and_its_embedding_stays_the_same(tmp_path: Path) -> None:
    plain, counting = HashingEmbedder(), CountingEmbedder()
    kept = KeptEmbedder(counting, tmp_path / "embeddings.db")
    first = kept.embed(["one", "two", "one"])
    kept.close()
    again = KeptEmbedder(counting, tmp_path / "embeddings.db")
    second = again.embed(["two", "three", "one", "\ud800"])
    again.close()
    assert counting.n_texts == 4
    np.testing.assert_array_equal(first, plain.embed(["one", "two", "one"]))
    np.testing.assert_array_equal(second[[0, 2]], plain.embed(["two", "one"]))


def test_what_was_embedded_before_somebody_stopped_is_kept(tmp_path: Path) -> None:
    counting = CountingEmbedder()
    kept = KeptEmbedder(counting, tmp_path / "embeddings.db")
    texts = [f"text {n}" for n in range(150)]
    assert len(next(kept.embed_in_steps(texts))[0]) == counting.n_texts == 64
    np.testing.assert_array_equal(kept.embed(texts), HashingEmbedder().embed(texts))
    assert counting.n_texts == 150
    kept.close()


def test_no_text_gives_no_row(tmp_path: Path) -> None:
    kept = KeptEmbedder(HashingEmbedder(), tmp_path / "embeddings.db")
    assert kept.embed([]).shape == (0, kept.dimension)
    assert kept.embed(["many"] * 1_200).shape == (1_200, kept.dimension)
    kept.close()
