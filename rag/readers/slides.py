"""Reads presentations (.pptx, .pptm): each slide is a part, called by its title.

On a slide: its title, then everything else from the top down and from left to right (text, table rows, the words of
charts and diagrams), the speaker notes after a line `Notes:`, and comments (`Comment by Ada: ...`). A hidden slide is
read and its name says so. Slide numbers, dates and footers of the layout are marked as running heads. Sound, film and
embedded files are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag import sniffing
from rag.readers.assembly import ITEM_GAP, PARAGRAPH_GAP, Assembly
from rag.readers.dates import stated_date
from rag.readers.drawings import drawn_lines
from rag.readers.formulas import formula
from rag.readers.open_xml import (
    RELATION_ID,
    Relation,
    chosen,
    local_name,
    main_part,
    properties,
    relations,
    titled,
    tree,
    whole_number,
)
from rag.readers.packages import Element, Package, open_package
from rag.readers.plain import shortened
from rag.types import NoiseKind, PartKind, Reading

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_USUAL_PART = "ppt/presentation.xml"
_TITLES = frozenset({"title", "ctrTitle"})
_RUNNING = frozenset({"ftr", "hdr", "sldNum", "dt"})
_BODIES = frozenset({"body", "obj", ""})
_SHAPES = frozenset({"sp", "grpSp", "graphicFrame", "pic", "cxnSp", "AlternateContent"})
_BAND_EMU = 182_880
"""Shapes whose tops are within a fifth of an inch stand side by side."""
_NOWHERE = (10**9, 10**9)
_ESCAPED_BREAK = re.compile("_x000[ABD]_")

Place = tuple[int, int]
"""Band from the top, distance from the left."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_item: bool = False
    noise: NoiseKind | None = None


class PptxReader:
    """Presentations of PowerPoint 2007 and later; macros are not looked at."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        package = open_package(content, path)
        deck = _Deck(package, main_part(package, _USUAL_PART))
        assembly = Assembly()
        for number, name in enumerate(deck.slides, 1):
            deck.add_slide(assembly, number, name)
        assembly.end_part()
        said, text = properties(package), assembly.text
        first_title = next((title for title in map(titled, deck.titles) if title), "")
        return Reading(
            text=text,
            title=said.title or first_title or shortened(text.lstrip().partition("\n")[0]) or path.stem,
            date=stated_date(text) or said.date,
            origin=None,
            media_type=sniffing.PPTX,
            author=said.author,
            language=said.language,
            n_pages=len(deck.slides),
            parts=assembly.parts,
            marks=assembly.marks,
            note=deck.note,
        )


class _Deck:
    """A presentation; `slides` are the names of its parts in the order of showing, None where one is missing."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        related = relations(package, main)
        self.slides = [_target(related, one, package) for one in tree(package, main).iter(f"{_P}sldId")]
        self._authors = dict(self._authors_in(related))
        self._layouts: dict[str, dict[str, Place]] = {}
        self.titles: list[str] = []

    @property
    def note(self) -> str:
        missing = [str(number) for number, name in enumerate(self.slides, 1) if name is None]
        return f"Missing in the file: slide {', '.join(missing)}." if missing else ""

    def add_slide(self, assembly: Assembly, number: int, name: str | None) -> None:
        if name is None:
            return
        root, related = tree(self._package, name), relations(self._package, name)
        shapes = _Shapes(self._package, related, self._places_of_layout(related))
        title, lines = shapes.read(root)
        is_hidden = root.get("show") in {"0", "false"}
        label = f"{shortened(title) or number} (hidden)" if is_hidden else shortened(title)
        self.titles.append(title)
        assembly.begin_part(PartKind.SLIDE, number, label)
        assembly.add(title)
        _add_lines(assembly, lines)
        notes = [line for part in self._parts(related, "notesSlide") for line in _notes(tree(self._package, part))]
        if any(line.text.strip() for line in notes):
            assembly.add("Notes:")
            _add_lines(assembly, notes, first_gap=ITEM_GAP)
        _add_lines(assembly, self._comments(related))

    def _comments(self, related: dict[str, Relation]) -> Iterator[_Line]:
        for part in self._parts(related, "comments"):
            for comment in tree(self._package, part).iter():
                if local_name(comment) in {"cm", "reply"}:
                    author = self._authors.get(comment.get("authorId", ""), "")
                    words = " ".join(_words_of_comment(comment))
                    if words.strip():
                        yield _Line(f"Comment by {author}: {words}" if author else f"Comment: {words}")

    def _authors_in(self, related: dict[str, Relation]) -> Iterator[tuple[str, str]]:
        for part in self._parts(related, "commentAuthors", "authors"):
            for author in tree(self._package, part):
                yield author.get("id", ""), author.get("name", "")

    def _parts(self, related: dict[str, Relation], *kinds: str) -> Iterator[str]:
        for relation in related.values():
            if relation.kind in kinds and relation.target and relation.target in self._package:
                yield relation.target

    def _places_of_layout(self, related: dict[str, Relation]) -> dict[str, Place]:
        """Where the layout of a slide, or else its master, puts placeholders: by index (`#1`) and by type (`body`)."""
        layout = next(self._parts(related, "slideLayout"), None)
        if layout is None:
            return {}
        if layout not in self._layouts:
            master = next(self._parts(relations(self._package, layout), "slideMaster"), None)
            of_master = {} if master is None else _places(tree(self._package, master))
            by_type = {key: place for key, place in of_master.items() if not key.startswith("#")}
            self._layouts[layout] = by_type | _places(tree(self._package, layout))
        return self._layouts[layout]


