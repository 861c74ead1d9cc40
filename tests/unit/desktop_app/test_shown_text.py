"""What is given to Qt holds every character at a known place, however long the line and whatever the character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app import shown_text
from desktop_app.shown_text import LONGEST_LINE_CHARS, ShownText
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
