"""Writes a report of speed as a page of Markdown; every number on it comes from the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from desktop_app.engine_comparison import RECALL_AT, Comparison
from desktop_app.speed_peer import DEPTHS
from desktop_app.speed_reading import ReadingFigures
from desktop_app.speed_report import SizeFigures, SpeedReport
from desktop_app.speed_waiting import Timing

_MB = 1_000_000
_MIB = 2**20
_COMPARISON_COLUMNS = ("what", "beside", "turns", "ours p50", "ours p95", "bare p50", "bare p95", "ours / bare")


def page(report: SpeedReport, before: dict[str, Any] | None) -> str:
    """The page; `before` is the JSON of an earlier report, whose medians stand beside today's."""
    return "\n".join(
        [
            "# Speed",
            "",
            "Made by this command and not edited by hand; the JSON beside this page holds every figure.",
            "",
            "```",
            f"seedbook bench speed {report.arguments}",
            "```",
            "",
            *_surroundings(report, before),
            *_waiting(report, before),
            *_sizes(report, before),
            *_indexing(report),
            *_reading(report.reading),
            *_engines(report),
            *_memory(report),
            *_peer(report),
        ]
    )


def _surroundings(report: SpeedReport, before: dict[str, Any] | None) -> Iterator[str]:
    where = report.surroundings
    yield from _table(
        ("", ""),
        [
            ("commit", f"`{where.commit}`"),
            ("date", where.date),
            ("machine", f"{where.processor}, {where.n_cores} cores, {where.memory_bytes / 2**30:.0f} GiB"),
            ("system", where.system),
            ("load before the run", f"{where.load:.2f}"),
            ("models", "; ".join(f"{role}: {name}" for role, name in where.models.items())),
            ("libraries", ", ".join(f"{name} {version}" for name, version in where.libraries.items())),
            ("documents", report.documents),
            ("questions", report.questions),
            ("run before", _run_before(before)),
        ],
    )
    yield from (
        "Times are medians (p50) and 95th percentiles (p95), nearest rank. “Ours / bare” is the median of the turns'",
        "ratios: both sides do the same work one right after the other, and who comes first changes with every turn.",
        "",
    )


def _run_before(before: dict[str, Any] | None) -> str:
    return f"`{before['surroundings']['commit']}`, {before['surroundings']['date']}" if before else "none"


def _waiting(report: SpeedReport, before: dict[str, Any] | None) -> Iterator[str]:
    yield from ("## What a person waits for", "")
    n_passages = report.indexing.n_passages
    yield f"Over the {n_passages:,} passages of the documents, after {report.n_warm} questions to warm up."
    yield ""
    yield from _timings(report.timings, before["timings"] if before else ())


def _sizes(report: SpeedReport, before: dict[str, Any] | None) -> Iterator[str]:
    if not report.sizes:
        return
    earlier = {size["n_passages"]: size["timings"] for size in before["sizes"]} if before else {}
    yield from (
        "## Search by size of the library",
        "",
        "Real texts first. Where a library is larger, the rest are shuffled copies: the sentences of a real passage in",
        "another order, the vector that of the original with a little seeded noise (cosine about 0.999), so what is",
        "searched has the words and the nearness of real text. Recall counts real passages only.",
        "",
    )
    for size in report.sizes:
        yield from (f"### {size.n_passages:,} passages, {size.n_real:,} of them real", "")
        yield from _timings(size.timings, earlier.get(size.n_passages, ()))
        yield from _comparisons(size.search.comparisons)
        yield from _exactness(size)


def _exactness(size: SizeFigures) -> Iterator[str]:
    search = size.search
    yield (
        f"Exact search takes {_ms(search.exact_p50_ms)} (p95 {_ms(search.exact_p95_ms)}). Chroma's recall@{RECALL_AT} "
        f"against it: {search.recall:.4f} ({search.n_found:,} of {search.n_expected:,} real passages)."
    )
    yield ""


def _indexing(report: SpeedReport) -> Iterator[str]:
    figures = report.indexing
    yield from ("## Indexing", "")
    yield (
        f"{figures.n_documents} documents, {figures.n_bytes / _MB:.2f} MB, into {figures.n_passages:,} passages "
        f"and {figures.n_sentences:,} sentences, all of which get a vector. {figures.n_rounds} rounds."
    )
    yield ""
    yield from _table(
        ("what", "figure"),
        [
            ("reading, cutting, embedding, storing", f"{figures.ours_s:.1f} s"),
            ("MB of text a minute", f"{figures.mb_per_minute:.2f}"),
            ("passages a second", f"{figures.passages_per_s:.1f}"),
            ("the same texts through ONNX Runtime alone", f"{figures.bare_s:.1f} s"),
            ("ours / bare", f"{figures.ratio:.3f}"),
            ("Chroma takes them over, between questions, its start included", f"{figures.chroma_s:.1f} s"),
        ],
    )


