"""What is said of stretches that are left out of quotes."""

from __future__ import annotations

import pytest

from desktop_app.noise_words import kind_name, reason_words, size_words, summary_words
from rag.types import Mark, NoiseKind, Span


def marks(*kinds: NoiseKind, is_lifted: bool = False) -> list[Mark]:
    return [Mark(kind, Span(number, number + 1), is_lifted) for number, kind in enumerate(kinds)]


@pytest.mark.parametrize("kind", NoiseKind)
def test_every_kind_has_a_name_a_reason_and_a_place_in_the_summary(kind):
    (mark,) = marks(kind)
    assert kind_name(kind)
    assert reason_words(mark) == f"{kind_name(kind)}: not quoted"
    assert summary_words([mark]).startswith("1 stretch is left out of quotes (")


def test_the_summary_counts_what_is_left_out_and_names_each_kind_once():
    several = marks(NoiseKind.SHARING, NoiseKind.MENU, NoiseKind.MENU)
    assert summary_words(several) == "3 stretches are left out of quotes (menus, sharing)"


def test_what_was_brought_back_is_not_counted():
    lifted = marks(NoiseKind.MENU, is_lifted=True)
    assert summary_words(lifted) == "1 stretch brought back into quotes"
    assert summary_words([*lifted, *marks(NoiseKind.TEASER)]) == "1 stretch is left out of quotes (teasers)"
    assert summary_words([]) == ""
    assert reason_words(marks(NoiseKind.MENU, is_lifted=True)[0]) == "Menu: quoted all the same"


def test_a_size_is_lines_or_the_words_of_a_single_one():
    assert size_words("a\n\nb\nc") == "3 lines"
    assert size_words("only one line") == "3 words"
    assert size_words("word\n") == "1 word"
