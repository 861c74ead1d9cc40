"""Brings the texts that speed is measured with into the form that a library can add: files and folders, in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

_COMPLETE = ".complete"


class TextsUnreadable(Exception):
    """A file of texts or questions is not what it should be; str() is a sentence for a person."""


def addable(places: Sequence[Path], folder: Path) -> list[Path]:
    """The places themselves; a collection of texts (.jsonl, a record a line) becomes one file a record below `folder`.

    A record has `text` and perhaps `title`. A collection that was written out before is not written again.

    Raises:
        TextsUnreadable: there is nothing at one of the places, or it is no such collection.
    """
    return [_written_out(place, folder) if place.suffix == ".jsonl" else _existing(place) for place in places]


def read_questions(path: Path) -> list[dict[str, object]]:
    """The records of a file of questions; each has at least `question`.

    Raises:
        TextsUnreadable: it cannot be read, or holds none.
    """
    records = _records(path, "question")
    if not records:
        raise TextsUnreadable(f"There is no question in {path}.")
    return records


def _existing(place: Path) -> Path:
    if not place.exists():
        raise TextsUnreadable(f"There is nothing at {place}.")
    return place


def _written_out(collection: Path, folder: Path) -> Path:
    target = folder / f"{collection.absolute().parent.name}_{collection.stem}"
    if (target / _COMPLETE).exists():
        return target
    records = _records(collection, "text")
    target.mkdir(parents=True, exist_ok=True)
    for number, record in enumerate(records):
        parts = [str(record[part]) for part in ("title", "text") if record.get(part)]
        (target / f"{number:06d}.txt").write_text("\n\n".join(parts) + "\n", "utf-8")
    (target / _COMPLETE).touch()
    return target


def _records(path: Path, needed: str) -> list[dict[str, object]]:
    try:
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise TextsUnreadable(f"{path} cannot be read: {error}.") from error
    if not all(isinstance(record, dict) and needed in record for record in records):
        raise TextsUnreadable(f"A line of {path} has no “{needed}”.")
    return records
