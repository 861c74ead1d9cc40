"""Times what a person waits for: quotes, the first word, the whole answer, and the window after a start."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop_app.engine_comparison import percentile
from desktop_app.logbook import USABLE
from desktop_app.paths import AppPaths
from desktop_app.speed_memory import Peak, descendants, peak, peak_bytes
from rag.assistant import Assistant
from rag.events import Delta, Done, Quoted
from rag.types import Scope

N_STARTS = 7
_POLL_S = 0.002
_PATIENCE_S = 60.0
_SETTLED_S = 3.0


class WindowDidNotOpen(Exception):
    """The program ended, or was not usable within a minute; str() is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds from the question to its quotes (or the word that there are none), its first word and its end."""

    quotes_ms: float
    first_word_ms: float | None
    whole_ms: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Median and 95th percentile of `n` times, in milliseconds."""

    what: str
    n: int
    p50_ms: float
    p95_ms: float


def timing(what: str, times_ms: Sequence[float]) -> tuple[Timing, ...]:
    """One timing, or none where nothing was measured."""
    if not times_ms:
        return ()
    return (Timing(what, len(times_ms), percentile(times_ms, 0.5), percentile(times_ms, 0.95)),)


def ask_all(assistant: Assistant, questions: Sequence[str], n_warm: int) -> list[Waits]:
    """Ask one question after the other; the first `n_warm` only warm up."""
    return [_ask(assistant, question) for question in questions][n_warm:]


def _ask(assistant: Assistant, question: str) -> Waits:
    quotes_ms = first_word_ms = None
    begun_s = time.perf_counter()
    for event in assistant.ask(question, scope=Scope()):
        now_ms = (time.perf_counter() - begun_s) * 1000
        if isinstance(event, Quoted) and quotes_ms is None:
            quotes_ms = now_ms
        elif isinstance(event, Delta) and first_word_ms is None:
            first_word_ms = now_ms
        elif isinstance(event, Done):
            return Waits(quotes_ms if quotes_ms is not None else now_ms, first_word_ms, now_ms)
    raise AssertionError("an answer ends with Done")


def time_starts(paths: AppPaths) -> tuple[tuple[Timing, ...], tuple[Peak, ...]]:
    """Starts of the window, without a screen, over a copy of this data directory, and what it then takes of memory.

    Raises:
        WindowDidNotOpen: it ended, or took more than a minute.
    """
    with TemporaryDirectory() as folder:
        copy = _copied(paths, AppPaths.under(Path(folder) / "data"))
        times_ms = [_start_once(copy) for _ in range(N_STARTS + 1)][1:]
        return timing("start to a usable window", times_ms), _window_peaks(copy)


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
    begun_s = time.perf_counter()
    with _window(paths):
        return (time.perf_counter() - begun_s) * 1000


def _window_peaks(paths: AppPaths) -> tuple[Peak, ...]:
    """Once the window has loaded its engines: nothing grew for some seconds."""
    with _window(paths) as pid:
        highest, grown_s = 0, time.monotonic()
        while time.monotonic() - grown_s < _SETTLED_S:
            total = sum(peak_bytes(each) or 0 for each in (pid, *descendants(pid)))
            if total > highest:
                highest, grown_s = total, time.monotonic()
            time.sleep(0.1)
        return peak("window", "opened, engines loaded", pid)


@contextmanager
def _window(paths: AppPaths) -> Iterator[int]:
    """The window's process from the moment that it is usable; its pid."""
    paths.log.unlink(missing_ok=True)
    begun_s = time.perf_counter()
    window = subprocess.Popen(
        [sys.executable, "-m", "desktop_app", "--data", str(paths.data)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (paths.log.exists() and USABLE in paths.log.read_text("utf-8")):
            if window.poll() is not None or time.perf_counter() - begun_s > _PATIENCE_S:
                raise WindowDidNotOpen("The window did not open, so its start could not be timed.")
            time.sleep(_POLL_S)
        yield window.pid
    finally:
        window.terminate()
        window.wait()
