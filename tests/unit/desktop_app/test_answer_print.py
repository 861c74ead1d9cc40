"""A terminal shows the words that answer before the quotes, each with its source."""

from __future__ import annotations

from desktop_app.answer_print import printed_lines
from rag.types import Verdict
from tests.transcripts import answer, placed, realistic, telling

PRINTED = tuple("\n".join(printed_lines(turn.answer)) for turn in telling().conversation.turns if turn.answer)


def test_the_words_that_answer_come_before_the_quotes() -> None:
    spoken = PRINTED[0]
    assert spoken.startswith("From your sources\nOnly sources from 2020 to 2025, newest first\n")
    assert "\n  4.1 millimetres a year\n    from Sea level at Harlow Point, 14 March 2025\n" in spoken
    assert spoken.index("\n  4.1 millimetres a year") < spoken.index("\n[1] ")
    assert "مدير المرفأ says: “" in spoken


def test_values_that_differ_name_their_quotes_and_who_says_them() -> None:
    differing = PRINTED[1]
    assert differing.startswith("Your sources differ.\n")
    assert "\n  1.9 millimetres a year [1]\n    from Sea level" in differing
    assert "\n  12 مليمتراً [2] [1]\n    according to مدير المرفأ in " in differing


def test_a_survey_is_said_once_with_its_documents() -> None:
    counted, silent = PRINTED[2:]
    assert counted.count("Read 3 of 3 documents: 1 mentions “gauge” (2 places)") == 1
    assert "\n  - Sea level at Harlow Point, 14 March 2025 (reports/harlow-point.txt)\n" in counted
    assert silent == "Read 3 of 3 documents: none of them mentions “whale”."


def test_where_the_sources_do_not_say_the_nearest_passages_follow() -> None:
    silent = realistic().conversation.turns[1].answer
    assert silent is not None
    lines = list(printed_lines(silent))
    assert lines[0] == "Your sources do not say. The nearest passages:"
    assert "\n  - Sea level at Harlow Point (reports/harlow-point.txt" in lines[1]


def test_a_quote_names_author_page_and_further_documents_and_what_a_machine_read() -> None:
    given = placed().conversation.turns[0].answer
    assert given is not None
    lines = "\n".join(printed_lines(given))
    assert "    from The pier, February 2020, page 1\n" in lines
    assert "\n[1] The pier, Voss, Ingrid and others, 2020-02, page 1 (papers/pier.pdf 0-32)\n" in lines
    assert "\n    also in Pier in the news, 1 March 2020 (news/a.txt)\n" in lines
    assert "\n[2] The pier, Voss, Ingrid and others, 2020-02, page 2 (papers/pier.pdf 34-54), read by OCR\n" in lines


def test_what_is_not_covered_is_named() -> None:
    lines = list(printed_lines(answer(Verdict.PARTLY, missing=("cost",))))
    assert lines[0] == "Your sources answer a part of this. Nothing found about: cost."
