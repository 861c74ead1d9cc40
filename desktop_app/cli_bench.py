"""The command `bench speed`: how long a person waits, and what our engines cost beside bare loops, in one run."""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from desktop_app.cli_session import Failed, Session, note, print_line
from desktop_app.composition import LocalWorkbench
from desktop_app.engine_comparison import Comparison
from desktop_app.hosting import Host
from desktop_app.logbook import USABLE
from desktop_app.making import make_bench
from desktop_app.paths import AppPaths
from rag.assistant import Assistant
from rag.types import Answer, Done, Scope

_WARM_UP = 5
_STARTS = 7
_N_PASSAGES = 300
_MAX_TOKENS = 48


def add_commands(commands: Any) -> None:
    benching = commands.add_parser("bench", help="measure")
    kinds = benching.add_subparsers(dest="kind", required=True, metavar="speed")
    speed = kinds.add_parser("speed", help="times of quotes, answers, starts, and engines beside bare loops")
    speed.add_argument("--questions", type=Path, required=True, metavar="FILE.jsonl", help="questions to ask")
    speed.add_argument("-n", type=int, default=50, help="how many questions (50)")
    speed.add_argument("--prose", type=int, default=10, help="how many of them with prose (10)")
    speed.add_argument("--rounds", type=int, default=7, help="rounds of each comparison with a bare loop (7)")
    speed.set_defaults(run=bench_speed)


def bench_speed(session: Session, options: argparse.Namespace) -> int:
    """Print a Markdown table; nothing else of the machine's work should run meanwhile."""
    workbench = session.reading()
    questions = _questions(options.questions, options.n)
    texts = _passages(workbench)
    while not workbench.follow_index().is_ready:
        pass
    print_line("| what | n | p50 | p95 |\n|---|---|---|---|")
    _time_quotes(workbench, questions)
    _time_prose(workbench, questions[: options.prose])
    _time_starts(session.paths)
    print_line("\n| engine | rounds | ours | bare loop | ours / bare |\n|---|---|---|---|---|")
    host = Host("bench", make_bench, (session.paths,))
    try:
        _print(host.call("chat", "\n".join(texts[:3]), _MAX_TOKENS, options.rounds))
        _print(host.call("embedder", texts, options.rounds))
    finally:
        host.stop()
    return 0


def _questions(path: Path, n: int) -> list[str]:
    try:
        return [str(json.loads(line)["question"]) for line in path.read_text("utf-8").splitlines()[:n] if line.strip()]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failed(f"The questions in {path} cannot be read: {error}.", exit_code=2) from error


def _passages(workbench: LocalWorkbench) -> list[str]:
    texts = workbench.passage_texts(_N_PASSAGES)
    if not texts:
        raise Failed("The library is empty, so there is nothing to measure with. Add texts with: seedbook add PATH")
    return texts


def _time_quotes(workbench: LocalWorkbench, questions: Sequence[str]) -> None:
    assistant = workbench.assistant(with_prose=False)
    for question in questions[:_WARM_UP]:
        _answer(assistant, question)
    times_ms = [_answer(assistant, question).timings.total_ms for question in questions]
    _print_times(f"quotes and verdict, {workbench.n_passages()} passages", times_ms)


def _time_prose(workbench: LocalWorkbench, questions: Sequence[str]) -> None:
    assistant = workbench.assistant(with_prose=True)
    answers = [_answer(assistant, question) for question in [questions[0], *questions]][1:]
    written = [answer for answer in answers if answer.timings.first_token_ms is not None]
    _print_times("first word of the prose", [answer.timings.first_token_ms or 0.0 for answer in written])
    _print_times("whole answer", [answer.timings.total_ms for answer in written])


def _answer(assistant: Assistant, question: str) -> Answer:
    *_, last = assistant.ask(question, scope=Scope())
    if not isinstance(last, Done):
        raise Failed("An answer did not come to an end.")
    return last.answer


def _time_starts(paths: AppPaths) -> None:
    """From the start of the process to a painted window, without a screen, over a copy of this data directory."""
    with TemporaryDirectory() as folder:
        copy = _copied(paths, AppPaths.under(Path(folder) / "data"))
        times_ms = [_start_once(copy) for _ in range(_STARTS + 1)][1:]
    _print_times("start to a usable window", times_ms)


def _copied(paths: AppPaths, copy: AppPaths) -> AppPaths:
    """The library, the conversations and the settings in another place; Chroma's folder must never be copied."""
    copy.ensure()
    for file in paths.data.iterdir():
        if file.is_file() and file.name.startswith((paths.library.name, paths.conversations.name, "seeds.json")):
            shutil.copy2(file, copy.data)
    if paths.settings.is_file():
        shutil.copy2(paths.settings, copy.settings)
    return copy


def _start_once(paths: AppPaths) -> float:
    log = paths.log
    log.unlink(missing_ok=True)
    begun_s = time.perf_counter()
    window = subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "--data", str(paths.data)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (log.exists() and USABLE in log.read_text("utf-8")):
            if window.poll() is not None or time.perf_counter() - begun_s > 60:
                raise Failed("The window did not open.")
            time.sleep(0.002)
        return (time.perf_counter() - begun_s) * 1000
    finally:
        window.terminate()
        window.wait()


def _print_times(what: str, times_ms: Sequence[float]) -> None:
    if not times_ms:
        note(f"{what}: nothing was measured.")
        return
    ordered = sorted(times_ms)

    def percentile(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    print_line(f"| {what} | {len(ordered)} | {percentile(0.5):,.0f} ms | {percentile(0.95):,.0f} ms |")


def _print(comparison: Comparison) -> None:
    print_line(
        f"| {comparison.what} | {comparison.n_rounds} | {comparison.ours_ms:,.0f} ms | {comparison.bare_ms:,.0f} ms "
        f"| {comparison.ratio:.3f} |"
    )
