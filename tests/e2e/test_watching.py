"""Watched folders, pauses and searching by words alone, over the real engines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.pacing import Hold, Pace
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag.events import Done, Quoted
from rag.types import FileState, Scope, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[LocalWorkbench]:
    paths = AppPaths.under(tmp_path / "data")
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings(is_prose_wanted=False))) as bench:
        yield bench


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    (folder / "old").mkdir(parents=True)
    for name in ("one", "two", "three"):
        (folder / f"{name}.txt").write_text(f"Keeper {name.title()} counts the boats of the harbour every night.")
    return folder


def add(bench: LocalWorkbench, *paths: Path, with_vectors: bool = True) -> dict[str, FileState]:
    """Add these; without vectors it is cancelled as soon as everything is read."""
    cancel = Event()
    states = {}
    for step in bench.add(paths, cancel):
        if step.report is not None:
            states[step.report.name] = step.report.state
        if step.stage is Stage.EMBEDDING and not with_vectors:
            cancel.set()
    return states


def names(bench: LocalWorkbench) -> list[str]:
    return sorted(source.name for source in bench.sources())


def test_a_watched_folder_is_kept_in_step_and_feeds_its_collection(workbench: LocalWorkbench, folder: Path) -> None:
    workbench.watch(folder, "Harbour")
    add(workbench, folder)
    (folder / "four.txt").write_text("Keeper Four has a boat of his own and sings.")
    (folder / "one.txt").write_text("Keeper One has left the harbour for good.")
    (folder / "two.txt").unlink()
    (folder / "half.pdf.crdownload").write_text("%PDF")
    (folder / "~$three.docx").write_text("owner")
    assert set(add(workbench, folder)) == {"one.txt", "three.txt", "four.txt"}
    assert names(workbench) == ["four.txt", "one.txt", "three.txt"]
    (collection,) = workbench.collections()
    assert set(collection.document_ids) == {source.id for source in workbench.sources()}
    assert workbench.n_without_vectors() == 0


def test_a_file_that_was_moved_keeps_its_vectors(workbench: LocalWorkbench, folder: Path) -> None:
    workbench.watch(folder)
    add(workbench, folder)
    (folder / "one.txt").rename(folder / "old" / "uno.txt")
    add(workbench, folder, with_vectors=False)
    assert names(workbench) == ["old/uno.txt", "three.txt", "two.txt"]
    assert workbench.n_without_vectors() == 0


def test_a_folder_that_is_not_there_loses_nothing_and_is_no_damaged_file(
    workbench: LocalWorkbench, folder: Path
) -> None:
    workbench.watch(folder)
    add(workbench, folder)
    folder.rename(folder.with_name("away"))
    assert add(workbench, folder) == {}
    assert names(workbench) == ["one.txt", "three.txt", "two.txt"]
    assert {row.state for row in workbench.files()} == {FileState.INDEXED}


def test_the_first_documents_of_a_library_answer_before_they_have_vectors(
    workbench: LocalWorkbench, folder: Path
) -> None:
    add(workbench, folder, with_vectors=False)
    assert workbench.n_without_vectors() == 3
    hits = workbench.search("Who is Keeper Three?", Scope(), 5)
    assert hits[0].source.name == "three.txt"
    events = list(workbench.ask("Who counts the boats?", scope=Scope(), history=(), standalone=None, cancel=Event()))
    assert any(isinstance(event, Quoted) for event in events)
    assert isinstance(events[-1], Done)


def test_while_an_adding_is_paused_a_removal_gets_its_turn_and_it_goes_on_afterwards(
    workbench: LocalWorkbench, folder: Path
) -> None:
    add(workbench, folder)
    for n in range(60):
        (folder / f"{n:03}.txt").write_text(f"Boat {n} carries {7 * n} crates of herring to the market. " * 30)
    pace, read = Pace(), Event()
    reports: list[str] = []

    def go_on() -> None:
        for step in workbench.add([folder], Event(), pace):
            if step.report is not None:
                reports.append(step.report.name)
                read.set()

    adding = Thread(target=go_on)
    adding.start()
    assert read.wait(60)
    pace.hold(Hold.PERSON)
    workbench.remove(next(source.id for source in workbench.sources() if source.name == "two.txt"))
    assert adding.is_alive()
    assert workbench.n_without_vectors() > 0
    pace.let_go(Hold.PERSON)
    adding.join(200)
    assert not adding.is_alive()
    assert len(reports) == len(set(reports)) == 63
    assert workbench.n_without_vectors() == 0
