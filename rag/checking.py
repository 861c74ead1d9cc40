"""Check a sentence of prose against quotes, by program: words, order, names, numbers, negation; no model is asked.

It tells whether one sentence of the quotes says what the sentence says, not whether that is true. Where it errs, it
should err towards “unsupported”: a claim must keep the order of the quote's words, all its figures and names, every
“not”, “may” and “denies” of the clause it rests on, and the small words that turn a meaning round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.terms import names, stem, words
from rag.types import Claim, ClaimStatus, Quote

#: Share of a claim's content words that must stand in the quote's sentence, in the same order.
ENOUGH_WORDS = 0.9
#: A claim of fewer content words says too little to be checked.
LEAST_WORDS = 2

_MARK = re.compile(r"\s*\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9])|\n+")
_CLAUSE_END = re.compile(r";|\s[—–-]\s|,\s+(?=(?:but|while|although|though|whereas)\b)", re.IGNORECASE)
_PART_END = re.compile(r";\s+|,?\s+(?:and|but|while)\s+", re.IGNORECASE)
_TOKEN = re.compile(r"US\$|[$€£¥]|(?<![\w.])[-−]?\d+(?:[.,]\d+)*%?|[^\W\d_]+(?:[.'’][^\W\d_]+)*", re.UNICODE)
_REPORTED = re.compile(
    r"\b(?:sa(?:id|ys?)|told|stated?|claim(?:s|ed)?|alleg(?:es?|ed)|accus(?:es?|ed)|argu(?:es?|ed)|warn(?:s|ed)|"
    r"suggest(?:s|ed)?|suspect(?:s|ed)?|thinks?|thought|reports?|reported|insist(?:s|ed)?)\s+(?:\w+\s+){0,2}?that\b|"
    r"\baccording to\b|\ballegedly\b|\breportedly\b",
    re.IGNORECASE,
)
_COPULA = re.compile(r"^(.+?)\s+(?:is|was|are|were)\s+(?:an?\s+|the\s+)?(.+)$", re.DOTALL)

#: Words that turn a clause round or weaken it: a claim must have as many of each as the clause it rests on.
_TURNING = frozenset(
    """not no never none nobody nothing neither nor without cannot hardly barely scarcely deny denies denied denying
    refuse refuses refused reject rejects rejected false falsely untrue failed fails fail unlikely impossible doubt
    doubts doubted may might could would should must will shall can if unless whether perhaps possibly probably likely
    alleged alleges accused accuses suspected believe believes believed expects expected plans planned hopes hoped
    threatens threatened wants wanted almost nearly""".split()
)
#: Small words that say who does what to whom, when, and how much: each must stand where the quote has it.
_RELATING = frozenset(
    """before after from to for against since until above below under over by into more less fewer least most all some
    many few only every any both half between than during of""".split()
)
_NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion
    dozen half twice once first second third percent""".split()
)
_CURRENCIES = frozenset("us$ $ € £ ¥ usd eur gbp dollar dollars euro euros pound pounds rouble roubles".split())


@dataclass(frozen=True, slots=True)
class _Token:
    """A word that counts: `key` is what must be equal, `kind` one of number, turning, relating, content."""

    key: str
    kind: str
    word: str


def split_marks(sentence: str, n_quotes: int) -> tuple[str, tuple[int, ...]]:
    """The sentence without its `[n]` marks, and the quote indices (from 0) they point to.

    A number in brackets that no quote has is no mark and stays in the text, where it is checked like any other.
    """
    cited: list[int] = []

    def drop(match: re.Match[str]) -> str:
        numbers = [int(n) for n in re.findall(r"\d+", match.group(1))]
        if not all(1 <= n <= n_quotes for n in numbers):
            return match.group()
        cited.extend(n - 1 for n in numbers)
        return ""

    return _MARK.sub(drop, sentence).strip(), tuple(dict.fromkeys(cited))


