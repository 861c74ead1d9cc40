"""What can be asked is chosen with one click or by keys alone, and dates that make no sense change nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.scope_popover import ScopePopover
from desktop_app.scoping import Holding
from rag.holdings import Collection
from rag.types import Scope
from tests.gui.fake_workbench import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

SOURCES = tuple(
    document(f"Text {date}.", f"{date}.txt", f"Of {date}", date).source for date in ("2018", "2019-05", "2020", None)
)
HOLDING = Holding(
    SOURCES,
    (
        Collection("A <b>bold</b> & long name " + "of many words " * 9, ()),
        Collection("Trial 2019", (SOURCES[1].id, SOURCES[3].id)),
    ),
)


@pytest.fixture
def popover(qtbot: QtBot) -> ScopePopover:
    return opened(qtbot, Scope(), HOLDING)


def opened(qtbot: QtBot, scope: Scope, holding: Holding) -> ScopePopover:
    room = QWidget()
    button = QPushButton("Whole library", room)
    button.move(20, 400)
    room.resize(700, 440)
    popover = ScopePopover()
    qtbot.addWidget(popover)
    room.show()
    popover.show_scopes(scope, holding)
    popover.open_above(button, room)
    return popover


def click(qtbot: QtBot, popover: ScopePopover, name: str) -> None:
    for choices in (popover.choices, popover.collections):
        for row in range(choices.count()):
            if choices.item(row).text() == name:
                place = choices.visualItemRect(choices.item(row)).center()
                qtbot.mouseClick(choices.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
                return
    raise AssertionError(name)


def test_one_click_asks_a_collection_and_closes(qtbot: QtBot, popover: ScopePopover) -> None:
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        click(qtbot, popover, "Trial 2019")
    assert chosen.args == [Scope(collection="Trial 2019")]
    assert not popover.isVisible()


def test_keys_alone_choose(qtbot: QtBot, popover: ScopePopover) -> None:
    assert popover.choices.hasFocus()
    for _ in range(2):
        qtbot.keyClick(popover.choices, Qt.Key.Key_Down)
    assert popover.collections.hasFocus()
    qtbot.keyClick(popover.collections, Qt.Key.Key_Up)
    assert popover.choices.currentRow() == 1
    qtbot.keyClick(popover.choices, Qt.Key.Key_Down)
    qtbot.keyClick(popover.collections, Qt.Key.Key_Down)
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        qtbot.keyClick(popover.collections, Qt.Key.Key_Return)
    assert chosen.args == [Scope(collection="Trial 2019")]


def test_dates_are_kept_with_a_collection_and_given_up_for_the_whole_library(qtbot: QtBot) -> None:
    popover = opened(qtbot, Scope(since="2019"), HOLDING)
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        click(qtbot, popover, "Trial 2019")
    assert chosen.args == [Scope(collection="Trial 2019", since="2019")]
    popover.show()
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        click(qtbot, popover, "Whole library")
    assert chosen.args == [Scope()]
    assert popover.since_box.text() == ""


def test_dates_are_asked_at_enter_and_said_before(qtbot: QtBot, popover: ScopePopover) -> None:
    qtbot.keyClicks(popover.since_box, "may 2019")
    assert popover.message.text() == "2 of 4 documents. 1 without a date is left out."
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        qtbot.keyClick(popover.since_box, Qt.Key.Key_Return)
    assert chosen.args == [Scope(since="2019-05")]
    assert not popover.isVisible()


def test_dates_are_asked_when_it_is_left_by_a_click_elsewhere(qtbot: QtBot, popover: ScopePopover) -> None:
    popover.until_box.setText("2018")
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        popover.close()
    assert chosen.args == [Scope(until="2018")]


def test_what_is_no_date_is_said_and_changes_nothing(qtbot: QtBot, popover: ScopePopover) -> None:
    with qtbot.assertNotEmitted(popover.scope_chosen):
        popover.since_box.setText("2019-13")
        qtbot.keyClick(popover.since_box, Qt.Key.Key_Return)
        assert popover.isVisible()
        assert "is not a date" in popover.message.text()
        popover.close()


def test_nothing_is_chosen_within_dates_that_make_no_sense_and_they_stay(qtbot: QtBot, popover: ScopePopover) -> None:
    popover.until_box.setText("2O19")
    for name in ("Trial 2019", "Chosen documents…"):
        with qtbot.assertNotEmitted(popover.scope_chosen), qtbot.assertNotEmitted(popover.documents_requested):
            click(qtbot, popover, name)
        assert popover.isVisible()
        assert popover.until_box.text() == "2O19"


def test_half_a_date_stands_there_again_when_the_popover_is_opened_again(qtbot: QtBot, popover: ScopePopover) -> None:
    popover.since_box.setText("12 Mrach 2019")
    popover.close()
    popover.show_scopes(Scope(), HOLDING)
    assert popover.since_box.text() == "12 Mrach 2019"
    assert "is not a date" in popover.message.text()
    popover.close()
    popover.show_scopes(Scope(collection="Trial 2019"), HOLDING)
    assert popover.since_box.text() == ""


def test_escape_gives_up_what_was_typed(qtbot: QtBot, popover: ScopePopover) -> None:
    with qtbot.assertNotEmitted(popover.scope_chosen):
        popover.since_box.setText("2019")
        qtbot.keyClick(popover.since_box, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_one_click_clears_the_dates(qtbot: QtBot) -> None:
    popover = opened(qtbot, Scope(collection="Trial 2019", since="2018", until="2019"), HOLDING)
    with qtbot.waitSignal(popover.scope_chosen) as chosen:
        popover.clear_button.click()
    assert chosen.args == [Scope(collection="Trial 2019")]
    assert not popover.clear_button.isEnabled()


def test_dates_that_leave_no_document_are_said(qtbot: QtBot, popover: ScopePopover) -> None:
    popover.since_box.setText("2030")
    assert popover.message.text() == "No document in this scope. 1 without a date is left out."


def test_single_documents_are_chosen_elsewhere(qtbot: QtBot, popover: ScopePopover) -> None:
    with qtbot.waitSignal(popover.documents_requested):
        click(qtbot, popover, "Chosen documents…")
    assert not popover.isVisible()


def test_what_is_asked_now_is_ticked_and_a_collection_that_is_gone_is_said(qtbot: QtBot) -> None:
    popover = opened(qtbot, Scope(collection="Trial 2019"), HOLDING)
    assert popover.collections.has_current
    assert not popover.choices.has_current
    assert popover.collections.hasFocus()
    popover = opened(qtbot, Scope(collection="Old name"), HOLDING)
    assert "“Old name” is not in the library any more" in popover.message.text()


def test_without_collections_it_says_where_they_come_from(qtbot: QtBot) -> None:
    popover = opened(qtbot, Scope(), Holding(SOURCES))
    assert not popover.collections.isVisible()
    assert "make in the library" in popover.message.text()


def test_a_hundred_collections_scroll_and_the_first_choices_stay(qtbot: QtBot) -> None:
    many = tuple(Collection(f"Box {number:03}", ()) for number in range(100))
    popover = opened(qtbot, Scope(collection="Box 099"), Holding(SOURCES, many))
    assert popover.collections.height() < 12 * popover.collections.sizeHintForRow(0)
    assert popover.choices.visualItemRect(popover.choices.item(0)).top() >= 0
    assert popover.collections.verticalScrollBar().value() > 0


def test_names_are_shown_as_plain_text(popover: ScopePopover) -> None:
    item = popover.collections.item(0)
    assert item.text().startswith("A <b>bold</b> & long name of many words")
    assert "<b>" not in item.toolTip()
