"""Walks a part of a Word file (body, header, note) and gives its paragraphs and table rows in document order.

What is tracked as deleted is left out, what is tracked as inserted is in; of a field only the result is in; hidden
text is in and marked. The walk is as deep as the XML, which the package bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rag.readers.assembly import Run, Runs, text_of
from rag.readers.blocks import Block, row_blocks
from rag.readers.drawings import drawn_lines
from rag.readers.formulas import formula
from rag.readers.open_xml import Relation, chosen, local_name, whole_number
from rag.readers.packages import Element, Package
from rag.readers.word_lists import VAL, Numbering, W
from rag.readers.word_styles import Style, Styles, is_on
from rag.types import NoiseKind

_GONE = frozenset({"del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "sectPr", "sdtPr", "sdtEndPr", "instrText"})
_FORMULA = frozenset({"oMath", "oMathPara"})
_LOWEST_LEVEL = 9
_DRAWING = frozenset({"drawing", "pict", "object"})
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}
_GREEK = dict(zip("abcdefghiklmnopqrstuwxyz", "αβχδεφγηικλμνοπθρστυωξψζ", strict=True))
_TICKS = {0xA8: "☐", 0xFC: "✓", 0xFE: "☒", 0xFD: "☒", 0x6F: "☐", 0xE0: "→", 0xB7: "•"}


@dataclass(slots=True)
class _Found:
    """What a paragraph was found to hold, while it is walked."""

    runs: list[Run] = field(default_factory=list)
    drawings: list[Element] = field(default_factory=list)
    is_in_code: list[bool] = field(default_factory=list)
    """For each field that is open: whether its code, not its result, is being read."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a document lays down for all its stories."""

    styles: Styles
    numbering: Numbering


class Story:
    """A walk through one part. `notes` are the references met and not yet taken: (`footnote`, id)."""

    def __init__(self, package: Package, relations: dict[str, Relation], rules: Rules) -> None:
        self._package = package
        self._relations = relations
        self._styles, self._numbering = rules.styles, rules.numbering
        self._before: _Found | None = None
        self.notes: list[tuple[str, str]] = []
        self.holds_other_files = False

    def blocks(self, parent: Element, noise: NoiseKind | None = None) -> Iterator[Block]:
        """The blocks below an element that are not empty."""
        for child in parent:
            name = local_name(child)
            if name == "p":
                yield from self._paragraph(child, noise)
            elif name == "tbl":
                yield from self._table(child, noise)
            elif name == "sdt":
                yield from self.blocks(child, noise or _noise_of_control(child))
            elif name == "altChunk":
                self.holds_other_files = True
            elif name == "AlternateContent":
                yield from self.blocks(chosen(child), noise)
            elif name not in _GONE:
                yield from self.blocks(child, noise)

    def rest(self) -> Runs:
        """What a last paragraph held whose end is tracked as deleted, so that it waits for another."""
        return self._before.runs if self._before is not None else ()

    def _paragraph(self, element: Element, noise: NoiseKind | None) -> Iterator[Block]:
        properties = element.find(f"{W}pPr")
        style = self._styles.get(_value(properties, "pStyle"))
        if noise is None and (style.is_contents or style.is_hidden):
            noise = NoiseKind.MENU if style.is_contents else NoiseKind.HIDDEN
        found = self._before or _Found()
        found.is_in_code.clear()
        self._collect(element, found, noise)
        self._before = None
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            # Its end is tracked as deleted: it goes on in the next paragraph.
            self._before = found
            return
        marker = self._marker(properties, style)
        if text_of(found.runs).strip():
            level = _level(properties, style)
            is_item = bool(marker) and not level
            runs = [Run(f"{marker} ", noise), *found.runs] if marker and not (level and marker == "-") else found.runs
            yield Block(runs, level, style.is_title, is_item, noise)
        for drawing in found.drawings:
            yield from self._drawn(drawing, noise)

    def _marker(self, properties: Element | None, style: Style) -> str:
        listed = None if properties is None else properties.find(f"{W}numPr")
        if listed is None or listed.find(f"{W}numId") is None:
            place = style.listed
        else:
            place = _value(listed, "numId"), whole_number(_value(listed, "ilvl"))
        return self._numbering.marker(*place) if place is not None and place[0] not in {"", "0"} else ""

    def _collect(self, parent: Element, found: _Found, noise: NoiseKind | None) -> None:
        for child in parent:
            name = local_name(child)
            if name == "r":
                self._collect_run(child, found, noise)
            elif name in _FORMULA:
                found.runs.append(Run(formula(child), noise))
            elif name == "sdt":
                self._collect(child, found, noise or _noise_of_control(child))
            elif name == "AlternateContent":
                self._collect(chosen(child), found, noise)
            elif name not in _GONE:
                self._collect(child, found, noise)

    def _collect_run(self, run: Element, found: _Found, noise: NoiseKind | None) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None and noise is None and self._is_hidden(properties):
            noise = NoiseKind.HIDDEN
        for child in run:
            name = local_name(child)
            if name == "fldChar":
                _turn_field(found.is_in_code, child.get(f"{W}fldCharType", ""))
            elif name in {"footnoteReference", "endnoteReference"}:
                self.notes.append((name.removesuffix("Reference"), child.get(f"{W}id", "")))
            elif name in _DRAWING:
                found.drawings.append(child)
            elif name == "AlternateContent":
                found.drawings += [one for one in chosen(child) if local_name(one) in _DRAWING]
            elif name == "ruby":
                for base in child.iterfind(f"{W}rubyBase"):
                    self._collect(base, found, noise)
            elif not any(found.is_in_code):
                found.runs.append(Run(_characters(child, name), noise))

    def _is_hidden(self, properties: Element) -> bool:
        flag = properties.find(f"{W}vanish")
        return is_on(flag) if flag is not None else self._styles.get(_value(properties, "rStyle")).is_hidden

    def _drawn(self, drawing: Element, noise: NoiseKind | None) -> Iterator[Block]:
        for box in _text_boxes(drawing):
            yield from self.blocks(box, noise)
        for line in drawn_lines(self._package, self._relations, drawing):
            yield Block([Run(line, noise)], noise=noise)

    def _table(self, table: Element, noise: NoiseKind | None) -> Iterator[Block]:
        for row in _inside(table, "tr"):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells = [list(self.blocks(cell, noise)) for cell in _inside(row, "tc") if not _goes_on_from_above(cell)]
            yield from row_blocks(cells)


