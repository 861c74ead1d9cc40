"""Reads the sheets of .ods files, cell by cell as they are shown; rows and cells that repeat are counted out.

The library for Excel's files gives only the bare numbers of these, and takes what repeats a billion times at its word.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag import sniffing
from rag.readers.cells import shown, shown_number
from rag.readers.odf import OFFICE, STYLE, TABLE, TEXT, comment_line, contents, document_properties, paragraph
from rag.readers.open_xml import local_name, whole_number
from rag.readers.packages import Element, Package
from rag.readers.records import MAX_COLUMNS, Row
from rag.readers.workbooks import Sheet, Workbook

_GROUPS = frozenset({"table-row-group", "table-header-rows", "table-rows"})


def calc_workbook(package: Package, path: Path) -> Workbook:
    """Raises SourceError."""
    root = contents(package, path)
    hidden = _hidden_tables(root)
    tables = [table for body in root.iter(f"{OFFICE}spreadsheet") for table in body.iterfind(f"{TABLE}table")]
    sheets = (
        Sheet(
            table.get(f"{TABLE}name", ""),
            table.get(f"{TABLE}style-name", "") in hidden,
            _rows(table),
            (comment_line(comment) for comment in table.iter(f"{OFFICE}annotation")),
        )
        for table in tables
    )
    return Workbook(sniffing.ODS, len(tables), sheets, document_properties(package))


def _hidden_tables(root: Element) -> frozenset[str]:
    """The names of the styles of tables that are not shown."""
    return frozenset(
        style.get(f"{STYLE}name", "")
        for style in root.iter(f"{STYLE}style")
        if any(one.get(f"{TABLE}display") == "false" for one in style.iterfind(f"{STYLE}table-properties"))
    )


def _rows(table: Element) -> Iterator[Row]:
    for element in table:
        name = local_name(element)
        if name in _GROUPS:
            yield from _rows(element)
        elif name == "table-row":
            row = _row(element)
            # Blank rows that repeat to the end of the sheet part blocks of rows as one does.
            n_times = max(1, whole_number(element.get(f"{TABLE}number-rows-repeated"))) if any(row) else 1
            for _ in range(n_times):
                yield row


def _row(element: Element) -> Row:
    cells: list[str] = []
    for cell in element:
        if local_name(cell) in {"table-cell", "covered-table-cell"}:
            n_times = max(1, whole_number(cell.get(f"{TABLE}number-columns-repeated")))
            cells += [_shown(cell)] * min(n_times, MAX_COLUMNS - len(cells))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _shown(cell: Element) -> str:
    """As the sheet shows it, but dates in ISO 8601."""
    date = cell.get(f"{OFFICE}date-value")
    if date:
        return str(date).removesuffix("T00:00:00").replace("T", " ")
    lines = ("".join(run.text for run in paragraph(one, frozenset()).runs) for one in cell.iterfind(f"{TEXT}p"))
    return shown("\n".join(lines)) or shown_number(cell.get(f"{OFFICE}value", ""))
