"""Find the passages nearest to a question: full text and vectors side by side, fused by score, and what they lead to.

Fusion adds scores and not ranks: equal-weight rank fusion gives rank 1 away whenever one arm is the better one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.asking import Asking, asking
from rag.bridging import FIRST, bridged
from rag.ports import Embedder
from rag.rows import StoredPassage, StoredSentence
from rag.stopwords import ENGLISH, language_of
from rag.store import Store
from rag.terms import content_terms, is_foreign_script
from rag.types import Hit, Scope, place_in_words

#: How many passages each arm proposes, and how many are kept after fusion.
POOL = 100
KEEP = 20
#: A longer question is searched for by its beginning; each of its words would cost a search of its own.
MOST_CHARS = 2_000
#: Of the best by full text, so many get their vectors at once where they have none yet: a second's work.
LATE = 12
#: Share of the full-text score in the fused score: for English, for other Latin writing, for other scripts. The default
#: embedder read English only, and letters of other scripts are hardly more than noise to it. See docs/retrieval.md.
LEXICAL_WEIGHT = 0.5
LEXICAL_WEIGHT_FOREIGN = 0.6
LEXICAL_WEIGHT_OTHER_SCRIPT = 0.9
#: Share of the best sentence's cosine, beside the whole passage's, in the score by meaning.
SENTENCE_WEIGHT = 0.5
#: A passage gains from the full-text scores of its two neighbours by up to this share, the more the shorter it is.
NEIGHBOUR_WEIGHT = 0.6
LONG_PASSAGE_CHARS = 900


class VectorSearch(Protocol):
    """Nearest passages by cosine, wherever the vectors lie."""

    def query(
        self, vector: npt.NDArray[np.float32], k: int, document_ids: Sequence[str] = ()
    ) -> list[tuple[int, float]]: ...


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for a question: it made ready, its embedding (float32, length 1), and the hits, best first.

    `of_clauses` are the embeddings of its clauses, float32, (clauses, dimension). `late_sentences` are those of
    passages without stored vectors, by passage, with vectors that were made for this question.
    """

    asked: Asking
    embedding: npt.NDArray[np.float32]
    hits: tuple[Hit, ...]
    of_clauses: npt.NDArray[np.float32]
    late_sentences: Mapping[int, tuple[StoredSentence, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Late:
    """The embedding of a passage that has none in the store yet, and its sentences with theirs."""

    embedding: npt.NDArray[np.float32]
    sentences: tuple[StoredSentence, ...]


class Retriever:
    """Retrieves passages from a store, its full text and its vectors."""

    def __init__(self, store: Store, vectors: VectorSearch, embedder: Embedder) -> None:
        self._store = store
        self._vectors = vectors
        self._embedder = embedder

    def retrieve(self, question: str, scope: Scope, keep: int = KEEP) -> Retrieval:
        """The `keep` best passages for a question within a scope.

        Raises:
            StoreUnavailable: the library cannot be read.
        """
        question = question[:MOST_CHARS]
        words_of = {t.stem: t.word for t in content_terms(question)}
        held = self._store.document_frequency(words_of.values())
        asked = asking(question, self._store.n_passages(), {stem: held.get(word, 0) for stem, word in words_of.items()})
        embedding = self._embedder.embed([question])[0]
        lexical = dict(self._store.search_text(tuple(words_of.values()), POOL, scope.document_ids))
        around = self._with_neighbours(lexical)
        near = dict(self._vectors.query(embedding, POOL, scope.document_ids))
        near |= self._similarities(embedding, around.keys() - near.keys())
        late = self._late([i for i in _best(around, LATE) if i not in near])
        near |= {i: float(one.embedding @ embedding) for i, one in late.items()}
        of_sentences = {i: max(float(s.embedding @ embedding) for s in one.sentences) for i, one in late.items()}
        of_sentences |= self._store.best_sentences(near.keys() - late.keys(), embedding)
        meant = _mixed(near | of_sentences, near, SENTENCE_WEIGHT)
        fused = _mixed(_shares(around), meant, lexical_weight(question))
        fused |= self._gained(asked, fused, scope)
        best = _best(fused, keep)
        near |= self._similarities(embedding, set(best) - near.keys())
        passages = self._store.passages(best)
        hits = [self._hit(passages[i], fused[i], lexical.get(i), near.get(i)) for i in best if i in passages]
        of_clauses = self._embedder.embed(asked.clauses)
        sentences = {i: one.sentences for i, one in late.items()}
        return Retrieval(asked, embedding, tuple(hit for hit in hits if hit is not None), of_clauses, sentences)

    def _with_neighbours(self, lexical: Mapping[int, float]) -> dict[int, float]:
        """Full-text scores that count a passage's neighbours as well, as if short passages were windows of one text."""
        around = dict(lexical)
        for passage_id, neighbour_id, n_chars in self._store.adjacent(lexical):
            share = NEIGHBOUR_WEIGHT * max(0.0, 1 - n_chars / LONG_PASSAGE_CHARS)
            if share:
                around[neighbour_id] = around.get(neighbour_id, 0.0) + share * lexical[passage_id]
        return {i: around[i] for i in _best(around, POOL)}

    def _similarities(self, embedding: npt.NDArray[np.float32], ids: set[int]) -> dict[int, float]:
        """Cosines of the passages that only the full text proposed, so that every hit has both scores.

        Those that have no vector yet are left out.
        """
        wanted = sorted(ids)
        if not wanted or self._store.embedder() is None:  # words only, so far
            return {}
        rows = self._store.embeddings(wanted)
        return {i: float(row @ embedding) for i, row in zip(wanted, rows, strict=True) if row.any()}

    def _late(self, ids: Sequence[int]) -> dict[int, _Late]:
        """The vectors of passages that have none yet, as the indexer will make them: nothing is stored.

        Without them a text that was dropped a moment ago would stand behind all others, and its answers would seem
        not to be there.
        """
        passages = self._store.passages(ids)
        sentences = self._store.sentences(passages)
        there = [i for i in passages if i in sentences]  # unless it was removed a moment ago
        texts = [text for i in there for text in (passages[i].text, *(s.text for s in sentences[i]))]
        rows = iter(self._embedder.embed(texts) if texts else ())
        return {i: _Late(next(rows), tuple(replace(s, embedding=next(rows)) for s in sentences[i])) for i in there}

    def _gained(self, asked: Asking, fused: Mapping[int, float], scope: Scope) -> dict[int, float]:
        """The passages to which names in the best ones lead, with their new scores, still in 0..1."""
        gains = bridged(self._store, asked, fused, _best(fused, FIRST), scope.document_ids)
        return {i: 1 - (1 - fused.get(i, 0.0)) * (1 - min(1.0, gain)) for i, gain in gains.items()}

    def _hit(self, passage: StoredPassage, score: float, lexical: float | None, similarity: float | None) -> Hit | None:
        try:
            source = self._store.source(passage.document_id)
        except KeyError:  # the document was removed a moment ago
            return None
        place = place_in_words(self._store.parts(passage.document_id, passage.span))
        return Hit(source, passage.id, passage.span, passage.text, score, lexical, similarity, place)


def lexical_weight(question: str) -> float:
    """The share of the full text for a question, in 0..1, by its script and its language."""
    if is_foreign_script(question):
        return LEXICAL_WEIGHT_OTHER_SCRIPT
    return LEXICAL_WEIGHT if language_of(question) == ENGLISH else LEXICAL_WEIGHT_FOREIGN


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    """Each score as a share of the best one."""
    best = max(scores.values(), default=0.0) or 1.0
    return {i: score / best for i, score in scores.items()}


def _mixed(first: Mapping[int, float], second: Mapping[int, float], share: float) -> dict[int, float]:
    """Both scores, the first with this share; what one of them lacks or has below 0 counts nothing there."""
    return {
        i: share * max(0.0, first.get(i, 0.0)) + (1 - share) * max(0.0, second.get(i, 0.0))
        for i in first.keys() | second.keys()
    }


def _best(scores: Mapping[int, float], n: int) -> list[int]:
    return sorted(scores, key=lambda i: (-scores[i], i))[:n]