def _level(properties: Element | None, style: Style) -> int:
    outline = None if properties is None else properties.find(f"{W}outlineLvl")
    if outline is None:
        return style.heading_level
    level = whole_number(outline.get(VAL)) + 1
    return level if level <= _LOWEST_LEVEL else 0


def _noise_of_control(control: Element) -> NoiseKind | None:
    """A prompt such as `Click here to enter text` is no text, and a table of contents is a menu."""
    properties = control.find(f"{W}sdtPr")
    if properties is None:
        return None
    if is_on(properties.find(f"{W}showingPlcHdr")):
        return NoiseKind.BOILERPLATE
    gallery = properties.find(f"{W}docPartObj/{W}docPartGallery")
    return NoiseKind.MENU if gallery is not None and gallery.get(VAL) == "Table of Contents" else None


def _value(parent: Element | None, name: str) -> str:
    found = None if parent is None else parent.find(f"{W}{name}")
    return "" if found is None else str(found.get(VAL, ""))


def _turn_field(is_in_code: list[bool], turn: str) -> None:
    if turn == "begin":
        is_in_code.append(True)
    elif is_in_code and turn == "separate":
        is_in_code[-1] = False
    elif is_in_code and turn == "end":
        is_in_code.pop()


def _characters(element: Element, name: str) -> str:
    if name == "t":
        return element.text or ""
    if name == "sym":
        return _symbol(element)
    return _CHARACTERS.get(name, "")


def _symbol(element: Element) -> str:
    """A character of a symbol font; those without a counterpart among real characters are left out."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    if not 0xF000 <= code <= 0xF0FF:
        return chr(code) if 0x20 <= code < 0xD800 else ""
    letter = chr(code - 0xF000)
    if element.get(f"{W}font") == "Symbol" and letter.isascii() and letter.isalnum():
        greek = _GREEK.get(letter.lower(), letter)
        return greek.upper() if letter.isupper() else greek
    return _TICKS.get(code - 0xF000, "")


def _text_boxes(drawing: Element) -> Iterator[Element]:
    for child in drawing:
        name = local_name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            yield from _text_boxes(chosen(child))
        else:
            yield from _text_boxes(child)


def _inside(parent: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table, cells of a row: also those that a control or a tracked insertion wraps."""
    for child in parent:
        name = local_name(child)
        if name == wanted:
            yield child
        elif name in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            yield from _inside(child, wanted)


def _goes_on_from_above(cell: Element) -> bool:
    merged = cell.find(f"{W}tcPr/{W}vMerge")
    return merged is not None and merged.get(VAL) != "restart"
