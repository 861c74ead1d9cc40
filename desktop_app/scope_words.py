"""What a scope is called, worded once for the window, the exports and the command line.

It looks into no library: how many documents a scope holds is told to it.
"""

from __future__ import annotations

from unicodedata import bidirectional

from desktop_app.one_line import one_line
from desktop_app.wording import count_words, date_words
from rag.types import Scope

WHOLE_LIBRARY = "Whole library"
NOTHING_IN_SCOPE = "No document in this scope"
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_NAME_CHARS = 200
_SHORT_NAME_CHARS = 32


def short_words(scope: Scope, n_documents: int | None = None) -> str:
    """A scope in a few words: “Collection Trial 2019, since 2019, 14 documents”.

    `n_documents` is how many there are in it, said where it is known and the scope names a collection.
    """
    if scope.is_whole_library:
        return WHOLE_LIBRARY
    chosen = [f"collection {isolated(scope.collection, _SHORT_NAME_CHARS)}"] if scope.collection is not None else []
    chosen += [_documents(len(scope.document_ids))] if scope.document_ids else []
    is_counted = n_documents is not None and scope.collection is not None
    parts = (" and ".join(chosen), period_words(scope), _documents(n_documents or 0) if is_counted else "")
    words = ", ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def asked_words(scope: Scope) -> str:
    """A sentence on what a question was asked of; empty for the whole library."""
    if scope.is_whole_library:
        return ""
    n_documents = len(scope.document_ids)
    chosen = [count_words(n_documents, "chosen document", "chosen documents")] if n_documents else []
    chosen += [f"the collection “{isolated(scope.collection)}”"] if scope.collection is not None else []
    period = period_words(scope)
    if not chosen:
        return f"Asked only of documents {period}."
    return f"Asked only of {' and '.join(chosen)}" + (f", documents {period}." if period else ".")


def period_words(scope: Scope) -> str:
    """The dates a scope allows: “since 2019”, “until March 2020”, “from 2019 to 2020”, “of 2019”; empty if any."""
    since, until = date_words(scope.since), date_words(scope.until)
    if since and until:
        return f"of {since}" if since == until else f"from {since} to {until}"
    return f"since {since}" if since else f"until {until}" if until else ""


def isolated(name: str, most_chars: int = _NAME_CHARS) -> str:
    """A name on one line, fenced where it is written from right to left, so that it cannot reorder what is around."""
    line = one_line(name, most_chars)
    is_fenced = any(bidirectional(letter) in ("R", "AL", "AN", "RLO", "RLE", "RLI") for letter in line)
    return f"{_ISOLATE}{line}{_END_ISOLATE}" if is_fenced else line


def _documents(count: int) -> str:
    return count_words(count, "document", "documents")
