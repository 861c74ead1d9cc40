"""Opens the bundled reader for the search engine, in its child process; without it the search goes on."""

from __future__ import annotations

import logging

from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.errors import ModelError
from models.reader import OnnxReader
from models.shelf import Shelf

_log = logging.getLogger(__name__)


def open_reader(paths: AppPaths) -> OnnxReader | None:
    """The bundled reader, checked against its sha256, or None, with a line in the log, where it cannot be used."""
    shelf = Shelf(paths.models)
    try:
        model = shelf.default(Role.READER)
        shelf.verify(model)
        if model.tokenizer_path is None:
            raise ValueError(f"the catalogue names no tokenizer for {model.id}")
        return OnnxReader(model.path, model.tokenizer_path, name=f"{model.id}@{model.sha256[:12]}")
    except ModelError as error:
        _log.warning("Answers are found without the reader. %s", error)
        return None
