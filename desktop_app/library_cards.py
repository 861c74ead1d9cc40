"""What the library tells of what is selected: documents, files that could not be read, collections, watched folders.

It makes words out of values; the details pane shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import PurePath

from desktop_app.library_rows import DocumentRow, UnreadRow
from desktop_app.library_words import page_words, size_words, state_words
from desktop_app.wording import count_words, date_words
from rag.holdings import Correction, WatchedFolder
from rag.rows import FileRow
from rag.types import FileState, Source

_NOTHING_SAID = "The file does not say."
_NOT_KNOWN = "Use “Correct…” to go back to what the file says."
_MOST_KINDS = 4
_MOST_TWINS = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known: what it is, its value, and what a tool tip adds."""

    caption: str
    value: str
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What is told of a selection; `note` says what is not as it should be, `deeds` what can be done, by name."""

    title: str
    note: str = ""
    facts: tuple[Fact, ...] = ()
    deeds: tuple[str, ...] = ()


def document_card(row: DocumentRow, correction: Correction, said: Source | None, collections: Sequence[str]) -> Card:
    """A document; `correction` is what a person says, `said` what the file says, None where that is not known."""
    source = row.source
    facts = [
        _given("Title", "corrected" if correction.title else "", correction.title, said.title if said else None),
        _spoken("Author", source.author or "", correction.author, (said.author or "") if said else None),
        _spoken("Date", date_words(source.date), correction.date, date_words(said.date) if said else None),
        Fact("Kind", row.kind),
        Fact("Length", " · ".join(filter(None, (page_words(source.n_pages, source.media_type), _characters(source))))),
        Fact("Size", size_words(row.size_bytes)),
        Fact("Language", row.language),
        Fact("Published by", source.origin or ""),
        Fact("Collections", ", ".join(collections)),
        *_place(source.path),
        Fact("Changed", _moment(row.file)),
        *_also_in(row),
    ]
    deeds = ("ocr",) if row.has_pictures else ()
    return Card(row.title, row.note, _told(facts), (*deeds, "original", "folder", "correct", "collect"))


def documents_card(rows: Sequence[DocumentRow]) -> Card:
    """Several documents together."""
    kinds = Counter(row.kind for row in rows).most_common()
    words = ", ".join(f"{count:,} {kind}" for kind, count in kinds[:_MOST_KINDS])
    n_partly = sum(bool(row.note) for row in rows)
    n_pages = sum(row.source.n_pages for row in rows)
    facts = (
        Fact("Kinds", words + (" and others" if len(kinds) > _MOST_KINDS else "")),
        Fact("Pages", f"{n_pages:,}" if n_pages else ""),
        Fact("Characters", f"{sum(row.source.n_chars for row in rows):,}"),
        Fact("Size", size_words(sum(max(0, row.size_bytes) for row in rows))),
        Fact("Partly read", count_words(n_partly, "document", "documents") if n_partly else ""),
    )
    return Card(f"{len(rows):,} documents", "", _told(facts), ("collect",))


def unread_card(row: UnreadRow) -> Card:
    """A file that could not be read."""
    file = row.file
    is_kept = file.document_id is not None
    kept = " What it held before is still in the library." if is_kept else ""
    facts = (
        Fact("State", state_words(file.state)),
        Fact("Kind", row.kind),
        Fact("Size", size_words(file.size_bytes)),
        *_place(file.path),
        Fact("Changed", _moment(file)),
    )
    deeds = ("ocr", "original", "folder") if file.state is FileState.NO_TEXT_LAYER else ("original", "folder")
    return Card(PurePath(file.name).name or file.name, row.reason + kept, _told(facts), deeds)


def unreads_card(rows: Sequence[UnreadRow]) -> Card:
    """Several of them."""
    states = Counter(row.file.state for row in rows).most_common()
    facts = tuple(Fact(state_words(state), count_words(count, "file", "files")) for state, count in states)
    return Card(count_words(len(rows), "file", "files") + " that could not be read", "", facts)


def collection_card(name: str, rows: Sequence[DocumentRow], folders: Sequence[WatchedFolder]) -> Card:
    """A collection of which nothing is selected."""
    fed_by = (Fact("Fed by", one.path, "A watched folder") for one in folders if one.collection == name)
    facts = (Fact("Holds", count_words(len(rows), "document", "documents")), *fed_by)
    return Card(name, "", facts, ("rename", "remove_collection"))


def folder_card(folder: WatchedFolder, rows: Sequence[DocumentRow], hindrance: str = "") -> Card:
    """A watched folder of which nothing is selected; `hindrance` says why it is not watched all the time."""
    facts = (
        Fact("Holds", count_words(len(rows), "document", "documents")),
        Fact("Collection", folder.collection),
        Fact("Folder", folder.path),
    )
    return Card(PurePath(folder.path).name or folder.path, hindrance, _told(facts), ("open_watched", "feed", "unwatch"))


def _spoken(caption: str, value: str, given: str | None, said: str | None) -> Fact:
    """A value, marked where a person has given it or has taken it away."""
    marked = f"{value} (corrected)" if value else "taken away"
    return _given(caption, marked if given is not None else value, given, said)


def _given(caption: str, shown: str, given: str | None, said: str | None) -> Fact:
    if given is None:
        return Fact(caption, shown)
    if said is None:
        return Fact(caption, shown, _NOT_KNOWN)
    return Fact(caption, shown, f"The file says: {said}" if said else _NOTHING_SAID)


def _also_in(row: DocumentRow) -> tuple[Fact, ...]:
    """The files that hold the same text, a few of them by their paths."""
    n_more = len(row.twins) - _MOST_TWINS
    named = (Fact("Also in", twin.path, f"The same text, word for word: {twin.path}") for twin in row.twins)
    more = Fact("Also in", count_words(n_more, "further file", "further files"), "\n".join(row.paths[1:21]))
    return (*islice(named, _MOST_TWINS), *([more] if n_more > 0 else []))


def _characters(source: Source) -> str:
    return count_words(source.n_chars, "character", "characters")


def _place(path: str) -> tuple[Fact, Fact]:
    whole = PurePath(path)
    return Fact("File", whole.name, path), Fact("In", str(whole.parent), path)


def _moment(file: FileRow | None) -> str:
    if file is None or file.mtime_ns <= 0:
        return ""
    try:
        return date_words(datetime.fromtimestamp(file.mtime_ns / 1e9).date().isoformat())
    except (OverflowError, OSError, ValueError):  # a date that no calendar holds
        return ""


def _told(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.value)
