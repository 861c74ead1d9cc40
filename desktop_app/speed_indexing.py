"""Times the adding of documents in the product's own way, beside ONNX Runtime over the very same texts."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event as CancelEvent

from desktop_app.composition import INDEXER_NICE, LocalWorkbench, prepare_library
from desktop_app.hosting import Host
from desktop_app.making import make_bench
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from desktop_app.speed_memory import Peak, descendants, peak
from rag.store import Store
from rag.types import FileState

_BYTES_A_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class IndexingFigures:
    """Medians over the rounds. The bare loop embeds the same passages and sentences and does nothing else."""

    n_rounds: int
    n_documents: int
    n_bytes: int
    n_passages: int
    n_sentences: int
    ours_s: float
    bare_s: float
    ratio: float
    chroma_s: float
    peaks: tuple[Peak, ...]

    @property
    def mb_per_minute(self) -> float:
        return self.n_bytes / _BYTES_A_MB / self.ours_s * 60

    @property
    def passages_per_s(self) -> float:
        return self.n_passages / self.ours_s


@dataclass(frozen=True, slots=True)
class _Added:
    seconds: float
    chroma_s: float
    n_documents: int
    n_bytes: int
    peaks: tuple[Peak, ...]


def time_indexing(paths: AppPaths, documents: Sequence[Path], n_rounds: int) -> IndexingFigures:
    """Add the documents to an empty library, then embed their texts barely, so many times; the last library stays.

    The engines are loaded before the clock starts. Chroma follows afterwards, as in the window, on a clock of its own.
    """
    bare = Host("bare", make_bench, (paths,), nice=INDEXER_NICE)  # other work of the machine goes before both alike
    rounds = []
    try:
        for _ in range(n_rounds):
            added = _add_afresh(paths, documents)
            texts, n_passages = _embedded_texts(paths)
            rounds.append((added, float(bare.call("embed_bare", texts))))
    finally:
        bare.stop()
    last = rounds[-1][0]
    return IndexingFigures(
        n_rounds,
        last.n_documents,
        last.n_bytes,
        n_passages,
        len(texts) - n_passages,
        statistics.median(added.seconds for added, _ in rounds),
        statistics.median(bare_s for _, bare_s in rounds),
        statistics.median(added.seconds / bare_s for added, bare_s in rounds),
        statistics.median(added.chroma_s for added, _ in rounds),
        last.peaks,
    )


def _add_afresh(paths: AppPaths, documents: Sequence[Path]) -> _Added:
    shutil.rmtree(paths.data, ignore_errors=True)
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings())) as workbench:
        indexer, search = workbench.hosts["indexer"], workbench.hosts["search"]
        for host in (indexer, search):
            host.start()
            host.wait_ready()
        begun_s = time.perf_counter()
        reports = [step.report for step in workbench.add(documents, CancelEvent()) if step.report is not None]
        added_s = time.perf_counter()
        peaks = peak("indexer", "indexing", indexer.pid)
        for reader in descendants(indexer.pid) if indexer.pid else ():
            peaks += peak("reader", "indexing", reader)
        while not workbench.follow_index().is_ready:
            pass
        followed_s = time.perf_counter()
        peaks += peak("search", "Chroma takes over", search.pid)
        held = [Path(report.path) for report in reports if report.state is FileState.INDEXED]
        n_bytes = sum(path.stat().st_size for path in held)
        return _Added(added_s - begun_s, followed_s - added_s, len(held), n_bytes, peaks)


def _embedded_texts(paths: AppPaths) -> tuple[list[str], int]:
    """Every passage, then the sentences, each once a document as the indexing embeds them; how many are passages."""
    with closing(Store.read(paths.library)) as store:
        passages = store.passages(store.passage_ids())
        sentences: dict[tuple[str, str], None] = {}
        for passage_id, run in store.sentences(passages).items():
            sentences |= dict.fromkeys((passages[passage_id].document_id, sentence.text) for sentence in run)
        return [*(passage.text for passage in passages.values()), *(text for _, text in sentences)], len(passages)
