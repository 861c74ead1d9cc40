"""What becomes of texts and presentations of LibreOffice: the same as of those of Word and PowerPoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import EncryptedSource, UnreadableSource
from rag.readers.open_document import OdpReader, OdtReader
from rag.types import NoiseKind, PartKind, Reading
from tests.office_files import assert_in_order, open_document, package

_HIDDEN = '<style:style style:name="H"><style:text-properties text:display="none"/></style:style>'
_NUMBERED = (
    '<text:list-style style:name="L">'
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
    '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/></text:list-style>'
)


def _text(body: str, styles: str = "", page_styles: str = "", meta: str = "") -> Reading:
    reading = OdtReader().read(open_document("text", body, styles, page_styles, meta), Path("report.odt"))
    assert_in_order(reading)
    return reading


def _talk(*pages: str, styles: str = "") -> Reading:
    reading = OdpReader().read(open_document("presentation", "".join(pages), styles), Path("talk.odp"))
    assert_in_order(reading)
    return reading


def _p(inner: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def _marked(reading: Reading) -> list[tuple[NoiseKind, str]]:
    return [(mark.kind, mark.span.cut(reading.text)) for mark in reading.marks]


def test_paragraphs_and_table_rows_come_in_the_order_of_the_document() -> None:
    row = (
        f"<table:table-row><table:table-cell>{_p('a')}</table:table-cell><table:table-cell>{_p('b')}</table:table-cell>"
    )
    merged = f"<table:table-row><table:table-cell>{_p('both')}</table:table-cell><table:covered-table-cell>{_p('x')}"
    table = (
        f"<table:table><table:table-header-rows>{row}</table:table-row></table:table-header-rows>"
        f"{merged}</table:covered-table-cell></table:table-row></table:table>"
    )
    assert _text(_p("Before.") + table + _p("After.")).text == "Before.\n\na | b\n\nboth\n\nAfter."


def test_white_space_runs_together_and_tabs_and_spaces_are_elements() -> None:
    inner = '\n  one <text:span>two</text:span>\n three<text:s text:c="2"/>four<text:tab/>five<text:line-break/>six '
    assert _text(_p(inner)).text == "one two three  four\tfive\nsix"


def test_lists_keep_their_marks() -> None:
    def item(inner: str) -> str:
        return f"<text:list-item>{inner}</text:list-item>"

    nested = f"<text:list>{item(_p('sub'))}</text:list>"
    numbered = f'<text:list text:style-name="L">{item(_p("one") + nested)}{item(_p("two"))}</text:list>'
    goes_on = f'<text:list text:style-name="L" text:continue-numbering="true">{item(_p("three"))}</text:list>'
    bullets = f"<text:list>{item(_p('dot'))}</text:list>"
    assert _text(numbered + goes_on + bullets, _NUMBERED).text == "1. one\na) sub\n2. two\n3. three\n- dot"


def test_headings_make_chapters() -> None:
    heads = [f'<text:h text:outline-level="1">{name}</text:h>{_p("Text.")}' for name in ("Costs", "Risks")]
    reading = _text(
        "".join(heads), page_styles=f"<style:master-page><style:header>{_p('head')}</style:header></style:master-page>"
    )
    assert [(part.kind, part.label, part.span.cut(reading.text)) for part in reading.parts] == [
        (PartKind.CHAPTER, "Costs", "Costs\n\nText.\n\n"),
        (PartKind.CHAPTER, "Risks", "Risks\n\nText."),
    ]


def test_tracked_deletions_are_out_and_insertions_in() -> None:
    changes = (
        '<text:tracked-changes><text:changed-region text:id="1"><text:deletion>'
        f"{_p('never')}</text:deletion></text:changed-region></text:tracked-changes>"
    )
    body = _p('We <text:change text:change-id="1"/><text:change-start text:change-id="2"/>will<text:change-end/> pay.')
    assert _text(changes + body).text == "We will pay."


def test_hidden_text_and_the_contents_are_kept_and_marked() -> None:
    contents = f"<text:table-of-content><text:index-body>{_p('Costs 3')}</text:index-body></text:table-of-content>"
    section = f'<text:section text:display="none">{_p("gone")}</text:section>'
    body = _p('Seen <text:span text:style-name="H">secret</text:span>.') + _p("Whole.", "H")
    reading = _text(contents + body + section, _HIDDEN)
    assert reading.text == "Costs 3\n\nSeen secret.\n\nWhole.\n\ngone"
    assert _marked(reading) == [
        (NoiseKind.MENU, "Costs 3"),
        (NoiseKind.HIDDEN, "secret"),
        (NoiseKind.HIDDEN, "Whole.\n\ngone"),
    ]


def test_notes_comments_boxes_and_page_headers_have_their_places() -> None:
    def note(kind: str, sign: str, words: str) -> str:
        inner = f"<text:note-citation>{sign}</text:note-citation><text:note-body>{_p(words)}</text:note-body>"
        return f'<text:note text:note-class="{kind}">{inner}</text:note>'

    said = f"<dc:creator>Ada</dc:creator><dc:date>2020-01-01</dc:date>{_p('Is that so?')}"
    comment = f"<office:annotation>{said}</office:annotation>"
    box = f"<draw:frame><draw:text-box>{_p('In the box.')}</draw:text-box><svg:desc>a picture</svg:desc></draw:frame>"
    body = _p(f"Sold{comment}{note('footnote', '1', 'To Bob.')}{note('endnote', 'i', 'Letter.')}{box} in May.") + _p(
        "Rain."
    )
    pages = f"<style:master-page><style:footer>{_p('Page 1')}</style:footer></style:master-page>" * 2
    reading = _text(body, page_styles=pages)
    assert reading.text.split("\n\n") == [
        "Sold in May.",
        "Footnote 1: To Bob.",
        "In the box.",
        "Rain.",
        "Endnote i: Letter.",
        "Comment by Ada: Is that so?",
        "Page 1",
    ]
    assert _marked(reading) == [(NoiseKind.RUNNING_HEAD, "Page 1")]


def test_what_the_file_says_of_itself_is_taken() -> None:
    meta = (
        "<dc:title>Flood plan</dc:title><meta:initial-creator>Ada</meta:initial-creator><dc:creator>Bob</dc:creator>"
        "<meta:creation-date>2019-05-01T10:00:00</meta:creation-date><dc:language>de-AT</dc:language>"
    )
    reading = _text(_p("Text."), meta=meta)
    assert (reading.title, reading.author, reading.date, reading.language) == ("Flood plan", "Ada", "2019-05-01", "de")


def test_a_title_is_found_in_the_text_where_the_file_does_not_say_it() -> None:
    style = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    assert _text(_p("2020") + _p("A real title", "P1"), style).title == "A real title"
    assert _text(_p("First line.") + _p("x")).title == "First line."


def test_a_text_with_a_password_is_told_from_a_damaged_one() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encryption-data/></m:manifest>'
    )
    with pytest.raises(EncryptedSource):
        OdtReader().read(package({"content.xml": b"\x01", "META-INF/manifest.xml": manifest}), Path("a.odt"))
    with pytest.raises(EncryptedSource):
        OdtReader().read(package({"encrypted-package": b"\x01"}), Path("a.odt"))
    with pytest.raises(UnreadableSource, match=r"content\.xml in it is damaged"):
        OdtReader().read(package({"content.xml": b"\x01"}), Path("a.odt"))


def test_nested_sections_without_end_are_refused() -> None:
    with pytest.raises(UnreadableSource, match="deeper than 256"):
        _text("<text:section>" * 20_000 + "</text:section>" * 20_000)


def _frame(inner: str, y: str = "1cm", x: str = "1cm", kind: str = "") -> str:
    place = f'svg:x="{x}" svg:y="{y}" presentation:class="{kind}"'
    return f"<draw:frame {place}><draw:text-box>{_p(inner)}</draw:text-box></draw:frame>"


def test_each_slide_is_a_part_read_from_the_top_down() -> None:
    notes = f"<presentation:notes>{_frame('Speak slowly.')}</presentation:notes>"
    group = f"<draw:g>{_frame('grouped', '0.5in')}</draw:g>"
    first = "".join([_frame("low", "9cm"), group, _frame("right", "41mm", "5cm"), _frame("left", "42mm"), notes])
    reading = _talk(
        f"<draw:page>{_frame('Costs', '20cm', kind='title')}{first}</draw:page>",
        f'<draw:page draw:style-name="D">{_frame("End")}{_frame("7", "20cm", kind="page-number")}</draw:page>',
        styles='<style:style style:name="D">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>',
    )
    assert reading.text == "Costs\n\ngrouped\n\nleft\n\nright\n\nlow\n\nNotes:\nSpeak slowly.\n\nEnd\n\n7"
    assert [(part.kind, part.number, part.label) for part in reading.parts] == [
        (PartKind.SLIDE, 1, "Costs"),
        (PartKind.SLIDE, 2, "2 (hidden)"),
    ]
    assert _marked(reading) == [(NoiseKind.RUNNING_HEAD, "7")]
    assert (reading.n_pages, reading.title) == (2, "Costs")
