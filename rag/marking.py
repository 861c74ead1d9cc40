"""What a person marked in a document, by hand or by lifting a mark, and where it stands in a later text of its file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from rag.types import Document, Mark, NoiseKind, Span

_WORD = re.compile(r"\S+")
_AROUND_CHARS = 100
_TELLING_CHARS = 40
"""Fewer characters in common, those around the words included, may be the same by chance."""


def is_by_hand(mark: Mark) -> bool:
    """Whether a person had a say in it."""
    return mark.is_lifted or mark.kind is NoiseKind.BY_HAND


def with_set_aside(marks: Sequence[Mark], span: Span) -> tuple[Mark, ...]:
    """The marks and this span, marked by hand; marks that it overlaps become part of it."""
    touched = [mark.span for mark in marks if mark.span.overlaps(span)]
    whole = Span(min(one.start for one in (span, *touched)), max(one.end for one in (span, *touched)))
    kept = [mark for mark in marks if not mark.span.overlaps(span)]
    return tuple(sorted([*kept, Mark(NoiseKind.BY_HAND, whole)], key=lambda mark: mark.span))


def carried(old: Document, new: Document) -> tuple[Mark, ...]:
    """The marks of the new document, and what a person said of the old one wherever the same words stand in it.

    What was lifted is lifted where the new document has it marked as the same kind, and what was set aside by hand is
    set aside again. White space does not count; of several places that hold the words, the one whose surroundings are
    most alike does.
    """
    told = [mark for mark in old.marks if is_by_hand(mark)]
    if not told:
        return new.marks
    words = None if old.text == new.text else _Words.of(new.text)
    places = [mark.span if words is None else _place(words, old.text, mark.span) for mark in told]
    found = [(mark, place) for mark, place in zip(told, places, strict=True) if place is not None]
    marks = new.marks
    for mark, place in found:
        if mark.is_lifted:
            marks = tuple(piece for one in marks for piece in _lifted(one, mark.kind, place, new.text))
    for mark, place in found:
        if not mark.is_lifted:
            marks = with_set_aside(marks, place)
    return marks


@dataclass(frozen=True, slots=True)
class _Words:
    """A text with one space between its words; `starts` are where they begin in it, `places` where in the text."""

    joined: str
    starts: Sequence[int]
    places: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Words:
        spans = [match.span() for match in _WORD.finditer(text)]
        starts = list(accumulate((end - start + 1 for start, end in spans), initial=0))
        return cls(" ".join(text[start:end] for start, end in spans), starts, [start for start, _ in spans])

    def in_text(self, place: int) -> int:
        """Where a character of `joined` that is no space stands in the text."""
        word = bisect_right(self.starts, place) - 1
        return self.places[word] + place - self.starts[word]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _place(words: _Words, text: str, span: Span) -> Span | None:
    """Where the words of a span of another text stand; None where they do not, or perhaps only by chance."""
    sought = _squeezed(span.cut(text))
    before = _squeezed(text[max(0, span.start - 2 * _AROUND_CHARS) : span.start])[-_AROUND_CHARS:]
    after = _squeezed(text[span.end : span.end + 2 * _AROUND_CHARS])[:_AROUND_CHARS]
    likely = span.start * len(words.joined) // len(text)
    likest, most = 0, -1
    for start in sorted(_occurrences(words.joined, sought), key=lambda start: abs(start - likely)):
        n_shared = _n_shared_around(words.joined, start, start + len(sought), before, after)
        if n_shared > most:
            likest, most = start, n_shared
        if most == len(before) + len(after):
            break
    if most < 0 or len(sought) + most < min(_TELLING_CHARS, len(sought) + len(before) + len(after)):
        return None
    return Span(words.in_text(likest), words.in_text(likest + len(sought) - 1) + 1)


def _occurrences(text: str, sought: str) -> Iterator[int]:
    place = text.find(sought) if sought else -1
    while place >= 0:
        yield place
        place = text.find(sought, place + 1)


def _n_shared_around(text: str, start: int, end: int, before: str, after: str) -> int:
    """How many characters right before and right after a place are the same as these."""
    own_before = text[max(0, start - _AROUND_CHARS - 1) : start].rstrip()
    own_after = text[end : end + _AROUND_CHARS + 1].lstrip()
    return _n_shared(own_before[::-1], before[::-1]) + _n_shared(own_after, after)


def _n_shared(first: str, second: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _lifted(mark: Mark, kind: NoiseKind, place: Span, text: str) -> Iterator[Mark]:
    """A mark of this kind in pieces, of which the one at the place is lifted; any other mark as it is."""
    if mark.kind is not kind or mark.is_lifted or not mark.span.overlaps(place):
        yield mark
        return
    start, end = max(mark.span.start, place.start), min(mark.span.end, place.end)
    for first, last in ((mark.span.start, start), (start, end), (end, mark.span.end)):
        if text[first:last].strip():
            yield Mark(kind, Span(first, last), is_lifted=first == start)
