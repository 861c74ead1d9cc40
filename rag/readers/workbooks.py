"""What a workbook is to its reader, and how workbooks of Excel become one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import python_calamine

from rag import sniffing
from rag.errors import EncryptedSource, UnreadableSource
from rag.readers.cells import Value, shown
from rag.readers.compound import refuse_bomb
from rag.readers.drawings import drawn_lines
from rag.readers.number_formats import NumberFormat, NumberFormats
from rag.readers.open_xml import RELATION_ID, Properties, Relation, local_name, main_part, properties, relations, tree
from rag.readers.packages import Package, element_bound
from rag.readers.records import MAX_COLUMNS, Row

USUAL_PART = "xl/workbook.xml"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MAX_ELEMENTS = 10_000_000
"""More than a tree may have: no tree is made of these."""
_CONTAINER_MARK = b"\xd0\xcf\x11\xe0"
_MAX_PLACES = 20_000_000
_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,5})")?[^>]*(?<!/)>')
_COUNT = re.compile(rb"""ount\s*=\s*["']([0-9]{8,18})""")
"""The library makes room for what is announced before it looks."""

Formats = dict[tuple[int, int], NumberFormat]
"""Of the cells that have one of their own, by row and column, both from 0."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` and `beside` (paragraphs it holds besides its cells) can be walked once; `name` is as its tab says."""

    name: str
    is_hidden: bool
    rows: Iterator[Row]
    beside: Iterator[str] = field(default_factory=lambda: iter(()))


@dataclass(frozen=True, slots=True)
class Workbook:
    """`sheets` can be walked once, in the order of their tabs; `said` is what the file says of itself."""

    media_type: str
    n_sheets: int
    sheets: Iterator[Sheet]
    said: Properties = field(default_factory=Properties)


def old_workbook(content: bytes, path: Path) -> Workbook:
    """A file of Excel 97 to 2003, whose formats of numbers are not known; raises SourceError, also while walked."""
    if content.startswith(_CONTAINER_MARK):
        refuse_bomb(content, path)
    with _damage_told(path):
        opened = python_calamine.load_workbook(io.BytesIO(content))
    sheets = (Sheet(one.name, _is_hidden(one), _rows(opened, one.name, {}, path)) for one in _worksheets(opened))
    return Workbook(sniffing.XLS, len(opened.sheet_names), sheets)


def new_workbook(package: Package, content: bytes, path: Path) -> Workbook:
    """A file of Excel since 2007; raises SourceError, also while walked.

    The library that reads the cells is given the file only when each sheet was looked through for what makes it a bomb.
    """
    main = main_part(package, USUAL_PART)
    related = relations(package, main)
    parts = dict(_parts_of_sheets(package, main, related))
    number_formats = NumberFormats(next((tree(package, part) for part in _related(package, related, "styles")), None))
    for part in package.names:
        if part.endswith((".xml", ".bin")):
            _refuse_bomb(package.read(part), path)
    formats = {name: _looked_through(package.read(part), number_formats, path) for name, part in parts.items()}
    with _damage_told(path):
        opened = python_calamine.load_workbook(io.BytesIO(content))
    sheets = (
        Sheet(
            one.name,
            _is_hidden(one),
            _rows(opened, one.name, formats.get(one.name, {}), path),
            _beside(package, parts[one.name]) if one.name in parts else iter(()),
        )
        for one in _worksheets(opened)
    )
    return Workbook(sniffing.XLSX, len(opened.sheet_names), sheets, properties(package))


def _worksheets(opened: python_calamine.CalamineWorkbook) -> list[python_calamine.SheetMetadata]:
    return [one for one in opened.sheets_metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]


def _is_hidden(sheet: python_calamine.SheetMetadata) -> bool:
    return sheet.visible != python_calamine.SheetVisibleEnum.Visible


