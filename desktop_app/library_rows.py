"""What stands in the rows of the library's tables: documents, and files that could not be read.

They hold values and make the words, the order and the filter of a row out of them; no table, no widget.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Protocol

from desktop_app.library_words import kind_of_name, kind_words, sentence, size_words, state_words
from desktop_app.wording import date_words, language_words
from rag.rows import FileRow
from rag.types import FileState, Source

_IN_LIBRARY = frozenset({FileState.INDEXED, FileState.UNCHANGED, FileState.DUPLICATE})
_BEFORE = re.compile(r"\A[\W_]+")
_DIGITS = re.compile(r"\d+")
_ACCENTS = re.compile(r"[\u0300-\u036f]+")
_MOST_SORTED_CHARS = 120


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its width in characters, and how early it makes room (0: never).

    `is_main` is what a row is called; `stretches` takes what room there is, and belongs to one column of a table.
    """

    heading: str
    width_chars: int
    yields: int = 0
    is_number: bool = False
    is_main: bool = False
    stretches: bool = False


class TableRow(Protocol):
    """What a table asks of its rows."""

    @property
    def id(self) -> str:
        """Stays the same as long as it is the same thing."""
        ...

    @property
    def haystack(self) -> str:
        """Everything that a filter finds the row by, in folded case."""
        ...

    def cell(self, column: int) -> str:
        """What stands in a column."""
        ...

    def sort_key(self, column: int) -> str | int | None:
        """What a column is sorted by, one type in a column; None comes last in both directions."""
        ...

    def tooltip(self, column: int) -> str:
        """What a tool tip adds."""
        ...


DOCUMENT_COLUMNS = (
    Column("Title", 34, is_main=True, stretches=True),
    Column("Author", 17, yields=4),
    Column("Date", 11),
    Column("Kind", 12),
    Column("Pages", 8, yields=3, is_number=True),
    Column("Size", 9, yields=1, is_number=True),
    Column("Language", 11, yields=2),
    Column("State", 12, yields=5),
)


