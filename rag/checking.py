"""Check a sentence of prose against quotes, by program: content words, numbers, names and negation; no model is asked.

It tells whether the quotes hold what the sentence says, not whether the sentence is true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from rag.terms import content_terms, is_negated, names, numbers, stem, words
from rag.types import Claim, ClaimStatus, Quote

#: Share of a sentence's content words that its quotes must hold.
ENOUGH_WORDS = 0.8
#: A sentence counts as quoted when it stands in a quote and has at least this many words.
QUOTED_WORDS = 3

_MARK = re.compile(r"\s*\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]?")
_CLAUSE = re.compile(r"(?<=[.!?;])\s+|\n+")


def split_marks(sentence: str, n_quotes: int) -> tuple[str, tuple[int, ...]]:
    """The sentence without its `[n]` marks, and the quote indices (from 0) they point to; wrong numbers are dropped."""
    cited = (int(n) - 1 for marks in _MARK.findall(sentence) for n in re.findall(r"\d+", marks))
    return _MARK.sub("", sentence).strip(), tuple(dict.fromkeys(i for i in cited if 0 <= i < n_quotes))


def check(sentence: str, quotes: Sequence[Quote]) -> Claim:
    """Check one sentence, citation marks included, against the quotes it cites.

    Where the cited quotes do not hold it, or none is cited, all quotes are tried, because the number that a model
    types is worth less than what the texts hold; the claim then cites what it really rests on.
    """
    text, cited = split_marks(sentence, len(quotes))
    for candidates in (cited, tuple(range(len(quotes)))):
        for index in candidates:
            if _stands_in(text, quotes[index].text):
                return Claim(text, (index,), ClaimStatus.QUOTED, "word for word in the quote")
    problem = _problem(text, [quotes[i].text for i in cited]) if cited else "no quote is cited"
    if problem is None:
        return Claim(text, cited, ClaimStatus.SUPPORTED, "its words, numbers and names are in the quote")
    resting = _rests_on(text, quotes)
    if resting:
        return Claim(text, resting, ClaimStatus.SUPPORTED, "its words, numbers and names are in the quote")
    if not cited:
        problem = _problem(text, [q.text for q in quotes]) or problem
    return Claim(text, cited, ClaimStatus.UNSUPPORTED, problem)


def _rests_on(text: str, quotes: Sequence[Quote]) -> tuple[int, ...]:
    for size in (1, 2):
        for chosen in combinations(range(len(quotes)), size):
            if _problem(text, [quotes[i].text for i in chosen]) is None:
                return chosen
    return ()


def _stands_in(text: str, quote: str) -> bool:
    claimed = [t.stem for t in words(text)]
    if len(claimed) < QUOTED_WORDS:
        return False
    held = [t.stem for t in words(quote)]
    return any(held[i : i + len(claimed)] == claimed for i in range(len(held) - len(claimed) + 1))


def _problem(text: str, quote_texts: Sequence[str]) -> str | None:
    """What the quotes do not hold of the sentence, in a few words; None when they hold it."""
    held_text = "\n".join(quote_texts)
    held = {t.stem for t in words(held_text)}
    claimed = content_terms(text)
    if not claimed:
        return "it says nothing that could be checked"
    for number in sorted(numbers(text) - numbers(held_text)):
        return f"the number {number} is not in the quote"
    for name in names(text):
        if not all(t.stem in held for t in words(name) if t.is_content):
            return f"“{name}” is not in the quote"
    absent = list(dict.fromkeys(t.word for t in claimed if t.stem not in held))
    if len([t for t in claimed if t.stem in held]) < ENOUGH_WORDS * len(claimed):
        return "not in the quote: " + ", ".join(absent[:4])
    if is_negated(text) != is_negated(_nearest_clause(text, quote_texts)):
        return "the quote and the sentence differ in a “not”"
    return None


def _nearest_clause(text: str, quote_texts: Sequence[str]) -> str:
    """The sentence of the quotes that shares most words with the text; negation is compared with this one only."""
    claimed = {t.stem for t in content_terms(text)}
    clauses = [c for quote in quote_texts for c in _CLAUSE.split(quote) if c.strip()]
    return max(clauses, key=lambda clause: len(claimed & {stem(t.word) for t in words(clause)}), default="")