def _rows(opened: python_calamine.CalamineWorkbook, name: str, formats: Formats, path: Path) -> Iterator[Row]:
    with _damage_told(path):
        sheet = opened.get_sheet_by_name(name)
        rows = sheet.to_python()
    top, left = sheet.start or (0, 0)
    for row, values in enumerate(rows, top):
        cells = enumerate(values[:MAX_COLUMNS], left)
        yield [_shown(value, formats.get((row, column)) if formats else None) for column, value in cells]


def _shown(value: Value, number_format: NumberFormat | None) -> str:
    if number_format is not None and isinstance(value, int | float) and not isinstance(value, bool):
        return number_format.shown(value)
    return shown(value)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    """Turns what the library raises into our errors; a panic of its native code comes as a BaseException."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise EncryptedSource(path=str(path), reason="it is protected by a password. Save it without one.") from error
    except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise UnreadableSource(path=str(path), reason="it is damaged, or no spreadsheet.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableSource(path=str(path), reason="it is damaged, or no spreadsheet.") from error


def _parts_of_sheets(package: Package, main: str, related: dict[str, Relation]) -> Iterator[tuple[str, str]]:
    for sheet in tree(package, main).iter():
        relation = related.get(sheet.get(RELATION_ID, "")) if local_name(sheet) == "sheet" else None
        if relation is not None and relation.kind == "worksheet" and relation.target and relation.target in package:
            yield sheet.get("name", ""), relation.target


def _related(package: Package, related: dict[str, Relation], *kinds: str) -> Iterator[str]:
    for relation in related.values():
        if relation.kind in kinds and relation.target and relation.target in package:
            yield relation.target


def _looked_through(content: bytes, number_formats: NumberFormats, path: Path) -> Formats:
    """The formats of a sheet's cells.

    Raises:
        UnreadableSource: cells so far apart that the library, which makes room for all between, needs too much memory.
    """
    formats: Formats = {}
    last_row = last_column = 0
    for letters, digits, style in _CELL.findall(content):
        row, column = int(digits) - 1, _column(letters)
        last_row, last_column = max(last_row, row), max(last_column, column)
        found = number_formats.get(int(style)) if style else None
        if found is not None:
            formats[row, column] = found
    n_places = (last_row + 1) * (last_column + 1)
    if n_places > _MAX_PLACES:
        millions = f"{n_places / 10**6:,.0f} million"
        reason = f"the cells of a sheet lie so far apart that they span {millions} places. Delete the stray ones."
        raise UnreadableSource(path=str(path), reason=reason)
    return formats


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _refuse_bomb(content: bytes, path: Path) -> None:
    """Raises UnreadableSource where a part has, or announces, so much that the library would need too much memory."""
    n_elements = element_bound(content)
    if n_elements > _MAX_ELEMENTS:
        millions = f"{n_elements / 10**6:,.1f} million elements; at most {_MAX_ELEMENTS // 10**6}"
        raise UnreadableSource(path=str(path), reason=f"a sheet in it has {millions}. Split it.")
    if any(int(count) > _MAX_ELEMENTS for count in _COUNT.findall(content)):
        raise UnreadableSource(path=str(path), reason="it is damaged: it announces more than it can hold.")


def _beside(package: Package, part: str) -> Iterator[str]:
    related = relations(package, part)
    for drawing in _related(package, related, "drawing"):
        yield from _drawn(package, drawing)
    for comments in _related(package, related, "comments"):
        yield from _comments(package, comments)


def _drawn(package: Package, part: str) -> Iterator[str]:
    root = tree(package, part)
    for paragraph in root.iter(f"{_A}p"):
        yield "".join(text.text or "" for text in paragraph.iter(f"{_A}t"))
    yield from drawn_lines(package, relations(package, part), root)


def _comments(package: Package, part: str) -> Iterator[str]:
    root = tree(package, part)
    authors = [one.text or "" for one in root.iter() if local_name(one) == "author"]
    for comment in root.iter():
        if local_name(comment) == "comment":
            number = comment.get("authorId", "")
            author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
            words = "".join(one.text or "" for one in comment.iter() if local_name(one) == "t")
            yield f"Comment {f'by {author} ' if author else ''}on {comment.get('ref', 'a cell')}: {words}"
