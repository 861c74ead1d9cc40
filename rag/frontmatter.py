"""The block of `key: value` lines between two `---` lines at the head of a text: where it ends, and what it says.

It is read by hand, one line at a time. It is no YAML reader: nothing in it can refer, nest or expand.
"""

from __future__ import annotations

MAX_LINES = 60
_FENCE = "---"


def end_of(text: str) -> int:
    """How many characters the block takes, its closing line and line end included; 0 where there is none."""
    if not text.startswith(f"{_FENCE}\n"):
        return 0
    position = len(_FENCE) + 1
    for _ in range(MAX_LINES):
        line_end = text.find("\n", position)
        line = text[position:] if line_end < 0 else text[position:line_end]
        if line.rstrip() == _FENCE:
            return len(text) if line_end < 0 else line_end + 1
        if line_end < 0:
            return 0
        position = line_end + 1
    return 0


def fields(text: str) -> dict[str, str]:
    """The block's entries, keys in lower case, values without quotation marks; the first of two equal keys counts."""
    found: dict[str, str] = {}
    for line in text[: end_of(text)].split("\n")[1:]:
        key, colon, value = line.partition(":")
        if colon and key.strip() and not key[0].isspace():
            found.setdefault(key.strip().lower(), _unquoted(value.strip()))
    return found


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return value
