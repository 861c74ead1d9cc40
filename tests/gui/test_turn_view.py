"""A turn says its verdict in words, shows the best quotes first, and asks for what the reader wants."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption, InertText
from desktop_app.quote_card import HitCard, QuoteCard
from desktop_app.survey_view import DocumentLine
from desktop_app.theme import Theme
from desktop_app.turn_view import TurnView
from rag.events import Retrieved
from rag.generation import Finish
from rag.types import Answer, Scope, Verdict
from tests.gui.sample_turns import ANSWER, NOT_IN_SOURCES, QUOTES, SUPPORTED, copied, hit, turn

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def shown(qtbot, view: TurnView) -> TurnView:
    qtbot.addWidget(view)
    view.resize(700, view.heightForWidth(700))
    view.show()
    return view


def stored(qtbot, answer: Answer | None, problem: str | None = None) -> TurnView:
    return shown(qtbot, TurnView(turn(answer=answer, problem=problem), Theme.light()))


def live(qtbot) -> TurnView:
    return shown(qtbot, TurnView(turn(), Theme.light(), is_live=True))


def words(view: QWidget) -> str:
    """Every text that can be seen, in one string."""
    parts: list[str] = []
    for kind in (InertText, Caption, QAbstractButton):
        parts += [part.text() for part in view.findChildren(kind) if part.isVisible()]
    return "\n".join(parts)


def button(view: QWidget, text: str) -> QuietButton:
    return next(one for one in view.findChildren(QuietButton) if one.text() == text and one.isVisible())


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (ANSWER, "From your sources"),
        (replace(ANSWER, verdict=Verdict.PARTLY, missing=("who", "when")), "Nothing found about: who, when."),
        (replace(ANSWER, verdict=Verdict.SOURCES_DIFFER), "Your sources differ."),
        (NOT_IN_SOURCES, "Your sources do not say."),
    ],
)
def test_the_verdict_is_said_in_plain_words(qtbot, answer, expected):
    assert expected in words(stored(qtbot, answer))


@pytest.mark.parametrize(
    ("confidence", "expected"), [(0.95, "very likely"), (0.7, "likely"), (0.5, "perhaps"), (0.2, "hardly")]
)
def test_how_sure_the_verdict_is_is_said_and_never_a_bare_number(qtbot, confidence, expected):
    seen = words(stored(qtbot, replace(ANSWER, confidence=confidence)))
    assert f"\n{expected} the answer" in seen
    assert str(confidence) not in seen


def test_three_quotes_are_shown_and_the_rest_on_demand(qtbot):
    view = stored(qtbot, ANSWER)
    assert [card.quote for card in view.findChildren(QuoteCard)] == list(QUOTES[:3])
    button(view, "Show 2 more").click()
    assert [card.quote for card in view.findChildren(QuoteCard)] == list(QUOTES)
    assert "Show" not in words(view).replace("hidden · Show", "")


def test_a_quote_is_opened_by_its_index(qtbot):
    view = stored(qtbot, ANSWER)
    with qtbot.waitSignal(view.quote_activated) as caught:
        qtbot.keyClick(view.findChildren(QuoteCard)[1], Qt.Key.Key_Return)
    assert caught.args == [1]


def test_where_the_sources_do_not_say_the_nearest_passages_are_listed(qtbot):
    view = stored(qtbot, NOT_IN_SOURCES)
    assert "Nearest passages" in words(view)
    assert not view.findChildren(QuoteCard)
    with qtbot.waitSignal(view.hit_activated) as caught:
        qtbot.keyClick(view.findChildren(HitCard)[1], Qt.Key.Key_Return)
    assert caught.args == [1]


def test_the_standalone_question_is_shown_where_it_differs(qtbot):
    assert "Searched for" not in words(stored(qtbot, replace(ANSWER, standalone=" what happened at the RIVER ")))
    differs = stored(qtbot, replace(ANSWER, standalone="What happened at the Rhine?"))
    assert "Searched for: What happened at the Rhine?" in words(differs)


def test_the_standalone_question_can_be_edited_in_place(qtbot):
    view = stored(qtbot, replace(ANSWER, standalone="What happened at the Rhine?"))
    button(view, "Edit").click()
    line = view.findChild(QLineEdit)
    assert line.text() == "What happened at the Rhine?"
    line.setText("What happened at the Elbe?")
    with qtbot.waitSignal(view.edit_standalone) as caught:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert caught.args == ["What happened at the Elbe?"]


def test_escape_leaves_the_standalone_question_as_it_was(qtbot):
    view = stored(qtbot, replace(ANSWER, standalone="What happened at the Rhine?"))
    button(view, "Edit").click()
    with qtbot.assertNotEmitted(view.edit_standalone):
        qtbot.keyClick(view.findChild(QLineEdit), Qt.Key.Key_Escape)
    assert "Searched for: What happened at the Rhine?" in words(view)


@pytest.mark.parametrize(
    ("finish", "expected"),
    [
        (Finish.STOPPED, "Stopped"),
        (Finish.CUT, "Cut at the length limit"),
        (Finish.INTERRUPTED, "Broken off while it was being written"),
    ],
)
def test_an_ending_that_is_not_the_usual_one_is_named(qtbot, finish, expected):
    assert expected in words(stored(qtbot, replace(ANSWER, finish=finish)))


def test_a_turn_that_was_never_answered_says_so_and_can_be_asked_again(qtbot):
    view = stored(qtbot, None)
    assert "Broken off" in words(view)
    with qtbot.waitSignal(view.ask_again):
        button(view, "Ask again").click()


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Ask again", "ask_again"),
        ("Edit question", "edit_question"),
        ("Copy with citations", "copy_with_citations"),
        ("Why this answer", "why_requested"),
    ],
)
def test_what_the_reader_wants_is_asked_for(qtbot, text, signal):
    view = stored(qtbot, ANSWER)
    with qtbot.waitSignal(getattr(view, signal)):
        button(view, text).click()


def test_times_and_model_are_given(qtbot):
    assert "First quote 0.14 s · answer 2.1 s · Tiny-1M" in words(stored(qtbot, ANSWER))


def test_quotes_stand_before_a_word_of_the_draft_is_written(qtbot):
    view = live(qtbot)
    assert "Searching your sources" in words(view)
    view.show_retrieved(Retrieved("What happened at the river?", (hit(),), 12.0))
    assert "Reading 1 passage " in words(view)
    view.show_quotes(replace(ANSWER, claims=(), prose=""))
    assert len(view.findChildren(QuoteCard)) == 3
    assert "Reading the quotes " in words(view)
    assert "Draft by" not in words(view)
    view.append_delta("The br")
    assert "Writing " in words(view)
    assert "Reading the quotes " not in words(view)


def test_the_draft_names_its_model_as_soon_as_the_answer_does(qtbot):
    view = live(qtbot)
    view.show_quotes(replace(ANSWER, claims=(), prose="", model=None))
    view.append_delta("The br")
    assert "Draft by the model, checked against the quotes" in words(view)
    view.finish(ANSWER)
    assert "Draft by Tiny-1M, checked against the quotes" in words(view)


def test_where_nothing_can_be_quoted_nothing_is_said_to_be_read(qtbot):
    view = live(qtbot)
    view.show_quotes(NOT_IN_SOURCES)
    assert "Finishing " in words(view)
    view.set_model_loading(True)
    assert "loading" not in words(view)


def test_an_answer_that_waits_for_its_model_says_so_until_the_first_word(qtbot):
    view = live(qtbot)
    view.set_model_loading(True)
    assert "Searching your sources" in words(view)
    view.show_quotes(replace(ANSWER, claims=(), prose="", model=None))
    assert "The language model is loading " in words(view)
    view.set_model_loading(False)
    assert "Reading the quotes " in words(view)
    view.append_delta("The br")
    view.set_model_loading(True)
    assert "Writing " in words(view)


def test_stop_is_there_until_the_end(qtbot):
    view = live(qtbot)
    with qtbot.waitSignal(view.stop_requested):
        button(view, "Stop").click()
    view.append_delta("The br")
    assert button(view, "Stop").isVisible()
    view.finish(replace(ANSWER, finish=Finish.STOPPED))
    assert "\nStop\n" not in words(view) + "\n"


@pytest.mark.parametrize("finish", [Finish.STOPPED, Finish.CUT, Finish.INTERRUPTED])
def test_what_broke_off_before_it_was_checked_stays_and_says_so(qtbot, finish):
    nothing_checked = stored(qtbot, replace(ANSWER, claims=(), prose="The bridge clo", finish=finish))
    assert "The bridge clo … (broken off before it was checked)" in words(nothing_checked)
    prose = f"{ANSWER.prose} Nobody was"
    one_checked = stored(qtbot, replace(ANSWER, claims=(SUPPORTED,), prose=prose, finish=finish))
    assert SUPPORTED.text in words(one_checked)
    assert "Nobody was … (broken off before it was checked)" in words(one_checked)
    assert words(one_checked).count("The bridge closed after") == 1


@pytest.mark.parametrize("finish", list(Finish))
def test_what_was_checked_to_its_end_is_not_said_to_have_broken_off(qtbot, finish):
    assert "broken off" not in words(stored(qtbot, replace(ANSWER, claims=(SUPPORTED,), finish=finish)))


def test_finishing_keeps_the_cards_and_shows_the_claims(qtbot):
    view = live(qtbot)
    view.show_quotes(replace(ANSWER, claims=(), prose=""))
    cards = view.findChildren(QuoteCard)
    view.append_delta("The bridge closed after the river rose [1][2].")
    view.finish(ANSWER)
    assert view.findChildren(QuoteCard) == cards
    assert SUPPORTED.text in words(view)
    assert "[1][2]" not in words(view)


def test_an_unsupported_sentence_is_never_shown_as_an_answer(qtbot):
    assert "The mayor resigned." not in words(stored(qtbot, ANSWER))


def test_a_failure_says_what_happened_and_keeps_the_quotes(qtbot):
    view = live(qtbot)
    view.show_quotes(replace(ANSWER, claims=(), prose=""))
    view.fail("The chat model stopped", "Your library is safe. Ask again.")
    assert "The chat model stopped" in words(view)
    assert "Your library is safe. Ask again." in words(view)
    assert len(view.findChildren(QuoteCard)) == 3
    assert button(view, "Ask again").isVisible()


def test_a_stored_problem_is_shown(qtbot):
    assert "The library cannot be read." in words(stored(qtbot, None, "The library cannot be read."))


def test_the_height_follows_the_content(qtbot):
    view = stored(qtbot, ANSWER)
    before = view.heightForWidth(700)
    with qtbot.waitSignal(view.height_changed):
        button(view, "Show 2 more").click()
    qtbot.waitUntil(lambda: view.heightForWidth(700) > before + 100)


def test_the_theme_can_change_under_a_turn(qtbot):
    view = stored(qtbot, ANSWER)
    before = view.heightForWidth(700)
    view.set_theme(Theme.dark(1.5))
    qtbot.waitUntil(lambda: view.heightForWidth(700) > before)


def test_every_control_has_a_name(qtbot):
    view = stored(qtbot, replace(ANSWER, standalone="Something else?"))
    stops = [part for part in view.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) > 8
    assert all(part.accessibleName() for part in stops)


def test_another_document_with_a_quote_s_words_can_be_opened(qtbot):
    view = stored(qtbot, replace(ANSWER, quotes=(copied(),)))
    button(view, "also in 2 others").click()
    line = view.findChildren(DocumentLine)[0]
    with qtbot.waitSignal(view.document_activated) as opened, qtbot.assertNotEmitted(view.quote_activated):
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert opened.args == [copied().also_in[0].id]


def test_the_head_says_what_was_asked_and_asks_for_the_same_again(qtbot):
    view = shown(qtbot, TurnView(replace(turn(answer=ANSWER), scope=Scope(collection="Trial")), Theme.light()))
    with qtbot.waitSignal(view.scope_requested):
        button(view, "Asked only of the collection “Trial”").click()
    assert "Asked only" not in words(stored(qtbot, ANSWER))
