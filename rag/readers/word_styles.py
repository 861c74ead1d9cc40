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
class _Said:
    """What a style says itself; None where its ancestor decides."""

    name: str
    based_on: str
    outline: int | None
    listed: tuple[str, int] | None
    is_hidden: bool | None


@dataclass(frozen=True, slots=True)
class Style:
    """What holds for the paragraphs or runs of a style, its ancestors asked.

    `heading_level` is 1 for the highest and 0 for what is no heading; `listed` is a list definition and a level.
    """

    heading_level: int = 0
    is_title: bool = False
    is_contents: bool = False
    is_hidden: bool = False
    listed: tuple[str, int] | None = None


_PLAIN = Style()


class Styles:
    """The styles of a document by their ids."""

    def __init__(self, root: Element | None) -> None:
        elements = [] if root is None else root.iterfind(f"{W}style")
        self._said = {one.get(f"{W}styleId", ""): _said(one) for one in elements}
        self._styles = {style_id: self._resolved(style_id) for style_id in self._said}

    def get(self, style_id: str) -> Style:
        return self._styles.get(style_id, _PLAIN)

    def _resolved(self, style_id: str) -> Style:
        line = list(self._line(style_id))
        name = line[0].name.casefold()
        return Style(
            heading_level=next((level for one in line if (level := _level(one)) is not None), 0),
            is_title=name == "title",
            is_contents=_CONTENTS_NAME.fullmatch(name) is not None,
            is_hidden=next((one.is_hidden for one in line if one.is_hidden is not None), False),
            listed=next((one.listed for one in line if one.listed is not None), None),
        )

    def _line(self, style_id: str) -> Iterator[_Said]:
        """The style and its ancestors, the nearest first."""
        for _ in range(_MOST_ANCESTORS):
            said = self._said.get(style_id)
            if said is None:
                return
            yield said
            style_id = said.based_on


def _level(said: _Said) -> int | None:
    named = _HEADING_NAME.match(said.name)
    if named:
        return int(named.group(1))
    if said.outline is None:
        return None
    return said.outline + 1 if said.outline < _BODY_LEVEL else 0


def is_on(flag: Element | None) -> bool:
    """Whether a property that is switched on by being there is on."""
    return flag is not None and flag.get(VAL, "1") not in {"0", "false", "off"}


def _said(element: Element) -> _Said:
    name, based_on = element.find(f"{W}name"), element.find(f"{W}basedOn")
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    list_id = element.find(f"{W}pPr/{W}numPr/{W}numId")
    list_level = element.find(f"{W}pPr/{W}numPr/{W}ilvl")
    hidden = element.find(f"{W}rPr/{W}vanish")
    level = 0 if list_level is None else whole_number(list_level.get(VAL))
    return _Said(
        name="" if name is None else name.get(VAL, ""),
        based_on="" if based_on is None else based_on.get(VAL, ""),
        outline=None if outline is None else whole_number(outline.get(VAL)),
        listed=None if list_id is None else (list_id.get(VAL, ""), level),
        is_hidden=None if hidden is None else is_on(hidden),
    )
