"""What the styles of a Word file say of a paragraph: a heading, an item of a list, a line of the contents, hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.readers.open_xml import whole_number
from rag.readers.packages import Element
from rag.readers.word_lists import VAL, W

_MOST_ANCESTORS = 20
_HEADING_NAME = re.compile(r"heading ([1-9])", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|table of figures|index) ?\d?", re.IGNORECASE)
_BODY_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph or character style; None and empty where it says nothing and its ancestor decides."""

    name: str
    based_on: str
    outline: int | None
    list_id: str | None
    list_level: int
    is_hidden: bool | None


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: Element | None) -> None:
        elements = [] if root is None else root.iterfind(f"{W}style")
        self._styles = {one.get(f"{W}styleId", ""): _style(one) for one in elements}

    def heading_level(self, style_id: str) -> int:
        """1 for the highest; 0 for what is no heading."""
        for style in self._line(style_id):
            named = _HEADING_NAME.match(style.name)
            if named:
                return int(named.group(1))
            if style.outline is not None:
                return style.outline + 1 if style.outline < _BODY_LEVEL else 0
        return 0

    def is_title(self, style_id: str) -> bool:
        return self._name(style_id) == "title"

    def is_contents(self, style_id: str) -> bool:
        """Whether it is for lines of a table of contents."""
        return _CONTENTS_NAME.fullmatch(self._name(style_id)) is not None

    def is_hidden(self, style_id: str) -> bool:
        return next((style.is_hidden for style in self._line(style_id) if style.is_hidden is not None), False)

    def list_of(self, style_id: str) -> tuple[str, int] | None:
        """The list definition and the level that a style puts its paragraphs into."""
        for style in self._line(style_id):
            if style.list_id is not None:
                return style.list_id, style.list_level
        return None

    def _name(self, style_id: str) -> str:
        style = self._styles.get(style_id)
        return style.name.casefold() if style is not None else ""

    def _line(self, style_id: str) -> Iterator[Style]:
        """The style and its ancestors, the nearest first."""
        for _ in range(_MOST_ANCESTORS):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = style.based_on


def is_on(flag: Element | None) -> bool:
    """Whether a property that is switched on by being there is on."""
    return flag is not None and flag.get(VAL, "1") not in {"0", "false", "off"}


def _style(element: Element) -> Style:
    name, based_on = element.find(f"{W}name"), element.find(f"{W}basedOn")
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    list_id = element.find(f"{W}pPr/{W}numPr/{W}numId")
    list_level = element.find(f"{W}pPr/{W}numPr/{W}ilvl")
    hidden = element.find(f"{W}rPr/{W}vanish")
    return Style(
        name="" if name is None else name.get(VAL, ""),
        based_on="" if based_on is None else based_on.get(VAL, ""),
        outline=None if outline is None else whole_number(outline.get(VAL)),
        list_id=None if list_id is None else list_id.get(VAL, ""),
        list_level=0 if list_level is None else whole_number(list_level.get(VAL)),
        is_hidden=None if hidden is None else is_on(hidden),
    )
