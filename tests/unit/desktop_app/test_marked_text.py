"""What is put between the characters of a document: folds only where they spare room, and names where parts begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.marked_text import MarkedText, Noise, part_title
from desktop_app.shown_text import ShownText
from rag.types import Mark, NoiseKind, Part, PartKind, Span

MENU = "".join(f"Entry {number}\n" for number in range(1, 13))
TEXT = f"Title\n{MENU}The article.\nRead more\nIts end."


def mark(words: str, kind: NoiseKind = NoiseKind.MENU, *, is_lifted: bool = False, text: str = TEXT) -> Mark:
    start = text.index(words)
    return Mark(kind, Span(start, start + len(words)), is_lifted)


LONG, SHORT = mark(MENU), mark("Read more", NoiseKind.TEASER)


def displayed(marked: MarkedText, noise: Noise = Noise.GREYED, opened: tuple[int, ...] = ()) -> str:
    return ShownText(marked.text, inserts=marked.inserts(noise, opened)).display


def test_a_long_stretch_is_one_line_and_a_short_one_is_left_to_be_read():
    shown = displayed(MarkedText(TEXT, (LONG, SHORT)))
    assert shown == "Title\nMenu, 12 lines · Show\nThe article.\nRead more\nIts end."


def test_an_opened_stretch_is_shown_in_full():
    assert displayed(MarkedText(TEXT, (LONG, SHORT)), opened=(LONG.span.start,)) == TEXT


def test_what_was_brought_back_is_never_folded_or_hidden():
    lifted = MarkedText(TEXT, (mark(MENU, is_lifted=True), mark("Read more", is_lifted=True)))
    assert displayed(lifted) == displayed(lifted, Noise.HIDDEN) == TEXT


def test_what_is_hidden_leaves_neither_words_nor_empty_lines():
    text = "One.\n\nMenu\n\nTwo. » Read more Three."
    marked = MarkedText(text, (mark("Menu", text=text), mark("» Read more ", text=text)))
    assert displayed(marked, Noise.HIDDEN) == "One.\n\nTwo. Three."


def test_a_single_long_paragraph_is_measured_in_words():
    text = "Before. " + "Buy pills now! " * 60 + "After."
    marked = MarkedText(text, (mark("Buy pills now! " * 60, NoiseKind.ADVERTISING, text=text),))
    assert displayed(marked) == "Before. \nAdvertising, 180 words · Show\nAfter."


@given(st.lists(st.sampled_from(["a line\n", "menu " * 40, "\n", "x", "😀 \n" * 9]), max_size=12), st.data())
def test_no_mark_moves_an_offset(pieces, data):
    text = "".join(pieces)
    places = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=6))))
    marks = [Mark(NoiseKind.MENU, Span(*pair)) for pair in zip(places[::2], places[1::2], strict=False)]
    noise = data.draw(st.sampled_from(Noise))
    shown = ShownText(text, inserts=MarkedText(text, marks).inserts(noise, ()))
    for place in range(len(text) + 1):
        if not shown.is_hidden(place):
            assert shown.offset(shown.position(place)) == place
    if noise is Noise.GREYED:
        assert shown.between(0, len(shown.display.encode("utf-16-le")) // 2) == text


def test_the_mark_of_a_character_is_found():
    marked = MarkedText(TEXT, (LONG, SHORT))
    assert marked.mark_at(LONG.span.start) == marked.mark_at(LONG.span.end - 1) == LONG
    assert marked.mark_at(LONG.span.end) is None
    assert marked.mark_at(0) is None
    assert marked.marks_in(LONG.span.end - 1, SHORT.span.start + 1) == (LONG, SHORT)
    assert marked.marks_in(LONG.span.end, SHORT.span.start) == ()


SLIDES = (
    Part(PartKind.SLIDE, 1, Span(0, 9)),
    Part(PartKind.SLIDE, 3, Span(11, 20)),
)
DECK = "Welcome!\n\n\nGoals of x"


def test_parts_are_named_where_they_begin_a_line():
    assert displayed(MarkedText(DECK, (), SLIDES)) == "Slide 1\nWelcome!\n\n\nSlide 3\nGoals of x"


def test_a_part_that_begins_within_a_line_gets_no_line():
    parts = (Part(PartKind.PAGE, 1, Span(0, 5)), Part(PartKind.PAGE, 2, Span(5, 12)))
    assert displayed(MarkedText("The words go on.", (), parts)) == "Page 1\nThe words go on."


def test_a_chapter_that_begins_with_its_own_name_is_not_named_twice():
    text = "Loomings\nCall me Ishmael.\nThe Carpet-Bag\nI stuffed a shirt."
    parts = (
        Part(PartKind.CHAPTER, 1, Span(0, 26), "Loomings"),
        Part(PartKind.CHAPTER, 2, Span(26, len(text)), "The Carpet-Bag"),
    )
    assert displayed(MarkedText(text, (), parts)) == text


@pytest.mark.parametrize(
    ("part", "title"),
    [
        (Part(PartKind.SLIDE, 3, Span(0, 1)), "Slide 3"),
        (Part(PartKind.SHEET, 2, Span(0, 1), "Costs"), "Sheet Costs"),
        (Part(PartKind.PAGE, 4, Span(0, 1), "iv"), "Page iv"),
        (Part(PartKind.CHAPTER, 1, Span(0, 1), "  A \n name "), "A name"),
        (Part(PartKind.CHAPTER, 7, Span(0, 1)), "Chapter 7"),
    ],
)
def test_a_part_has_a_title(part, title):
    assert part_title(part) == title


def test_the_part_of_a_character_is_the_last_that_has_begun():
    marked = MarkedText(DECK, (), SLIDES)
    assert marked.part_at(10) == SLIDES[0]
    assert marked.part_at(11) == SLIDES[1]
    assert MarkedText(DECK).part_at(3) is None
