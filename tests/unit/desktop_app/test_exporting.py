from __future__ import annotations

import os
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.exporting import ExportFailed, ExportFormat, export, suggested_name
from desktop_app.transcript import Transcript, from_json
from rag.types import Conversation
from tests.transcripts import conversation, hostile, realistic

CONVERSATION = realistic().conversation


def print_plainly(transcript_json: bytes, path: str) -> None:
    Path(path).write_bytes(b"%PDF-1.4\n" + transcript_json)


def write(form: ExportFormat, path: Path, made: Conversation = CONVERSATION) -> Transcript:
    return export(
        made,
        form,
        path,
        program_version="0.1.0",
        print_pdf=print_plainly,
        now=lambda: datetime(2026, 11, 22, 3, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("form", ExportFormat)
def test_every_format_is_written_and_replaces_what_was_there(tmp_path: Path, form: ExportFormat) -> None:
    target = tmp_path / f"نص 😀.{form}"
    target.write_text("older")
    for made in (hostile().conversation, CONVERSATION):
        write(form, target, made)
    assert "الرصيف".encode() in target.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_what_is_returned_is_what_was_written(tmp_path: Path) -> None:
    made = write(ExportFormat.JSON, tmp_path / "chat.json")
    assert from_json((tmp_path / "chat.json").read_bytes()) == made
    assert made.conversation == CONVERSATION
    assert made.exported_at == "2026-11-22T03:00:00+00:00"


@pytest.mark.parametrize("form", ExportFormat)
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, form: ExportFormat) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ExportFailed, match="is a folder"):
        write(form, tmp_path / "folder")
    with pytest.raises(ExportFailed, match="does not exist") as caught:
        write(form, tmp_path / "nowhere" / "chat")
    assert "The conversation itself is safe" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


class PrinterStopped(Exception):
    """What a child that died would raise."""


def stop_half_way(transcript_json: bytes, path: str) -> None:
    Path(path).write_bytes(b"%PDF-1.4\n" + transcript_json[:100])
    raise PrinterStopped


def run_out_of_room(transcript_json: bytes, path: str) -> None:
    raise OSError(28, "No space left on device")


def print_nothing(transcript_json: bytes, path: str) -> None:
    Path(path).write_bytes(b"")


@pytest.mark.parametrize(
    ("printer", "error"),
    [
        (stop_half_way, PrinterStopped),
        (run_out_of_room, ExportFailed),
        (print_nothing, ExportFailed),
        (None, ExportFailed),
    ],
)
def test_a_printer_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path, printer: object, error: type) -> None:
    target = tmp_path / "chat.pdf"
    target.write_text("older")
    with pytest.raises(error):
        export(CONVERSATION, ExportFormat.PDF, target, program_version="0", print_pdf=printer)
    assert target.read_text() == "older"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="file modes are POSIX")
def test_an_export_has_the_rights_the_reader_gives_to_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(ExportFormat.MARKDOWN, tmp_path / "chat.md")
        write(ExportFormat.PDF, tmp_path / "chat.pdf")
    finally:
        os.umask(before)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o640}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Sea level", "Sea level.md"),
        ("../../etc/passwd", "etc passwd.md"),
        ('a:b*c?"<d>|\n\u202ee', "a b c d e.md"),
        ("", "Conversation.md"),
        ("...", "Conversation.md"),
        ("con", "Conversation con.md"),
        ("نص 😀", "نص 😀.md"),
    ],
)
def test_a_suggested_name_can_be_a_file_anywhere(tmp_path: Path, title: str, name: str) -> None:
    suggested = suggested_name(conversation(title=title), ExportFormat.MARKDOWN)
    assert suggested == name
    (tmp_path / suggested).touch()


def test_a_long_title_gives_a_name_that_fits(tmp_path: Path) -> None:
    (tmp_path / suggested_name(conversation(title="漢字😀" * 200), ExportFormat.HTML)).touch()
