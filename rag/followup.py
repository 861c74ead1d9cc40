"""Make a follow-up question stand on its own, by rule: pronouns get the name they most likely stand for.

The result is shown to the reader, who can edit it, so a wrong guess costs one correction and hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.terms import Term, content_terms, names, words
from rag.types import Turn

_PERSON = {"he": "", "she": "", "him": "", "her": "", "his": "’s", "hers": "’s"}
_THING = {"it": "", "its": "’s", "they": "", "them": "", "their": "’s", "theirs": "’s"}
_POINTERS = frozenset("that this those these there then so one ones former latter".split())
_BEFORE_POINTER = frozenset(
    "is was are were did does do has had have would can about after before of by for with".split()
)
_OPENERS = re.compile(r"^\s*(?:and|but|so|also|what about|how about|or|why|when|where|who|how)\b", re.IGNORECASE)
_ELLIPSIS = re.compile(r"^\s*(?:and|but|or|what about|how about)\b", re.IGNORECASE)
_TITLES = frozenset("mr mrs ms dr president minister general senator professor chancellor king queen".split())
_SAYING = (
    r"\s+(?:says?|said|thinks?|thought|claims?|claimed|warns?|warned|answers?|answered|tells?|told|argues?|argued)\b"
)
_NO_ARTICLE = r"(?<![Tt]he )"
_EMPTY_IT = re.compile(
    r"\bit\s+(?:\w+\s+){0,2}?(?:that|to|for|whether|if)\b|\bit\s+(?:take|takes|took|cost|rain|snow)s?\b",
    re.IGNORECASE,
)
_INSTITUTION = frozenset(
    """agency army association bank center centre college commission committee company council court department east
    federation force foundation government group house institute international ministry movement museum north office
    organization organisation party press republic south state states times treaty union united university war west
    """.split()
)


def make_standalone(question: str, history: Sequence[Turn]) -> str:
    """The question with its pronouns resolved from the turns before it (oldest first), unchanged where none hints back.

    Pronouns of persons take the last person named in the earlier questions, else in the best quotes; the others take
    the last other name. Where the question is elliptic or points back ("and when did he say that?"), or a pronoun
    finds nothing to stand for, the previous question is added in brackets, so that retrieval sees it.
    """
    if not history or not _hints_back(question):
        return question
    person, thing = _antecedents(history)
    resolved = _resolve(question, person, thing)
    if not _pronouns(resolved) and not _points_back(resolved):
        return resolved
    return f"{resolved.rstrip()} ({_asked(history[-1]).strip()})"


def _hints_back(question: str) -> bool:
    if _pronouns(question) or _pointers(question):
        return _pronoun_comes_first(question) or bool(_pointers(question)) or _ELLIPSIS.match(question) is not None
    spoken = tuple(words(question))
    few = len(content_terms(question)) <= 2
    return few and (
        _ELLIPSIS.match(question) is not None or (len(spoken) <= 2 and _OPENERS.match(question) is not None)
    )


def _pronouns(question: str) -> tuple[Term, ...]:
    """Pronouns that stand for something; the “it” of “is it true that” stands for nothing."""
    empty = {match.start() for match in _EMPTY_IT.finditer(question)}
    return tuple(
        t for t in words(question) if t.word.casefold() in _PERSON.keys() | _THING.keys() and t.span.start not in empty
    )


def _pointers(question: str) -> tuple[Term, ...]:
    """Words such as “that” where they point back: at the end, or after an auxiliary or a preposition.

    “the country that he left” and “is there a bridge” do not point anywhere.
    """
    spoken = tuple(words(question))
    return tuple(
        term
        for before, term in zip((None, *spoken), spoken, strict=False)
        if term.word.casefold() in _POINTERS and _points(before, term, is_last=term is spoken[-1])
    )


def _points(before: Term | None, term: Term, *, is_last: bool) -> bool:
    if is_last:
        return True
    if before is None:
        return False
    is_existential = term.word.casefold() == "there"
    return before.word.casefold() in _BEFORE_POINTER and not is_existential


def _pronoun_comes_first(question: str) -> bool:
    """Whether a pronoun stands before every name of the question, so that none of them can be what it means."""
    first_name = min((question.index(name) for name in names(question)), default=len(question))
    return any(term.span.start < first_name for term in _pronouns(question)[:1])


def _points_back(question: str) -> bool:
    return bool(_pointers(question)) or _ELLIPSIS.match(question) is not None


def _antecedents(history: Sequence[Turn]) -> tuple[str | None, str | None]:
    """The likeliest person and the likeliest thing: names of the questions, newest first, then of the best quotes."""
    asked = [name for turn in reversed(history) for name in reversed(names(_asked(turn)))]
    quoted = [
        name for turn in reversed(history) if turn.answer for q in turn.answer.quotes[:2] for name in names(q.text)
    ]
    known = tuple(dict.fromkeys(_bare(name) for name in (*asked, *quoted)))
    spoken = "\n".join(_asked(turn) for turn in history)
    persons = [name for name in known if _is_person(name, known, spoken)]
    things = [name for name in known if name not in persons and not any(name in p for p in persons)]
    return _fullest(persons[0], known) if persons else None, next(iter(things), None)


def _bare(name: str) -> str:
    return name.removesuffix("’s").removesuffix("'s")


def _is_person(name: str, known: Sequence[str], spoken: str) -> bool:
    """A titled name, the subject of a verb of saying, the end of a longer name, or two to three words that no
    institution's word gives away; a guess, which is why it is shown."""
    parts = name.split()
    if _INSTITUTION & {p.casefold() for p in parts}:
        return False
    if parts[0].casefold() in _TITLES or re.search(_NO_ARTICLE + re.escape(name) + _SAYING, spoken):
        return True
    return 2 <= len(parts) <= 3 or any(other.endswith(" " + name) for other in known)


def _fullest(person: str, known: Sequence[str]) -> str:
    """`Kabulov` becomes `Zamir Kabulov` where the turns know the longer form."""
    return max((n for n in known if n.endswith(" " + person) and len(n.split()) <= 3), key=len, default=person)


def _asked(turn: Turn) -> str:
    return turn.answer.standalone if turn.answer else turn.question


def _resolve(question: str, person: str | None, thing: str | None) -> str:
    for term in reversed(_pronouns(question)):
        word = term.word.casefold()
        name, ending = (person, _PERSON[word]) if word in _PERSON else (thing, _THING[word])
        if word == "her" and question[term.span.end :].strip(" ?.!"):
            ending = "’s"
        if name:
            question = question[: term.span.start] + name + ending + question[term.span.end :]
    return question
