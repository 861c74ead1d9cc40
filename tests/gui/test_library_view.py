from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_app.library_view import LibraryView
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


class Confirming:
    """Answers every question with `agrees`."""

    def __init__(self) -> None:
        self.agrees = True

    def __call__(self, question: str, explanation: str) -> bool:
        return self.agrees


@pytest.fixture
def confirming() -> Confirming:
    return Confirming()


@pytest.fixture
def view(qtbot: QtBot, confirming: Confirming) -> LibraryView:
    view = LibraryView(None, confirming)
    qtbot.addWidget(view)
    view.show_sources(SOURCES)
    view.show()
    return view


def titles(view: LibraryView) -> list[str]:
    return [str(view.table.filter.index(row, 0).data()) for row in range(view.table.filter.rowCount())]


def test_documents_are_sorted_by_title_and_shown_as_plain_text(view: LibraryView) -> None:
    assert titles(view) == ["Apple", "Zebra <b>bold</b>", "Ärger"]


def test_the_filter_wants_every_word_in_title_date_or_file(view: LibraryView) -> None:
    view.filter_box.setText("LETTERS appl")
    assert titles(view) == ["Apple"]
    assert view.count.text() == "1 of 3 documents"
    view.filter_box.setText("2024")
    assert titles(view) == ["Ärger"]
    view.filter_box.setText("")
    assert len(titles(view)) == 3


def test_sizes_are_sorted_as_numbers(view: LibraryView) -> None:
    view.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    assert titles(view) == ["Ärger", "Zebra <b>bold</b>", "Apple"]


def test_enter_opens_the_selected_document(qtbot: QtBot, view: LibraryView) -> None:
    view.table.selectRow(0)
    with qtbot.waitSignal(view.open_requested) as opened:
        view.open_button.click()
    assert opened.args == [SOURCES[1].id]


def test_removing_asks_first(qtbot: QtBot, view: LibraryView, confirming: Confirming) -> None:
    view.table.selectRow(0)
    confirming.agrees = False
    with qtbot.assertNotEmitted(view.remove_requested):
        view.remove_button.click()
    confirming.agrees = True
    with qtbot.waitSignal(view.remove_requested) as removed:
        view.remove_button.click()
    assert removed.args == [(SOURCES[1].id,)]


def test_buttons_are_dead_without_a_selection(view: LibraryView) -> None:
    assert not view.open_button.isEnabled()
    assert not view.remove_button.isEnabled()


def test_picking_no_document_or_all_of_them_means_the_whole_library(qtbot: QtBot) -> None:
    picker = ScopePicker(SOURCES, Scope((SOURCES[0].id,)))
    qtbot.addWidget(picker)
    assert picker.scope == Scope((SOURCES[0].id,))
    picker.all_button.click()
    assert picker.scope == Scope()
    picker.none_button.click()
    assert picker.scope == Scope()


def test_only_the_documents_shown_are_ticked_together(qtbot: QtBot) -> None:
    picker = ScopePicker(SOURCES, Scope())
    qtbot.addWidget(picker)
    picker.filter_box.setText("letters")
    picker.all_button.click()
    assert picker.scope == Scope((SOURCES[1].id,))
    assert "1 document" in picker.count.text()
