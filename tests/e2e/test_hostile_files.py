"""A folder of hostile files, added as a person would: every file ends in a named state, and the good ones get in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.hosted_reader import TOO_SLOW
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag.types import FileReport, FileState, Stage
from tests.hostile_files import NEVER, Hostile, hostile_files

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes and odd names on Windows"),
]
_IN_ARCHIVE = {"tricks.zip": "tricks.zip/in.txt", "locked.zip": "locked.zip/a.txt"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    for one in hostile_files():
        one.write(made)
    (made / os.fsdecode(b"not \xff unicode.txt")).write_text("Under a name that is no Unicode, it rained.")
    return made


@pytest.fixture(scope="module")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWorkbench]:
    paths = AppPaths.under(tmp_path_factory.mktemp("library"))
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings(), with_index=False)) as opened:
        yield opened


@pytest.fixture(scope="module")
def reports(folder: Path, workbench: LocalWorkbench) -> dict[str, FileReport]:
    """By name; up to the point where vectors begin, with the indexer that began still alive."""
    indexer = workbench.hosts["indexer"]
    indexer.start()
    indexer.wait_ready()
    began_as = indexer.pid
    read: dict[str, FileReport] = {}
    for step in workbench.add([folder], Event()):
        if step.stage is Stage.EMBEDDING:
            break
        if step.report is not None:
            read[step.report.name] = step.report
    assert indexer.pid == began_as
    return read


def test_at_least_45_kinds_of_the_list_are_here() -> None:
    assert len({one.number for one in hostile_files()}) >= 45


def test_every_file_ends_in_a_state_that_fits_it_and_says_why(reports: dict[str, FileReport]) -> None:
    def state(one: Hostile) -> FileState:
        return reports[_IN_ARCHIVE.get(one.name, one.name) if one.name != "overlap.zip" else _overlap(reports)].state

    wrong = {one.name: state(one) for one in hostile_files() if state(one) not in {*one.states, FileState.DUPLICATE}}
    assert not wrong
    refused = [one for one in reports.values() if one.state not in {FileState.INDEXED, FileState.DUPLICATE}]
    assert all(one.reason.endswith(".") for one in refused)
    assert not [one.name for one in refused if one.reason == TOO_SLOW]


def _overlap(reports: dict[str, FileReport]) -> str:
    return next(name for name in reports if name.startswith("overlap.zip"))


def test_nothing_is_left_out(reports: dict[str, FileReport], folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    named = {name.split(".zip/")[0] + ".zip" if ".zip/" in name else name for name in reports}
    assert {name for name in files if name.isascii()} <= named
    assert "not \\xff unicode.txt" in reports


def test_what_nobody_would_read_is_never_found(reports: dict[str, FileReport], workbench: LocalWorkbench) -> None:
    assert reports
    texts = workbench.passage_texts(100_000)
    assert len(texts) > 300
    assert not [text for text in texts if NEVER in text]
    assert not [text for text in texts if "root:x:0" in text]


def test_the_same_text_under_many_names_is_one_document(
    workbench: LocalWorkbench, reports: dict[str, FileReport]
) -> None:
    ids = {reports[f"copies/{number}.txt"].document_id for number in range(30)}
    assert len(ids) == 1


def test_a_second_round_reads_nothing_again(
    workbench: LocalWorkbench, reports: dict[str, FileReport], folder: Path
) -> None:
    seen = {}
    for step in workbench.add([folder], Event()):
        if step.stage is Stage.EMBEDDING:
            break
        if step.report is not None:
            seen[step.report.name] = step.report
    assert seen.keys() == reports.keys()
    again = [name for name, one in seen.items() if one.state is FileState.INDEXED]
    assert not again
    assert sum(one.seconds for one in seen.values()) < 0.2 * sum(one.seconds for one in reports.values())
