"""What a person says about a library's documents: corrections, collections, watched folders, and scopes made of them.

It keeps its tables in the store and touches no text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rag.periods import within
from rag.store import Store
from rag.types import Period, Scope

_DATES = "SELECT id, nullif(coalesce(given_date, date), '') FROM documents JOIN descriptions ON document_id = id "
_OF_THESE = "WHERE id IN (SELECT value FROM json_each(:wanted)) "


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says instead of what the file says; None leaves it as the file says, empty takes it away."""

    title: str | None = None
    date: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents that belong together under a name."""

    name: str
    document_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder that the library is kept in step with; what comes from it goes into `collection`, where that is set."""

    path: str
    collection: str


class Holdings:
    """Reads and writes those tables; writing needs a store that was opened for it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # Corrections

    def correct(self, document_id: str, correction: Correction) -> None:
        """Show and search a document under this title, date and author; the file is not touched.

        Raises:
            KeyError: there is no such document.
        """
        with self._store.writing() as connection:
            n_changed = connection.execute(
                "UPDATE descriptions SET given_title = ?, given_date = ?, given_author = ? WHERE document_id = ?",
                (correction.title or None, correction.date, correction.author, document_id),
            ).rowcount
        if not n_changed:
            raise KeyError(document_id)

    def correction(self, document_id: str) -> Correction:
        """What was corrected of a document; nothing where there is no such document."""
        rows = self._store.rows(
            "SELECT given_title, given_date, given_author FROM descriptions WHERE document_id = ?", document_id
        )
        return Correction(*rows[0]) if rows else Correction()

    # Collections

    def collections(self) -> tuple[Collection, ...]:
        """All of them, by name; a collection may be empty."""
        rows = self._store.rows(
            "SELECT name, document_id FROM collections LEFT JOIN collected ON collection_id = id "
            "ORDER BY name COLLATE NOCASE, document_id"
        )
        held: dict[str, list[str]] = {}
        for name, document_id in rows:
            held.setdefault(name, []).extend([document_id] if document_id else [])
        return tuple(Collection(name, tuple(ids)) for name, ids in held.items())

    def collect(self, name: str, document_ids: Iterable[str]) -> None:
        """Put documents into a collection, made where there is none of this name; unknown ones are passed over.

        Raises:
            ValueError: the name is empty.
        """
        wanted = _as_name(name)
        with self._store.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (wanted,))
            connection.execute(
                "INSERT OR IGNORE INTO collected SELECT c.id, d.id FROM collections c, documents d "
                "WHERE c.name = ? AND d.id IN (SELECT value FROM json_each(?))",
                (wanted, json.dumps(list(document_ids))),
            )

    def uncollect(self, name: str, document_ids: Iterable[str]) -> None:
        """Take documents out of a collection; they stay in the library."""
        with self._store.writing() as connection:
            connection.execute(
                "DELETE FROM collected WHERE collection_id IN (SELECT id FROM collections WHERE name = ?) "
                "AND document_id IN (SELECT value FROM json_each(?))",
                (name, json.dumps(list(document_ids))),
            )

    def rename_collection(self, name: str, new_name: str) -> None:
        """Raises ValueError where the new name is empty or another collection has it."""
        wanted = _as_name(new_name)
        is_taken = any(one.name.casefold() == wanted.casefold() != name.casefold() for one in self.collections())
        if is_taken:
            raise ValueError(f"There is a collection called {wanted} already. Choose another name.")
        with self._store.writing() as connection:
            connection.execute("UPDATE collections SET name = ? WHERE name = ?", (wanted, name))
            connection.execute("UPDATE watched SET collection = ? WHERE collection = ? COLLATE NOCASE", (wanted, name))

    def remove_collection(self, name: str) -> None:
        """The collection goes, its documents stay; folders that fed it are watched on."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM collections WHERE name = ?", (name,))
            connection.execute("UPDATE watched SET collection = '' WHERE collection = ? COLLATE NOCASE", (name,))

    # Watched folders

    def watched(self) -> tuple[WatchedFolder, ...]:
        """The folders that are kept in step with the library, by path."""
        return tuple(
            WatchedFolder(*row) for row in self._store.rows("SELECT path, collection FROM watched ORDER BY path")
        )

    def watch(self, folder: Path, collection: str = "") -> None:
        """Remember a folder; with another collection than before where it is watched already."""
        with self._store.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO watched VALUES (?, ?)", (str(folder), collection))

    def unwatch(self, folder: Path) -> None:
        """Forget a folder; its documents stay."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM watched WHERE path = ?", (str(folder),))

    # Scopes

    def resolved(self, scope: Scope) -> Scope | None:
        """The same scope by document ids alone; None where no document of the library is in it.

        Single documents and those of the collection are asked together; the dates bound all of them.
        """
        if scope.is_whole_library:
            return scope
        is_chosen = bool(scope.document_ids) or scope.collection is not None
        chosen = {*scope.document_ids, *self._collected(scope.collection)} if is_chosen else None
        period = Period(scope.since, scope.until)
        ids = tuple(document_id for document_id, date in self.dates(chosen).items() if within(period, date))
        return Scope(ids) if ids else None

    def dates(self, document_ids: Iterable[str] | None = None) -> dict[str, str | None]:
        """The dates of every document, or of those of these that exist, as corrected; ordered by name."""
        query = _DATES + (_OF_THESE if document_ids is not None else "") + "ORDER BY name, id"
        rows = self._store.rows(query, wanted=json.dumps(list(document_ids or ())))
        return {row[0]: row[1] for row in rows}

    def _collected(self, name: str | None) -> list[str]:
        rows = self._store.rows(
            "SELECT document_id FROM collected JOIN collections ON id = collection_id WHERE name = ? COLLATE BINARY",
            name,
        )
        return [document_id for (document_id,) in rows]


def _as_name(name: str) -> str:
    """One line without white space at its ends.

    Raises:
        ValueError: nothing is left.
    """
    wanted = " ".join(name.split())
    if not wanted:
        raise ValueError("A collection needs a name.")
    return wanted
