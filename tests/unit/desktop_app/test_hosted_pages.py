"""The pages of a PDF come out of a child process: drawn, measured and marked, or refused in a sentence."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.hosted_pages import HostedPages, pages_host
from desktop_app.hosting import ChildStopped, Host, stop_all
from desktop_app.pages import PageBox, PageNotDrawn, PagesRefused
from rag.page_images import PageImage, PageSize
from rag.readers.pdf import PdfReader
from rag.rows import FileRow
from rag.types import Document, FileState, Source, Span, document_id
from tests.unit.desktop_app.hosted_examples import DyingPages

LINES = ("The bridge over the Lune was closed in March.", "The repair costs 4.2 million pounds.", "Nobody was hurt.")


def pdf_of(pages: list[tuple[str, ...]], boxes: list[str] | None = None) -> bytes:
    """A PDF of these lines, twelve points high and twenty apart; `boxes` are entries of the pages' dictionaries."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for number, lines in enumerate(pages):
        drawn = " ".join(f"1 0 0 1 72 {700 - 20 * n} Tm ({line}) Tj" for n, line in enumerate(lines))
        content = f"BT /F1 12 Tf {drawn} ET"
        box = boxes[number] if boxes else "/MediaBox [0 0 612 792]"
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R {box} /Contents {len(objects)} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    written, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{one}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode("latin-1")


