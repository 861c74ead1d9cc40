"""The chat engine: the chosen model, checked and loaded; runs in a child process."""

from __future__ import annotations

from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.chat import LlamaChat
from models.shelf import Shelf


def open_chat(paths: AppPaths, model_id: str | None) -> LlamaChat:
    """The chosen chat model, or the bundled one, checked against its sha256.

    Raises:
        ModelError: it is missing, altered, broken or too large.
    """
    shelf = Shelf(paths.models)
    model = shelf.find(model_id) if model_id else shelf.default(Role.CHAT)
    shelf.verify(model)
    chat = LlamaChat(model.path)
    chat.name = model.name  # the shelf's name is for people; the one inside the file may be a training run's
    return chat
