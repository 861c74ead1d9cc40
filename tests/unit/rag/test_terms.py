"""Terms are the words, names and numbers of a text, wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import content_stems, names, numbers, words


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_every_word_stands_where_it_says(text: str) -> None:
    for term in words(text):
        assert term.span.cut(text) == term.word


def test_inflected_words_share_a_stem() -> None:
    assert content_stems("weapons") == content_stems("Weapon’s") == content_stems("WEAPON")


def test_stopwords_and_question_words_are_no_content() -> None:
    assert content_stems("What did they say about it?") == ()


def test_an_abbreviation_with_dots_is_one_word() -> None:
    assert content_stems("the U.S. troops")[0] == "us"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1,600 troops and 3.5%", {"1600", "3.5"}), ("no figure", set()), ("on 31 March 2020", {"31", "2020"})],
)
def test_numbers_lose_their_thousands_commas(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


def test_names_are_runs_of_capitalised_words() -> None:
    assert names("The envoy Zamir Kabulov met General John Nicholson in Moscow.") == (
        "Zamir Kabulov",
        "General John Nicholson",
        "Moscow",
    )


def test_the_first_word_of_a_sentence_is_no_name_by_its_capital_alone() -> None:
    assert names("Weapons were found. Officials said so.") == ()
