"""A question tells what it asks for and which of its words weigh."""

import pytest

from rag.asking import (
    MOST_CLAUSES,
    AnswerKind,
    answer_kind,
    asking,
    clauses,
    holds_kind,
    inverse_document_frequency,
)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who is Zamir Kabulov?", AnswerKind.PERSON),
        ("In which year did it fall?", AnswerKind.TIME),
        ("When did the talks take place?", AnswerKind.TIME),
        ("Which city fell?", AnswerKind.PLACE),
        ("How many troops left?", AnswerKind.COUNT),
        ("Why did Moscow act?", AnswerKind.REASON),
        ("What did Lavrov warn of?", AnswerKind.OTHER),
    ],
)
def test_the_question_word_tells_the_kind_of_answer(question: str, kind: AnswerKind) -> None:
    assert answer_kind(question) is kind


@pytest.mark.parametrize(
    ("kind", "holding", "lacking"),
    [
        (AnswerKind.TIME, "It fell on 28 September 2015.", "It fell to the Taliban."),
        (AnswerKind.COUNT, "Some 9,800 troops left.", "Troops left."),
        (AnswerKind.PERSON, "The envoy Zamir Kabulov spoke.", "The envoy spoke."),
        (AnswerKind.REASON, "They left because of the cold.", "They left."),
    ],
)
def test_a_sentence_may_hold_a_thing_of_that_kind(kind: AnswerKind, holding: str, lacking: str) -> None:
    assert holds_kind(kind, holding, frozenset())
    assert not holds_kind(kind, lacking, frozenset())


def test_a_name_that_the_question_gave_answers_no_who() -> None:
    assert not holds_kind(AnswerKind.PERSON, "They met the envoy Kabulov.", frozenset({"kabulov"}))


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    asked = asking("Which harbour did Kabulov visit?", 100, {"harbour": 60, "kabulov": 2, "visit": 30})
    assert asked.weights["kabulov"] > asked.weights["visit"] > asked.weights["harbour"] > 0
    assert asked.names == {"kabulov"}
    assert asked.words_of["kabulov"] == "Kabulov"


def test_no_weight_is_negative_even_where_every_passage_holds_the_word() -> None:
    assert inverse_document_frequency(10, 10) > 0


def test_a_compound_question_falls_into_its_clauses() -> None:
    question = (
        "Did the Guardian report that the harbour of Oslo closed on May 4, 2023, while the Times praised the engineers "
        "who repaired the railway; and which bank paid them $1,000?"
    )
    asked = asking(question, 1000, {})
    assert asked.clauses == (
        "Did the Guardian report that the harbour of Oslo closed on May 4, 2023",
        "while the Times praised the engineers who repaired the railway",
        "and which bank paid them $1,000",
    )
    assert asked.has_clauses_apart


def test_a_question_about_one_thing_has_no_clauses() -> None:
    assert asking("Where was the author of Hamlet, a play, born?", 1000, {}).clauses == ()
    assert asking("作为卡罗莱纳黑豹队的先发球员，谁在九场比赛中拿下了五次擒杀？", 1000, {}).clauses == ()


def test_a_list_of_two_is_no_pair_of_clauses() -> None:
    question = (
        "Which American company of the state of Montana with two former employees from Bozeman designs, "
        "manufactures and distributes small arms?"
    )
    assert asking(question, 1000, {}).clauses
    assert not asking(question, 1000, {}).has_clauses_apart


def test_clauses_are_bounded_and_lose_no_word() -> None:
    question = "; ".join(f"which harbour{n} ship{n} storm{n}" for n in range(40))
    found = clauses(question)
    assert len(found) == MOST_CLAUSES
    assert " ".join(found).split() == question.replace(";", "").split()