def check(sentence: str, quotes: Sequence[Quote]) -> Claim:
    """Check one sentence, citation marks included.

    The quotes it cites are tried first, then all, because the number that a model types is worth less than what the
    texts hold; the claim then cites what it rests on. A sentence of two parts may rest on a quote for each.
    """
    text, cited = split_marks(sentence, len(quotes))
    order = (*cited, *(i for i in range(len(quotes)) if i not in cited))
    problem = "no quote is cited" if not quotes else ""
    for index in order:
        status, reason = _check_one(text, quotes[index].text)
        if status is not ClaimStatus.UNSUPPORTED:
            return Claim(text, (index,), status, reason)
        problem = problem or reason
    together = _rests_on_several(text, quotes)
    if together:
        return Claim(text, together, ClaimStatus.SUPPORTED, "each part is in a quote")
    return Claim(text, cited, ClaimStatus.UNSUPPORTED, problem)


def _rests_on_several(text: str, quotes: Sequence[Quote]) -> tuple[int, ...]:
    """The quotes that hold the parts of a sentence joined by “and”, where every part is a statement of its own."""
    parts = [part for part in _PART_END.split(text) if part.strip()]
    if len(parts) < 2:
        return ()
    found: list[int] = []
    for part in parts:
        holding = (
            i for i, quote in enumerate(quotes) if _check_one(part, quote.text)[0] is not ClaimStatus.UNSUPPORTED
        )
        index = next(holding, None)
        if index is None:
            return ()
        found.append(index)
    return tuple(dict.fromkeys(found))


def _check_one(text: str, quote: str) -> tuple[ClaimStatus, str]:
    """The status of a text beside one quote, by the sentence of the quote that comes nearest to holding it."""
    claimed = _tokens(text)
    if sum(token.kind in ("content", "number") for token in claimed) < LEAST_WORDS:
        return ClaimStatus.UNSUPPORTED, "it says too little to be checked"
    problems: list[tuple[float, str]] = []
    for clause in _clauses(quote):
        held = _tokens(clause)
        pairs = _aligned(claimed, held)
        problem = _problem(text, clause, claimed, held, pairs)
        if problem is None:
            if _stands_in(text, clause):
                return ClaimStatus.QUOTED, "word for word in the quote"
            return ClaimStatus.SUPPORTED, "its words, names and numbers are in the quote, in this order"
        if _names_it(text, clause):
            return ClaimStatus.SUPPORTED, "the quote gives the one beside the other"
        problems.append((len(pairs) / len(claimed), problem))
    return ClaimStatus.UNSUPPORTED, max(problems, key=lambda p: p[0], default=(0.0, "the quote is empty"))[1]


def _names_it(text: str, clause: str) -> bool:
    """Whether “A is B” stands in the clause as “B, A,”: the same words the other way round, with nothing between."""
    copula = _COPULA.match(text.strip().rstrip(".!"))
    if copula is None:
        return False
    subject, predicate = copula.groups()
    claimed, held = _tokens(f"{predicate} {subject}"), _tokens(clause)
    pairs = _aligned(claimed, held)
    places = dict(pairs)
    border = len(_tokens(predicate))
    if len(pairs) < len(claimed) or not 0 < border < len(claimed):
        return False
    # Between the two there may stand one more word of a name: “the envoy, Zamir Kabulov”.
    is_beside = places[border] - places[border - 1] <= 2
    return is_beside and _problem(text, clause, claimed, held, pairs) is None


def _clauses(quote: str) -> Iterator[str]:
    """The sentences of a quote, and the clauses of those that have several."""
    for sentence in _SENTENCE_END.split(quote):
        clauses = [clause for clause in _CLAUSE_END.split(sentence) if clause.strip()]
        if sentence.strip():
            yield sentence
        if len(clauses) > 1:
            yield from clauses


