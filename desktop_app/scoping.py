"""What is left of a choice of documents: one of which nothing is left is never taken for the whole library.

It chooses nothing and shows nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from rag.types import Scope


def left_of(scope: Scope, known_ids: Collection[str]) -> Scope | None:
    """The chosen documents that are in the library; None where some were chosen and none of them is there."""
    left = tuple(one for one in scope.document_ids if one in known_ids)
    return Scope(left) if left or not scope.document_ids else None


def without(scope: Scope, gone_ids: Collection[str]) -> Scope:
    """The choice without documents that were removed; as it was where nothing would be left of it."""
    left = tuple(one for one in scope.document_ids if one not in gone_ids)
    return Scope(left) if left else scope
