"""What an e-mail is, whatever file it comes from, and how e-mails with their attachments become one Reading.

A letter is a part: its header lines, a blank line, what was written, and the names of what is attached. Attachments
that can be read follow as parts of their own, then the e-mails enclosed. Quoted history and signatures stay text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag import sniffing
from rag.errors import EmptySource, NoTextLayer, SourceError, UnsupportedFormat
from rag.formats import FORMATS
from rag.readers.page_noise import MarkedText
from rag.readers.parted import PartedText
from rag.readers.plain import shortened
from rag.reading import LocalReader
from rag.types import Part, PartKind, Reading

MAX_ENCLOSED_DEPTH = 10
"""An e-mail in an e-mail in an e-mail: deeper ones are not read."""

_NOT_IN_ATTACHMENTS = frozenset({sniffing.EML, sniffing.MSG, sniffing.MBOX, sniffing.ZIP})
_MAX_ATTACHMENT_BYTES = 50 * 10**6
_MAX_ATTACHMENTS = 200
_MAX_CHARS_WITH_ATTACHMENTS = 20 * 10**6
_MAX_NOTES = 5
_NAME_CHARS = 120
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f]+")
_NEVER_TEXT = frozenset({"image", "audio", "video", "font", "model"})
_NEVER_TEXT_TYPES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in an e-mail; `media_type` is what the e-mail says it is."""

    name: str
    content: bytes
    media_type: str


@dataclass(slots=True)
class Letter:
    """One e-mail: header lines to show, what was written, and what came with it."""

    fields: Sequence[tuple[str, str]]
    subject: str
    author: str | None
    date: str | None
    body: MarkedText
    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Letter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def reading_of(letters: Sequence[Letter], path: Path, media_type: str, title: str = "") -> Reading:
    """One document of these e-mails and all that is in them; title, author and date are the first one's, if alone."""
    binder = _Binder()
    for letter in letters:
        binder.add(letter)
    only = letters[0] if len(letters) == 1 else None
    return Reading(
        text=binder.text.text,
        title=shortened(title or (only.subject if only else "") or path.stem),
        date=only.date if only else None,
        origin=None,
        media_type=media_type,
        author=only.author if only else None,
        parts=binder.text.parts,
        marks=binder.text.marks,
        note=_in_short(binder.notes),
    )


def file_name(raw: str | None, otherwise: str) -> str:
    """The name of an attachment without the folders that it may claim to lie in."""
    name = _NOT_IN_NAMES.sub(" ", re.split(r"[/\\]", raw or "")[-1]).strip(" .")
    return name[-_NAME_CHARS:] or otherwise


class _Binder:
    """Lays e-mails one after the other."""

    def __init__(self) -> None:
        self.text = PartedText()
        self.notes: list[str] = []
        self._number = 0
        self._n_attachments = 0
        self._reader = LocalReader(tuple(one for one in FORMATS if one.media_type not in _NOT_IN_ATTACHMENTS))

    def add(self, letter: Letter) -> None:
        written = _written(letter)
        self.text.add(written.text, PartKind.MESSAGE, self._next(), shortened(letter.subject), marks=written.marks)
        self.notes += letter.notes
        for attachment in letter.attachments:
            self._attach(attachment)
        for enclosed in letter.enclosed:
            self.add(enclosed)

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _attach(self, attachment: Attachment) -> None:
        self._n_attachments += 1
        if _is_never_text(attachment.media_type) or _is_letter(attachment):
            return
        reason = self._too_much(attachment)
        if not reason:
            try:
                self._add_read(attachment, self._reader.read_content(attachment.content, Path(attachment.name)))
            except EmptySource:
                return
            except NoTextLayer:
                reason = "it holds pictures of text. Save it as a file and add that, and OCR can read it."
            except SourceError as error:
                reason = error.reason
                if isinstance(error, UnsupportedFormat) and sniffing.is_picture_or_sound(attachment.content):
                    return
        if reason:
            self.notes.append(f"The attachment {attachment.name} was not read: {reason}")

    def _too_much(self, attachment: Attachment) -> str:
        if len(attachment.content) > _MAX_ATTACHMENT_BYTES:
            return f"it is too large (at most {_MAX_ATTACHMENT_BYTES // 10**6} MB). Save it as a file and add that."
        if self._n_attachments > _MAX_ATTACHMENTS or len(self.text) > _MAX_CHARS_WITH_ATTACHMENTS:
            return "there is too much in this file. Save it as a file and add that."
        return ""

    def _add_read(self, attachment: Attachment, reading: Reading) -> None:
        """The attachment's own parts keep their names: `report.pdf, page 3`."""
        if reading.note:
            self.notes.append(f"The attachment {attachment.name}: {reading.note}")
        if not reading.parts:
            self.text.add(reading.text, PartKind.MESSAGE, self._next(), attachment.name, marks=reading.marks)
            return
        parts = [
            Part(PartKind.MESSAGE, self._next(), part.span, f"{attachment.name}, {part.name}", part.is_ocr)
            for part in reading.parts
        ]
        self.text.add_whole(reading.text, parts, reading.marks)


def _is_letter(attachment: Attachment) -> bool:
    """Whether it is an e-mail, which its reader has enclosed already, or has noted why not."""
    ending = Path(attachment.name).suffix.lower()
    return sniffing.media_type_of(attachment.content, ending) in {sniffing.EML, sniffing.MSG}


def _is_never_text(media_type: str) -> bool:
    return media_type.split("/", maxsplit=1)[0] in _NEVER_TEXT or media_type in _NEVER_TEXT_TYPES


def _written(letter: Letter) -> MarkedText:
    head = "\n".join(f"{name}: {value}" for name, value in letter.fields if value)
    names = ", ".join(attachment.name for attachment in letter.attachments)
    text = PartedText()
    for piece in (MarkedText(head, ()), letter.body, MarkedText(f"Attachments: {names}" if names else "", ())):
        text.add(piece.text, PartKind.MESSAGE, 1, marks=piece.marks)
    return MarkedText(text.text, text.marks)


def _in_short(notes: Sequence[str]) -> str:
    more = len(notes) - _MAX_NOTES
    return " ".join(notes[:_MAX_NOTES]) + (f" And {more:,} more of the kind." if more > 0 else "")
