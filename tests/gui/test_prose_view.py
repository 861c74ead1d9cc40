"""The draft grows while it is written, and checked sentences take its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prose_view import ClaimRow, ProseView, after_sentence
from desktop_app.theme import Theme
from rag.types import Claim, ClaimStatus
from tests.gui.sample_turns import QUOTED, SUPPORTED, UNSUPPORTED

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def prose(qtbot) -> ProseView:
    prose = ProseView(Theme.light())
    qtbot.addWidget(prose)
    prose.resize(600, 400)
    prose.show()
    return prose


def rows(prose: ProseView) -> list[ClaimRow]:
    return [row for row in prose.findChildren(ClaimRow) if not row.isHidden()]


@pytest.mark.parametrize(
    ("written", "sentence", "rest"),
    [
        ("It rained [1]. The r", "It rained.", "The r"),
        ("It rained[1, 2]. [3] The", "It rained.", "The"),
        ("It   rained [1] hard.\nThen", "It rained hard.", "Then"),
        ('"It rained." [2] And', '"It rained."', "And"),
        ("It rained.", "It rained.", ""),
        ("In 1987 it rained [4]. In", "In 1987 it rained.", "In"),
        ("Something else. And th", "Not there at all.", "And th"),
        ("no end yet", "Not there at all.", ""),
        ("", "Anything.", ""),
    ],
)
def test_what_follows_a_sentence_stays(written, sentence, rest):
    assert after_sentence(written, sentence) == rest


@given(st.text(max_size=80), st.text(max_size=40))
def test_what_stays_is_always_an_end_of_what_was_written(written, sentence):
    assert written.endswith(after_sentence(written, sentence))


def test_the_draft_grows_as_plain_text(prose):
    for piece in ("The **bridge** ", "<b>closed</b> ", "[1]"):
        prose.append_delta(piece)
    assert prose.draft_text == "The **bridge** <b>closed</b> [1]"


def test_a_checked_sentence_takes_the_place_of_its_draft(prose):
    prose.append_delta("The bridge closed after the river rose [1][2]. Nob")
    prose.show_checked(SUPPORTED)
    assert prose.draft_text == "Nob"
    assert [row.claim for row in rows(prose)] == [SUPPORTED]


def test_an_unsupported_sentence_is_folded_away_until_asked_for(prose):
    prose.show_claims((SUPPORTED, UNSUPPORTED))
    assert [row.claim for row in rows(prose)] == [SUPPORTED]
    assert prose.fold.text() == "1 unsupported sentence hidden · Show"
    prose.fold.click()
    assert [row.claim for row in rows(prose)] == [SUPPORTED, UNSUPPORTED]
    assert prose.fold.text() == "Hide 1 unsupported sentence"
    formats = [row.words.document().firstBlock().begin().fragment().charFormat() for row in rows(prose)]
    assert [letters.fontStrikeOut() for letters in formats] == [False, True]


def test_an_unsupported_sentence_says_so_in_words(prose):
    prose.show_claims((UNSUPPORTED,))
    prose.fold.click()
    assert "not in the quotes" in rows(prose)[0].note
    assert "(not in the quotes)" in rows(prose)[0].words.accessibleName()


def test_an_unsupported_sentence_that_was_just_checked_disappears_from_the_draft(prose):
    prose.append_delta("The mayor resigned [4]. ")
    prose.show_checked(UNSUPPORTED)
    assert prose.draft_text == ""
    assert rows(prose) == []


def test_numbers_open_their_quotes(prose, qtbot):
    prose.show_claims((SUPPORTED, QUOTED))
    numbers = [number for row in rows(prose) for number in row.numbers]
    assert [number.text() for number in numbers] == ["1", "2", "3"]
    assert numbers[1].accessibleName() == "Open quote 2"
    with qtbot.waitSignal(prose.quote_activated) as caught:
        numbers[2].click()
    assert caught.args == [2]


def test_the_finished_claims_replace_everything(prose):
    prose.append_delta("half a sent")
    prose.show_checked(SUPPORTED)
    prose.show_claims((QUOTED,))
    assert prose.draft_text == ""
    assert [row.claim for row in rows(prose)] == [QUOTED]


def test_rows_that_stay_the_same_are_not_built_again(prose):
    prose.show_checked(SUPPORTED)
    before = rows(prose)
    prose.show_claims((SUPPORTED,))
    assert rows(prose) == before


def test_many_citations_leave_room_for_the_sentence(prose):
    prose.show_claims((Claim("A sentence.", tuple(range(12)), ClaimStatus.SUPPORTED, ""),))
    row = rows(prose)[0]
    row.resize(300, 80)
    assert row.minimumSizeHint().width() <= 300
