from __future__ import annotations

import time
from pathlib import Path
from threading import Event, Thread
from typing import cast

import pytest

from desktop_app.hosted_reader import HostedReader
from desktop_app.hosting_errors import ChildStopped
from desktop_app.interruptible import Interrupted, InterruptibleReader
from rag.types import Reading


class SlowReader:
    """Reads until it is closed; stands in for HostedReader."""

    def __init__(self, made: list[SlowReader]) -> None:
        made.append(self)
        self.has_begun = Event()
        self.closed = Event()

    def read(self, path: Path) -> Reading:
        self.has_begun.set()
        if path.name == "short.txt":
            return Reading("Short.", "Short", None, None, "text/plain")
        assert self.closed.wait(10)
        raise ChildStopped(name="reader")

    def close(self, timeout_s: float = 3.0) -> None:
        self.closed.set()


@pytest.fixture
def made() -> list[SlowReader]:
    return []


@pytest.fixture
def reader(made: list[SlowReader]) -> InterruptibleReader:
    return InterruptibleReader(lambda: cast(HostedReader, SlowReader(made)))


def test_a_reading_that_nobody_waits_for_any_more_is_broken_off_within_a_second(
    reader: InterruptibleReader, made: list[SlowReader]
) -> None:
    cancel = Event()

    def cancel_soon() -> None:
        while not made:
            pass
        made[0].has_begun.wait(5)
        cancel.set()

    Thread(target=cancel_soon).start()
    begun_s = time.monotonic()
    with reader.heeding(cancel), pytest.raises(Interrupted):
        reader.read(Path("endless.txt"))
    assert time.monotonic() - begun_s < 1


def test_the_next_reading_after_one_that_was_broken_off_gets_a_reader_of_its_own(
    reader: InterruptibleReader, made: list[SlowReader]
) -> None:
    cancel = Event()
    cancel.set()
    with reader.heeding(cancel), pytest.raises(Interrupted):
        reader.read(Path("endless.txt"))
    assert reader.read(Path("short.txt")).text == "Short."
    assert reader.read(Path("short.txt")).text == "Short."
    assert len(made) == 2
