"""Reads JSON, JSON Lines and XML: every value on a line of its own under its name, and prose as paragraphs.

Nobody wants braces, commas and escapes quoted. Strings are shown as the words that they are, exactly, with the names
that lead to them (`customer.address.city: Berlin`); what is prose by its name or length stands alone, so that its
sentences can be quoted without the name. Records are parted by blank lines. Attributes of XML are left out, and its
entities are neither resolved nor fetched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import lxml.etree

from rag import sniffing
from rag.dates import iso_date
from rag.decoding import decode
from rag.errors import SourceError, UnreadableSource
from rag.readers import html, json_text
from rag.readers.dates import stated_date
from rag.readers.json_text import Mapping
from rag.readers.packages import MAX_ELEMENTS, Element, element_bound
from rag.readers.plain import PlainTextReader, shortened
from rag.types import Reading

_PROSE_CHARS = 120
"""A string of this length, or of several lines, is a paragraph of its own."""
_TITLE_KEYS = ("title", "headline", "name", "subject")
_DATE_KEYS = (
    "date",
    "published",
    "datepublished",
    "pubdate",
    "published_at",
    "publication_date",
    "created",
    "created_at",
)
_AUTHOR_KEYS = ("author", "creator", "byline")
_MAX_BAD_LINES = 0.5
_MARKUP = re.compile(
    r"</?(?:p|br|div|a|b|i|em|strong|img|ul|ol|li|h[1-6]|span|blockquote|table)\b[^<>]*>", re.IGNORECASE
)
_TEXT_NAMES = frozenset(
    {"title", "head", "headline", "heading", "subtitle", "p", "para", "simpara", "paragraph", "description", "summary"}
    | {"content", "encoded", "abstract", "body", "text", "note", "quote", "li", "item", "caption", "lead", "teaser"}
)
_ABOUT_ELEMENTS = 200
_ABOUT_CHARS = 400
_ABOUT_DEPTH = 8
_ABOUT_NAMES = frozenset({*_TITLE_KEYS, *_DATE_KEYS, *_AUTHOR_KEYS} - {"name"})
_NEAR_ROOT = 2
_HEADERS = frozenset({"teiheader", "info", "bookinfo", "articleinfo", "front", "metadata", "meta", "head", "header"})
_NO_XML = "it is no XML, or is damaged near its beginning."
_ANY = "{*}*"
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_GAPS = re.compile(r"\n{3,}")
_LINE_ENDS = re.compile(r"[ \t]*\n[ \t]*")
_SPACES = re.compile(r"\s+")


class JsonReader:
    """A value of JSON; what only looks like JSON is read as JSON Lines, and else as the text that it is."""

    def read(self, content: bytes, path: Path) -> Reading:
        text = decode(content, str(path))
        try:
            value = json_text.parsed(text, str(path))
        except json.JSONDecodeError as error:
            records = _json_lines(text, str(path))[0]
            if not records:
                return _as_it_is(content, path, sniffing.JSON, f"It is no valid JSON (line {error.lineno:,})")
            value = records
        return _of_value(value, path, sniffing.JSON)


class JsonLinesReader:
    """A value of JSON on each line; lines that are none are noted."""

    def read(self, content: bytes, path: Path) -> Reading:
        records, n_bad = _json_lines(decode(content, str(path)), str(path))
        if not records:
            return _as_it_is(content, path, sniffing.JSON_LINES, "Its lines are no valid JSON")
        note = f"{n_bad:,} of its lines are no valid JSON and were not read." if n_bad else ""
        return _of_value(records, path, sniffing.JSON_LINES, note)


class XmlReader:
    """Elements that hold text among other elements are paragraphs; an element that is a value stands under its name."""

    def read(self, content: bytes, path: Path) -> Reading:
        root, note = _root(content, str(path))
        text = _joined(list(_xml_lines(root, str(path))))
        if note and not text:
            raise UnreadableSource(path=str(path), reason=_NO_XML)
        about = _about(root)
        return Reading(
            text=text,
            title=shortened(about.get(*_TITLE_KEYS)) or path.stem,
            date=iso_date(about.get(*_DATE_KEYS)) or stated_date(text),
            origin=None,
            media_type=sniffing.XML,
            author=about.get(*_AUTHOR_KEYS) or None,
            note=note,
        )


# JSON


def _json_lines(text: str, path: str) -> tuple[list[Any], int]:
    """The values of the lines, and how many lines were none; nothing where most of them are none."""
    records, n_bad = [], 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            records.append(json_text.parsed(line, path))
        except json.JSONDecodeError:
            n_bad += 1
    return ([], n_bad) if n_bad > _MAX_BAD_LINES * len(records) else (records, n_bad)


def _as_it_is(content: bytes, path: Path, media_type: str, why: str) -> Reading:
    plain = PlainTextReader().read(content, path)
    return Reading(plain.text, path.stem, plain.date, None, media_type, note=f"{why}, so it was read as plain text.")


def _of_value(value: Any, path: Path, media_type: str, note: str = "") -> Reading:
    about = value if isinstance(value, Mapping) else Mapping()
    return Reading(
        text=_json_text(value, str(path)),
        title=shortened(about.get(*_TITLE_KEYS)) or path.stem,
        date=iso_date(about.get(*_DATE_KEYS)),
        origin=about.get("publisher") or None,
        media_type=media_type,
        author=about.get(*_AUTHOR_KEYS) or None,
        note=note,
    )


def _json_text(value: Any, path: str) -> str:
    lines: list[str] = []
    try:
        _add_value(lines, "", value)
    except RecursionError as error:
        raise UnreadableSource(path=path, reason="it is nested too deeply.") from error
    return _joined(lines)


def _add_value(lines: list[str], name: str, value: Any) -> None:
    """One line a value, names before it; each record of a list begins after a blank line."""
    if isinstance(value, Mapping):
        for key, inner in value:
            _add_value(lines, f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list) and any(isinstance(inner, list | Mapping) for inner in value):
        for place, inner in enumerate(value):
            lines.append("")
            # A list that is the whole file needs no name: its records are parted by blank lines.
            _add_value(lines, f"{name}[{place}]" if name else "", inner)
    elif isinstance(value, list):
        _add_words(lines, name, ", ".join([json_text.written(inner) for inner in value]) if value else "[]")
    else:
        _add_words(lines, name, json_text.written(value))


def _add_words(lines: list[str], name: str, words: str) -> None:
    is_short = len(words) < _PROSE_CHARS and "\n" not in words and "\r" not in words
    if is_short and not (" " in words and name.rpartition(".")[2].lower() in _TEXT_NAMES):
        lines.append(f"{name}: {words}" if name else words)
        return
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    is_named = name and name.rpartition(".")[2].lower() not in _TEXT_NAMES
    lines += ["", f"{name}:", "", words, ""] if is_named else ["", words, ""]


def _joined(lines: list[str]) -> str:
    return _GAPS.sub("\n\n", "\n".join(lines)).strip("\n")


# XML


def _root(content: bytes, path: str) -> tuple[Element, str]:
    """The root element, and a note where the XML had to be mended."""
    if element_bound(content) > MAX_ELEMENTS:
        raise UnreadableSource(path=path, reason=f"it has too many elements (at most {MAX_ELEMENTS // 10**6} million).")
    try:
        return lxml.etree.fromstring(content, _parser(recover=False)), ""
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
    mended = _DECLARATION.sub("", decode(content, path)).encode("utf-8", "replace")
    try:
        root = lxml.etree.fromstring(mended, _parser(recover=True))
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise UnreadableSource(path=path, reason=_NO_XML)
    return root, f"It is no valid XML (line {line:,}); what could be read of it is here."


def _parser(*, recover: bool) -> Any:
    return lxml.etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        recover=recover,
    )


def _xml_lines(root: Element, path: str) -> Iterator[str]:
    """Lines in the order of the file; walks without recursion."""
    is_prose = any(_is_mixed(element) for element in root.iter(_ANY))
    inside: Element | None = None
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        n_inner = len(element)
        if event == "end":
            if element is inside:
                inside = None
            elif inside is None and n_inner:
                yield ""
        elif inside is None and n_inner == 0:
            yield from _element_lines(element, element.text or "", path, is_text=is_prose)
        elif inside is None and is_prose and _is_mixed(element):
            inside = element
            yield from _element_lines(element, "".join(_all_text(element)), path, is_text=True)


def _is_mixed(element: Element) -> bool:
    """Whether text stands beside elements in it, an entity counting as text."""
    if len(element) == 0:
        return False
    if (element.text or "").strip():
        return True
    return any((inner.tail or "").strip() or inner.tag is lxml.etree.Entity for inner in element)


def _element_lines(element: Element, said: str, path: str, *, is_text: bool) -> Iterator[str]:
    said = said.strip()
    if not said:
        return
    if "<" in said and _MARKUP.search(said):
        yield from ("", _unmarked(said, path), "")
        return
    said = _SPACES.sub(" ", said) if "\n\n" not in said else _LINE_ENDS.sub("\n", said)
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if is_text or not name or len(said) >= _PROSE_CHARS or name.lower() in _TEXT_NAMES:
        yield from ("", said, "")
    else:
        yield f"{name}: {said}"


def _all_text(element: Element) -> Iterator[str]:
    """As itertext, but with entities as they are written: nobody has declared what they mean."""
    for event, one in lxml.etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield one.text or ""
        elif one is not element:
            yield one.tail or ""


def _unmarked(said: str, path: str) -> str:
    try:
        return html.text_of(said, path).text
    except SourceError:
        return said


def _about(root: Element) -> Mapping:
    """Elements with names like title, date and author that speak of the whole: near the root, or in a header."""
    found: list[tuple[str, str]] = []
    for element in islice(root.iter(_ANY), _ABOUT_ELEMENTS):
        name = _local_name(element)
        if name not in _ABOUT_NAMES or not _is_of_the_whole(element):
            continue
        words = _SPACES.sub(" ", "".join(_all_text(element))).strip()
        if words and len(words) < _ABOUT_CHARS:
            found.append((name, words))
    return Mapping(found)


def _is_of_the_whole(element: Element) -> bool:
    above = [_local_name(ancestor) for ancestor in islice(element.iterancestors(), _ABOUT_DEPTH)]
    return len(above) <= _NEAR_ROOT or not _HEADERS.isdisjoint(above)


def _local_name(element: Element) -> str:
    return str(lxml.etree.QName(element).localname).lower()
