"""The formats that can be read: under which endings they are looked for, and which reader reads them.

A reader is imported when its first file comes, so that knowing the endings costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from rag import sniffing
from rag.types import Reading


class FormatReader(Protocol):
    """Reads one format."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError. `path` is for the title and the message; `content` is the whole file."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """`reader` is a class under rag.readers, as module:name; its instances take no arguments."""

    media_type: str
    endings: tuple[str, ...]
    reader: str

    def make_reader(self) -> FormatReader:
        """Import the reader and make one."""
        module, _, name = self.reader.partition(":")
        make: Callable[[], FormatReader] = getattr(import_module(f"rag.readers.{module}"), name)
        return make()


FORMATS: Final = (
    Format(sniffing.PLAIN, (".txt", ".text", ".rst", ".org", ".log"), "plain:PlainTextReader"),
    Format(sniffing.MARKDOWN, (".md", ".markdown"), "plain:PlainTextReader"),
    Format(sniffing.HTML, (".html", ".htm", ".xhtml"), "html:HtmlReader"),
    Format(sniffing.MHTML, (".mhtml", ".mht"), "web_archive:MhtmlReader"),
    Format(sniffing.PDF, (".pdf",), "pdf:PdfReader"),
    Format(sniffing.DOCX, (".docx", ".docm"), "word:DocxReader"),
    Format(sniffing.PPTX, (".pptx", ".pptm"), "slides:PptxReader"),
    Format(sniffing.XLSX, (".xlsx", ".xlsm"), "sheets:SheetReader"),
    Format(sniffing.XLS, (".xls",), "sheets:SheetReader"),
    Format(sniffing.ODT, (".odt",), "open_document:OdtReader"),
    Format(sniffing.ODS, (".ods",), "sheets:SheetReader"),
    Format(sniffing.ODP, (".odp",), "open_document:OdpReader"),
    Format(sniffing.RTF, (".rtf",), "rich_text:RtfReader"),
    Format(sniffing.CSV, (".csv",), "table:CsvReader"),
    Format(sniffing.TSV, (".tsv",), "table:TsvReader"),
    Format(sniffing.EPUB, (".epub",), "book:EpubReader"),
    Format(sniffing.EML, (".eml",), "mail:EmlReader"),
    Format(sniffing.MSG, (".msg",), "outlook:MsgReader"),
    Format(sniffing.MBOX, (".mbox",), "mailbox:MboxReader"),
    Format(sniffing.NOTEBOOK, (".ipynb",), "notebook:NotebookReader"),
    Format(sniffing.JSON, (".json",), "structured:JsonReader"),
    Format(sniffing.JSON_LINES, (".jsonl",), "structured:JsonLinesReader"),
    Format(sniffing.XML, (".xml",), "structured:XmlReader"),
)

ENDINGS: Final = frozenset(ending for one in FORMATS for ending in one.endings)
"""Endings of the files that are worth reading when a whole folder is added."""

ADVISED: Final = frozenset({".doc", ".ppt"})
"""Endings of files that are opened although they cannot be read, for there is something to say about them."""
