"""The boxes of a quote on a page hold the quote's words and no others; a page is drawn as pixels."""

from __future__ import annotations

import os
import pickle
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.chunking import Chunker
from rag.errors import EncryptedSource, SourceError, UnreadableSource
from rag.page_images import Box
from rag.pages import PdfPages
from rag.readers.pdf import PdfReader
from rag.types import PartKind, Reading, Span
from tests.pdf_files import encrypted, pages_pdf, picture, set_lines, set_text

FILES = Path(__file__).resolve().parents[3] / ".." / "shared" / "files"
N_FILES = int(os.environ.get("SEEDBOOK_HIGHLIGHT_FILES", "12"))
N_SENTENCES = int(os.environ.get("SEEDBOOK_HIGHLIGHT_SENTENCES", "3"))
MOST_BYTES = 400_000
PROSE = [
    "The harbour of Ystad was closed for two days after the storm had thrown a",
    "freighter against the northern mole and spilled part of its cargo of excep-",
    "tional timber into the basin. Divers found the hull unharmed and said so.",
]


def folded(text: str) -> str:
    """What two readings of the same characters share: no white space, hyphens, ligatures, controls."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and c not in "-‐\xad" and unicodedata.category(c)[0] != "C")


def words_under(document: pypdfium2.PdfDocument, number: int, boxes: Sequence[Box]) -> str:
    """The characters of a page whose middle lies in one of the boxes, read by PDFium alone."""
    page = document[number - 1]
    left, bottom, right, top = page.get_bbox()
    turns = page.get_rotation()
    on_page = page.get_textpage()
    found = []
    for place in range(on_page.count_chars()):
        x0, y0, x1, y1 = on_page.get_charbox(place)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        shown = {
            0: (x - left, top - y),
            90: (y - bottom, x - left),
            180: (right - x, y - bottom),
            270: (top - y, right - x),
        }
        across, down = shown[turns]
        if any(box.left <= across <= box.right and box.top <= down <= box.bottom for box in boxes):
            found.append(chr(pypdfium2.raw.FPDFText_GetUnicode(on_page, place)))
    on_page.close()
    page.close()
    return "".join(found).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_highlighted(document: pypdfium2.PdfDocument, pages: PdfPages, reading: Reading, span: Span) -> bool:
    """Whether the boxes of a span hold its words, on each page that it touches."""
    for part in reading.parts:
        if part.span.overlaps(span):
            start, end = max(part.span.start, span.start), min(part.span.end, span.end)
            within = Span(start - part.span.start, end - part.span.start)
            boxes = pages.boxes(part.number, part.span.cut(reading.text), within)
            if folded(words_under(document, part.number, boxes)) != folded(reading.text[start:end]):
                return False
    return True


def opened(path: Path, content: bytes) -> tuple[Reading, PdfPages]:
    path.write_bytes(content)
    return PdfReader().read(content, path), PdfPages(path)


def test_a_quote_over_two_lines_has_a_box_on_each(tmp_path: Path) -> None:
    reading, pages = opened(tmp_path / "a.pdf", pages_pdf([set_lines(72, 700, PROSE)]))
    start = reading.text.index("thrown a freighter")
    with pages:
        boxes = pages.boxes(1, reading.text, Span(start, start + len("thrown a freighter")))
    assert len(boxes) == 2
    first, second = boxes
    assert first.left > second.left == pytest.approx(72, abs=1)
    assert first.top < 792 - 700 < first.bottom < second.bottom
    assert all(8 < box.bottom - box.top < 16 for box in boxes)


def test_a_word_that_was_divided_is_boxed_in_both_its_halves(tmp_path: Path) -> None:
    reading, pages = opened(tmp_path / "a.pdf", pages_pdf([set_lines(72, 700, PROSE)]))
    start = reading.text.index("exceptional")
    with pages:
        boxes = pages.boxes(1, reading.text, Span(start, start + len("exceptional")))
    assert len(boxes) == 2
    assert boxes[0].right > 350
    assert boxes[1].left == pytest.approx(72, abs=1)


def test_a_quote_over_a_page_end_has_boxes_on_both_pages(tmp_path: Path) -> None:
    content = pages_pdf([set_lines(72, 100, PROSE[:2]), set_lines(72, 700, PROSE[2:])])
    reading, pages = opened(tmp_path / "a.pdf", content)
    assert "exceptional" in reading.text
    start = reading.text.index("cargo of exceptional timber")
    with pages:
        document = pypdfium2.PdfDocument(content)
        assert is_highlighted(document, pages, reading, Span(start, start + len("cargo of exceptional timber")))
        document.close()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox[50 100 500 780]"])
def test_boxes_lie_on_the_page_as_it_is_shown(tmp_path: Path, turn: int, crop: bytes) -> None:
    """The dark pixels of a drawn page are those inside the boxes of all its words."""
    content = pages_pdf([set_lines(72, 700, PROSE)], page=b"/Rotate %d%s" % (turn, crop))
    reading, pages = opened(tmp_path / "a.pdf", content)
    with pages:
        size, image = pages.page_size(1), pages.render(1, 2.0)
        boxes = pages.boxes(1, reading.text, Span(0, len(reading.text)))
    assert (image.width_px, image.height_px) == pytest.approx((2 * size.width, 2 * size.height), abs=1)
    dark = [n for n in range(0, len(image.pixels), 4) if image.pixels[n] < 100]
    assert len(dark) > 500
    for place in dark:
        y, x = divmod(place // 4, image.width_px)
        assert any(b.left - 1 <= x / 2 <= b.right + 1 and b.top - 1 <= y / 2 <= b.bottom + 1 for b in boxes)


def test_a_file_that_has_changed_is_not_highlighted_wrongly(tmp_path: Path) -> None:
    reading, pages = opened(tmp_path / "a.pdf", pages_pdf([set_lines(72, 700, PROSE)]))
    other = reading.text.replace("two days", "six days")
    with pages, pytest.raises(UnreadableSource, match="has changed since"):
        pages.boxes(1, other, Span(0, 10))


def test_a_page_that_does_not_exist_is_said_so(tmp_path: Path) -> None:
    _, pages = opened(tmp_path / "a.pdf", pages_pdf([set_lines(72, 700, PROSE)]))
    with pages:
        assert pages.page_count() == 1
        for number in (0, 2):
            with pytest.raises(UnreadableSource, match=f"no page {number}"):
                pages.render(number, 1.0)


def test_a_page_of_a_scan_is_drawn_and_a_locked_file_is_not(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(pages_pdf([picture()]))
    with PdfPages(scan) as pages:
        image = pages.render(1, 0.5)
    assert len(image.pixels) == 4 * image.width_px * image.height_px
    assert pickle.loads(pickle.dumps(image)) == image
    scan.write_bytes(encrypted(pages_pdf([picture()]), "secret"))
    with pytest.raises(EncryptedSource):
        PdfPages(scan)


def test_a_page_is_never_drawn_larger_than_memory_bears(tmp_path: Path) -> None:
    wide = tmp_path / "wide.pdf"
    wide.write_bytes(pages_pdf([set_text(9, 9, "x")], size=(14_400, 14_400)))
    with PdfPages(wide) as pages:
        image = pages.render(1, 10.0)
    assert image.width_px * image.height_px <= 41_000_000


words = st.text("abcdefgXYZ.,(09)", min_size=1, max_size=9)
lines = st.lists(words, min_size=1, max_size=9).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(lines, min_size=1, max_size=12), st.data())
def test_the_boxes_of_any_quote_hold_its_words(
    tmp_path_factory: pytest.TempPathFactory, runs: list[str], data: st.DataObject
) -> None:
    content = pages_pdf([set_lines(72, 700, runs, leading=14)])
    reading, pages = opened(tmp_path_factory.mktemp("any") / "a.pdf", content)
    start = data.draw(st.integers(0, len(reading.text) - 1))
    end = data.draw(st.integers(start + 1, len(reading.text)))
    with pages:
        document = pypdfium2.PdfDocument(content)
        assert is_highlighted(document, pages, reading, Span(start, end))
        document.close()


def sentences(reading: Reading) -> list[Span]:
    """Some sentences of at least four words, from all over a document."""
    passages = Chunker(lambda text: len(text) // 4 + 1).chunk(reading.text)
    spans = [sentence.span for passage in passages for sentence in passage.sentences]
    long_enough = [span for span in spans if len(span.cut(reading.text).split()) >= 4]
    return long_enough[:: max(1, len(long_enough) // N_SENTENCES)][:N_SENTENCES]


def readable() -> Iterator[tuple[Path, Reading]]:
    for path in sorted(FILES.rglob("*.pdf")):
        if path.stat().st_size <= MOST_BYTES or N_FILES > 60:
            try:
                yield path, PdfReader().read(path.read_bytes(), path)
            except SourceError:
                continue


@pytest.mark.skipif(not FILES.is_dir(), reason="the collection of real files is not beside this checkout")
def test_sentences_of_real_files_are_highlighted_on_their_own_words() -> None:
    """SEEDBOOK_HIGHLIGHT_FILES and SEEDBOOK_HIGHLIGHT_SENTENCES (a file) take more of them."""
    right: list[bool] = []
    n_files = 0
    for path, reading in readable():
        spans = sentences(reading)
        if not spans or not all(part.kind is PartKind.PAGE for part in reading.parts):
            continue
        with PdfPages(path) as pages:
            document = pypdfium2.PdfDocument(path)
            right += [is_highlighted(document, pages, reading, span) for span in spans]
            document.close()
        n_files += 1
        if n_files == N_FILES:
            break
    assert n_files >= 10
    assert sum(right) >= 0.97 * len(right), f"{sum(right)} of {len(right)} sentences of {n_files} files"
