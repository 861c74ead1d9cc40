"""Ticks choose documents and leave the dates of a scope alone."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.scope_picker import ScopePicker
from rag.types import Scope
from tests.gui.fake_workbench import document

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

SOURCES = tuple(document(f"Text {name}.", f"{name}.txt", name).source for name in ("Apple", "Pear", "Plum"))


def test_ticks_keep_the_dates_and_say_so(qtbot: QtBot) -> None:
    picker = ScopePicker(SOURCES, Scope((SOURCES[0].id,), since="2019", until="2020"))
    qtbot.addWidget(picker)
    assert picker.scope == Scope((SOURCES[0].id,), since="2019", until="2020")
    assert picker.count.text() == "1 document is asked, dated from 2019 to 2020."
    picker.none_button.click()
    assert picker.scope == Scope(since="2019", until="2020")
    assert picker.count.text() == "The whole library is asked, dated from 2019 to 2020."


def test_without_dates_nothing_is_said_of_them(qtbot: QtBot) -> None:
    picker = ScopePicker(SOURCES, Scope())
    qtbot.addWidget(picker)
    assert picker.count.text() == "The whole library is asked."
    picker.filter_box.setText("p")
    picker.all_button.click()
    assert picker.scope == Scope()  # every document is the whole library
