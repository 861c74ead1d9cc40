"""The commands of transcripts: conversations, export and verify."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from desktop_app.cli_session import Failed, Session, note, print_line
from desktop_app.conversations import Conversations
from desktop_app.exporting import ExportFailed, ExportFormat, export
from desktop_app.hosted_reader import HostedReader
from desktop_app.instance import Instance, take
from desktop_app.logbook import engine_output
from desktop_app.paths import EnvironmentProblem
from desktop_app.printing import print_pdf
from desktop_app.verifying import CheckStatus, FolderTexts, LibraryTexts, TextSource, VerifyError, VerifyReport, verify
from desktop_app.version import program_version
from rag.errors import SourceError, StoreError
from rag.types import Conversation, Document, Reading


def add_commands(commands: Any) -> None:
    listing = commands.add_parser("conversations", help="list the conversations")
    listing.set_defaults(run=list_conversations)
    exporting = commands.add_parser("export", help="export a conversation with its evidence")
    exporting.add_argument("conversation", metavar="CHAT", help="an id, or words of its title; - is the newest")
    exporting.add_argument("--format", choices=[form.value for form in ExportFormat], required=True)
    exporting.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    exporting.set_defaults(run=export_conversation)
    verifying = commands.add_parser("verify", help="check every quote of an exported transcript (JSON or Markdown)")
    verifying.add_argument("file", type=Path, metavar="FILE")
    verifying.add_argument("--docs", type=Path, metavar="DIR", help="against the files of a folder, not the library")
    verifying.set_defaults(run=verify_export)


def list_conversations(session: Session, _: argparse.Namespace) -> int:
    with _conversations(session) as conversations:
        summaries = conversations.summaries()
    for summary in summaries:
        print_line(f"{summary.id}  {summary.changed_at}  {summary.title}")
    if not summaries:
        note("There are no conversations yet. Ask in the window first.")
    return 0 if summaries else 1


def export_conversation(session: Session, options: argparse.Namespace) -> int:
    with _conversations(session) as conversations:
        conversation = _chosen(conversations, options.conversation)
    try:
        transcript = export(
            conversation,
            ExportFormat(options.format),
            options.output,
            program_version=program_version(),
            print_pdf=print_pdf,
        )
    except ExportFailed as failure:
        raise Failed(str(failure)) from failure
    note(f"“{conversation.title}” was exported to {options.output}, {len(transcript.exhibits())} quotations with it.")
    return 0


@contextmanager
def _conversations(session: Session) -> Iterator[Conversations]:
    """The conversations; a copy of them while a window has them open, for opening may set a damaged file aside."""
    path = session.paths.conversations
    if not path.exists():
        raise Failed("There are no conversations yet. Ask in the window first.")
    with ExitStack() as stack:
        instance = _own(session)
        if instance is None:
            path = _copied(path, Path(stack.enter_context(TemporaryDirectory())))
        else:
            stack.enter_context(instance)
        conversations = stack.enter_context(closing(Conversations(path)))
        if instance is not None and conversations.opened.set_aside is not None:
            note(conversations.opened.sentence)
        yield conversations


def _own(session: Session) -> Instance | None:
    """The right to the data directory; None where a window has it, or where nothing may be written."""
    try:
        return take(session.paths)
    except EnvironmentProblem:
        return None


def _copied(path: Path, folder: Path) -> Path:
    """A copy of what is committed, made without changing anything beside the original."""
    copy = folder / path.name
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(copy)) as copied,
        ):
            original.backup(copied)
    except sqlite3.Error as error:
        raise Failed(
            f"The conversations cannot be read beside the open window ({error}). Nothing was changed. "
            "Close Seedbook's window and try again.",
            exit_code=3,
        ) from error
    return copy


def _chosen(conversations: Conversations, wanted: str) -> Conversation:
    summaries = conversations.summaries()
    found = summaries[:1] if wanted == "-" else [s for s in summaries if s.id.startswith(wanted)]
    found = found or [s for s in summaries if wanted.casefold() in s.title.casefold()]
    if not found:
        raise Failed(f"No conversation has the id or the title {wanted}. See: seedbook conversations")
    if len(found) > 1:
        raise Failed(f"{len(found)} conversations fit {wanted}: name one by its id.", exit_code=2)
    return conversations.load(found[0].id)


def verify_export(session: Session, options: argparse.Namespace) -> int:
    reader = HostedReader(engine_output(session.paths))
    session.paths.ensure()
    try:
        report = verify(options.file, _texts(session, options.docs, reader))
    except VerifyError as error:
        raise Failed(str(error), exit_code=2) from error
    finally:
        reader.close()
    _tell(report)
    return 0 if report.is_exact else 1


def _texts(session: Session, folder: Path | None, reader: HostedReader) -> TextSource:
    if folder is not None:
        if not folder.is_dir():
            raise Failed(f"{folder} is not a folder.", exit_code=2)
        return FolderTexts(folder, lambda path: _reading_of(reader, path))
    workbench = session.reading()

    def by_name(name: str) -> Document | None:
        found = workbench.resolve(name)
        return workbench.document(found[0].id) if found else None

    def by_id(document_id: str) -> Document | None:
        try:
            return workbench.document(document_id)
        except StoreError:
            return None

    return LibraryTexts(by_id, by_name)


def _reading_of(reader: HostedReader, path: Path) -> Reading | None:
    try:
        return reader.read(path)
    except SourceError:
        return None


def _tell(report: VerifyReport) -> None:
    for check in report.checks:
        mark = "exact" if check.status is CheckStatus.EXACT else "NOT EXACT"
        print_line(f"{mark:9}  {check.name}: {check.sentence}")
    for sentence in (*report.problems, *report.notes):
        print_line(sentence)
    print_line(f"{report.n_exact} of {len(report.checks)} quotes are exact.")
