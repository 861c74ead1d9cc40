"""bench quality over real models: the same command gives the same figures, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.programs import ROOT, objects, seedbook, shared

pytestmark = pytest.mark.e2e


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "out").mkdir()
    places = {"--eval": shared("eval"), "--out": tmp_path / "out", "--work": tmp_path / "work"}
    return ["bench", "quality", "--set", "seeds", *(str(part) for pair in places.items() for part in pair)]


def _outcome(tmp_path: Path) -> dict[str, Any]:
    return json.loads((tmp_path / "out" / "quality.json").read_text())


def test_the_same_command_gives_the_same_figures(tmp_path: Path, arguments: list[str]) -> None:
    first = seedbook(tmp_path / "data", *arguments)
    assert first.returncode == 0, first.stderr
    figures = _outcome(tmp_path)["sets"]
    assert figures["seeds"]["n_asked"] == figures["seeds"]["n_questions"] == 18
    assert figures["all"]["figures"]["quote_exact"]["value"] == 1.0
    assert seedbook(tmp_path / "data", *arguments).returncode == 0
    assert _outcome(tmp_path)["sets"] == figures
    fresh = [*arguments[:-1], str(tmp_path / "other work")]
    assert seedbook(tmp_path / "data", *fresh).returncode == 0
    assert _without_times(_outcome(tmp_path)["sets"]) == _without_times(figures)
    assert "Previous run" in (tmp_path / "out" / "quality.md").read_text("utf-8")
    assert (tmp_path / "out" / "quality.svg").read_text("utf-8").startswith("<svg")


def _without_times(sets: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: figure for key, figure in one["figures"].items() if not key.startswith("first_quote_ms")}
        for name, one in sets.items()
    }


def test_a_run_that_was_stopped_goes_on_from_there(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "desktop_app", "--data", str(tmp_path / "data"), *arguments]
    program = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert _comes_true(lambda: len(_answers(tmp_path)) >= 1, program)
    os.killpg(program.pid, signal.SIGINT)  # as a terminal does
    _, said = program.communicate(timeout=60)
    assert program.returncode == 1, said
    assert "goes on from there" in said
    kept = _answers(tmp_path)
    assert 1 <= len(kept) < 18
    assert seedbook(tmp_path / "data", *arguments).returncode == 0
    assert _answers(tmp_path)[: len(kept)] == kept
    assert len({answer["id"] for answer in _answers(tmp_path)}) == len(_answers(tmp_path)) == 18


def _answers(tmp_path: Path) -> list[dict[str, Any]]:
    journals = list((tmp_path / "work" / "answers").glob("seeds-*.jsonl"))
    text = journals[0].read_text("utf-8") if journals else ""
    return objects(text[: text.rfind("\n") + 1])


def _comes_true(holds: Callable[[], bool], program: subprocess.Popen[str], most_s: float = 200) -> bool:
    """Whether it holds before the program ends or the time is over."""
    deadline_s = time.monotonic() + most_s
    while not holds():
        with suppress(subprocess.TimeoutExpired):
            program.wait(0.01)
            return False
        if time.monotonic() > deadline_s:
            return False
    return True
