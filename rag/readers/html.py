"""Reads web pages: the main text without menus, scripts and styles, as paragraphs one a line. It fetches nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import trafilatura

from rag.dates import iso_date
from rag.decoding import decode
from rag.errors import UnreadableSource
from rag.readers.dates import stated_date
from rag.readers.plain import shortened
from rag.types import Reading

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_NEVER_SHOWN = frozenset(
    {"script", "style", "noscript", "template", "head", "iframe", "object", "svg", "math", "select", "textarea"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small", "span"}
    | {"strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_TAG = re.compile(r"<[^<>]*>?")
_NEVER_SHOWN_BLOCK = re.compile(
    r"<(script|style|noscript|template|head|svg)\b.*?(?:</\1\b|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S
)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_MAX_ATTRIBUTES = 2000
_MIN_MAIN_TEXT_CHARS = 250
"""Below this, trafilatura has given up and joins whatever it meets, inline elements as lines."""
_SPACES = re.compile(r"[^\S\n]+")
_MAX_CHARS_FOR_MAIN_TEXT = 10_000_000
_MAX_ELEMENTS_FOR_MAIN_TEXT = 100_000
_MAX_DEPTH_FOR_MAIN_TEXT = 200


class HtmlReader:
    """Main text by trafilatura; where the page is too much for it, or it finds nothing, all visible text."""

    def read(self, content: bytes, path: Path) -> Reading:
        page = _decoded(content, str(path))
        tree = _parsed(page, str(path))
        shown = visible_text(tree)
        title = tree.findtext(".//title")
        extracted = _main_text(tree) if _is_moderate(tree, page) else None
        text = (extracted.text or "").strip() if extracted is not None else ""
        return Reading(
            text=(text if len(text) >= _MIN_MAIN_TEXT_CHARS else "") or shown or _without_tags(page),
            title=shortened((extracted.title if extracted is not None else None) or title or "") or path.stem,
            date=(iso_date(extracted.date or "") if extracted is not None else None) or stated_date(shown),
            origin=(extracted.sitename or None) if extracted is not None else None,
            media_type="text/html",
        )


def visible_text(tree: lxml.html.HtmlElement) -> str:
    """What a reader of the page could see, one block a line; walks without recursion, however deep the page is."""
    pieces: list[str] = []
    hidden: lxml.html.HtmlElement | None = None
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        if event == "start" and hidden is None:
            if element.tag in _NEVER_SHOWN:
                hidden = element
                continue
            pieces += ("" if element.tag in _INLINE else "\n", element.text or "")
        elif event != "start":
            if hidden is element:
                hidden = None
            if hidden is None:
                pieces += ("" if element.tag in _INLINE or event != "end" else "\n", element.tail or "")
    # Line ends of the source mean nothing in HTML; ours mark blocks.
    return _as_lines(pieces)


def _without_tags(page: str) -> str:
    """For pages so deep that libxml2 gives them up: whatever stands between tags, a line each."""
    lines = _TAG.sub("\n", _NEVER_SHOWN_BLOCK.sub("\n", page)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


def _as_lines(pieces: list[str]) -> str:
    joined = "".join(piece if piece == "\n" else " ".join(re.split(r"\s", piece)) for piece in pieces)
    lines = (_SPACES.sub(" ", line).strip() for line in joined.split("\n"))
    return "\n".join(line for line in lines if line)


def _decoded(content: bytes, path: str) -> str:
    declared = _META_CHARSET.search(content[:4096])
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if declared:
            try:
                return content.decode(declared.group(1).decode("ascii"))
            except (UnicodeDecodeError, LookupError):
                pass
    return decode(content, path)


def _parsed(page: str, path: str) -> lxml.html.HtmlElement:
    if any(tag.group().count("=") > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(page)):
        # libxml2 compares each attribute with all before it.
        raise UnreadableSource(path=path, reason="a single tag has so many attributes that it is no web page.")
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    try:
        return lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.LxmlError as error:
        raise UnreadableSource(path=path, reason="it is empty or no web page.") from error


def _is_moderate(tree: lxml.html.HtmlElement, page: str) -> bool:
    """Whether finding the main text, which looks at every element many times, ends soon enough."""
    if len(page) > _MAX_CHARS_FOR_MAIN_TEXT:
        return False
    depth = elements = 0
    for event, _ in lxml.etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > _MAX_DEPTH_FOR_MAIN_TEXT or elements > _MAX_ELEMENTS_FOR_MAIN_TEXT:
            return False
    return True


def _main_text(tree: lxml.html.HtmlElement) -> Any:
    """Trafilatura's Document, or None where it found no main text or lost itself in the page."""
    lxml.etree.strip_elements(tree, "noscript", "template", "style", "iframe", with_tail=False)
    try:
        return trafilatura.bare_extraction(
            tree,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (RecursionError, ValueError, AttributeError, TypeError, lxml.etree.LxmlError):
        return None
