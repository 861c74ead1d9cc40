"""Tells by its name whether a file is only there for the moment: half a download, or an editor's lock or copy."""

from __future__ import annotations

_ENDINGS = (
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".opdownload",
    ".aria2",
    ".!ut",
    ".swp",
    ".swx",
    ".lock",
    "~",
)
_BEGINNINGS = ("~$", ".~", ".#", "#")


def is_unfinished(name: str) -> bool:
    """Whether a file of this name is somebody else's work under way; `name` is without its folder."""
    lower = name.lower()
    return lower.endswith(_ENDINGS) or lower.startswith(_BEGINNINGS[:3]) or (lower[:1] == lower[-1:] == "#")
