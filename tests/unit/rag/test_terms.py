"""Terms are the words, names and numbers of a text, wherever they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.terms import content_stems, content_terms, index_terms, is_foreign_script, names, numbers, stem, words


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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("кислорода", "кислород"),
        ("ЁЛКИ", "елки"),
        ("المدينة", "مدينه"),
        ("والكتاب", "كتاب"),
        ("مُحَمَّد", "محمد"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Zürich", "zurich"),
        ("٢٠١٦", "2016"),
    ],
)
def test_words_of_other_scripts_share_a_stem_whatever_their_form(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_english_words_keep_their_stems() -> None:
    assert [stem(w) for w in ("Weapons’", "1,600", "U.S.", "O'Brien's", "naïveté")] == [
        "weapon", "1600", "us", "obrien", "naivet",
    ]  # fmt: skip


def test_scripts_without_spaces_are_cut_into_pairs_of_characters() -> None:
    assert [t.word for t in words("在2016年访问北京 x")] == ["在", "2016", "年访", "访问", "问北", "北京", "x"]
    assert [t.word for t in words("水")] == ["水"]


def test_vowel_signs_stay_in_their_word() -> None:
    assert [t.word for t in words("हिन्दी में")] == ["हिन्दी", "में"]
    assert [t.word for t in words("cafe\u0301 noir")] == ["cafe\u0301", "noir"]


def test_the_stopwords_of_the_texts_own_language_are_no_content() -> None:
    assert [t.word for t in content_terms("Wann wurde die Brücke über den Rhein gebaut?")] == [
        "Brücke", "Rhein", "gebaut",
    ]  # fmt: skip
    assert [t.word for t in content_terms("Когда был построен мост?")] == ["построен", "мост"]


def test_a_comma_joins_figures_and_parts_words() -> None:
    assert index_terms("1,600 apples,oranges and 3.5%") == "1600 appl orang and 3.5"


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_what_is_indexed_of_a_text_are_the_stems_of_its_words(text: str) -> None:
    assert index_terms(text).split(" ") == ([t.stem for t in words(text) if t.stem] or [""])
    assert not set('"*()') & set(index_terms(text))


def test_the_script_of_most_letters_decides() -> None:
    assert is_foreign_script("Когда был Apollo 11?")
    assert not is_foreign_script("Who wrote Война?")
    assert not is_foreign_script("2016?")
