"""Dates are found where they stand, as exact as they are written, and numbers that are no dates are left alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.dates import dates_in, first_and_last_day

_WRITTEN = st.sampled_from(
    (
        "12 March 2019",
        "March 12, 2019",
        "2019-03-12",
        "12.03.2019",
        "3/13/2020",
        "Mai 2019",
        "in 1066",
        "1999",
        "31.2.2020",
    )
)


def isos(text: str) -> tuple[str, ...]:
    return tuple(dated.iso for dated in dates_in(text))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("on 12 March 2019.", "2019-03-12"),
        ("On March 12, 2019, they", "2019-03-12"),
        ("(Nov. 1, 2021)", "2021-11-01"),
        ("the 3rd of May 2001", "2001-05-03"),
        ("at 2019-03-12T08:15:00Z it", "2019-03-12"),
        ("am 12.03.2019 in", "2019-03-12"),
        ("am 12. März 2019", "2019-03-12"),
        ("le 1er août 2014", "2014-08-01"),
        ("el 2 de mayo de 1808", "1808-05-02"),
        ("March 12-14, 2019", "2019-03-12"),
        ("in March 2019", "2019-03"),
        ("as of 2019-03", "2019-03"),
        ("3/13/2020", "2020-03-13"),
        ("13/3/2020", "2020-03-13"),
        ("3/4/2020", "2020"),
        ("the 2011-12 season", "2011"),
        ("the accord of 2020", "2020"),
        ("in 1066", "1066"),
        ("the 1979 revolution", "1979"),
    ],
)
def test_a_date_is_as_exact_as_it_is_written(text: str, iso: str) -> None:
    assert isos(text) == (iso,)


@pytest.mark.parametrize(
    "text",
    [
        "2000 people came",
        "some 1950 British soldiers",
        "it cost $2019",
        "1,999 of them",
        "the 1990s",
        "version 2019.1",
        "1215 barons",
        "you may 2019 times",
        "12 March",
        "Boeing 747",
        "order 20190312",
        "GJ-2019",
    ],
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert isos(text) == ()


def test_a_day_that_does_not_exist_still_leaves_its_month_or_year() -> None:
    assert isos("31 February 2020") == ("2020-02",)
    assert isos("on 2020-02-31") == ()


def test_several_dates_come_in_the_order_of_the_text() -> None:
    assert isos("From 2015 to March 2016, and again on 5 May 2014.") == ("2015", "2016-03", "2014-05-05")


@given(st.lists(st.one_of(st.text(max_size=12), _WRITTEN), max_size=8).map(" ".join))
def test_dates_stand_inside_the_text_apart_and_mean_themselves(text: str) -> None:
    found = dates_in(text)
    assert all(isos(dated.span.cut(text))[:1] in ((dated.iso,), ()) for dated in found)
    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    assert all(first_and_last_day(dated.iso)[0] <= first_and_last_day(dated.iso)[1] for dated in found)


@pytest.mark.parametrize(
    ("iso", "first", "last"),
    [
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-12", "2019-12-01", "2019-12-31"),
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-03-12", "2019-03-12", "2019-03-12"),
    ],
)
def test_a_date_covers_the_days_it_may_mean(iso: str, first: str, last: str) -> None:
    assert first_and_last_day(iso) == (first, last)
