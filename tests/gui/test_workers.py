"""What the waiting threads tell the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.workers import Indexing
from rag.types import FileState, IngestProgress
from tests.gui.fake_workbench import FakeWorkbench

pytestmark = pytest.mark.gui


def test_every_new_document_is_told_however_quickly_they_come(qtbot: QtBot) -> None:
    told: list[IngestProgress] = []
    indexing = Indexing(FakeWorkbench())
    indexing.progressed.connect(told.append)
    paths = [Path(f"{number}.txt") for number in range(30)]
    with qtbot.waitSignal(indexing.added):
        indexing.add(paths)
    indexing.close()
    assert indexing.join(5)
    reports = [progress.report for progress in told if progress.report is not None]
    assert [report.name for report in reports if report.state is FileState.INDEXED] == [path.name for path in paths]
