"""What becomes of Word documents: their words in order, nothing that was deleted, nothing hidden quoted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZIP_STORED

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError
from rag.readers.word import DocxReader
from rag.reading import read
from rag.types import NoiseKind, PartKind, Reading
from tests.office_files import assert_in_order, core, docx, p, r, relations, table

_STYLES = (
    '<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
    '<w:style w:styleId="Sub"><w:name w:val="Own"/><w:basedOn w:val="H2"/></w:style>'
    '<w:style w:styleId="T"><w:name w:val="Title"/></w:style>'
    '<w:style w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="Gone"><w:name w:val="Gone"/><w:rPr><w:vanish/></w:rPr></w:style>'
)


def _level(level: int, form: str, pattern: str) -> str:
    inner = f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/>'
    return f'<w:lvl w:ilvl="{level}">{inner}</w:lvl>'


def _list(number: int, definition: int, inner: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{definition}"/>{inner}</w:num>'


_NUMBERING = (
    f'<w:abstractNum w:abstractNumId="1">{_level(0, "decimal", "%1.")}'
    f"{_level(1, 'lowerLetter', '%1%2)')}</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="2">{_level(0, "bullet", "x")}</w:abstractNum>'
    + _list(1, 1)
    + _list(2, 2)
    + _list(3, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>')
)


def _read(body: str, parts: Mapping[str, str] | None = None, extra: Mapping[str, str] | None = None) -> Reading:
    return DocxReader().read(docx(body, parts, extra), Path("folder/report.docx"))


def _marked(reading: Reading) -> list[tuple[NoiseKind, str]]:
    return [(mark.kind, mark.span.cut(reading.text)) for mark in reading.marks]


def _item(text: str, number: int, level: int = 0) -> str:
    return p(text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def test_paragraphs_and_table_rows_come_in_the_order_of_the_document() -> None:
    body = p("Before.") + table([p("a"), p("b")], [p("c"), ""]) + p("After.")
    assert _read(body).text == "Before.\n\na | b\n\nc\n\nAfter."


def test_a_table_that_only_lays_out_a_page_gives_paragraphs() -> None:
    long = "A sentence that goes on for quite a while. " * 5
    body = table([p("Ada"), p(long) + p(long)], [p("alone") + p("twice")])
    assert _read(body).text.split("\n\n") == ["Ada", long.strip(), long.strip(), "alone", "twice"]


def test_a_cell_that_is_merged_downwards_is_read_once() -> None:
    first, following = ('<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>")
    assert _read(table([first + p("x"), p("1")], [following + p(""), p("2"), p("3")])).text == "x | 1\n\n2 | 3"


def test_a_table_in_a_cell_is_read() -> None:
    assert _read(table([table([p("a"), p("b")]) + p(""), p("c")])).text == "a | b | c"


def test_lists_keep_their_marks() -> None:
    body = _item("one", 1) + _item("sub", 1, 1) + _item("two", 1) + _item("seven", 3) + _item("dot", 2) + p("End.")
    assert _read(body, {"numbering": _NUMBERING}).text == "1. one\n1a) sub\n2. two\n7. seven\n- dot\n\nEnd."


def test_headings_make_chapters_called_by_them() -> None:
    body = p("A title", "T") + p("Costs", "H1") + p("Money.") + p("More", "Sub") + p("Risks", "H1") + p("Fire.")
    reading = _read(body, {"styles": _STYLES, "header": p("head")})
    assert [(part.kind, part.number, part.label) for part in reading.parts] == [
        (PartKind.CHAPTER, 1, "Costs"),
        (PartKind.CHAPTER, 2, "Risks"),
    ]
    assert reading.parts[1].span.cut(reading.text) == "Risks\n\nFire."
    assert reading.n_pages == 0


def test_tracked_insertions_are_in_and_deletions_out() -> None:
    deleted = "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
    body = f"<w:p>{r('We ')}<w:ins>{r('will ')}</w:ins>{deleted}{r('pay.')}</w:p>"
    moved = f"<w:p><w:moveFrom>{r('old place')}</w:moveFrom><w:moveTo>{r('New place')}</w:moveTo></w:p>"
    row = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('gone')}</w:tc></w:tr></w:tbl>"
    assert _read(body + moved + row).text == "We will pay.\n\nNew place"


def test_a_paragraph_whose_end_is_deleted_goes_on_in_the_next() -> None:
    body = p("One ", properties="<w:rPr><w:del/></w:rPr>") + p("sentence.")
    assert _read(body).text == "One sentence."
    assert _read(p("Last.", properties="<w:rPr><w:del/></w:rPr>")).text == "Last."


def test_hidden_text_is_kept_and_marked() -> None:
    body = f"<w:p>{r('Seen ')}{r('secret', '<w:vanish/>')}{r(' seen.')}</w:p>" + p("All of it.", "Gone")
    reading = _read(body + p("End."), {"styles": _STYLES})
    assert reading.text == "Seen secret seen.\n\nAll of it.\n\nEnd."
    assert _marked(reading) == [(NoiseKind.HIDDEN, "secret"), (NoiseKind.HIDDEN, "All of it.")]


def test_a_switched_off_property_hides_nothing() -> None:
    run = r("Seen.", '<w:vanish w:val="0"/>')
    assert not _read(f"<w:p>{run}</w:p>").marks


def test_a_footnote_follows_its_paragraph_and_endnotes_the_body() -> None:
    body = "<w:p>{}{}{}</w:p>".format(
        r("Sold in May."),
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        '<w:r><w:endnoteReference w:id="3"/></w:r>',
    )
    parts = {
        "footnotes": f'<w:footnote w:type="separator" w:id="0">{p("---")}</w:footnote>'
        f'<w:footnote w:id="2">{p("To Ada.")}</w:footnote>',
        "endnotes": f'<w:endnote w:id="3">{p("Letter of 3 June.")}</w:endnote>',
    }
    text = _read(body + p("Then rain."), parts).text
    assert text == "Sold in May.\n\nFootnote 1: To Ada.\n\nThen rain.\n\nEndnote 1: Letter of 3 June."


def test_comments_stand_at_the_end_with_their_authors() -> None:
    comments = f'<w:comment w:id="0" w:author="Ada">{p("Is that so?")}</w:comment>'
    assert _read(p("It is."), {"comments": comments}).text == "It is.\n\nComment by Ada: Is that so?"


def test_page_headers_are_read_once_and_marked() -> None:
    reading = _read(p("Body."), {"header": p("ACME") + p("ACME"), "footer": p("Page 1")})
    assert reading.text == "Body.\n\nACME\n\nPage 1"
    assert _marked(reading) == [(NoiseKind.RUNNING_HEAD, "ACME\n\nPage 1")]


def test_the_contents_and_prompts_are_marked() -> None:
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{p('Click here.')}</w:sdtContent></w:sdt>"
    reading = _read(p("Costs\t3", "TOC1") + prompt + p("Body."), {"styles": _STYLES})
    assert _marked(reading) == [(NoiseKind.MENU, "Costs\t3"), (NoiseKind.BOILERPLATE, "Click here.")]


def test_a_text_box_is_read_once_and_after_its_paragraph() -> None:
    box = f"<wps:txbx><w:txbxContent>{p('In the box.')}</w:txbxContent></wps:txbx>"
    old = f"<w:pict><v:textbox><w:txbxContent>{p('In the box.')}</w:txbxContent></v:textbox></w:pict>"
    both = f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback>{old}</mc:Fallback>"
    run = f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"
    assert _read(f"<w:p>{r('Beside.')}{run}</w:p>").text == "Beside.\n\nIn the box."


def test_of_fields_and_links_only_the_shown_text_is_in() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF x</w:instrText><w:t>no</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r("42")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    link = f'<w:hyperlink r:id="x">{r(" here")}</w:hyperlink>'
    assert _read(f"<w:p>{field}{link}{r('.')}</w:p>").text == "42 here."


def test_formulas_and_symbols_are_written_on_the_line() -> None:
    fraction = "<m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    power = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"
    symbol = '<w:r><w:sym w:font="Symbol" w:char="F062"/><w:br/><w:t>next</w:t><w:tab/><w:t>x</w:t></w:r>'
    assert _read(f"<w:p><m:oMath>{fraction}{power}</m:oMath>{symbol}</w:p>").text == "(a+b)/2x^2β\nnext\tx"


def test_what_the_file_says_of_itself_is_taken_and_rubbish_is_not() -> None:
    said = core(
        title="Flood plan", creator="Ada Byron", created="2019-05-01T10:00:00Z", modified="2019-06-01T10:00:00Z"
    )
    reading = _read(p("Text."), extra={"docProps/core.xml": said})
    assert (reading.title, reading.author, reading.date) == ("Flood plan", "Ada Byron", "2019-05-01")
    rubbish = core(
        title="Microsoft Word - a.doc", creator="python-docx", created="2013-12-23T23:15:00Z", language="de-AT"
    )
    reading = _read(p("Real name", "T") + p("Text."), {"styles": _STYLES}, {"docProps/core.xml": rubbish})
    assert (reading.title, reading.author, reading.date, reading.language) == ("Real name", None, None, "de")
    kept_up = core(created="2012-05-01T10:00:00Z", modified="2020-06-01T10:00:00Z")
    assert _read(p("Text."), extra={"docProps/core.xml": kept_up}).date == "2020-06-01"


def test_the_strict_form_is_read_like_the_other() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    document = f'<w:document xmlns:w="{strict}"><w:body><w:p><w:r><w:t>Strict.</w:t></w:r></w:p></w:body></w:document>'
    assert _read("", extra={"word/document.xml": document}).text == "Strict."


def test_a_remote_template_is_not_fetched() -> None:
    remote = relations(("a", "styles", "styles.xml"), outside=[("t", "attachedTemplate", "http://192.0.2.1/x.dotm")])
    assert (
        _read(p("Text."), extra={"word/_rels/settings.xml.rels": remote, "word/_rels/document.xml.rels": remote}).text
        == "Text."
    )


def test_macros_are_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.docm"
    path.write_bytes(docx(p("Text."), extra={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0 Auto_Open"}))
    assert read(path).text == "Text."


def test_control_characters_written_as_references_do_not_get_in() -> None:
    assert _read("<w:p><w:r><w:t>a&#13;b&#10;c&#x7f;</w:t></w:r></w:p>").text == "a\nb\nc"


_CELL = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
_BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "4 million paragraphs": ("million elements", lambda: docx("<w:p/>" * 4_000_000, compression=ZIP_STORED)),
    "20,000 nested tables": ("deeper than 256", lambda: docx(_CELL[0] * 20_000 + _CELL[1] * 20_000)),
    "20 MB in one piece": ("more than 10 MB", lambda: docx(p("ab cd ef" * 2_500_000), compression=ZIP_STORED)),
    "a text that packs too well": ("times when unpacked", lambda: docx(p("x" * 30_000_000))),
}


@pytest.mark.parametrize("kind", _BOMBS)
def test_a_bomb_is_refused_soon_and_in_a_sentence(kind: str) -> None:
    reason, make = _BOMBS[kind]
    content = make()
    begun = time.process_time()
    with pytest.raises(SourceError, match=reason):
        DocxReader().read(content, Path("bomb.docx"))
    assert time.process_time() - begun < 10


def test_a_document_of_30_000_paragraphs_is_read_within_limits() -> None:
    begun = time.process_time()
    reading = _read("".join(p(f"Word after word {n}.") for n in range(30_000)))
    assert reading.text.count("Word") == 30_000
    assert time.process_time() - begun < 30


_INLINE = st.sampled_from(["plain ", "  ", "\n", "é", "x. ", ""])


@given(
    lines=st.lists(st.lists(st.tuples(_INLINE, st.booleans()), max_size=4), max_size=6),
    heads=st.lists(st.booleans(), min_size=6, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_parts_and_marks_are_ordered_and_inside_the_text(
    lines: list[list[tuple[str, bool]]], heads: list[bool]
) -> None:
    body = ""
    for runs, is_heading in zip(lines, heads, strict=False):
        style = '<w:pPr><w:pStyle w:val="H1"/></w:pPr>' if is_heading else ""
        body += f"<w:p>{style}{''.join(r(text, '<w:vanish/>' if hidden else '') for text, hidden in runs)}</w:p>"
    reading = _read(body, {"styles": _STYLES, "header": p("head")})
    assert_in_order(reading)
    hidden = "".join(text for runs in lines for text, is_hidden in runs if is_hidden).split()
    in_marks = "".join(mark.span.cut(reading.text) for mark in reading.marks if mark.kind is NoiseKind.HIDDEN)
    assert sorted("".join(hidden)) == sorted("".join(in_marks.split()))
