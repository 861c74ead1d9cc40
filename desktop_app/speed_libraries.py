"""Prepares the libraries that search is timed over: real texts first, shuffled copies of them beyond; all resumable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event as CancelEvent

import numpy as np

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from desktop_app.speed_copies import WholeDocument, shuffled, unchanged
from rag.store import Store

Tell = Callable[[str], None]

_SEED = 3
_MOST_ROUNDS = 30  # copies of one document; a short one has few orders of its sentences


class TooLittleText(Exception):
    """There are not enough different copies to reach a size; str() is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class SizedLibrary:
    """A library of `n_passages`, of which those in `real_ids` are of real texts."""

    paths: AppPaths
    n_passages: int
    real_ids: tuple[int, ...]


def add_texts(paths: AppPaths, places: Sequence[Path], n_passages: int, tell: Tell) -> None:
    """Add texts in the product's own way until the library holds `n_passages` or the texts end; goes on where it was.

    Raises:
        What LocalWorkbench.add raises.
    """
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings())) as workbench:
        enough = CancelEvent()
        if workbench.n_passages() >= n_passages:
            return
        for step in workbench.add(places, enough):
            n_held = workbench.n_passages()
            tell(f"embedding real texts: {n_held:,} passages of {n_passages:,} wanted, {step.name}")
            if n_held >= n_passages:
                enough.set()


def sized_library(real: AppPaths, paths: AppPaths, n_passages: int, tell: Tell) -> SizedLibrary:
    """A library of `n_passages` made from the one of real texts; what an earlier run has made of it is kept.

    Raises:
        TooLittleText: shuffling gives no more different texts.
    """
    prepare_library(paths)
    with closing(Store.read(real.library)) as texts, closing(Store.open(paths.library)) as store:
        mark = texts.embedder()
        if mark is None:
            raise TooLittleText("There are no texts to measure with.")
        store.set_embedder(mark.name, mark.dimension)
        filling = _Filling(store, n_passages)
        for number, original in enumerate(_documents(texts)):
            filling.add(original)
            tell(f"copying: {filling.n_held:,} of {n_passages:,} passages, document {number + 1:,}")
            if filling.is_full:
                break
        _add_copies(texts, filling, tell)
        real_ids = store.passage_ids([source.id for source in texts.sources()])
        return SizedLibrary(paths, filling.n_held, tuple(real_ids.tolist()))


class _Filling:
    """A store on its way to a number of passages; counts them itself, for counting rows takes longer than adding."""

    def __init__(self, store: Store, n_passages: int) -> None:
        self._store = store
        self._n_passages = n_passages
        self.n_held = store.n_passages()

    @property
    def is_full(self) -> bool:
        return self.n_held >= self._n_passages

    def add(self, new: WholeDocument) -> None:
        """A document that is there already stays; one that is too large for what is left to fill is passed over."""
        if self.n_held + len(new.passages) > self._n_passages or self._store.has_document(new.document.id):
            return
        self._store.add_document(new.document, new.passages)
        self._store.replace_embeddings(new.document.id, new.embeddings, new.sentence_embeddings)
        self.n_held += len(new.passages)


def _add_copies(texts: Store, filling: _Filling, tell: Tell) -> None:
    for round_ in range(1, _MOST_ROUNDS + 1):
        for number, original in enumerate(_documents(texts)):
            if filling.is_full:
                return
            rng = np.random.default_rng((_SEED, round_, number))
            filling.add(shuffled(original, rng, f"copy {round_}/{number:06d}.txt"))
            tell(f"shuffling: {filling.n_held:,} passages, round {round_}")
    if not filling.is_full:
        raise TooLittleText(
            f"The texts and their shuffled copies give no more than {filling.n_held:,} passages. Name more texts, or "
            "a smaller size."
        )


def _documents(texts: Store) -> Iterator[WholeDocument]:
    """Every document that has passages, in the order in which they were added."""
    firsts = [(texts.passage_ids([source.id])[:1].tolist(), source.id) for source in texts.sources()]
    for _, document_id in sorted(first for first in firsts if first[0]):
        document = texts.document(document_id)
        passages = texts.passages_of(document_id)
        ids = [passage.id for passage in passages]
        yield unchanged(document, passages, texts.sentences(ids), texts.embeddings(ids))
