"""What is given to Qt holds every character at a known place, however long the line and whatever the character."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app import shown_text
from desktop_app.shown_text import LONGEST_LINE_CHARS, Insert, ShownText
from rag.types import Span

AWKWARD = "\r\u2029\u2028\ufdd0\ufdd1\ufffc\0\u00a0\t\n"
TEXTS = st.text(st.one_of(st.sampled_from(AWKWARD + "a 😀é\u0301א"), st.characters(codec="utf-8")), max_size=80)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(TEXTS)
def test_stand_ins_are_as_wide_as_what_they_stand_for(text):
    assert units(ShownText(text).display) == units(text)
    assert not set(ShownText(text).display) & set("\r\u2029\ufdd0\ufdd1\ufffc\0")


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_any_two_positions_give_back_the_texts_own_characters(text, one, other):
    first, last = sorted((min(one, len(text)), min(other, len(text))))
    shown = ShownText(text)
    assert shown.between(shown.position(first), shown.position(last)) == text[first:last]


@given(TEXTS, st.integers(0, 40), st.integers(0, 40))
def test_a_window_counts_offsets_of_the_whole_text(text, start, length):
    start = min(start, len(text))
    stop = min(start + length, len(text))
    shown = ShownText(text, start, stop)
    assert shown.text == text[start:stop]
    assert [shown.offset(shown.position(place)) for place in range(start, stop + 1)] == list(range(start, stop + 1))


@given(st.integers(1, 60), st.sampled_from(["x", "😀", "ab ", "é\u0301", "👩\u200d👩\u200d👧 "]), st.data())
def test_long_lines_are_broken_without_moving_any_offset(repeat, unit, data):
    text = "start\n" + unit * (repeat * 700)
    shown = ShownText(text)
    assert max(map(len, shown.display.split("\n"))) <= LONGEST_LINE_CHARS
    assert shown.between(0, units(shown.display)) == text
    place = data.draw(st.integers(0, len(text) - 1))
    first, last = shown.positions(Span(place, place + 1))
    cut = shown.display.encode("utf-16-le")[first * 2 : last * 2].decode("utf-16-le")
    assert cut == text[place]


def test_a_break_falls_after_a_space_where_there_is_one():
    shown = ShownText("word " * 4_000)
    assert all(line.endswith(" ") for line in shown.display.split("\n"))


def test_a_break_never_parts_a_mark_from_its_letter():
    text = "e\u0301" * LONGEST_LINE_CHARS
    assert not any(line.startswith("\u0301") for line in ShownText(text).display.split("\n"))


def test_a_line_of_nothing_but_marks_is_still_broken():
    assert "\n" in ShownText("\u0301" * (LONGEST_LINE_CHARS * 2)).display


def test_short_texts_are_given_as_they_are():
    assert ShownText("a line\nand another").display == "a line\nand another"
    assert shown_text.LONGEST_LINE_CHARS >= 1_000


@st.composite
def inserted_texts(draw: st.DrawFn) -> tuple[str, list[Insert]]:
    """A text, and words of the program between its characters or in the place of some."""
    text = draw(TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    inserts, taken = [], -1
    for start, end in zip(places[::2], places[1::2], strict=False):
        words = draw(st.sampled_from(["", "Menu, 3 lines · Show\n", "\n😀 slide", "x"]))
        if start > taken and (words or end > start):
            inserts.append(Insert(start, end, words))
            taken = end
    return text, inserts


def hidden_places(inserts: list[Insert]) -> set[int]:
    return {place for one in inserts for place in range(one.start, one.end)}


@given(inserted_texts())
def test_what_is_inserted_moves_no_offset(made):
    text, inserts = made
    shown = ShownText(text, inserts=inserts)
    hidden = hidden_places(inserts)
    for place in range(len(text) + 1):
        if place not in hidden:
            assert shown.offset(shown.position(place)) == place
        assert shown.is_hidden(place) == (place in hidden)


@given(inserted_texts())
def test_each_visible_character_is_where_it_is_said_to_be(made):
    text, inserts = made
    shown = ShownText(text, inserts=inserts)
    in_units = shown.display.encode("utf-16-le")
    for place in set(range(len(text))) - hidden_places(inserts):
        first, last = shown.positions(Span(place, place + 1))
        drawn = in_units[2 * first : 2 * last].decode("utf-16-le")
        assert drawn == ShownText(text[place]).display


@given(inserted_texts(), st.integers(0, 80), st.integers(1, 80))
@settings(max_examples=400, deadline=None)
def test_a_span_of_visible_characters_gives_back_its_text(made, start, length):
    text, inserts = made
    end = min(len(text), start + length)
    if start >= end or {start, end - 1} & hidden_places(inserts):
        return
    shown = ShownText(text, inserts=inserts)
    assert shown.between(*shown.positions(Span(start, end))) == text[start:end]


@given(inserted_texts())
def test_the_display_holds_what_is_visible_and_what_is_inserted_and_nothing_else(made):
    text, inserts = made
    visible = len(text.encode("utf-16-le")) // 2 - sum(units(text[one.start : one.end]) for one in inserts)
    assert units(ShownText(text, inserts=inserts).display) == visible + sum(units(one.words) for one in inserts)


@given(inserted_texts())
def test_a_selection_of_everything_is_the_whole_text(made):
    text, inserts = made
    shown = ShownText(text, inserts=[one for one in inserts if one.words])
    assert shown.between(0, units(shown.display)) == text


def test_what_is_hidden_without_a_word_belongs_to_a_selection_only_from_within():
    shown = ShownText("ab--cd--", inserts=[Insert(2, 4, ""), Insert(6, 8, "")])
    assert shown.display == "abcd"
    assert shown.between(0, 2) == "ab"
    assert shown.between(2, 4) == "cd"
    assert shown.between(0, 4) == "ab--cd"
    assert shown.between(2, 2) == ""


@given(st.integers(0, 20_000), st.integers(1, 20_000))
def test_a_fold_in_a_very_long_line_leaves_its_breaks_where_they_are_seen(start, length):
    text = "word " * 8_000
    fold = Insert(start, min(len(text), start + length), "Menu, 9 words · Show")
    shown = ShownText(text, inserts=[fold])
    for place in (0, max(0, start - 1), fold.end, len(text)):
        if not shown.is_hidden(place):
            assert shown.offset(shown.position(place)) == place
    assert max(map(len, shown.display.split("\n"))) <= 2 * LONGEST_LINE_CHARS + len(fold.words)


def test_the_place_of_a_hidden_character_is_that_of_the_words_in_its_place():
    shown = ShownText("ab menu cd", inserts=[Insert(3, 8, "Menu · Show")])
    assert shown.display == "ab Menu · Showcd"
    assert shown.position(5) == 3
    assert shown.positions(Span(4, 6)) == (3, 14)
    found = shown.insert_at(7)
    assert found is not None
    assert (found.start, found.end) == (3, 8)
    assert shown.insert_at(2) is None


def test_a_stretch_takes_only_what_lies_whole_in_it():
    inserts = [Insert(0, 2, "A"), Insert(3, 5, "B"), Insert(7, 9, "C")]
    assert ShownText("0123456789", 1, 8, inserts).display == "12B567"
