"""The JSON of an answer has its own words with their places, and null where there are none."""

from __future__ import annotations

from desktop_app.answer_json import answer_text, described
from rag.types import Claim, ClaimStatus
from tests.transcripts import REPORT, answer, placed, telling

SPOKEN, DIFFERING, COUNTED, _ = (turn.answer for turn in telling().conversation.turns)


def test_the_answer_is_the_words_of_the_source_and_their_place_is_given() -> None:
    assert SPOKEN is not None
    made = described("1", "How fast?", SPOKEN, ())
    span = made["span"]
    assert made["answer"] == "4.1 millimetres a year" == REPORT[span["start"] : span["end"]]
    assert span["doc"] == "reports/harlow-point.txt"
    assert made["period"] == {"since": "2020-01-01", "until": "2025-12-31", "is_latest": True}
    assert made["reasons"][1] == {"name": "a_new_measure", "value": 0.02, "pull": -0.5}
    assert [quote["speaker"] for quote in made["quotes"]] == [None, "مدير المرفأ"]
    assert not made["positions"]
    assert made["survey"] is None


def test_places_copies_and_the_scope_are_given() -> None:
    (asked, _) = placed().conversation.turns
    assert asked.answer is not None
    made = described("1", "q", asked.answer, (), asked.scope)
    assert made["scope"] == {"documents": [], "collection": "Trial 2019", "since": "2019", "until": "2020-06"}
    first, scanned, _ = made["quotes"]
    assert (first["place"], first["is_ocr"], scanned["place"], scanned["is_ocr"]) == ("page 1", False, "page 2", True)
    assert (first["author"], first["language"]) == ("Voss, Ingrid; Amsel, Ruth", "en")
    assert first["also_in"] == ["news/a.txt", "news/b.txt"]
    assert described("1", "q", asked.answer, ())["scope"] is None


def test_without_such_words_the_answer_is_the_prose_that_the_quotes_hold() -> None:
    claims = (
        Claim("It rose.", (0,), ClaimStatus.SUPPORTED, ""),
        Claim("It fell.", (0,), ClaimStatus.UNSUPPORTED, ""),
        Claim("It sank.", (1,), ClaimStatus.QUOTED, ""),
    )
    plain = answer(claims=claims)
    assert answer_text(plain) == "It rose. It sank."
    assert described("1", "q", plain, ())["span"] is None


def test_positions_and_surveys_are_given_with_their_sources() -> None:
    assert DIFFERING is not None
    assert COUNTED is not None
    made = described("1", "q", DIFFERING, ())
    assert made["conflict"]
    assert [(position["text"], position["quotes"]) for position in made["positions"]] == [
        ("1.9 millimetres a year", [0]),
        ("12 مليمتراً", [1, 0]),
    ]
    assert described("1", "q", COUNTED, ())["survey"] == {
        "sought": "gauge",
        "n_documents": 3,
        "holding": ["reports/harlow-point.txt"],
        "n_mentions": 2,
    }
