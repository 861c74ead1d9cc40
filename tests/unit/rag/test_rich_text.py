"""What becomes of RTF: its words in the right alphabet, and no depth or damage that ends the program."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EmptySource, UnreadableSource
from rag.readers.rich_text import RtfReader
from rag.reading import read
from rag.types import NoiseKind, Reading
from tests.office_files import assert_in_order


def _read(inner: str | bytes) -> Reading:
    content = inner if isinstance(inner, bytes) else inner.encode("latin-1")
    reading = RtfReader().read(b"{\\rtf1\\ansi\\ansicpg1252\\uc1 " + content + b"}", Path("letter.rtf"))
    assert_in_order(reading)
    return reading


def test_paragraphs_and_special_characters() -> None:
    text = _read(r"One\~\emdash  two\line three\par\pard Four \{\\\}\tab five\par").text
    assert text == "One\u00a0— two\nthree\n\nFour {\\}\tfive"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (rb"Caf\'e9 \'93x\'94", "Café “x”"),
        (rb"Caf\u233\'e9 \u8217?s \u-10179?\u-8704?", "Café ’s 😀"),
        (rb"{\uc0\u233}{\uc2\u233 ??}x \u233 {y}", "ééx éy"),
        (rb"{\fonttbl{\f0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}\f1 \'cf\'f0\f2 \'8e\'4f\f0 \'e9", "Пр三é"),
        (b"raw \xe9", "raw é"),
        (rb"\u61623? item \u61500?", "• item"),
        (rb"a\'zz b\x c\ d", "azz bcd"),
    ],
)
def test_characters_are_read_in_their_alphabets(inner: bytes, text: str) -> None:
    assert _read(inner).text == text


def test_the_code_page_of_the_document_counts() -> None:
    assert RtfReader().read(rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0}", Path("a.rtf")).text == "Пр"
    assert RtfReader().read(rb"{\rtf1\ansi\ansicpg99999 \'e9}", Path("a.rtf")).text == "é"


def test_tables_are_rows_of_cells() -> None:
    row = r"\trowd\cellx1\cellx2\pard\intbl {}\cell {}\cell\row"
    text = _read(r"Before.\par" + row.format("a", "b") + row.format("c", r"d\par e") + r"\pard After.\par").text
    assert text == "Before.\n\na | b\n\nc | d e\n\nAfter."


def test_lists_keep_their_marks() -> None:
    bullet = r"{\pntext\f1\'b7\tab}{\*\pn\pnlvlblt}dot\par"
    assert _read(r"{\listtext 1.\tab}one\par{\listtext 2.\tab}two\par" + bullet + " end").text == (
        "1. one\n2. two\n- dot\n\nend"
    )


def test_what_is_hidden_is_marked_and_what_was_deleted_is_out() -> None:
    reading = _read(r"Seen {\v secret}{\deleted never}\revised{ added} \v x\v0 y\par")
    assert reading.text == "Seen secret added xy"
    assert [(mark.kind, mark.span.cut(reading.text)) for mark in reading.marks] == [
        (NoiseKind.HIDDEN, "secret"),
        (NoiseKind.HIDDEN, "x"),
    ]


def test_notes_comments_boxes_and_page_headers_have_their_places() -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt In the box.\par}}{\shprslt old}}"
    reading = _read(
        r"{\header ACME\par}{\footer\f1 Page {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}"
        r"Sold{\footnote\chftn  To Bob.} in{\footnote\ftnalt Letter.} May"
        r"{\*\atnid A}{\*\atnauthor Ada}\chatn{\*\annotation{\*\atnref 1}Really?}." + box + r"\par Rain.\par"
    )
    assert reading.text.split("\n\n") == [
        "Sold in May.",
        "Footnote 1: To Bob.",
        "In the box.",
        "Rain.",
        "Endnote 1: Letter.",
        "Comment by Ada: Really?",
        "ACME",
        "Page 1",
    ]
    assert [mark.kind for mark in reading.marks] == [NoiseKind.RUNNING_HEAD]


def test_what_the_file_says_of_itself_is_taken_and_headings_make_chapters() -> None:
    said = r"{\info{\title Flood \'fcber alles}{\author Ada}{\operator Bob}{\creatim\yr2019\mo5\dy1\hr10}{\doccomm no}}"
    reading = _read(said + r"\outlinelevel0 Costs\par\pard Text.\par\outlinelevel0 Risks\par\pard More.\par")
    assert (reading.title, reading.author, reading.date) == ("Flood über alles", "Ada", "2019-05-01")
    assert [part.label for part in reading.parts] == ["Costs", "Risks"]
    assert reading.text == "Costs\n\nText.\n\nRisks\n\nMore."


def test_pictures_objects_and_links_are_not_looked_at() -> None:
    picture = rb"{\pict\pngblip ffd8ff00}{\pict\bin5 }{}\\a}"
    embedded = rb"{\object\objemb{\*\objdata 0105}{\result{ shown}}}"
    link = rb'{\field{\*\fldinst{HYPERLINK "http://192.0.2.1/"}}{\fldrslt{ here}}}'
    assert _read(rb"Text" + picture + embedded + link).text == "Text shown here"


def test_a_document_that_is_cut_off_is_read_as_far_as_it_goes() -> None:
    content = rb"{\rtf1 One.\par{\b Two\par\trowd\intbl a\cell b\cell\row\intbl c\cell d"
    assert RtfReader().read(content, Path("a.rtf")).text == "One.\n\nTwo\n\na | b\n\nc | d"
    assert RtfReader().read(rb"{\rtf1 One.}}}{\par Out.", Path("a.rtf")).text == "One."


@pytest.mark.parametrize("inner", [b"{" * 100_000 + b"x" + b"}" * 100_000, b"{\\b" * 5_000_000])
def test_groups_nested_without_end_are_refused_soon(inner: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(UnreadableSource, match="nested deeper than 10,000 levels"):
        _read(inner)
    assert time.process_time() - begun < 5


def test_a_document_without_text_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.rtf"
    path.write_bytes(rb"{\rtf1{\pict 00}}")
    with pytest.raises(EmptySource):
        read(path)


def test_two_megabytes_are_read_within_limits() -> None:
    begun = time.process_time()
    assert _read(r"{\plain\f0\fs24 Some words. }\par " * 50_000).text.count("Some words.") == 50_000
    assert time.process_time() - begun < 30


_WORDS = r"\par \cell \row \intbl \v \v0 \u-10179 \'e9 \' \bin3 text \uc9 { } \\"
_GROUPS = r"{\footnote {\*\annotation {\header {\listtext {\shptxt {\info{\title {\*\x"
_PIECES = st.sampled_from([f"{piece} " for piece in f"{_WORDS} {_GROUPS}".split(" ")])


@given(st.lists(_PIECES, max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_order_of_its_words_breaks_the_reader(pieces: list[str]) -> None:
    reading = _read("".join(pieces))
    reading.text.encode("utf-8")
