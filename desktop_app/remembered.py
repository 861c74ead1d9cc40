"""One value that a small JSON file remembers from one session to the next; it knows nothing of what the value means."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from desktop_app.atomic import FileNotWritten, write_atomically

_log = logging.getLogger(__name__)

Value = TypeVar("Value")


class Remembered(Generic[Value]):
    """Holds a value of a type that msgspec knows; `empty` where the file is missing or holds no such value.

    Where the file cannot be written, that is logged and the value is remembered for this session only.
    """

    def __init__(self, path: Path, of_type: Any, empty: Value) -> None:
        self._path = path
        self._value = _read(path, of_type, empty)

    @property
    def value(self) -> Value:
        return self._value

    def take(self, value: Value) -> None:
        """Remember this from now on; nothing is written where it is what was remembered before."""
        if value == self._value:
            return
        self._value = value
        try:
            write_atomically(self._path, json.dumps(value, indent=1))
        except FileNotWritten:
            _log.warning("%s could not be written", self._path.name)


def _read(path: Path, of_type: Any, empty: Value) -> Value:
    try:
        # json takes the lone surrogates of odd file names, which msgspec's own decoder does not.
        value: Value = msgspec.convert(json.loads(path.read_text("utf-8")), of_type)
    except (OSError, ValueError):
        return empty
    return value
