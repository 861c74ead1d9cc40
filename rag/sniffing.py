"""Tells what kind of file some bytes are: by what they hold, and where that says nothing, by the ending of the name.

A text file that is named as one stays one: HTML, JSON or an e-mail in a .txt or .md is there to be read as it stands.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

from rag import zips

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
DOC = "application/msword"
PPT = "application/vnd.ms-powerpoint"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
EPUB = "application/epub+zip"
RTF = "application/rtf"
CSV = "text/csv"
TSV = "text/tab-separated-values"
JSON = "application/json"
JSON_LINES = "application/jsonl"
XML = "application/xml"
NOTEBOOK = "application/x-ipynb+json"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
MBOX = "application/mbox"
MHTML = "multipart/related"
ZIP = "application/zip"
ENCRYPTED_OFFICE = "application/x-ole-encrypted"
OLE = "application/x-ole-storage"

_BY_ENDING: Final[Mapping[str, str]] = {
    ".txt": PLAIN,
    ".text": PLAIN,
    ".rst": PLAIN,
    ".org": PLAIN,
    ".log": PLAIN,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".csv": CSV,
    ".tsv": TSV,
    ".json": JSON,
    ".jsonl": JSON_LINES,
    ".xml": XML,
    ".ipynb": NOTEBOOK,
    ".eml": EML,
    ".mbox": MBOX,
    ".mhtml": MHTML,
    ".mht": MHTML,
}
"""Formats that are text, so that only the name tells them apart."""

_TEXT_ENDINGS: Final = frozenset({".txt", ".text", ".md", ".markdown", ".rst", ".org", ".log"})
_PDF_WITHIN_BYTES = 1024
_HEAD_BYTES = 4096
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE_OR_SOUND_MARKS = (
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"\xff\xfb",
    b"BM",
    b"II*\0",
    b"MM\0*",
)
_BY_MEMBER: Final = (
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("xl/workbook.xml", XLSX),
    ("META-INF/container.xml", EPUB),
)
_MAX_MIMETYPE_BYTES = 200
_MAX_CONTENT_TYPES_BYTES = 10**6
_BY_CONTENT_TYPE: Final = (
    (b"wordprocessingml.document.main+xml", DOCX),
    (b"ms-word.document.macroEnabled.main+xml", DOCX),
    (b"presentationml.presentation.main+xml", PPTX),
    (b"spreadsheetml.sheet.main+xml", XLSX),
)
_BY_STREAM: Final = (
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("__substg1.0_", MSG),
    ("WordDocument", DOC),
    ("PowerPoint Document", PPT),
    ("Workbook", XLS),
    ("Book", XLS),
)
_LOOKS_LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*|<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_LOOKS_LIKE_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml\s+version\b|(?:\xff\xfe)?<\0\?\0x\0m\0l\0|(?:\xfe\xff)?\0<\0\?\0x\0m\0l"
)
_LOOKS_LIKE_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:"|\})|\[\s*[\[{"\]\d-])')
_JSON_END = re.compile(rb"[\]}]\s*\Z")
_LOOKS_LIKE_NOTEBOOK = re.compile(rb'"(?:cells|worksheets)"\s*:\s*\[')
POSTMARK: Final = re.compile(
    rb"^From [^\r\n]{0,200}\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b[^\r\n]{1,40}\d\d:\d\d[^\r\n]{0,60}\r?\n"
    rb"(?=>?[!-9;-~]{1,76}:)",
    re.MULTILINE,
)
"""The line before each e-mail of a mailbox: a day and a time, and a header field in the next line."""
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,76}):|[ \t]")
_HEADER_NAMES: Final = frozenset(
    {b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"received", b"return-path", b"mime-version"}
    | {b"delivered-to", b"reply-to", b"sender", b"content-type", b"x-mailer"}
)
_MIN_HEADER_NAMES = 3
_SAVED_PAGE = re.compile(
    rb"^(?:snapshot-content-location:|content-type:\s*multipart/related\b[^\n]*(?:\n[ \t][^\n]*)*type=\"?text/html)",
    re.I | re.M,
)


def media_type_of(content: bytes, ending: str) -> str:
    """The media type of a file with this content and this ending (lower case, with the dot).

    Content that is no known binary format is text; the reader that gets it finds out whether it can be decoded.
    """
    if content.startswith(_ZIP_MARKS):
        return _of_zip(content)
    if content.startswith(_OLE_MARK):
        return _of_ole(content)
    if content.startswith(b"{\\rtf"):
        return RTF
    if content.startswith(b"%PDF-") or (b"%PDF-" in content[:_PDF_WITHIN_BYTES] and ending not in _BY_ENDING):
        return PDF
    return _of_text(content, ending)


def is_picture_or_sound(content: bytes) -> bool:
    """Whether it begins as the usual picture and sound files do."""
    return content.startswith(_PICTURE_OR_SOUND_MARKS) or content[4:8] == b"ftyp"


def media_type_of_zip(archive: zipfile.ZipFile) -> str:
    """The kind of document that a zip package is; ZIP where it is none."""
    names = set(archive.namelist())
    named = _member(archive, "mimetype", _MAX_MIMETYPE_BYTES).decode("ascii", "replace").strip()
    if named in {EPUB, ODT, ODS, ODP}:
        return named
    found = next((media_type for member, media_type in _BY_MEMBER if member in names), None)
    if found:
        return found
    declared = _member(archive, "[Content_Types].xml", _MAX_CONTENT_TYPES_BYTES)
    return next((media_type for words, media_type in _BY_CONTENT_TYPE if words in declared), ZIP)


def _member(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """The bytes of a small member; none where it is missing, large, encrypted or damaged."""
    try:
        member = archive.getinfo(name)
        if member.file_size > max_bytes or member.compress_type not in zips.BOUNDED_METHODS:
            return b""
        with archive.open(member) as file:
            # Asked for all, zipfile would inflate more than the directory says before it cuts that off.
            return file.read(max_bytes)
    except (KeyError, OSError, *zips.DAMAGE):
        return b""


def _of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return media_type_of_zip(archive)
    except (OSError, *zips.DAMAGE):
        return ZIP


def _of_ole(content: bytes) -> str:
    """By the names of its streams, which stand in the directory in UTF-16."""
    return next((kind for name, kind in _BY_STREAM if name.encode("utf-16-le") in content), OLE)


def _of_text(content: bytes, ending: str) -> str:
    by_ending = _BY_ENDING.get(ending)
    if ending in _TEXT_ENDINGS:
        return by_ending or PLAIN
    if _LOOKS_LIKE_HTML.match(content[:_HEAD_BYTES]):
        return HTML
    return by_ending or _guessed(content)


def _guessed(content: bytes) -> str:
    """Text whose name says nothing: what its first lines look like."""
    head = content[:_HEAD_BYTES]
    if _LOOKS_LIKE_XML.match(head):
        return XML
    if POSTMARK.match(head):
        return MBOX
    n_names = _header_names(head)
    if n_names and _SAVED_PAGE.search(_header(head)):
        return MHTML
    if n_names >= _MIN_HEADER_NAMES:
        return EML
    if _LOOKS_LIKE_JSON.match(head) and _JSON_END.search(content[-_HEAD_BYTES:]):
        is_notebook = _LOOKS_LIKE_NOTEBOOK.search(head) and b'"nbformat"' in content
        return NOTEBOOK if is_notebook else JSON
    return PLAIN


def _header(head: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]


def _header_names(head: bytes) -> int:
    """How many usual fields of an e-mail stand before the first blank line; 0 where a line there is no field."""
    lines = _header(head).split(b"\n")
    # The last line may be cut off in its middle.
    matches = [_HEADER_LINE.match(line) for line in (lines[:-1] if len(lines) > _MIN_HEADER_NAMES else lines)]
    if not all(matches):
        return 0
    return len({match.group(1).lower() for match in matches if match and match.group(1)} & _HEADER_NAMES)
