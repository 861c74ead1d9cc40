"""What kinds, sizes and states of files are called on screen; plain functions without Qt.

It knows no table and no window, and reads no file.
"""

from __future__ import annotations

from pathlib import PurePath

from rag import sniffing
from rag.formats import FORMATS
from rag.types import FileState

_KINDS = {
    sniffing.PLAIN: "Text",
    sniffing.MARKDOWN: "Markdown",
    sniffing.HTML: "Web page",
    sniffing.MHTML: "Web page",
    sniffing.PDF: "PDF",
    sniffing.DOCX: "Word",
    sniffing.DOC: "Word",
    sniffing.ODT: "OpenDocument",
    sniffing.RTF: "Rich text",
    sniffing.PPTX: "Slides",
    sniffing.PPT: "Slides",
    sniffing.ODP: "Slides",
    sniffing.XLSX: "Spreadsheet",
    sniffing.XLS: "Spreadsheet",
    sniffing.ODS: "Spreadsheet",
    sniffing.CSV: "Table",
    sniffing.TSV: "Table",
    sniffing.EPUB: "E-book",
    sniffing.EML: "E-mail",
    sniffing.MSG: "E-mail",
    sniffing.MBOX: "Mailbox",
    sniffing.NOTEBOOK: "Notebook",
    sniffing.JSON: "Data",
    sniffing.JSON_LINES: "Data",
    sniffing.XML: "Data",
    sniffing.ZIP: "Archive",
}
_PAGES = {"Slides": ("slide", "slides"), "Spreadsheet": ("sheet", "sheets")}
_BY_ENDING = {
    **{ending: one.media_type for one in FORMATS for ending in one.endings},
    ".doc": sniffing.DOC,
    ".ppt": sniffing.PPT,
    ".zip": sniffing.ZIP,
}
_STATES = {
    FileState.INDEXED: "Added",
    FileState.UNCHANGED: "Unchanged",
    FileState.DUPLICATE: "Already there",
    FileState.EMPTY: "Empty",
    FileState.NO_TEXT_LAYER: "No text in it",
    FileState.ENCRYPTED: "Protected",
    FileState.UNSUPPORTED: "Unknown format",
    FileState.DAMAGED: "Cannot be read",
}
_UNITS = ("bytes", "KB", "MB", "GB")


def kind_words(media_type: str) -> str:
    """For example: PDF, Word, Web page; of a type without a name here the last part of its own."""
    return _KINDS.get(media_type) or media_type.rpartition("/")[2].removeprefix("x-")


def kind_of_name(name: str) -> str:
    """The kind that a file's name promises; its ending in capitals where that is unknown, empty where it has none."""
    ending = PurePath(name).suffix.lower()
    return kind_words(_BY_ENDING[ending]) if ending in _BY_ENDING else ending[1:].upper()


def page_words(n_pages: int, media_type: str) -> str:
    """For example: 12 pages, 1 slide; empty where the format has none."""
    one, many = _PAGES.get(kind_words(media_type), ("page", "pages"))
    return f"{n_pages:,} {one if n_pages == 1 else many}" if n_pages else ""


def size_words(size_bytes: int) -> str:
    """For example: 812 bytes, 1.2 MB; empty where the size is not known (below 0)."""
    if size_bytes < 0:
        return ""
    size, unit = float(size_bytes), 0
    while size >= 999.5 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    figures = f"{size:.1f}" if unit and size < 9.95 else f"{size:,.0f}"
    return f"{figures} {_UNITS[unit]}" if (unit, size) != (0, 1) else "1 byte"


def state_words(state: FileState) -> str:
    """What became of a file that was to be added."""
    return _STATES[state]


def sentence(reason: str) -> str:
    """A reason as the readers give it, as a sentence of its own."""
    return reason[:1].upper() + reason[1:]
