"""The line of progress counts what was done before and tells the time from what was done now."""

from __future__ import annotations

import pytest

from desktop_app.quality_progress import Countdown, spoken


class _Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_the_time_left_comes_from_what_was_done_in_this_run() -> None:
    clock = _Clock()
    countdown = Countdown(100, clock_s=clock)
    countdown.skip(50)
    assert countdown.line("seeds").endswith("50/100 seeds")
    for _ in range(10):
        clock.now_s += 6
        countdown.step()
    assert countdown.line("seeds").endswith("60/100 seeds, 4 min left")


def test_the_bar_fills() -> None:
    countdown = Countdown(2)
    assert "█" not in countdown.line("x")
    countdown.step()
    assert countdown.line("x").startswith("█" * 12 + "░" * 12)
    countdown.step()
    assert countdown.line("x").startswith("█" * 24 + " 2/2 x")


def test_of_nothing_to_do_there_is_a_line_too() -> None:
    assert Countdown(0).line("x").endswith("0/0 x")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (89, "89 s"), (91, "2 min"), (5_000, "83 min"), (7_260, "2 h 1 min")]
)
def test_times_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
