"""What Word, PowerPoint and Excel files have in common: parts that are related, and properties that may be rubbish."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.dates import iso_date
from rag.readers.packages import Element, Package, cleaned, resolved
from rag.readers.plain import shortened

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION_ID = f"{{{_OFFICE}}}id"
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|document|dokument|presentation|präsentation|powerpoint[- ]?präsentation|"
    r"powerpoint presentation|présentation powerpoint|word document|microsoft (?:word|powerpoint|excel)\b.*|"
    r"(?:slide|folie|title|titel|book|mappe|workbook|template|vorlage)) ?\d*|"
    r".*\.(?:docx?|pptx?|xlsx?|odt|odp|rtf|dotx?|potx?)",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"(?:microsoft )?(?:office )?(?:user|utilisateur|benutzer|anwender)|windows[- ]user|windows-benutzer|admin|"
    r"administrator|owner|besitzer|unknown|unbekannt|anonymous|author|verfasser|autor|default|"
    r"python-docx|openpyxl|xlsxwriter|apache poi|un-named|docx4j|steve canny",
    re.IGNORECASE,
)
_TEMPLATE_DATES = frozenset({"2013-12-23", "2013-01-27", "2006-09-16", "1980-01-01", "1601-01-01", "1970-01-01"})
"""When the templates were made that python-docx, python-pptx, Excel and others fill; a file has them by chance."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last word of its type (`image`, `footnotes`); `target` the member it names, None outside."""

    kind: str
    target: str | None


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself; empty or None where it says nothing that a person would have written."""

    title: str = ""
    author: str | None = None
    date: str | None = None
    language: str | None = None


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def local_name(element: Element) -> str:
    """The name of an element without its namespace; empty for what is no element."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


def chosen(alternatives: Element) -> Element:
    """Of the same thing written for newer and for older programs (AlternateContent), the first; perhaps nothing."""
    return next(iter(alternatives), ())


def tree(package: Package, name: str) -> Element:
    """The root element of a part, its names those of the transitional form where it is written in the strict one."""
    content = package.read(name)
    return package.parsed(_STRICT.sub(_TRANSITIONAL, content) if b"purl.oclc.org" in content else content, name)


def relations(package: Package, name: str) -> dict[str, Relation]:
    """The relations of a part by their ids; those that lead out of the package (`http:`, `file:`) have no target."""
    folder, _, file = name.rpartition("/")
    member = f"{folder}/_rels/{file}.rels".lstrip("/")
    if member not in package:
        return {}
    found = {}
    for element in tree(package, member):
        if local_name(element) == "Relationship":
            is_outside = element.get("TargetMode") == "External"
            target = None if is_outside else resolved(name, element.get("Target", ""))
            found[element.get("Id", "")] = Relation(element.get("Type", "").rpartition("/")[2], target)
    return found


def main_part(package: Package, usual: str) -> str:
    """The part that the package is about; `usual` where the package does not say."""
    targets = (one.target for one in relations(package, "").values() if one.kind == "officeDocument")
    return next((target for target in targets if target and target in package), usual)


def properties(package: Package) -> Properties:
    """The core properties of a package."""
    if "docProps/core.xml" not in package:
        return Properties()
    fields = {
        local_name(element): cleaned(element.text or "").strip() for element in tree(package, "docProps/core.xml")
    }
    return Properties(
        title=titled(fields.get("title", "")),
        author=authored(fields.get("creator", "")),
        date=day_of(fields.get("created", ""), fields.get("modified", "")),
        language=language_code(fields.get("language", "")),
    )


def whole_number(written: str | None) -> int:
    """What an attribute counts; 0 where it is no whole number."""
    return int(written) if written and re.fullmatch(r"-?\d{1,9}", written, re.ASCII) else 0


def titled(title: str) -> str:
    """A title as somebody may have meant it; empty for `Untitled`, `Document1` and names of files."""
    title = " ".join(title.split())
    return "" if _NO_TITLE.fullmatch(title) or not any(one.isalnum() for one in title) else shortened(title)


def authored(author: str) -> str | None:
    """A name; None for what programs write there."""
    author = shortened(author)
    return None if not author or _NO_AUTHOR.fullmatch(author) else author


def day_of(created: str, modified: str) -> str | None:
    """The day a document is of, from two time stamps.

    It is the day it was begun; where it was still changed a year later, it was made from a template or is kept up to
    date, and the last change counts.
    """
    first, last = dated(created), dated(modified)
    if first is None or last is None:
        return first or last
    return last if int(last[:4]) > int(first[:4]) + 1 or (last[:4] > first[:4] and last[4:] >= first[4:]) else first


def dated(stamp: str) -> str | None:
    """The day of a time stamp in ISO 8601; None for days on which templates were made."""
    day = iso_date(stamp[:10]) if re.match(r"\d{4}-\d\d-\d\d", stamp) else None
    return None if day is None or day in _TEMPLATE_DATES or day < "1981" else day


def language_code(tag: str) -> str | None:
    """ISO 639-1 from a tag such as `en-US`."""
    match = re.match(r"([a-zA-Z]{2})(?:[-_]|$)", tag)
    return match.group(1).lower() if match else None
