"""Sums up the scores of a set's questions into figures, of the whole set and of its groups.

The names of the figures are those of the measures; a group's carries its name after a slash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from desktop_app.quality_intervals import Figure, mean, mean_of_groups, percentile_figure, rate
from desktop_app.quality_scoring import CUTS, Values

MEASURES: Final[Mapping[str, str]] = {
    "gold_in_1": "gold span inside the first quote",
    "gold_in_3": "gold span inside the first three quotes",
    "support_any": "any gold span inside the quotes",
    "support_all": "all gold spans inside the quotes",
    "answer_em": "answer line, exact match",
    "answer_f1": "answer line, F1",
    "answer_shown": "answer text inside answer or quotes",
    "from_memory": "answers from memory",
    "quote_precision": "quote precision",
    "quote_chars": "quote length, characters",
    "quote_exact": "quotes that are exact",
    "abstained_on_unanswerable": "abstains where there is no answer",
    "abstained_on_answerable": "abstains although there is one",
    **{f"any@{cut}": f"any gold span in the first {cut} passages" for cut in CUTS},
    **{f"all@{cut}": f"all gold spans in the first {cut} passages" for cut in CUTS},
    "ndcg@10": "nDCG@10 of documents",
    "ndcg@10_answerable": "nDCG@10, answerable claims only",
    "document_recall@10": "relevant documents among the first ten",
    "conflict_gold_shown": "right answers shown, where there are several",
    "conflict_all_gold_shown": "all right answers shown",
    "conflict_flagged": "difference told where sources differ",
    "conflict_flag_right": "told differences that are some",
    "conflict_flagged_falsely": "difference told where there is none",
    "wrong_answer_unflagged": "wrong answer given without a word",
    "context_in_5": "chosen document among the first five passages",
    "context_quoted": "chosen document quoted",
    "first_quote_ms": "first quote, ms",
}
"""Every measure in the order it is shown, in words."""

_RATES: Final = frozenset(MEASURES) - {
    "answer_f1", "quote_precision", "quote_chars", "ndcg@10", "ndcg@10_answerable", "document_recall@10",
    "conflict_gold_shown", "first_quote_ms",
}  # fmt: skip
_PERCENTILES: Final = {"quote_chars": (0.5,), "first_quote_ms": (0.5, 0.95)}


def figures_of(scored: Iterable[tuple[str, Values]]) -> dict[str, Figure]:
    """The figures of a set, from each question's group (empty where the set has none) and its values."""
    by_group: dict[str, list[Values]] = {}
    for group, values in scored:
        by_group.setdefault(group, []).append(values)
    figures = _summed([values for group in by_group.values() for values in group])
    groups = {group: values for group, values in by_group.items() if group}
    for group, scores in groups.items():
        figures |= {f"{name}/{group}": figure for name, figure in _summed(scores).items() if name in _RATES}
    if groups:
        figures |= _across([_pooled(scores).get("any@5", []) for scores in groups.values()])
    return figures


def _across(groups: Sequence[Sequence[float]]) -> dict[str, Figure]:
    """Retrieval over groups that count the same, such as languages: their mean, and the one that fares worst."""
    average = mean_of_groups(groups)
    rates = [figure for group in groups if (figure := rate(group)) is not None]
    if average is None:
        return {}
    return {"any@5_mean": average, "any@5_worst": min(rates, key=lambda figure: figure.value)}


def _summed(values: Iterable[Values]) -> dict[str, Figure]:
    pooled = _pooled(values)
    return {
        name: figure
        for measure in MEASURES
        for name, figure in _figures(measure, pooled.get(measure, []))
        if figure is not None
    }


def _figures(measure: str, values: Sequence[float]) -> list[tuple[str, Figure | None]]:
    if measure in _RATES:
        return [(measure, rate(values))]
    if measure in _PERCENTILES:
        shares = _PERCENTILES[measure]
        return [(f"{measure}_p{share * 100:.0f}", percentile_figure(values, share)) for share in shares]
    return [(measure, mean(values))]


def _pooled(values: Iterable[Values]) -> Values:
    pooled: Values = {}
    for one in values:
        for measure, numbers in one.items():
            pooled.setdefault(measure, []).extend(numbers)
    return pooled


def in_words(name: str) -> str:
    """A figure's name for people."""
    measure, _, group = name.partition("/")
    if measure == "any@5_mean":
        return f"{MEASURES['any@5']}, mean of the groups"
    if measure == "any@5_worst":
        return f"{MEASURES['any@5']}, worst group"
    stem, _, share = measure.rpartition("_p")
    words = (
        MEASURES[measure] if measure in MEASURES else f"{MEASURES[stem]}, {'median' if share == '50' else f'p{share}'}"
    )
    return f"{words}: {group}" if group else words
