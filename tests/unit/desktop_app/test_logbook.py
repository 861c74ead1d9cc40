"""The log helps, and tells nothing of what the reader reads or asks."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.hosting import Host
from desktop_app.logbook import engine_output, log_engine, start_log, stop_log
from desktop_app.paths import AppPaths, EnvironmentProblem
from tests.unit.desktop_app.hosted_examples import Engine

SECRET = "the words of a document"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    handler = start_log(tmp_path / "seedbook.log")
    yield tmp_path / "seedbook.log"
    stop_log(handler)
    for name in ("", "desktop_app", "models", "rag"):
        logging.getLogger(name).setLevel(logging.WARNING if not name else logging.NOTSET)


def test_our_own_messages_are_written_for_the_owner_only(log: Path) -> None:
    logging.getLogger("rag.ingest").info("%d documents", 3)
    assert "INFO rag.ingest: 3 documents" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_messages_of_other_peoples_code_are_left_out(log: Path) -> None:
    logging.getLogger("chromadb.api").warning("failed on %s", SECRET)
    logging.getLogger("chromadb.api").info("chatter")
    text = log.read_text()
    assert "WARNING chromadb.api: (test_logbook, line" in text
    assert SECRET not in text
    assert text.count("\n") == 1


def test_an_exception_is_written_with_its_places_and_without_its_words(log: Path) -> None:
    def fail() -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error

    try:
        fail()
    except ValueError:
        logging.getLogger("desktop_app.workers").exception("a worker failed")
    text = log.read_text()
    assert SECRET not in text
    assert "a worker failed" in text
    assert "builtins.KeyError\nwhich led to" in text
    assert "in fail\nbuiltins.ValueError" in text


def test_children_print_nowhere_unless_they_are_debugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = AppPaths.under(tmp_path)
    monkeypatch.delenv("SEEDBOOK_DEBUG", raising=False)
    assert engine_output(paths) == Path(os.devnull)
    monkeypatch.setenv("SEEDBOOK_DEBUG", "1")
    assert engine_output(paths) == paths.engine_log


def test_a_child_that_prints_what_it_reads_leaves_nothing_in_the_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SEEDBOOK_DEBUG", raising=False)
    paths = AppPaths.under(tmp_path)
    paths.ensure()
    with Host("chat", Engine, log=engine_output(paths)) as host:
        host.call("print_to_stdout", SECRET)
    assert not [path for path in paths.logs.iterdir() if SECRET in path.read_text()]


def test_an_engine_works_without_a_log(tmp_path: Path) -> None:
    log_engine(AppPaths.under(tmp_path / "missing"), "search")
    assert not (tmp_path / "missing").exists()


def test_the_log_never_grows_beyond_three_files(log: Path) -> None:
    logger = logging.getLogger("rag")
    for _ in range(500):
        logger.info("x" * 10_000)
    files = list(log.parent.iterdir())
    assert len(files) == 3
    assert sum(file.stat().st_size for file in files) < 3_100_000
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="absent does not exist"):
        start_log(tmp_path / "absent" / "a.log")
