"""Makes further documents out of real ones by changing the order of their sentences, where real text runs out.

A copy's passage has the words of its original, so its full text is real; its vector is the original's with a little
noise, because embedding it would take as long as embedding a real one and say nothing about search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rag.ports import Embeddings
from rag.rows import StoredPassage, StoredSentence
from rag.types import Document, Passage, Sentence, Span, document_id

#: Length of the noise beside a vector of length 1: a copy has a cosine of about 0.999 with its original.
NOISE = 0.05


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """A document as a store takes it: passages (n, dimension) and sentences (m, dimension), both in order."""

    document: Document
    passages: tuple[Passage, ...]
    embeddings: Embeddings
    sentence_embeddings: Embeddings


def unchanged(
    document: Document,
    passages: Sequence[StoredPassage],
    sentences: Mapping[int, Sequence[StoredSentence]],
    embeddings: Embeddings,
) -> WholeDocument:
    """What a store handed out, in the form in which another one takes it in."""
    kept = tuple(
        Passage(p.ordinal, p.span, p.n_tokens, tuple(Sentence(s.ordinal, s.span) for s in sentences.get(p.id, ())))
        for p in passages
    )
    rows = [s.embedding for p in passages for s in sentences.get(p.id, ())]
    return WholeDocument(document, kept, embeddings, _stacked(rows, embeddings.shape[1]))


def shuffled(original: WholeDocument, rng: np.random.Generator, copy_name: str) -> WholeDocument:
    """The same sentences in another order within each passage, passages apart by a blank line; vectors with noise."""
    text, passages, row_order = "", [], []
    n_sentences = 0
    for passage in original.passages:
        order = rng.permutation(len(passage.sentences)).tolist()
        start = len(text)
        sentences: list[Sentence] = []
        for place in order:
            if sentences:
                text += " "
            words = passage.sentences[place].span.cut(original.document.text)
            sentences.append(Sentence(n_sentences + len(sentences), Span(len(text), len(text) + len(words))))
            text += words
        if sentences:
            row_order += [n_sentences + place for place in order]
            passages.append(Passage(passage.ordinal, Span(start, len(text)), passage.n_tokens, tuple(sentences)))
            n_sentences += len(sentences)
            text += "\n\n"
    text = text.rstrip("\n") + "\n"
    source = replace(original.document.source, id=document_id(text), name=copy_name, path=copy_name, n_chars=len(text))
    kept = [place for place, passage in enumerate(original.passages) if passage.sentences]
    return WholeDocument(
        Document(source, text),
        tuple(replace(passage, ordinal=place) for place, passage in enumerate(passages)),
        noisy(original.embeddings[kept], rng),
        original.sentence_embeddings[row_order],
    )


def noisy(embeddings: Embeddings, rng: np.random.Generator) -> Embeddings:
    """Float32, the same shape, rows of length 1: each with noise of length `NOISE` in a direction drawn by chance."""
    noise: npt.NDArray[np.float64] = rng.standard_normal(embeddings.shape)
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    moved = embeddings + noise
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _stacked(rows: Sequence[npt.NDArray[np.float32]], dimension: int) -> Embeddings:
    return np.vstack(rows) if rows else np.zeros((0, dimension), dtype=np.float32)
