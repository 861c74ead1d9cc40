"""An answer says of itself no more than it holds, and in words that a person uses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.answer_words import (
    author_words,
    certainty_words,
    holding_quote,
    likelihood_words,
    period_words,
    quote_words,
    reason_words,
    speaker_of,
    survey_words,
    values_within,
    verdict_words,
)
from rag.types import Period, Quote, Reason, Span, Survey, Verdict
from tests.transcripts import DOCUMENTS, REPORT_DOCUMENT, answer, placed, quote, telling

ANSWERS = tuple(turn.answer for turn in telling().conversation.turns if turn.answer is not None)
SPOKEN, DIFFERING, COUNTED, NONE_COUNTED = ANSWERS


def test_every_probability_has_a_word() -> None:
    probabilities = (0.0, 0.32, 0.33, 0.65, 0.66, 0.89, 0.9, 1.0)
    assert [likelihood_words(probability) for probability in probabilities] == [
        "hardly", "hardly", "perhaps", "perhaps", "likely", "likely", "very likely", "very likely",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("author", "words"),
    [
        (None, ""),
        (" ; ", ""),
        ("Voss, Ingrid", "Voss, Ingrid"),
        ("Ministry of Health and Care", "Ministry of Health and Care"),
        ("Voss, Ingrid; Amsel, Ruth; Holt, M.", "Voss, Ingrid and others"),
        ("The Committee on the Very Long Names of Committees", "The Committee on the Very Long Names…"),
    ],
)
def test_an_author_is_named_shortly_and_never_wrongly(author: str | None, words: str) -> None:
    assert author_words(author) == words


def test_a_screen_reader_hears_the_page_and_that_a_machine_read_it() -> None:
    (asked, _) = placed().conversation.turns
    assert asked.answer is not None
    scanned = asked.answer.quotes[1]
    assert quote_words(scanned, 2, 3) == (
        "Quote 2 of 3, from The pier, February 2020, page 2, read by OCR: Repairs cost 40,000."
    )


def test_silence_is_the_surer_the_less_was_found() -> None:
    silent = answer(Verdict.NOT_IN_SOURCES)
    assert certainty_words(replace(silent, confidence=0.05)) == "very likely not there"
    assert certainty_words(replace(silent, confidence=0.4)) == "perhaps not there"


def test_what_was_counted_is_not_called_likely() -> None:
    assert certainty_words(COUNTED) == certainty_words(NONE_COUNTED) == ""
    assert verdict_words(NONE_COUNTED) == "Read 3 of 3 documents: none of them mentions “whale”."


def test_a_survey_does_not_hide_that_the_sources_do_not_say() -> None:
    held = replace(COUNTED, verdict=Verdict.NOT_IN_SOURCES)
    assert verdict_words(held) == "Your sources do not say."


@pytest.mark.parametrize(
    ("n_holding", "n_mentions", "words"),
    [
        (0, 0, "none of them mentions “tide”."),
        (1, 1, "1 mentions “tide” (1 place)."),
        (3, 9, "3 mention “tide” (9 places)."),
    ],
)
def test_a_survey_says_what_was_read_and_what_it_gave(n_holding: int, n_mentions: int, words: str) -> None:
    holding = tuple(one.source for one in DOCUMENTS[:n_holding])
    assert survey_words(Survey("tide", 27, holding, n_mentions)) == f"Read 27 of 27 documents: {words}"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (None, ""),
        (Period(), ""),
        (Period(is_latest=True), "Newest first"),
        (Period("2019-01-01", "2021-12-31"), "Only sources from 2019 to 2021"),
        (Period("2019-01-01", "2019-12-31"), "Only sources of 2019"),
        (Period(since="2019-05"), "Only sources since May 2019"),
        (Period(until="2018-12-31", is_latest=True), "Only sources until 2018, newest first"),
        (Period("2020-03-01", "2020-03-15"), "Only sources from 1 March 2020 to 15 March 2020"),
    ],
)
def test_a_period_is_said_as_the_question_meant_it(period: Period | None, words: str) -> None:
    assert period_words(period) == words


def test_a_measure_without_words_is_named_as_the_program_names_it() -> None:
    assert reason_words(Reason("reader_no__answer", 0.1, 0.2)) == "Reader no answer"
    assert reason_words(Reason("best_score", 0.1, 0.2)) == "Fit of the best sentence"
    assert reason_words(Reason("_", 0.1, 0.2)) == "Unnamed"


def test_the_words_that_answer_are_found_in_the_quote_that_holds_them() -> None:
    assert SPOKEN.span is not None
    assert holding_quote(SPOKEN, SPOKEN.span) == 0
    assert [span.cut(REPORT_DOCUMENT.text) for span in values_within(SPOKEN, SPOKEN.quotes[0])] == [SPOKEN.span.text]
    assert values_within(SPOKEN, SPOKEN.quotes[1]) == ()


def test_the_shortest_quote_that_holds_a_value_is_the_one_to_open() -> None:
    value = quote(REPORT_DOCUMENT, "1958")
    whole = Quote.cut(REPORT_DOCUMENT, Span(0, len(REPORT_DOCUMENT.text)), 0.5)
    narrow = quote(REPORT_DOCUMENT, "by hand until 1958.")
    assert holding_quote(answer(quotes=(whole, narrow)), value) == 1
    assert holding_quote(answer(), value) is None


def test_a_value_is_said_by_whoever_says_its_quote() -> None:
    assert speaker_of(DIFFERING, DIFFERING.positions[1].value) == DIFFERING.quotes[1].speaker
    assert speaker_of(DIFFERING, DIFFERING.positions[0].value) is None
