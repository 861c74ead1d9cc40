"""Reads spreadsheets (.xlsx, .xlsm, .xls, .ods): each sheet is a part, its rows are paragraphs.

What a row becomes is said in `rag.readers.records`. Numbers are shown as the file's formats show them (not in .xls,
where they are not known), dates in ISO 8601, formulas by the results that were saved. Hidden sheets are read and their
names say so; hidden rows and columns are read as others. After the rows come the words of drawings and the comments
(`Comment by Ada on B3: ...`). Nothing is computed, and no other workbook opened.
"""

from __future__ import annotations

from pathlib import Path

from rag.readers.assembly import Assembly
from rag.readers.calc_sheets import calc_workbook
from rag.readers.packages import open_package
from rag.readers.records import MAX_CHARS, add_table
from rag.readers.workbooks import USUAL_PART, Workbook, new_workbook, old_workbook
from rag.types import PartKind, Reading

_ZIP_MARK = b"PK"


class SheetReader:
    """Workbooks of Excel since 97 and of LibreOffice; macros are not looked at."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        if not content.startswith(_ZIP_MARK):
            return _reading(old_workbook(content, path), path)
        package = open_package(content, path)
        is_calc = "content.xml" in package and USUAL_PART not in package
        return _reading(calc_workbook(package, path) if is_calc else new_workbook(package, content, path), path)


def _reading(workbook: Workbook, path: Path) -> Reading:
    assembly = Assembly()
    is_whole = True
    for number, sheet in enumerate(workbook.sheets, 1):
        assembly.begin_part(PartKind.SHEET, number, f"{sheet.name} (hidden)" if sheet.is_hidden else sheet.name)
        is_whole = add_table(assembly, sheet.rows) and is_whole
        for paragraph in sheet.beside:
            assembly.add(paragraph)
    assembly.end_part()
    return Reading(
        text=assembly.text,
        title=workbook.said.title or path.stem,
        date=workbook.said.date,
        origin=None,
        media_type=workbook.media_type,
        author=workbook.said.author,
        language=workbook.said.language,
        n_pages=workbook.n_sheets,
        parts=assembly.parts,
        marks=assembly.marks,
        note="" if is_whole else f"Only its first {MAX_CHARS // 10**6} million characters were read.",
    )
