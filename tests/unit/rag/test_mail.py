"""What becomes of e-mails: header and text as their sender meant them, attachments as parts, hostile ones bounded."""

from __future__ import annotations

import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EmptySource, EncryptedSource, SourceError, UnreadableSource
from rag.readers.mail import EmlReader, text_of_field
from rag.reading import LocalReader
from rag.types import PartKind, Reading
from tests.book_files import zipped
from tests.mail_files import BODY, SUBJECT, message, nested_messages, nested_parts
from tests.soundness import assert_sound, read_all, read_sound

_SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "files"
_PAGE = "<html><head><style>p {}</style></head><body><p>One <b>bold</b> word.</p><p>Another one.</p></body></html>"


def _read(content: bytes | EmailMessage, name: str = "a.eml") -> Reading:
    return read_sound(content if isinstance(content, bytes) else content.as_bytes(), name)


def test_an_email_is_its_header_lines_and_what_was_written() -> None:
    reading = _read(message())
    assert reading.text == (
        "From: Anna Example <anna@example.org>\nTo: Bob <bob@example.org>, carol@example.org\n"
        f"Date: Tue, 31 Mar 2020 23:30:00 +0200\nSubject: {SUBJECT}\n\n{BODY.strip()}"
    )
    assert (reading.title, reading.author, reading.date) == (SUBJECT, "Anna Example", "2020-03-31")
    assert [(part.kind, part.number, part.label) for part in reading.parts] == [(PartKind.MESSAGE, 1, SUBJECT)]
    assert reading.media_type == "message/rfc822"


def test_plain_text_is_preferred_to_html_unless_it_says_nothing() -> None:
    assert "bold" not in _read(message(html=_PAGE)).text
    assert _read(message("", html=_PAGE)).text.endswith("One bold word.\n\nAnother one.")
    long_page = f"<p>{'Every word of this counts. ' * 40}</p>"
    assert "Every word" in _read(message("Please view this in HTML.", html=long_page)).text


def test_attachments_are_named_and_those_that_can_be_read_follow_as_parts() -> None:
    reading = _read(
        message(
            attachments=[
                ("notes.txt", b"Attached words.\n", "application/octet-stream"),
                ("page.html", _PAGE.encode(), "text/html"),
                ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "image/png"),
            ]
        )
    )
    assert "\n\nAttachments: notes.txt, page.html, logo.png\n\n" in reading.text
    assert [(part.number, part.label) for part in reading.parts] == [(1, SUBJECT), (2, "notes.txt"), (3, "page.html")]
    assert reading.parts[1].span.cut(reading.text).strip() == "Attached words."
    assert "One bold word." in reading.parts[2].span.cut(reading.text)
    assert reading.note == ""


def test_the_parts_of_an_attachment_keep_their_names() -> None:
    notebook = b'{"cells": [{"cell_type": "markdown", "source": "One."}, {"cell_type": "code", "source": "Two."}]}'
    reading = _read(message(attachments=[("n.ipynb", notebook, "application/octet-stream")]))
    assert [part.name for part in reading.parts][1:] == ["message n.ipynb, cell 1", "message n.ipynb, cell 2"]


def test_attachments_that_stand_beside_the_html_alone_are_found() -> None:
    rich = message("", html=_PAGE, attachments=[("notes.txt", b"Attached.", "text/plain")])
    outer = EmailMessage()
    outer["From"] = "a@b.c"
    outer.set_content("Plain words.\n")
    outer.make_alternative()
    for field in ("From", "To", "Date", "Subject"):
        del rich[field]
    outer.attach(rich)
    reading = _read(outer)
    assert "bold" not in reading.text
    assert reading.text.endswith("Plain words.\n\nAttachments: notes.txt\n\nAttached.")


def test_an_attachment_that_fails_is_noted_and_stops_nothing() -> None:
    broken = [("a.docx", b"PK\x03\x04 broken", "application/octet-stream"), ("b.txt", b"Fine.", "text/plain")]
    reading = _read(message(attachments=broken))
    assert "Fine." in reading.text
    assert reading.note.startswith("The attachment a.docx was not read: ")


def test_archives_in_emails_are_not_opened() -> None:
    reading = _read(message(attachments=[("all.zip", zipped({"a.txt": "inside"}), "application/zip")]))
    assert "inside" not in reading.text
    assert "all.zip was not read" in reading.note


def test_an_enclosed_email_is_a_part_of_its_own() -> None:
    inner = message("Inner words.\n", subject="Inner")
    reading = _read(message(enclosed=[inner]))
    assert [(part.number, part.label) for part in reading.parts] == [(1, SUBJECT), (2, "Inner")]
    assert reading.parts[1].span.cut(reading.text).endswith("Inner words.")


