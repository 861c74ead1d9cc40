"""Reads e-mails as they are sent (.eml): header, text, attachments and enclosed e-mails; nothing is fetched.

The header is decoded here and not by `email.policy.default`, whose grammar takes minutes for hostile fields and raises
on some that are merely odd.
"""

from __future__ import annotations

import binascii
import codecs
import email.errors
import email.header
import email.parser
import email.policy
import email.utils
import re
from collections.abc import Iterator
from datetime import datetime
from email.message import Message
from pathlib import Path

from rag import sniffing
from rag.dates import iso_date
from rag.decoding import decode, is_binary
from rag.errors import EmptySource, EncryptedSource, SourceError, UnreadableSource
from rag.readers import html
from rag.readers.letters import MAX_ENCLOSED_DEPTH, Attachment, Letter, file_name, reading_of
from rag.readers.page_noise import MarkedText
from rag.readers.parted import PartedText
from rag.types import PartKind, Reading

_SHOWN = ("From", "To", "Cc", "Bcc", "Date", "Subject")
_ADDRESSES = frozenset({"From", "To", "Cc", "Bcc"})
_MAX_FIELD_CHARS = 20_000
_MAX_PARTS = 2_000
_FOLD = re.compile(r"\r?\n[ \t]+|[\r\n\t]+")
_UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_WIDE_HEAD_BYTES = 200
_SIGNATURE_LINE = "-- "
_LAST_OF_ASCII = 127
_WESTERN_SHARE = 0.15
_WESTERN_SIGNS = frozenset("’‘“”„«»–—…€£§°·•\xa0¡¿")
_SINGLE_BYTE = ("us-ascii", "ascii", "iso-8859", "windows-125", "cp125", "latin")
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[!-`][ -`]{1,84}\n)+)(?:[` ]?\n)?end[ \t]*$", re.MULTILINE
)
_STUB_CHARS = 200
_STUB_SHARE = 0.1
_ENCRYPTED_TYPES = frozenset({"multipart/encrypted", "application/x-microsoft-rpmsg-message"})
_SEALED_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_BEGIN, _PGP_END = "-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----"
ENCRYPTED_REASON = "it is encrypted. Open it in your mail program and save it decrypted."
_NEVER_SHOWN = frozenset({"text/rtf", "text/richtext"})
_NAMES = {"text/calendar": "invitation.ics", "text/vcard": "contact.vcf", "text/x-vcard": "contact.vcf"}


class EmlReader:
    """One e-mail and what is in it."""

    def read(self, content: bytes, path: Path) -> Reading:
        return reading_of([letter_of(content, str(path))], path, sniffing.EML)


class _BoundedPolicy(email.policy.Compat32):
    """Header fields as they stand, none longer than twenty thousand characters."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, _, value = "".join(sourcelines)[: _MAX_FIELD_CHARS + 1].partition(":")
        return name, value.strip(" \t\r\n") + ("…" if len(value) > _MAX_FIELD_CHARS - len(name) else "")

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 - the policy's own signature
        return value


def letter_of(content: bytes, path: str, depth: int = 0) -> Letter:
    """An e-mail out of its bytes; `path` is for the message, `depth` how many e-mails it is enclosed in.

    Raises:
        EncryptedSource: its text can be read only with a key.
        UnreadableSource: it has no header, or parts within parts that no mail program makes.
    """
    return _Opening(path, depth).letter(parsed(content, path))


def parsed(content: bytes, path: str) -> Message:
    """The MIME message that some bytes are; raises as `letter_of`, and EmptySource where there are none."""
    if content.startswith(_WIDE_MARKS) or b"\0" in content[:_WIDE_HEAD_BYTES]:
        content = decode(content, path).encode("utf-8")
    content = content.removeprefix(codecs.BOM_UTF8).lstrip()
    if not content:
        raise EmptySource(path=path, reason="there is no text in it.")
    try:
        message = email.parser.BytesParser(policy=_BoundedPolicy()).parsebytes(content)
    except RecursionError as error:
        raise UnreadableSource(path=path, reason="its parts are nested too deeply.") from error
    if not message.keys():
        raise UnreadableSource(path=path, reason="it does not begin as an e-mail does.")
    return message


def text_of_part(part: Message, path: str) -> str:
    """What a part without parts says, with LF line ends.

    Raises:
        UnsupportedFormat: it is no text.
    """
    content = _payload(part)
    charset = part.get_content_charset()
    if not content.strip():
        return ""
    # What can be read as UTF-8 is UTF-8, whatever an old program has said of its accents.
    charsets = ["utf-8", charset] if (charset or "us-ascii").startswith(_SINGLE_BYTE) else [charset]
    text = next((text for one in charsets if one and (text := _decoded(content, one)) is not None), None)
    if text is None:
        text = _western(content) or decode(content, path)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def leaves(message: Message) -> Iterator[Message]:
    """The parts that have no parts, in order."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        parts = _parts(part)
        waiting += reversed(parts)
        if not parts:
            yield part


def text_of_field(raw: str) -> str:
    """A header field as it is meant: unfolded, encoded words decoded, bytes above ASCII taken as UTF-8 or Latin."""
    line = _as_text(_FOLD.sub(" ", raw[:_MAX_FIELD_CHARS])).strip()
    if "=?" not in line:
        return _UNSAFE.sub("", line)
    try:
        words = email.header.decode_header(line)
    except email.errors.HeaderParseError:
        return line
    return _UNSAFE.sub("", "".join(_word(word, charset) for word, charset in words)).strip()


def text_of_addresses(raw: str) -> str:
    """`Anna Example <anna@example.org>, Bob <bob@example.org>`; as it stands where it is no list of addresses."""
    pairs = _pairs(raw)
    if not pairs or not all("@" in address for _, address in pairs):
        return text_of_field(raw)
    return ", ".join(_address(text_of_field(name), text_of_field(address)) for name, address in pairs)


def date_of(raw: str) -> str | None:
    """The day of a Date field as its sender counted it, in ISO 8601; None where it makes no sense."""
    try:
        moment: datetime = email.utils.parsedate_to_datetime(raw.strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return iso_date(raw.strip())
    return moment.date().isoformat()


def author_of(raw: str) -> str | None:
    """Who wrote it, by name, else by address."""
    pairs = _pairs(raw)
    name, address = pairs[0] if pairs else ("", "")
    return text_of_field(name) or text_of_field(address) or text_of_field(raw) or None


def enclose_file(letter: Letter, attachment: Attachment, path: str, depth: int) -> None:
    """An e-mail that is attached as a file to `letter` is an e-mail enclosed in it."""
    if not attachment.content:
        return
    kind = sniffing.media_type_of(attachment.content, Path(attachment.name).suffix.lower())
    if kind not in {sniffing.EML, sniffing.MSG}:
        return
    try:
        letter.enclosed.append(_opened(attachment, kind, path, depth))
    except SourceError as error:
        letter.notes.append(f"The attachment {attachment.name} was not read: {error.reason}")


def _opened(attachment: Attachment, kind: str, path: str, depth: int) -> Letter:
    if depth >= MAX_ENCLOSED_DEPTH:
        raise UnreadableSource(path=path, reason="it is enclosed too deeply.")
    if kind == sniffing.EML:
        return letter_of(attachment.content, path, depth + 1)
    from rag.readers import outlook  # noqa: PLC0415 - Outlook's e-mails enclose these, and these Outlook's

    return outlook.letter_of(attachment.content, path, depth + 1)


def unflowed(text: str, *, is_spaceless: bool = False) -> str:
    """A text of format=flowed (RFC 3676) with its paragraphs in one line each, as they were typed.

    A line that ends with a space goes on in the next one of the same depth of quotation; `is_spaceless`: the space is
    no part of the text.
    """
    paragraphs: list[list[str]] = []
    goes_on, above = False, 0
    for line in text.split("\n"):
        depth, said = _quotation(line)
        is_signature = said == _SIGNATURE_LINE
        if not goes_on or depth != above or is_signature:
            paragraphs.append([f"{'>' * depth} " if depth else ""])
        goes_on, above = said.endswith(" ") and not is_signature, depth
        paragraphs[-1].append(said[:-1] if goes_on and is_spaceless else said)
    return "\n".join("".join(pieces) for pieces in paragraphs)


def _quotation(line: str) -> tuple[int, str]:
    """How deeply a line is quoted, and what it says; one space is there to keep it from meaning something else."""
    said = line.lstrip(">")
    return len(line) - len(said), said.removeprefix(" ")


def is_only_cipher(text: str) -> bool:
    """Whether all that was written is a message for who has the key."""
    return text.strip().startswith(_PGP_BEGIN) and text.rstrip().endswith(_PGP_END)


class _Opening:
    """Walks over the parts of one e-mail; depth and number of parts are bounded."""

    def __init__(self, path: str, depth: int) -> None:
        self._path = path
        self._depth = depth
        self._n_parts = 0
        self._written: list[MarkedText] = []
        self._attachments: list[Attachment] = []
        self._enclosed: list[Letter] = []
        self._notes: list[str] = []

    def letter(self, message: Message) -> Letter:
        self._walk(message)
        if self._n_parts > _MAX_PARTS:
            self._notes.append(f"It has {self._n_parts:,} parts; the first {_MAX_PARTS:,} were read.")
        raw = {name: next((str(v) for k, v in message.raw_items() if k.lower() == name.lower()), "") for name in _SHOWN}
        shown = [(name, (text_of_addresses if name in _ADDRESSES else text_of_field)(raw[name])) for name in _SHOWN]
        body = PartedText()
        for written in self._written:
            body.add(written.text, PartKind.MESSAGE, 1, marks=written.marks)
        if is_only_cipher(body.text):
            raise EncryptedSource(path=self._path, reason=ENCRYPTED_REASON)
        letter = Letter(
            fields=shown,
            subject=text_of_field(raw["Subject"]),
            author=author_of(raw["From"]),
            date=date_of(text_of_field(raw["Date"])),
            body=MarkedText(body.text, body.marks),
            attachments=self._attachments,
            enclosed=self._enclosed,
            notes=self._notes,
        )
        for attachment in self._attachments:
            enclose_file(letter, attachment, self._path, self._depth)
        return letter

    def _walk(self, message: Message) -> None:
        self._n_parts += 1
        if self._n_parts > _MAX_PARTS:
            return
        kind = message.get_content_type()
        if kind in _ENCRYPTED_TYPES or (kind in _SEALED_TYPES and message.get_param("smime-type") != "signed-data"):
            raise EncryptedSource(path=self._path, reason=ENCRYPTED_REASON)
        parts = _parts(message)
        if kind == "multipart/alternative":
            self._take_alternative(parts)
        elif kind == "message/rfc822" and parts:
            self._enclose(parts[0])
        elif kind == "message/delivery-status":
            self._written.append(MarkedText("\n\n".join(_header_lines(part) for part in parts), ()))
        elif parts:
            for part in parts:
                self._walk(part)
        elif _is_text_to_show(message, kind):
            self._show(message, kind)
        else:
            self._attach(message, kind)

    def _take_alternative(self, parts: list[Message]) -> None:
        """One of them as text, plain before HTML; what is neither (an invitation) beside it."""
        plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
        rich = next((part for part in parts if part is not plain and _holds_html(part)), None)
        if plain is not None and rich is not None and self._is_stub(plain, rich):
            plain = None
        chosen = plain if plain is not None else rich
        for part in parts:
            if part is chosen or chosen is None:
                self._walk(part)
            else:
                # Some programs have the attachments beside the HTML, and only there.
                for leaf in leaves(part):
                    kind = leaf.get_content_type()
                    if not _is_text_to_show(leaf, kind) and kind not in _NEVER_SHOWN:
                        self._attach(leaf, kind)

    def _is_stub(self, plain: Message, rich: Message) -> bool:
        """Whether the plain text only says that the e-mail has to be seen as HTML, or not even that."""
        short = len(text_of_part(plain, self._path).strip())
        if not short:
            return True
        return short < _STUB_CHARS and short < _STUB_SHARE * sum(
            len(self._shown(part).text) for part in leaves(rich) if part.get_content_type() == "text/html"
        )

    def _show(self, message: Message, kind: str) -> None:
        try:
            shown = self._shown(message) if kind == "text/html" else MarkedText(self._plain(message), ())
        except SourceError as error:
            self._notes.append(f"A part of it was not read: {error.reason}")
            return
        if shown.text.strip():
            self._written.append(shown)

    def _shown(self, message: Message) -> MarkedText:
        page = text_of_part(message, self._path)
        return html.text_of(page, self._path) if page.strip() else MarkedText("", ())

    def _plain(self, message: Message) -> str:
        """The text, and files in it that were written out as letters taken out as attachments."""
        text = text_of_part(message, self._path)
        if str(message.get_param("format") or "").lower() == "flowed":
            text = unflowed(text, is_spaceless=str(message.get_param("delsp") or "").lower() == "yes")
        for match in _UUENCODED.finditer(text):
            name = file_name(match.group(1), "attachment")
            self._attachments.append(Attachment(name, _uudecoded(match.group(2)), "application/octet-stream"))
        return _UUENCODED.sub("", text).strip("\n")

    def _enclose(self, message: Message) -> None:
        if self._depth >= MAX_ENCLOSED_DEPTH:
            self._notes.append(f"E-mails enclosed more than {MAX_ENCLOSED_DEPTH} deep were not read.")
            return
        try:
            self._enclosed.append(_Opening(self._path, self._depth + 1).letter(message))
        except EncryptedSource as error:
            self._notes.append(f"An enclosed e-mail was not read: {error.reason}")

    def _attach(self, message: Message, kind: str) -> None:
        is_inline = message.get_content_disposition() != "attachment" and bool(message.get("Content-ID"))
        if is_inline and message.get_content_maintype() == "image":
            return
        name = file_name(_given_name(message), _NAMES.get(kind, "attachment"))
        attachment = Attachment(name, _payload(message), kind)
        if kind == "application/ms-tnef":
            attachment = Attachment(name, b"", kind)
            self._notes.append(f"The attachment {name} was not read: it is in a form that only Outlook opens.")
        self._attachments.append(attachment)


def _parts(message: Message) -> list[Message]:
    return [part for part in message.get_payload() if isinstance(part, Message)] if message.is_multipart() else []


def _holds_html(message: Message) -> bool:
    return any(part.get_content_type() == "text/html" for part in leaves(message))


def _is_text_to_show(message: Message, kind: str) -> bool:
    if message.get_content_disposition() == "attachment" or kind in _NAMES or kind in _NEVER_SHOWN:
        return False
    # A multipart without parts has lost its boundary: what it holds is shown as it stands.
    return message.get_content_maintype() in {"text", "multipart", "message"} and not _given_name(message)


def _given_name(message: Message) -> str | None:
    """As `get_filename`, which does not know the encoded words that many programs write there."""
    try:
        raw = message.get_filename()
    except (ValueError, LookupError, TypeError):
        return None
    return text_of_field(raw) if raw else None


def _payload(message: Message) -> bytes:
    try:
        payload = message.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError, binascii.Error):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _header_lines(message: Message) -> str:
    return "\n".join(f"{name}: {text_of_field(str(value))}" for name, value in message.raw_items())


def _decoded(content: bytes, charset: str) -> str | None:
    if charset == "us-ascii":
        return None
    try:
        return content.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None


def _western(content: bytes) -> str:
    """Text whose few bytes above ASCII are accented letters between others: no guess is needed, however short it is."""
    text = content.decode("cp1252", "replace")
    foreign = [place for place, character in enumerate(text) if ord(character) > _LAST_OF_ASCII]
    is_western = len(foreign) < _WESTERN_SHARE * len(text) and all(_is_accent(text, place) for place in foreign)
    return "" if is_binary(text) or not is_western else text


def _is_accent(text: str, place: int) -> bool:
    if not text[place].isalpha():
        return text[place] in _WESTERN_SIGNS
    beside = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
    return any(character.isascii() and character.isalpha() for character in beside)


def _uudecoded(lines: str) -> bytes:
    pieces: list[bytes] = []
    for line in lines.splitlines():
        try:
            pieces.append(binascii.a2b_uu(line))
        except (binascii.Error, ValueError):
            continue
    return b"".join(pieces)


def _as_text(raw: str) -> str:
    """A field whose bytes above ASCII came through as half surrogates."""
    if raw.isascii():
        return raw
    content = raw.encode("utf-8", "surrogateescape")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _word(word: bytes | str, charset: str | None) -> str:
    if isinstance(word, str):
        return word
    if charset is None:
        return word.decode("raw-unicode-escape", "replace")
    try:
        return word.decode(charset, "replace")
    except (LookupError, ValueError):
        return word.decode("latin-1")


def _pairs(raw: str) -> list[tuple[str, str]]:
    """Names and addresses of a field; none where its brackets and quotes lead nowhere."""
    try:
        return email.utils.getaddresses([_FOLD.sub(" ", _as_text(raw[:_MAX_FIELD_CHARS]))])
    except (RecursionError, IndexError, ValueError):
        return []


def _address(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address