class _Shapes:
    """The shapes of one slide."""

    def __init__(self, package: Package, related: dict[str, Relation], places: dict[str, Place]) -> None:
        self._package = package
        self._related = related
        self._places = places

    def read(self, root: Element) -> tuple[str, list[_Line]]:
        """The title in one line, and the lines of the rest."""
        tops = root.find(f"{_P}cSld/{_P}spTree")
        shapes = [] if tops is None else list(_drawn(tops))
        titles = [shape for shape in shapes if _placeholder(shape)[0] in _TITLES]
        title = " ".join(" ".join(line.text for shape in titles for line in _paragraphs(shape)).split())
        rest = [shape for shape in shapes if shape not in titles]
        return title, [line for shape in self._in_order(rest) for line in self._lines(shape)]

    def _in_order(self, shapes: list[Element]) -> list[Element]:
        return sorted(shapes, key=lambda shape: _place(shape) or self._inherited(shape) or _NOWHERE)

    def _inherited(self, shape: Element) -> Place | None:
        kind, index = _placeholder(shape)
        if kind is None:
            return None
        return self._places.get(f"#{index}") or self._places.get(kind) or self._places.get("body")

    def _lines(self, shape: Element) -> Iterator[_Line]:
        name = local_name(shape)
        noise = _noise(shape)
        lines: Iterable[_Line]
        if name == "grpSp":
            lines = (line for one in self._in_order(list(_drawn(shape))) for line in self._lines(one))
        elif name == "graphicFrame":
            lines = self._framed(shape)
        else:
            lines = _paragraphs(shape)
        for line in lines:
            yield _Line(line.text, line.is_item, noise or line.noise)

    def _framed(self, frame: Element) -> Iterator[_Line]:
        for row in frame.iter(f"{_A}tr"):
            cells = (cell for cell in row.iterfind(f"{_A}tc") if not {"hMerge", "vMerge"} & set(cell.keys()))
            texts = [" ".join(" ".join(line.text for line in _paragraphs(cell)).split()) for cell in cells]
            yield _Line(" | ".join(texts).rstrip(" |"))
        for text in drawn_lines(self._package, self._related, frame):
            yield _Line(text)


def _add_lines(assembly: Assembly, lines: Iterable[_Line], first_gap: str = PARAGRAPH_GAP) -> None:
    gap, was_item = first_gap, False
    for line in lines:
        if was_item and line.is_item:
            gap = ITEM_GAP
        if assembly.add(line.text, gap, line.noise):
            gap, was_item = PARAGRAPH_GAP, line.is_item


