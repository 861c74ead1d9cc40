"""Scores are summed up per set and group, and every figure has a name for people."""

from __future__ import annotations

import pytest

from desktop_app.quality_goals import ALL, GOALS
from desktop_app.quality_measures import MEASURES, figures_of, in_words
from desktop_app.quality_sets import SETS


def test_shares_lengths_and_times_are_summed_up_each_in_its_way() -> None:
    figures = figures_of(
        [
            ("", {"gold_in_1": [1.0], "quote_chars": [100, 300], "first_quote_ms": [10.0], "answer_f1": [0.5]}),
            ("", {"gold_in_1": [0.0], "quote_chars": [200], "first_quote_ms": [30.0], "answer_f1": [1.0]}),
        ]
    )
    assert (figures["gold_in_1"].value, figures["gold_in_1"].n) == (0.5, 2)
    assert (figures["quote_chars_p50"].value, figures["quote_chars_p50"].n) == (200, 3)
    assert (figures["first_quote_ms_p50"].value, figures["first_quote_ms_p95"].value) == (10, 30)
    assert figures["answer_f1"].value == pytest.approx(0.75)
    assert "support_any" not in figures


def test_groups_have_shares_of_their_own_and_the_worst_is_named() -> None:
    figures = figures_of([("en", {"any@5": [1.0, 1.0, 1.0]}), ("ar", {"any@5": [0.0]})])
    assert (figures["any@5/en"].value, figures["any@5/ar"].value) == (1.0, 0.0)
    assert (figures["any@5"].value, figures["any@5_mean"].value) == (0.75, 0.5)
    assert (figures["any@5_worst"].value, figures["any@5_worst"].n) == (0.0, 1)


def test_a_set_without_groups_has_none() -> None:
    assert set(figures_of([("", {"any@5": [1.0]})])) == {"any@5"}


def test_every_figure_can_be_said() -> None:
    values = {measure: [1.0] for measure in MEASURES}
    for name in figures_of([("en", values), ("de", values)]):
        assert in_words(name)[0].islower() or in_words(name).startswith("nDCG")
        assert name.partition("/")[2] in in_words(name)


def test_every_goal_is_about_a_set_and_a_figure_that_exist() -> None:
    values = {measure: [1.0] for measure in MEASURES}
    names = set(figures_of([("en", values), ("de", values)]))
    assert {goal.set_name for goal in GOALS} <= {*SETS, ALL}
    assert {goal.figure for goal in GOALS} <= names


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.set_name} {goal.figure}")
def test_what_lies_beyond_is_never_easier_than_the_goal(goal) -> None:
    assert goal.is_met(goal.goal)
    assert goal.is_met(goal.beyond)
    worse = goal.goal * 1.01 if goal.is_less_better else goal.goal * 0.99
    assert not goal.is_met(worse)
