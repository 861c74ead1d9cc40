"""Takes JSON apart without losing anything of it: numbers as they are written, keys twice where they stand twice.

It never fetches, evaluates or guesses a type.
"""

from __future__ import annotations

import json
from typing import Any

from rag.errors import UnreadableSource

MAX_BYTES = 100 * 10**6
"""What Python makes of JSON takes ten times its room."""


class Mapping(tuple[tuple[str, Any], ...]):
    """An object of JSON, told apart from an array, which is a list."""

    __slots__ = ()

    def get(self, *keys: str) -> str:
        """The first string under one of the keys, whatever their case; empty where there is none."""
        found = {key.lower(): value for key, value in reversed(self) if isinstance(value, str)}
        return next((found[key] for key in keys if found.get(key)), "")

    def field(self, key: str) -> Any:
        """What stands under the key, None where it is missing."""
        return next((value for name, value in self if name == key), None)


def parsed(text: str, path: str) -> Any:
    """Mappings, lists and strings; numbers, true, false and null are strings too, as they are written.

    Raises:
        UnreadableSource: too large, or nested too deeply.
        json.JSONDecodeError: it is no JSON.
    """
    if len(text) > MAX_BYTES:
        raise UnreadableSource(
            path=path, reason=f"it is too large for JSON (at most {MAX_BYTES // 10**6} MB). Split it."
        )
    try:
        return json.loads(text, object_pairs_hook=Mapping, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError as error:
        raise UnreadableSource(path=path, reason="it is nested too deeply.") from error


def written(value: Any) -> str:
    """A value that is no object and no array, as it stands in the file."""
    return (
        {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else str(value)
    )
