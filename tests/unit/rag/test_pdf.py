"""A PDF becomes paragraphs in reading order, with a map of its pages; what cannot be read is refused with the cause."""

from __future__ import annotations

import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EmptySource, EncryptedSource, NoTextLayer, SourceError, UnreadableSource
from rag.pdfium import PdfFile
from rag.readers.pdf import PdfReader
from rag.readers.pdf_layout import layouts_of
from rag.types import NoiseKind, Reading
from tests.pdf_files import encrypted, pages_pdf, pdf, picture, set_lines, set_text, stream

FILE = Path("report.pdf")
PROSE = [
    "The harbour of Ystad was closed for two days after the storm had thrown a",
    "freighter against the northern mole and spilled part of its cargo of timber",
    "into the basin, so that no ferry could leave. Divers found the hull unharmed.",
    "The company expects to pay for the damage.",
]
TURNED = b"".join(
    b"BT /F1 10 Tf 0 1 -1 0 %d 72 Tm (%s) Tj ET\n" % (100 + 12 * n, line.encode()) for n, line in enumerate(PROSE)
)


def read(content: bytes) -> Reading:
    return PdfReader().read(content, FILE)


def marked(reading: Reading) -> list[str]:
    assert {mark.kind for mark in reading.marks} <= {NoiseKind.RUNNING_HEAD}
    return [mark.span.cut(reading.text) for mark in reading.marks]


def test_a_wrapped_paragraph_is_one_line_and_a_wider_gap_ends_it() -> None:
    content = set_lines(72, 700, PROSE) + set_lines(72, 628, PROSE[:3])
    assert read(pages_pdf([content])).text == " ".join(PROSE) + "\n\n" + " ".join(PROSE[:3])


def test_an_indented_line_begins_a_paragraph() -> None:
    content = set_lines(72, 700, PROSE) + set_text(90, 652, PROSE[0]) + set_lines(72, 640, PROSE[1:])
    assert read(pages_pdf([content])).text == " ".join(PROSE) + "\n\n" + " ".join(PROSE)


def test_a_heading_is_a_paragraph_of_its_own() -> None:
    content = set_text(72, 700, "Storm Damage", 14) + set_lines(72, 682, PROSE)
    assert read(pages_pdf([content])).text == "Storm Damage\n\n" + " ".join(PROSE)


def test_items_of_a_list_keep_their_lines() -> None:
    content = set_lines(72, 700, ["• two tugs and a crane", "• four divers", "• one lawyer from Malmö"])
    assert read(pages_pdf([content])).text == "• two tugs and a crane\n• four divers\n• one lawyer from Malmö"


def test_the_cells_of_a_row_stand_on_one_line() -> None:
    rows = [("Revenue", "1,200", "1,100"), ("Costs of timber", "800", "750"), ("Profit", "400", "350")]
    content = b"".join(
        set_text(x, 700 - 12 * n, cell)
        for n, row in enumerate(rows)
        for x, cell in zip((72, 300, 400), row, strict=True)
    )
    assert read(pages_pdf([content])).text == "\n".join(" ".join(row) for row in rows)


def test_columns_are_not_interleaved_even_where_the_file_has_them_so() -> None:
    left = [
        "The harbour of Ystad was closed for",
        "two days after the storm had thrown",
        "a freighter against the northern",
    ]
    left += [
        "mole and spilled part of the timber",
        "into the basin, so that no ferry",
        "could leave it before the Monday.",
    ]
    right = [
        "Nobody was hurt when the crane fell",
        "over the quay in the same night and",
        "broke the roof of a shed in which",
    ]
    right += [
        "the fishermen keep their nets, and",
        "the insurers have sent three people",
        "who are to look at it in the week.",
    ]
    content = b"".join(
        set_text(72, 700 - 12 * n, one) + set_text(320, 700 - 12 * n, other)
        for n, (one, other) in enumerate(zip(left, right, strict=True))
    )
    assert read(pages_pdf([content])).text == " ".join(left) + "\n\n" + " ".join(right)


def test_a_word_divided_at_a_line_end_is_whole_again() -> None:
    content = set_lines(72, 700, ["The freighter was thrown against the mole by a storm of excep-", "tional strength."])
    assert "of exceptional strength." in read(pages_pdf([content])).text


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (["A low-key party. The minister gave no figures, as the talks are low-", "key by design."], "are low-key by"),
        (["The committee has met again and gave no figures, as the report says non-", "GAAP ones."], "non-GAAP ones"),
        (["Most of what was said in the meeting of the committee is well-", "known by now."], "well-known by"),
    ],
)
def test_a_hyphen_that_belongs_to_the_word_stays(lines: list[str], word: str) -> None:
    assert word in read(pages_pdf([set_lines(72, 700, lines)])).text


def test_each_page_with_text_is_a_part_and_numbers_are_the_files_own() -> None:
    contents = [set_lines(72, 700, PROSE), b"", set_lines(72, 700, ["Appendix", *PROSE])]
    labels = b"/PageLabels<</Nums[0<</S/r/St 4>>2<</S/D/P(A-)>>]>>"
    reading = read(pages_pdf(contents, catalogue=labels))
    assert [(part.number, part.label, part.name) for part in reading.parts] == [
        (1, "iv", "page iv"),
        (3, "A-1", "page A-1"),
    ]
    assert reading.parts[1].span.cut(reading.text).startswith("Appendix")
    assert reading.n_pages == 3
    assert reading.note == ""


