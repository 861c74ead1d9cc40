"""A question restricts its sources by time only where its wording says so; everything else stays in sight."""

from datetime import date

import pytest

from rag.periods import period_of, within
from rag.types import Period

_TODAY = date(2024, 5, 15)


@pytest.mark.parametrize(
    ("question", "period"),
    [
        ("What do articles from 2021 say about the envoy?", Period("2021", "2021")),
        ("What do the reports since 2020 say?", Period("2020", None)),
        ("What do documents published before March 2019 say about Kabul?", Period(None, "2019-02")),
        ("Which news after March 2020 mention the accord?", Period("2020-04", None)),
        ("Summarise the articles after 2019.", Period("2020", None)),
        ("Summarise all texts until 2018.", Period(None, "2018")),
        ("What do reports between 2010 and 2012 say?", Period("2010", "2012")),
        ("What do articles on the Taliban from 2010 to 2012 say?", Period("2010", "2012")),
        ("What do documents dated before 5 March 2019 say?", Period(None, "2019-03-04")),
        ("What do the 2021 articles say about Kabul?", Period("2021", "2021")),
        ("What was reported about the talks before 2019?", Period(None, "2018")),
        ("What has been written about the talks since March 2020?", Period("2020-03", None)),
        ("What was reported about the talks between 2015 and 2017?", Period("2015", "2017")),
        ("weapons for the Taliban since:2020", Period("2020", None)),
        ("weapons for the Taliban before:2020-03", Period(None, "2020-02")),
        ("What do articles from the last two years say?", Period("2022-05-14", "2024-05-15")),
        ("Any news this month?", Period("2024-05", "2024-05")),
        ("What do reports from last year say?", Period("2023", "2023")),
        ("What do the articles from last week say?", Period("2024-05-06", "2024-05-12")),
        ("Was sagen die Artikel seit 2020?", Period("2020", None)),
        ("What does the latest report on Kabul say?", Period(is_latest=True)),
        ("What is the latest on the accord?", Period(is_latest=True)),
        ("What's the newest figure for troops?", Period(is_latest=True)),
        ("What are the most recent articles about Moscow?", Period(is_latest=True)),
        ("Summarise the latest news since 2020", Period("2020", None, True)),
    ],
)
def test_wording_about_texts_sets_a_period(question: str, period: Period) -> None:
    assert period_of(question, _TODAY) == period


@pytest.mark.parametrize(
    "question",
    [
        "What happened in 1914?",
        "Who was president before 2019?",
        "Which war ended in 1945?",
        "Who ruled Kabul between 1996 and 2001?",
        "How many people have left since 2015?",
        "What did the Supreme Court decide in February 2003?",
        "Which novel was published in 1925?",
        "What did Einstein publish in 1905?",
        "When was the latest possible start?",
        "What is the latest date for a claim?",
        "By when must the form be sent at the latest?",
        "Who wrote the report of 1947 on partition?",
        "What did the 2001 attacks lead to?",
        "Who is the newest member of the council?",
        "What was built after 1066?",
        "Since when has Moscow talked with the Taliban?",
        "Did the article published on 2023-10-20 agree with the article of 2023-11-03?",
        "Between the report of October 2, 2023 and the report of October 7, 2023, was there a change?",
        "How did the population change from 1990 to 2000?",
        "Why did 2000 soldiers leave?",
        "",
    ],
)
def test_a_date_inside_the_question_hides_nothing(question: str) -> None:
    assert period_of(question, _TODAY) is None


@pytest.mark.parametrize(
    ("iso", "is_within"),
    [
        ("2019", True),
        ("2018", False),
        ("2019-05", False),
        ("2019-06", True),
        ("2020-02-29", True),
        ("2020-03-01", False),
        ("2020", True),
    ],
)
def test_a_date_lies_within_where_one_of_its_days_does(iso: str, is_within: bool) -> None:
    assert within(Period("2019-06", "2020-02"), iso) is is_within


def test_an_undated_document_is_in_no_bounded_period_unless_it_is_to_be_kept() -> None:
    assert not within(Period("2019"), None)
    assert within(Period("2019"), None, keep_undated=True)
    assert within(Period(is_latest=True), None)
