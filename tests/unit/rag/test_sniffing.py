"""What files are taken for: by their content where it is clear, by their name where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import sniffing
from rag.formats import ENDINGS, FORMATS
from rag.sniffing import media_type_of
from tests.book_files import epub, locked, zipped
from tests.mail_files import mbox, message, ole, outlook

_SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "files"
_PAGE = b"<!DOCTYPE html><html><body><p>Words.</p></body></html>"
_XML = b'<?xml version="1.0"?><list><name>a</name></list>'
_JSON = b'{"a": 1, "b": [1, 2]}'
_NOTEBOOK = b'{"cells": [{"cell_type": "code", "source": ""}], "nbformat": 4}'
_MAIL = message().as_bytes()
_MBOX = mbox([_MAIL])
_RTF = b"{\\rtf1 words}"
_PDF = b"%PDF-1.7\n%\xe2\xe3\n"
_DOCX = zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
_ODT = zipped({"mimetype": sniffing.ODT, "content.xml": "<o/>"})
_SAVED = b"From: <Saved by Blink>\nSnapshot-Content-Location: http://a.b/\nSubject: x\nMIME-Version: 1.0\n\n"


@pytest.mark.parametrize(
    "ending", [".pdf", ".docx", "", ".txt", ".md", ".html", ".csv", ".json", ".eml", ".zip", ".xyz"]
)
def test_binary_content_is_what_it_is_under_any_name(ending: str) -> None:
    assert media_type_of(_PDF, ending) == sniffing.PDF
    assert media_type_of(_RTF, ending) == sniffing.RTF
    assert media_type_of(_DOCX, ending) == sniffing.DOCX
    assert media_type_of(_ODT, ending) == sniffing.ODT
    assert media_type_of(epub({}), ending) == sniffing.EPUB
    assert media_type_of(outlook(), ending) == sniffing.MSG
    assert media_type_of(zipped({"a.txt": "x"}), ending) == sniffing.ZIP


@pytest.mark.parametrize("ending", [".txt", ".text", ".md", ".markdown", ".rst", ".org", ".log"])
@pytest.mark.parametrize(
    "content", [_PAGE, _XML, _JSON, _NOTEBOOK, _MAIL, _MBOX, _SAVED, b"a,b\n1,2\n", b"a\tb\n1\t2\n"]
)
def test_text_that_is_named_as_text_stays_text(content: bytes, ending: str) -> None:
    expected = sniffing.MARKDOWN if ending in {".md", ".markdown"} else sniffing.PLAIN
    assert media_type_of(content, ending) == expected


@pytest.mark.parametrize("ending", ["", ".pdf", ".docx", ".xls", ".doc", ".xyz", ".php"])
def test_text_whose_name_says_nothing_is_what_it_looks_like(ending: str) -> None:
    for content, expected in [
        (_PAGE, sniffing.HTML),
        (b"\xef\xbb\xbf\n<!-- x -->\n<html>", sniffing.HTML),
        (_XML, sniffing.XML),
        ('<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"), sniffing.XML),
        (_JSON, sniffing.JSON),
        (b'[{"a": 1}]\n', sniffing.JSON),
        (_NOTEBOOK, sniffing.NOTEBOOK),
        (_MAIL, sniffing.EML),
        (_MAIL.replace(b"\n", b"\r\n"), sniffing.EML),
        (_MBOX, sniffing.MBOX),
        (_SAVED, sniffing.MHTML),
        (b'MIME-Version: 1.0\nContent-Type: multipart/related;\n\tboundary=x; type="text/html"\n\n', sniffing.MHTML),
    ]:
        assert media_type_of(content, ending) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"Plain words.\n",
        b"",
        b"From here to there it took until 10:00.\nNote: it rained.\n",
        b"From: Anna\nTo: Bob\n\nA letter typed by hand.\n",
        b"Date: 31 March 2020\nSubject: Talks\nThe talks began well: both sides spoke.\n\n",
        b"{not json}",
        b"[1] A footnote, and its text.",
        b'{"a": the beginning of a template',
        b"a < b and b > c",
    ],
)
def test_plain_text_without_a_telling_name_stays_text(content: bytes) -> None:
    assert media_type_of(content, "") == sniffing.PLAIN


def test_names_tell_apart_what_content_does_not() -> None:
    for ending, expected in [
        (".csv", sniffing.CSV),
        (".tsv", sniffing.TSV),
        (".json", sniffing.JSON),
        (".jsonl", sniffing.JSON_LINES),
        (".xml", sniffing.XML),
        (".ipynb", sniffing.NOTEBOOK),
        (".eml", sniffing.EML),
        (".mbox", sniffing.MBOX),
        (".mht", sniffing.MHTML),
        (".html", sniffing.HTML),
    ]:
        assert media_type_of(b"a,b\n", ending) == expected
    # A page that a program gave a wrong ending is a page.
    for ending in (".csv", ".xml", ".json"):
        assert media_type_of(_PAGE, ending) == sniffing.HTML


def test_a_pdf_may_begin_late_but_a_text_about_pdf_is_text() -> None:
    about = b"The first bytes are %PDF-1.4, as everyone knows.\n"
    assert media_type_of(b"\n" * 500 + _PDF, ".pdf") == sniffing.PDF
    assert media_type_of(about, ".txt") == sniffing.PLAIN
    assert media_type_of(b"From: a@b.c\nSubject: %PDF-1.4\n\nx", ".eml") == sniffing.EML


def test_office_documents_are_known_by_their_content_types_too() -> None:
    types = '<Types><Override ContentType="application/vnd.x.presentationml.presentation.main+xml"/></Types>'
    assert media_type_of(zipped({"[Content_Types].xml": types, "ppt/deck.xml": ""}), ".pptx") == sniffing.PPTX
    assert media_type_of(locked(_DOCX), ".docx") == sniffing.DOCX
    assert media_type_of(locked(epub({})), ".epub") == sniffing.EPUB


def test_old_office_documents_are_told_apart() -> None:
    for stream, expected in [
        ("WordDocument", sniffing.DOC),
        ("PowerPoint Document", sniffing.PPT),
        ("Workbook", sniffing.XLS),
        ("EncryptedPackage", sniffing.ENCRYPTED_OFFICE),
        ("Something", sniffing.OLE),
    ]:
        assert media_type_of(ole({stream: b"x" * 99}), ".bin") == expected


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<", b"{"]),
)
def test_any_bytes_are_something(content: bytes, head: bytes) -> None:
    for ending in ("", ".txt", ".zip"):
        assert media_type_of(head + content, ending)


def test_every_ending_leads_to_its_format() -> None:
    text = b"a,b\n"
    for one in FORMATS:
        for ending in one.endings:
            if one.media_type in {sniffing.PLAIN, sniffing.MARKDOWN, sniffing.HTML, sniffing.CSV, sniffing.JSON}:
                assert media_type_of(text, ending) == one.media_type
    assert {".eml", ".msg", ".mbox", ".epub", ".ipynb", ".json", ".jsonl", ".xml", ".mhtml"} <= ENDINGS


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared files are not beside this checkout")
def test_real_files_are_what_their_names_say_or_known_exceptions() -> None:
    by_ending = {ending: one.media_type for one in FORMATS for ending in one.endings}
    unlike = {
        path.name: found
        for path in _SHARED.rglob("*")
        if path.suffix.lower() in by_ending and path.is_file()
        if (found := media_type_of(path.read_bytes(), path.suffix.lower())) != by_ending[path.suffix.lower()]
    }
    assert unlike == {"password_protected.xlsx": sniffing.ENCRYPTED_OFFICE}
