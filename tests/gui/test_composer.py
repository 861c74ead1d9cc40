from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.composer import MAX_LINES, Composer
from rag.types import Scope

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    composer = Composer()
    qtbot.addWidget(composer)
    composer.resize(600, 200)
    composer.show()
    return composer


def test_enter_sends_the_text_without_space_around_it(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.box, "  Why?  ")
    with qtbot.waitSignal(composer.send_requested) as sent:
        qtbot.keyClick(composer.box, Qt.Key.Key_Return)
    assert sent.args == ["Why?"]


def test_shift_enter_breaks_the_line_and_sends_nothing(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.box, "one")
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClicks(composer.box, "two")
    assert len(composer.text.split()) == 2
    assert composer.box.document().blockCount() * composer.box.document().firstBlock().lineCount() >= 1
    assert composer.text != "onetwo"


def test_enter_while_an_input_method_composes_sends_nothing(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.box, "x")
    QApplication.sendEvent(composer.box, QInputMethodEvent("にほ", []))
    with qtbot.assertNotEmitted(composer.send_requested):
        qtbot.keyClick(composer.box, Qt.Key.Key_Return)
    committed = QInputMethodEvent("", [])
    committed.setCommitString("日本")
    QApplication.sendEvent(composer.box, committed)
    with qtbot.waitSignal(composer.send_requested):
        qtbot.keyClick(composer.box, Qt.Key.Key_Return)


def test_the_button_is_dead_while_there_is_nothing_to_send(qtbot: QtBot, composer: Composer) -> None:
    assert not composer.send_button.isEnabled()
    qtbot.keyClicks(composer.box, "  ")
    assert not composer.send_button.isEnabled()
    qtbot.keyClicks(composer.box, "a")
    assert composer.send_button.isEnabled()
    with qtbot.assertNotEmitted(composer.send_requested):
        composer.set_text("   ")
        qtbot.keyClick(composer.box, Qt.Key.Key_Return)


def test_the_button_stops_while_an_answer_is_being_written(qtbot: QtBot, composer: Composer) -> None:
    composer.set_answering(True)
    assert (composer.send_button.text(), composer.send_button.isEnabled()) == ("Stop", True)
    with qtbot.waitSignal(composer.stop_requested):
        composer.send_button.click()
    composer.set_answering(False)
    assert composer.send_button.text() == "Ask"


def test_the_box_grows_to_eight_lines_and_then_scrolls(qtbot: QtBot, composer: Composer) -> None:
    heights = []
    for n_lines in (1, 2, MAX_LINES, MAX_LINES + 4):
        composer.set_text("\n".join("line" for _ in range(n_lines)))
        QApplication.processEvents()
        heights.append(composer.box.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]
    assert composer.box.verticalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_a_change_of_the_draft_is_told_once_after_a_rest(qtbot: QtBot, composer: Composer) -> None:
    told: list[str] = []
    composer.draft_changed.connect(told.append)
    qtbot.keyClicks(composer.box, "abc")
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["abc"]


def test_flushing_tells_a_fresh_change_at_once_and_only_once(qtbot: QtBot, composer: Composer) -> None:
    told: list[str] = []
    composer.draft_changed.connect(told.append)
    qtbot.keyClicks(composer.box, "abc")
    composer.flush_draft()
    composer.flush_draft()
    assert told == ["abc"]


def test_a_text_put_into_the_box_by_the_program_is_no_change_of_the_draft(qtbot: QtBot, composer: Composer) -> None:
    told: list[str] = []
    composer.draft_changed.connect(told.append)
    composer.set_text("restored")
    composer.flush_draft()
    assert told == []
    assert composer.send_button.isEnabled()


def test_dropped_files_are_left_to_the_window(composer: Composer) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/texts/a.txt")])
    words = QMimeData()
    words.setText("words")
    assert not composer.box.canInsertFromMimeData(files)
    assert composer.box.canInsertFromMimeData(words)


@pytest.mark.parametrize(
    ("ids", "words"), [((), "Whole library"), (("a",), "1 document"), (("a", "b", "c"), "3 documents")]
)
def test_the_scope_is_said_in_words(composer: Composer, ids: tuple[str, ...], words: str) -> None:
    composer.set_scope(Scope(ids))
    assert composer.scope_button.text() == words
    assert words in composer.scope_button.accessibleName()
