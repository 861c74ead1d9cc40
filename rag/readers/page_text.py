"""From the elements of a page to its text, in the order of the page, and what each stretch of it stands in.

Nothing that can be read is left out. What is main text and what is noise is judged elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import lxml.etree
import lxml.html

from rag.readers.page_hints import hint_of
from rag.readers.page_styles import WHITE, Colour, backdrop_of, is_hidden
from rag.types import NoiseKind

_NEVER_SHOWN: Final = frozenset(
    {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "select", "textarea", "datalist"}
    | {"canvas", "audio", "video", "embed", "annotation", "annotation-xml", "title"}
)
_INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "del", "dfn", "em", "font", "i", "img"}
    | {"input", "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span"}
    | {"strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "area", "map", "picture", "source", "data"}
    | {"math", "mi", "mn", "mo", "ms", "mrow", "msup", "msub", "msubsup", "mfrac", "msqrt", "mtext", "semantics"}
)
_APART: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "dl", "figure", "figcaption"}
    | {"article", "section", "aside", "header", "footer", "nav", "main", "form", "hr", "details", "caption"}
)
"""Parted by a blank line; other blocks by the end of a line."""
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS: Final = frozenset({"td", "th"})
_SPEAKING: Final = _HEADINGS | {"a", "button", "pre", "nav", "menu", "footer", "aside", "form", "article", "main"}
"""Tags that mean something without any attribute."""
_TELLING: Final = frozenset({"id", "class", "role", "style", "hidden", "aria-hidden", "color", "bgcolor", "background"})
"""Attributes that tell what an element is or whether it is seen."""
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
_CELL_GAP = " | "


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a stretch of text stands in; `hint` is the nearest kind of noise that an element names itself to be."""

    hint: NoiseKind | None = None
    is_hidden: bool = False
    is_link: bool = False
    heading: int = 0
    is_preformatted: bool = False
    backdrop: Colour | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `start` to `end` of the text, all in the same surroundings."""

    start: int
    end: int
    within: Surroundings


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page, and its runs in order; between runs there is only white space, or a bar between cells.

    `n_elements` and `depth` say how large and how deep the page is.
    """

    text: str
    runs: tuple[Run, ...]
    n_elements: int
    depth: int


def page_text(tree: lxml.html.HtmlElement) -> PageText:
    """Walks without recursion, however deep the page is."""
    writer = _Writer()
    # A style sheet may put any colour behind the text.
    has_sheets = next(tree.iter("style", "link"), None) is not None
    stack = [Surroundings(backdrop=None if has_sheets else WHITE)]
    skipped: lxml.html.HtmlElement | None = None
    n_elements = deepest = depth = 0
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            n_elements, depth = n_elements + 1, depth + 1
            deepest = max(depth, deepest)
            if skipped is not None:
                continue
            if element.tag in _NEVER_SHOWN:
                skipped = element
                continue
            stack.append(_within(element, stack[-1]))
            writer.open(element)
            writer.write(element.text, stack[-1])
            continue
        depth -= 1
        if skipped is None:
            stack.pop()
            writer.close(element)
        elif skipped is element:
            skipped = None
        if skipped is None and element is not tree:
            writer.write(element.tail, stack[-1])
    return writer.finished(n_elements, deepest)


def _within(element: lxml.html.HtmlElement, parent: Surroundings) -> Surroundings:
    tag = element.tag
    told = tuple((name, value) for name, value in element.attrib.items() if name in _TELLING)
    if not told and tag not in _SPEAKING:
        return parent
    hint, hides, backdrop = _said(tag, told, parent.backdrop)
    return Surroundings(
        hint=hint or parent.hint,
        is_hidden=parent.is_hidden or hides,
        is_link=parent.is_link or tag in ("a", "button"),
        heading=int(tag[1]) if tag in _HEADINGS else parent.heading,
        is_preformatted=parent.is_preformatted or tag == "pre",
        backdrop=backdrop,
    )