@dataclass(frozen=True)
class DocumentRow:
    """A document, the file it was read from, and further files that hold the same text."""

    source: Source
    file: FileRow | None = None
    twins: tuple[FileRow, ...] = ()

    @property
    def id(self) -> str:
        return self.source.id

    @cached_property
    def title(self) -> str:
        return " ".join((self.source.title or self.source.name).split())

    @cached_property
    def kind(self) -> str:
        return kind_words(self.source.media_type)

    @property
    def language(self) -> str:
        return language_words(self.source.language)

    @property
    def year(self) -> str:
        return (self.source.date or "")[:4]

    @property
    def size_bytes(self) -> int:
        """How large the file is; -1 where that is not known."""
        return self.file.size_bytes if self.file else -1

    @property
    def has_pictures(self) -> bool:
        """Whether it may hold pages that are pictures: a PDF of which something was not read."""
        return self.source.media_type == "application/pdf" and bool(self.file and self.file.reason)

    @property
    def note(self) -> str:
        """What is not as it should be with the file, as a sentence; empty where all is well."""
        if self.file is None or not self.file.reason:
            return ""
        if self.file.state in _IN_LIBRARY:
            return sentence(self.file.reason)
        return f"The file could not be read again: {self.file.reason} Its text from before is kept."

    @property
    def state(self) -> str:
        if not self.note or self.file is None:
            return "Read"
        return "Partly read" if self.file.state in _IN_LIBRARY else "Earlier text"

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the text lies, its own file first."""
        return (self.source.path, *(twin.path for twin in self.twins))

    @cached_property
    def haystack(self) -> str:
        source = self.source
        date = _written(source.date) if source.date else ""
        names = " ".join((source.name, *(twin.name for twin in self.twins)))
        return f"{self.title} {source.author or ''} {date} {names} {self.kind} {self.language} {self.state}".casefold()

    def cell(self, column: int) -> str:
        return self._cells[column]

    @cached_property
    def _cells(self) -> tuple[str, ...]:
        source = self.source
        author, n_pages = " ".join((source.author or "").split()), f"{source.n_pages:,}" if source.n_pages else ""
        size = size_words(self.size_bytes)
        return self.title, author, source.date or "", self.kind, n_pages, size, self.language, self.state

    def sort_key(self, column: int) -> str | int | None:
        match DOCUMENT_COLUMNS[column].heading:
            case "Title":
                return self._title_key
            case "Author":
                return natural(self.cell(column)) or None
            case "Pages":
                return self.source.n_pages or None
            case "Size":
                return self.size_bytes if self.size_bytes >= 0 else None
        return self.cell(column) or None

    def tooltip(self, column: int) -> str:
        if column == 0:
            return f"{self.title}\n{self.source.path}"
        return self.note if DOCUMENT_COLUMNS[column].heading == "State" else self.cell(column)

    @cached_property
    def _title_key(self) -> str:
        return natural(self.title)


UNREAD_COLUMNS = (
    Column("File", 26, is_main=True),
    Column("What", 19, yields=3),
    Column("Why", 40, stretches=True),
    Column("Kind", 12, yields=2),
    Column("Size", 10, yields=1, is_number=True),
)


@dataclass(frozen=True)
class UnreadRow:
    """A file that was to be added and gave no document, or none any more."""

    file: FileRow

    @property
    def id(self) -> str:
        return self.file.path

    @property
    def reason(self) -> str:
        return sentence(self.file.reason)

    @property
    def kind(self) -> str:
        return kind_of_name(self.file.name)

    @cached_property
    def haystack(self) -> str:
        return f"{self.file.path} {self.kind} {state_words(self.file.state)} {self.file.reason}".casefold()

    def cell(self, column: int) -> str:
        return (
            " ".join(self.file.name.split()),
            state_words(self.file.state),
            self.reason,
            self.kind,
            size_words(self.file.size_bytes),
        )[column]

    def sort_key(self, column: int) -> str | int | None:
        if UNREAD_COLUMNS[column].is_number:
            return self.file.size_bytes if self.file.size_bytes >= 0 else None
        return natural(self.cell(column)) or None

    def tooltip(self, column: int) -> str:
        return self.file.path if column == 0 else self.cell(column)


def natural(text: str) -> str:
    """What a person sorts a text by: without case, accents and what stands before it, and numbers by their value."""
    plain = text[:_MOST_SORTED_CHARS].casefold()
    if not plain[:1].isalnum():
        plain = _BEFORE.sub("", plain) or plain
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))
    return _DIGITS.sub(lambda match: match.group().zfill(12), plain)


@cache
def _written(iso: str) -> str:
    """A date in every way that a person may look for it."""
    return f"{iso} {date_words(iso)}"


def document_rows(
    sources: Iterable[Source], files: Iterable[FileRow], known: Mapping[str, DocumentRow]
) -> tuple[DocumentRow, ...]:
    """Each document with its files; a row of `known` that is still right stays, with what it has worked out."""
    by_document: dict[str, list[FileRow]] = {}
    for file in files:
        if file.document_id is not None:
            by_document.setdefault(file.document_id, []).append(file)
    return tuple(_document_row(source, by_document.get(source.id, ()), known.get(source.id)) for source in sources)


def unread_rows(files: Iterable[FileRow]) -> tuple[UnreadRow, ...]:
    """The files that could not be read; a file whose text another one holds is no such file."""
    return tuple(UnreadRow(file) for file in files if file.state not in _IN_LIBRARY)


def _document_row(source: Source, files: Sequence[FileRow], known: DocumentRow | None) -> DocumentRow:
    file = next((one for one in files if one.path == source.path), files[0] if files else None)
    twins = tuple(one for one in files if one is not file) if len(files) > 1 else ()
    is_right = known is not None and (known.source, known.file, known.twins) == (source, file, twins)
    return known if known is not None and is_right else DocumentRow(source, file, twins)
