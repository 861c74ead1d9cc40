"""A conversation follows its end while it grows, keeps its place otherwise, and builds only what is near."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea, QWidget

from desktop_app.conversation_view import ConversationView
from desktop_app.quote_card import QuoteCard
from desktop_app.theme import ThemeSource
from desktop_app.turn_view import TurnView
from rag.events import Retrieved
from tests.gui.sample_turns import ANSWER, NOT_IN_SOURCES, SUPPORTED, conversation, hit, turn

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def themes(qapp) -> ThemeSource:
    return ThemeSource(qapp, "light")


@pytest.fixture
def view(qtbot, themes) -> Iterator[ConversationView]:
    view = ConversationView(themes)
    view.resize(760, 700)
    view.show()
    yield view
    view.close()
    view.deleteLater()
    settle()


def bar(view: ConversationView):
    return view.findChild(QScrollArea).verticalScrollBar()


def built(view: ConversationView) -> list[TurnView]:
    return [one for one in view.findChildren(TurnView) if not one.isHidden()]


def answered(count: int):
    return conversation(*(turn(f"t{number}", ANSWER) for number in range(count)))


def settle() -> None:
    """Let everything posted happen, deletions too, which otherwise wait for an event loop."""
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_an_empty_conversation_invites_and_offers_questions(view, qtbot):
    view.set_examples(["What & when?", "Who?"])
    examples = [button for button in view.findChildren(QPushButton) if button.isVisible()]
    assert [button.accessibleName() for button in examples] == ["Ask: What & when?", "Ask: Who?"]
    with qtbot.waitSignal(view.question_chosen) as caught:
        examples[0].click()
    assert caught.args == ["What & when?"]


def test_other_examples_replace_the_first_ones(view):
    view.set_examples(["One?"])
    view.set_examples(["Two?"])
    assert [one.accessibleName() for one in view.findChildren(QPushButton) if one.isVisible()] == ["Ask: Two?"]


def test_clearing_brings_the_invitation_back(view):
    view.set_examples(["One?"])
    view.show_conversation(answered(2))
    assert built(view)
    view.clear()
    assert [one for one in view.findChildren(QPushButton) if one.isVisible()]
    assert not built(view)


def test_a_stored_conversation_is_shown_from_its_end(view):
    view.show_conversation(answered(10))
    settle()
    assert bar(view).value() == bar(view).maximum() > 0
    assert view.turn_view("t9") is not None
    assert view.turn_view("t0") is None


@pytest.mark.parametrize(
    "signal", ["quote_activated", "hit_activated", "edit_standalone"], ids=lambda signal: f"{signal} with its argument"
)
def test_signals_of_a_turn_carry_its_id(view, qtbot, signal):
    view.show_conversation(answered(2))
    argument = "other question" if signal == "edit_standalone" else 1
    with qtbot.waitSignal(getattr(view, signal)) as caught:
        getattr(view.turn_view("t1"), signal).emit(argument)
    assert caught.args == ["t1", argument]


@pytest.mark.parametrize("signal", ["ask_again", "edit_question", "copy_with_citations", "why_requested"])
def test_wishes_carry_the_id_of_their_turn(view, qtbot, signal):
    view.show_conversation(answered(2))
    with qtbot.waitSignal(getattr(view, signal)) as caught:
        getattr(view.turn_view("t0"), signal).emit()
    assert caught.args == ["t0"]


def test_a_turn_from_its_beginning_to_its_end(view, qtbot):
    view.begin_turn(turn("new"))
    view.show_retrieved("new", Retrieved("What happened at the river?", (hit(),), 10.0))
    view.show_quotes("new", replace(ANSWER, claims=(), prose=""))
    assert len(view.turn_view("new").findChildren(QuoteCard)) == 3
    for piece in ("The bridge closed ", "after the river rose [1][2]. "):
        view.append_delta("new", piece)
    view.show_checked("new", SUPPORTED)
    with qtbot.waitSignal(view.stop_requested):
        view.turn_view("new").stop_requested.emit()
    view.finish_turn("new", ANSWER)
    assert view.turn_view("new").findChildren(QuoteCard)[0].quote == ANSWER.quotes[0]


def test_events_of_a_turn_that_is_gone_change_nothing(view):
    view.show_conversation(answered(1))
    view.append_delta("gone", "text")
    view.show_quotes("gone", ANSWER)
    view.finish_turn("gone", ANSWER)
    view.fail_turn("gone", "title", "message")
    view.remove_from("gone")
    assert built(view) == [view.turn_view("t0")]


def test_the_end_is_followed_while_the_draft_grows(view):
    view.show_conversation(answered(5))
    view.begin_turn(turn("new"))
    view.show_quotes("new", replace(ANSWER, claims=(), prose=""))
    for _ in range(40):
        view.append_delta("new", "some more words of the draft, ")
        settle()
        assert bar(view).value() == bar(view).maximum()


def test_a_reader_who_scrolled_up_is_left_in_peace(view):
    view.show_conversation(answered(5))
    view.begin_turn(turn("new"))
    view.show_quotes("new", replace(ANSWER, claims=(), prose=""))
    settle()
    bar(view).setValue(bar(view).maximum() - 400)
    settle()
    before = bar(view).value()
    for _ in range(40):
        view.append_delta("new", "some more words of the draft, ")
        settle()
    assert bar(view).value() == before
    assert not view.is_following


def test_scrolling_back_to_the_end_follows_again(view):
    view.show_conversation(answered(5))
    settle()
    bar(view).setValue(0)
    assert not view.is_following
    bar(view).setValue(bar(view).maximum())
    assert view.is_following


def test_what_is_read_stays_in_its_place_while_turns_above_are_built(view):
    view.show_conversation(answered(45))
    settle()
    bar(view).setValue(bar(view).maximum() // 2)
    settle()
    for _ in range(30):
        first = next(one for one in built(view) if one.geometry().bottom() > bar(view).value())
        above = first.y() - bar(view).value()
        bar(view).setValue(bar(view).value() - 90)
        settle()
        if first in built(view):
            assert first.y() - bar(view).value() == above + 90


def test_turns_stand_one_below_the_other_without_gaps(view):
    view.show_conversation(answered(30))
    settle()
    for _ in range(20):
        bar(view).setValue(bar(view).value() - 300)
        settle()
    places = sorted((one.y(), one.y() + one.height()) for one in built(view))
    assert all(first[1] == second[0] for first, second in pairwise(places))


def test_two_hundred_turns_open_quickly_and_few_are_built(view):
    many = answered(200)
    settle()
    begin = time.perf_counter()
    view.show_conversation(many)
    settle()
    elapsed_s = time.perf_counter() - begin
    assert len(built(view)) < 10
    assert elapsed_s < 1.5  # 0.13 s on two cores; the limit leaves room for a busy machine


def test_far_turns_are_given_up_again(view):
    view.show_conversation(answered(45))
    settle()
    while bar(view).value() > 0:
        bar(view).setValue(bar(view).value() - 1000)
    settle()
    assert view.turn_view("t0") is not None
    assert view.turn_view("t44") is None
    assert len(built(view)) <= 40


def test_a_turn_that_was_given_up_comes_back_as_it_was_left(view):
    view.show_conversation(conversation(turn("a", ANSWER), turn("b", None)))
    view.begin_turn(turn("new"))
    view.fail_turn("new", "The model stopped", "Ask again.")
    view._drop_view(view._find("new"))
    view._arrange()
    texts = [one.accessibleName() for one in view.turn_view("new").findChildren(QWidget) if one.isVisible()]
    assert "The model stopped. Ask again." in texts


def test_removing_takes_a_turn_and_all_after_it(view):
    view.show_conversation(answered(3))
    view.remove_from("t1")
    assert built(view) == [view.turn_view("t0")]
    view.remove_from("t0")
    assert not built(view)


def test_beginning_a_known_turn_again_replaces_it(view):
    view.show_conversation(conversation(turn("t0", ANSWER)))
    view.begin_turn(turn("t0"))
    settle()
    assert len(built(view)) == 1
    assert not view.turn_view("t0").findChildren(QuoteCard)


def test_only_the_open_quote_is_marked(view):
    view.show_conversation(answered(2))
    view.mark_quote("t0", 1)
    view.mark_quote("t1", 4)
    marked = [
        (turn_id, number)
        for turn_id in ("t0", "t1")
        for number, card in enumerate(view.turn_view(turn_id).findChildren(QuoteCard))
        if card.is_current
    ]
    assert marked == [("t1", 4)]


def test_the_marked_quote_comes_in_sight_wherever_it_is(view):
    view.show_conversation(answered(45))
    settle()
    for turn_id, index in (("t0", 4), ("t44", 0), ("t20", 3)):
        view.mark_quote(turn_id, index)
        for _ in range(3):
            settle()
        card = view.turn_view(turn_id).current_card
        viewport = view.findChild(QScrollArea).viewport()
        top = card.mapTo(viewport, QPoint()).y()
        assert 0 <= top <= viewport.height() - card.height()
        assert not card.hasFocus()


def test_tab_goes_through_the_quotes_in_order(view, qtbot):
    view.show_conversation(conversation(turn("t0", ANSWER), turn("t1", NOT_IN_SOURCES)))
    settle()
    cards = view.turn_view("t0").findChildren(QuoteCard)
    cards[0].setFocus()
    assert cards[0].nextInFocusChain() is not None
    seen = []
    at = cards[0]
    for _ in range(400):
        if at.focusPolicy() == Qt.FocusPolicy.StrongFocus and isinstance(at, QuoteCard):
            seen.append(at)
        at = at.nextInFocusChain()
        if at is cards[0]:
            break
    assert seen == cards


def test_tab_goes_from_turn_to_turn_as_the_eye_does_in_whatever_order_they_were_built(view):
    view.show_conversation(answered(12))
    settle()
    for _ in range(30):
        bar(view).setValue(bar(view).value() - 300)
        settle()
    order = []
    at = start = view.findChild(QScrollArea)
    while True:
        at = at.nextInFocusChain()
        if at is start:
            break
        owner = next((one for one in built(view) if one.isAncestorOf(at)), None)
        if owner and at.focusPolicy() & Qt.FocusPolicy.TabFocus and not at.isHidden():
            order.append(owner.y())
    assert order == sorted(order)
    assert len(set(order)) > 3


def test_the_column_is_readable_and_centred(view):
    view.resize(1600, 800)
    view.show_conversation(answered(1))
    settle()
    one = built(view)[0]
    assert 600 <= one.width() <= 900
    assert abs((one.x() + one.width() / 2) - 800) <= 12


def test_nothing_is_wider_than_a_narrow_window(view):
    view.resize(420, 700)
    view.show_conversation(answered(1))
    settle()
    one = built(view)[0]
    assert one.x() >= 0
    assert one.x() + one.width() <= 420


def test_the_theme_changes_while_a_turn_is_written(view, themes):
    view.show_conversation(answered(3))
    view.begin_turn(turn("new"))
    view.append_delta("new", "The bridge")
    themes.set_appearance("dark")
    themes.set_scale(1.5)
    view.append_delta("new", " closed")
    settle()
    prose = view.turn_view("new")._prose
    assert prose.draft_text == "The bridge closed"
    assert bar(view).value() == bar(view).maximum()
