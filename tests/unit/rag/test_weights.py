"""The shipped weights fit the features, and their verdict follows the evidence."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asking import asking
from rag.features import sentence_features
from rag.types import Verdict
from rag.weights import (
    PLAIN_NAMES,
    PLAIN_VERDICT_NAMES,
    READ_NAMES,
    READ_VERDICT_NAMES,
    read_weights,
    verdict_features,
)
from tests.unit.rag.made import candidate

BOTH = read_weights()
WEIGHTS = BOTH.plain


def _confidence(question: str, *sentences: str, similarity: float) -> float:
    asked = asking(question, 1000, {})
    rows = sentence_features(asked, candidate(*sentences, similarities=(similarity,) * len(sentences)))
    scores = WEIGHTS.rank(rows)
    order = np.argsort(-scores)
    return WEIGHTS.confidence(verdict_features(asked, rows[order], scores[order]))


def test_every_weight_names_a_feature() -> None:
    assert set(BOTH.plain.ranking) <= set(PLAIN_NAMES)
    assert set(BOTH.read.ranking) <= set(READ_NAMES)
    assert tuple(BOTH.plain.verdict_of) == PLAIN_VERDICT_NAMES
    assert tuple(BOTH.read.verdict_of) == READ_VERDICT_NAMES


def test_the_reasons_of_a_verdict_add_up_to_its_confidence() -> None:
    measured = np.linspace(0.1, 0.9, len(READ_VERDICT_NAMES))
    reasons = BOTH.read.reasons(measured)
    log_odds = BOTH.read.intercept + sum(reason.pull for reason in reasons)
    assert BOTH.read.confidence(measured) == pytest.approx(1 / (1 + np.exp(-log_odds)))
    assert [abs(r.pull) for r in reasons] == sorted((abs(r.pull) for r in reasons), reverse=True)
    assert {r.name for r in reasons} == set(READ_VERDICT_NAMES)


def test_what_is_held_of_the_clauses_moves_the_verdict_of_a_question_that_has_some() -> None:
    measured = np.full(len(PLAIN_VERDICT_NAMES), 0.5)
    assert WEIGHTS.confidence(measured, 0.1) < WEIGHTS.confidence(measured) < WEIGHTS.confidence(measured, 0.9)
    assert WEIGHTS.confidence(measured, WEIGHTS.clauses_held_neutral) == pytest.approx(WEIGHTS.confidence(measured))
    assert "clauses_held" in {reason.name for reason in WEIGHTS.reasons(measured, 0.9)}


def test_a_sentence_that_answers_is_ranked_before_one_that_does_not() -> None:
    asked = asking("Which city fell briefly to the Taliban?", 1000, {})
    row = candidate("Kunduz briefly fell to the Taliban.", "Officials met in a hotel.", similarities=(0.7, 0.1))
    first, second = WEIGHTS.rank(sentence_features(asked, row))
    assert first > second


def test_confidence_grows_with_the_evidence() -> None:
    question = "Which city fell briefly to the Taliban?"
    strong = _confidence(question, "Kunduz briefly fell to the Taliban, a city in the north.", similarity=0.75)
    weak = _confidence(question, "The recipe needs two eggs and some flour.", similarity=0.05)
    assert weak < WEIGHTS.answers_at < strong


@pytest.mark.parametrize(
    ("confidence", "missing_share", "verdict"),
    [
        (WEIGHTS.answers_at - 0.01, 0.0, Verdict.NOT_IN_SOURCES),
        (WEIGHTS.answers_at, 0.0, Verdict.ANSWERED),
        (0.99, WEIGHTS.part_missing + 0.01, Verdict.PARTLY),
    ],
)
def test_the_verdict_follows_the_thresholds(confidence: float, missing_share: float, verdict: Verdict) -> None:
    assert WEIGHTS.verdict(confidence, missing_share) is verdict


def test_the_chance_of_a_quote_lies_between_nothing_and_certainty() -> None:
    chances = [WEIGHTS.chance(score) for score in (-1e6, 0.0, WEIGHTS.chance_offset, 100.0, 1e6)]
    assert chances == sorted(chances)
    assert chances[2] == pytest.approx(0.5)
    assert all(0 <= chance <= 1 for chance in chances)


_MEASURED = st.lists(st.floats(-100, 100), min_size=len(READ_VERDICT_NAMES), max_size=len(READ_VERDICT_NAMES)).map(
    np.array
)


@given(_MEASURED, st.none() | st.floats(0, 1))
def test_any_evidence_has_a_confidence_between_nothing_and_certainty(
    measured: np.ndarray, clauses_held: float | None
) -> None:
    assert 0 <= BOTH.read.confidence(measured, clauses_held) <= 1


@given(_MEASURED, st.integers(0, len(READ_VERDICT_NAMES) - 1), st.floats(0, 50))
def test_confidence_goes_where_the_weight_of_a_measurement_says(measured: np.ndarray, place: int, more: float) -> None:
    raised = measured.copy()
    raised[place] += more
    _, _, weight = BOTH.read.verdict_of[READ_VERDICT_NAMES[place]]
    before, after = BOTH.read.confidence(measured), BOTH.read.confidence(raised)
    assert after >= before - 1e-12 if weight >= 0 else after <= before + 1e-12


@given(st.floats(-1000, 1000), st.floats(0, 1000))
def test_a_higher_score_never_has_a_lower_chance(score: float, more: float) -> None:
    for judging in (BOTH.plain, BOTH.read):
        assert 0 <= judging.chance(score) <= judging.chance(score + more) <= 1


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_more_confidence_never_turns_an_answer_into_none(confidence: float, more: float, is_compound: bool) -> None:
    for judging in (BOTH.plain, BOTH.read):
        if judging.verdict(confidence, 0.0, is_compound=is_compound) is Verdict.ANSWERED:
            assert judging.verdict(confidence + more, 0.0, is_compound=is_compound) is Verdict.ANSWERED


def test_weights_can_be_read_from_a_text() -> None:
    fitted = json.loads((__import__("importlib.resources").resources.files("rag") / "weights.json").read_text())
    fitted["plain"]["answers_at"] = 0.75
    assert read_weights(json.dumps(fitted)).plain.answers_at == 0.75