def test_a_sentence_goes_on_over_the_page_end() -> None:
    reading = read(pages_pdf([set_lines(72, 100, PROSE[:2]), set_lines(72, 700, PROSE[2:])]))
    assert reading.text == " ".join(PROSE)
    assert [part.span.cut(reading.text) for part in reading.parts] == [" ".join(PROSE[:2]), " ".join(PROSE[2:])]


def test_running_heads_and_page_numbers_are_marked_and_kept() -> None:
    contents = [
        set_text(72, 750, "Harbour Report 2019", 8) + set_lines(72, 700, PROSE) + set_text(300, 30, str(number))
        for number in range(1, 6)
    ]
    reading = read(pages_pdf(contents))
    assert marked(reading) == [words for n in range(1, 6) for words in ("Harbour Report 2019", str(n))]
    assert all(mark.span.overlaps(part.span) for mark, part in zip(reading.marks[::2], reading.parts, strict=True))


def test_a_first_line_that_differs_on_each_page_is_not_marked() -> None:
    contents = [set_lines(72, 700, [f"Chapter of {name}", *PROSE]) for name in ("Ystad", "Malmö", "Lund", "Kiel")]
    assert marked(read(pages_pdf(contents))) == []


def test_metadata_is_taken_where_it_makes_sense() -> None:
    about = b"/Title(Storm damage in Ystad)/Author(Kurt Berg)/CreationDate(D:20190304101112+01'00')"
    reading = read(pages_pdf([set_lines(72, 700, PROSE)], about=about))
    assert (reading.title, reading.author, reading.date) == ("Storm damage in Ystad", "Kurt Berg", "2019-03-04")


@pytest.mark.parametrize(
    "title", ["Microsoft Word - storm.doc", "untitled", "storm_final2.indd", "Document1", "", "PowerPoint Presentation"]
)
def test_a_senseless_title_gives_way_to_the_largest_words(title: str) -> None:
    content = set_text(72, 720, "Storm Damage in Ystad", 18) + set_lines(72, 690, PROSE)
    about = f"/Title({title})/Author(admin)/CreationDate(D:19700101000000)".encode()
    reading = read(pages_pdf([content], about=about))
    assert (reading.title, reading.author, reading.date) == ("Storm Damage in Ystad", None, None)


def test_without_title_and_large_words_the_file_name_is_the_title() -> None:
    assert read(pages_pdf([set_lines(72, 700, PROSE)])).title == "report"


def test_a_password_is_asked_for_in_words_and_an_empty_one_is_none() -> None:
    content = pages_pdf([set_lines(72, 700, PROSE)])
    assert read(encrypted(content, "")).text == " ".join(PROSE)
    with pytest.raises(EncryptedSource, match="protected by a password"):
        read(encrypted(content, "secret"))


def test_pictures_of_text_are_not_an_empty_file() -> None:
    with pytest.raises(NoTextLayer, match="OCR can read them on this machine"):
        read(pages_pdf([picture(), picture()]))
    with pytest.raises(EmptySource, match="its pages are empty"):
        read(pages_pdf([b"", b""]))


def test_pages_without_a_text_layer_are_named() -> None:
    contents = [picture(), set_lines(72, 700, PROSE), picture(), picture(), b""]
    assert read(pages_pdf(contents)).note == "3 pages (1, 3–4) without a text layer."


def test_hidden_text_over_a_scan_is_read() -> None:
    hidden = picture() + b"BT 3 Tr /F1 10 Tf 72 700 Td (What the scanner saw.) Tj ET"
    assert read(pages_pdf([hidden])).text == "What the scanner saw."


def test_characters_that_no_text_holds_are_cleaned_away() -> None:
    to_unicode = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"5 beginbfchar <41> <0000> <42> <D800> <43> <D83DDE00> <44> <FB01> <45> <0007> endbfchar endcmap end"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
    content = set_text(72, 700, "xAyBzCwDvEu")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page]
    reading = read(pdf([*objects, stream(content), font, stream(to_unicode)]))
    assert reading.text == "xy\ufffdz\U0001f600wfivu"
    assert reading.text.encode("utf-8")


def test_a_page_that_is_turned_reads_as_one_that_is_not() -> None:
    upright = read(pages_pdf([set_lines(72, 700, PROSE)])).text
    assert read(pages_pdf([TURNED], page=b"/Rotate 90")).text == upright
    assert read(pages_pdf([TURNED])).text == upright


def _tree(kids: bytes) -> bytes:
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count 999999999>>" % kids])


def _good() -> bytes:
    return pages_pdf([set_lines(72, 700, PROSE)])