def _target(related: dict[str, Relation], slide: Element, package: Package) -> str | None:
    relation = related.get(slide.get(RELATION_ID, ""))
    return relation.target if relation is not None and relation.target and relation.target in package else None


def _drawn(tree_of_shapes: Element) -> Iterator[Element]:
    for child in tree_of_shapes:
        name = local_name(child)
        if name == "AlternateContent":
            yield from _drawn(chosen(child))
        elif name in _SHAPES:
            yield child


def _placeholder(shape: Element) -> tuple[str | None, str]:
    """Type (empty for content of any kind) and index; the type is None where the shape is no placeholder."""
    for found in shape.iterfind(f"*/{_P}nvPr/{_P}ph"):
        return found.get("type", ""), found.get("idx", "")
    return None, ""


def _noise(shape: Element) -> NoiseKind | None:
    if any(one.get("hidden") in {"1", "true"} for one in shape.iterfind(f"*/{_P}cNvPr")):
        return NoiseKind.HIDDEN
    return NoiseKind.RUNNING_HEAD if _placeholder(shape)[0] in _RUNNING else None


def _place(shape: Element) -> Place | None:
    frame = shape.find(f"{_P}xfrm")
    for properties_name in ("spPr", "grpSpPr"):
        if frame is None:
            frame = shape.find(f"{_P}{properties_name}/{_A}xfrm")
    corner = None if frame is None else frame.find(f"{_A}off")
    if corner is None:
        return None
    try:
        return int(corner.get("y", "")) // _BAND_EMU, int(corner.get("x", ""))
    except ValueError:
        return None


def _places(layout: Element) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for shape in layout.iter(f"{_P}sp"):
        kind, index = _placeholder(shape)
        place = _place(shape)
        if kind is not None and place is not None:
            places.setdefault(kind or "body", place)
            places.setdefault(f"#{index}", place)
    return places


def _paragraphs(shape: Element) -> list[_Line]:
    """The paragraphs of a shape or cell, those of a list with their marks."""
    bodies = [child for child in shape if local_name(child) == "txBody"]
    paragraphs = [one for body in bodies for one in body.iterfind(f"{_A}p")]
    is_list = _placeholder(shape)[0] in _BODIES and sum(bool(_text(one).strip()) for one in paragraphs) > 1
    counts: dict[int, int] = {}
    lines = []
    for paragraph in paragraphs:
        text = _text(paragraph).strip()
        marker = _marker(paragraph.find(f"{_A}pPr"), is_list, counts) if text else ""
        lines.append(_Line(f"{marker} {text}" if marker else text, bool(marker)))
    return lines


def _marker(properties_: Element | None, is_list: bool, counts: dict[int, int]) -> str:
    marks = {} if properties_ is None else {local_name(child): child for child in properties_}
    level = 0 if properties_ is None else whole_number(properties_.get("lvl"))
    if "buAutoNum" in marks:
        counts[level] = counts.get(level, whole_number(marks["buAutoNum"].get("startAt", "1")) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return f"{counts[level]}."
    return "-" if "buChar" in marks or "buBlip" in marks or (is_list and "buNone" not in marks) else ""


def _text(paragraph: Element) -> str:
    pieces = []
    for child in paragraph:
        name = local_name(child)
        if name in {"r", "fld"}:
            pieces.append(child.findtext(f"{_A}t") or "")
        elif name == "br":
            pieces.append("\n")
        elif name == "m":
            pieces.append(formula(child))
        elif name == "AlternateContent":
            pieces.append(_text(chosen(child)))
    return _ESCAPED_BREAK.sub("\n", "".join(pieces))


def _notes(root: Element) -> list[_Line]:
    bodies = (shape for shape in root.iter(f"{_P}sp") if _placeholder(shape)[0] == "body")
    return [_Line(line.text.removeprefix("- ")) for body in bodies for line in _paragraphs(body)]


def _words_of_comment(comment: Element) -> Iterator[str]:
    for child in comment:
        if local_name(child) in {"text", "txBody"}:
            yield from (text for text in child.itertext() if text.strip())
