"""What becomes of Outlook's e-mails."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EncryptedSource, SourceError, UnreadableSource
from rag.readers import outlook_rtf
from rag.reading import LocalReader
from rag.types import Reading
from tests.mail_files import BODY, SUBJECT, message, outlook, outlook_tree
from tests.soundness import read_all, read_sound

_SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "files"
_EXAMPLE = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
"""The example of [MS-OXRTFCP]."""


def _read(content: bytes) -> Reading:
    return read_sound(content, "a.msg")


def test_an_email_is_its_header_lines_and_what_was_written() -> None:
    reading = _read(outlook())
    assert reading.text == (
        "From: Anna Example <anna@example.org>\nTo: Bob <bob@example.org>\nDate: 2020-03-31 21:30 UTC\n"
        f"Subject: {SUBJECT}\n\n{BODY.strip()}"
    )
    assert (reading.title, reading.author, reading.date) == (SUBJECT, "Anna Example", "2020-03-31")
    assert reading.media_type == "application/vnd.ms-outlook"


def test_html_is_read_where_there_is_no_plain_text() -> None:
    assert _read(outlook(text="", html="<p>Über <b>alles</b>.</p>".encode())).text.endswith("Über alles.")


def test_attachments_and_enclosed_emails_are_parts() -> None:
    enclosed = outlook_tree("Inner words.", "Inner", is_enclosed=True)
    attached = [("notes.txt", b"Attached words. " * 400), ("old.eml", message("Older.", subject="Old").as_bytes())]
    reading = _read(outlook(attachments=attached, enclosed=[enclosed]))
    assert [part.label for part in reading.parts] == [SUBJECT, "notes.txt", "Old", "Inner"]
    assert reading.note == ""
    assert "Attachments: notes.txt, old.eml" in reading.text
    assert reading.parts[-1].span.cut(reading.text).endswith("Inner words.")


def test_emails_enclosed_too_deeply_are_left_out() -> None:
    inner = outlook_tree("Core.", "core", is_enclosed=True)
    for number in range(30):
        inner = outlook_tree("Text.", f"s{number}", enclosed=[inner], is_enclosed=True)
    reading = _read(outlook(enclosed=[inner]))
    assert len(reading.parts) == 11
    assert "were not read" in reading.note


def test_an_email_in_an_outlook_file_in_an_email_is_read() -> None:
    outer = message(attachments=[("in.msg", outlook(subject="Deep"), "application/vnd.ms-outlook")])
    reading = LocalReader().read_content(outer.as_bytes(), Path("a.eml"))
    assert [part.label for part in reading.parts] == [SUBJECT, "Deep"]


@pytest.mark.parametrize(
    "content",
    [
        outlook(kind="IPM.Note.SMIME", attachments=[("smime.p7m", b"\x30\x82")]),
        outlook(attachments=[("message.rpmsg", b"\x76\xe8")]),
        outlook(text="-----BEGIN PGP MESSAGE-----\n\nhIwD\n-----END PGP MESSAGE-----"),
    ],
)
def test_encrypted_emails_say_so(content: bytes) -> None:
    with pytest.raises(EncryptedSource, match="encrypted"):
        _read(content)


def test_what_is_broken_or_locked_inside_does_not_stop_the_rest() -> None:
    sealed = outlook_tree("", "Sealed", kind="IPM.Note.SMIME", is_enclosed=True)
    reading = _read(outlook(enclosed=[{}, sealed], attachments=[("notes.txt", b"Attached.")]))
    assert [part.label for part in reading.parts] == [SUBJECT, "notes.txt"]
    assert "it is damaged." in reading.note
    assert "it is encrypted." in reading.note


def test_a_signed_email_is_the_one_inside() -> None:
    signed = [("smime.p7m", message("Signed words.\n").as_bytes())]
    assert "Signed words." in _read(outlook(kind="IPM.Note.SMIME.MultipartSigned", attachments=signed)).text


def test_compressed_rtf_is_unpacked_as_its_specification_says() -> None:
    assert outlook_rtf.unpacked(_EXAMPLE) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    plain = b"{\\rtf1 hello}"
    assert outlook_rtf.unpacked(struct.pack("<II4sI", 0, len(plain), b"MELA", 0) + plain) == plain
    for broken in (b"", b"LZFu", struct.pack("<II4sI", 9, 9, b"LZF!", 0)):
        with pytest.raises(ValueError, match="compressed RTF"):
            outlook_rtf.unpacked(broken)


@given(tail=st.binary(max_size=200))
def test_any_compressed_rtf_ends(tail: bytes) -> None:
    outlook_rtf.unpacked(struct.pack("<II4sI", len(tail), 99, b"LZFu", 0) + tail)


@given(place=st.integers(0, 9000), value=st.integers(0, 255), length=st.integers(1, 400))
@settings(max_examples=150, deadline=None)
def test_damage_ends_in_a_reading_or_a_cause(place: int, value: int, length: int) -> None:
    content = bytearray(outlook(attachments=[("notes.txt", b"Words. " * 300)]))
    content[place : place + length] = bytes([value]) * len(content[place : place + length])
    with contextlib.suppress(SourceError):
        assert _read(bytes(content)).parts


def test_an_unknown_code_page_ends_in_a_cause() -> None:
    content = bytearray(outlook())
    place = content.find(struct.pack("<HHI", 0x0003, 0x3FDE, 6))
    struct.pack_into("<I", content, place + 8, 12345)
    with pytest.raises(UnreadableSource, match="no e-mail of Outlook"):
        _read(bytes(content))


def test_streams_that_claim_the_same_bytes_are_refused() -> None:
    content = bytearray(outlook(attachments=[("a.bin", bytes(100_000)), ("b.bin", bytes(100_000))]))
    mark = "__substg1.0_37010102".encode("utf-16-le")
    place = content.find(mark)
    while place >= 0:
        struct.pack_into("<I", content, place + 120, 10**9)
        place = content.find(mark, place + 1)
    with pytest.raises(UnreadableSource):
        _read(bytes(content))


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared files are not beside this checkout")
def test_real_emails_are_read() -> None:
    readings, refused = read_all(_SHARED, "*.msg")
    assert all(reading.text.startswith("From: ") for reading in readings)
    assert refused == {"fake-encrypted.msg": "encrypted"}
