"""Everything that the library's window shows, as values, and which of it stands on which shelf.

It asks nobody; it is made anew when something has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from desktop_app.collection_list import ALL, UNREAD, Shelf, ShelfEntry, ShelfKind, folder_words
from desktop_app.library_rows import DocumentRow, UnreadRow
from desktop_app.wording import count_words
from rag.holdings import Collection, WatchedFolder


@dataclass(frozen=True)
class Contents:
    """Documents, files that could not be read, collections and watched folders.

    `hindrances` says of folders, by their paths, why they are not watched all the time.
    """

    documents: tuple[DocumentRow, ...] = ()
    unread: tuple[UnreadRow, ...] = ()
    collections: tuple[Collection, ...] = ()
    watched: tuple[WatchedFolder, ...] = ()
    hindrances: Mapping[str, str] = field(default_factory=dict)
    _by_shelf: dict[Shelf, tuple[DocumentRow, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @cached_property
    def by_id(self) -> dict[str, DocumentRow]:
        return {row.id: row for row in self.documents}

    def on(self, shelf: Shelf) -> tuple[DocumentRow, ...]:
        """The documents of a shelf; none on that of the files that could not be read."""
        if shelf not in self._by_shelf:
            self._by_shelf[shelf] = self._gathered(shelf)
        return self._by_shelf[shelf]

    def collections_of(self, document_id: str) -> tuple[str, ...]:
        """The names of the collections that hold a document."""
        return tuple(one.name for one in self.collections if document_id in one.document_ids)

    def watched_folder(self, path: str) -> WatchedFolder | None:
        return next((one for one in self.watched if one.path == path), None)

    def n_watched(self, rows: Sequence[DocumentRow]) -> int:
        """How many of these documents lie in a watched folder, from which they would come back."""
        folders = tuple(start for one in self.watched for start in _within(one.path))
        return sum(_lies(row, folders) for row in rows)

    def entries(self) -> tuple[ShelfEntry, ...]:
        """The lines of the list at the left."""
        collections = (
            ShelfEntry(Shelf(ShelfKind.COLLECTION, one.name), one.name, len(one.document_ids))
            for one in self.collections
        )
        return (
            ShelfEntry(ALL, "All documents", len(self.documents)),
            ShelfEntry(UNREAD, "Not read", len(self.unread), "Files that could not be read, and why"),
            ShelfEntry(None, "Collections"),
            *collections,
            *([ShelfEntry(None, "Watched folders")] if self.watched else []),
            *(self._folder_entry(one) for one in self.watched),
        )

    def _folder_entry(self, folder: WatchedFolder) -> ShelfEntry:
        shelf = Shelf(ShelfKind.FOLDER, folder.path)
        count = len(self.on(shelf))
        into = f"\nInto the collection {folder.collection}" if folder.collection else ""
        hindrance = self.hindrances.get(folder.path, "")
        words = f"{folder.path}\nWatched: {count_words(count, 'document', 'documents')}{into}"
        note = f"{words}\n{hindrance}" if hindrance else words
        return ShelfEntry(shelf, folder_words(folder.path), count, note, is_watched=True, is_hindered=bool(hindrance))

    def _gathered(self, shelf: Shelf) -> tuple[DocumentRow, ...]:
        match shelf.kind:
            case ShelfKind.ALL:
                return self.documents
            case ShelfKind.COLLECTION:
                held = {one for each in self.collections if each.name == shelf.name for one in each.document_ids}
                return tuple(row for row in self.documents if row.id in held)
            case ShelfKind.FOLDER:
                within = _within(shelf.name)
                return tuple(row for row in self.documents if _lies(row, within))
        return ()


def _within(folder: str) -> tuple[str, ...]:
    """How the paths of files in a folder begin, however deep; compared as text, for there may be very many."""
    return (folder,) if folder.endswith(("/", "\\")) else (f"{folder}/", f"{folder}\\")


def _lies(row: DocumentRow, folders: tuple[str, ...]) -> bool:
    return row.source.path.startswith(folders) or any(twin.path.startswith(folders) for twin in row.twins)
