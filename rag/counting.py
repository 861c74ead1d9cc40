"""Remembers what was counted in the store until the store changes: counting walks through whole indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.rows import Row

_MOST_KEPT = 10_000


class Counts:
    """What counting queries gave at a revision of the store; None is a revision that may yet be undone."""

    def __init__(self, rows: Callable[..., list[Row]], revision: Callable[[], int | None]) -> None:
        self._rows = rows
        self._revision_now = revision
        self._revision: int | None = None
        self._kept: dict[tuple[str, ...], int] = {}

    def of(self, *queries: Sequence[str]) -> list[int]:
        """What each of these counts: a query and its values."""
        revision = self._revision_now()
        if revision is None or revision != self._revision or len(self._kept) > _MOST_KEPT:
            self._kept, self._revision = {}, revision
        kept = self._kept
        for query in map(tuple, queries):
            if query not in kept:
                kept[query] = int(self._rows(*query)[0][0])
        return [kept[tuple(query)] for query in queries]
