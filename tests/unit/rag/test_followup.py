"""A follow-up is made to stand on its own; any other question stays as it is."""

import pytest

from rag.followup import make_standalone
from tests.unit.rag.made import quote, turn

KABULOV = turn(
    "What does Kabulov say the Taliban will need?",
    quote("They will need good relations with Russia, the envoy Zamir Kabulov said in an interview."),
)
WISHNICK = turn("Who is Elizabeth Wishnick?")


@pytest.mark.parametrize(
    "question",
    [
        "How tall is the Kremlin?",
        "Where did Dostum go after he left Moscow?",
        "Is there a country that Dostum visited?",
        "Is it true that Russia paid the Taliban?",
        "How long did it take to build the bridge of Oslo?",
        "Is it possible to travel to Kabul?",
        "Which proposal about Taliban leaders was a topic of the Moscow meeting?",
    ],
)
def test_a_question_that_does_not_point_back_is_left_alone(question: str) -> None:
    assert make_standalone(question, (KABULOV,)) == question


def test_without_earlier_turns_nothing_is_changed() -> None:
    assert make_standalone("And when did he say that?", ()) == "And when did he say that?"


@pytest.mark.parametrize(
    ("question", "turn_before", "expected"),
    [
        ("Where does she work?", WISHNICK, "Where does Elizabeth Wishnick work?"),
        ("Who met her?", WISHNICK, "Who met Elizabeth Wishnick?"),
        ("What is her view of the Taliban?", WISHNICK, "What is Elizabeth Wishnick’s view of the Taliban?"),
        ("Who is he?", KABULOV, "Who is Zamir Kabulov?"),
    ],
)
def test_a_pronoun_becomes_the_person_it_stands_for(question: str, turn_before, expected: str) -> None:
    assert make_standalone(question, (turn_before,)) == expected


def test_a_question_that_points_back_carries_the_question_before() -> None:
    made = make_standalone("And when did he say that?", (KABULOV,))
    assert made == "And when did Zamir Kabulov say that? (What does Kabulov say the Taliban will need?)"


def test_an_elliptic_question_carries_the_question_before() -> None:
    assert make_standalone("What about Pakistan?", (KABULOV,)).startswith("What about Pakistan? (What does Kabulov")


def test_the_newest_turn_counts_most() -> None:
    assert make_standalone("Where does she work?", (turn("Who is Angela Stent?"), WISHNICK)).startswith(
        "Where does Elizabeth Wishnick"
    )


def test_a_person_pronoun_never_becomes_an_organisation() -> None:
    before = turn("What did the Taliban say about the ministry?")
    assert make_standalone("Did her office comment?", (before,)) == (
        "Did her office comment? (What did the Taliban say about the ministry?)"
    )
