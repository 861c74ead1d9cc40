from __future__ import annotations

import itertools
import random

import pytest

from desktop_app.time_left import TimeLeft, coarsely, in_words


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def told(clock: Clock, left: TimeLeft, steps: list[tuple[float, int]], total: int) -> list[str]:
    """What is said after each step of (seconds, files)."""
    words, done = [], 0
    for step_s, n_files in steps:
        clock.now_s += step_s
        done += n_files
        words.append(left.update(min(done, total), total))
    return words


def in_seconds(words: str) -> float:
    """`about 1 h 20 min left` as a number."""
    unit_s = {"s": 1, "min": 60, "h": 3600}
    parts = words.removeprefix("about ").removesuffix(" left").split()
    return sum(int(number) * unit_s[unit] for number, unit in zip(parts[::2], parts[1::2], strict=True))


def test_an_even_pace_is_told_right_once_it_can_be_known(clock: Clock) -> None:
    words = told(clock, TimeLeft(clock), [(1.0, 1)] * 100, 100)
    assert words[:4] == [""] * 4
    assert words[9] == "about 2 min left"
    assert words[59] == "about 40 s left"
    assert words[-1] == ""


def test_work_that_comes_in_bursts_is_told_calmly(clock: Clock) -> None:
    chance = random.Random(7)
    steps = [(chance.choice([0.1, 0.2, 2.5, 3.0]), chance.choice([0, 64, 64])) for _ in range(1_500)]
    words = [one for one in told(clock, TimeLeft(clock), steps, 60_000) if one]
    seconds = [in_seconds(one) for one in words]
    n_longer = sum(later > earlier for earlier, later in itertools.pairwise(seconds))
    assert n_longer <= 2
    assert all(later <= earlier * 1.35 for earlier, later in itertools.pairwise(seconds))


def test_a_rest_does_not_count_as_slow_work(clock: Clock) -> None:
    left = TimeLeft(clock)
    before = told(clock, left, [(1.0, 1)] * 20, 1_000)[-1]
    left.rest()
    clock.now_s += 3_600
    after = [left.update(20 + n, 1_000) for n in range(3)]
    assert before == "about 16 min left"
    assert after[0] == before


def test_work_that_gets_slower_for_good_is_told_longer_in_the_end(clock: Clock) -> None:
    words = told(clock, TimeLeft(clock), [(1.0, 10)] * 30 + [(1.0, 1)] * 300, 1_000)
    assert in_seconds(words[29]) <= 80
    assert in_seconds(words[200]) > 240


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "5 s"), (43, "45 s"), (58, "1 min"), (61, "1 min"), (340, "6 min"), (3_500, "58 min"), (3_590, "1 h"),
     (4_900, "1 h 20 min"), (90_000, "25 h")],
)  # fmt: skip
def test_times_are_told_coarsely(seconds: float, words: str) -> None:
    assert in_words(coarsely(seconds)) == words
