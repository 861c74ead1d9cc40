"""What was embedded once is not embedded again, and comes back as it was."""

from pathlib import Path

import numpy as np

from desktop_app.kept_embeddings import KeptEmbedder
from tests.fakes import HashingEmbedder


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


def test_no_text_gives_no_row(tmp_path: Path) -> None:
    kept = KeptEmbedder(HashingEmbedder(), tmp_path / "embeddings.db")
    assert kept.embed([]).shape == (0, kept.dimension)
    assert kept.embed(["many"] * 1_200).shape == (1_200, kept.dimension)
    kept.close()