def _problem(
    text: str, clause: str, claimed: Sequence[_Token], held: Sequence[_Token], pairs: Sequence[tuple[int, int]]
) -> str | None:
    """What keeps the clause from saying what the text says, in a few words; None when it says it."""
    in_claim, in_clause = {i for i, _ in pairs}, {j for _, j in pairs}
    for kind, said in (("number", "the number"), ("relating", "the word")):
        for i, token in enumerate(claimed):
            if token.kind == kind and i not in in_claim:
                return f"{said} “{token.word}” does not stand there in the quote"
    for name in names(text):
        if not all(_is_aligned(part.word, claimed, in_claim) for part in words(name) if part.is_content):
            return f"“{name}” does not stand there in the quote"
    content = [i for i, token in enumerate(claimed) if token.kind == "content"]
    absent = [claimed[i].word for i in content if i not in in_claim]
    if len(absent) > (1 - ENOUGH_WORDS) * len(content):
        return "not in the quote, or not in this order: " + ", ".join(absent[:4])
    turned = _turning(held) - _turning(claimed) + (_turning(claimed) - _turning(held))
    if turned:
        return f"the quote and the sentence differ in “{next(iter(turned))}”"
    if _REPORTED.search(clause) and not _REPORTED.search(text):
        return "the quote reports what somebody says; the sentence states it as a fact"
    return _relation_lost(held, in_clause)


def _is_aligned(word: str, claimed: Sequence[_Token], in_claim: set[int]) -> bool:
    return any(token.key == stem(word) and i in in_claim for i, token in enumerate(claimed))


def _turning(tokens: Sequence[_Token]) -> Counter[str]:
    return Counter(token.key for token in tokens if token.kind == "turning")


def _relation_lost(held: Sequence[_Token], in_clause: set[int]) -> str | None:
    """A small word of the quote that the claim leaves out although it keeps the word that it belongs to."""
    if not in_clause:
        return None
    for j in range(min(in_clause), max(in_clause)):
        follows = next((k for k in range(j + 1, len(held)) if held[k].kind != "relating"), None)
        if held[j].kind == "relating" and j not in in_clause and follows in in_clause and j - 1 in in_clause:
            return f"the quote has “{held[j].word}” there"
    return None


def _stands_in(text: str, clause: str) -> bool:
    """Whether the very words of the text stand in the clause one after another; only case may differ."""
    said = [match.group().casefold() for match in _TOKEN.finditer(text)]
    held = [match.group().casefold() for match in _TOKEN.finditer(clause)]
    return any(held[i : i + len(said)] == said for i in range(len(held) - len(said) + 1))


def _tokens(text: str) -> list[_Token]:
    return [token for match in _TOKEN.finditer(text) if (token := _token(match.group())) is not None]


def _token(word: str) -> _Token | None:
    folded = word.casefold().replace("’", "'")
    if folded[0].isdigit() or folded[0] in "-−":
        return _Token(_figure(folded), "number", word)
    if folded in _NUMBER_WORDS or folded in _CURRENCIES:
        return _Token(folded, "number", word)
    if folded in _TURNING or folded.endswith("n't"):
        return _Token("not" if folded.endswith("n't") else folded, "turning", word)
    if folded in _RELATING:
        return _Token(folded, "relating", word)
    term = next(iter(words(word)), None)
    return _Token(term.stem, "content", word) if term is not None and term.is_content else None


def _figure(folded: str) -> str:
    """A figure without thousands marks; a comma that no three digits follow is a decimal one."""
    plain = folded.replace("−", "-")
    return re.sub(r",(?=\d{3}(?!\d))", "", plain).replace(",", ".")


def _aligned(claimed: Sequence[_Token], held: Sequence[_Token]) -> list[tuple[int, int]]:
    """The longest common subsequence of the two, as pairs of places."""
    lengths = [[0] * (len(held) + 1) for _ in range(len(claimed) + 1)]
    for i in range(len(claimed) - 1, -1, -1):
        for j in range(len(held) - 1, -1, -1):
            if claimed[i].key == held[j].key:
                lengths[i][j] = lengths[i + 1][j + 1] + 1
            else:
                lengths[i][j] = max(lengths[i + 1][j], lengths[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(claimed) and j < len(held):
        if claimed[i].key == held[j].key:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
