"""Shortens a text to one line, for titles, headings and file names.

It counts characters, not their width.
"""

from __future__ import annotations


def one_line(text: str, limit_chars: int) -> str:
    """The text with its white space joined, cut at a word and marked with an ellipsis where it is too long."""
    joined = " ".join(text.split())
    if len(joined) <= limit_chars:
        return joined
    head = joined[: limit_chars - 1]
    at_word, _, _ = head.rpartition(" ")
    return (at_word if len(at_word) > limit_chars // 2 else head).rstrip(" ,.;:") + "…"
