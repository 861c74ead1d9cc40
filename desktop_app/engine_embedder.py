"""Opens the bundled embedder, for the engines that need one; runs in their child processes."""

from __future__ import annotations

from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.embedding import OnnxEmbedder
from models.shelf import Shelf


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
