"""What fails inside the border of a thread is told, once, and goes no further."""

from __future__ import annotations

import pytest

from desktop_app.telling import telling


def test_an_error_is_told_and_ends_the_block_only() -> None:
    told: list[Exception] = []
    steps = []
    error = OSError("the disk is full")
    with telling(told.append):
        steps.append("before")
        raise error
    steps.append("after")
    assert told == [error]
    assert steps == ["before", "after"]


def test_a_block_that_succeeds_tells_nothing() -> None:
    told: list[Exception] = []
    with telling(told.append):
        pass
    assert told == []


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_order_to_end_is_no_failure(kind: type[BaseException]) -> None:
    told: list[Exception] = []
    with pytest.raises(kind), telling(told.append):
        raise kind
    assert told == []
