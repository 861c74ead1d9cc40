"""Reads texts and presentations of LibreOffice (.odt, .odp).

The same rules as for Word and PowerPoint: document order; a table row on one line; items of a list on lines of their
own with their marks; a footnote after its paragraph; endnotes, comments and page headers and footers at the end, the
last marked as running heads; hidden text and tables of contents in and marked; tracked deletions out. The parts of a
text are its chapters, those of a presentation its slides. Objects that are embedded are not opened.
"""

from __future__ import annotations

import re
from pathlib import Path

from rag import sniffing
from rag.readers.assembly import ITEM_GAP, Assembly, Run, text_of
from rag.readers.blocks import Block, Setter, in_one_line, labelled
from rag.readers.dates import stated_date
from rag.readers.odf import (
    DRAW,
    OFFICE,
    PRESENTATION,
    STYLE,
    SVG,
    TEXT,
    comment_line,
    contents,
    document_properties,
)
from rag.readers.odf_story import OdfStory
from rag.readers.open_xml import local_name, titled
from rag.readers.packages import Element, Package, open_package
from rag.readers.plain import shortened
from rag.types import NoiseKind, PartKind, Reading

_RUNNING = frozenset({"header", "footer", "date-time", "page-number"})
_HEADS = frozenset({"header", "header-left", "header-first", "footer", "footer-left", "footer-first"})
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(cm|mm|in|pt|px)?", re.ASCII)
_CM = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "px": 2.54 / 96, "": 1.0}
_BAND_CM = 0.5
_SIGN_CHARS = 8
_NOWHERE = (10**6, 0.0)


class OdtReader:
    """Texts of LibreOffice Writer."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        package = open_package(content, path)
        root, styles = contents(package, path), _styles(package)
        story = OdfStory(root, styles)
        assembly = Assembly()
        setter = Setter(assembly)
        for body in root.iter(f"{OFFICE}text"):
            for block in story.blocks(body):
                setter.add(block)
                _add_notes(assembly, story)
        for note in story.endnotes:
            assembly.add(_note(story, note))
        body_end = assembly.n_chars
        _add_comments(assembly, story)
        _add_running_heads(assembly, story, styles)
        said, text = document_properties(package), assembly.text
        title = said.title or titled(setter.title) or titled(setter.first_heading)
        return Reading(
            text=text,
            title=title or shortened(text[:body_end].lstrip().partition("\n")[0]) or path.stem,
            date=stated_date(text[:body_end]) or said.date,
            origin=None,
            media_type=sniffing.ODT,
            author=said.author,
            language=said.language,
            parts=assembly.chapters(body_end),
            marks=assembly.marks,
        )


class OdpReader:
    """Presentations of LibreOffice Impress."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        package = open_package(content, path)
        root = contents(package, path)
        story = OdfStory(root, _styles(package))
        hidden = _hidden_slides(root)
        assembly = Assembly()
        slides = [page for show in root.iter(f"{OFFICE}presentation") for page in show.iterfind(f"{DRAW}page")]
        titles = []
        for number, page in enumerate(slides, 1):
            title = _slide_title(page, story)
            is_hidden = page.get(f"{DRAW}style-name", "") in hidden
            label = f"{shortened(title) or number} (hidden)" if is_hidden else shortened(title)
            assembly.begin_part(PartKind.SLIDE, number, label)
            _add_slide(assembly, story, page, title)
            titles.append(title)
        assembly.end_part()
        said, text = document_properties(package), assembly.text
        first_title = next((title for title in map(titled, titles) if title), "")
        return Reading(
            text=text,
            title=said.title or first_title or shortened(text.lstrip().partition("\n")[0]) or path.stem,
            date=stated_date(text) or said.date,
            origin=None,
            media_type=sniffing.ODP,
            author=said.author,
            language=said.language,
            n_pages=len(slides),
            parts=assembly.parts,
            marks=assembly.marks,
        )


