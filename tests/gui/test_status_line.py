from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.status_line import StatusLine, time_left
from desktop_app.workbench import EngineState, EngineStatus, IndexState
from rag.types import IngestProgress

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    line = StatusLine()
    qtbot.addWidget(line)
    line.resize(1200, 30)
    line.show()
    return line


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (EngineStatus.LOADING, "SmolLM2-135M loading…"),
        (EngineStatus.READY, "SmolLM2-135M ready"),
        (EngineStatus.ASLEEP, "SmolLM2-135M starts when needed"),
        (EngineStatus.GIVEN_UP, "Language model stopped"),
    ],
)
def test_the_state_of_the_model_is_said_in_words(line: StatusLine, status: EngineStatus, words: str) -> None:
    line.show_engine(EngineState("chat", status, "SmolLM2-135M"))
    assert line.engine_text("chat") == words


def test_an_engine_that_was_given_up_can_be_restarted_and_only_then(qtbot: QtBot, line: StatusLine) -> None:
    line.show_engine(EngineState("search", EngineStatus.READY, "MiniLM"))
    button = line._engines["search"]._button
    assert not button.isVisible()
    line.show_engine(EngineState("search", EngineStatus.GIVEN_UP, "MiniLM"))
    assert button.isVisible()
    with qtbot.waitSignal(line.restart_requested) as asked:
        button.click()
    assert asked.args == ["search"]


def test_progress_names_the_file_and_offers_to_cancel(qtbot: QtBot, line: StatusLine) -> None:
    line.show_progress(IngestProgress(2, 10, "letters/a.txt", None), 1.0)
    assert line.activity.text() == "Reading 3 of 10 · letters/a.txt"
    assert (line.bar.value(), line.bar.maximum()) == (2, 10)
    with qtbot.waitSignal(line.cancel_requested):
        line.cancel_button.click()


@pytest.mark.parametrize(
    ("done", "total", "elapsed_s", "words"),
    [
        (1, 100, 60.0, ""),
        (50, 100, 1.0, ""),
        (100, 100, 60.0, ""),
        (90, 100, 90.0, "about 10 s left"),
        (50, 100, 120.0, "about 2 min left"),
        (10, 1000, 100.0, "about 2.8 h left"),
    ],
)
def test_the_time_left_is_told_only_when_it_can_be_known(done: int, total: int, elapsed_s: float, words: str) -> None:
    assert time_left(IngestProgress(done, total, "a", None), elapsed_s) == words


def test_the_index_does_not_push_the_outcome_of_an_ingest_aside(line: StatusLine) -> None:
    line.show_summary("12 added, 2 skipped", has_details=True)
    line.show_following(IndexState(5, 10))
    assert line.activity.text().startswith("12 added, 2 skipped · Index 5 of 10")
    line.show_following(IndexState(10, 10))
    assert line.activity.text() == "12 added, 2 skipped"
    assert line.details_button.isVisible()
    line.clear_activity()
    line.show_following(IndexState(5, 10))
    assert "5 of 10" in line.activity.text()
    line.show_following(IndexState(10, 10))
    assert line.activity.text() == ""
    assert not line.bar.isVisible()


def test_the_offline_badge_explains_itself(line: StatusLine) -> None:
    assert line.offline.text() == "Offline"
    assert "no network connection" in line.offline.toolTip()