def test_an_email_attached_as_a_file_is_enclosed_too() -> None:
    inner = message("Inner words.\n", subject="Inner").as_bytes()
    reading = _read(message(attachments=[("old.eml", inner, "application/octet-stream")]))
    assert [part.label for part in reading.parts] == [SUBJECT, "Inner"]
    assert reading.note == ""


def test_quoted_history_and_signatures_stay_text() -> None:
    text = "I agree.\n\nOn Monday Bob wrote:\n> Shall we?\n> Bob\n\n-- \nAnna\nLibrary\n"
    assert text.strip() in _read(message(text)).text


def test_lines_that_a_program_broke_are_joined_again() -> None:
    head = b"From: a@b.c\nSubject: s\nContent-Type: text/plain; format=flowed"
    body = b"\n\nThe password was \nchanged on \nMonday.\n\n> Was it \n> changed?\n>> Yes, \n> no.\n"
    body += b"-- \nAnna \nB.\n From me.\n"
    assert _read(head + body).text.endswith(
        "\n\nThe password was changed on Monday.\n\n> Was it changed?\n>> Yes, \n> no.\n-- \nAnna B.\nFrom me."
    )
    assert "The password waschanged onMonday." in _read(head + b"; delsp=yes" + body).text
    began = time.process_time()
    assert len(EmlReader().read(head + b"\n\n" + b"word word \n" * 300_000, Path("a.eml")).text) > 3_000_000
    assert time.process_time() - began < 10
    assert "was \nchanged" in _read(b"From: a@b.c\nSubject: s" + body).text


def test_charsets_that_lie_or_are_unknown_do_not_spoil_the_accents() -> None:
    head = b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=%s\n\n"
    utf8 = "Ich grüße – für Ömer. Die Straße führte ans Meer zurück.\n"
    for charset in (b"iso-8859-1", b"us-ascii", b"x-martian", b"utf-8", b"zlib", b'"'):
        assert utf8.strip() in _read(head % charset + utf8.encode()).text
    latin = "Ich grüße Ömer. Die Straße führte ans Meer zurück.\n"
    assert latin.strip() in _read(head % b"utf-8" + latin.encode("latin-1")).text
    assert latin.strip() in _read(head % b"windows-1252" + latin.encode("cp1252")).text
    russian = "Переговоры прошли в Москве. Делегация вернулась на следующий день. " * 5
    assert russian.strip() in _read(head % b"x-martian" + russian.encode("cp1251")).text


def test_emails_in_utf16_are_read() -> None:
    content = message().as_bytes().decode()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert BODY.strip() in _read(content.encode(encoding)).text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?= aus =?iso-8859-1?Q?K=F6ln?=", "Grüße aus Köln"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("=?utf-8?B?A?= rest", "=?utf-8?B?A?= rest"),
        ("=?martian?q?caf=E9?=", "café"),
        ("folded\r\n over\n\tlines", "folded over lines"),
        ("Gr\udcc3\udcbc\udcc3\udc9fe", "Grüße"),
    ],
)
def test_fields_are_decoded(raw: str, shown: str) -> None:
    assert text_of_field(raw) == shown


def test_a_reversed_name_stays_what_it_is_beside_the_address() -> None:
    content = message().as_bytes().replace(b"Anna Example", "\u202egro.knab <a@bank.org>".encode())
    reading = _read(content)
    assert "\u202e" in reading.text.split("\n")[0]
    assert "anna@example.org" in reading.text.split("\n")[0]


def test_a_hundred_thousand_encoded_words_cost_nothing() -> None:
    words = b"=?utf-8?q?caf=C3=A9?= " * 100_000
    began = time.process_time()
    reading = _read(b"From: " + words + b"\nTo: " + words + b"\nSubject: " + words + b"\n\nThe body.\n")
    assert time.process_time() - began < 10
    assert reading.text.endswith("The body.")
    assert len(reading.text) < 50_000


def test_parts_too_deep_are_refused_and_emails_too_deep_are_left_out() -> None:
    assert "the core" in _read(nested_parts(100)).text
    with pytest.raises(UnreadableSource, match="nested too deeply"):
        _read(nested_parts(2_000))
    reading = _read(nested_messages(50))
    assert len(reading.parts) == 11
    assert "were not read" in reading.note


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.c\nContent-Type: multipart/mixed\n\n--x\nContent-Type: text/plain\n\nThe text.\n",
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--y\n\nThe text.\n",
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nThe text.\n--x\nContent-Type: foo\n\n",
        b"From: a@b.c\nContent-Transfer-Encoding: martian\n\nThe text.\n",
        b"From: a@b.c\nContent-Type: text/plain; charset=rot13\n\nThe text.\n",
        b"From: a@b.c\nContent-Type: ;;;=\n\nThe text.\n",
        b'From: a@b.c\nTo: "(' + b'"(' * 50_000 + b"\n\nThe text.\n",
        b"From: a@b.c\n" + b"X: y\n" * 20_000 + b"\nThe text.\n",
    ],
)
def test_broken_structure_still_gives_the_text(content: bytes) -> None:
    assert "The text." in _read(content).text


