"""Engines never get more threads than the machine has physical cores for them."""

from __future__ import annotations

import os

import pytest

from models.threads import physical_cores


def test_there_is_at_least_one_thread_and_no_more_than_processors():
    assert 1 <= physical_cores() <= (os.cpu_count() or 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no processor affinity")
def test_a_process_confined_to_one_processor_gets_one_thread():
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert physical_cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
