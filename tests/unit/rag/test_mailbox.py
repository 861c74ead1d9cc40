"""What becomes of mailboxes: each e-mail is a part, and no sentence that begins with From ends one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rag.errors import UnreadableSource
from rag.reading import LocalReader
from rag.types import Reading
from tests.mail_files import POSTMARK, mbox, message
from tests.soundness import read_sound


def _read(content: bytes, name: str = "letters.mbox") -> Reading:
    return read_sound(content, name)


def test_each_email_is_a_part_with_its_number_and_subject() -> None:
    reading = _read(mbox([message(f"Text {number}.\n", subject=f"S{number}").as_bytes() for number in range(5)]))
    assert [(part.number, part.label) for part in reading.parts] == [(n + 1, f"S{n}") for n in range(5)]
    assert reading.parts[3].span.cut(reading.text).endswith("Text 3.")
    assert (reading.title, reading.author, reading.date) == ("letters", None, None)


def test_a_mailbox_of_one_email_has_its_author_and_date() -> None:
    reading = _read(mbox([message().as_bytes()]))
    assert (reading.author, reading.date) == ("Anna Example", "2020-03-31")


def test_lines_that_begin_with_from_end_no_email_and_lose_their_escape() -> None:
    text = "One.\n\nFrom here on it is easy.\n\nFrom 10:00 we meet.\nat noon\n\nFrom: Bob\n"
    reading = _read(mbox([message(text).as_bytes(), message("Two.\n").as_bytes()]))
    assert len(reading.parts) == 2
    assert text.strip() in reading.text
    unescaped = POSTMARK + message(text).as_bytes() + b"\n" + POSTMARK + message("Two.\n").as_bytes()
    assert len(_read(unescaped).parts) == 2


def test_windows_line_ends_and_other_postmarks_are_known() -> None:
    plain = mbox([message().as_bytes(), message("Two.\n").as_bytes()])
    assert len(_read(plain.replace(b"\n", b"\r\n")).parts) == 2
    assert len(_read(plain.replace(POSTMARK, b"From - Mon Jan 01 10:00:00 2001\n")).parts) == 2
    assert len(_read(plain.replace(POSTMARK, b"From 1234@xxx Mon Jan 01 10:00:00 +0000 2001\n")).parts) == 2


def test_attachments_of_an_email_follow_it() -> None:
    first = message(attachments=[("notes.txt", b"Attached.", "text/plain")], subject="A")
    reading = _read(mbox([first.as_bytes(), message(subject="B").as_bytes()]))
    assert [part.label for part in reading.parts] == ["A", "notes.txt", "B"]


def test_an_encrypted_email_does_not_stop_the_others() -> None:
    locked = b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\nV\n--x--\n"
    reading = _read(mbox([message().as_bytes(), locked, message("Three.\n").as_bytes()]))
    assert len(reading.parts) == 2
    assert reading.note == "1 of its 3 e-mails were not read."


@pytest.mark.parametrize(
    "content",
    [b"From " + b"x" * 10**6, b"no mailbox\n" * 1000, b"From x 10:00\nFrom x 10:00\n" * 10_000, b"From x 10:00\n"],
)
def test_what_is_no_mailbox_ends_in_a_cause(content: bytes) -> None:
    with pytest.raises(UnreadableSource):
        _read(content)


def test_too_many_emails_are_refused_and_thousands_take_seconds() -> None:
    with pytest.raises(UnreadableSource, match="Split it"):
        _read((POSTMARK + b"A: b\n\n") * 50_001)
    began = time.process_time()
    content = mbox([message(f"Text {number}.\n").as_bytes() for number in range(2_000)])
    assert len(LocalReader().read_content(content, Path("a.mbox")).parts) == 2_000
    assert time.process_time() - began < 30
