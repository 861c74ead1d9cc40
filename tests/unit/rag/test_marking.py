"""What a person marked is found again in a later text by its words, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.marking import carried, with_set_aside
from rag.types import Document, Mark, NoiseKind, Span
from tests.unit.rag.made import document

PAGE = (
    "Harbours of the coast\nShare this page\nThe first boats left in May.\nShare this page\nThe others came in June.\n"
)


def _marked(text: str, *marks: Mark) -> Document:
    return replace(document(text), marks=marks)


def _span(text: str, words: str, occurrence: int = 0) -> Span:
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(words, start + 1)
    return Span(start, start + len(words))


def _told(marks: tuple[Mark, ...], text: str) -> list[tuple[NoiseKind, str, bool]]:
    return [(mark.kind, mark.span.cut(text), mark.is_lifted) for mark in marks]


def test_what_was_set_aside_is_set_aside_where_its_words_have_moved_to() -> None:
    old = _marked(PAGE, Mark(NoiseKind.BY_HAND, _span(PAGE, "first boats left in May.")))
    text = "A new heading\n\n" + PAGE.replace("left in", "left  in\n")
    assert _told(carried(old, _marked(text)), text) == [(NoiseKind.BY_HAND, "first boats left  in\n May.", False)]


def test_of_equal_words_those_in_the_likest_surroundings_are_meant() -> None:
    old = _marked(PAGE, Mark(NoiseKind.BY_HAND, _span(PAGE, "Share this page", 1)))
    text = "Share this page\nAn opening.\n" + PAGE
    assert carried(old, _marked(text)) == (Mark(NoiseKind.BY_HAND, _span(text, "Share this page", 2)),)


def test_words_that_are_gone_are_marked_nowhere_even_if_some_like_them_stand_elsewhere() -> None:
    old = _marked(PAGE, Mark(NoiseKind.BY_HAND, _span(PAGE, "May")))
    text = "A letter to the harbour master.\nMay I ask you for the list of boats?\n"
    assert carried(old, _marked(text)) == ()


def test_a_lifted_mark_stays_lifted_where_the_same_words_are_marked_as_the_same() -> None:
    sharing = [_span(PAGE, "Share this page", n) for n in range(2)]
    old = _marked(PAGE, Mark(NoiseKind.SHARING, sharing[0]), Mark(NoiseKind.SHARING, sharing[1], is_lifted=True))
    text = "An opening.\n" + PAGE
    spans = [_span(text, "Share this page", n) for n in range(2)]
    new = _marked(text, *(Mark(NoiseKind.SHARING, span) for span in spans))
    assert carried(old, new) == (Mark(NoiseKind.SHARING, spans[0]), Mark(NoiseKind.SHARING, spans[1], is_lifted=True))
    menu = _marked(text, Mark(NoiseKind.MENU, spans[1]))
    assert carried(old, menu) == menu.marks


def test_of_a_mark_that_has_grown_only_the_lifted_words_stay_lifted() -> None:
    old = _marked(PAGE, Mark(NoiseKind.TEASER, _span(PAGE, "first boats left in May."), is_lifted=True))
    new = _marked(PAGE + "End.\n", Mark(NoiseKind.TEASER, _span(PAGE, "The first boats left in May.\nShare this page")))
    assert _told(carried(old, new), new.text) == [
        (NoiseKind.TEASER, "The ", False),
        (NoiseKind.TEASER, "first boats left in May.", True),
        (NoiseKind.TEASER, "\nShare this page", False),
    ]


def test_marks_that_no_person_touched_are_not_carried() -> None:
    old = _marked(PAGE, Mark(NoiseKind.MENU, _span(PAGE, "Share this page")))
    assert carried(old, _marked("Other.\n" + PAGE)) == ()


@pytest.mark.parametrize("is_lifted", [False, True])
def test_in_the_same_text_the_very_same_place_is_meant(is_lifted: bool) -> None:
    text = "One line, again and again.\n" * 40
    kind = NoiseKind.MENU if is_lifted else NoiseKind.BY_HAND
    mark = Mark(kind, _span(text, "One line", 20), is_lifted)
    new = (Mark(kind, mark.span),) if is_lifted else ()
    assert carried(_marked(text, mark), _marked(text, *new)) == (mark,)


_TEXTS = st.text("ab .\n\u2028é", max_size=60)


@given(_TEXTS.filter(str.strip), _TEXTS.filter(str.strip), st.data())
def test_carried_marks_are_in_order_apart_and_hold_the_words_that_were_marked(old: str, new: str, drawn) -> None:
    start = drawn.draw(st.integers(0, len(old) - 1))
    span = Span(start, drawn.draw(st.integers(start + 1, len(old))))
    at = drawn.draw(st.integers(0, len(new) - 1))
    kind = drawn.draw(st.sampled_from([NoiseKind.BY_HAND, NoiseKind.MENU]))
    own = Mark(NoiseKind.MENU, Span(at, len(new)))
    before = _marked(old, Mark(kind, span, is_lifted=kind is NoiseKind.MENU))
    marks = carried(before, _marked(new, own))
    assert all(first.span.end <= second.span.start for first, second in pairwise(marks))
    words = " ".join(span.cut(old).split())
    for mark in marks:
        if mark.kind is NoiseKind.BY_HAND:
            assert words in " ".join(mark.span.cut(new).split())
        if mark.is_lifted:
            assert " ".join(mark.span.cut(new).split()) in words


@given(st.lists(st.integers(0, 30), min_size=2, max_size=8, unique=True), st.integers(0, 30), st.integers(1, 10))
def test_what_is_set_aside_swallows_every_mark_that_it_touches(places: list[int], start: int, length: int) -> None:
    bounds = sorted(places)
    marks = tuple(Mark(NoiseKind.MENU, Span(*pair)) for pair in zip(bounds[::2], bounds[1::2], strict=False))
    span = Span(start, start + length)
    made = with_set_aside(marks, span)
    (own,) = [mark for mark in made if mark.kind is NoiseKind.BY_HAND]
    assert own.span.contains(span)
    assert all(any(other.span.contains(mark.span) for other in made) for mark in marks)
    assert all(first.span.end <= second.span.start for first, second in pairwise(made))
