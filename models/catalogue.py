"""What can be used out of the box: a card for each model that comes with the program, read from catalogue.json.

It finds the files inside installed packages without importing any of them. It does not open or check them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from importlib.machinery import PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from models.errors import CatalogueError

FORMAT = 1
_CATALOGUE = Path(__file__).with_name("catalogue.json")


class Role(StrEnum):
    """What a model does."""

    CHAT = "chat"
    EMBEDDER = "embedder"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file that an installed package carries; `inside` is its path from the folder of packages, with `/`."""

    distribution: str
    inside: str
    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a model. `tokenizer` is set for embedders and readers, `embedding_dimension` for embedders."""

    id: str
    role: Role
    name: str
    file: PackagedFile
    tokenizer: PackagedFile | None
    licence: str
    context_tokens: int
    embedding_dimension: int | None
    minimum_ram_bytes: int
    source: str


def read_catalogue(path: Path = _CATALOGUE) -> tuple[Card, ...]:
    """The cards, in the order of the file; the first of a role is the default.

    Raises:
        CatalogueError: the file is missing or not what it should be.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        if tree["format"] != FORMAT:
            raise CatalogueError(reason=f"it is in format {tree['format']}, and {FORMAT} is known")
        cards = tuple(_card(entry) for entry in tree["models"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CatalogueError(reason=f"{type(exc).__name__}: {exc}") from exc
    if len({card.id for card in cards}) != len(cards):
        raise CatalogueError(reason="two models have the same id")
    return cards


def locate(file: PackagedFile) -> Path | None:
    """Where the file lies on this machine, or None where its package is not installed or lacks it."""
    try:
        path = Path(str(distribution(file.distribution).locate_file(file.inside)))
        if path.is_file():
            return path
    except PackageNotFoundError:
        pass
    package, *rest = file.inside.split("/")
    spec = PathFinder.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = reduce(Path.joinpath, rest, Path(folder))
        if path.is_file():
            return path
    return None


def _card(entry: dict[str, Any]) -> Card:
    card = Card(
        id=_text(entry["id"]),
        role=Role(entry["role"]),
        name=_text(entry["name"]),
        file=_file(entry["file"]),
        tokenizer=None if entry["tokenizer"] is None else _file(entry["tokenizer"]),
        licence=_text(entry["licence"]),
        context_tokens=_positive(entry["context_tokens"]),
        embedding_dimension=None if entry["embedding_dimension"] is None else _positive(entry["embedding_dimension"]),
        minimum_ram_bytes=_positive(entry["minimum_ram_bytes"]),
        source=_text(entry["source"]),
    )
    if card.role is not Role.CHAT and card.tokenizer is None:
        raise ValueError(f"the {card.role.value} {card.id} needs a tokenizer")
    if card.role is Role.EMBEDDER and card.embedding_dimension is None:
        raise ValueError(f"the embedder {card.id} needs a dimension")
    return card


def _file(entry: dict[str, Any]) -> PackagedFile:
    sha256 = _text(entry["sha256"])
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise ValueError(f"{sha256!r} is no sha256")
    return PackagedFile(_text(entry["distribution"]), _text(entry["inside"]), _positive(entry["n_bytes"]), sha256)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} should be a text")
    return value


def _positive(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{value!r} should be a positive whole number")
    return value
