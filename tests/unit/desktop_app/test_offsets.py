"""Code points and UTF-16 units agree with Python's own encoder, in both directions, for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.offsets import Utf16Offsets

TEXTS = st.text(
    st.one_of(
        st.sampled_from("a é\n\t\u00a0\u2028\u2029\u200d\ufe0f\u0301אب😀👩🏽𝔘"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(TEXTS)
def test_every_position_is_the_length_of_what_stands_before_it(text):
    offsets = Utf16Offsets(text)
    assert [offsets.to_units(place) for place in range(len(text) + 1)] == [
        units(text[:place]) for place in range(len(text) + 1)
    ]
    assert offsets.n_units == units(text)


@given(TEXTS)
def test_there_and_back_is_the_same_place(text):
    offsets = Utf16Offsets(text)
    for place in range(len(text) + 1):
        assert offsets.to_code_points(offsets.to_units(place)) == place


def test_the_middle_of_a_pair_belongs_to_its_character():
    offsets = Utf16Offsets("a😀b")
    assert [offsets.to_code_points(unit) for unit in range(5)] == [0, 1, 1, 2, 3]


@pytest.mark.parametrize("place", [-1, 4])
def test_a_position_outside_the_text_is_refused(place):
    with pytest.raises(ValueError, match="outside"):
        Utf16Offsets("abc").to_units(place)
    with pytest.raises(ValueError, match="outside"):
        Utf16Offsets("abc").to_code_points(place)
