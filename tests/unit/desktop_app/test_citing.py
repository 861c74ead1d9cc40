from __future__ import annotations

from dataclasses import replace

from desktop_app.citing import with_citations
from rag.generation import Finish
from rag.types import Answer, Claim, ClaimStatus, Scope, Turn, Verdict
from tests.gui.fake_workbench import BRIDGE, answer_of, document
from tests.transcripts import placed, telling

SOURCE = document(BRIDGE, "local/bridge.txt", "Bridge over the Lune closed")


def turn(answer: Answer | None, problem: str | None = None) -> Turn:
    return Turn("t1", "2024-03-01T00:00:00", "Why was it closed?", Scope(), answer, problem)


def test_prose_carries_numbers_and_each_number_has_its_quote_and_place() -> None:
    text = with_citations(turn(answer_of(SOURCE, "Q", "ignored where there are claims")))
    assert "The bridge was closed on 3 March 2024. [1] Inspectors had found cracks in two piers. [2]" in text
    for quote, number in zip(answer_of(SOURCE, "Q", "").quotes, (1, 2), strict=True):
        assert f"[{number}] “{quote.text}”" in text
        assert f"characters {quote.span.start}–{quote.span.end}" in text
        assert quote.span.cut(BRIDGE) == quote.text


def test_sources_that_do_not_say_are_said_not_to() -> None:
    answer = replace(answer_of(SOURCE, "Q", ""), verdict=Verdict.NOT_IN_SOURCES, quotes=(), claims=())
    assert with_citations(turn(answer)) == "Why was it closed?\n\nThe sources do not say."


def test_a_turn_without_an_answer_is_its_question_and_what_went_wrong() -> None:
    assert with_citations(turn(None, "The model stopped.")) == "Why was it closed?\n\nThe model stopped."
    assert with_citations(turn(None)) == "Why was it closed?"


def test_an_unsupported_sentence_is_not_copied_as_if_it_were_supported() -> None:
    claims = (Claim("It was sabotage.", (), ClaimStatus.UNSUPPORTED, "no quote"),)
    text = with_citations(turn(replace(answer_of(SOURCE, "Q", "x"), claims=claims)))
    assert "It was sabotage. [not supported by the quotes]" in text


def test_a_speaker_stands_before_the_words() -> None:
    answer = answer_of(SOURCE, "Q", "")
    spoken = replace(answer, quotes=(replace(answer.quotes[0], speaker="Maria Holt"),))
    assert "[1] Maria Holt: “The bridge" in with_citations(turn(spoken))


def test_a_draft_that_broke_off_is_not_copied_as_if_it_were_checked() -> None:
    text = with_citations(turn(replace(answer_of(SOURCE, "Q", ""), prose="The bridge clo", claims=())))
    assert "The bridge clo [not checked against the quotes]" in text


def test_what_was_written_after_the_last_checked_sentence_is_copied_as_unchecked() -> None:
    answer = answer_of(SOURCE, "Q", "x")
    broken = replace(
        answer,
        prose="The bridge was closed on 3 March 2024. It was",
        claims=answer.claims[:1],
        finish=Finish.INTERRUPTED,
    )
    text = with_citations(turn(broken))
    assert "closed on 3 March 2024. [1] It was [not checked against the quotes]" in text
    assert "This answer was broken off" in text


def test_a_quote_is_copied_with_its_page_its_author_and_what_a_machine_read() -> None:
    text = with_citations(placed().conversation.turns[0])
    assert "Asked only of the collection “Trial 2019”, documents from 2019 to June 2020." in text
    first = "The pier, Voss, Ingrid; Amsel, Ruth, 2020-02, papers/pier.pdf, page 1, characters 0–32"
    assert f"    {first}\n    also in Pier in the news, 1 March 2020; " in text
    assert "page 2, characters 34–54, read by OCR" in text


def test_the_words_that_answer_and_the_values_that_differ_are_copied_with_who_says_them_and_where() -> None:
    spoken, differing = (with_citations(made) for made in telling().conversation.turns[:2])
    assert "“4.1 millimetres a year” (from Sea level at Harlow Point, 14 March 2025)" in spoken
    assert "“12 مليمتراً” (according to مدير المرفأ in " in differing
