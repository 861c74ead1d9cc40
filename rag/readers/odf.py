"""What the formats of LibreOffice have in common: names, properties, encryption, and the text of a paragraph.

Tracked deletions lie apart from the text and are left out; comments are given with their authors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rag.errors import EncryptedSource
from rag.readers.assembly import Run
from rag.readers.open_xml import Properties, authored, day_of, language_code, local_name, titled, whole_number
from rag.readers.packages import Element, Package, cleaned
from rag.types import NoiseKind

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_MOST_SPACES = 1000
_APART = frozenset({"frame", "custom-shape", "g", "rect", "text-box", "line", "ellipse", "polygon", "path", "control"})
_LEFT_OUT = frozenset({"tracked-changes", "ruby-text", "note-citation", "annotation-end", "desc", "title"})


@dataclass(slots=True)
class Found:
    """What a paragraph holds: its runs, and what stands elsewhere: notes, comments, frames."""

    runs: list[Run] = field(default_factory=list)
    notes: list[Element] = field(default_factory=list)
    comments: list[Element] = field(default_factory=list)
    frames: list[Element] = field(default_factory=list)


def contents(package: Package, path: Path) -> Element:
    """The root of content.xml.

    Raises:
        EncryptedSource: the document needs a password.
        UnreadableSource: it is damaged or a bomb.
    """
    if "encrypted-package" in package or _is_encrypted(package):
        raise EncryptedSource(path=str(path), reason="it is protected by a password. Save it without one.")
    return package.xml("content.xml")


def _is_encrypted(package: Package) -> bool:
    if "META-INF/manifest.xml" not in package:
        return False
    return next(package.xml("META-INF/manifest.xml").iter(f"{_MANIFEST}encryption-data"), None) is not None


def document_properties(package: Package) -> Properties:
    """What meta.xml says of the document."""
    if "meta.xml" not in package:
        return Properties()
    root = package.xml("meta.xml")

    def field_of(*names: str) -> str:
        texts = (cleaned(found.text or "").strip() for name in names for found in root.iter(name))
        return next((text for text in texts if text), "")

    return Properties(
        title=titled(field_of(f"{_DC}title")),
        author=authored(field_of(f"{_META}initial-creator", f"{_DC}creator")),
        date=day_of(field_of(f"{_META}creation-date"), field_of(f"{_DC}date")),
        language=language_code(field_of(f"{_DC}language")),
    )


def hidden_styles(*roots: Element | None) -> frozenset[str]:
    """The names of the styles whose text is not shown."""
    styles = (style for root in roots if root is not None for style in root.iter(f"{STYLE}style"))
    return frozenset(
        style.get(f"{STYLE}name", "")
        for style in styles
        if any(one.get(f"{TEXT}display") == "none" for one in style.iterfind(f"{STYLE}text-properties"))
    )


def paragraph(element: Element, hidden: frozenset[str], noise: NoiseKind | None = None) -> Found:
    """The text of a paragraph or heading; in content.xml white space runs together and tabs are elements."""
    found = Found()
    is_hidden = element.get(f"{TEXT}style-name", "") in hidden
    _collect(element, found, hidden, noise or (NoiseKind.HIDDEN if is_hidden else None))
    return found


def plain(element: Element) -> str:
    """The paragraphs below an element on one line."""
    lines = ("".join(run.text for run in paragraph(one, frozenset()).runs) for one in paragraphs_below(element))
    return " ".join(" ".join(lines).split())


def paragraphs_below(element: Element) -> Iterator[Element]:
    yield from element.iter(f"{TEXT}p", f"{TEXT}h")


def _collect(element: Element, found: Found, hidden: frozenset[str], noise: NoiseKind | None) -> None:
    _add(found, _run_together(element.text), noise)
    for child in element:
        name = local_name(child)
        if name == "s":
            _add(found, " " * min(max(whole_number(child.get(f"{TEXT}c")), 1), _MOST_SPACES), noise)
        elif name == "tab":
            _add(found, "\t", noise)
        elif name == "line-break":
            _add(found, "\n", noise)
        elif name == "note":
            found.notes.append(child)
        elif name == "annotation":
            found.comments.append(child)
        elif name in _APART:
            found.frames.append(child)
        elif name not in _LEFT_OUT:
            is_hidden = name in {"hidden-text", "hidden-paragraph"} or child.get(f"{TEXT}style-name", "") in hidden
            _collect(child, found, hidden, noise or (NoiseKind.HIDDEN if is_hidden else None))
        _add(found, _run_together(child.tail), noise)


def _add(found: Found, text: str, noise: NoiseKind | None) -> None:
    if text:
        found.runs.append(Run(text, noise))


def _run_together(text: str | None) -> str:
    """White space as it counts in ODF: any run of it is one space."""
    if not text:
        return ""
    words = " ".join(text.split())
    before = " " if text[0].isspace() and words else ""
    after = " " if text[-1].isspace() else ""
    return before + words + after


def comment_line(comment: Element) -> str:
    """`Comment by Ada: ...`; empty where it says nothing."""
    author = " ".join((comment.findtext(f"{_DC}creator") or "").split())
    words = plain(comment)
    return (f"Comment by {author}: {words}" if author else f"Comment: {words}") if words else ""
