"""Dates, times and counts are said as people say them."""

from __future__ import annotations

import pytest

from desktop_app.wording import count_words, date_words, language_words, seconds_words, timing_words
from rag.generation import Timings


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2021-03-04", "4 March 2021"),
        ("2021-03-04T10:00:00Z", "4 March 2021"),
        ("2021-03", "March 2021"),
        ("2021", "2021"),
        (None, ""),
        ("", ""),
        ("spring 1994", "spring 1994"),
        ("2021-13-04", "2021-13-04"),
    ],
)
def test_a_date_is_written_as_far_as_it_is_known(iso, words):
    assert date_words(iso) == words


def test_times_have_the_figures_that_mean_something():
    assert seconds_words(142.4) == "0.14 s"
    assert seconds_words(2_130) == "2.1 s"
    assert timing_words(Timings(None, None, 90.0), None) == "Answer 0.09 s"


def test_counts_agree_with_their_nouns():
    assert count_words(1, "quote", "quotes") == "1 quote"
    assert count_words(1_200, "quote", "quotes") == "1,200 quotes"


def test_languages_are_told_by_name_and_unknown_ones_by_their_code() -> None:
    assert language_words("de") == "German"
    assert language_words("mt") == "Maltese"
    assert language_words(None) == ""
    assert language_words("qq") == "qq"
