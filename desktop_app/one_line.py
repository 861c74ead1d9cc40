"""Shortens a text to one line, for titles, headings and file names.

It counts characters, not their width.
"""

from __future__ import annotations


def on_one_line(text: str) -> str:
    """The text with its white space joined, however long it is."""
    return " ".join(text.split())


def one_line(text: str, limit_chars: int) -> str:
    """The text with its white space joined, cut at a word and marked with an ellipsis where it is too long."""
    joined = on_one_line(text)
    if len(joined) <= limit_chars:
        return joined
    head = joined[: limit_chars - 1]
    at_word, _, _ = head.rpartition(" ")
    return (at_word if len(at_word) > limit_chars // 2 else head).rstrip(" ,.;:") + "…"
