"""Questions about the whole collection: which documents mention something, and where; answered by reading them all.

It finds words and phrases in any inflection, in whatever order documents come. It neither ranks nor reads meaning.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rag.terms import Term, words
from rag.types import Document, Source, Span, Survey


class Unit(StrEnum):
    """What a question about the whole collection counts or lists."""

    DOCUMENTS = "documents"
    MENTIONS = "mentions"
    THINGS = "things"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a question wants found everywhere.

    `phrases` are the question's own words. With `is_adjacent` the words of a phrase stand beside each other, in order,
    with at most stopwords between; else anywhere in one sentence. With `is_any` one phrase is enough. In a survey of
    documents, the phrases may stand in different sentences of one document.
    """

    phrases: tuple[str, ...]
    unit: Unit
    is_adjacent: bool = True
    is_any: bool = False

    @property
    def wording(self) -> str:
        return (" or " if self.is_any else " and ").join(self.phrases)


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of a document that holds what was sought, and the first of its words there."""

    source: Source
    sentence: Span
    words: Span


_TEXTS = r"(?:documents|texts|articles|sources|files|reports|posts|notes|e-?mails|memos)"
_TEXT = r"(?:document|text|article|source|file|report|post|note|e-?mail|memo)"
_OF_MINE = r"(?:\s+(?:here|in (?:the|my|this|our) (?:library|collection|folder)|of (?:mine|ours)))?"
_SOME = rf"(?:of\s+)?(?:(?:the|my|our|these|all|your)\s+)*(?:different\s+)?{_TEXTS}{_OF_MINE}"
_MENTION = (
    r"(?:mention(?:s|ed)?|refer(?:s|red)?\s+to|discuss(?:es|ed)?|talks?\s+about|speaks?\s+(?:of|about)|cites?|names?|"
    r"deals?\s+with|(?:is|are)\s+about|contains?\s+the\s+(?:word|name|term|phrase)|uses?\s+the\s+(?:word|name|term|phrase))"
)
_STATE = r"(?:say|says|state|states|claim|claims|report|reports)\s+that"
_BE = r"(?:is|are|was|were|does|do|did|has|have)"
_FOUND = (
    r"(?:mentioned|named|cited|discussed|referred\s+to|found|talked\s+about|occur(?:ring)?|appear|come\s+up|turn\s+up|"
    r"stand)"
)
_X = r"(?P<x>.+?)"
_END = r"\s*[?.!]*\s*\Z"
_WHERE = (
    r"(?:\s+(?:in|across|within|among|throughout)\s+(?:(?:all|any|the|my|our|these|your|of|whole)\s+)*"
    rf"(?:{_TEXTS}|library|collection))?(?:\s+(?:in total|altogether|overall|at all))?"
)
_LIST = r"(?:list|show(?: me)?|find|give(?: me)?|name|count)"
_PLACES = r"(?:mention|occurrence|reference|instance)s?\s+(?:of|to)"
_ALL = r"(?:all|every|each)"

_FORMS: tuple[tuple[re.Pattern[str], Unit, bool], ...] = tuple(
    (re.compile(r"^\W*" + form + _WHERE + _END, re.IGNORECASE), unit, is_adjacent)
    for form, unit, is_adjacent in (
        (rf"how many\s+{_SOME}\s+(?:that\s+)?(?:do\s+)?{_MENTION}\s+{_X}", Unit.DOCUMENTS, True),
        (rf"how many\s+{_SOME}\s+{_STATE}\s+{_X}", Unit.DOCUMENTS, False),
        (rf"(?:which|what)\s+{_SOME}\s+{_MENTION}\s+{_X}", Unit.DOCUMENTS, True),
        (rf"(?:which|what)\s+{_SOME}\s+{_STATE}\s+{_X}", Unit.DOCUMENTS, False),
        (rf"which\s+(?:of\s+(?:the|my|these)\s+)?{_TEXT}\s+mentions\s+{_X}", Unit.DOCUMENTS, True),
        (rf"{_LIST}\s+{_ALL}?\s*{_SOME}\s+(?:that|which)\s+{_MENTION}\s+{_X}", Unit.DOCUMENTS, True),
        (rf"{_LIST}\s+{_ALL}?\s*{_SOME}\s+(?:about|on|mentioning)\s+{_X}", Unit.DOCUMENTS, True),
        (rf"in\s+(?:how many|which|what)\s+(?:{_SOME}|{_TEXT})\s+{_BE}\s+{_X}\s+{_FOUND}", Unit.DOCUMENTS, True),
        (rf"(?:{_LIST}|where are)\s+{_ALL}\s+(?:of\s+)?(?:the\s+)?{_PLACES}\s+{_X}", Unit.MENTIONS, True),
        (rf"how (?:often|many times)\s+{_BE}\s+{_X}\s+(?:mentioned|named|cited|referred\s+to)", Unit.MENTIONS, True),
        (rf"how (?:often|many times)\s+{_BE}\s+the (?:word|name|term|phrase)s?\s+{_X}\s+{_FOUND}", Unit.MENTIONS, True),
        (rf"(?:list|enumerate)\s+(?:me\s+)?(?:all|every|each)\s+(?:of\s+)?(?:the\s+)?{_X}", Unit.THINGS, False),
        (rf"(?:who|what|which)\s+all\s+{_X}", Unit.THINGS, False),
    )
)  # fmt: skip
_QUOTED = re.compile(r"[“\"„«‘]([^“”\"„«»‘’]+)[”\"“»’]")
_LEADING = re.compile(
    r"^(?:(?:the|a|an|any|both|either)\s+)?(?:(?:words?|names?|terms?|phrases?|topics?|subjects?)\s+(?:of\s+)?)?",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*,?\s+(and|or)\s+|\s*,\s*", re.IGNORECASE)
_MOST_WORDS = 6
_INSIDE_WORDS = "'’.,"
_ONE_WORK = re.compile(r"^(?:the\s+)?(?:most|first|last|oldest|earliest|latest|same)\b", re.IGNORECASE)


def survey_of(question: str) -> Sought | None:
    """What a question about the whole collection seeks; None for every other question.

    It is one where it asks how many or which documents mention something, for every mention, or to list all there are.
    “How many people live in Kabul?” asks for a fact.
    """
    for form, unit, is_adjacent in _FORMS:
        match = form.match(question)
        if match and not _ONE_WORK.match(match["x"]):
            return _sought(match["x"], unit, is_adjacent)
    return None


def survey(
    sought: Sought, documents: Iterable[Document], sentences_of: Callable[[Document], Sequence[Span]]
) -> tuple[Survey, tuple[Place, ...]]:
    """Read every document; what came of it, and each sentence that holds what was sought, in the order they are in.

    `sentences_of` gives a document's sentences in order, and is asked only for documents that may hold it. In a survey
    of documents, one that lacks a phrase counts for nothing and has no places, unless any of them will do. Stopwords
    are passed over on both sides; a phrase of nothing else is held nowhere.
    """
    phrases = [_stems(phrase) for phrase in sought.phrases]
    n_documents = 0
    holding: list[Source] = []
    places: list[Place] = []
    for document in documents:
        n_documents += 1
        if not _may_hold(document.text, phrases, sought.is_any):
            continue
        found = tuple(_places(document, sentences_of(document), sought, phrases))
        if found:
            holding.append(document.source)
            places.extend(found)
    return Survey(sought.wording, n_documents, tuple(holding), len(places)), tuple(places)


def _sought(wanted: str, unit: Unit, is_adjacent: bool) -> Sought | None:
    quoted = tuple(match.group(1).strip() for match in _QUOTED.finditer(wanted))
    is_any = re.search(r"\bor\b", wanted, re.IGNORECASE) is not None
    if quoted:
        return _with_content(Sought(quoted, unit, True, is_any))
    if not is_adjacent:
        return _with_content(Sought((wanted.strip(),), unit, False))
    joins = {match.group(1) for match in _JOINED.finditer(wanted)}
    parts = [_LEADING.sub("", part).strip() for part in _split(wanted)]
    phrases = tuple(part for part in parts if part)
    is_long = any(len(phrase.split()) > _MOST_WORDS for phrase in phrases)
    return _with_content(Sought(phrases, unit, not is_long, is_any and len(joins) > 0))


def _split(wanted: str) -> Iterator[str]:
    start = 0
    for match in _JOINED.finditer(wanted):
        yield wanted[start : match.start()]
        start = match.end()
    yield wanted[start:]


def _with_content(sought: Sought) -> Sought | None:
    phrases = tuple(phrase for phrase in sought.phrases if _stems(phrase))
    return Sought(phrases, sought.unit, sought.is_adjacent, sought.is_any) if phrases else None


def _stems(phrase: str) -> tuple[str, ...]:
    return tuple(term.stem for term in _content(phrase))


def _content(text: str) -> list[Term]:
    return [term for term in words(text) if term.is_content]


def _may_hold(text: str, phrases: Sequence[Sequence[str]], is_any: bool) -> bool:
    """Whether words begin as the stems do, which is fast to see and never wrong when it says no."""
    folded = _folded(text)
    held = (all(_beginning(stem).search(folded) for stem in phrase) for phrase in phrases)
    return any(held) if is_any else all(held)


def _folded(text: str) -> str:
    """As `rag.terms.stem` folds words before it takes their endings off."""
    folded = text.casefold() if text.isascii() else unicodedata.normalize("NFKD", text.casefold())
    for character in {c for c in set(folded) if c in _INSIDE_WORDS or unicodedata.combining(c)}:
        folded = folded.replace(character, "")
    return folded


@lru_cache(maxsize=256)
def _beginning(stem: str) -> re.Pattern[str]:
    """Where a word begins as every inflected form of a stem does: of `citi` it is `ci`, because of `city`."""
    return re.compile(rf"(?<![^\W_]){re.escape(stem[: max(1, len(stem) - 2)].replace('.', ''))}")


def _places(
    document: Document, sentences: Sequence[Span], sought: Sought, phrases: Sequence[Sequence[str]]
) -> list[Place]:
    held: set[int] = set()
    places: list[Place] = []
    for sentence in sentences:
        cut = sentence.cut(document.text)
        if not _may_hold(cut, phrases, is_any=True):
            continue
        terms = _content(cut)
        found = {i: span for i, p in enumerate(phrases) if (span := _first(terms, p, sought.is_adjacent))}
        held |= found.keys()
        if len(found) == len(phrases) or (found and (sought.is_any or sought.unit is Unit.DOCUMENTS)):
            first = min(found.values())
            inside = Span(sentence.start + first.start, sentence.start + first.end)
            places.append(Place(document.source, sentence, inside))
    return places if sought.is_any or len(held) == len(phrases) else []


def _first(terms: Sequence[Term], phrase: Sequence[str], is_adjacent: bool) -> Span | None:
    """Where the stems of a phrase first stand in a sentence: side by side, or all of them anywhere."""
    stems = [term.stem for term in terms]
    if not phrase:
        return None
    if not is_adjacent:
        if not set(phrase) <= set(stems):
            return None
        return terms[min(stems.index(stem) for stem in phrase)].span
    for place in range(len(stems) - len(phrase) + 1):
        if stems[place : place + len(phrase)] == list(phrase):
            return Span(terms[place].span.start, terms[place + len(phrase) - 1].span.end)
    return None
