"""The explanation names what was searched for, how near everything came, and what the checks found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop_app.inert_text import Caption, InertText
from desktop_app.quote_card import HitCard
from desktop_app.reason_bars import PullBar
from desktop_app.theme import ThemeSource
from desktop_app.why_view import WhyView
from rag.generation import Finish
from rag.types import Verdict
from tests.gui.sample_turns import ANSWER, NOT_IN_SOURCES, REASONS, hit

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def view(qtbot, qapp) -> WhyView:
    view = WhyView(ThemeSource(qapp, "light"))
    qtbot.addWidget(view)
    view.resize(520, 700)
    view.show()
    return view


def told(view: WhyView) -> str:
    return "\n".join(part.text() for part in view.findChildren(InertText))


def test_question_scores_and_reasons_are_told(view):
    partly = replace(ANSWER, verdict=Verdict.PARTLY, confidence=0.5, missing=("who",), standalone="Why did it close?")
    view.show_answer("And why?", partly, [hit()])
    for words in (
        "Why did it close?",
        "Made from your question “And why?”",
        "Confidence 0.50 of 1: perhaps a part of it",
        "Nothing found about: who",
        "no quote mentions resigned",
        "0.50   full text 3.2   similarity –",
        "Tiny-1M, temperature 0, seed 7",
    ):
        assert words in told(view)


def test_candidates_open_by_index(view, qtbot):
    view.show_answer("q", NOT_IN_SOURCES, [hit(0, 25), hit(26, 55)])
    with qtbot.waitSignal(view.hit_activated) as caught:
        qtbot.keyClick(view.findChildren(HitCard)[1], Qt.Key.Key_Return)
    assert caught.args == [1]


def test_another_answer_replaces_the_first(view):
    view.show_answer("q", ANSWER, [hit()])
    view.show_answer("q", NOT_IN_SOURCES, [])
    assert "No model wrote anything." in told(view)
    assert "resigned" not in told(view)


def test_prose_that_broke_off_is_not_called_written_by_no_model(view):
    view.show_answer("q", replace(ANSWER, model=None, finish=Finish.INTERRUPTED), [])
    assert "A model was writing when the answer broke off" in told(view)
    assert "Broken off" in told(view)


def test_the_reader_can_close_it(view, qtbot):
    with qtbot.waitSignal(view.close_requested):
        view.close_button.click()


def test_what_moved_the_verdict_has_words_a_value_and_a_bar_for_or_against(view):
    view.show_answer("q", replace(ANSWER, reasons=REASONS), [])
    assert [bar.share for bar in view.findChildren(PullBar)] == pytest.approx([1.0, -0.7 / 1.6, 0.3 / 1.6])
    said = [bar.accessibleName() for bar in view.findChildren(PullBar)]
    assert said[1] == "Reader no answer: against an answer, by 0.70 (log-odds)"
    assert "Nearness of the best sentence in meaning" in [part.text() for part in view.findChildren(Caption)]


def test_what_the_model_was_given_is_shown_and_is_no_more_than_its_quotes(view):
    view.show_answer("q", ANSWER, [])
    assert "[4] The mayor thanked everyone." in told(view)
    assert "[5]" not in told(view)
    view.show_answer("q", NOT_IN_SOURCES, [])
    assert "[1]" not in told(view)


def test_a_sentence_that_no_quote_carries_is_struck_out(view):
    view.show_answer("q", ANSWER, [])
    struck = [
        part.text()
        for part in view.findChildren(InertText)
        if part.document().firstBlock().begin().fragment().charFormat().fontStrikeOut()
    ]
    assert struck == ["The mayor resigned."]
