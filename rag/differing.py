"""Whether sources differ: answers to one question that exclude each other, and statements that deny each other.

Two values differ only where both can be read and cannot mean the same; whatever is unsure counts as agreement. It
compares wordings, and knows neither synonyms nor which place lies in which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rag.asking import AnswerKind
from rag.dates import dates_in
from rag.terms import content_stems, content_terms, stem

_SHARE_OF_BEST = 0.5
_LEAST_COVERAGE = 0.5
_ROUNDING = 0.02
_HEDGED_ROUNDING = 0.1
_SPELLING = 0.8
_MOST_WORDS = 7

_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}
_NUMBER_WORDS = {word: number for number, word in enumerate(_UP_TO_TWENTY.split())} | _TENS
_QUANTITY = re.compile(
    rf"(?P<currency>[$€£¥])?\s?\b(?P<number>\d[\d,]*(?:\.\d+)?|(?:{'|'.join(_NUMBER_WORDS)})\b)"
    rf"(?:[\s-]?(?P<scale>{'|'.join(_SCALES)})\b)?(?:[\s-]?(?P<unit>%|[^\W\d_]+))?",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|over|more than|at least|up to|some|under|less than|"
    r"estimated|circa)\b|~",
    re.IGNORECASE,
)
_OPENS_WITH_NUMBER = re.compile(rf"\W*(?:(?:{_HEDGE.pattern})\s*)?[$€£¥]?\d", re.IGNORECASE)
_YEAR = re.compile(r"\b[12]\d{3}\b")
_SEVERAL = re.compile(
    r"^\W*(?:who|what|where)\s+(?:are|were)\b|"
    r"\b(?:which|what)\s+(?:\w+\s){0,2}?(?!(?:was|does|has|this|its)\b)\w+[^s\W]s\s|"
    r"^\W*(?:name|list|give)\b|\b(?:some|examples?|any|one) of\b|\band who\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"^\W*(?:did|do|does|is|are|was|were|has|have|had|can|could|will|would|should)(?:n['’]t)?\s(?!.*\bor\b)",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|reject(?:s|ed|ing)?|refut(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|hoax(?:es)?|"
    r"debunk(?:s|ed)?|false|untrue|baseless|unfounded|fabricat(?:ed|ion)|fake|disproved|"
    r"no (?:evidence|proof|sign|basis|truth))\b|"
    r"(?:\bnot|n['’]t|\bnever) (?:\w+ ){0,3}?['‘“\"]?"
    r"(?:credible|true|corroborated|verifi(?:ed|able)|confirmed|match)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|never|neither|nor|no)\b|n['’]t\b", re.IGNORECASE)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\?|\b(?:whether|if|would|could|may|might|overreact\w*|exaggerat\w*|doubt\w*|question(?:s|ed)|unclear|unconfirmed|"
    r"skeptic\w*|sceptic\w*|rumou?rs?|unlikely|possibl[ey]|perhaps|want(?:s|ed)? to|plan(?:s|ned)? to|hope[sd]?)\b",
    re.IGNORECASE,
)
_NEAR_CHARS = 30
_SAME_WORD = dict(
    pair.split(":")
    for pair in (
        "us:america usa:america uk:britain british:britain paid:pay sold:sell bought:buy met:meet won:win lost:lose "
        "began:begin begun:begin left:leave sent:send gave:give given:give took:take taken:take made:make built:build "
        "fought:fight held:hold led:lead found:find knew:know known:know wrote:write written:write broke:break "
        "stole:steal fell:fall ran:run came:come went:go spoke:speak spent:spend became:become shot:shoot chose:choose"
    ).split()
)
"""Forms that stemming does not bring together: irregular verbs, and what a country is called for short."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer as one source gives it: its words, the quote (by index) that holds them, and how sure it is, in 0..1.

    `context` is the sentence or the quote around `text`; for a question of yes or no, `text` is the sentence itself.
    """

    document_id: str
    quote: int
    text: str
    context: str
    score: float
    speaker: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates that agree, best first."""

    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def quotes(self) -> tuple[int, ...]:
        return tuple(sorted({candidate.quote for candidate in self.candidates}))


