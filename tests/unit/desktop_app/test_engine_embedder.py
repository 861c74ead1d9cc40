from __future__ import annotations

import numpy as np
import pytest

from desktop_app.engine_embedder import LateEmbedder
from tests.contracts import EmbedderContract
from tests.fakes import HashingEmbedder


class TestLateEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self) -> LateEmbedder:
        return LateEmbedder(HashingEmbedder)


def test_an_embedder_is_opened_once_and_not_before_it_is_needed() -> None:
    opened: list[HashingEmbedder] = []

    def open_embedder() -> HashingEmbedder:
        opened.append(HashingEmbedder())
        return opened[-1]

    embedder = LateEmbedder(open_embedder)
    assert not opened
    assert embedder.dimension == 64
    np.testing.assert_array_equal(embedder.embed(["a text"]), HashingEmbedder().embed(["a text"]))
    assert len(opened) == 1