BROKEN = {
    "only a head": b"%PDF-1.7\n",
    "rubbish": b"%PDF-1.7\n" + bytes(range(256)) * 20,
    "page tree loop": _tree(b"2 0 R 2 0 R"),
    "no pages, count of a billion": _tree(b""),
    "catalogue missing": pdf([b"null"]),
}
DAMAGED = {
    "a page that is none": _tree(b"1 0 R"),
    "half of it": _good()[: len(_good()) // 2],
    "a byte short": _good()[:-1],
    "no cross references": pages_pdf([set_lines(72, 700, PROSE)]).replace(b"xref\n", b"xxxx\n", 1),
    "references to nowhere": _good().replace(b"startxref\n", b"startxref\n99"),
    "a table before itself": _good().replace(b"/Info 4 0 R", b"/Prev 9 /Info 4 0 R"),
    "an array 200,000 deep": pages_pdf([set_lines(72, 700, PROSE)], more=[b"[" * 200_000 + b"]" * 200_000]),
    "an array 200,000 deep in a page": pages_pdf([b"[" * 200_000 + b"]" * 200_000]),
    "an inline image without end": pages_pdf([b"BI /W 9 /H 9 /BPC 8 /CS /G ID " + b"x" * 99]),
    "brackets without end": pages_pdf([b"BT /F1 10 Tf (" + b"(" * 100_000]),
    "a resource that is itself": pages_pdf([b"/X Do"], page=b"/Resources<</XObject<</X 5 0 R>>>>"),
    "a font that is a page": pages_pdf([set_text(9, 9, "x")], page=b"/Resources<</Font<</F1 5 0 R>>>>"),
    "boxes without end": pages_pdf([set_text(9, 9, "x")], page=b"/MediaBox[1e38 -1e38 nan 1e39]"),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_holds_no_page_is_called_damaged(content: bytes) -> None:
    with pytest.raises(UnreadableSource, match="it is damaged"):
        read(content)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_ends_in_text_or_in_a_sentence(content: bytes) -> None:
    try:
        text = read(content).text
    except SourceError as error:
        text = error.reason
    assert text.strip()


@pytest.mark.timeout(60)
def test_a_stream_that_swells_is_survived() -> None:
    packed = zlib.compress(zlib.compress(b" " * 50_000_000, 9), 9)
    content = stream(packed, b"/Filter[/FlateDecode/FlateDecode]")
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"
    with pytest.raises(SourceError):
        read(pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content]))


def test_too_many_pages_are_refused_before_they_are_read() -> None:
    kids = b"3 0 R " * 20_001
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    content = pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count 20001>>" % kids, page])
    with pytest.raises(UnreadableSource, match="20,001 pages"):
        read(content)


def test_scripts_programs_and_attachments_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    catalogue = (
        b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/AA<</WC<</S/Launch/F(/bin/touch ran)>>>>"
        b"/Names<</EmbeddedFiles<</Names[(a.txt) 7 0 R]>>"
        b"/JavaScript<</Names[(x)<</S/JavaScript/JS(app.quit\\(\\))>>]>>>>"
    )
    attached = [b"<</Type/Filespec/F(a.txt)/EF<</F 8 0 R>>>>", stream(b"attached words", b"/Type/EmbeddedFile")]
    reading = read(pages_pdf([set_lines(72, 700, PROSE)], catalogue=catalogue, more=attached))
    assert reading.text == " ".join(PROSE)
    assert not list(tmp_path.iterdir())


words = st.text("abcdefgXYZ -.,(09)", min_size=1, max_size=60)
runs = st.tuples(st.integers(-20, 640), st.integers(-20, 800), words, st.sampled_from([6, 10, 10, 10, 24]))
pages = st.lists(st.lists(runs, max_size=14), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(pages)
def test_parts_and_marks_are_in_order_and_inside_the_text(contents: list[list[tuple[int, int, str, int]]]) -> None:
    try:
        reading = read(pages_pdf([b"".join(set_text(*run) for run in page) for page in contents]))
    except (EmptySource, NoTextLayer):
        return
    for spans in ([part.span for part in reading.parts], [mark.span for mark in reading.marks]):
        assert all(one.end <= other.start for one, other in pairwise(spans))
        assert all(span.end <= len(reading.text) for span in spans)
    between = [reading.text[one.span.end : other.span.start] for one, other in pairwise(reading.parts)]
    assert not "".join(between).strip()
    assert sum(len(part.span) for part in reading.parts) + len("".join(between)) == len(reading.text)
    assert not {"\0", "\x02", "\r"} & set(reading.text)


@settings(max_examples=40, deadline=None)
@given(pages, st.sampled_from([b"", b"/Rotate 90", b"/Rotate 180"]))
def test_a_page_is_laid_out_alike_alone_and_among_others(
    contents: list[list[tuple[int, int, str, int]]], turn: bytes
) -> None:
    drawn = [b"".join(set_text(*run) for run in page) for page in contents]
    with PdfFile(pages_pdf([*drawn, TURNED, set_lines(72, 700, PROSE)], page=turn), "report.pdf") as file:
        opened = [page for number in range(1, file.n_pages + 1) if (page := file.page_text(number))]
        together = layouts_of(opened)
        alone = [layout for page in opened for layout in layouts_of([page])]
        for page in opened:
            page.close()
    assert together == alone
