"""Prose falls into sentences the same way however it arrives."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.prose import ProseSplitter

PROSE = "The U.S. left in 2021 [1]. Mr. Kabulov spoke [2] [3]. It was in No. 5 [1].\nThe end"
SENTENCES = ["The U.S. left in 2021 [1].", "Mr. Kabulov spoke [2] [3].", "It was in No. 5 [1].", "The end"]


def _split(pieces: list[str]) -> list[str]:
    splitter = ProseSplitter()
    finished = [sentence for piece in pieces for sentence in splitter.feed(piece)]
    return finished + splitter.rest()


def test_a_whole_prose_falls_into_its_sentences() -> None:
    assert _split([PROSE]) == SENTENCES


@given(st.lists(st.integers(0, len(PROSE)), max_size=20))
def test_pieces_of_any_length_give_the_same_sentences(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(PROSE)]
    assert _split([PROSE[a:b] for a, b in pairwise(places)]) == SENTENCES


def test_citation_marks_after_the_full_stop_belong_to_the_sentence_before() -> None:
    assert _split(["It fell. [1] Then it rose. [2]"]) == ["It fell. [1]", "Then it rose. [2]"]


@given(st.text(max_size=300))
def test_no_word_is_lost_or_doubled(prose: str) -> None:
    assert "".join("".join(_split([prose])).split()) == "".join(prose.split())


@pytest.mark.parametrize("empty", ["", "  ", "\n\n"])
def test_nothing_written_is_no_sentence(empty: str) -> None:
    assert _split([empty]) == []