def _styles(package: Package) -> Element | None:
    return package.xml("styles.xml") if "styles.xml" in package else None


def _add_notes(assembly: Assembly, story: OdfStory) -> None:
    while story.notes:
        note = story.notes.pop(0)
        if note.get(f"{TEXT}note-class") == "endnote":
            story.endnotes.append(note)
        else:
            assembly.add(_note(story, note))


def _note(story: OdfStory, note: Element) -> list[Run]:
    kind = "Endnote" if note.get(f"{TEXT}note-class") == "endnote" else "Footnote"
    sign = "".join(next(note.iterfind(f"{TEXT}note-citation"), note).itertext()).strip()
    words = in_one_line(block for body in note.iterfind(f"{TEXT}note-body") for block in story.blocks(body))
    return labelled(f"{kind} {sign}" if len(sign) <= _SIGN_CHARS else kind, words)


def _add_comments(assembly: Assembly, story: OdfStory) -> None:
    for comment in story.comments:
        assembly.add(comment_line(comment))
    story.comments.clear()


def _add_running_heads(assembly: Assembly, story: OdfStory, styles: Element | None) -> None:
    """Each once, however many page styles repeat it."""
    seen: set[str] = set()
    pages = () if styles is None else styles.iter(f"{STYLE}master-page")
    for head in (one for page in pages for one in page if local_name(one) in _HEADS):
        for block in story.blocks(head):
            words = text_of(block.runs).strip()
            if words not in seen:
                seen.add(words)
                assembly.add(block.runs, noise=NoiseKind.RUNNING_HEAD)


def _hidden_slides(root: Element) -> frozenset[str]:
    """The names of the styles of slides that are not shown."""
    return frozenset(
        style.get(f"{STYLE}name", "")
        for style in root.iter(f"{STYLE}style")
        for one in style.iterfind(f"{STYLE}drawing-page-properties")
        if one.get(f"{PRESENTATION}visibility") == "hidden"
    )


def _slide_title(page: Element, story: OdfStory) -> str:
    frames = [frame for frame in page if frame.get(f"{PRESENTATION}class") == "title"]
    return " ".join(text_of(in_one_line(block for frame in frames for block in story.blocks(frame))).split())


def _add_slide(assembly: Assembly, story: OdfStory, page: Element, title: str) -> None:
    setter = Setter(assembly)
    assembly.add(title)
    shapes = [one for one in page if local_name(one) not in {"notes", "annotation"}]
    for shape in sorted((one for one in shapes if one.get(f"{PRESENTATION}class") != "title"), key=_place):
        is_running = shape.get(f"{PRESENTATION}class") in _RUNNING
        for block in story.blocks(_wrapped(shape), NoiseKind.RUNNING_HEAD if is_running else None):
            setter.add(block)
    notes = [block for one in page.iterfind(f"{PRESENTATION}notes") for block in story.blocks(one)]
    if notes:
        assembly.add("Notes:")
        assembly.add(notes[0].runs, ITEM_GAP)
        for block in notes[1:]:
            setter.add(Block(block.runs, noise=block.noise, is_item=block.is_item))
    story.comments += page.iterfind(f"{OFFICE}annotation")
    _add_comments(assembly, story)


def _wrapped(shape: Element) -> tuple[Element, ...]:
    """A group of one, which is walked like what is below an element."""
    return (shape,)


def _place(shape: Element) -> tuple[int, float]:
    """Band from the top and distance from the left, in centimetres; a group is where its first shape is."""
    top, left = _cm(shape.get(f"{SVG}y")), _cm(shape.get(f"{SVG}x"))
    if top is not None and left is not None:
        return int(top // _BAND_CM), left
    return min((_place(one) for one in shape if one.tag.startswith(DRAW)), default=_NOWHERE)


def _cm(length: str | None) -> float | None:
    match = _LENGTH.fullmatch(length or "")
    return None if match is None else float(match.group(1)) * _CM[match.group(2) or ""]