def differing(question: str, kind: AnswerKind, candidates: Iterable[Candidate]) -> tuple[Group, ...]:
    """The values that exclude each other, two groups or more, the best first; none where the sources do not differ.

    For a question of yes or no these are the statements that affirm it and those that deny it, perhaps of one document
    that reports both sides. Any other question needs different documents, none of which gives two of the values, and
    is one that a single value answers. A group is strong enough with half the score of the best candidate.
    """
    ordered = sorted(candidates, key=lambda candidate: -candidate.score)
    strong = [c for c in ordered if c.score >= _SHARE_OF_BEST * ordered[0].score]
    if _YES_NO.match(question):
        return _opposed(question, strong)
    if kind is AnswerKind.REASON or (_asks_for_several(question) and kind not in (AnswerKind.TIME, AnswerKind.COUNT)):
        return ()
    about = [c for c in strong if coverage(c.context, question) >= _LEAST_COVERAGE]
    return _excluding(_grouped(about, kind, question), kind, question)


def polarity(sentence: str, question: str) -> bool | None:
    """Whether a sentence affirms (True) or denies (False) what a question of yes or no asks; None where unsure.

    The sentence must speak of at least half of what the question names and of half of what it says of it. A denial is
    a word such as `denied` or `no evidence`, or a negation right before one of the question's own verbs.
    """
    if coverage(sentence, question) < _LEAST_COVERAGE or _coverage_of_deed(sentence, question) < _LEAST_COVERAGE:
        return None
    is_denied = _DENIAL.search(sentence) is not None
    rest = _NOT_ONLY.sub(" ", _DENIAL.sub(" ", sentence))
    is_negated = any(_is_before_a_deed(rest, match.end(), question) for match in _NOT.finditer(rest))
    is_unsure = _DOUBT.search(sentence) is not None or (is_denied and is_negated)
    if is_unsure or (_NOT.search(rest) and not is_denied and not is_negated):
        return None
    return not (is_denied or is_negated)


def coverage(text: str, question: str) -> float:
    """The share of the question's content words that a text holds in some form, in 0..1; Russian holds Russia."""
    return _share_held({_plain(t.word) for t in content_terms(question)}, text)


def agree(one: str, other: str, kind: AnswerKind) -> bool | None:
    """Whether two answers mean the same (True) or exclude each other (False); None where neither is sure."""
    if kind is AnswerKind.TIME:
        return _agree_in_time(one, other)
    if kind is AnswerKind.COUNT or (_OPENS_WITH_NUMBER.match(one) and _OPENS_WITH_NUMBER.match(other)):
        return _agree_in_quantity(one, other)
    return _agree_in_name(one, other, kind)


def _opposed(question: str, candidates: Sequence[Candidate]) -> tuple[Group, ...]:
    sides = [(candidate, polarity(candidate.text, question)) for candidate in candidates]
    groups = tuple(Group(held) for side in (True, False) if (held := tuple(c for c, p in sides if p is side)))
    return tuple(sorted(groups, key=lambda group: -group.best.score)) if len(groups) == 2 else ()


def _grouped(candidates: Sequence[Candidate], kind: AnswerKind, question: str) -> list[Group]:
    """Each candidate joins the first group of whose members one agrees with it."""
    groups: list[list[Candidate]] = []
    for candidate in candidates:
        home = next((g for g in groups if any(_compare(candidate, c, kind, question) for c in g)), None)
        if home is None:
            groups.append([candidate])
        else:
            home.append(candidate)
    return [Group(tuple(group)) for group in groups]


def _excluding(groups: Sequence[Group], kind: AnswerKind, question: str) -> tuple[Group, ...]:
    """The best group and each that excludes all those kept before it; none where that leaves the best alone."""
    kept: list[Group] = []
    for group in groups:
        if all(_excludes(group, other, kind, question) for other in kept):
            kept.append(group)
    return tuple(kept) if len(kept) > 1 else ()


def _excludes(one: Group, other: Group, kind: AnswerKind, question: str) -> bool:
    if {c.document_id for c in one.candidates} & {c.document_id for c in other.candidates}:
        return False
    return all(_compare(a, b, kind, question) is False for a in one.candidates for b in other.candidates)


def _compare(one: Candidate, other: Candidate, kind: AnswerKind, question: str) -> bool | None:
    verdict = agree(one.text, other.text, kind)
    if verdict is False and (_is_held(one.text, other.context) or _is_held(other.text, one.context)):
        return None  # one source gives both, be it as a list, a range or a place within a place
    if verdict is False and kind not in (AnswerKind.TIME, AnswerKind.COUNT):
        asked = set(content_stems(question))
        is_asked = any(set(content_stems(text)) <= asked for text in (one.text, other.text))
        return None if is_asked else False
    return verdict


