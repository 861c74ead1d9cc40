"""A claim is quoted, supported or unsupported, and says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.checking import check, split_marks
from rag.types import ClaimStatus
from tests.unit.rag.made import quote

ENVOY = quote("President Vladimir Putin’s envoy to Afghanistan, Zamir Kabulov, spoke in an interview on 31 March 2020.")
TROOPS = quote("The U.S. will pull out 9,800 troops within 14 months. Russia did not supply weapons.")


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Zamir Kabulov spoke in an interview [1].", ClaimStatus.QUOTED),
        ("In an interview, Putin’s envoy Zamir Kabulov spoke [1].", ClaimStatus.SUPPORTED),
        ("The envoy is Ivan Petrov [1].", ClaimStatus.UNSUPPORTED),
        ("He spoke in an interview on 30 March 2020 [1].", ClaimStatus.UNSUPPORTED),
        ("The U.S. will pull out 9,900 troops [2].", ClaimStatus.UNSUPPORTED),
        ("The U.S. will not pull out 9800 troops within 14 months [2].", ClaimStatus.UNSUPPORTED),
        ("Weapons were supplied by Russia [2].", ClaimStatus.UNSUPPORTED),
        ("Indeed [1].", ClaimStatus.UNSUPPORTED),
    ],
)
def test_the_status_follows_words_names_numbers_and_negation(sentence: str, status: ClaimStatus) -> None:
    claim = check(sentence, (ENVOY, TROOPS))
    assert claim.status is status, claim.reason


def test_a_wrong_citation_is_put_right_when_another_quote_holds_the_sentence() -> None:
    claim = check("Zamir Kabulov spoke in an interview [2].", (ENVOY, TROOPS))
    assert (claim.status, claim.quotes) == (ClaimStatus.QUOTED, (0,))


def test_a_sentence_without_citation_gets_the_quote_it_rests_on() -> None:
    assert check("Kabulov is Putin’s envoy to Afghanistan.", (TROOPS, ENVOY)).quotes == (1,)


def test_a_sentence_may_rest_on_two_quotes_together() -> None:
    claim = check("Kabulov spoke and the U.S. will pull out troops [1][2].", (ENVOY, TROOPS))
    assert (claim.status, claim.quotes) == (ClaimStatus.SUPPORTED, (0, 1))


def test_the_reason_names_what_is_not_there() -> None:
    assert "Petrov" in check("The envoy is Ivan Petrov [1].", (ENVOY,)).reason
    assert "9900" in check("The U.S. will pull out 9,900 troops [1].", (TROOPS,)).reason


def test_a_citation_of_a_quote_that_does_not_exist_is_dropped() -> None:
    assert split_marks("So it is [7] [1].", 2) == ("So it is.", (0,))


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200), st.text(max_size=60))
def test_any_sentence_gets_a_status_and_cites_only_quotes_that_exist(text: str, sentence: str) -> None:
    quotes = (quote(text),) if text else ()
    claim = check(sentence, quotes)
    assert all(0 <= i < len(quotes) for i in claim.quotes)
    assert claim.quotes or claim.status is ClaimStatus.UNSUPPORTED
