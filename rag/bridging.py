"""Passages that a question needs besides the first ones: those to which the names in the first ones lead.

“Where was the author of X born?” is answered by a passage on the author, whom only the passage on X names. So each of
the best passages is read for names that the question does not hold; a passage that holds such a name, and of the
question what the first one left open, gains. Nothing is embedded and no model is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.asking import Asking, inverse_document_frequency
from rag.rows import PassageTerms
from rag.store import Store
from rag.terms import names, words

#: Passages read for names, names taken from each, and passages weighed for all of them together.
FIRST = 5
MOST_NAMES = 12
MOST_WEIGHED = 150
#: A name that stands in more passages than this leads everywhere.
COMMON = 200
#: What a passage gains that holds all that is open, and what one gains whose document is named so.
GAIN_OPEN = 1.5
GAIN_TITLE = 0.4
#: A title that holds a name within its first words is taken to be about it.
TITLE_WORDS = 5
#: Nothing is sought for a question of which the first passage leaves less than this share open.
LEAST_OPEN = 0.1


@dataclass(frozen=True, slots=True)
class _Lead:
    """A name (its stems in order) in a first passage: how rare it is and how good the passage, and what is open."""

    name: tuple[str, ...]
    source: str
    value: float
    still_open: Mapping[str, float]


def bridged(
    store: Store, asked: Asking, scores: Mapping[int, float], best: Sequence[int], document_ids: Sequence[str] = ()
) -> dict[int, float]:
    """What passages gain by the names that the `best` ones (ids, best first) bring in; `scores` are in 0..1."""
    first = best[:FIRST]
    texts = store.passages(first)
    held = store.passage_terms(first)
    n_passages = store.n_passages()
    in_scope = frozenset(store.passage_ids(document_ids).tolist()) if document_ids else None
    leads: dict[int, list[_Lead]] = {}
    for passage_id in first:
        if passage_id not in texts or passage_id not in held:
            continue
        still_open = {stem: weight for stem, weight in asked.weights.items() if stem not in held[passage_id].stems}
        open_share = sum(still_open.values()) / asked.total_weight if asked.weights else 0.0
        if open_share < LEAST_OPEN:
            continue
        standing = scores[passage_id] / (scores[best[0]] or 1.0)
        for written in _new_names(texts[passage_id].text, asked):
            found = store.holding(written, COMMON + 1, in_scope)
            if len(found) < 2 or len(found) > COMMON:
                continue
            rarity = inverse_document_frequency(n_passages, len(found)) / inverse_document_frequency(n_passages, 1)
            stems = tuple(word.stem for word in words(written))
            lead = _Lead(stems, held[passage_id].document_id, rarity * standing, still_open)
            for target in found:
                if target != passage_id:
                    leads.setdefault(target, []).append(lead)
    return _gains(store, leads, asked.total_weight)


def _new_names(text: str, asked: Asking) -> list[str]:
    """The names in a text that are more than words of the question."""
    found = [name for name in names(text) if not {word.stem for word in words(name)} <= asked.weights.keys()]
    return found[:MOST_NAMES]


def _gains(store: Store, leads: Mapping[int, Sequence[_Lead]], total_weight: float) -> dict[int, float]:
    """The best lead of each passage counts; of very many passages, those with the best leads are weighed."""
    promising = sorted(leads, key=lambda i: (-max(lead.value for lead in leads[i]), i))[:MOST_WEIGHED]
    held = store.passage_terms(promising)
    return {i: max(_gain(lead, held[i], total_weight) for lead in leads[i]) for i in promising if i in held}


def _gain(lead: _Lead, held: PassageTerms, total_weight: float) -> float:
    closes = sum(weight for stem, weight in lead.still_open.items() if stem in held.stems) / total_weight
    is_about = held.ordinal == 0 and held.document_id != lead.source and _opens_with(held.title, lead.name)
    return lead.value * (GAIN_OPEN * closes + GAIN_TITLE * is_about)


def _opens_with(title: str, name: tuple[str, ...]) -> bool:
    stems = [word.stem for word in words(title)][: TITLE_WORDS + len(name) - 1]
    return any(tuple(stems[place : place + len(name)]) == name for place in range(len(stems)))
