"""Reads e-mails that Outlook has saved (.msg): header, text, attachments and enclosed e-mails."""

from __future__ import annotations

import email.parser
import io
import struct
from datetime import datetime
from email.message import Message
from pathlib import Path

import olefile
from oxmsg.attachment import Attachment as OutlookAttachment
from oxmsg.domain import constants, model
from oxmsg.properties import Properties
from oxmsg.recipient import Recipient
from oxmsg.storage import Storage

from rag import sniffing
from rag.decoding import decode
from rag.errors import EncryptedSource, SourceError, UnreadableSource
from rag.readers import html, mail, outlook_rtf
from rag.readers.letters import MAX_ENCLOSED_DEPTH, Attachment, Letter, file_name, reading_of
from rag.readers.page_noise import MarkedText
from rag.readers.rich_text import RtfReader
from rag.types import Reading

_HEADER_OF_ENCLOSED_BYTES = 24
_ENCLOSED = "__substg1.0_3701000D"
_RECIPIENT_FIELDS = {1: "To", 2: "Cc", 3: "Bcc"}
_RTF_COMPRESSED = 0x1009
_SEALED_CLASS = "ipm.note.smime"
_SIGNED_CLASS = "ipm.note.smime.multipartsigned"
_PROTECTED_NAMES = (".rpmsg", ".pgp-encrypted")
_MAX_STREAMS = 50_000
_DAMAGE = (
    OSError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
    OverflowError,
    RecursionError,
    model.UnrecognizedCodePageError,
    model.UnsupportedEncodingError,
)


class MsgReader:
    """One e-mail and what is in it."""

    def read(self, content: bytes, path: Path) -> Reading:
        return reading_of([letter_of(content, str(path))], path, sniffing.MSG)


