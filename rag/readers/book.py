"""Reads e-books (.epub): the chapters in the order in which they are to be read, named as the table of contents does.

Files that the book lists are looked for in the book alone; scripts, styles, sounds and pictures are not opened. Numbers
of printed pages are left out, for they stand in the middle of sentences; the table of contents is marked as a menu.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import lxml.etree

from rag import sniffing
from rag.dates import iso_date
from rag.decoding import decode
from rag.errors import EncryptedSource, SourceError, UnreadableSource
from rag.readers import html
from rag.readers.packages import Element, Package, open_package, resolved
from rag.readers.parted import PartedText
from rag.readers.plain import shortened
from rag.types import Mark, NoiseKind, PartKind, Reading, Span

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES: Final = (".xhtml", ".html", ".htm", ".xml")
_FONT_DISGUISES: Final = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.-]{2,40})[\"']")
_PLACE = re.compile(r"<[a-zA-Z][^<>]*?\s(?:xml:)?(?:id|name)\s*=\s*[\"']([^\"'<>]{1,300})[\"']")
_PAGE_NUMBER = re.compile(
    r"<(span|div|a|p)\b[^<>]*?(?:epub:type|role)\s*=\s*[\"'](?:doc-)?pagebreak[\"'][^<>]*>[^<>]{0,20}</\1\s*>",
    re.IGNORECASE,
)
_OPEN_BLOCK = re.compile(r"<(?:h[1-6]|p)\b[^<>]*>\s*(?:<(?:span|a|em|strong|b|i)\b[^<>]*>\s*)*\Z")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.{1,2000}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2}(?![a-z])", re.IGNORECASE)
_WORD = re.compile(r"\w")
_LOOK_BACK_CHARS = 400
_MAX_LABELS = 20_000


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the table of contents: which member it points to, where in it, and what it calls that."""

    member: str
    fragment: str
    label: str


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package document says: its members in reading order, and what is known of the book."""

    members: Sequence[str]
    entries: Sequence[_Entry]
    contents: frozenset[str] = frozenset()
    title: str = ""
    author: str | None = None
    date: str | None = None
    publisher: str | None = None
    language: str | None = None
    note: str = ""


class EpubReader:
    """Each line of the table of contents begins a chapter, as does each file that it does not name."""

    def read(self, content: bytes, path: Path) -> Reading:
        package = open_package(content, path)
        book = _book(package, path)
        _refuse_locked(package, book.members, path)
        text, lost = PartedText(), 0
        number = 0
        for member in book.members:
            page = _page(package, member, path)
            lost += page is None
            for label, markup in _chapters(page or "", [one for one in book.entries if one.member == member]):
                number += 1
                marked = html.text_of(_PAGE_NUMBER.sub("", markup), path)
                if not _WORD.search(marked.text):
                    continue
                is_menu = member in book.contents
                marks = (Mark(NoiseKind.MENU, Span(0, len(marked.text))),) if is_menu else marked.marks
                text.add(marked.text, PartKind.CHAPTER, number, shortened(label or _heading(markup)), marks=marks)
        if lost == len(book.members):
            raise UnreadableSource(path=str(path), reason="none of its chapters can be read.")
        note = f"{lost:,} of its {len(book.members):,} files could not be read." if lost else ""
        return Reading(
            text=text.text,
            title=shortened(book.title) or path.stem,
            date=book.date,
            origin=book.publisher,
            media_type=sniffing.EPUB,
            author=book.author,
            language=book.language,
            parts=text.parts,
            marks=text.marks,
            note=" ".join(one for one in (book.note, note) if one),
        )


# What the book says of itself


def _book(package: Package, path: Path) -> _Book:
    try:
        name = _package_document(package)
        root = package.xml(name) if name else None
    except UnreadableSource:
        name = root = None
    if name is None or root is None:
        return _Book(_all_pages(package, path), (), note=_NO_ORDER)
    items = {one.get("id"): one for one in _named(root, "item")}
    spine = [items.get(one.get("idref")) for one in _named(root, "itemref")]
    members = [found for item in spine if item is not None and (found := _member(package, name, item.get("href")))]
    if not members:
        return _Book(_all_pages(package, path), (), note=_NO_ORDER)
    language = _LANGUAGE.match(_first(root, "language"))
    return _Book(
        # A book that lists a chapter twice has it once.
        members=tuple(dict.fromkeys(members)),
        entries=_entries(package, name, list(items.values())),
        contents=_contents(package, name, root),
        title=_first(root, "title"),
        author=", ".join(_all(root, "creator")) or None,
        date=next((iso for date in _dates(root) if (iso := iso_date(date))), None),
        publisher=_first(root, "publisher") or None,
        language=language.group().lower() if language else None,
    )


_NO_ORDER = "It does not say in which order its chapters are to be read; they were taken in the order of its files."


def _package_document(package: Package) -> str | None:
    if _CONTAINER in package:
        for one in _named(package.xml(_CONTAINER), "rootfile"):
            found = package.find((one.get("full-path") or "").lstrip("/"))
            if found:
                return found
    return next((name for name in package.names if name.lower().endswith(".opf")), None)


def _all_pages(package: Package, path: Path) -> tuple[str, ...]:
    pages = tuple(name for name in package.names if name.lower().endswith(_PAGES) and not name.startswith("META-INF/"))
    if not pages:
        raise UnreadableSource(path=str(path), reason="there are no chapters in it.")
    return pages


def _named(root: Element, name: str) -> Iterator[Element]:
    """Elements of this local name; books are careless about namespaces."""
    return (one for one in root.iter() if isinstance(one.tag, str) and one.tag.rpartition("}")[2] == name)


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _all(root: Element, name: str) -> list[str]:
    return [words for one in _named(root, name) if (words := _words(one))]


def _first(root: Element, name: str) -> str:
    return next(iter(_all(root, name)), "")


def _dates(root: Element) -> list[str]:
    """The date of publication before others that old books have."""
    dates = list(_named(root, "date"))
    events = [next((value for key, value in one.items() if key.endswith("event")), "") for one in dates]
    return [
        _words(one) for _, one in sorted(zip(events, dates, strict=True), key=lambda pair: pair[0] != "publication")
    ]


def _member(package: Package, base: str, href: str | None) -> str | None:
    """The member that a reference means; None where there is none in the book."""
    name = resolved(base, href or "")
    return package.find(name) if name else None


def _refuse_locked(package: Package, members: Sequence[str], path: Path) -> None:
    """Fonts may be disguised; chapters that are encrypted belong to a shop's program alone."""
    if _ENCRYPTION not in package:
        return
    try:
        root = package.xml(_ENCRYPTION)
    except UnreadableSource:
        return
    for one in _named(root, "EncryptedData"):
        method = next(_named(one, "EncryptionMethod"), None)
        reference = next(_named(one, "CipherReference"), None)
        if reference is None or (method is not None and method.get("Algorithm") in _FONT_DISGUISES):
            continue
        if resolved("", reference.get("URI") or "") in members:
            raise EncryptedSource(
                path=str(path), reason="it is protected against copying (DRM), so only its shop's program can open it."
            )


