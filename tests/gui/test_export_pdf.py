from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pypdf
import pytest
from pytestqt.qtbot import QtBot

from desktop_app.export_pdf import PdfPrinter
from desktop_app.exporting import ExportFailed, ExportFormat, PdfNotPrinted, export
from desktop_app.pdf_outline import OutlineEntry, add_outline
from desktop_app.transcript import Transcript, TranscriptError, from_json, to_json
from rag.types import Quote, Span
from tests.transcripts import answer, document, placed, realistic, transcript, turn

pytestmark = pytest.mark.gui

ROOT = Path(__file__).resolve().parents[2]
PAINTABLE = (
    "<b>bold</b> **x** [a](file:///etc/passwd) <img src='file:///etc/passwd'> & &amp; office affine e\u0301\n\tend"
)


@pytest.fixture
def printer(qtbot: QtBot) -> PdfPrinter:
    return PdfPrinter()


def printed(printer: PdfPrinter, made: Transcript, path: Path) -> pypdf.PdfReader:
    printer.write(to_json(made), str(path))
    return pypdf.PdfReader(io.BytesIO(path.read_bytes()), strict=True)


def squeezed(text: str) -> str:
    """Text without white space, in compatibility form: lines break anywhere, and shaped letters are letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def text_of(reader: pypdf.PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages)


def test_the_text_of_every_quote_can_be_extracted(printer: PdfPrinter, tmp_path: Path) -> None:
    made = realistic()
    extracted = squeezed(text_of(printed(printer, made, tmp_path / "a.pdf")))
    for exhibit in made.exhibits():
        if exhibit.text.isascii():
            assert squeezed(exhibit.text) in extracted
        assert exhibit.source.id in extracted


def test_places_authors_and_further_documents_stand_under_their_quotes(printer: PdfPrinter, tmp_path: Path) -> None:
    extracted = squeezed(text_of(printed(printer, placed(), tmp_path / "a.pdf")))
    for piece in (
        "Asked only of the collection “Trial 2019”, documents from 2019 to June 2020.",
        "by Voss, Ingrid; Amsel, Ruth",
        "papers/pier.pdf · page 1 · characters 0–32 · English",
        "characters 34–54 · English · read by OCR",
        "Also in Pier in the news, 1 March 2020",
        "Single letters or numbers may be misread.",
    ):
        assert squeezed(piece) in re.sub("[\u2066-\u2069]", "", extracted)


def test_right_to_left_words_are_real_text(printer: PdfPrinter, tmp_path: Path) -> None:
    made = realistic()
    arabic = made.exhibits()[3].text
    extracted = squeezed(text_of(printed(printer, made, tmp_path / "a.pdf")))
    # The extractor gives the letters in the order they are painted in, from left to right.
    words = [squeezed(word) for word in arabic.replace("،", " ").replace(".", " ").split()]
    found = [word for word in words if word in extracted or word[::-1] in extracted]
    plain = [word for word in words if not any(unicodedata.combining(char) for char in word)]
    assert len(plain) > 10
    assert set(plain) <= set(found)


def test_the_transcript_is_attached_to_the_character(printer: PdfPrinter, tmp_path: Path) -> None:
    made = realistic()
    reader = printed(printer, made, tmp_path / "a.pdf")
    assert from_json(reader.attachments["transcript.json"][0]) == made


def test_the_outline_leads_to_each_question(printer: PdfPrinter, tmp_path: Path) -> None:
    reader = printed(printer, realistic(), tmp_path / "a.pdf")
    entries = [entry for entry in reader.outline if not isinstance(entry, list)]
    assert [str(entry.title)[:2] for entry in entries] == ["1.", "2.", "3.", "4."]
    for entry in entries:
        page = reader.pages[reader.get_destination_page_number(entry)]
        assert squeezed(str(entry.title)[:30]) in squeezed(page.extract_text())


def test_pages_are_a4_and_numbered(printer: PdfPrinter, tmp_path: Path) -> None:
    many = transcript(
        *(turn(f"Question {number}?", realistic().conversation.turns[0].answer, number) for number in range(9))
    )
    reader = printed(printer, many, tmp_path / "a.pdf")
    assert len(reader.pages) > 5
    for number, page in enumerate(reader.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"{number}/{len(reader.pages)}" in squeezed(page.extract_text())


def test_a_documents_text_is_never_markup(printer: PdfPrinter, tmp_path: Path) -> None:
    cut = Quote.cut(document(PAINTABLE, "a.md", PAINTABLE, None), Span(0, len(PAINTABLE)), 0.5)
    made = transcript(turn(PAINTABLE, answer(quotes=(cut,), prose=PAINTABLE), 1), title=PAINTABLE)
    extracted = squeezed(text_of(printed(printer, made, tmp_path / "a.pdf")))
    assert extracted.count(squeezed(PAINTABLE)) >= 3
    assert "root:" not in extracted


def test_a_quote_longer_than_a_page_is_printed_whole(printer: PdfPrinter, tmp_path: Path) -> None:
    text = " ".join(f"word{number}" for number in range(1200))
    cut = Quote.cut(document(text, "a.txt", "Long", None), Span(0, len(text)), 0.5)
    reader = printed(printer, transcript(turn("Why?", answer(quotes=(cut,)), 1)), tmp_path / "a.pdf")
    extracted = squeezed(text_of(reader))
    assert len(reader.pages) >= 3
    assert all(f"word{number}" in extracted for number in range(1200))


def test_a_place_that_cannot_be_written_and_a_broken_transcript_are_said(printer: PdfPrinter, tmp_path: Path) -> None:
    with pytest.raises(PdfNotPrinted, match="does not exist"):
        printer.write(to_json(realistic()), str(tmp_path / "nowhere" / "a.pdf"))
    with pytest.raises(TranscriptError):
        printer.write(b"{}", str(tmp_path / "a.pdf"))


def test_a_conversation_is_exported_through_the_one_door(printer: PdfPrinter, tmp_path: Path) -> None:
    target = tmp_path / "chat.pdf"
    conversation = realistic().conversation
    export(conversation, ExportFormat.PDF, target, program_version="0.1.0", print_pdf=printer.write)
    assert len(pypdf.PdfReader(target).outline) == 4
    before = target.read_bytes()
    with pytest.raises(ExportFailed):
        export(conversation, ExportFormat.PDF, target, program_version="0.1.0", print_pdf=lambda *_: None)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_a_child_process_without_a_display_can_print(tmp_path: Path) -> None:
    source, target = tmp_path / "chat.json", tmp_path / "chat.pdf"
    source.write_bytes(to_json(realistic()))
    program = (
        "import sys; from pathlib import Path; from desktop_app.export_pdf import PdfPrinter\n"
        "assert 'PySide6' not in sys.modules\n"
        "PdfPrinter().write(Path(sys.argv[1]).read_bytes(), sys.argv[2])"
    )
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}}
    subprocess.run([sys.executable, "-c", program, source, target], cwd=ROOT, env=environment, check=True, timeout=120)
    assert len(pypdf.PdfReader(target).pages) > 1


def test_a_pdf_of_another_form_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    for content in (b"", b"%PDF-1.7\nxref stream\nstartxref\n9\n%%EOF\n"):
        file.write_bytes(content)
        assert not add_outline(str(file), [OutlineEntry("1. Why?", 0, 700.0)])
        assert file.read_bytes() == content