class Library:
    """Documents read from files, with the rows that the store would hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[FileRow] = []

    def add(self, content: bytes, name: str = "report.pdf") -> Document:
        path = self.folder / name
        path.write_bytes(content)
        reading = PdfReader().read(content, path)
        found = document_id(reading.text)
        sha256 = hashlib.sha256(content).hexdigest()
        self.rows.append(FileRow(str(path), "", name, len(content), 0, sha256, FileState.INDEXED, "", found))
        n_pages = reading.n_pages
        source = Source(found, name, str(path), name, None, None, "application/pdf", len(reading.text), n_pages=n_pages)
        return Document(source, reading.text, reading.parts, reading.marks)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = pages_host(tmp_path / "pages.log")
    yield host
    host.stop()


@pytest.fixture
def pages(host: Host, library: Library) -> HostedPages:
    return HostedPages(host, lambda: library.rows)


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


def around(boxes: Sequence[PageBox]) -> PageBox:
    """The smallest box that holds these, which are of one page."""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return PageBox(boxes[0].page, left, top, max(box.right for box in boxes), max(box.bottom for box in boxes))


def darkness(picture: PageImage, box: PageBox) -> int:
    """The darkest red in a box of a page that was drawn at one pixel a point."""
    rows, columns = range(int(box.top), int(box.bottom)), range(int(box.left), int(box.right))
    return min(picture.pixels[4 * (y * picture.width_px + x)] for y in rows for x in columns)


def test_all_sizes_are_known_before_a_page_is_drawn(pages: HostedPages, library: Library) -> None:
    boxes = ["/MediaBox [0 0 612 792]", "/MediaBox [0 0 842 595]", "/MediaBox [0 0 612 792] /Rotate 90"]
    document = library.add(pdf_of([LINES] * 3, boxes))
    assert pages.open(document) == (PageSize(612, 792), PageSize(842, 595), PageSize(792, 612))


def test_a_page_is_drawn_at_its_scale(pages: HostedPages, library: Library) -> None:
    picture = pages.draw(library.add(pdf_of([LINES])), 1, 0.5)
    assert (picture.width_px, picture.height_px) == (306, 396)
    assert len(picture.pixels) == 4 * 306 * 396


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_ink_lies_under_the_boxes_of_a_quote_and_its_words_alone_have_boxes(
    pages: HostedPages, library: Library, turn: int
) -> None:
    document = library.add(pdf_of([LINES], [f"/MediaBox [0 0 612 792] /Rotate {turn}"]))
    boxes = pages.boxes(document, [span_of(document, LINES[1]), span_of(document, "4.2 million")])
    picture = pages.draw(document, 1, 1.0)
    whole, part = map(around, boxes)
    assert darkness(picture, whole) < 60
    height, width = sorted((whole.right - whole.left, whole.bottom - whole.top))
    assert 8 < height < 20
    assert 150 < width < 260
    assert whole.left - 1 <= part.left < part.right <= whole.right + 1
    assert whole.top - 1 <= part.top < part.bottom <= whole.bottom + 1
    assert (part.right - part.left) * (part.bottom - part.top) < 0.5 * height * width


def test_a_quote_over_two_pages_has_boxes_on_both(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES[:2], LINES[2:]]))
    start, end = document.text.index("The repair"), document.text.index("hurt.") + 5
    (boxes,) = pages.boxes(document, [Span(start, end)])
    assert [box.page for box in boxes] == [1, 2]


def test_a_file_that_was_changed_is_refused(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    Path(document.source.path).write_bytes(pdf_of([("Other words.",)]))
    with pytest.raises(PagesRefused, match="has changed since it was added"):
        pages.open(document)


def test_a_file_that_is_gone_is_refused_and_a_copy_of_it_serves(pages: HostedPages, library: Library) -> None:
    content = pdf_of([LINES])
    document = library.add(content)
    Path(document.source.path).unlink()
    with pytest.raises(PagesRefused, match="not at its place any more"):
        pages.open(document)
    library.add(content, "copy.pdf")
    assert len(pages.open(document)) == 1


def test_a_file_in_an_archive_is_said_to_lie_there(pages: HostedPages, library: Library, tmp_path: Path) -> None:
    document = library.add(pdf_of([LINES]))
    (tmp_path / "all.zip").write_bytes(b"PK")
    inside = replace(document, source=replace(document.source, path=str(tmp_path / "all.zip" / "report.pdf")))
    library.rows = [replace(library.rows[0], path=inside.source.path)]
    with pytest.raises(PagesRefused, match="lies in an archive"):
        pages.open(inside)


def test_a_file_that_is_no_pdf_any_more_than_its_name_is_refused(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    Path(document.source.path).write_bytes(b"nothing of the kind")
    library.rows = [replace(library.rows[0], sha256="")]
    with pytest.raises(PagesRefused, match="cannot be shown here"):
        pages.open(document)


def test_a_page_that_is_not_there_is_not_drawn_and_the_others_are(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    with pytest.raises(PageNotDrawn):
        pages.draw(document, 7, 1.0)
    assert pages.draw(document, 1, 0.5).width_px == 306


def test_words_that_are_not_on_the_page_have_no_boxes(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    other = replace(document, text=document.text.replace("bridge", "viaduct"))
    assert pages.boxes(other, [span_of(other, "viaduct")]) == ((),)


def test_a_child_that_died_is_there_again_for_the_next_page(pages: HostedPages, host: Host, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    pages.open(document)
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    assert pages.draw(document, 1, 0.5).width_px == 306


def test_a_page_that_kills_its_child_is_refused_in_a_sentence_and_kills_nothing_else(
    library: Library, tmp_path: Path
) -> None:
    document = library.add(pdf_of([LINES]))
    with Host("pages", DyingPages, give_up_after=None, log=tmp_path / "dying.log") as host:
        pages = HostedPages(host, lambda: library.rows)
        for _ in range(3):
            with pytest.raises(PagesRefused, match="too much memory or time"):
                pages.draw(document, 1, 1.0)
        assert pages.open(document) == ()


def test_a_page_of_any_size_is_drawn_in_bounded_memory(pages: HostedPages, library: Library) -> None:
    document = library.add(pdf_of([LINES], ["/MediaBox [0 0 14400 14400]"]))
    picture = pages.draw(document, 1, 6.0)
    assert picture.width_px * picture.height_px <= 41_000_000


def test_the_child_ends_within_three_seconds(pages: HostedPages, host: Host, library: Library) -> None:
    pages.open(library.add(pdf_of([LINES])))
    began_s = time.monotonic()
    stop_all([host])
    assert time.monotonic() - began_s < 3.0
    assert not host.is_alive


def test_what_a_closed_program_asks_for_is_refused_as_closed(pages: HostedPages, host: Host, library: Library) -> None:
    document = library.add(pdf_of([LINES]))
    host.stop()
    with pytest.raises(ChildStopped):
        pages.open(document)
