"""Which documents a scope holds and what is left of it: one of which nothing is left is never the whole library.

It chooses nothing and shows nothing.
"""

from __future__ import annotations

from collections.abc import Collection as Ids
from dataclasses import dataclass, replace

from rag.holdings import Collection
from rag.periods import within
from rag.types import Period, Scope, Source


@dataclass(frozen=True, slots=True)
class Holding:
    """What the library holds, as far as scopes are concerned."""

    sources: tuple[Source, ...] = ()
    collections: tuple[Collection, ...] = ()

    @property
    def document_ids(self) -> frozenset[str]:
        return frozenset(source.id for source in self.sources)

    def has_collection(self, name: str) -> bool:
        return any(one.name == name for one in self.collections)

    def documents_in(self, scope: Scope) -> tuple[Source, ...]:
        """The documents that a question in this scope is asked of, by the rule of `rag.holdings`."""
        period = Period(scope.since, scope.until)
        return tuple(source for source in self._chosen(scope) if within(period, source.date))

    def n_undated(self, scope: Scope) -> int:
        """How many documents a scope leaves out only because nobody knows their date."""
        if scope.since is None and scope.until is None:
            return 0
        return sum(source.date is None for source in self._chosen(scope))

    def _chosen(self, scope: Scope) -> tuple[Source, ...]:
        """The documents in a scope, whatever their date."""
        if not scope.document_ids and scope.collection is None:
            return self.sources
        collected = (one.document_ids for one in self.collections if one.name == scope.collection)
        chosen = set(scope.document_ids).union(*collected)
        return tuple(source for source in self.sources if source.id in chosen)


def left_of(scope: Scope, holding: Holding) -> Scope | None:
    """A scope without the documents and the collection that are gone; None where it named some and none is there."""
    known_ids = holding.document_ids
    ids = tuple(one for one in scope.document_ids if one in known_ids)
    is_gone = scope.collection is not None and not holding.has_collection(scope.collection)
    left = replace(scope, document_ids=ids, collection=None if is_gone else scope.collection)
    return None if _names_any(scope) and not _names_any(left) else left


def is_askable(scope: Scope, holding: Holding) -> bool:
    """Whether there is a document to ask; an empty library is another matter than a scope that holds nothing."""
    left = left_of(scope, holding)
    return left is not None and (left.is_whole_library or bool(holding.documents_in(left)))


def without(scope: Scope, gone_ids: Ids[str]) -> Scope:
    """A scope without documents that were removed; as it was where it would name none any more."""
    left = replace(scope, document_ids=tuple(one for one in scope.document_ids if one not in gone_ids))
    return left if _names_any(left) == _names_any(scope) else scope


def _names_any(scope: Scope) -> bool:
    return bool(scope.document_ids) or scope.collection is not None
