"""What becomes of pages saved whole."""

from __future__ import annotations

import pytest

from rag.errors import SourceError
from rag.types import Reading
from tests.soundness import read_sound

_TEXT = "The delegations met in Doha for a third day – und sprachen über Öl."
_PAGE = f"<html><head><title>{{title}}</title></head><body><h1>Talks</h1><p>{_TEXT}</p></body></html>"


def _archive(*, title: str = "Talks", charset: str = "utf-8", location: str = "https://www.example.org/talks") -> bytes:
    page = _PAGE.format(title=title).encode(charset)
    head = (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: {location}\r\nSubject: =?utf-8?Q?Talks=20in=20Doha?=\r\n"
        "Date: Tue, 31 Mar 2020 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="x"\r\n\r\n'
        "--x\r\nContent-Type: text/css\r\n\r\np {color: red}\r\n"
        f"--x\r\nContent-Type: text/html; charset={charset}\r\nContent-ID: <frame-1>\r\n"
        "Content-Transfer-Encoding: binary\r\n\r\n"
    )
    tail = "\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>An advert in a frame.</p>\r\n--x--\r\n"
    return head.encode() + page + tail.encode()


def _read(content: bytes, name: str = "page.mhtml") -> Reading:
    return read_sound(content, name)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_the_page_itself_is_read(charset: str) -> None:
    reading = _read(_archive(charset=charset))
    assert _TEXT in reading.text
    assert "advert" not in reading.text
    assert (reading.title, reading.date, reading.origin) == ("Talks", "2020-03-31", "example.org")
    assert reading.media_type == "multipart/related"


def test_a_page_without_a_title_has_that_of_the_archive() -> None:
    assert _read(_archive(title="").replace(b"<h1>Talks</h1>", b"")).title == "Talks in Doha"


def test_a_saved_page_is_known_without_its_ending() -> None:
    assert _read(_archive(), "page").media_type == "multipart/related"
    assert _read(_archive(), "page.doc").media_type == "multipart/related"


@pytest.mark.parametrize(
    "content",
    [
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/css\n\np {}\n",
        b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n",
        b"\x89PNG" * 99,
    ],
)
def test_an_archive_without_a_page_ends_in_a_cause(content: bytes) -> None:
    with pytest.raises(SourceError):
        _read(content)


def test_a_strange_address_is_no_origin() -> None:
    for location in ("http://[::1", "cid:frame", "file:///C:/talks.html", ""):
        assert _read(_archive(location=location)).origin is None
