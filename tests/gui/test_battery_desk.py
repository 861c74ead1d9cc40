"""When the battery pauses the work, and when it does not."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop_app.battery import Battery
from desktop_app.battery_desk import BatteryDesk
from desktop_app.pacing import Hold
from desktop_app.workbench import IndexState
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

LOW, FULL, PLUGGED = Battery(24, is_plugged=False), Battery(80, is_plugged=False), Battery(24, is_plugged=True)


class Power:
    """A window whose battery a test can set."""

    def __init__(self, opened: OpenWindow) -> None:
        self.opened = opened
        self._readings: queue.Queue[Battery | None] = queue.Queue()
        self.desk = BatteryDesk(opened.controller.adding, opened.window, self._readings.get, interval_s=0)
        self.desk.start()

    def show(self, battery: Battery | None) -> None:
        self._readings.put(battery)

    @property
    def is_held(self) -> bool:
        return Hold.BATTERY in self.opened.controller.indexing.pace.holds

    def wait(self, *, is_held: bool) -> None:
        self.opened.wait(lambda: self.is_held is is_held)


@pytest.fixture
def power(qtbot: QtBot, tmp_path: Path) -> Iterator[Power]:
    with open_window(qtbot, tmp_path) as opened:
        power = Power(opened)
        yield power
        power.desk.close()
        power.show(None)
        power.desk.join(5)


def test_a_low_battery_pauses_and_the_mains_let_go_on(power: Power) -> None:
    power.show(LOW)
    power.wait(is_held=True)
    power.show(PLUGGED)
    power.wait(is_held=False)


def test_a_full_battery_does_not_pause(power: Power) -> None:
    power.show(LOW)
    power.wait(is_held=True)
    power.show(FULL)
    power.wait(is_held=False)


def test_a_battery_that_is_well_leaves_the_status_line_alone(power: Power) -> None:
    line, indexing = power.opened.window.status_line, power.opened.controller.indexing
    indexing.close()  # it has nothing more to say
    assert indexing.join(5)
    QCoreApplication.processEvents()
    line.show_following(IndexState(3, 10))
    power.show(FULL)
    power.show(PLUGGED)
    power.opened.wait(lambda: power.desk._battery == PLUGGED)
    assert line.activity.text().startswith("Index 3 of 10")


def test_the_pause_is_explained_and_the_reader_can_go_on_anyway(power: Power, tmp_path: Path) -> None:
    opened = power.opened
    power.show(LOW)
    power.wait(is_held=True)
    opened.controller.library.add((tmp_path / "a.txt",))
    line = opened.window.status_line
    opened.wait(lambda: line.activity.text().startswith("Paused to save the battery (24 % left)"))
    assert line.pause_button.text() == "Go on anyway"
    line.pause_button.click()
    opened.wait(lambda: len(opened.bench.documents) == 3)
    power.show(Battery(20, is_plugged=False))
    power.show(PLUGGED)
    power.show(LOW)
    power.wait(is_held=True)  # after the mains it is another matter


def test_whoever_does_not_want_that_is_not_paused(power: Power) -> None:
    power.show(LOW)
    power.wait(is_held=True)
    power.opened.window.actions_by_name["battery"].trigger()
    assert not power.is_held
    assert not power.opened.gui.preferences.settings.pauses_on_battery
    power.opened.window.actions_by_name["battery"].trigger()
    assert power.is_held


def test_a_battery_that_is_taken_out_does_not_leave_the_pause_behind(power: Power) -> None:
    power.show(LOW)
    power.wait(is_held=True)
    power.show(None)
    power.wait(is_held=False)


def test_a_machine_without_a_battery_is_asked_once(power: Power) -> None:
    power.show(None)
    power.desk.join(5)
    assert not power.is_held
