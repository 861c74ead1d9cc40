"""Pausing, resuming and cancelling as a person does it in the window."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_app.adding_view import AddingView, summary
from desktop_app.collection_list import Shelf, ShelfKind
from desktop_app.folder_watch import Hindrance, Unwatched
from desktop_app.hosting_errors import ChildDied
from desktop_app.wishes import Wish, Wishes
from rag.types import FileReport, FileState, IngestProgress, Span
from tests.gui.fake_workbench import FakeWorkbench, OneFile
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    with open_window(qtbot, tmp_path) as opened:
        yield opened
        opened.bench.file_gate.set()


def activity(opened: OpenWindow) -> str:
    return opened.window.status_line.activity.text()


def begin_reading(opened: OpenWindow, tmp_path: Path) -> None:
    opened.hold_files(*(tmp_path / f"{n}.txt" for n in range(5)))
    opened.wait(lambda: activity(opened) == "Reading 1 of 5")


def begin_learning(opened: OpenWindow, tmp_path: Path) -> None:
    opened.bench.n_missing = 40
    opened.bench.vector_gate.clear()
    opened.controller.library.add((tmp_path / "a.txt",))
    opened.wait(lambda: "Learning the meaning" in activity(opened))


def test_a_pause_by_its_shortcut_shows_and_is_over_when_the_button_says_so(opened: OpenWindow, tmp_path: Path) -> None:
    begin_reading(opened, tmp_path)
    pause = opened.window.actions_by_name["pause"]
    assert pause.text() == "&Pause reading and learning"
    pause.trigger()
    assert activity(opened) == "Paused · 0 of 5 read"
    assert pause.text() == "&Resume reading and learning"
    opened.bench.file_gate.set()
    opened.wait(lambda: activity(opened) == "Paused · 1 of 5 read")
    opened.window.status_line.pause_button.click()
    opened.wait(lambda: activity(opened) == "5 added")


def test_a_pause_holds_across_a_question_and_a_removal(opened: OpenWindow, tmp_path: Path) -> None:
    begin_learning(opened, tmp_path)
    opened.window.status_line.pause_button.click()
    assert opened.ask("Why?").answer is not None
    opened.controller.library.remove((opened.bench.documents[0].id,))
    opened.wait(lambda: len(opened.bench.removed) == 1)
    assert opened.controller.adding.is_paused
    assert activity(opened).startswith("Paused · the meaning of 100 of 140 passages is learnt")
    opened.bench.vector_gate.set()
    opened.window.status_line.pause_button.click()
    opened.wait(lambda: not opened.controller.indexing.is_busy)
    opened.wait(lambda: activity(opened) == "1 added")


def test_what_reads_files_is_started_before_they_are_dropped_or_chosen(opened: OpenWindow, tmp_path: Path) -> None:
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    copying = Qt.DropAction.CopyAction
    event = QDragEnterEvent(QPoint(50, 50), copying, held, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    opened.window.dragEnterEvent(event)
    assert opened.bench.n_preparations == 1
    opened.window.actions_by_name["add_folder"].trigger()
    assert opened.bench.n_preparations == 2
    assert opened.bench.added == []


def test_what_was_cancelled_can_be_resumed(opened: OpenWindow, tmp_path: Path) -> None:
    begin_learning(opened, tmp_path)
    opened.window.actions_by_name["cancel_adding"].trigger()
    opened.wait(lambda: "40 passages are found by words, not yet by meaning" in activity(opened))
    assert not opened.window.actions_by_name["cancel_adding"].isEnabled()
    opened.bench.vector_gate.set()
    opened.window.actions_by_name["pause"].trigger()
    opened.wait(lambda: opened.bench.n_missing == 0 and not opened.controller.indexing.is_busy)
    opened.wait(lambda: "by meaning" not in activity(opened))
    assert not opened.window.actions_by_name["pause"].isEnabled()


def test_what_was_not_read_at_quitting_is_read_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.txt" for n in range(3)]
    for path in paths:
        path.touch()
    with open_window(qtbot, tmp_path) as opened:
        opened.hold_files(*paths)
        opened.controller.library.add_into("Rivers", (tmp_path / "0.txt", tmp_path / "gone.txt"))
        opened.window.close()
        opened.bench.file_gate.set()
    bench = FakeWorkbench()
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.wait(lambda: bench.added == [tuple(paths), (tmp_path / "0.txt",)])
        opened.wait(lambda: not opened.controller.indexing.is_busy)
        assert len(bench.collected["Rivers"]) == 1
        opened.wait(lambda: len(Wishes(tmp_path / "wishes.json").left) == 1)
    assert Wishes(tmp_path / "wishes.json").left == (Wish((tmp_path / "gone.txt",), collection="Rivers"),)


def test_what_was_cancelled_is_not_read_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(qtbot, tmp_path) as opened:
        opened.hold_files(tmp_path / "a.txt", tmp_path / "b.txt")
        opened.controller.library.add((tmp_path / "c.txt",))
        opened.window.status_line.cancel_button.click()
        opened.bench.file_gate.set()
        opened.wait(lambda: not opened.controller.indexing.is_busy)
    assert Wishes(tmp_path / "wishes.json").left == ()


def test_scans_that_were_read_are_not_read_again_at_the_next_start(opened: OpenWindow, tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    opened.bench.file_gate = OneFile()
    opened.controller.adding.add((first, second), by_ocr=True)
    opened.wait(lambda: Wishes(tmp_path / "wishes.json").left == (Wish((second,), by_ocr=True),))
    opened.bench.file_gate.set()


class Dying(FakeWorkbench):
    """Its engine dies as often as it is told to, each time with the first file."""

    def __init__(self, n_deaths: int) -> None:
        super().__init__()
        self.n_deaths = n_deaths

    def add(self, paths: Sequence[Path], *args: Any, **kwargs: Any) -> Iterator[IngestProgress]:
        for step in super().add(paths, *args, **kwargs):
            if self.n_deaths:
                self.n_deaths -= 1
                raise ChildDied(name="indexer", cause="it ran out of memory")
            yield step


def test_an_adding_goes_on_by_itself_after_its_engine_has_died(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Dying(n_deaths=1)
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.controller.library.add((tmp_path / "a.txt", tmp_path / "b.txt"))
        opened.wait(lambda: activity(opened) == "2 added")
        assert opened.window.banner.notices == ()


def test_an_adding_whose_engine_died_twice_goes_on_when_that_is_restarted(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Dying(n_deaths=2)
    (tmp_path / "a.txt").touch()
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.controller.library.add((tmp_path / "a.txt",))
        opened.wait(lambda: opened.window.banner.notices)
        opened.wait(lambda: not opened.controller.indexing.is_busy)
        opened.window.status_line.restart_requested.emit("indexer")
        opened.wait(lambda: activity(opened) == "1 added")
    assert Wishes(tmp_path / "wishes.json").left == ()


def test_learning_goes_on_by_itself_after_its_engine_has_died_and_is_not_tried_for_ever(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bench = Dying(n_deaths=0)
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.wait(lambda: not opened.controller.indexing.is_busy)
        bench.n_missing, bench.n_deaths = 3, 1
        opened.controller.adding.learn()
        opened.wait(lambda: not bench.n_missing and not opened.controller.indexing.is_busy)
        assert opened.window.banner.notices == ()
        bench.n_missing, bench.n_deaths = 3, 9
        opened.controller.adding.learn()
        opened.wait(lambda: opened.window.banner.notices)
        opened.wait(lambda: "3 passages are found by words" in activity(opened))
        assert bench.n_deaths == 7


def test_what_kills_its_engine_again_at_the_next_start_is_given_up_with_a_word(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with open_window(qtbot, tmp_path, Dying(n_deaths=9)) as opened:
        opened.controller.library.add((tmp_path / "a.txt",))
        opened.wait(lambda: opened.window.banner.notices)
    assert len(Wishes(tmp_path / "wishes.json").left) == 1
    with open_window(qtbot, tmp_path, Dying(n_deaths=9)) as opened:
        opened.wait(lambda: "Adding “a.txt” was given up" in [title for title, _ in opened.window.banner.notices])
    assert Wishes(tmp_path / "wishes.json").left == ()


def test_cancelling_what_is_paused_ends_the_pause(opened: OpenWindow, tmp_path: Path) -> None:
    begin_learning(opened, tmp_path)
    opened.window.status_line.pause_button.click()
    opened.window.status_line.cancel_button.click()
    opened.wait(lambda: not opened.controller.indexing.is_busy)
    assert not opened.controller.adding.is_paused


@pytest.mark.parametrize("begin", [begin_reading, begin_learning])
def test_a_window_closes_at_once_although_the_work_is_paused(
    qtbot: QtBot, tmp_path: Path, begin: Callable[[OpenWindow, Path], None]
) -> None:
    with open_window(qtbot, tmp_path) as opened:
        begin(opened, tmp_path)
        opened.window.status_line.pause_button.click()
        opened.bench.file_gate.set()
        begun_s = time.monotonic()
        opened.window.close()
        assert time.monotonic() - begun_s < 3


def test_missing_vectors_of_an_earlier_time_are_computed_at_the_start(qtbot: QtBot, tmp_path: Path) -> None:
    bench = FakeWorkbench()
    bench.n_missing = 3
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.wait(lambda: bench.n_missing == 0)
        opened.wait(lambda: not opened.controller.indexing.is_busy)


def test_passages_that_are_new_because_a_mark_was_lifted_get_their_vectors(opened: OpenWindow) -> None:
    opened.wait(lambda: not opened.controller.indexing.is_busy)
    held = opened.bench.documents[0]
    opened.bench.set_aside(held.id, Span(0, 20))
    opened.controller.sources.show_document(held.id)
    opened.bench.n_missing = 2
    document = opened.bench.document(held.id)
    opened.gui.source_view.lift_requested.emit(held.id, document.marks[0], True)
    opened.wait(lambda: opened.bench.lifted and not opened.bench.n_missing)


def test_watched_folders_are_brought_in_step_at_the_start_and_a_new_one_when_it_is_watched(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bench = FakeWorkbench()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    bench.watch(first)
    bench.watch(tmp_path / "gone")
    with open_window(qtbot, tmp_path, bench) as opened:
        opened.wait(lambda: (first,) in bench.added)
        assert ("The folder “gone” is not there at the moment",) in [note[:1] for note in opened.window.banner.notices]
        bench.watch(second)
        opened.controller.library.refresh()
        opened.wait(lambda: (second,) in bench.added)


def test_that_a_folder_is_not_there_is_told_once_and_from_then_on_only_the_library_says_so(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bench, folder = FakeWorkbench(), tmp_path / "drive"
    bench.watch(folder)
    for n_told in (1, 0):
        with open_window(qtbot, tmp_path, bench) as opened:
            opened.controller.library.show()
            view = opened.controller.library.view
            assert view is not None
            view.shelves.choose(Shelf(ShelfKind.FOLDER, str(folder)))
            opened.wait(lambda view=view: "It is not there at the moment." in view.details.card.note)
            assert len(opened.window.banner.notices) == n_told
            assert view.contents.entries()[-1].is_hindered


def test_a_folder_that_is_there_again_is_not_said_to_be_absent(opened: OpenWindow, tmp_path: Path) -> None:
    sentences: list[dict[str, str]] = []
    watching = opened.controller.watching
    watching.hindered.connect(sentences.append)
    watching._unwatched.emit(Unwatched((tmp_path,), Hindrance.ABSENT))
    watching._unwatched.emit(Unwatched((tmp_path / "far",), Hindrance.REMOTE))
    watching._changed.emit((tmp_path, tmp_path / "far"))
    assert [list(one) for one in sentences] == [
        [str(tmp_path)], [str(tmp_path), str(tmp_path / "far")], [str(tmp_path / "far")],
    ]  # fmt: skip


def test_why_the_system_does_not_watch_a_folder_is_said(opened: OpenWindow, tmp_path: Path) -> None:
    limit = Unwatched((tmp_path,), Hindrance.REFUSED, "OS file watch limit reached")
    opened.controller.watching._unwatched.emit(limit)
    assert opened.window.banner.notices[0][1].endswith("The system says: OS file watch limit reached.")


def report(name: str, state: FileState, reason: str = "") -> FileReport:
    return FileReport(name, f"/l/{name}", None, state, reason, 0, 0, 0.1)


def test_a_reading_that_was_cancelled_at_once_is_not_said_to_have_found_nothing() -> None:
    assert summary([], is_cancelled=False) == "Nothing to add was found"
    assert summary([], is_cancelled=True) == "Cancelled before anything was added"
    assert summary([report("a.txt", FileState.INDEXED)], is_cancelled=True) == "Cancelled: 1 added"


def test_a_summary_counts_what_went_into_the_collection() -> None:
    states = (FileState.INDEXED, FileState.UNCHANGED, FileState.DAMAGED)
    words = summary([report("a.txt", state) for state in states], is_cancelled=False, collection="Rivers")
    assert words == "1 added, 1 unchanged, 1 skipped · 2 put into the collection “Rivers”"
    assert summary([report("a.txt", FileState.DAMAGED)], is_cancelled=False, collection="Rivers") == "1 skipped"


def test_the_details_can_be_narrowed_to_a_state_and_copied_whole(qtbot: QtBot) -> None:
    reports = [
        report("a.txt", FileState.INDEXED),
        report("b.pdf", FileState.ENCRYPTED, "it is protected by a password."),
        report("c.pdf", FileState.NO_TEXT_LAYER, "it holds pictures."),
        report("d.pdf", FileState.ENCRYPTED, "it is protected by a password."),
    ]
    view = AddingView(reports)
    qtbot.addWidget(view)

    def names() -> list[str]:
        cells = (view.table.item(row, 0) for row in range(view.table.rowCount()))
        return [cell.text() for cell in cells if cell is not None]

    assert names() == ["b.pdf", "c.pdf", "d.pdf"]
    choices = [view.state_box.itemText(index) for index in range(view.state_box.count())]
    assert choices == ["Skipped (3)", "All files (4)", "Added (1)", "No text in it (1)", "Protected (2)"]
    view.state_box.setCurrentIndex(4)
    assert names() == ["b.pdf", "d.pdf"]
    view.state_box.setCurrentIndex(1)
    assert names() == ["b.pdf", "c.pdf", "d.pdf", "a.txt"]
    view.copy_button.click()
    copied = QGuiApplication.clipboard().text().splitlines()
    assert len(copied) == 4
    assert copied[0] == "b.pdf\tProtected\tIt is protected by a password."
