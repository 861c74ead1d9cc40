"""Sources differ only where their values exclude each other; what may mean the same, or is unsure, agrees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asking import AnswerKind
from rag.differing import Candidate, agree, coverage, differing, polarity

_WHEN = "When was the Howard County Courthouse built?"
_WHO = "Who directed the film Blue Harbour?"
_PAID = "Did Russia pay the Taliban to kill American soldiers?"


def candidate(text: str, document: str, quote: int, score: float = 1.0, context: str = "") -> Candidate:
    return Candidate(document, quote, text, context or f"Howard County Courthouse was built {text}.", score)


def directed(text: str, document: str, quote: int, score: float = 1.0) -> Candidate:
    return candidate(text, document, quote, score, f"The film Blue Harbour was directed by {text}.")


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("2019", "March 2019", AnswerKind.TIME),
        ("12 March 2019", "March 12, 2019", AnswerKind.TIME),
        ("in 1880", "1880", AnswerKind.TIME),
        ("3.5 million", "3,500,000 people", AnswerKind.COUNT),
        ("about 5,000", "4,961", AnswerKind.COUNT),
        ("three", "3 soldiers", AnswerKind.COUNT),
        ("a dozen", "12", AnswerKind.COUNT),
        ("50 percent", "50%", AnswerKind.COUNT),
        ("Zamir Kabulov", "Kabulov", AnswerKind.PERSON),
        ("President Vladimir Putin", "Vladimir Putin", AnswerKind.PERSON),
        ("Alexander Mantyskiy", "Mantytskiy", AnswerKind.PERSON),
        ("the United Nations", "UN", AnswerKind.OTHER),
        ("Paris, France", "in Paris", AnswerKind.PLACE),
        ("The Beatles", "Beatles", AnswerKind.OTHER),
    ],
)
def test_what_may_mean_the_same_agrees(one: str, other: str, kind: AnswerKind) -> None:
    assert agree(one, other, kind) is True
    assert agree(other, one, kind) is True


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("2019", "March 2020", AnswerKind.TIME),
        ("12 March 2019", "13 March 2019", AnswerKind.TIME),
        ("1,234", "459", AnswerKind.COUNT),
        ("3 million", "3 thousand", AnswerKind.COUNT),
        ("1,234 people", "459", AnswerKind.OTHER),
        ("Howard Morris", "Woody Allen", AnswerKind.PERSON),
        ("Cut Copy", "The Beatles", AnswerKind.OTHER),
    ],
)
def test_what_excludes_the_other_does_not_agree(one: str, other: str, kind: AnswerKind) -> None:
    assert agree(one, other, kind) is False
    assert agree(other, one, kind) is False


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("soon", "2019", AnswerKind.TIME),
        ("1840-1843", "1841", AnswerKind.TIME),
        ("5 km", "3 miles", AnswerKind.COUNT),
        ("many", "12", AnswerKind.COUNT),
        ("a film", "a movie", AnswerKind.OTHER),
        ("North Carolina", "South Carolina", AnswerKind.PLACE),
        ("", "Paris", AnswerKind.PLACE),
    ],
)
def test_what_is_unsure_is_neither(one: str, other: str, kind: AnswerKind) -> None:
    assert agree(one, other, kind) is None


def test_two_documents_with_two_years_differ_the_best_first() -> None:
    groups = differing(
        _WHEN,
        AnswerKind.TIME,
        [candidate("in 1920", "b", 1, 0.7), candidate("in 1880", "a", 0, 0.9), candidate("1880", "c", 2, 0.8)],
    )
    assert [group.best.text for group in groups] == ["in 1880", "in 1920"]
    assert [group.quotes for group in groups] == [(0, 2), (1,)]


def test_a_weak_answer_is_no_position() -> None:
    assert not differing(_WHEN, AnswerKind.TIME, [candidate("1880", "a", 0, 0.9), candidate("1920", "b", 1, 0.3)])


def test_two_values_in_one_document_are_no_disagreement() -> None:
    assert not differing(_WHEN, AnswerKind.TIME, [candidate("1880", "a", 0), candidate("1920", "a", 1)])


def test_a_source_that_gives_both_values_keeps_them_from_differing() -> None:
    both = candidate("1880", "a", 0, context="Howard County Courthouse was built in 1880 and again in 1920.")
    assert not differing(_WHEN, AnswerKind.TIME, [both, candidate("1920", "b", 1)])


def test_a_sentence_about_something_else_is_no_position() -> None:
    other = candidate("1920", "b", 1, context="It opened in 1920.")
    assert not differing(_WHEN, AnswerKind.TIME, [candidate("1880", "a", 0), other])


def test_a_question_with_several_answers_has_no_positions() -> None:
    several = "Who were the directors of the film Blue Harbour?"
    values = [directed("Howard Morris", "a", 0), directed("Woody Allen", "b", 1)]
    assert differing(_WHO, AnswerKind.PERSON, values)
    assert not differing(several, AnswerKind.PERSON, values)


def test_no_candidates_do_not_differ() -> None:
    assert differing(_WHO, AnswerKind.PERSON, []) == ()


@pytest.mark.parametrize(
    ("sentence", "is_affirmed"),
    [
        ("Russia paid the Taliban to kill American soldiers.", True),
        ("Russian officers paid Taliban fighters for killing U.S. soldiers.", True),
        ("Officers of Russia paid … Taliban … whose bombing killed three U.S. Marines.", True),
        ("The Kremlin rejected reports that Russia paid the Taliban for killing American soldiers.", False),
        ("There is no evidence that Russia paid the Taliban to kill American soldiers.", False),
        ("A report about Russia paying the Taliban to kill soldiers was not deemed credible.", False),
        ("Russia did not pay the Taliban to kill American soldiers.", False),
        ("Russia didn’t pay the Taliban to kill soldiers.", False),
        ("Whether Russia paid the Taliban to kill American soldiers is unclear.", None),
        ("Russia denied that it did not pay the Taliban to kill American soldiers.", None),
        ("The press overreacted to a report that Russia paid the Taliban to kill soldiers.", None),
        ("Russia hosted the Taliban in Moscow.", None),
        ("It rejected the talks.", None),
    ],
)
def test_a_statement_affirms_or_denies_or_stays_open(sentence: str, is_affirmed: bool | None) -> None:
    assert polarity(sentence, _PAID) is is_affirmed


def test_opposite_statements_differ_even_in_one_document() -> None:
    sides = ("Russia paid the Taliban to kill American soldiers.", "Russia did not pay the Taliban to kill soldiers.")
    groups = differing(_PAID, AnswerKind.OTHER, [Candidate("a", i, text, text, 0.8) for i, text in enumerate(sides)])
    assert [group.best.text for group in groups] == list(sides)
    assert not differing(_PAID, AnswerKind.OTHER, [Candidate("a", 0, sides[0], sides[0], 0.8)])


def test_a_name_is_covered_by_its_adjective() -> None:
    assert coverage("Russian officials", "Russia?") == 1.0
    assert coverage("Kunduz fell", "Did Russia pay?") == 0.0


_VALUES = st.lists(st.tuples(st.text(max_size=20), st.sampled_from("abc"), st.floats(0, 1)), max_size=6)


@given(_VALUES, st.sampled_from(AnswerKind))
def test_groups_are_of_the_candidates_each_once_and_never_one_alone(
    given_values: list[tuple[str, str, float]], kind: AnswerKind
) -> None:
    candidates = [Candidate(d, i, text, text, score) for i, (text, d, score) in enumerate(given_values)]
    groups = differing("When was it?", kind, candidates)
    quotes = [quote for group in groups for quote in group.quotes]
    assert len(groups) != 1
    assert len(set(quotes)) == len(quotes)
