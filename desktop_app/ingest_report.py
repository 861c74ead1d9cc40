"""What became of the files of a folder, as lines to print and as a page to keep; it reads no file itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop_app.hosted_reader import DIED, TOO_SLOW
from desktop_app.one_line import on_one_line
from desktop_app.speed_surroundings import Surroundings
from rag.types import FileReport, FileState

_SLOWEST = 10


@dataclass(frozen=True, slots=True)
class IngestFigures:
    """The sums over all files; `n_bytes` is what the files weigh, `n_marked` the characters that are noise."""

    n_files: int
    by_state: dict[FileState, int]
    n_died: int
    n_hung: int
    n_chars: int
    n_marked: int
    n_pages: int
    n_bytes: int
    seconds: float


def figures_of(reports: Sequence[FileReport], n_bytes: int, n_marked: int, seconds: float) -> IngestFigures:
    """Sum up; `seconds` is the time of the whole run by the clock."""
    return IngestFigures(
        n_files=len(reports),
        by_state=dict(Counter(report.state for report in reports)),
        n_died=sum(report.reason == DIED for report in reports),
        n_hung=sum(report.reason == TOO_SLOW for report in reports),
        n_chars=sum(report.characters for report in reports),
        n_marked=n_marked,
        n_pages=sum(report.pages for report in reports),
        n_bytes=n_bytes,
        seconds=seconds,
    )


def line(report: FileReport) -> str:
    """One file: state, characters, pages, seconds, name, and the reason where there is one."""
    reason = f" ({report.reason})" if report.reason else ""
    counts = f"{report.characters:>9,} chars {report.pages:>5,} p {report.seconds:6.2f} s"
    return f"{report.state.value:<14} {counts}  {on_one_line(report.name)}{reason}"


def summary(figures: IngestFigures) -> Iterator[str]:
    """The sums, in sentences."""
    states = ", ".join(f"{n} {state.value}" for state, n in sorted(figures.by_state.items(), key=lambda one: -one[1]))
    yield f"{figures.n_files:,} files: {states}."
    yield f"Readers that died: {figures.n_died}; that took too long: {figures.n_hung}."
    share = figures.n_marked / figures.n_chars if figures.n_chars else 0.0
    yield f"{figures.n_chars:,} characters on {figures.n_pages:,} pages, of which {share:.1%} are marked as noise."
    megabytes = figures.n_bytes / 10**6
    rate = 60 * megabytes / figures.seconds if figures.seconds else 0.0
    yield f"{megabytes:,.1f} MB in {figures.seconds:,.1f} s ({rate:,.0f} MB/min) until all words can be searched."


def page(command: str, around: Surroundings, figures: IngestFigures, reports: Sequence[FileReport]) -> str:
    """Markdown: the sums, what was not read and why, the slowest files, and every file."""
    return "\n".join(
        [
            "# Files read",
            "",
            f"Made by `{command}` at commit {around.commit}, {around.date}.",
            f"{around.processor}, {around.n_cores} cores.",
            "",
            *(f"- {sentence}" for sentence in summary(figures)),
            "",
            "## Not read, or only in part",
            "",
            *_table(("state", "file", "reason"), _not_whole(reports)),
            "",
            "## The slowest",
            "",
            *_table(("s", "file"), ((f"{one.seconds:.2f}", one.name) for one in _slowest(reports))),
            "",
            "## Every file",
            "",
            *_table(("file", "state", "characters", "pages", "s"), map(_row, reports)),
            "",
        ]
    )


def _not_whole(reports: Sequence[FileReport]) -> Iterator[tuple[str, ...]]:
    for one in sorted((one for one in reports if one.reason), key=lambda one: (one.state, one.name)):
        yield one.state.value, one.name, one.reason


def _slowest(reports: Sequence[FileReport]) -> list[FileReport]:
    return sorted(reports, key=lambda one: -one.seconds)[:_SLOWEST]


def _row(one: FileReport) -> tuple[str, ...]:
    return one.name, one.state.value, f"{one.characters:,}", f"{one.pages:,}", f"{one.seconds:.2f}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(on_one_line(cell).replace('|', chr(92) + '|') for cell in row)} |"
