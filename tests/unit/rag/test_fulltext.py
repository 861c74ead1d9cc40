"""Scoring only the rows that may be among the best gives what scoring every row gives."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rag import fulltext
from rag.fulltext import Scored, best_rows, expressions

_WORDS = ("common", "often", "some", "seldom", "rare", "once")


class _Rows:
    """BM25 in FTS5's way over rows of words; a query is what `best_rows` makes of quoted words with AND and OR."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows = [Counter(row) for row in rows]
        self._average = sum(map(len, rows)) / max(1, len(rows))
        self.holding = {f'"{word}"': sum(word in row for row in self._rows) for word in _WORDS}
        self.n_scored = 0

    def scored(self, query: str, limit: int) -> Scored:
        parts = [[word.strip('()" ') for word in part.split(" OR ")] for part in query.split(" AND ")]
        asked = [word for part in parts for word in part]
        assert len(asked) == len(set(asked)), "a word that is asked for twice would count twice"
        rows = [
            (place, sum(self._score(row, word) for word in asked))
            for place, row in enumerate(self._rows)
            if all(any(word in row for word in part) for part in parts)
        ]
        self.n_scored += len(rows)
        return sorted(rows, key=lambda row: (-row[1], row[0]))[:limit]

    def _score(self, row: Counter[str], word: str) -> float:
        held = self.holding[f'"{word}"']
        weight = max(1e-6, math.log((len(self._rows) - held + 0.5) / (held + 0.5)))
        norm = 1.2 * (0.25 + 0.75 * row.total() / self._average)
        return weight * row[word] * 2.2 / (row[word] + norm)


_some_rows = st.lists(st.lists(st.sampled_from(_WORDS), max_size=6), max_size=60)


@given(_some_rows, st.integers(1, 12), st.integers(0, 20))
def test_the_best_rows_are_those_of_scoring_them_all(rows: list[list[str]], limit: int, few: int) -> None:
    whole, pruned = _Rows(rows), _Rows(rows)
    wanted = whole.scored(fulltext.any_of(whole.holding), limit) if any(rows) else []
    found = best_rows(lambda query: pruned.scored(query, limit), pruned.holding, len(rows), limit, few)
    assert [row for row, _ in found] == [row for row, _ in wanted]
    assert all(math.isclose(mine, theirs) for (_, mine), (_, theirs) in zip(found, wanted, strict=True))


def test_rows_that_hold_nothing_but_common_words_are_not_scored() -> None:
    rows = [["rare", "common"] if n < 20 else ["common"] if n < 400 else ["seldom"] for n in range(1_000)]
    searched = _Rows(rows)
    holding = {made: searched.holding[made] for made in ('"rare"', '"common"')}
    found = best_rows(lambda query: searched.scored(query, 10), holding, len(rows), 10, 50)
    assert [row for row, _ in found] == list(range(10))
    assert searched.n_scored < 50


def test_words_that_stand_nowhere_are_not_asked_for() -> None:
    assert best_rows(lambda query: [(7, 1.0)], {'"a"': 0, '"b"': 1}, 10, 5) == [(7, 1.0)]
    assert best_rows(lambda query: [(7, 1.0)], {'"a"': 0}, 10, 5) == []


def test_a_term_becomes_one_quoted_string_and_stands_once() -> None:
    assert expressions(["Running", "runs", "New York", "—", "机"]) == ('"run"', '"new york"', '"机"*')