def letter_of(content: bytes, path: str, depth: int = 0) -> Letter:
    """An e-mail out of the bytes of a .msg; arguments and errors are those of `rag.readers.mail.letter_of`."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            _refuse_shared_streams(ole, len(content), path)
            root = Storage.from_ole(ole)
        return _letter(root, model.MSG_HDR_OFFSET, path, depth)
    except SourceError:
        raise
    except _DAMAGE as error:
        raise UnreadableSource(path=path, reason="it is damaged, or no e-mail of Outlook.") from error


def _refuse_shared_streams(ole: olefile.OleFileIO, n_bytes: int, path: str) -> None:
    """Entries that claim the same bytes again and again would fill the memory."""
    streams = ole.listdir(streams=True, storages=False)
    if len(streams) > _MAX_STREAMS or sum(ole.get_size(stream) for stream in streams) > 2 * n_bytes:
        raise UnreadableSource(path=path, reason="it holds more than its size allows.")


def _letter(storage: Storage, header_bytes: int, path: str, depth: int) -> Letter:
    properties = Properties(storage, properties_header_offset=header_bytes)
    attached = [OutlookAttachment(one) for one in storage.iter_attachment_storages()]
    inside = _refused_or_signed(properties, attached, path, depth)
    if inside is not None:
        return inside
    sent = _header(properties)
    names = _recipients(storage)
    date = sent.get("Date", "") or _moment(properties)
    fields = {
        "From": mail.text_of_addresses(sent.get("From", "")) or _sender(properties),
        **{name: mail.text_of_addresses(sent.get(name, "")) or names.get(name, "") for name in ("To", "Cc", "Bcc")},
        "Date": date,
        "Subject": _string(properties, constants.PID_SUBJECT) or mail.text_of_field(sent.get("Subject", "")),
    }
    letter = Letter(
        fields=list(fields.items()),
        subject=fields["Subject"],
        author=mail.author_of(fields["From"]),
        date=mail.date_of(date) if date else None,
        body=MarkedText("", ()),
    )
    letter.body = _body(properties, letter, path)
    if mail.is_only_cipher(letter.body.text):
        raise EncryptedSource(path=path, reason=mail.ENCRYPTED_REASON)
    for one, attachment_storage in zip(attached, storage.iter_attachment_storages(), strict=True):
        try:
            _take(one, attachment_storage, letter, path, depth)
        except SourceError as error:
            letter.notes.append(f"An e-mail or file in it was not read: {error.reason}")
        except _DAMAGE:
            letter.notes.append("An e-mail or file in it was not read: it is damaged.")
    return letter


def _refused_or_signed(
    properties: Properties, attached: list[OutlookAttachment], path: str, depth: int
) -> Letter | None:
    """The e-mail inside one that is signed; None for one that is as open as most are."""
    kind = _string(properties, constants.PID_MESSAGE_CLASS).lower()
    names = [one.file_name or "" for one in attached]
    if kind == _SIGNED_CLASS and len(attached) == 1 and attached[0].file_bytes:
        return mail.letter_of(attached[0].file_bytes, path, depth)
    if kind.startswith(_SEALED_CLASS) or any(name.lower().endswith(_PROTECTED_NAMES) for name in names):
        raise EncryptedSource(path=path, reason=mail.ENCRYPTED_REASON)
    return None


def _string(properties: Properties, pid: int) -> str:
    return (properties.str_prop_value(pid) or "").replace("\0", "").strip()


def _header(properties: Properties) -> Message:
    """The header that it travelled with; empty where it was not sent."""
    return email.parser.HeaderParser().parsestr(_string(properties, constants.PID_TRANSPORT_MESSAGE_HEADERS))


def _sender(properties: Properties) -> str:
    name = _string(properties, constants.PID_SENDER_NAME) or _string(properties, constants.PID_SENT_REPRESENTING_NAME)
    addresses = (
        _string(properties, pid) for pid in (constants.PID_SENDER_SMTP_ADDRESS, constants.PID_SENDER_EMAIL_ADDRESS)
    )
    return _person(name, next((address for address in addresses if "@" in address), ""))


def _recipients(storage: Storage) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for recipient in (Recipient(one) for one in storage.iter_recipient_storages()):
        name = _RECIPIENT_FIELDS.get(recipient.properties.int_prop_value(constants.PID_RECIPIENT_TYPE) or 1, "To")
        address = recipient.email_address if "@" in recipient.email_address else ""
        found.setdefault(name, []).append(_person(recipient.name.replace("\0", ""), address.replace("\0", "")))
    return {name: ", ".join(people) for name, people in found.items()}


def _person(name: str, address: str) -> str:
    if not address or name == address:
        return name or address
    return f"{name} <{address}>" if name else address


def _moment(properties: Properties) -> str:
    pids = (constants.PID_CLIENT_SUBMIT_TIME, constants.PID_MESSAGE_DELIVERY_TIME)
    try:
        found: datetime | None = next((moment for pid in pids if (moment := properties.date_prop_value(pid))), None)
    except OverflowError:
        return ""
    return f"{found:%Y-%m-%d %H:%M} UTC" if found else ""


def _body(properties: Properties, letter: Letter, path: str) -> MarkedText:
    """Plain before HTML."""
    plain = properties.str_prop_value(constants.PID_BODY) or ""
    if plain.strip("\0 \r\n\t"):
        return MarkedText(plain.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n"), ())
    page = _page(properties, path)
    if page.strip():
        return html.text_of(page, path)
    packed = properties.binary_prop_value(_RTF_COMPRESSED)
    if packed:
        try:
            return MarkedText(RtfReader().read(outlook_rtf.unpacked(packed), Path(path)).text, ())
        except (ValueError, SourceError):
            letter.notes.append("Its text is damaged.")
    return MarkedText("", ())


def _page(properties: Properties, path: str) -> str:
    content = properties.binary_prop_value(constants.PID_HTML)
    if not content:
        return properties.str_prop_value(constants.PID_BODY_HTML) or ""
    try:
        return content.decode(properties.body_encoding)
    except (UnicodeError, LookupError, model.UnrecognizedCodePageError, model.UnsupportedEncodingError):
        return decode(content, path)


def _take(attachment: OutlookAttachment, storage: Storage, letter: Letter, path: str, depth: int) -> None:
    enclosed = next((one for one in storage.storages if one.name == _ENCLOSED), None)
    name = file_name(attachment.file_name, "attachment")
    if enclosed is None:
        content = attachment.file_bytes or b""
        letter.attachments.append(Attachment(name, content, attachment.mime_type or ""))
        mail.enclose_file(letter, letter.attachments[-1], path, depth)
    elif depth >= MAX_ENCLOSED_DEPTH:
        letter.notes.append(f"E-mails enclosed more than {MAX_ENCLOSED_DEPTH} deep were not read.")
    else:
        letter.enclosed.append(_letter(enclosed, _HEADER_OF_ENCLOSED_BYTES, path, depth + 1))
