"""Above the quotes stand the words that answer, the values that differ and what a survey gave, each with its source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.answer_line import AnswerLine
from desktop_app.buttons import NumberButton, QuietButton
from desktop_app.inert_text import Caption, InertText
from desktop_app.positions_view import PositionCard, PositionsView
from desktop_app.quote_card import QuoteCard
from desktop_app.survey_view import DocumentLine
from desktop_app.theme import Theme
from desktop_app.turn_view import TurnView
from rag.types import Answer, Period, Position
from tests.gui.sample_turns import (
    ANSWER,
    DIFFERING,
    INQUIRY,
    MONDAY,
    SPANNED,
    document,
    of_the_time,
    quote,
    surveyed,
    turn,
)

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def stored(qtbot, answer: Answer) -> TurnView:
    view = TurnView(turn(answer=answer), Theme.light())
    qtbot.addWidget(view)
    view.resize(700, view.heightForWidth(700))
    view.show()
    return view


def words(view: QWidget) -> str:
    parts = [part for kind in (InertText, Caption, QuietButton) for part in view.findChildren(kind)]
    return "\n".join(part.text() for part in parts if part.isVisible())


def underlined(text: InertText) -> list[str]:
    """The stretches of a text that are marked."""
    runs = []
    block = text.document().firstBlock()
    while block.isValid():
        pieces = block.begin()
        while not pieces.atEnd():
            piece = pieces.fragment()
            if piece.charFormat().fontUnderline():
                runs.append(piece.text())
            pieces += 1
        block = block.next()
    return runs


def test_the_words_that_answer_stand_above_the_quotes_with_their_source(qtbot):
    view = stored(qtbot, SPANNED)
    line = view.findChild(AnswerLine)
    assert line.words.text() == MONDAY.text
    assert "Flood report, 4 March 2021 · quote 1" in words(line)
    assert line.accessibleName() == "The answer, from Flood report, 4 March 2021: Monday"
    first = view.findChildren(QuoteCard)[0]
    assert line.mapTo(view, line.rect().bottomLeft()).y() < first.mapTo(view, first.rect().topLeft()).y()


def test_without_such_words_nothing_stands_there(qtbot):
    view = stored(qtbot, ANSWER)
    assert not view.findChildren(AnswerLine) + view.findChildren(PositionsView) + view.findChildren(DocumentLine)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_or_a_click_opens_the_place_of_the_words(qtbot, key):
    view = stored(qtbot, SPANNED)
    line = view.findChild(AnswerLine)
    assert line.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(view.span_activated):
        qtbot.keyClick(line, key)
    with qtbot.waitSignal(view.span_activated):
        qtbot.mouseClick(line.words.viewport(), Qt.MouseButton.LeftButton)


def test_only_the_quote_that_holds_the_words_has_them_marked(qtbot):
    view = stored(qtbot, SPANNED)
    cards = view.findChildren(QuoteCard)
    assert [underlined(card.words) for card in cards] == [["Monday"], [], []]


def test_marks_are_at_the_very_characters_beyond_the_first_plane_of_unicode(qtbot):
    odd = document("😀😀 The 🌊 river\u2028rose by 4 m. Then it fell.")
    held = quote("😀 The 🌊 river\u2028rose by 4 m.", odd)
    value = quote("4 m", odd)
    view = stored(qtbot, replace(ANSWER, quotes=(held,), claims=(), span=value))
    card = view.findChild(QuoteCard)
    assert underlined(card.words) == ["4 m"]
    card.set_theme(Theme.dark())
    assert underlined(card.words) == ["4 m"]
    card.words.selectAll()
    assert card.words.selected_text() == held.text


def test_the_quote_that_holds_the_words_is_among_those_shown_first(qtbot):
    view = stored(qtbot, replace(ANSWER, span=quote("rained")))
    assert [card.quote for card in view.findChildren(QuoteCard)] == list(ANSWER.quotes)


def test_who_says_the_words_is_said_with_them(qtbot):
    said = replace(DIFFERING, span=DIFFERING.positions[0].value, positions=())
    view = stored(qtbot, said)
    line = view.findChild(AnswerLine)
    assert "Ruth Amsel says, in Flood: what is known so far, 6 March 2021" in words(line)
    assert "according to Ruth Amsel in Flood" in line.accessibleName()


def test_values_that_differ_stand_with_who_says_them_where_and_when(qtbot):
    view = stored(qtbot, DIFFERING)
    assert "Your sources differ." in words(view)
    cards = view.findChildren(PositionCard)
    assert [card.value.text() for card in cards] == ["Nineteen people", "23 people"]
    assert "Ruth Amsel says\nFlood: what is known so far\n6 March 2021" in words(cards[0])
    assert "says" not in words(cards[1])
    assert "18 November 2022" in words(cards[1])


def test_a_position_opens_its_first_quote_and_each_number_its_own(qtbot):
    both = replace(DIFFERING, positions=(DIFFERING.positions[0], Position(quote("23 people", INQUIRY), (1, 0))))
    view = stored(qtbot, both)
    card = view.findChildren(PositionCard)[1]
    with qtbot.waitSignal(view.quote_activated) as caught:
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert caught.args == [1]
    with qtbot.waitSignal(view.quote_activated) as caught:
        card.findChildren(NumberButton)[1].click()
    assert caught.args == [0]


@pytest.mark.parametrize(("width", "n_rows"), [(700, 1), (260, 2)])
def test_positions_stand_side_by_side_where_there_is_room(qtbot, width, n_rows):
    view = PositionsView(DIFFERING.positions, DIFFERING.quotes, Theme.light())
    qtbot.addWidget(view)
    view.resize(width, view.heightForWidth(width))
    view.show()
    assert len({card.y() for card in view.cards}) == n_rows
    assert len({card.width() for card in view.cards}) == 1
    for card in view.cards:
        assert card.geometry().right() <= view.width()
        assert card.value.height() >= card.value.heightForWidth(card.value.width())


def test_a_survey_says_how_many_were_read_and_lists_eight_until_asked_for_more(qtbot):
    view = stored(qtbot, surveyed(12))
    assert "Read 27 of 27 documents: 12 mention “bridge” (25 places)." in words(view)
    assert "likely" not in words(view)
    assert len(view.findChildren(DocumentLine)) == 8
    next(one for one in view.findChildren(QuietButton) if one.text() == "Show 4 more documents").click()
    lines = view.findChildren(DocumentLine)
    assert len(lines) == 12
    with qtbot.waitSignal(view.document_activated) as caught:
        qtbot.keyClick(lines[9], Qt.Key.Key_Return)
    assert caught.args == [surveyed(12).survey.holding[9].id]


def test_a_survey_that_found_nothing_says_so_and_lists_nothing(qtbot):
    view = stored(qtbot, surveyed(0))
    assert "Read 27 of 27 documents: none of them mentions “bridge”." in words(view)
    assert "do not say" not in words(view)
    assert not view.findChildren(DocumentLine)


def test_a_question_about_a_time_says_which_and_dates_every_quote(qtbot):
    view = stored(qtbot, of_the_time(Period("2019-01-01", "2021-12-31", is_latest=True)))
    assert "Only sources from 2019 to 2021, newest first" in words(view)
    assert "no date" in words(view)
    assert "no date" not in words(stored(qtbot, replace(of_the_time(Period()), period=None)))


def test_what_stands_there_is_kept_while_the_draft_is_written(qtbot):
    view = stored(qtbot, SPANNED)
    before = view.findChild(AnswerLine)
    view.finish(replace(SPANNED, prose="Monday."))
    assert view.findChild(AnswerLine) is before
