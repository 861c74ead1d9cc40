"""Comparisons take the median of the turns' ratios, and let the sides take turns in coming first."""

from __future__ import annotations

from desktop_app.engine_comparison import SearchFigures, compared, in_turn, percentile


def test_the_ratio_is_the_median_of_ratios_and_not_the_ratio_of_medians() -> None:
    figures = compared("ours", "bare", [10.0, 20.0, 90.0], [10.0, 40.0, 30.0])
    assert figures.ratio == 1.0
    assert (figures.ours_p50_ms, figures.bare_p50_ms, figures.n_turns) == (20.0, 30.0, 3)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile(list(range(1, 101)), 0.95) == 95
    assert percentile([7.0], 0.95) == 7.0


def test_who_comes_first_changes_with_every_turn() -> None:
    calls: list[str] = []
    for turn in range(4):
        in_turn(turn, lambda: calls.append("ours"), lambda: calls.append("bare"))
    assert calls == ["ours", "bare", "bare", "ours"] * 2


def test_recall_is_of_what_was_expected_and_whole_where_nothing_was() -> None:
    assert SearchFigures((), 1.0, 1.0, 3, 4).recall == 0.75
    assert SearchFigures((), 1.0, 1.0, 0, 0).recall == 1.0
