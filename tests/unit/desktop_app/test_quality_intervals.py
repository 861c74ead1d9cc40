"""Intervals are Wilson's for shares, a bootstrap's for the rest, and the same every time."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.quality_intervals import mean, mean_of_groups, percentile, percentile_figure, rate


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(12, 13, 0.667, 0.986), (180, 200, 0.851, 0.934), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0)],
)
def test_a_rate_has_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    figure = rate([1.0] * hits + [0.0] * (n - hits))
    assert (figure.value, figure.n) == (hits / n, n)
    assert (round(figure.low, 3), round(figure.high, 3)) == (low, high)


def test_of_nothing_there_is_no_figure() -> None:
    assert rate([]) is mean([]) is percentile_figure([], 0.5) is mean_of_groups([[], []]) is None


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert [percentile([30, 10, 20, 40], share) for share in (0.0, 0.25, 0.5, 0.51, 0.95, 1.0)] == [
        10, 10, 20, 30, 40, 40,
    ]  # fmt: skip


def test_the_mean_of_groups_counts_small_groups_as_much_as_large_ones() -> None:
    figure = mean_of_groups([[1.0] * 98 + [0.0, 0.0], [0.0, 0.0]])
    assert figure.value == pytest.approx(0.49)
    assert figure.n == 102
    assert figure.low <= 0.49 <= figure.high < 0.51


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_the_bootstrap_holds_the_mean_and_repeats_itself(values: list[float]) -> None:
    figure = mean(values)
    assert figure == mean(values)
    assert figure.value == pytest.approx(fmean(values))
    assert min(values) - 1e-9 <= figure.low <= figure.high <= max(values) + 1e-9


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=300))
def test_a_rates_interval_holds_the_rate_and_stays_between_none_and_all(hits: list[float]) -> None:
    figure = rate(hits)
    assert 0 <= figure.low <= figure.value + 1e-12
    assert figure.value - 1e-12 <= figure.high <= 1
    assert figure.high - figure.low > 0
