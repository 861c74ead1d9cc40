from __future__ import annotations

import json
import pickle

import pytest

from desktop_app.transcript import ExhibitKind, Transcript, TranscriptError, encode, from_json, to_json, writable
from tests.transcripts import (
    hostile,
    json_in_first_form,
    json_in_second_form,
    placed,
    realistic,
    telling,
    transcript,
    turn,
)


@pytest.mark.parametrize(
    "made",
    [realistic(), telling(), hostile(), placed(), transcript()],
    ids=["realistic", "telling", "hostile", "placed", "empty"],
)
def test_json_gives_back_an_identical_transcript_and_identical_bytes(made: Transcript) -> None:
    written = to_json(made)
    assert from_json(written) == made
    assert to_json(from_json(written)) == written
    assert written.endswith(b"}\n")


def test_the_counts_are_those_of_the_conversation() -> None:
    made = realistic()
    assert (made.n_turns, made.n_quotes) == (4, 5)
    kinds = [exhibit.kind for exhibit in made.exhibits()]
    assert kinds == [ExhibitKind.QUOTE] * 4 + [ExhibitKind.PASSAGE, ExhibitKind.QUOTE]


def test_lone_surrogates_become_replacement_marks_and_pairs_are_joined() -> None:
    made = transcript(turn("a\ud800", None, 1), title="\udfff\ud83d\ude00")
    assert from_json(to_json(made)) == made
    assert made.conversation.title == "\ufffd😀"
    assert writable("plain é 😀") == "plain é 😀"


def test_equal_values_give_equal_bytes() -> None:
    assert encode(realistic()) == encode(realistic())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not whole JSON"),
        (b"[]", "not whole JSON"),
        (b'{"format": "else"}', "not a transcript"),
        (to_json(realistic())[:-40], "not whole JSON"),
        (to_json(realistic()).replace(b'"start": 61', b'"start": "61"'), "not a whole transcript"),
        (to_json(realistic()).replace(b'"start": 61', b'"start": 6100'), "not a whole transcript"),
        (to_json(realistic()).replace(b'"format_version": 3', b'"format_version": 4'), "newer Seedbook"),
        (b"\xff\xfe{", "not whole JSON"),
        (b'{"a":' * 100_000, "not whole JSON"),
    ],
)
def test_what_is_no_transcript_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    with pytest.raises(TranscriptError, match=reason) as caught:
        from_json(content)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_every_field_of_an_answer_is_in_the_json() -> None:
    answers = json.loads(to_json(realistic()))["conversation"]["turns"][0]["answer"]
    assert answers["sampling"] == {"max_tokens": 160, "temperature": 0.0, "seed": 7}
    assert answers["timings"]["first_token_ms"] == 840.0
    assert answers["quotes"][0]["source"]["id"]


def test_words_that_answer_and_differing_values_are_shown_before_the_quotes() -> None:
    spoken, differing = (
        [exhibit.kind for exhibit in telling().exhibits() if exhibit.turn == number] for number in (1, 2)
    )
    assert spoken == [ExhibitKind.ANSWER, ExhibitKind.QUOTE, ExhibitKind.QUOTE]
    assert differing == [ExhibitKind.POSITION] * 2 + [ExhibitKind.QUOTE] * 2


def test_a_value_is_shown_as_said_by_whoever_says_its_quote() -> None:
    said = [exhibit.speaker for exhibit in telling().exhibits() if exhibit.kind is ExhibitKind.POSITION]
    assert said == [None, "مدير المرفأ"]


def test_transcripts_of_older_forms_are_read_as_they_were() -> None:
    assert from_json(json_in_first_form(realistic())).conversation == realistic().conversation
    assert from_json(json_in_second_form(telling())).conversation == telling().conversation


def test_what_a_quote_says_of_its_place_goes_with_it() -> None:
    spoken, typed, scanned, across = placed().exhibits()[:4]
    assert [one.place for one in (spoken, typed, scanned, across)] == ["page 1", "page 1", "page 2", "page 1 to page 2"]
    assert [one.is_ocr for one in (spoken, typed, scanned, across)] == [False, False, True, True]
    assert [copy.name for copy in typed.also_in] == ["news/a.txt", "news/b.txt"]
    assert from_json(to_json(placed())).exhibits() == placed().exhibits()
