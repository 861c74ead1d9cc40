"""Tells what kind of file some bytes are: by what they hold, and where that says nothing, by the ending of the name."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

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

_PDF_WITHIN_BYTES = 1024
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BY_MEMBER: Final = (
    ("word/document.xml", DOCX),
    ("ppt/presentation.xml", PPTX),
    ("xl/workbook.xml", XLSX),
    ("META-INF/container.xml", EPUB),
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


def media_type_of(content: bytes, ending: str) -> str:
    """The media type of a file with this content and this ending (lower case, with the dot).

    Content that is no known binary format is text; the reader that gets it finds out whether it can be decoded.
    """
    if b"%PDF-" in content[:_PDF_WITHIN_BYTES]:
        return PDF
    if content.startswith(_ZIP_MARKS):
        return _of_zip(content)
    if content.startswith(_OLE_MARK):
        return _of_ole(content)
    if content.startswith(b"{\\rtf"):
        return RTF
    by_ending = _BY_ENDING.get(ending)
    if by_ending is None and _LOOKS_LIKE_HTML.match(content[:4096]):
        return HTML
    return by_ending or PLAIN


def _of_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                named = archive.read("mimetype").decode("ascii", "replace").strip()
                if named in {EPUB, ODT, ODS, ODP}:
                    return named
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        return ZIP
    return next((media_type for member, media_type in _BY_MEMBER if member in names), ZIP)


def _of_ole(content: bytes) -> str:
    """By the names of its streams, which stand in the directory in UTF-16."""
    return next((kind for name, kind in _BY_STREAM if name.encode("utf-16-le") in content), OLE)
