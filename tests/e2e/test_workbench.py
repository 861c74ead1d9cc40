"""The library and its engines behind one door, over the real models."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread, Timer

import pytest

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.opening import prepared
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag.errors import StoreUnavailable
from rag.events import Done, Quoted
from rag.generation import Finish
from rag.types import Scope, Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


@pytest.fixture
def paths(own_library: Path) -> AppPaths:
    return AppPaths.under(own_library)


@pytest.fixture
def workbench(paths: AppPaths):
    prepare_library(paths)
    bench = LocalWorkbench(paths, Settings(max_tokens=24))
    yield bench
    bench.close()


def test_a_built_in_text_removed_in_its_first_session_stays_away(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path / "data")
    paths.ensure()
    with prepared(paths) as first:
        seed = first.first_paths[0]
        assert [step.report.state for step in first.workbench.add([seed], Event()) if step.report] == ["indexed"]
        first.workbench.remove(first.workbench.sources()[0].id)
    with prepared(paths) as second:
        assert seed not in second.first_paths
        assert second.workbench.sources() == ()


def test_the_old_text_of_a_changed_file_is_nowhere_in_the_data_directory(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path / "data")
    note = tmp_path / "note.txt"
    note.write_text("The keeper wrote zqmarker in his book. " * 60)
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings(max_tokens=24))) as bench:
        _add_and_follow(bench, note)
        assert _files_holding(paths.data, b"zqmarker")
        note.write_text("The keeper wrote something else.")
        _add_and_follow(bench, note)
        assert _files_holding(paths.data, b"zqmarker") == []
    assert _files_holding(paths.data, b"zqmarker") == []


def _add_and_follow(bench: LocalWorkbench, path: Path) -> None:
    list(bench.add([path], Event()))
    while not bench.follow_index().is_ready:
        pass


def _files_holding(folder: Path, marker: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and marker in path.read_bytes()]


def test_stop_is_heard_while_the_model_loads_and_the_next_question_is_answered(workbench: LocalWorkbench) -> None:
    question = "Who is Elizabeth Wishnick?"
    cancel = Event()
    asking = workbench.ask(question, scope=Scope(), history=(), standalone=None, cancel=cancel)
    quoted = next(event for event in asking if isinstance(event, Quoted))
    assert not workbench.hosts["chat"].is_ready
    began_s = time.monotonic()
    Timer(0.1, cancel.set).start()  # when the question waits for the model
    *_, last = asking
    assert time.monotonic() - began_s < 0.6
    assert not workbench.hosts["chat"].is_ready
    assert isinstance(last, Done)
    assert (last.answer.finish, last.answer.quotes) == (Finish.STOPPED, quoted.answer.quotes)
    asking = workbench.ask(question, scope=Scope(), history=(), standalone=None, cancel=Event())
    *_, last = asking
    assert isinstance(last, Done)
    assert last.answer.finish is not Finish.STOPPED
    assert last.answer.prose


def test_a_removal_gets_its_turn_while_files_are_added(workbench: LocalWorkbench, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for n in range(150):
        (tmp_path / "texts" / f"{n:03}.txt").write_text(f"Keeper {n} counts boats at harbour {n * 7}. " * 20)
    removed_id = workbench.sources()[0].id
    done_at_removal: list[int] = []
    done = 0

    def remove() -> None:
        workbench.remove(removed_id)
        done_at_removal.append(done)

    remover = Thread(target=remove)
    reports = []
    for step in workbench.add([tmp_path / "texts"], Event()):
        if step.stage is Stage.READING:
            done = step.done
            assert step.total == 150
        if step.report is not None:
            reports.append(step.report)
            if len(reports) == 1:
                remover.start()
    remover.join()
    assert done_at_removal[0] < 150
    assert [report.state for report in reports] == ["indexed"] * 150
    assert len({report.name for report in reports}) == 150
    assert removed_id not in {source.id for source in workbench.sources()}


def test_cancelling_an_adding_ends_it_between_files(workbench: LocalWorkbench, tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for n in range(150):
        (tmp_path / "texts" / f"{n:03}.txt").write_text(f"Keeper {n} counts boats at harbour {n * 7}. " * 20)
    cancel = Event()
    reports = []
    for step in workbench.add([tmp_path / "texts"], cancel):
        if step.report is not None:
            reports.append(step.report.name)
            cancel.set()
    names = {source.name for source in workbench.sources()}
    assert 0 < len(reports) < 150
    assert set(reports) <= names
    assert len(names & {f"{n:03}.txt" for n in range(150)}) <= len(reports) + 1


def test_a_library_that_is_damaged_under_the_window_stays_where_it_is(
    workbench: LocalWorkbench, paths: AppPaths, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("A keeper counts boats.")
    paths.library.write_bytes(b"no database any more" * 1000)
    with pytest.raises(StoreUnavailable, match="Close Seedbook and start it again"):
        list(workbench.add([tmp_path / "a.txt"], Event()))
    assert not list(paths.data.glob("*.damaged-*"))
    assert prepare_library(paths) is not None