# The table of contents


def _entries(package: Package, base: str, items: Sequence[Element]) -> tuple[_Entry, ...]:
    """Those of the navigation document, else those of the older table."""
    for find, is_table in ((_nav_entries, _is_nav), (_ncx_entries, _is_ncx)):
        table = next((item for item in items if is_table(item)), None)
        name = _member(package, base, table.get("href")) if table is not None else None
        if name is None:
            continue
        try:
            found = tuple(find(package, name))[:_MAX_LABELS]
        except SourceError:
            continue
        if found:
            return found
    return ()


def _contents(package: Package, base: str, root: Element) -> frozenset[str]:
    """The members that are a table of contents to be seen."""
    listed = [item.get("href") for item in _named(root, "item") if _is_nav(item)]
    listed += [one.get("href") for one in _named(root, "reference") if one.get("type") == "toc"]
    return frozenset(found for href in listed if (found := _member(package, base, href)))


def _is_nav(item: Element) -> bool:
    return "nav" in (item.get("properties") or "").split()


def _is_ncx(item: Element) -> bool:
    return bool(item.get("media-type") == "application/x-dtbncx+xml")


def _nav_entries(package: Package, name: str) -> Iterator[_Entry]:
    lists = list(_named(package.xml(name), "nav"))
    types = [next((value for key, value in one.items() if key.endswith("type")), "") for one in lists]
    contents = next((one for one, kind in zip(lists, types, strict=True) if kind == "toc"), lists[0] if lists else None)
    for link in _named(contents, "a") if contents is not None else ():
        yield from _entry(package, name, link.get("href"), _words(link))


def _ncx_entries(package: Package, name: str) -> Iterator[_Entry]:
    for point in _named(package.xml(name), "navPoint"):
        label = next((_words(one) for one in point if str(one.tag).endswith("navLabel")), "")
        content = next((one for one in point if str(one.tag).endswith("content")), None)
        yield from _entry(package, name, content.get("src") if content is not None else None, label)


def _entry(package: Package, base: str, href: str | None, label: str) -> Iterator[_Entry]:
    member = _member(package, base, href)
    if member and label:
        yield _Entry(member, (href or "").partition("#")[2], label)


# Chapters


def _page(package: Package, member: str, path: Path) -> str | None:
    """The markup of a member; None where it cannot be read."""
    try:
        content = package.read(member)
        declared = _DECLARED.match(content.lstrip()[:200])
        if declared and declared.group(1).lower() not in {b"utf-8", b"utf8", b"utf-16"}:
            return content.decode(declared.group(1).decode("ascii"))
        return decode(content, str(path))
    except EncryptedSource:
        raise
    except (SourceError, UnicodeError, LookupError):
        return None


def _chapters(page: str, entries: Sequence[_Entry]) -> Iterator[tuple[str, str]]:
    """The page cut where the table of contents points into it; what stands before is a chapter too."""
    places = {match.group(1): match.start() for match in reversed(list(_PLACE.finditer(page)))} if entries else {}
    cuts = {0: next((one.label for one in entries if not one.fragment), "")}
    for entry in entries:
        place = _block_start(page, places[entry.fragment]) if entry.fragment in places else 0
        cuts[place] = cuts.get(place) or entry.label
    starts = sorted(cuts)
    if len(starts) > 1 and _is_without_text(page[: starts[1]]):
        # Only the opening of the page stands there; its label, if any, is that of the whole.
        starts = starts[1:]
    for start, end in pairwise([*starts, len(page)]):
        yield cuts[start], page[start:end]


def _block_start(page: str, place: int) -> int:
    """Where the heading or paragraph begins in which only the mark of the place stands before it."""
    begin = max(place - _LOOK_BACK_CHARS, 0)
    opened = _OPEN_BLOCK.search(page[begin:place])
    return begin + opened.start() if opened else place


def _is_without_text(markup: str) -> bool:
    return not _WORD.search(html.text_of(markup, "").text)


def _heading(markup: str) -> str:
    found = _HEADING.search(markup)
    try:
        return html.text_of(found.group(2), "").text.replace("\n", " ") if found else ""
    except (SourceError, lxml.etree.LxmlError):
        return ""
