"""What a scan becomes: paragraphs by where lines stand, pages in order, and every page that was a picture says so."""

from __future__ import annotations

from dataclasses import replace

from rag.ocr import ReadLine
from rag.scans import text_of, with_pages_read
from rag.types import Document, Mark, NoiseKind, Part, PartKind, Quote, Reading, Source, Span, document_id


def _line(text: str, top: float, left: float = 100, width: float = 500, height: float = 20) -> ReadLine:
    return ReadLine(text, left, top, left + width, top + height, 0.9)


def test_lines_of_one_paragraph_are_joined_and_a_gap_parts_paragraphs() -> None:
    lines = [_line("The bridge was", 100), _line("closed on Monday.", 126), _line("Repairs take a year.", 190)]
    assert text_of(lines) == "The bridge was closed on Monday.\n\nRepairs take a year."
    assert text_of([]) == ""


def test_cells_side_by_side_are_one_row_from_left_to_right() -> None:
    lines = [
        _line("3", 101, 400, 50),
        _line("Item", 100, 100, 80),
        _line("Bolts", 126, 100, 80),
        _line("4", 127, 400, 50),
    ]
    assert text_of(lines) == "Item | 3\n\nBolts | 4"


def test_a_line_that_stands_elsewhere_begins_a_paragraph() -> None:
    assert text_of([_line("Heading", 100, 300), _line("Text of it.", 126, 100)]) == "Heading\n\nText of it."


def _reading() -> Reading:
    text = "First page.\nFoot\n\nThird page."
    parts = (Part(PartKind.PAGE, 1, Span(0, 16), "i"), Part(PartKind.PAGE, 3, Span(18, 29)))
    return Reading(text, "Title", None, None, "application/pdf", parts=parts, n_pages=3,
                   marks=(Mark(NoiseKind.RUNNING_HEAD, Span(12, 16)),), note="page 2 is a picture.")  # fmt: skip


def test_recognised_pages_stand_between_the_others_and_say_what_they_are() -> None:
    whole = with_pages_read(_reading(), "file", 3, {2: "Second page."})
    assert whole is not None
    assert whole.text == "First page.\nFoot\n\nSecond page.\n\nThird page."
    assert [(part.number, part.is_ocr, part.span.cut(whole.text)) for part in whole.parts] == [
        (1, False, "First page.\nFoot"), (2, True, "Second page."), (3, False, "Third page."),
    ]  # fmt: skip
    assert [mark.span.cut(whole.text) for mark in whole.marks] == ["Foot"]
    assert whole.note == ""
    source = Source(document_id(whole.text), "a.pdf", "/a.pdf", "A", None, None, "application/pdf", len(whole.text))
    document = Document(source, whole.text, whole.parts, whole.marks)
    start = whole.text.index("Second")
    quote = Quote.cut(document, Span(start, start + 6), 0.9)
    assert (quote.place, quote.is_ocr) == ("page 2", True)


def test_a_scan_without_any_text_of_its_own_takes_its_name_from_the_file() -> None:
    whole = with_pages_read(None, "minutes 1921", 2, {1: "", 2: "Present: the mayor."})
    assert whole is not None
    assert (whole.title, whole.text, whole.n_pages) == ("minutes 1921", "Present: the mayor.", 2)
    assert whole.note == "No words were recognised on page 1."
    assert with_pages_read(None, "blank", 1, {1: " "}) is None


def test_a_mark_over_two_pages_stays_on_both_when_a_page_comes_between_them() -> None:
    reading = replace(_reading(), marks=(Mark(NoiseKind.RUNNING_HEAD, Span(12, 23)),))
    whole = with_pages_read(reading, "file", 4, {2: "Second page.", 4: " "})
    assert whole is not None
    assert [mark.span.cut(whole.text) for mark in whole.marks] == ["Foot", "Third"]
    assert whole.note == "No words were recognised on page 4."
    many = with_pages_read(reading, "file", 5, {2: "Second page.", 4: "", 5: ""})
    assert many is not None
    assert many.note == "No words were recognised on the pages 4, 5."
