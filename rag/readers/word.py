"""Reads Word documents (.docx, .docm).

In document order: paragraphs, headings and table rows, each parted by a blank line; items of a list on lines of their
own, with their marks. A text box follows the paragraph it is anchored in, a footnote the paragraph that refers to it;
endnotes, comments (`Comment by Ada: ...`) and page headers and footers stand at the end, the last marked as running
heads. Hidden text, tables of contents and unfilled prompts are in and marked; tracked deletions are out.

Word has no fixed pages: another printer breaks them elsewhere, and what a file remembers of its last pages is as old
as its last printing. The parts of a document are therefore its chapters, by headings, and no pages. Embedded files,
macros and remote templates are never opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag import sniffing
from rag.readers.assembly import Assembly, Run, text_of
from rag.readers.blocks import Setter, in_one_line, labelled
from rag.readers.dates import stated_date
from rag.readers.open_xml import Relation, local_name, main_part, properties, relations, titled, tree
from rag.readers.packages import Element, Package, open_package
from rag.readers.plain import shortened
from rag.readers.word_lists import Numbering, W
from rag.readers.word_story import Rules, Story
from rag.readers.word_styles import Styles
from rag.types import NoiseKind, Reading

_USUAL_PART = "word/document.xml"
_NOTE_NAMES = {"footnote": "Footnote", "endnote": "Endnote"}


class DocxReader:
    """Word documents; macros are not looked at."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        package = open_package(content, path)
        document = _Document(package, main_part(package, _USUAL_PART))
        document.assemble()
        assembly, said = document.assembly, properties(package)
        text = assembly.text
        body = text[: document.body_end]
        return Reading(
            text=text,
            title=said.title or document.title or shortened(body.lstrip().partition("\n")[0]) or path.stem,
            date=stated_date(body) or said.date,
            origin=None,
            media_type=sniffing.DOCX,
            author=said.author,
            language=said.language,
            parts=assembly.chapters(document.body_end),
            marks=assembly.marks,
            note="A file that is embedded in it was not read." if document.holds_other_files else "",
        )


class _Document:
    """A document on its way to a text; `title` is its first paragraph in the style of a title or a top heading."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._relations = relations(package, main)
        self._root = tree(package, main)
        self._rules = Rules(Styles(self._related("styles")), Numbering(self._related("numbering")))
        self._notes = {kind: _by_id(self._related(f"{kind}s")) for kind in _NOTE_NAMES}
        self._n_notes = dict.fromkeys(_NOTE_NAMES, 0)
        self._endnotes: list[list[Run]] = []
        self.assembly = Assembly()
        self._setter = Setter(self.assembly)
        self.body_end = 0
        self.holds_other_files = False

    @property
    def title(self) -> str:
        return titled(self._setter.title) or titled(self._setter.first_heading)

    def assemble(self) -> None:
        """Fill the assembly: body, endnotes, comments, page headers and footers."""
        self._add_body()
        for note in self._endnotes:
            self.assembly.add(note)
        self.body_end = self.assembly.n_chars
        self._add_comments()
        self._add_running_heads()

    def _add_body(self) -> None:
        story = Story(self._package, self._relations, self._rules)
        for block in story.blocks(self._root):
            self._setter.add(block)
            self._add_notes(story)
        self.assembly.add(story.rest())
        self.holds_other_files = story.holds_other_files

    def _add_notes(self, story: Story) -> None:
        """Footnotes at once, endnotes when the body has ended."""
        while story.notes:
            kind, note_id = story.notes.pop(0)
            element = self._notes[kind].get(note_id)
            if element is None:
                continue
            self._n_notes[kind] += 1
            words = in_one_line(Story(self._package, self._relations, self._rules).blocks(element))
            runs = labelled(f"{_NOTE_NAMES[kind]} {self._n_notes[kind]}", words)
            if kind == "endnote":
                self._endnotes.append(runs)
            else:
                self.assembly.add(runs)

    def _add_comments(self) -> None:
        story = Story(self._package, self._relations, self._rules)
        comments = self._related("comments")
        for comment in () if comments is None else comments:
            words = in_one_line(story.blocks(comment))
            if text_of(words).strip():
                author = comment.get(f"{W}author", "").strip()
                self.assembly.add(labelled(f"Comment by {author}" if author else "Comment", words))

    def _add_running_heads(self) -> None:
        """Each once, in the order of the file, however many sections repeat it."""
        seen: set[str] = set()
        for part in self._targets("header", "footer"):
            story = Story(self._package, relations(self._package, part), self._rules)
            for block in story.blocks(tree(self._package, part)):
                words = text_of(block.runs).strip()
                if words not in seen:
                    seen.add(words)
                    self.assembly.add(block.runs, noise=NoiseKind.RUNNING_HEAD)

    def _related(self, kind: str) -> Element | None:
        part = next(self._targets(kind), None)
        return None if part is None else tree(self._package, part)

    def _targets(self, *kinds: str) -> Iterator[str]:
        for relation in _in_order(self._relations, kinds):
            if relation.target and relation.target in self._package:
                yield relation.target


def _in_order(found: dict[str, Relation], kinds: tuple[str, ...]) -> Iterator[Relation]:
    for kind in kinds:
        yield from (relation for relation in found.values() if relation.kind == kind)


def _by_id(root: Element | None) -> dict[str, Element]:
    """Notes by their ids, but for the lines that part them from the page."""
    if root is None:
        return {}
    notes = (one for one in root if local_name(one) in _NOTE_NAMES and one.get(f"{W}type", "normal") == "normal")
    return {one.get(f"{W}id", ""): one for one in notes}
