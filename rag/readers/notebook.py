"""Reads Jupyter notebooks: their cells in order, each with the text that its last run gave; it runs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag import sniffing
from rag.decoding import decode
from rag.errors import UnreadableSource
from rag.readers import json_text
from rag.readers.json_text import Mapping
from rag.readers.parted import PartedText
from rag.readers.plain import shortened
from rag.types import PartKind, Reading

_MAX_OUTPUT_CHARS = 20_000
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LANGUAGE = re.compile(r"[a-z]{2}$")


class NotebookReader:
    """A cell is a part; what ran in it, and what came out as text, stands in it as it is."""

    def read(self, content: bytes, path: Path) -> Reading:
        try:
            notebook = json_text.parsed(decode(content, str(path)), str(path))
        except json.JSONDecodeError as error:
            raise UnreadableSource(path=str(path), reason=f"it is no notebook (line {error.lineno:,}).") from error
        cells = _cells(notebook)
        if cells is None:
            raise UnreadableSource(path=str(path), reason="it is no notebook: it has no cells.")
        text = PartedText()
        for number, cell in enumerate(cells, start=1):
            text.add("\n\n".join(_pieces(cell)), PartKind.CELL, number)
        about = notebook.field("metadata")
        return Reading(
            text=text.text,
            title=shortened(_title(about, cells)) or path.stem,
            date=None,
            origin=None,
            media_type=sniffing.NOTEBOOK,
            author=_authors(about) or None,
            parts=text.parts,
        )


def _cells(notebook: Any) -> list[Mapping] | None:
    if not isinstance(notebook, Mapping):
        return None
    cells = notebook.field("cells")
    if cells is None:
        sheets = notebook.field("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.field("cells") if isinstance(first, Mapping) else None
    return [cell for cell in cells if isinstance(cell, Mapping)] if isinstance(cells, list) else None


def _pieces(cell: Mapping) -> Iterator[str]:
    outputs = cell.field("outputs")
    shown = [_output(one) for one in outputs if isinstance(one, Mapping)] if isinstance(outputs, list) else []
    yield from (piece.strip("\n") for piece in (_source(cell), *shown) if piece.strip())


def _source(cell: Mapping) -> str:
    """What stands in the cell; old notebooks have cells that are headings."""
    source = _lines(cell.field("source")) or _lines(cell.field("input"))
    return f"# {source}" if source and cell.field("cell_type") == "heading" else source


def _output(output: Mapping) -> str:
    """What an output shows as text; pictures and HTML have a text beside them."""
    together = output.field("data")
    rich = together.field("text/plain") if isinstance(together, Mapping) else None
    said = _lines(rich) or _lines(output.field("text"))
    if output.field("output_type") in {"error", "pyerr"}:
        said = _lines(output.field("traceback"), between="\n") or output.get("evalue")
    said = _COLOUR.sub("", said)
    return said if len(said) <= _MAX_OUTPUT_CHARS else said[:_MAX_OUTPUT_CHARS] + "\n…"


def _lines(value: Any, between: str = "") -> str:
    """Notebooks have text as a string or as a list of lines."""
    if isinstance(value, list):
        value = between.join(line for line in value if isinstance(line, str))
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else ""


def _title(about: Any, cells: list[Mapping]) -> str:
    said = about.get("title") if isinstance(about, Mapping) else ""
    texts = (_source(cell) for cell in cells if cell.field("cell_type") in {"markdown", "heading"})
    headings = (found.group(1) for text in texts if (found := _HEADING.search(text)))
    return said or next(headings, "")


def _authors(about: Any) -> str:
    people = about.field("authors") if isinstance(about, Mapping) else None
    names = (one.get("name") if isinstance(one, Mapping) else one for one in people) if isinstance(people, list) else ()
    return ", ".join(name for name in names if isinstance(name, str) and name)
