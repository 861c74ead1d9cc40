"""What the waiting threads tell the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.pacing import Hold
from desktop_app.wishes import Wish
from desktop_app.workers import Added, Indexing
from rag.rows import FileRow
from rag.types import FileReport, FileState, IngestProgress, Stage
from tests.gui.fake_workbench import FakeWorkbench, Gate

pytestmark = pytest.mark.gui


def test_every_new_document_is_told_however_quickly_they_come(qtbot: QtBot) -> None:
    told: list[IngestProgress] = []
    indexing = Indexing(FakeWorkbench())
    indexing.progressed.connect(told.append)
    paths = [Path(f"{number}.txt") for number in range(30)]
    with qtbot.waitSignal(indexing.added):
        indexing.add(Wish(tuple(paths)))
    indexing.close()
    assert indexing.join(5)
    reports = [progress.report for progress in told if progress.report is not None]
    assert [report.name for report in reports if report.state is FileState.INDEXED] == [path.name for path in paths]


class Told:
    """What an indexing told, taken in the order it came."""

    def __init__(self, indexing: Indexing) -> None:
        self.added: list[Added] = []
        self.rested: list[int] = []
        indexing.added.connect(self.added.append)
        indexing.rested.connect(self.rested.append)


@pytest.fixture
def bench() -> FakeWorkbench:
    return FakeWorkbench()


@pytest.fixture
def indexing(bench: FakeWorkbench) -> Iterator[Indexing]:
    indexing = Indexing(bench)
    yield indexing
    bench.file_gate.set()
    indexing.close()
    assert indexing.join(5)


def test_what_was_read_is_told_before_its_vectors_are_computed(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    bench.n_missing = 3
    bench.vector_gate.clear()
    indexing.add(Wish((Path("a.txt"),)))
    qtbot.waitUntil(lambda: len(told.added) == 1)
    assert indexing.is_busy
    assert not indexing.is_adding
    assert not told.rested
    bench.vector_gate.set()
    qtbot.waitUntil(lambda: told.rested == [0])
    assert not indexing.is_busy


def test_the_beginning_of_the_learning_is_told_however_soon_it_follows_the_last_file(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.workers._PROGRESS_INTERVAL_S", float("inf"))
    told: list[IngestProgress] = []
    indexing.progressed.connect(told.append)
    bench.n_missing = 3
    with qtbot.waitSignal(indexing.rested):
        indexing.add(Wish((Path("a.txt"),)))
    assert [(one.done, one.total) for one in told if one.stage is Stage.EMBEDDING] == [(100, 103)]


def test_new_files_do_not_wait_for_the_vectors_of_others(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    bench.n_missing = 5
    bench.vector_gate.clear()
    indexing.add(Wish((Path("a.txt"),)))
    qtbot.waitUntil(lambda: len(told.added) == 1)
    indexing.add(Wish((Path("b.txt"),)))
    qtbot.waitUntil(lambda: len(told.added) == 2)
    assert not told.added[0].is_cancelled
    assert not told.added[1].is_cancelled
    bench.vector_gate.set()
    qtbot.waitUntil(lambda: told.rested == [0])


def test_what_a_person_adds_comes_before_the_rescans_that_wait(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    bench.file_gate.clear()
    indexing.add(Wish((Path("first.txt"),)))
    qtbot.waitUntil(bench.file_gate.is_awaited.is_set)
    indexing.add(Wish((Path("/letters"),)), is_rescan=True)
    indexing.add(Wish((Path("/letters"),)), is_rescan=True)
    indexing.add(Wish((Path("mine.txt"),)))
    indexing.add(Wish((Path("mine too.txt"),)))
    bench.file_gate.set()
    qtbot.waitUntil(lambda: not indexing.is_busy)
    assert [path.name for paths in bench.added for path in paths] == [
        "first.txt", "mine.txt", "mine too.txt", "letters",
    ]  # fmt: skip


def test_what_is_resumed_is_not_read_twice(qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing) -> None:
    bench.file_gate.clear()
    first, second = Wish((Path("a.txt"),)), Wish((Path("b.txt"),))
    indexing.add(first)
    qtbot.waitUntil(bench.file_gate.is_awaited.is_set)
    indexing.add(second)
    for wish in (first, second):
        indexing.add(wish, is_resumed=True)
    bench.file_gate.set()
    qtbot.waitUntil(lambda: not indexing.is_busy)
    assert bench.added == [first.paths, second.paths]


def test_a_pause_holds_the_reading_and_the_computing_until_it_is_over(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    indexing.pace.hold(Hold.PERSON)
    bench.n_missing = 2
    indexing.add(Wish((Path("a.txt"),)))
    qtbot.waitUntil(lambda: len(bench.added) == 1)
    indexing.set_answering(True)
    indexing.set_answering(False)
    assert indexing.is_busy
    assert not told.added
    assert len(bench.documents) == 2
    indexing.pace.let_go(Hold.PERSON)
    qtbot.waitUntil(lambda: told.rested == [0])
    assert len(bench.documents) == 3


def test_cancelling_while_vectors_are_computed_says_how_many_are_missing_and_they_can_be_had_later(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    bench.n_missing = 7
    bench.vector_gate.clear()
    indexing.add(Wish((Path("a.txt"),)))
    qtbot.waitUntil(lambda: len(told.added) == 1)
    indexing.cancel()
    qtbot.waitUntil(lambda: told.rested == [7])
    bench.vector_gate.set()
    indexing.embed()
    qtbot.waitUntil(lambda: told.rested == [7, 0])
    assert bench.added[-1] == ()


def test_cancelling_what_has_not_begun_is_told_too(qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing) -> None:
    told, slices = Told(indexing), Gate()
    slices.clear()
    follow_index = bench.follow_index
    bench.follow_index = lambda: (slices.wait(), follow_index())[1]
    indexing.follow()
    qtbot.waitUntil(slices.is_awaited.is_set)
    indexing.add(Wish((Path("a.txt"),)))
    indexing.cancel()
    slices.set()
    assert told.added == [Added((), is_cancelled=True)]
    assert not indexing.is_busy
    assert bench.added == []


def test_cancelling_what_a_person_added_leaves_the_rescans_that_wait(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    bench.file_gate.clear()
    indexing.add(Wish((Path("mine.txt"),)))
    qtbot.waitUntil(bench.file_gate.is_awaited.is_set)
    indexing.add(Wish((Path("mine too.txt"),)))
    indexing.add(Wish((Path("/letters"),)), is_rescan=True)
    indexing.cancel()
    bench.file_gate.set()
    qtbot.waitUntil(lambda: not indexing.is_busy)
    assert bench.added == [(Path("mine.txt"),), (Path("/letters"),)]


def test_cancelling_a_rescan_ends_the_others_too(qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing) -> None:
    bench.file_gate.clear()
    indexing.add(Wish((Path("/letters"),)), is_rescan=True)
    qtbot.waitUntil(bench.file_gate.is_awaited.is_set)
    indexing.add(Wish((Path("/papers"),)), is_rescan=True)
    indexing.cancel()
    bench.file_gate.set()
    qtbot.waitUntil(lambda: not indexing.is_busy)
    assert bench.added == [(Path("/letters"),)]


def test_where_no_vector_is_missing_the_workbench_is_not_asked_for_any(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    indexing.embed()
    qtbot.waitUntil(lambda: told.rested == [0])
    assert bench.added == []


def test_a_rescan_tells_only_what_is_new(qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing) -> None:
    told = Told(indexing)
    old = FileRow("/l/old.pdf", "/l", "old.pdf", 1, 1, "", FileState.ENCRYPTED, "it is protected.", None)
    bench.skipped_files = [old]
    states = {
        "old.pdf": FileState.ENCRYPTED, "new.pdf": FileState.ENCRYPTED, "kept.txt": FileState.UNCHANGED,
        "twin.txt": FileState.DUPLICATE,
    }  # fmt: skip
    for name, state in states.items():
        bench.reports[name] = FileReport(name, f"/l/{name}", None, state, "", 0, 0, 0.0)
    indexing.add(Wish(tuple(Path(f"/l/{name}") for name in (*states, "fresh.txt"))), is_rescan=True)
    qtbot.waitUntil(lambda: told.rested == [0])
    assert [report.name for report in told.added[0].reports] == ["new.pdf", "fresh.txt"]


def test_a_rescan_counts_the_files_that_are_gone_with_their_documents(
    qtbot: QtBot, bench: FakeWorkbench, indexing: Indexing
) -> None:
    told = Told(indexing)
    bench.file_gate.clear()
    indexing.add(Wish((Path("/l"),)), is_rescan=True)
    qtbot.waitUntil(bench.file_gate.is_awaited.is_set)
    bench.remove(bench.documents[0].id)
    bench.file_gate.set()
    qtbot.waitUntil(lambda: told.rested == [0])
    assert told.added[0].n_gone == 1
