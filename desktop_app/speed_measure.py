"""Measures speed from end to end: libraries prepared, questions timed, bare loops beside, one report at the end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.composition import LocalWorkbench
from desktop_app.engine_comparison import Comparison, SearchFigures, timed_ms
from desktop_app.hosting import Host
from desktop_app.making import make_bench
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from desktop_app.speed_indexing import time_indexing
from desktop_app.speed_libraries import SizedLibrary, Tell, add_texts, sized_library
from desktop_app.speed_memory import Peak, peak
from desktop_app.speed_peer import Retrieval, our_retrieval, run_peer
from desktop_app.speed_reading import time_reading
from desktop_app.speed_report import SizeFigures, SpeedReport
from desktop_app.speed_surroundings import surroundings
from desktop_app.speed_texts import addable, read_questions
from desktop_app.speed_waiting import Timing, ask_all, time_starts, timing
from rag.types import Scope

N_WARM = 20
_MAX_TOKENS = 48
_PROMPT_PASSAGES = 3
_EMBEDDED_PASSAGES = 100
_SHOWN_PASSAGES = 20
_REAL_NAME = "texts"


@dataclass(frozen=True, slots=True)
class SpeedPlan:
    """What to measure with. `documents` are what `questions` ask about; `texts` fill the larger libraries.

    `work` is a folder of its own, in which prepared libraries stay for the next run. `n_prose` questions are answered
    with prose, `n_questions` without. `peer` is a command, see run_peer; None leaves the peer out. `files` is a
    folder of files of all formats, whose reading is timed; None leaves that out.
    """

    documents: tuple[Path, ...]
    questions: Path
    texts: tuple[Path, ...]
    work: Path
    sizes: tuple[int, ...]
    n_questions: int = 200
    n_prose: int = 20
    n_rounds: int = 7
    n_indexing_rounds: int = 3
    peer: str | None = None
    files: Path | None = None


@dataclass(frozen=True, slots=True)
class _Documents:
    """What was measured over the library of the documents alone."""

    timings: tuple[Timing, ...]
    retrieval: Retrieval
    passages: list[str]
    peaks: tuple[Peak, ...]


def measure_speed(plan: SpeedPlan, tell: Tell) -> SpeedReport:
    """Prepare what is missing, then measure; nothing else of the machine's work should run meanwhile.

    `tell` gets a line about what goes on, again and again.

    Raises:
        TextsUnreadable, TooLittleText, WindowDidNotOpen, PeerFailed: with a sentence each.
        What the library and the engines raise.
    """
    questions = read_questions(plan.questions)
    libraries = _prepared(plan, tell)
    home = _paths(plan, "documents")
    where = surroundings(home)
    tell("the peer")
    peer = run_peer(plan.peer, plan.documents, plan.questions, plan.work, plan.n_questions) if plan.peer else None
    bench = Host("bench", make_bench, (home,))
    try:
        tell("indexing the documents")
        indexing = time_indexing(home, plan.documents, plan.n_indexing_rounds)
        documents = _measure_documents(plan, questions, tell)
        tell("reading files")
        reading = time_reading(plan.files, _paths(plan, "files"), bench, plan.n_rounds) if plan.files else None
        tell("starts of the window")
        starts, window_peaks = time_starts(home)
        tell("engines beside bare loops")
        engines = _compare_engines(documents.passages, bench, plan.n_rounds)
        sizes = [_measure_size(plan, library, questions, bench, tell) for library in libraries]
    finally:
        bench.stop()
    return SpeedReport(
        _arguments(plan),
        where,
        _named(plan.documents),
        plan.questions.name,
        N_WARM,
        (*documents.timings, *starts),
        tuple(figures for figures, _ in sizes),
        indexing,
        engines,
        (*indexing.peaks, *documents.peaks, *(found for _, peaks in sizes for found in peaks), *window_peaks),
        documents.retrieval,
        peer,
        reading,
    )


def _prepared(plan: SpeedPlan, tell: Tell) -> list[SizedLibrary]:
    """The sized libraries, with Chroma caught up; the real texts are embedded once, in the largest number needed."""
    if not plan.sizes:
        return []
    real = _paths(plan, _REAL_NAME)
    places = addable([*plan.documents, *plan.texts], plan.work / "collections")
    add_texts(real, places, max(plan.sizes), tell)
    libraries = [sized_library(real, _paths(plan, f"{size}"), size, tell) for size in sorted(plan.sizes)]
    for library in libraries:
        with closing(LocalWorkbench(library.paths, Settings())) as workbench:
            state = workbench.follow_index()
            while not state.is_ready:
                tell(f"Chroma takes over: {state.n_indexed:,} of {state.n_passages:,} passages")
                state = workbench.follow_index()
    return libraries


def _paths(plan: SpeedPlan, name: str) -> AppPaths:
    return AppPaths.under(plan.work / f"library_{name}")


def _measure_documents(plan: SpeedPlan, questions: Sequence[dict[str, Any]], tell: Tell) -> _Documents:
    asked = _asked(questions, N_WARM + plan.n_questions)
    with closing(LocalWorkbench(_paths(plan, "documents"), Settings())) as workbench:
        while not workbench.follow_index().is_ready:
            pass
        tell("questions over the documents")
        quick = ask_all(workbench.assistant(with_prose=False), asked, N_WARM)
        retrieval = our_retrieval(workbench, questions, plan.questions.parent, n_warm=N_WARM, n_timed=plan.n_questions)
        tell("answers with prose")
        slow = ask_all(workbench.assistant(with_prose=True), asked[N_WARM - 1 : N_WARM + plan.n_prose], 1)
        written = [waits for waits in slow if waits.first_word_ms is not None]
        peaks = tuple(
            found
            for name in ("search", "chat")
            for found in peak(name, "answering over the documents", workbench.hosts[name].pid)
        )
        passages = workbench.passage_texts(_EMBEDDED_PASSAGES)
    peaks += peak("the measuring program, in the window's place", "answering over the documents", os.getpid())
    timings = (
        *timing("first quote, or that there is none", [waits.quotes_ms for waits in quick]),
        *timing("first word of the prose", [waits.first_word_ms or 0.0 for waits in written]),
        *timing("whole answer with prose", [waits.whole_ms for waits in written]),
        *timing("whole answer without prose", [waits.whole_ms for waits in quick]),
    )
    return _Documents(timings, retrieval, passages, peaks)


def _measure_size(
    plan: SpeedPlan, library: SizedLibrary, questions: Sequence[dict[str, Any]], bench: Host, tell: Tell
) -> tuple[SizeFigures, tuple[Peak, ...]]:
    asked = _asked(questions, N_WARM + plan.n_questions)
    with closing(LocalWorkbench(library.paths, Settings())) as workbench:
        while not workbench.follow_index().is_ready:
            pass
        tell(f"questions over {library.n_passages:,} passages")
        waits = ask_all(workbench.assistant(with_prose=False), asked, N_WARM)
        searches_ms = [
            timed_ms(lambda: workbench.search(question, Scope(), _SHOWN_PASSAGES))  # noqa: B023
            for question in asked
        ]
        peaks = peak("search", f"answering over {library.n_passages:,} passages", workbench.hosts["search"].pid)
    tell(f"bare queries over {library.n_passages:,} passages")
    search: SearchFigures = bench.call("search", library.paths, asked, N_WARM, library.real_ids)
    timings = (
        *timing("first quote, or that there is none", [wait.quotes_ms for wait in waits]),
        *timing("passages", searches_ms[N_WARM:]),
    )
    return SizeFigures(library.n_passages, len(library.real_ids), timings, search), peaks


def _compare_engines(passages: Sequence[str], bench: Host, n_rounds: int) -> tuple[Comparison, ...]:
    prompt = "\n".join(passages[:_PROMPT_PASSAGES])
    return (
        bench.call("chat", prompt, _MAX_TOKENS, n_rounds),
        bench.call("embedder", list(passages), n_rounds),
    )


def _asked(questions: Sequence[dict[str, Any]], n: int) -> list[str]:
    """The first questions, from the beginning again where there are too few."""
    return [str(questions[place % len(questions)]["question"]) for place in range(n)]


def _arguments(plan: SpeedPlan) -> str:
    """To repeat the run with; the working folder and the peer's environment are each machine's own."""
    texts = f"--texts {_joined(plan.texts)} " if plan.texts else ""
    return (
        f"--documents {_joined(plan.documents)} --questions {plan.questions} {texts}"
        f"--sizes {','.join(map(str, plan.sizes))} -n {plan.n_questions} --prose {plan.n_prose} "
        f"--rounds {plan.n_rounds} --indexing-rounds {plan.n_indexing_rounds} --work DIR --out DIR"
        + (f" --files {plan.files}" if plan.files else "")
        + (" --peer COMMAND" if plan.peer else "")
    )


def _joined(places: Sequence[Path]) -> str:
    return " ".join(map(str, places))


def _named(places: Sequence[Path]) -> str:
    return ", ".join(f"`{place.absolute().parent.name}/{place.name}`" for place in places)
