"""Seedbook as a program of its own: run it to its end, or begin it, hear what it acknowledges, and kill it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def shared(*parts: str) -> Path:
    """A file of the test material beside the checkout; the test skips where it is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the test material is not here: {'/'.join(('..', 'shared', *parts))}")
    return path


def seedbook(
    data: Path, *arguments: str | Path, before: Sequence[str] = (), timeout_s: float = 240
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; `before` is put in front of it, such as a tracer."""
    command = [*before, sys.executable, "-m", "desktop_app", "--data", str(data), *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)


def objects(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def kill_at_some_point(command: Sequence[str], rng: random.Random, n_acknowledged: int, most_s: float) -> list[str]:
    """Begin a program, wait for its first lines, then a random while, kill it and return the lines it had printed.

    None of its child processes may outlive it by more than a moment.
    """
    program = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert program.stdout is not None
    heard = [program.stdout.readline() for _ in range(n_acknowledged)]
    children = psutil.Process(program.pid).children(recursive=True)
    try:
        program.wait(rng.uniform(0, most_s))
    except subprocess.TimeoutExpired:
        os.kill(program.pid, signal.SIGKILL)
    heard += program.stdout.read().splitlines(keepends=True)
    program.wait()
    program.stdout.close()
    _, orphans = psutil.wait_procs(children, timeout=10)
    assert not orphans, f"orphans: {orphans}"
    return [line.rstrip("\n") for line in heard if line.endswith("\n")]
