"""The terms of a text: its content words, numbers and names, folded so that two texts can be compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from rag.stopwords import ENGLISH, language_of, stopwords
from rag.types import Span

# Vowel signs and accents that stand after their letter belong to its word; the two ranges are blocks of Indic scripts.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_LETTERS = rf"[^\W_](?:[^\W_]|[{_MARKS}])*"
_WORD = re.compile(rf"{_LETTERS}(?:(?:[.'’·]|(?<=\d),(?=\d)){_LETTERS})*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: Scripts that do not put spaces between words (Thai to Khmer, kana, Han), and Hangul, whose particles stick to words.
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")

_INDIC = re.compile(r"[\u0900-\u0dff]")
_SCRIPTS = (
    (re.compile(r"[\u0400-\u052f]"), "russian"),
    (re.compile(r"[\u0620-\u06ff]"), "arabic"),
    (re.compile(r"[\u0370-\u03ff]{2}"), "greek"),  # a single letter stands in formulas: β-catenin
)
_APART = re.compile(r"['.·,]")
_ARABIC_LETTERS = str.maketrans("أإآٱىة", "ااااي\u0647")
_ARABIC_ARTICLES = ("وال", "فال", "بال", "كال", "لل", "ال")
_ARABIC_PARTICLES = frozenset("وبفلك")
_LAST_LATIN = "\u024f"

STOPWORDS = stopwords(ENGLISH)
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
        return bool(self.stem) and (self.is_acronym or self.word.casefold() not in STOPWORDS)

    @property
    def is_acronym(self) -> bool:
        return len(self.word) > 1 and self.word.isupper()

    @property
    def is_number(self) -> bool:
        return self.word[0].isdigit()

    @property
    def is_capitalised(self) -> bool:
        return self.word[0].isupper()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Case-folded, without accents and possessive, stemmed by Snowball's rules; numbers lose their commas.

    The rules are those of the word's script: Russian for Cyrillic, Arabic, Greek and so on, and English for all Latin
    writing. Words of German or Spanish are thus stemmed less well, but the same in a question and in a text, whatever
    language either is taken for; docs/retrieval.md has the figures.
    """
    if word.isascii():
        return _latin_stem(word.casefold())
    if word[0].isdigit():
        return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in word).replace(",", "")
    folded = word.casefold().replace("’", "'")
    for script, language in _SCRIPTS:
        if script.match(folded):
            return _foreign_stem(folded, language)
    return folded if _DENSE.match(folded) or _INDIC.match(folded) else _latin_stem(_without_accents(folded))


def _latin_stem(folded: str) -> str:
    if folded[:1].isdigit():
        return folded.replace(",", "")
    return str(_stemmer(ENGLISH).stemWord(folded.removesuffix("'s").replace("'", "").replace(".", "")))


def _foreign_stem(folded: str, language: str) -> str:
    """Stemmed as it is written, for these rules read the accents; only then without accents."""
    plain = _APART.sub("", unicodedata.normalize("NFC", folded))
    if language == "arabic":
        return _arabic_stem(_without_accents(plain.replace("\u0640", "")))
    return _without_accents(str(_stemmer(language).stemWord(plain.replace("ё", "е"))))


def _arabic_stem(plain: str) -> str:
    """Snowball's rules, and then without the particles that they leave before a word (Larkey's light stemming)."""
    stemmed = str(_stemmer("arabic").stemWord(plain)).translate(_ARABIC_LETTERS)
    article = next((a for a in _ARABIC_ARTICLES if stemmed.startswith(a) and len(stemmed) >= len(a) + 2), "")
    stemmed = stemmed.removeprefix(article)
    # A root's own first letter may go as well: then it goes from every form of the word.
    return stemmed[1:] if stemmed[:1] in _ARABIC_PARTICLES and len(stemmed) > 3 else stemmed


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(language)


def words(text: str) -> Iterator[Term]:
    """Every word of the text in order, stopwords included.

    Where a script puts no spaces between words, each two neighbouring characters count as a word, so that such words
    overlap; a character that stands alone counts by itself.
    """
    for match in _WORD.finditer(text):
        if match.group().isascii() or not _DENSE.search(text, *match.span()):
            yield _term(text, *match.span())
        else:
            yield from _dense_words(text, *match.span())


def _dense_words(text: str, start: int, end: int) -> Iterator[Term]:
    """The words of a run of letters some of which are of a script without spaces."""
    for run in _DENSE.finditer(text, start, end):
        if start < run.start():
            yield _term(text, start, run.start())
        for place in range(run.start(), max(run.start() + 1, run.end() - 1)):
            yield _term(text, place, min(place + 2, run.end()))
        start = run.end()
    if start < end:
        yield _term(text, start, end)


def _term(text: str, start: int, end: int) -> Term:
    return Term(stem(text[start:end]), text[start:end], Span(start, end))


def content_terms(text: str) -> tuple[Term, ...]:
    """The words that carry meaning in the text's language: neither stopwords nor single letters, numbers included."""
    language = language_of(text)
    held = tuple(t for t in words(text) if len(t.stem) > 1 or (t.stem and (t.is_number or is_dense(t.word))))
    if language == ENGLISH:
        return tuple(t for t in held if t.is_content)
    without = stopwords(language)
    return tuple(t for t in held if t.is_acronym or t.word.casefold() not in without)


def is_dense(word: str) -> bool:
    """Whether it begins in a script that puts no spaces between words."""
    return _DENSE.match(word) is not None


def spaced(text: str) -> str:
    """The text with spaces around each character of a script that puts none between words."""
    return _DENSE.sub(lambda run: f" {' '.join(run.group())} ", text)


def is_foreign_script(text: str) -> bool:
    """Whether more of its letters are of other scripts than the Latin one."""
    letters = [c for c in text if c.isalpha()]
    return 2 * sum(c > _LAST_LATIN for c in letters) > len(letters)


def index_terms(text: str) -> str:
    """What the full-text index holds of a text: the stems of all its words, in order, with a space between."""
    # Most texts are in a script with spaces; theirs are the stems of the words as they are found, without more ado.
    stems = (t.stem for t in words(text)) if _DENSE.search(text) else map(stem, _WORD.findall(text))
    return " ".join(filter(None, stems))


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
