"""Full-text queries: terms become expressions of FTS5, and only rows that may be among the best are scored.

Scoring takes most of the time: some 2 µs a row, and one common word alone stands in tens of thousands of rows. What is
left out could not have been among the best, so the outcome is that of scoring them all. It runs no query itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from rag.terms import is_dense, words

Scored = list[tuple[int, float]]

#: So many rows are scored without looking for fewer, and words that stand in so many together are asked for at once.
FEW_ROWS = 1_000
#: What FTS5's bm25 can give for one term is below its inverse document frequency times k1 + 1.
_MOST_PER_WEIGHT = 2.2
_LEAST_WEIGHT = 1e-6
#: A question of very many words is scored at once from there on: each query costs something by itself.
_MOST_STEPS = 8


def any_of(expressions: Iterable[str]) -> str:
    """What holds any of these expressions."""
    return " OR ".join(expressions)


def expressions(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms as FTS5 takes them, each once; a term is a quoted string, so that nothing in it is an operator."""
    return tuple(dict.fromkeys(made for term in terms if (made := expression(term))))


def expression(term: str) -> str:
    """A term's words side by side; a single character of a script without spaces stands for all words it begins."""
    stems = [word.stem for word in words(term) if word.stem]
    if not stems:
        return ""
    return f'"{" ".join(stems)}"' + ("*" if stems == [term] and is_dense(term) and len(term) == 1 else "")


def best_rows(
    scored: Callable[[str], Scored], holding: Mapping[str, int], n_rows: int, limit: int, few: int = FEW_ROWS
) -> Scored:
    """The `limit` best of `n_rows` rows that hold any of the expressions, best first, equal ones by id.

    `scored` gives the `limit` best rows of an expression, `holding` in how many rows each of them stands. The rarest
    come first. A row scores no more than the sum of what its terms can give, so once the rest cannot reach the worst
    of the best together, rows that hold nothing else are left (Turtle and Flood, 1995: MaxScore).
    """
    rest = sorted((made for made in holding if holding[made]), key=lambda made: (holding[made], made))
    if sum(holding.values()) <= max(few, limit):
        return scored(any_of(rest)) if rest else []
    most = {made: _MOST_PER_WEIGHT * _weight(n_rows, holding[made]) for made in rest}
    best: dict[int, float] = {}
    for _ in range(_MOST_STEPS):
        group, rest = _next_group(rest, holding, few)
        if not rest:
            break
        # A row without the group's terms is not here, and one with earlier terms as well has its whole score already:
        # this one is lower, for every term that is not asked for counts nothing.
        _raise(best, scored(f"({any_of(group)}) AND ({any_of(rest)})"))
        if sum(most[made] for made in group) >= _worst(best, limit):
            _raise(best, scored(any_of(group)))
        if sum(most[made] for made in rest) < _worst(best, limit):
            return _ordered(best, limit)
        group = []
    _raise(best, scored(any_of([*group, *rest])))
    return _ordered(best, limit)


def _next_group(rest: Sequence[str], holding: Mapping[str, int], few: int) -> tuple[list[str], list[str]]:
    """The rarest of the rest, as many as stand in few rows together but one at least; and the others."""
    n_rows = n_taken = 0
    while n_taken < len(rest) and (not n_taken or n_rows + holding[rest[n_taken]] <= few):
        n_rows += holding[rest[n_taken]]
        n_taken += 1
    return list(rest[:n_taken]), list(rest[n_taken:])


def _weight(n_rows: int, n_holding: int) -> float:
    """The inverse document frequency as FTS5's bm25 takes it."""
    return max(_LEAST_WEIGHT, math.log((max(n_rows, n_holding) - n_holding + 0.5) / (n_holding + 0.5)))


def _raise(best: dict[int, float], rows: Scored) -> None:
    for row, score in rows:
        best[row] = max(score, best.get(row, 0.0))


def _worst(best: Mapping[int, float], limit: int) -> float:
    """The score of the last one that counts; 0 while there are too few."""
    return sorted(best.values(), reverse=True)[limit - 1] if len(best) >= limit else 0.0


def _ordered(best: Mapping[int, float], limit: int) -> Scored:
    return sorted(best.items(), key=lambda row: (-row[1], row[0]))[:limit]
