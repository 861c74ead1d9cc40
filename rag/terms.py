"""The terms of a text: its content words, numbers and names, folded so that two texts can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from rag.types import Span

_WORD = re.compile(r"[^\W_]+(?:[.,'’·][^\W_]+)*", re.UNICODE)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

STOPWORDS = frozenset(
    """a about above after again against all also although am an and any are aren as at be because been before being
    below between both but by can cannot could couldn did didn do does doesn doing don down during each else ever every
    few for from further had hadn has hasn have haven having he her here hers herself him himself his how however i if
    in into is isn it its itself just let may me might more most must my myself of off on once only onto or other ought
    our ours ourselves out over own per rather said same say says shall she should shouldn so some such than that the
    their theirs them themselves then there these they this those though through to too toward towards under until unto
    up upon us very was wasn we were weren what whatever when where whether which while who whom whose why will with
    within without won would wouldn yes yet you your yours yourself tell told give given please s t ll ve re d m
    """.split()
)

_MONTHS = frozenset("january february march april may june july august september october november december".split())


@dataclass(frozen=True, slots=True)
class Term:
    """A word where it stands: `stem` is folded and stemmed, `word` as written."""

    stem: str
    word: str
    span: Span

    @property
    def is_content(self) -> bool:
        """Whether it carries meaning; “US” does, “us” does not."""
        is_acronym = len(self.word) > 1 and self.word.isupper()
        return bool(self.stem) and (is_acronym or self.word.casefold() not in STOPWORDS)

    @property
    def is_number(self) -> bool:
        return self.word[0].isdigit()

    @property
    def is_capitalised(self) -> bool:
        return self.word[0].isupper()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Case-folded, without accents and possessive, stemmed by Snowball's English rules; numbers lose their commas."""
    folded = unicodedata.normalize("NFKD", word.casefold()).replace("’", "'")
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    if plain[:1].isdigit():
        return plain.replace(",", "")
    plain = plain.removesuffix("'s").replace("'", "").replace(".", "")
    return str(_stemmer().stemWord(plain))


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def words(text: str) -> Iterator[Term]:
    """Every word of the text in order, stopwords included."""
    for match in _WORD.finditer(text):
        yield Term(stem(match.group()), match.group(), Span(*match.span()))


def content_terms(text: str) -> tuple[Term, ...]:
    """The words that carry meaning: neither stopwords nor single letters, numbers included."""
    return tuple(t for t in words(text) if t.is_content and (len(t.stem) > 1 or t.is_number))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of `content_terms`, in order, repeated as often as they stand."""
    return tuple(t.stem for t in content_terms(text))


def numbers(text: str) -> frozenset[str]:
    """The numbers of the text without thousands commas; of `3.5%` it is `3.5`."""
    return frozenset(m.group().replace(",", "") for m in _NUMBER.finditer(text))


def names(text: str) -> tuple[str, ...]:
    """Runs of capitalised words that are not merely the first word of a sentence, as written and in order.

    A capitalised first word counts when the next word is capitalised too, or when the word stands capitalised
    elsewhere in the text. Month names are names: a date that differs is a different statement.
    """
    found: list[str] = []
    run: list[Term] = []
    for term in (*words(text), None):
        if term is not None and _continues(run, term, text):
            run.append(term)
            continue
        found.extend(_name_of(run, text))
        run = [term] if term is not None and _can_open_name(term) else []
    return tuple(dict.fromkeys(found))


def _can_open_name(term: Term) -> bool:
    return term.is_capitalised and (term.is_content or term.word.casefold() in _MONTHS)


def _continues(run: list[Term], term: Term, text: str) -> bool:
    if not run or not term.is_capitalised or term.word.casefold() in STOPWORDS:
        return False
    between = text[run[-1].span.end : term.span.start]
    return between.strip() in ("", "-", "–", "'", "’", ".") and "\n" not in between


def _name_of(run: list[Term], text: str) -> tuple[str, ...]:
    if not run:
        return ()
    if len(run) == 1 and _opens_sentence(run[0], text) and text.count(run[0].word) == 1:
        return ()
    return (text[run[0].span.start : run[-1].span.end],)


def _opens_sentence(term: Term, text: str) -> bool:
    before = text[: term.span.start].rstrip(" \t\"'“‘«(»")
    return not before or before[-1] in ".!?:\n…]"
