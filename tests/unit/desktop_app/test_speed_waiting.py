"""Waiting is counted from the question to the first event of each kind, warm-up questions left out."""

from __future__ import annotations

import pytest

from desktop_app.cli_bench_speed import _sizes
from desktop_app.speed_waiting import ask_all, timing
from rag.assistant import Assistant
from rag.generation import Sampling
from rag.types import Findings, Scope, Verdict
from tests.fakes import ScriptedChat
from tests.unit.rag.made import quote


class _Finder:
    """Finds the same quote for every question; `asked` remembers them."""

    def __init__(self, *, finds: bool = True) -> None:
        self.asked: list[str] = []
        self._finds = finds

    def find(self, question: str, scope: Scope, cancel: object = None) -> Findings:
        self.asked.append(question)
        if not self._finds:
            return Findings((), (), Verdict.NOT_IN_SOURCES, 0.1, ())
        return Findings((), (quote("The keeper saw a ship."),), Verdict.ANSWERED, 0.9, ())


def test_what_is_not_written_is_not_waited_for() -> None:
    (waits,) = ask_all(Assistant(_Finder(finds=False), None, Sampling()), ["Who?"], 0)
    assert waits.first_word_ms is None
    assert 0 <= waits.quotes_ms <= waits.whole_ms


def test_quotes_come_before_words_and_words_before_the_end() -> None:
    chat = ScriptedChat(default=("The keeper saw a ship.",))
    (waits,) = ask_all(Assistant(_Finder(), chat, Sampling()), ["Who saw a ship?"], 0)
    assert waits.first_word_ms is not None
    assert waits.quotes_ms <= waits.first_word_ms <= waits.whole_ms


def test_questions_that_warm_up_are_asked_and_not_counted() -> None:
    finder = _Finder()
    assert len(ask_all(Assistant(finder, None, Sampling()), ["a", "b", "c"], 2)) == 1
    assert finder.asked == ["a", "b", "c"]


def test_nothing_measured_gives_no_figure() -> None:
    assert timing("first word", []) == ()


def test_sizes_are_numbers_apart_by_commas() -> None:
    assert _sizes("1000,10000") == (1000, 10000)
    with pytest.raises(ValueError, match="invalid literal"):
        _sizes("1k")