def _is_held(value: str, context: str) -> bool:
    return bool(value.strip()) and re.search(rf"(?<!\w){re.escape(value.strip())}(?!\w)", context, re.I) is not None


def _asks_for_several(question: str) -> bool:
    return _SEVERAL.search(question) is not None


def _agree_in_time(one: str, other: str) -> bool | None:
    ours, theirs = _times(one), _times(other)
    if not ours or not theirs:
        return None
    if any(a.startswith(b) or b.startswith(a) for a in ours for b in theirs):
        return True
    return None if _spans_one_of(ours, theirs) or _spans_one_of(theirs, ours) else False


def _spans_one_of(times: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two years or more have one of the others between them."""
    return len(times) > 1 and any(min(times)[:4] <= other[:4] <= max(times)[:4] for other in others)


def _times(text: str) -> tuple[str, ...]:
    return tuple(dated.iso for dated in dates_in(text)) or tuple(_YEAR.findall(text))


def _agree_in_quantity(one: str, other: str) -> bool | None:
    ours, theirs = _quantities(one), _quantities(other)
    if not ours or not theirs:
        return None
    slack = _HEDGED_ROUNDING if _HEDGE.search(one) or _HEDGE.search(other) else _ROUNDING
    if any(abs(a - b) <= slack * max(abs(a), abs(b)) for a, _ in ours for b, _ in theirs):
        return True
    if len(ours) > 1 or len(theirs) > 1:
        return None
    units = {ours[0][1], theirs[0][1]} - {""}
    return None if len(units) > 1 else False


def _quantities(text: str) -> list[tuple[float, str]]:
    """Values with their units (a currency sign, %, or the stem of the word behind), scale words multiplied in."""
    found = []
    for match in _QUANTITY.finditer(text):
        written = match["number"].replace(",", "").lower()
        number = float(_NUMBER_WORDS[written]) if written in _NUMBER_WORDS else float(written)
        unit = match["currency"] or stem(match["unit"] or "")
        unit = {"percent": "%", "per": "%"}.get(unit, unit)
        found.append((number * _SCALES.get((match["scale"] or "").lower(), 1), unit))
    return found


def _agree_in_name(one: str, other: str, kind: AnswerKind) -> bool | None:
    ours, theirs = content_stems(one), content_stems(other)
    if not ours or not theirs:
        return None
    if set(ours) <= set(theirs) or set(theirs) <= set(ours) or _is_acronym(one, other) or _is_acronym(other, one):
        return True
    if kind is AnswerKind.PERSON and _is_spelt_like(ours[-1], theirs[-1]):
        return True
    if any(_is_spelt_like(a, b) for a in ours for b in theirs) or max(len(ours), len(theirs)) > _MOST_WORDS:
        return None
    return False if _is_name(one) and _is_name(other) else None


def _is_acronym(short: str, full: str) -> bool:
    letters = short.replace(".", "").strip()
    initials = "".join(term.word[0] for term in content_terms(full))
    return len(letters) > 1 and letters.isupper() and letters == initials.upper()


def _is_spelt_like(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) > 3 and SequenceMatcher(None, one, other).ratio() >= _SPELLING)


def _is_name(text: str) -> bool:
    """Whether every word that carries meaning has a capital: a name, not a description of something."""
    terms = content_terms(text)
    return bool(terms) and all(term.is_capitalised for term in terms)


def _plain(word: str) -> str:
    return _SAME_WORD.get(stem(word), stem(word))


def _share_held(wanted: set[str], text: str) -> float:
    held = {_plain(t.word) for t in content_terms(text)}
    return sum(any(_is_same_word(w, h) for h in held) for w in wanted) / len(wanted) if wanted else 0.0


def _is_same_word(one: str, other: str) -> bool:
    """Equal, or one goes on from the other by an ending of at most three letters: Russia and Russian."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 4 and long.startswith(short) and len(long) - len(short) <= 3)


def _deeds(question: str) -> set[str]:
    """What the question says of its names: its content words without a capital."""
    return {_plain(t.word) for t in content_terms(question) if not t.is_capitalised}


def _coverage_of_deed(sentence: str, question: str) -> float:
    deeds = _deeds(question)
    return _share_held(deeds, sentence) if deeds else 1.0


def _is_before_a_deed(sentence: str, place: int, question: str) -> bool:
    near = content_terms(sentence[place : place + _NEAR_CHARS])
    return not _deeds(question).isdisjoint(_plain(term.word) for term in near)