@lru_cache(maxsize=4096)
def _said(
    tag: str, told: tuple[tuple[str, str], ...], behind: Colour | None
) -> tuple[NoiseKind | None, bool, Colour | None]:
    """What an element says of itself: a kind of noise, whether it is hidden, and the colour behind its text.

    The same few elements come again and again on a page, and on the pages of a site.
    """
    attributes = dict(told)
    backdrop = backdrop_of(attributes, behind) if attributes else behind
    return hint_of(tag, attributes), bool(attributes) and is_hidden(attributes, backdrop), backdrop


@dataclass(slots=True)
class _Cell:
    """An open table cell: how long the text was when it began, and the line that its first words stand in."""

    start: int
    first_line: int | None = None


class _Writer:
    """Writes text as a browser would lay it out: runs of white space are one space, blocks begin lines."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._runs: list[tuple[int, int, Surroundings]] = []
        self._gap = 0
        """Line ends that stand before the next text; -1 for the gap between two cells."""
        self._has_space = False
        self._marker = ""
        self._lists: list[int | None] = []
        self._cells: list[_Cell] = []
        self._n_lines = 0

    def open(self, element: lxml.html.HtmlElement) -> None:
        tag = element.tag
        if tag in _INLINE:
            return
        if tag in _CELLS:
            self._open_cell()
        elif tag == "br":
            self._break(min(2, max(self._gap, 0) + 1))
        else:
            self._break(2 if tag in _APART and not (tag in ("ul", "ol") and self._lists) else 1)
        if tag in ("ul", "ol", "menu"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._marker = self._next_marker()

    def close(self, element: lxml.html.HtmlElement) -> None:
        tag = element.tag
        if tag in _INLINE or tag == "br":
            return
        if tag in _CELLS:
            self._close_cell()
            return
        if tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._marker = ""
        self._break(2 if tag in _APART and not (tag in ("ul", "ol") and self._lists) else 1)

    def write(self, content: str | None, within: Surroundings) -> None:
        if not content:
            return
        if within.is_preformatted:
            self._write_lines(content, within)
            return
        words = " ".join(content.split())
        if not words.isprintable():
            words = _INVISIBLE.sub("", words)
        if not words:
            self._has_space = self._has_space or bool(content)
            return
        self._has_space = self._has_space or content[0].isspace()
        self._append(words, within)
        self._has_space = content[-1].isspace()

    def finished(self, n_elements: int, depth: int) -> PageText:
        return PageText("".join(self._pieces), tuple(Run(*run) for run in self._runs), n_elements, depth)

    def _write_lines(self, content: str, within: Surroundings) -> None:
        for place, line in enumerate(_INVISIBLE.sub("", content).replace("\r\n", "\n").replace("\r", "\n").split("\n")):
            if place:
                self._break(min(2, max(self._gap, 0) + 1))
            if line.strip():
                # Indentation means something here; a space at the end of a line does not.
                self._has_space = self._has_space and not line[0].isspace()
                self._append(line.rstrip() if self._gap or not self._length else line, within)

    def _append(self, words: str, within: Surroundings) -> None:
        gap = "\n" * self._gap if self._gap > 0 else _CELL_GAP if self._gap else " " if self._has_space else ""
        start = self._length + len(gap) if self._length else 0
        written = (gap if self._length else "") + self._marker + words
        self._n_lines += self._gap > 0
        self._gap, self._has_space, self._marker = 0, False, ""
        if self._cells and self._cells[-1].first_line is None:
            self._cells[-1].first_line = self._n_lines
        self._pieces.append(written)
        self._length += len(written)
        last = self._runs[-1] if self._runs else None
        if last is not None and last[2] is within and gap in ("", " "):
            self._runs[-1] = (last[0], self._length, within)
        else:
            self._runs.append((start, self._length, within))

    def _break(self, lines: int) -> None:
        if self._cells and self._length == self._cells[-1].start:
            return
        self._gap = max(self._gap, lines)
        self._has_space = False

    def _open_cell(self) -> None:
        self._cells.append(_Cell(self._length))

    def _close_cell(self) -> None:
        """A cell of one line is parted from the next one by a bar, a longer one by the end of a line."""
        if not self._cells:
            return
        cell = self._cells.pop()
        if self._length > cell.start:
            self._gap = -1 if cell.first_line == self._n_lines else 1
            self._has_space = False

    def _next_marker(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "
