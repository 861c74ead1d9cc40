"""Times the search over one library beside bare queries of Chroma and SQLite, question by question; runs in a child.

It prepares no library and starts no process. First the whole search is timed as its engine does it, then, the engine
closed, its two arms each for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from desktop_app.engine_comparison import RECALL_AT, Comparison, SearchFigures, compared, in_turn, percentile, timed_ms
from desktop_app.engine_embedder import open_embedder
from desktop_app.engine_search import SearchEngine
from desktop_app.paths import AppPaths
from rag.baselines import BareChroma, BareText
from rag.index import ChromaIndex
from rag.retrieval import KEEP, POOL
from rag.rows import Embedding
from rag.store import Store
from rag.terms import content_terms
from rag.types import Scope
from rag.vectors import ExactIndex

_SLICE_ROWS = 2_000
_ALL_BARE = "the question's ONNX run + Chroma query + FTS5 SELECT"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, its words and their stems as both sides take them, and its embedding."""

    question: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    vector: Embedding


def compare_search(
    paths: AppPaths,
    questions: Sequence[str],
    n_warm: int,
    real_ids: frozenset[int],
    embed_bare: Callable[[str], None],
) -> SearchFigures:
    """Ask every question both ways; the first `n_warm` only warm up. Chroma must have followed the library.

    Raises:
        RagError: the library or its index cannot be read.
    """
    vectors = open_embedder(paths).embed(questions)
    asked = [_asked(question, vector) for question, vector in zip(questions, vectors, strict=True)]
    with closing(BareText(paths.library)) as text:
        whole = _compare_whole(paths, asked, n_warm, text, embed_bare)
        with Store.read(paths.library) as store, closing(ChromaIndex(paths.index, store)) as index:
            while not index.follow(_SLICE_ROWS).is_ready:
                pass
            arms = _compare_arms(store, index, asked, n_warm, chroma=BareChroma(paths.index), text=text)
            return _with_recall(
                (*whole, *arms), ExactIndex(store), index, asked=asked, n_warm=n_warm, real_ids=real_ids
            )


def _asked(question: str, vector: Embedding) -> _Asked:
    """With its terms as the retriever asks the full text for them."""
    words_of = {term.stem: term.word for term in content_terms(question)}
    return _Asked(question, tuple(words_of.values()), tuple(words_of), vector)


def _compare_whole(
    paths: AppPaths, asked: Sequence[_Asked], n_warm: int, text: BareText, embed_bare: Callable[[str], None]
) -> tuple[Comparison, ...]:
    with closing(SearchEngine(paths)) as engine:
        n_indexed, n_passages = engine.follow(_SLICE_ROWS)
        while n_indexed < n_passages:
            n_indexed, n_passages = engine.follow(_SLICE_ROWS)
        chroma = BareChroma(paths.index)

        def bare(one: _Asked) -> None:
            embed_bare(one.question)
            chroma.query(one.vector, POOL)
            text.query(one.stems, POOL)

        def find(one: _Asked) -> None:
            engine.find(one.question, Scope())

        def search(one: _Asked) -> None:
            engine.search(one.question, Scope(), KEEP)

        return (
            _compare("quotes and verdict", _ALL_BARE, asked, n_warm, ours=find, bare=bare),
            _compare("passages", _ALL_BARE, asked, n_warm, ours=search, bare=bare),
        )


def _compare_arms(
    store: Store, index: ChromaIndex, asked: Sequence[_Asked], n_warm: int, *, chroma: BareChroma, text: BareText
) -> tuple[Comparison, ...]:
    return (
        _compare(
            f"{POOL} nearest vectors",
            "Chroma query",
            asked,
            n_warm,
            ours=lambda one: index.query(one.vector, POOL),
            bare=lambda one: chroma.query(one.vector, POOL),
        ),
        _compare(
            f"{POOL} best by full text",
            "FTS5 SELECT",
            asked,
            n_warm,
            ours=lambda one: store.search_text(one.words, POOL),
            bare=lambda one: text.query(one.stems, POOL),
        ),
    )


def _compare(
    what: str,
    bare_name: str,
    asked: Sequence[_Asked],
    n_warm: int,
    *,
    ours: Callable[[_Asked], object],
    bare: Callable[[_Asked], object],
) -> Comparison:
    times_ms = [in_turn(turn, lambda: ours(one), lambda: bare(one)) for turn, one in enumerate(asked)]  # noqa: B023
    ours_ms, bare_ms = zip(*times_ms[n_warm:], strict=True)
    return compared(what, bare_name, ours_ms, bare_ms)


def _with_recall(
    comparisons: tuple[Comparison, ...],
    exact: ExactIndex,
    index: ChromaIndex,
    *,
    asked: Sequence[_Asked],
    n_warm: int,
    real_ids: frozenset[int],
) -> SearchFigures:
    times_ms = [timed_ms(lambda: exact.query(one.vector, POOL)) for one in asked][n_warm:]  # noqa: B023
    n_found = n_expected = 0
    for one in asked[n_warm:]:
        wanted = {found for found, _ in exact.query(one.vector, RECALL_AT)} & real_ids
        n_expected += len(wanted)
        n_found += len(wanted & {found for found, _ in index.query(one.vector, RECALL_AT)})
    return SearchFigures(comparisons, percentile(times_ms, 0.5), percentile(times_ms, 0.95), n_found, n_expected)
