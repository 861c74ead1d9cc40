"""Documents that are ticked one by one, as the choice of what to ask needs it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.scope_picker import ScopePicker
from rag.types import Scope, Source
from tests.gui.fake_workbench import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

SOURCES: tuple[Source, ...] = tuple(
    document(text, name, title, date).source
    for text, name, title, date in (
        ("aaaa", "a.txt", "Zebra <b>bold</b>", "2020"),
        ("bb", "letters/b.txt", "Apple", None),
        ("cccccc", "c.md", "Ärger", "2024-03-05"),
    )
)


@pytest.fixture
def picker(qtbot: QtBot) -> ScopePicker:
    picker = ScopePicker(SOURCES, Scope((SOURCES[0].id,)))
    qtbot.addWidget(picker)
    picker.show()
    return picker


def test_picking_no_document_or_all_of_them_means_the_whole_library(picker: ScopePicker) -> None:
    assert picker.scope == Scope((SOURCES[0].id,))
    picker.all_button.click()
    assert picker.scope == Scope()
    picker.none_button.click()
    assert picker.scope == Scope()


def test_only_the_documents_shown_are_ticked_together(picker: ScopePicker) -> None:
    picker.none_button.click()
    picker.filter_box.setText("letters")
    picker.all_button.click()
    assert picker.scope == Scope((SOURCES[1].id,))
    assert "1 document" in picker.count.text()


def test_what_the_filter_hides_stays_ticked(picker: ScopePicker) -> None:
    picker.filter_box.setText("letters")
    assert picker.table.shown_ids == (SOURCES[1].id,)
    picker.all_button.click()
    picker.filter_box.setText("")
    assert picker.scope == Scope((SOURCES[0].id, SOURCES[1].id))


def test_a_tick_box_and_the_space_bar_tick(qtbot: QtBot, picker: ScopePicker) -> None:
    table = picker.table
    assert table.ticks.setData(table.ticks.index(0, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert picker.scope == Scope((SOURCES[0].id, SOURCES[1].id))
    table.setFocus()
    table.select([SOURCES[0].id, SOURCES[2].id])
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert set(table.ticked_ids) == {source.id for source in SOURCES}
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert picker.scope == Scope((SOURCES[1].id,))


def test_ticks_stay_with_their_documents_when_they_are_sorted(picker: ScopePicker) -> None:
    picker.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert picker.table.shown_ids[0] == SOURCES[2].id
    assert picker.scope == Scope((SOURCES[0].id,))
