"""Stop is heard while the model loads: the turn ends with its quotes, and the next question works."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from threading import Event as CancelEvent
from threading import Timer

import pytest

from desktop_app.hosted_engines import HostedChat, HostedFinder
from desktop_app.hosting import CallCancelled, Host
from desktop_app.stopping import until_stopped
from rag.assistant import Assistant
from rag.events import Done, Event, Quoted
from rag.generation import Finish, Sampling
from rag.types import Document, Findings, Quote, Scope, Source, Span, Verdict
from tests.unit.desktop_app.hosted_examples import load_slowly, make_slowly

_TEXT = "The harbour keeper counts thirteen boats."
_NOTE = Document(Source("a" * 64, "note.txt", "/note.txt", "Note", None, None, "text/plain", len(_TEXT)), _TEXT)
_QUOTE = Quote.cut(_NOTE, Span(0, len(_TEXT)), 0.9)


class OneQuote:
    """Finds the same quote whatever is asked; fits rag.ports.EvidenceFinder."""

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        return Findings((), (_QUOTE,), Verdict.ANSWERED, 0.9, ())


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "go"


@pytest.fixture
def host(gate: Path) -> Iterator[Host]:
    with Host("chat", load_slowly, (str(gate),)) as host:
        yield host


def _ask(host: Host, cancel: CancelEvent) -> Generator[Event, None, None]:
    assistant = Assistant(OneQuote(), HostedChat(host, cancel), Sampling())
    return until_stopped(assistant.ask("How many boats?", scope=Scope(), cancel=cancel))


def test_stop_ends_a_turn_whose_model_still_loads_and_keeps_its_quotes(host: Host, gate: Path) -> None:
    cancel = CancelEvent()
    set_at_s: list[float] = []

    def stop() -> None:
        set_at_s.append(time.monotonic())
        cancel.set()

    events = []
    for event in _ask(host, cancel):
        events.append(event)
        if isinstance(event, Quoted):
            Timer(0.1, stop).start()
    assert time.monotonic() - set_at_s[0] < 0.5
    assert isinstance(events[-1], Done)
    assert events[-1].answer.finish is Finish.STOPPED
    assert events[-1].answer.quotes == (_QUOTE,)
    gate.touch()
    *_, last = _ask(host, CancelEvent())
    assert isinstance(last, Done)
    assert last.answer.finish is Finish.COMPLETE
    assert last.answer.prose == "Said at last."


@pytest.mark.parametrize(
    "use",
    [
        lambda chat: chat.name,
        lambda chat: chat.n_ctx,
        lambda chat: chat.count_tokens(()),
    ],
)
def test_whatever_is_asked_of_a_loading_model_can_be_cancelled(host: Host, use: Callable[[HostedChat], object]) -> None:
    cancel = CancelEvent()
    cancel.set()
    with pytest.raises(CallCancelled):
        use(HostedChat(host, cancel))


def test_a_stream_of_a_loading_model_ends_as_a_cancelled_one(host: Host) -> None:
    cancel = CancelEvent()
    cancel.set()
    stream = HostedChat(host).stream((), max_tokens=1, temperature=0.0, seed=1, cancel=cancel)
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert end.value.value.stopped == "cancelled"


def test_a_search_that_is_cancelled_before_it_begins_finds_nothing(gate: Path) -> None:
    cancel = CancelEvent()
    cancel.set()
    with Host("search", make_slowly, (str(gate),)) as host:
        findings = HostedFinder(host).find("How many boats?", Scope(), cancel)
    assert (findings.hits, findings.quotes, findings.verdict) == ((), (), Verdict.NOT_IN_SOURCES)


def test_where_nothing_had_come_yet_the_error_is_told() -> None:
    def nothing() -> Generator[Event, None, None]:
        yield from ()
        raise CallCancelled

    with pytest.raises(CallCancelled, match="Nothing was changed"):
        list(until_stopped(nothing()))
