"""Opens the bundled embedder, for the engines that need one; runs in their child processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.embedding import OnnxEmbedder
from models.shelf import Shelf
from rag.ports import Embedder, Embeddings


def open_embedder(paths: AppPaths) -> OnnxEmbedder:
    """The bundled embedder, checked against its sha256.

    Raises:
        ModelError: it is missing, altered or cannot be loaded.
    """
    shelf = Shelf(paths.models)
    model = shelf.default(Role.EMBEDDER)
    shelf.verify(model)
    if model.tokenizer_path is None:
        raise ValueError(f"the catalogue names no tokenizer for {model.id}")
    return OnnxEmbedder(model.path, model.tokenizer_path, name=f"{model.id}@{model.sha256[:12]}")


class LateEmbedder:
    """Opens an embedder when it is first needed; fits rag.ports.Embedder."""

    def __init__(self, open_embedder: Callable[[], Embedder]) -> None:
        self._open_embedder = open_embedder

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
        """float32, (len(texts), dimension), in the order given."""
        return self._embedder.embed(texts)

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Embeddings]]:
        """The same rows, some at a time with their places in `texts`."""
        return self._embedder.embed_in_steps(texts)

    @cached_property
    def _embedder(self) -> Embedder:
        return self._open_embedder()
