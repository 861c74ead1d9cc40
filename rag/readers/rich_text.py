"""Reads RTF documents.

The same rules as for Word: paragraphs and table rows in order, list items with their marks, a footnote after its
paragraph, endnotes, comments and page headers and footers at the end, the last marked as running heads; hidden text
in and marked, tracked deletions out. Pictures and embedded objects are not looked at, links not followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rag import sniffing
from rag.readers.assembly import Assembly, Run, text_of
from rag.readers.blocks import Setter, labelled
from rag.readers.dates import stated_date
from rag.readers.open_xml import authored, day_of, titled
from rag.readers.plain import shortened
from rag.readers.rtf_parser import RtfParser
from rag.types import NoiseKind, Reading


class RtfReader:
    """Rich text of any program; what is cut off is read as far as it goes."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        parser = RtfParser(content, str(path))
        assembly = Assembly()
        setter = Setter(assembly)
        endnotes: list[list[Run]] = []
        n_footnotes = 0
        for block in parser.blocks():
            setter.add(block)
            while parser.notes:
                kind, words = parser.notes.pop(0)
                if kind == "endnote":
                    endnotes.append(labelled(f"Endnote {len(endnotes) + 1}", words))
                else:
                    n_footnotes += 1
                    assembly.add(labelled(f"Footnote {n_footnotes}", words))
        for note in endnotes:
            assembly.add(note)
        body_end = assembly.n_chars
        for comment in parser.comments:
            assembly.add(comment)
        _add_running_heads(assembly, parser)
        text = assembly.text
        title = titled(parser.fields.get("title", "")) or titled(setter.first_heading)
        begun, changed = (_day(parser.stamps.get(kind, {})) for kind in ("creatim", "revtim"))
        return Reading(
            text=text,
            title=title or shortened(text[:body_end].lstrip().partition("\n")[0]) or path.stem,
            date=stated_date(text[:body_end]) or day_of(begun, changed),
            origin=None,
            media_type=sniffing.RTF,
            author=authored(parser.fields.get("author", "")),
            parts=assembly.chapters(body_end),
            marks=assembly.marks,
        )


def _add_running_heads(assembly: Assembly, parser: RtfParser) -> None:
    seen: set[str] = set()
    for block in parser.heads:
        words = text_of(block.runs).strip()
        if words not in seen:
            seen.add(words)
            assembly.add(block.runs, noise=NoiseKind.RUNNING_HEAD)


def _day(stamp: Mapping[str, int]) -> str:
    return f"{stamp.get('yr', 0):04d}-{stamp.get('mo', 0):02d}-{stamp.get('dy', 0):02d}"