def test_garbage_for_base64_is_noted() -> None:
    head = b"From: a@b.c\nSubject: s\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
    reading = _read(head + b"%%garbage\x01\x02&&==" * 300)
    assert reading.text == "From: a@b.c\nSubject: s"
    assert "not read" in reading.note


def test_files_written_as_letters_are_attachments() -> None:
    text = b"From: a@b.c\nSubject: s\n\nBefore.\nbegin 644 ../../etc/x.txt\n#86)C\n`\nend\nAfter.\n"
    reading = _read(text)
    assert "Before.\n\nAfter.\n\nAttachments: x.txt\n\nabc" in reading.text
    unended = b"From: a@b.c\nSubject: s\n\n" + b"begin 644 x\nM" * 20_000
    assert "Attachments" not in _read(unended).text


def test_an_attachment_cannot_claim_a_folder() -> None:
    reading = _read(message(attachments=[("../../etc/passwd.txt", b"Words.", "text/plain")]))
    assert "/" not in reading.parts[1].label
    assert ".." not in reading.parts[1].label


def test_what_only_outlook_opens_is_noted() -> None:
    tnef = ("winmail.dat", b"\x78\x9f\x3e\x22" + bytes(99), "application/ms-tnef")
    assert (
        "winmail.dat was not read: it is in a form that only Outlook opens." in _read(message(attachments=[tnef])).note
    )


@pytest.mark.parametrize(
    "content",
    [
        b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nVersion: 1\n--x--\n",
        b"From: a@b.c\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB\n",
        b"From: a@b.c\n\n-----BEGIN PGP MESSAGE-----\n\nhIwD\n-----END PGP MESSAGE-----\n",
    ],
)
def test_encrypted_emails_say_so(content: bytes) -> None:
    with pytest.raises(EncryptedSource, match="encrypted"):
        _read(content)


def test_a_delivery_report_says_what_failed() -> None:
    report = (
        b"From: mailer@b.c\nContent-Type: multipart/report; boundary=x\n\n--x\n\nIt came back.\n--x\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; b.c\n\nFinal-Recipient: rfc822; d@e.f\n--x--\n"
    )
    assert "Final-Recipient: rfc822; d@e.f" in _read(report).text


@pytest.mark.parametrize("content", [b"just words\n", b"\x00\x01\x02\x03" * 99, b"no header: is\xffhere without"])
def test_what_is_no_email_ends_in_a_cause(content: bytes) -> None:
    with pytest.raises(SourceError):
        LocalReader().read_content(content * 3, Path("a.eml"))


def test_white_space_is_empty() -> None:
    with pytest.raises(EmptySource):
        LocalReader().read_content(b" \n\n ", Path("a.eml"))


_LINES = st.sampled_from(
    [
        "From: a@b.c",
        "Subject: =?utf-8?q?x?=",
        "Content-Type: multipart/mixed; boundary=x",
        "Content-Type: multipart/alternative; boundary=y",
        "Content-Type: message/rfc822",
        "Content-Type: text/html; charset=utf-16",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename*0*=utf-8''a%2Fb; filename*1=c",
        "--x",
        "--y",
        "--x--",
        "",
        "<p>words &amp; <b>more",
        "SGVsbG8gd29ybGQ=",
        "begin 644 a.txt",
        "end",
        "\udcff\udce4",
    ]
)


@given(lines=st.lists(_LINES, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_order_of_lines_ends_in_a_sound_reading_or_a_cause(lines: list[str]) -> None:
    content = "\n".join(["From: a@b.c", *lines]).encode("utf-8", "surrogateescape")
    try:
        reading = EmlReader().read(content, Path("a.eml"))
    except SourceError:
        return
    assert reading.parts
    assert_sound(LocalReader().read_content(content, Path("a.eml")))


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared files are not beside this checkout")
def test_real_emails_are_read() -> None:
    readings, refused = read_all(_SHARED, "*.eml")
    assert all(reading.text.startswith("From: ") for reading in readings)
    assert refused == {"empty.eml": "empty", "fake-encrypted.eml": "encrypted"}
