from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.conversation_list import UNTITLED, ConversationList, when
from desktop_app.conversations import ConversationSummary
from desktop_app.theme import Theme

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def summary(name: str, title: str | None = None) -> ConversationSummary:
    return ConversationSummary(name, name if title is None else title, "2024-03-01T10:00:00", "2024-03-01T10:00:00", 1)


@pytest.fixture
def listing(qtbot: QtBot) -> ConversationList:
    listing = ConversationList(Theme.light())
    qtbot.addWidget(listing)
    listing.resize(250, 500)
    listing.show()
    listing.show_conversations([summary("a"), summary("b"), summary("c", "")])
    return listing


def test_a_conversation_without_a_title_has_a_name(listing: ConversationList) -> None:
    assert listing.model.index(2).data() == UNTITLED


def test_enter_and_a_click_open_a_conversation(qtbot: QtBot, listing: ConversationList) -> None:
    listing.set_current("a")
    listing.view.setCurrentIndex(listing.model.index(1))
    with qtbot.waitSignal(listing.open_requested) as opened:
        qtbot.keyClick(listing.view, Qt.Key.Key_Return)
    assert opened.args == ["b"]
    where = listing.view.visualRect(listing.model.index(2)).center()
    with qtbot.waitSignal(listing.open_requested) as opened:
        qtbot.mouseClick(listing.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.args == ["c"]


def test_a_title_is_renamed_in_place(qtbot: QtBot, listing: ConversationList) -> None:
    listing.set_current("b")
    listing.rename_current()
    editor = listing.view.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.setText("  The   bridge ")
    with qtbot.waitSignal(listing.rename_requested) as renamed:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["b", "The bridge"]


def test_an_empty_or_unchanged_title_renames_nothing(qtbot: QtBot, listing: ConversationList) -> None:
    with qtbot.assertNotEmitted(listing.rename_requested):
        assert not listing.model.setData(listing.model.index(0), "  ")
        assert not listing.model.setData(listing.model.index(0), "a")


def test_delete_asks_to_delete_the_selected_one(qtbot: QtBot, listing: ConversationList) -> None:
    listing.set_current("b")
    with qtbot.waitSignal(listing.delete_requested) as deleted:
        qtbot.keyClick(listing.view, Qt.Key.Key_Delete)
    assert deleted.args == ["b"]


def test_searching_is_told_once_after_a_rest(qtbot: QtBot, listing: ConversationList) -> None:
    told: list[str] = []
    listing.search_changed.connect(told.append)
    qtbot.keyClicks(listing.search, "lune ")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["lune"]


def test_the_open_conversation_stays_selected_when_the_rows_move(listing: ConversationList) -> None:
    listing.set_current("a")
    listing.show_conversations([summary("c"), summary("b"), summary("a")])
    assert listing.model.id_at(listing.view.currentIndex()) == "a"


def test_titles_are_painted_as_plain_text_without_any_file_or_markup(listing: ConversationList) -> None:
    hostile = '<img src="file:///etc/hostname"><h1>x</h1>\n\u202eabc'
    listing.show_conversations([summary("a", hostile)])
    QApplication.processEvents()
    assert "<img" in str(listing.model.index(0).data())
    assert not listing.grab().isNull()


def test_nothing_found_is_said(listing: ConversationList) -> None:
    listing.search.setText("zzz")
    listing.show_conversations([])
    assert listing.empty.isVisible()
    assert "matches" in listing.empty.text()


@pytest.mark.parametrize(("n_days", "begins"), [(0, "Today"), (1, "Yesterday")])
def test_recent_moments_are_said_as_a_reader_would(n_days: int, begins: str) -> None:
    now = datetime.now(UTC)
    assert when((now - timedelta(days=n_days)).isoformat(), now).startswith(begins)


def test_old_moments_are_dates_and_nonsense_is_nothing() -> None:
    assert when("2024-03-01T10:00:00+00:00", datetime(2026, 1, 1, tzinfo=UTC)) == "1 March 2024"
    assert when("no moment", datetime.now(UTC)) == ""
