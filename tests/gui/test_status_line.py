from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.status_line import StatusLine
from desktop_app.workbench import EngineState, EngineStatus, IndexState
from rag.types import IngestProgress, Stage

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


LEARNING = IngestProgress(12_000, 40_000, "", None, Stage.EMBEDDING)


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


def test_progress_counts_the_files_and_has_the_name_of_the_one_at_hand_in_its_tooltip(
    qtbot: QtBot, line: StatusLine
) -> None:
    line.show_progress(IngestProgress(119, 500, "letters/a.txt", None), "about 2 min left")
    assert line.activity.text() == "Reading 120 of 500 · about 2 min left"
    assert line.activity.toolTip() == "letters/a.txt"
    assert (line.bar.value(), line.bar.maximum()) == (119, 500)
    with qtbot.waitSignal(line.cancel_requested):
        line.cancel_button.click()


def test_what_is_learnt_says_that_words_can_be_searched_already(line: StatusLine) -> None:
    line.show_progress(LEARNING, "about 6 min left")
    assert line.activity.text() == (
        "Learning the meaning of 12,000 of 40,000 passages · about 6 min left · words can be searched already"
    )


def test_the_outcome_of_the_reading_stands_before_what_is_learnt_and_can_be_looked_at(line: StatusLine) -> None:
    line.resize(1600, 30)
    line.show_summary("12 added, 2 skipped", has_details=True)
    line.show_progress(LEARNING, "")
    assert line.activity.text().startswith("12 added, 2 skipped · Learning the meaning of 12,000")
    assert line.details_button.isVisible()
    line.show_progress(IngestProgress(0, 3, "b.txt", None), "")
    assert line.activity.text() == "Reading 1 of 3"
    assert not line.details_button.isVisible()


def test_a_narrow_line_says_less_and_keeps_the_rest_in_its_tooltip(line: StatusLine) -> None:
    line.show_summary("12 added, 2 skipped", has_details=True)
    line.show_progress(LEARNING, "about 6 min left")
    whole = line.activity.toolTip()
    shown = []
    for width_px in (1700, 1300, 1000, 800, 640):
        line.resize(width_px, 30)
        shown.append(line.activity.text())
        assert line.activity.fontMetrics().horizontalAdvance(shown[-1]) <= line.activity.width()
    assert shown == sorted(shown, key=len, reverse=True)
    assert shown[0] == whole
    assert len(set(shown)) > 2
    assert shown[-1].endswith("…")


def test_a_pause_says_how_far_it_was_and_offers_to_resume(qtbot: QtBot, line: StatusLine) -> None:
    line.show_progress(IngestProgress(119, 500, "a.txt", None), "")
    assert line.pause_button.text() == "Pause"
    with qtbot.waitSignal(line.pause_requested):
        line.pause_button.click()
    line.show_held(IngestProgress(120, 500, "a.txt", None), "Paused", "Resume")
    assert line.activity.text() == "Paused · 120 of 500 read"
    assert line.pause_button.text() == "Resume"
    line.resize(1600, 30)
    line.show_held(LEARNING, "Paused to save the battery (24 % left)", "Go on anyway")
    assert line.activity.text() == (
        "Paused to save the battery (24 % left) · the meaning of 12,000 of 40,000 passages is learnt · "
        "words can be searched already"
    )
    assert line.pause_button.text() == "Go on anyway"


def test_what_was_not_learnt_is_counted_quietly_and_can_be_resumed(line: StatusLine) -> None:
    line.show_summary("Cancelled: 12 added", has_details=False)
    line.show_unlearnt(340)
    assert line.activity.text() == "Cancelled: 12 added · 340 passages are found by words, not yet by meaning"
    assert line.pause_button.isVisible()
    assert line.pause_button.text() == "Resume"
    assert not line.cancel_button.isVisible()
    assert not line.bar.isVisible()
    line.show_unlearnt(0)
    assert line.activity.text() == "Cancelled: 12 added"
    assert not line.pause_button.isVisible()


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
