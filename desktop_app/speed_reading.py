"""Times the reading of files: to the first that can be found, and a folder of many in which nothing has changed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event as CancelEvent

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.engine_comparison import Comparison
from desktop_app.hosting import Host
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag.types import FileState, Scope, Stage

_MANY_FILES = 10_000


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """Seconds. `first_s`: from the adding of a folder to the first document that a search finds; engines are loaded.

    `whole_s`: until every word of its `n_files` can be searched, vectors not counted. `rescan_s`: the same folder of
    `n_rescanned` small files added a second time. `comparisons` are readers beside their bare libraries.
    """

    n_files: int
    n_bytes: int
    first_s: float
    whole_s: float
    n_rescanned: int
    rescan_s: float
    comparisons: tuple[Comparison, ...]


def time_reading(folder: Path, work: AppPaths, bench: Host, n_rounds: int, n_many: int = _MANY_FILES) -> ReadingFigures:
    """Read `folder` into a library of its own below `work`; the rescanned files are made there as well."""
    first_s, whole_s, n_files, n_bytes = _time_folder(folder, work)
    return ReadingFigures(
        n_files,
        n_bytes,
        first_s,
        whole_s,
        n_many,
        _time_rescan(work, n_many),
        tuple(bench.call("reading", folder, n_rounds)),
    )


def _time_folder(folder: Path, work: AppPaths) -> tuple[float, float, int, int]:
    shutil.rmtree(work.data, ignore_errors=True)
    prepare_library(work)
    with closing(LocalWorkbench(work, Settings())) as workbench:
        _load(workbench)
        begun_s = time.perf_counter()
        first_s: float | None = None
        for step in workbench.add([folder], CancelEvent()):
            if step.stage is Stage.EMBEDDING:
                break
            if first_s is None and step.report is not None and step.report.state is FileState.INDEXED:
                _search_for(workbench, step.report.name)
                first_s = time.perf_counter() - begun_s
        whole_s = time.perf_counter() - begun_s
        sizes = [row.size_bytes for row in workbench.files()]
    return first_s or whole_s, whole_s, len(sizes), sum(size for size in sizes if size > 0)


def _load(workbench: LocalWorkbench) -> None:
    for name in ("indexer", "search"):
        workbench.hosts[name].start()
        workbench.hosts[name].wait_ready()


def _search_for(workbench: LocalWorkbench, words: str) -> None:
    workbench.search(words, Scope(), 1)


def _time_rescan(work: AppPaths, n_many: int) -> float:
    folder = work.data.parent / "many_files"
    _make_files(folder, n_many)
    shutil.rmtree(work.data, ignore_errors=True)
    prepare_library(work)
    with closing(LocalWorkbench(work, Settings())) as workbench:
        _load(workbench)
        _read_all(workbench, [folder])
        begun_s = time.perf_counter()
        _read_all(workbench, [folder])
        return time.perf_counter() - begun_s


def _read_all(workbench: LocalWorkbench, paths: Sequence[Path]) -> None:
    """Add them up to the point where vectors begin."""
    for step in workbench.add(paths, CancelEvent()):
        if step.stage is Stage.EMBEDDING:
            return


def _make_files(folder: Path, n_many: int) -> None:
    """So many short texts in a hundred folders, those that are there already kept."""
    for number in range(n_many):
        file = folder / f"{number % 100:02d}" / f"{number:06d}.txt"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"Note {number}. The keeper counted {number * 7 % 1000} boats that day.\n", "utf-8")
