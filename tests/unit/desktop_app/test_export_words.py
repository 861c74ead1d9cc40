from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app import export_words as words
from desktop_app.one_line import one_line
from rag.generation import Finish
from rag.types import Claim, ClaimStatus
from tests.transcripts import answer, turn

CLAIM = Claim("The level rose.", (0,), ClaimStatus.QUOTED, "")


@pytest.mark.parametrize(
    ("prose", "claims", "finish", "unchecked"),
    [
        ("The level rose. [1] It will f", (CLAIM,), Finish.STOPPED, "It will f"),
        ("The level rose. [1, 2] [3]. It will f", (CLAIM,), Finish.CUT, "It will f"),
        ("The level rose [1]. It", (CLAIM,), Finish.INTERRUPTED, "The level rose [1]. It"),
        ("The level rose. [1]", (CLAIM,), Finish.COMPLETE, ""),
        ("The lev", (), Finish.STOPPED, "The lev"),
        ("", (Claim("", (), ClaimStatus.UNSUPPORTED, ""),), Finish.STOPPED, ""),
    ],
)
def test_prose_that_no_claim_covers_is_never_lost(
    prose: str, claims: tuple[Claim, ...], finish: Finish, unchecked: str
) -> None:
    assert words.unchecked_prose(answer(claims=claims, prose=prose, finish=finish)) == unchecked


def test_the_searched_question_is_told_only_where_it_differs() -> None:
    assert words.standalone_of(turn("Why?", answer(standalone=" Why? "), 1)) is None
    assert words.standalone_of(turn("Why?", answer(standalone="Why did it rise?"), 1)) == "Why did it rise?"
    assert words.standalone_of(turn("Why?", None, 1)) is None


def test_every_ending_but_a_complete_one_has_a_sentence() -> None:
    for finish in Finish:
        assert bool(words.finish_words(answer(finish=finish))) is (finish is not Finish.COMPLETE)


def test_citations_of_quotes_that_are_not_there_are_left_out() -> None:
    assert words.cited_numbers(CLAIM, answer()) == ()


def test_moments_are_given_in_utc_and_nonsense_as_it_is() -> None:
    assert words.when("2026-11-22T03:30:00+01:00") == "2026-11-22 02:30 UTC"
    assert words.when("some day") == "some day"


@pytest.mark.parametrize(
    ("text", "limit", "line"),
    [("a  b\n\nc", 10, "a b c"), ("one two, three", 12, "one two…"), ("abcdefghijkl", 6, "abcde…"), ("", 5, "")],
)
def test_one_line_joins_and_shortens_at_a_word(text: str, limit: int, line: str) -> None:
    assert one_line(text, limit) == line


def test_prose_without_a_models_name_is_not_called_written_by_no_model() -> None:
    broken = replace(answer(prose="It will f", finish=Finish.INTERRUPTED), model=None)
    assert "A model was writing" in words.writer_words(broken)
    assert "broken off" in words.finish_words(broken)
    assert "No model" in words.writer_words(answer())
