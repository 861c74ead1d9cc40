"""The command `bench ingest`: reads the files of a folder as the window would, and says of each what became of it."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

from desktop_app.atomic import write_atomically
from desktop_app.cli_session import Failed, Session, note, print_line
from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.ingest_report import figures_of, line, page, summary
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from desktop_app.speed_surroundings import surroundings
from rag.types import FileReport, Stage


def add_command(kinds: Any) -> None:
    ingest = kinds.add_parser("ingest", help="what becomes of each file of a folder")
    ingest.add_argument("folder", type=Path, metavar="FOLDER", help="files to read; nothing there is changed")
    ingest.add_argument("--out", type=Path, metavar="FILE.md", help="write the report there as well")
    ingest.set_defaults(run=bench_ingest)


def bench_ingest(_: Session, options: argparse.Namespace) -> int:
    """Read into a library that is thrown away, up to the point where every word can be searched."""
    if not options.folder.exists():
        raise Failed(f"There is no folder {options.folder}.", exit_code=2)
    with tempfile.TemporaryDirectory(prefix="seedbook-") as scratch:
        paths = AppPaths.under(Path(scratch))
        prepare_library(paths)
        with closing(LocalWorkbench(paths, Settings(), with_index=False)) as workbench:
            begun_s = time.monotonic()
            reports = []
            for report in _read(workbench, options.folder):
                reports.append(report)
                print_line(line(report))
            seconds = time.monotonic() - begun_s
            n_bytes = sum(max(0, row.size_bytes) for row in workbench.files())
            n_marked = sum(len(mark.span) for one in workbench.sources() for mark in workbench.document(one.id).marks)
        around = surroundings(paths)
    figures = figures_of(reports, n_bytes, n_marked, seconds)
    for sentence in summary(figures):
        print_line(sentence)
    if options.out is not None:
        command = f"seedbook bench ingest {options.folder}"
        write_atomically(options.out, page(command, around, figures, reports))
        note(f"{options.out} is written.")
    return 1 if figures.n_died or figures.n_hung else 0


def _read(workbench: LocalWorkbench, folder: Path) -> Iterator[FileReport]:
    """The reports as they come; ends where the vectors would begin."""
    for step in workbench.add([folder], Event()):
        if step.stage is Stage.EMBEDDING:
            return
        if step.report is not None:
            yield step.report
