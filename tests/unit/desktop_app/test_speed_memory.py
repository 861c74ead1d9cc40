"""The kernel tells the peak of a process and its children; a process that is gone has none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop_app.speed_memory import descendants, peak, peak_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells through /proc")


def test_a_peak_does_not_shrink_when_memory_is_given_back() -> None:
    before = peak_bytes(os.getpid()) or 0
    taken = bytearray(os.urandom(1) * (64 << 20))
    during = peak_bytes(os.getpid()) or 0
    del taken
    assert 0 < before <= during <= (peak_bytes(os.getpid()) or 0)


def test_children_are_found_and_the_gone_have_no_peak() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    try:
        assert child.pid in descendants(os.getpid())
    finally:
        child.stdin.close()
        child.wait()
    assert child.pid not in descendants(os.getpid())
    assert peak("child", "ended", child.pid) == ()
    assert peak("nobody", "never", None) == ()