def _reading(figures: ReadingFigures | None) -> Iterator[str]:
    if figures is None:
        return
    yield from ("## Reading files", "")
    yield f"{figures.n_files:,} files, {figures.n_bytes / _MB:.1f} MB. Vectors are not counted; they follow."
    yield ""
    yield from _table(
        ("what", "figure"),
        [
            ("first document found, engines loaded", f"{figures.first_s:.2f} s"),
            ("every word can be searched", f"{figures.whole_s:.1f} s"),
            (f"a folder of {figures.n_rescanned:,} files in which nothing changed", f"{figures.rescan_s:.2f} s"),
        ],
    )
    yield from _comparisons(figures.comparisons)


def _engines(report: SpeedReport) -> Iterator[str]:
    yield from ("## Engines beside bare loops", "")
    yield from _comparisons(report.engines)


def _memory(report: SpeedReport) -> Iterator[str]:
    if not report.peaks:
        return
    yield from (
        "## Memory",
        "",
        "The largest resident set of each process until the end of the phase, as the kernel records it (VmHWM). Pages",
        "that processes share, such as libraries and model files, count in each.",
        "",
    )
    rows = [(peak.process, peak.phase, f"{peak.peak_bytes / _MIB:,.0f} MiB") for peak in report.peaks]
    yield from _table(("process", "phase", "peak"), rows)


def _peer(report: SpeedReport) -> Iterator[str]:
    ours = report.retrieval
    n = ours.n_answerable
    yield from (
        "## Beside a plain pipeline",
        "",
        "The same documents, questions and embedder. A question counts where one of the best 2 or 5 passages (chunks)",
        "holds a whole gold span. Passages of Seedbook have at most 200 tokens. Its indexing also embeds every",
        "sentence, and Chroma follows it; its queries travel to another process and ask the full text as well.",
        "",
    )
    held = [_share(ours.n_held_at[f"any@{depth}"], n) for depth in DEPTHS]
    figures = report.indexing
    rows = [
        (
            ours.what,
            f"{figures.n_passages:,}",
            f"{figures.ours_s + figures.chroma_s:.1f} s",
            _ms(ours.query.p50_ms),
            _ms(ours.query.p95_ms),
            *held,
        ),
        *_peer_rows(report.peer),
    ]
    columns = ("pipeline", "passages", "indexing", "query p50", "query p95", *(f"any@{depth}" for depth in DEPTHS))
    yield from _table(columns, rows)
    if report.peer is None:
        yield from ("No peer was run.", "")


def _peer_rows(peer: dict[str, Any] | None) -> Iterator[tuple[str, ...]]:
    if peer is None:
        return
    name = ", ".join(f"{package} {version}" for package, version in peer["packages"].items())
    for run in peer["runs"]:
        yield (
            f"{name}; chunk tokens: {run['chunk_tokens']}",
            f"{run['n_chunks']:,}",
            f"{run['index_s']:.1f} s",
            _ms(run["query_p50_ms"]),
            _ms(run["query_p95_ms"]),
            *(_share(run[f"any@{depth}"], run["n_answerable"]) for depth in DEPTHS),
        )


def _timings(timings: Iterable[Timing], before: Iterable[dict[str, Any]]) -> Iterator[str]:
    earlier = {timing["what"]: _ms(timing["p50_ms"]) for timing in before}
    rows = [(t.what, f"{t.n:,}", _ms(t.p50_ms), _ms(t.p95_ms), earlier.get(t.what, "")) for t in timings]
    yield from _table(("what", "n", "p50", "p95", "p50 before"), rows)


def _comparisons(comparisons: Iterable[Comparison]) -> Iterator[str]:
    rows = [
        (
            c.what,
            c.bare,
            f"{c.n_turns:,}",
            *(_ms(time_ms) for time_ms in (c.ours_p50_ms, c.ours_p95_ms, c.bare_p50_ms, c.bare_p95_ms)),
            f"{c.ratio:.3f}",
        )
        for c in comparisons
    ]
    yield from _table(_COMPARISON_COLUMNS, rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def _ms(time_ms: float) -> str:
    """Two digits where it is small, so that fast things can still be compared."""
    return f"{time_ms:,.0f} ms" if time_ms >= 100 else f"{time_ms:.1f} ms" if time_ms >= 10 else f"{time_ms:.2f} ms"


def _share(n: int, of: int) -> str:
    return f"{n / of:.3f} ({n}/{of})" if of else "none asked"
