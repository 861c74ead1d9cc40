"""Folds what is said twice: a passage that repeats a better one is not read, and one quote stands for all its copies.

Only the same words in the same order are the same: a text that gives another number or another name is no copy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.terms import is_dense, spaced
from rag.types import Hit, Quote, Source

_WORD = re.compile(r"\w+")
_LEAST_WORDS = 6
"""Fewer words may be the same by chance; of characters in scripts without spaces two count as one."""


def folded(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits, best first, without those whose words stand in a better one, all of them and in the same order."""
    kept: list[Hit] = []
    held: list[str] = []
    for hit in hits:
        words = normal(hit.text)
        if _is_telling(words) and any(f" {words} " in f" {other} " for other in held):
            continue
        kept.append(hit)
        held.append(words)
    return tuple(kept)


def is_repeated(text: str, others: Sequence[str]) -> bool:
    """Whether the words of a sentence are those of another one, marks and case aside."""
    words = normal(text)
    return _is_telling(words) and any(words == normal(other) for other in others)


def with_copies(quotes: Sequence[Quote], hits: Sequence[Hit]) -> tuple[Quote, ...]:
    """The quotes, each with the further documents among the hits that hold its words."""
    texts = [(hit.source, f" {normal(hit.text)} ") for hit in hits]
    return tuple(replace(quote, also_in=_copies(quote, texts)) for quote in quotes)


def normal(text: str) -> str:
    """The words of a text in lower case, one space between them; in scripts without spaces its characters."""
    folded_text = text.casefold()
    return " ".join(_WORD.findall(folded_text if text.isascii() else spaced(folded_text)))


def _is_telling(words: str) -> bool:
    """Whether words, as `normal` gives them, are too many to be the same by chance."""
    n_words = words.count(" ") + 1
    if not _LEAST_WORDS <= n_words < 2 * _LEAST_WORDS:
        return n_words >= _LEAST_WORDS
    return sum(0.5 if is_dense(word) else 1 for word in words.split()) >= _LEAST_WORDS


def _copies(quote: Quote, texts: Sequence[tuple[Source, str]]) -> tuple[Source, ...]:
    words = normal(quote.text)
    if not _is_telling(words):
        return ()
    holding = {source.id: source for source, text in texts if f" {words} " in text}
    return tuple(source for source_id, source in holding.items() if source_id != quote.source.id)
