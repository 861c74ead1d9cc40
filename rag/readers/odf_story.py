"""Walks a text of LibreOffice (body, slide, note, page header) and gives its paragraphs and table rows in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.readers.assembly import Run, text_of
from rag.readers.blocks import Block, row_blocks
from rag.readers.odf import STYLE, TABLE, TEXT, hidden_styles, paragraph
from rag.readers.open_xml import local_name, whole_number
from rag.readers.packages import Element
from rag.readers.word_lists import written_as
from rag.types import NoiseKind

_LEFT_OUT = frozenset(
    {
        "tracked-changes",
        "forms",
        "title",
        "desc",
        "object",
        "object-ole",
        "image",
        "plugin",
        "annotation",
        "page-thumbnail",
    }
)
_CONTENTS = frozenset(
    {"table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index"}
)
_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}
_ROW_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group"})


@dataclass(frozen=True, slots=True)
class _Level:
    """How the items of a level of a list are marked; `form` is None for bullets."""

    form: str | None
    before: str
    after: str
    start: int


_BULLETS = _Level(None, "", "", 1)


class OdfStory:
    """A walk; `notes`, `endnotes` and `comments` are the elements that were met and not yet taken."""

    def __init__(self, root: Element, styles: Element | None) -> None:
        roots = [one for one in (styles, root) if one is not None]
        self._hidden = hidden_styles(*roots)
        self._titles = {"Title"} | {name for one in roots for name in _children_of_title(one)}
        self._levels = {key: level for one in roots for key, level in _list_levels(one)}
        self._counts: dict[str, int] = {}
        self.notes: list[Element] = []
        self.endnotes: list[Element] = []
        self.comments: list[Element] = []

    def blocks(self, parent: Iterable[Element], noise: NoiseKind | None = None) -> Iterator[Block]:
        """The blocks below an element that are not empty."""
        for child in parent:
            name = local_name(child)
            if name in {"p", "h"}:
                yield from self._paragraph(child, noise)
            elif name == "list":
                yield from self._list(child, "", 1, noise)
            elif name == "table":
                yield from self._table(child, noise)
            elif name in _CONTENTS:
                yield from self.blocks(child, noise or NoiseKind.MENU)
            elif name == "section" and child.get(f"{TEXT}display") == "none":
                yield from self.blocks(child, noise or NoiseKind.HIDDEN)
            elif name not in _LEFT_OUT:
                yield from self.blocks(child, noise)

    def _paragraph(self, element: Element, noise: NoiseKind | None, marker: str = "") -> Iterator[Block]:
        found = paragraph(element, self._hidden, noise)
        self.notes += found.notes
        self.comments += found.comments
        if text_of(found.runs).strip():
            is_heading = local_name(element) == "h"
            level = max(1, whole_number(element.get(f"{TEXT}outline-level"))) if is_heading else 0
            runs = [Run(f"{marker} ", noise), *found.runs] if marker and not is_heading else found.runs
            is_title = element.get(f"{TEXT}style-name", "") in self._titles
            yield Block(runs, level, is_title, bool(marker) and not is_heading, noise)
        yield from self.blocks(found.frames, noise)

    def _list(self, element: Element, style: str, depth: int, noise: NoiseKind | None) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name", style)
        level = self._levels.get((style, depth), _BULLETS)
        key = f"{style} {depth}"
        goes_on = element.get(f"{TEXT}continue-numbering") == "true" or element.get(f"{TEXT}continue-list") is not None
        count = self._counts.get(key, level.start - 1) if goes_on else level.start - 1
        for item in element:
            marker = ""
            if local_name(item) == "list-item":
                count = whole_number(item.get(f"{TEXT}start-value", str(count + 1)))
                marker = "-" if level.form is None else f"{level.before}{written_as(level.form, count)}{level.after}"
            for child in item:
                if local_name(child) == "list":
                    yield from self._list(child, style, depth + 1, noise)
                elif local_name(child) in {"p", "h"}:
                    yield from self._paragraph(child, noise, marker)
                    marker = ""
        self._counts[key] = count

    def _table(self, table: Element, noise: NoiseKind | None) -> Iterator[Block]:
        for row in table:
            name = local_name(row)
            if name in _ROW_GROUPS:
                yield from self._table(row, noise)
            elif name == "table-row":
                cells = row.iterfind(f"{TABLE}table-cell")
                yield from row_blocks([list(self.blocks(cell, noise)) for cell in cells])


def _children_of_title(root: Element) -> Iterator[str]:
    for style in root.iter(f"{STYLE}style"):
        if style.get(f"{STYLE}parent-style-name") == "Title":
            yield style.get(f"{STYLE}name", "")


def _list_levels(root: Element) -> Iterator[tuple[tuple[str, int], _Level]]:
    for style in root.iter(f"{TEXT}list-style"):
        for level in style:
            if local_name(level) == "list-level-style-number":
                form = _FORMS.get(level.get(f"{STYLE}num-format", ""), "decimal")
                before, after = (level.get(f"{STYLE}num-{side}", "") for side in ("prefix", "suffix"))
                start = whole_number(level.get(f"{TEXT}start-value", "1"))
                rule = _Level(form, before, after, start)
            else:
                rule = _BULLETS
            yield (style.get(f"{STYLE}name", ""), whole_number(level.get(f"{TEXT}level"))), rule
