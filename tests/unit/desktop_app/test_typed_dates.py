"""Dates are read as people type them, and what makes no sense is said and sets no bound."""

from __future__ import annotations

import pytest

from desktop_app.typed_dates import Dates, read_dates


@pytest.mark.parametrize(
    ("since", "until", "dates"),
    [
        ("", "  ", Dates()),
        ("2019", "", Dates("2019")),
        (" 2019-03 ", "june 2020", Dates("2019-03", "2020-06")),
        ("12 March 2019", "31.12.2019", Dates("2019-03-12", "2019-12-31")),
        ("may 2019", "May 2019", Dates("2019-05", "2019-05")),
        ("2019-05", "2019", Dates("2019-05", "2019")),
    ],
)
def test_a_year_a_month_or_a_day_can_be_typed(since: str, until: str, dates: Dates) -> None:
    assert read_dates(since, until) == dates


@pytest.mark.parametrize("typed", ["20", "2019-13", "yesterday", "3/4/2021", "31 February 2020", "soon 2019"])
def test_what_is_no_date_is_said_with_how_to_write_one(typed: str) -> None:
    assert read_dates(typed, "").problem.startswith(f"“{typed}” is not a date. Write a year (2019)")
    assert read_dates("2019", typed) == Dates(problem=read_dates("", typed).problem)


def test_an_end_before_its_beginning_is_said() -> None:
    assert read_dates("2020-02", "2019").problem == "February 2020 is after 2019."
