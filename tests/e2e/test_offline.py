"""Seedbook works in a network namespace without a network, and not one internet socket is even asked for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.programs import ROOT, objects, seedbook, shared

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

_INTERNET = re.compile(r"socket\(AF_INET6?\b")


@pytest.fixture
def tracer(tmp_path: Path) -> list[str]:
    """Cut off from every network, with each of its system calls for sockets written down."""
    strace, unshare = shutil.which("strace"), shutil.which("unshare")
    if strace is None or unshare is None:
        pytest.skip("strace and unshare are not installed here")
    if subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("this system does not let a user leave the network")
    return [unshare, "-rn", strace, "-f", "-qq", "-e", "trace=socket", "-o", str(tmp_path / "trace")]


def _asked_for(trace: Path) -> list[str]:
    return [line for line in trace.read_text().splitlines() if _INTERNET.search(line)]


def test_add_and_ten_questions_ask_for_no_internet_socket(tracer: list[str], tmp_path: Path) -> None:
    data = tmp_path / "data"
    added = seedbook(data, "add", shared("seeds"), before=tracer)
    assert added.returncode == 0, added.stderr
    assert _asked_for(tmp_path / "trace") == []
    questions = tmp_path / "questions.jsonl"
    lines = shared("eval", "seeds", "seeds_dev.jsonl").read_text().splitlines()
    questions.write_text("\n".join(lines[:10]))
    # The whole run is long enough for anything that reports home after a while.
    asked = seedbook(data, "ask", "--batch", questions, "--json", before=tracer)
    assert asked.returncode == 0, asked.stderr
    assert len(objects(asked.stdout)) == 10
    assert _asked_for(tmp_path / "trace") == []


def test_the_window_asks_for_no_internet_socket(tracer: list[str], own_library: Path, tmp_path: Path) -> None:
    program = subprocess.Popen(
        [*tracer, sys.executable, "-m", "tests.e2e.asking_program", str(own_library)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert program.stdout is not None
    heard = []
    while sum(line.startswith("done") for line in heard) < 4:
        heard.append(program.stdout.readline())
        assert heard[-1], "the window ended by itself"
    os.killpg(program.pid, signal.SIGKILL)
    program.wait()
    program.stdout.close()
    for form in ("md", "html", "pdf", "json"):
        exported = seedbook(own_library, "export", "-", "--format", form, "-o", tmp_path / f"t.{form}", before=tracer)
        assert exported.returncode == 0, exported.stderr
    assert _asked_for(tmp_path / "trace") == []
    verified = seedbook(own_library, "verify", tmp_path / "t.json")
    assert verified.returncode == 0, verified.stdout


def test_the_kernel_refuses_an_internet_socket_to_every_child() -> None:
    from desktop_app.hosting import Host
    from tests.e2e.socket_opener import SocketOpener

    with Host("opener", SocketOpener) as host:
        assert host.call("open") == ["PermissionError", "PermissionError"]
