"""The commands of the library: add, list, show, remove and search."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from desktop_app.cli_session import Failed, Session, note, print_json, print_line, progress
from desktop_app.composition import LocalWorkbench
from desktop_app.seed_files import seed_files
from rag.types import FileReport, FileState, Scope, Source

_GOOD = (FileState.INDEXED, FileState.UNCHANGED, FileState.DUPLICATE)


def add_commands(commands: Any) -> None:
    adding = commands.add_parser("add", help="add files or folders to the library")
    adding.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    adding.add_argument("--seeds", action="store_true", help="add the built-in texts")
    adding.add_argument("--json", action="store_true", help="one JSON object a file")
    adding.set_defaults(run=add)
    listing = commands.add_parser("list", help="list the documents")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=list_documents)
    showing = commands.add_parser("show", help="print a document's stored text exactly")
    showing.add_argument("document", metavar="ID", help="a name, or the beginning of an id")
    showing.set_defaults(run=show)
    removing = commands.add_parser("remove", help="remove a document from the library; the file stays")
    removing.add_argument("document", metavar="ID", help="a name, or the beginning of an id")
    removing.set_defaults(run=remove)
    searching = commands.add_parser("search", help="find passages")
    searching.add_argument("query", metavar="QUERY")
    searching.add_argument("-k", type=int, default=10, help="how many passages at most (10)")
    searching.add_argument("--json", action="store_true")
    searching.set_defaults(run=search)


def add(session: Session, options: argparse.Namespace) -> int:
    """Add paths; one line a file with --json, else a summary and the files that could not be added."""
    paths = [*options.paths, *(seed_files() if options.seeds else ())]
    if not paths:
        raise Failed("Name the files or folders to add, or give --seeds for the built-in texts.", exit_code=2)
    workbench = session.writing()
    reports: list[FileReport] = []
    for step in workbench.add(paths, session.cancel):
        progress(f"{step.done}/{step.total} {step.name}")
        if step.report is not None:
            reports.append(step.report)
            _tell_report(step.report, as_json=options.json)
    if any(report.state is FileState.INDEXED for report in reports):
        _follow(workbench)
    progress("")
    _tell_summary(reports)
    return 0 if reports and all(report.state in _GOOD for report in reports) else 1


def _tell_report(report: FileReport, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "doc": report.name,
                "state": report.state.value,
                "reason": report.reason,
                "characters": report.characters,
                "pages": report.pages,
                "seconds": round(report.seconds, 3),
            }
        )
    elif report.state not in _GOOD:
        progress("")
        note(f"{report.name}: {report.reason or report.state.value}")


def _tell_summary(reports: list[FileReport]) -> None:
    counts = {state: sum(report.state is state for report in reports) for state in FileState}
    told = [f"{n} {state.value.replace('_', ' ')}" for state, n in counts.items() if n]
    note(", ".join(told) if told else "no file was found there")


def _follow(workbench: LocalWorkbench) -> None:
    """Let Chroma take over what is new; a library that it cannot take over is still searched exactly."""
    while not (state := workbench.follow_index()).is_ready:
        progress(f"search index: {state.n_indexed} of {state.n_passages} passages")


def list_documents(session: Session, options: argparse.Namespace) -> int:
    sources = session.reading().sources()
    for source in sources:
        if options.json:
            print_json(_described(source))
        else:
            print_line(f"{source.id[:12]}  {source.n_chars:>9,}  {source.date or '':10}  {source.name}  {source.title}")
    if not sources:
        note("The library is empty. Add texts with: seedbook add PATH")
    return 0 if sources else 1


def _described(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "doc": source.name,
        "path": source.path,
        "title": source.title,
        "date": source.date,
        "origin": source.origin,
        "characters": source.n_chars,
    }


def show(session: Session, options: argparse.Namespace) -> int:
    workbench = session.reading()
    sys.stdout.write(workbench.document(_only(workbench, options.document).id).text)
    return 0


def remove(session: Session, options: argparse.Namespace) -> int:
    workbench = session.writing()
    source = _only(workbench, options.document)
    workbench.remove(source.id)
    _follow(workbench)
    progress("")
    note(f"{source.name} was removed from the library. The file itself was not touched.")
    return 0


def _only(workbench: LocalWorkbench, name_or_id: str) -> Source:
    found = workbench.resolve(name_or_id)
    if not found:
        raise Failed(f"No document is called {name_or_id}, and no id begins so. See: seedbook list")
    if len(found) > 1:
        raise Failed(f"{len(found)} documents fit {name_or_id}: name one by its id. See: seedbook list", exit_code=2)
    return found[0]


def search(session: Session, options: argparse.Namespace) -> int:
    hits = session.reading().search(options.query, Scope(), options.k)
    for hit in hits:
        if options.json:
            print_json(
                {
                    "doc": hit.source.name,
                    "start": hit.span.start,
                    "end": hit.span.end,
                    "text": hit.text,
                    "score": round(hit.score, 4),
                }
            )
        else:
            print_line(f"{hit.score:.2f}  {hit.source.name} {hit.span.start}-{hit.span.end}\n{hit.text}\n")
    if not hits:
        note("Nothing was found.")
    return 0 if hits else 1
