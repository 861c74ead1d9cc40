"""The program's version, as its package says it."""

from __future__ import annotations

from importlib import metadata


def program_version() -> str:
    """Such as 0.1.0."""
    return metadata.version("seedbook")
