"""Nothing acknowledged is lost, whatever is killed and when."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event, Timer

import psutil
import pytest

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.conversations import Conversations
from desktop_app.hosting import ChildDied
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag.events import Delta, Done, Quoted
from rag.generation import Finish
from rag.store import Store
from rag.types import FileState, Scope, Turn
from tests.e2e.asking_program import QUESTIONS
from tests.e2e.programs import kill_at_some_point, objects, seedbook
from tests.kills import n_kills

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]


def _many_texts(folder: Path, n: int) -> Path:
    folder.mkdir()
    for i in range(n):
        (folder / f"note-{i:03}.txt").write_text(
            f"Note {i} is about harbour {i * 7}. Its keeper counts {i * 13} boats. Nobody else lives there.\n" * 6
        )
    return folder


def _names_in(library: Path) -> list[str]:
    with Store.read(library) as store:
        assert store.is_sound()
        return [source.name for source in store.sources()]


def test_a_program_killed_while_indexing_keeps_every_file_it_reported(tmp_path: Path) -> None:
    data, rng = tmp_path / "data", random.Random(11)
    texts = _many_texts(tmp_path / "texts", 400)
    command = [sys.executable, "-m", "desktop_app", "--data", str(data), "add", str(texts), "--json"]
    acknowledged: set[str] = set()
    for _ in range(n_kills(2)):
        lines = kill_at_some_point(command, rng, n_acknowledged=1, most_s=2.5)
        acknowledged |= {report["doc"] for report in objects("\n".join(lines)) if report["state"] == "indexed"}
        names = _names_in(AppPaths.under(data).library)
        assert len(names) == len(set(names))
        assert acknowledged <= set(names)
    done = seedbook(data, "add", texts, "--json")
    assert done.returncode == 0, done.stderr
    assert sorted(_names_in(AppPaths.under(data).library)) == sorted(path.name for path in texts.iterdir())
    found = objects(seedbook(data, "search", "harbour 693", "-k", "1", "--json").stdout)
    assert found[0]["doc"] == "note-099.txt"


def test_a_program_killed_while_answering_keeps_every_question_it_showed(own_library: Path) -> None:
    rng = random.Random(12)
    command = [sys.executable, "-m", "tests.e2e.asking_program", str(own_library)]
    acknowledged: set[tuple[str, str]] = set()
    for round_ in range(n_kills(2)):
        # The first one lives until an answer is complete, so that each kind is acknowledged at least once.
        lines = kill_at_some_point(command, rng, n_acknowledged=1 if round_ else 4, most_s=4.0)
        acknowledged |= {(line.split()[0], line.split()[1]) for line in lines}
        with Conversations(AppPaths.under(own_library).conversations) as conversations:
            assert conversations.opened.set_aside is None
            turns = [t for s in conversations.summaries() for t in conversations.load(s.id).turns]
        kept = {turn.id: turn for turn in turns}
        assert len(kept) == len(turns)
        for kind, turn_id in acknowledged:
            _must_have_kept(kind, kept[turn_id])
        assert all(turn.problem is None or "damaged" not in turn.problem for turn in turns)
        with sqlite3.connect(AppPaths.under(own_library).conversations) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    assert {"saved", "quoted", "done"} <= {kind for kind, _ in acknowledged} <= {"saved", "quoted", "done"}


def _must_have_kept(kind: str, turn: Turn) -> None:
    """What was acknowledged of a turn is there; what came after it may be there or not."""
    assert turn.question in QUESTIONS
    if kind == "quoted":
        assert turn.answer is not None
        assert turn.answer.quotes
    if kind == "done":
        assert turn.problem is None
        assert turn.answer is not None
        assert turn.answer.finish in {Finish.COMPLETE, Finish.CUT}
        assert turn.answer.prose or not turn.answer.quotes


@pytest.fixture
def workbench(own_library: Path):
    paths = AppPaths.under(own_library)
    prepare_library(paths)
    bench = LocalWorkbench(paths, Settings(max_tokens=24))
    yield bench
    bench.close()


def _ask(bench: LocalWorkbench, question: str):
    return bench.ask(question, scope=Scope(), history=(), standalone=None, cancel=Event())


@pytest.mark.parametrize("engine", ["search", "chat"])
def test_an_engine_killed_while_answering_is_there_for_the_next_question(
    workbench: LocalWorkbench, engine: str
) -> None:
    rng = random.Random(13)
    host = workbench.hosts[engine]
    list(_ask(workbench, "Who is Elizabeth Wishnick?"))
    for _ in range(n_kills(2)):
        killed_pid = host.pid
        killer = Timer(rng.uniform(0, 0.6), os.kill, (killed_pid, signal.SIGKILL))
        killer.start()
        with suppress(ChildDied):
            list(_ask(workbench, "Who is Elizabeth Wishnick?"))
        killer.join()
        events = list(_ask(workbench, "Who is Elizabeth Wishnick?"))
        assert isinstance(events[-1], Done)
        assert events[-1].answer.quotes
        assert host.pid != killed_pid, "another process has answered"


def test_quotes_found_before_the_model_died_stay(workbench: LocalWorkbench) -> None:
    asking = _ask(workbench, "Who is Elizabeth Wishnick?")
    quoted = next(event for event in asking if isinstance(event, Quoted))
    next(event for event in asking if isinstance(event, Delta))
    os.kill(workbench.hosts["chat"].pid, signal.SIGKILL)
    with pytest.raises(ChildDied, match="safe"):
        list(asking)
    assert quoted.answer.quotes


@pytest.mark.parametrize("victim", ["indexer", "reader"])
def test_an_indexing_child_that_is_killed_loses_and_doubles_nothing(
    workbench: LocalWorkbench, tmp_path: Path, victim: str
) -> None:
    rng = random.Random(14)
    texts = _many_texts(tmp_path / "texts", 60)
    acknowledged: set[str] = set()
    for _ in range(n_kills(2)):
        with suppress(ChildDied):
            for step in workbench.add([texts], Event()):
                if step.report is not None and step.report.state is FileState.INDEXED:
                    acknowledged.add(step.report.name)
                    if rng.random() < 0.2:
                        _kill(workbench, victim)
        names = [source.name for source in workbench.sources()]
        assert len(names) == len(set(names))
        assert acknowledged <= set(names)
        for source in workbench.sources()[:5]:
            if source.name.startswith("note-"):
                workbench.remove(source.id)
                acknowledged.discard(source.name)
    states = {step.report.state for step in workbench.add([texts], Event()) if step.report is not None}
    assert states <= {FileState.INDEXED, FileState.UNCHANGED}
    assert {path.name for path in texts.iterdir()} <= {source.name for source in workbench.sources()}


def _kill(bench: LocalWorkbench, victim: str) -> None:
    indexer = psutil.Process(bench.hosts["indexer"].pid)
    readers = [p for p in indexer.children(recursive=True) if "resource_tracker" not in " ".join(p.cmdline())]
    target = indexer if victim == "indexer" else readers[0] if readers else None
    if target is not None:
        target.send_signal(signal.SIGKILL)
