"""Reads web pages: all visible text, with what is not main text marked. It fetches nothing.

The main text is what trafilatura takes for it; its words are found again in the visible text of the page.
"""

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
from rag.readers.page_noise import MarkedText, main_text_marked, plainly_marked
from rag.readers.page_text import PageText, page_text
from rag.readers.plain import shortened
from rag.types import Reading

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.I)
_TAG = re.compile(r"<[^<>]*>?")
_NEVER_SHOWN_BLOCK = re.compile(
    r"<(script|style|noscript|template|head|svg)\b.*?(?:</\1\b[^<>]*>?|\Z)|<!--.*?(?:-->|\Z)", re.I | re.S
)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_CLOSED_AT_ONCE = re.compile(
    r"<(a|b|i|p|em|div|span|title|script|style|iframe|textarea|h[1-6])(\s[^<>]{0,2000})?/>", re.I
)
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]|$)", re.I)
_MAX_ATTRIBUTES = 2000
_MIN_MAIN_TEXT_CHARS = 250
"""Below this, trafilatura has given up and joins whatever it meets."""
_MAX_CHARS_FOR_MAIN_TEXT = 10_000_000
_MAX_ELEMENTS_FOR_MAIN_TEXT = 100_000
_MAX_DEPTH_FOR_MAIN_TEXT = 200


class HtmlReader:
    """All visible text; marked is what trafilatura leaves out, or, where the page is too much for it, plain noise."""

    def read(self, content: bytes, path: Path) -> Reading:
        page = _decoded(content, str(path))
        tree = _parsed(page, str(path))
        shown = page_text(tree)
        extracted = _extracted(tree) if _is_moderate(shown, page) else None
        marked = _marked(shown, extracted)
        text = marked.text or _without_tags(page)
        title = (extracted.title if extracted is not None else None) or tree.findtext(".//title")
        return Reading(
            text=text,
            title=shortened(title or "") or path.stem,
            date=(iso_date(extracted.date or "") if extracted is not None else None) or stated_date(text),
            origin=(extracted.sitename or None) if extracted is not None else None,
            author=(extracted.author or None) if extracted is not None else None,
            language=_language(tree),
            media_type="text/html",
            marks=marked.marks,
        )


def text_of(html: str, path: str | Path, *, only_main_text: bool = False) -> MarkedText:
    """The text of a page, a chapter or an HTML mail, and the marks on it; both empty where there is no text.

    With `only_main_text` all is marked that is not the main text of a web page; without, only what is plainly no text
    to read: hidden words, navigation, cookie banners. `path` is for the message.

    Raises:
        UnreadableSource: markup that was made to take for ever.
    """
    if not html.strip():
        return MarkedText("", ())
    is_xml = html.lstrip("\ufeff \t\r\n").startswith("<?xml") or "http://www.w3.org/1999/xhtml" in html[:2000]
    page = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", html) if is_xml else html
    _refuse_endless_tags(page, str(path))
    tree = _tree(page)
    if tree is None:
        return MarkedText(_without_tags(page), ())
    shown = page_text(tree)
    extracted = _extracted(tree) if only_main_text and _is_moderate(shown, page) else None
    marked = _marked(shown, extracted)
    return marked if marked.text else MarkedText(_without_tags(page), ())


def _marked(shown: PageText, extracted: Any) -> MarkedText:
    main_text = (extracted.text or "").strip() if extracted is not None else ""
    return main_text_marked(shown, main_text) if len(main_text) >= _MIN_MAIN_TEXT_CHARS else plainly_marked(shown)


def _language(tree: lxml.html.HtmlElement) -> str | None:
    found = _LANGUAGE.match(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    return found.group(1).lower() if found else None


def _without_tags(page: str) -> str:
    """For pages so deep that libxml2 gives them up: whatever stands between tags, a line each."""
    lines = _TAG.sub("\n", _NEVER_SHOWN_BLOCK.sub("\n", page)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip())


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
    _refuse_endless_tags(page, path)
    tree = _tree(page)
    if tree is None:
        raise UnreadableSource(path=path, reason="it is empty or no web page.")
    return tree


def _refuse_endless_tags(page: str, path: str) -> None:
    if any(tag.group().count("=") > _MAX_ATTRIBUTES for tag in _LONG_TAG.finditer(page)):
        # libxml2 compares each attribute with all before it.
        raise UnreadableSource(path=path, reason="a single tag has so many attributes that it is no web page.")


def _tree(page: str) -> lxml.html.HtmlElement | None:
    # Trafilatura loses half a page to comments between its paragraphs.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False
    )
    try:
        return lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except lxml.etree.LxmlError:
        return None


def _is_moderate(shown: PageText, page: str) -> bool:
    """Whether finding the main text, which looks at every element many times, ends soon enough."""
    return (
        len(page) <= _MAX_CHARS_FOR_MAIN_TEXT
        and shown.n_elements <= _MAX_ELEMENTS_FOR_MAIN_TEXT
        and shown.depth <= _MAX_DEPTH_FOR_MAIN_TEXT
    )


def _extracted(tree: lxml.html.HtmlElement) -> Any:
    """Trafilatura's Document, or None where it found no main text or lost itself in the page."""
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
