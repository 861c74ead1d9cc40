"""What a measuring of speed gave, as values, and in the form in which it is kept beside the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from desktop_app.engine_comparison import Comparison, SearchFigures
from desktop_app.speed_indexing import IndexingFigures
from desktop_app.speed_memory import Peak
from desktop_app.speed_peer import Retrieval
from desktop_app.speed_reading import ReadingFigures
from desktop_app.speed_surroundings import Surroundings
from desktop_app.speed_waiting import Timing


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """Search over one library: as a person waits for it, and turn by turn beside bare queries."""

    n_passages: int
    n_real: int
    timings: tuple[Timing, ...]
    search: SearchFigures


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """One run. `retrieval` is ours over the documents, `peer` the report of a peer's command, where one was given.

    `arguments` are those of the command; folders of the measuring machine that are no texts are left out.
    """

    arguments: str
    surroundings: Surroundings
    documents: str
    questions: str
    n_warm: int
    timings: tuple[Timing, ...]
    sizes: tuple[SizeFigures, ...]
    indexing: IndexingFigures
    engines: tuple[Comparison, ...]
    peaks: tuple[Peak, ...]
    retrieval: Retrieval
    peer: dict[str, Any] | None
    reading: ReadingFigures | None = None


def as_json(report: SpeedReport) -> dict[str, Any]:
    """Every value, and those that follow from them."""
    written = asdict(report)
    written["indexing"]["mb_per_minute"] = report.indexing.mb_per_minute
    written["indexing"]["passages_per_s"] = report.indexing.passages_per_s
    for kept, figures in zip(written["sizes"], report.sizes, strict=True):
        kept["search"]["recall"] = figures.search.recall
    return written
