"""An answer comes as events: quotes first, then checked prose, always an end."""

from threading import Event

import pytest

from rag.assistant import Assistant
from rag.events import Checked, Delta, Done, Quoted, Retrieved
from rag.generation import Finish, Sampling
from rag.types import ClaimStatus, Findings, Scope, Verdict
from tests.fakes import Pause, ScriptedChat
from tests.unit.rag.made import quote, turn

QUOTES = (quote("Kunduz briefly fell to the Taliban."), quote("Dostum visited Moscow and Grozny."))
FOUND = Findings((), QUOTES, Verdict.ANSWERED, 0.9, ())
NOTHING = Findings((), (), Verdict.NOT_IN_SOURCES, 0.1, ("Kremlin",))


class Finder:
    """Gives what it was made with and remembers what it was asked."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.asked: list[str] = []

    def find(self, question: str, scope: Scope, cancel: Event | None = None) -> Findings:
        self.asked.append(question)
        return self.findings


def _ask(assistant: Assistant, question: str = "Which city fell?", **more):
    return list(assistant.ask(question, scope=Scope(), **more))


def test_quotes_come_before_the_model_has_written_a_word() -> None:
    chat = ScriptedChat()
    chat.enqueue("Kunduz briefly fell to the Taliban [1].", " Dostum visited Moscow [2].")
    events = _ask(Assistant(Finder(FOUND), chat, Sampling()))
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Retrieved, Quoted]
    assert kinds.index(Quoted) < kinds.index(Delta)
    assert kinds[-1] is Done
    assert events[1].answer.quotes == QUOTES


def test_every_sentence_is_checked_and_the_prose_is_kept_whole() -> None:
    chat = ScriptedChat()
    chat.enqueue("Kunduz briefly fell to the Taliban [1].", " It was in 1999 [2].")
    events = _ask(Assistant(Finder(FOUND), chat, Sampling()))
    answer = events[-1].answer
    assert [claim.status for claim in answer.claims] == [ClaimStatus.QUOTED, ClaimStatus.UNSUPPORTED]
    assert [event.claim for event in events if isinstance(event, Checked)] == list(answer.claims)
    assert answer.prose == "".join(event.text for event in events if isinstance(event, Delta))
    assert answer.model == chat.name


def test_a_model_that_repeats_itself_is_ended() -> None:
    chat = ScriptedChat()
    chat.enqueue("Dostum visited Moscow [2].", " Dostum visited Moscow [2].", " Dostum visited", " Moscow [2].")
    answer = _ask(Assistant(Finder(FOUND), chat, Sampling()))[-1].answer
    assert [claim.text for claim in answer.claims] == ["Dostum visited Moscow."]


def test_where_the_sources_do_not_say_the_model_is_not_asked() -> None:
    chat = ScriptedChat()
    events = _ask(Assistant(Finder(NOTHING), chat, Sampling()))
    assert chat.calls == []
    assert (events[-1].answer.verdict, events[-1].answer.prose) == (Verdict.NOT_IN_SOURCES, "")


def test_without_a_model_the_quotes_are_the_answer() -> None:
    answer = _ask(Assistant(Finder(FOUND), None, Sampling()))[-1].answer
    assert (answer.quotes, answer.model, answer.finish) == (QUOTES, None, Finish.COMPLETE)


def test_stopping_keeps_the_quotes_and_says_stopped() -> None:
    cancel, pause = Event(), Pause()
    chat = ScriptedChat()
    chat.enqueue("Kunduz briefly", pause, " fell")
    events = []
    for event in Assistant(Finder(FOUND), chat, Sampling()).ask("Which city fell?", scope=Scope(), cancel=cancel):
        events.append(event)
        if isinstance(event, Delta):
            cancel.set()
    answer = events[-1].answer
    assert (answer.finish, answer.quotes, answer.claims) == (Finish.STOPPED, QUOTES, ())
    assert answer.prose == "Kunduz briefly"


def test_stopping_before_the_model_writes_asks_it_nothing() -> None:
    cancel = Event()
    cancel.set()
    chat = ScriptedChat()
    assert _ask(Assistant(Finder(FOUND), chat, Sampling()), cancel=cancel)[-1].answer.finish is Finish.STOPPED
    assert chat.calls == []


def test_a_follow_up_is_searched_for_in_its_standalone_form() -> None:
    finder = Finder(FOUND)
    events = _ask(Assistant(finder, None, Sampling()), "Where does she work?", history=(turn("Who is Angela Stent?"),))
    assert finder.asked == ["Where does Angela Stent work?"]
    assert events[0].standalone == events[-1].answer.standalone == finder.asked[0]


def test_an_edited_question_is_searched_for_as_it_stands() -> None:
    finder = Finder(FOUND)
    _ask(Assistant(finder, None, Sampling()), "And he?", history=(turn("Who is X?"),), standalone="Who is Y?")
    assert finder.asked == ["Who is Y?"]


def test_times_are_measured_from_the_question() -> None:
    now = iter([10.0, 10.2, 10.5, 11.0])
    chat = ScriptedChat()
    chat.enqueue("Kunduz fell [1].")
    timings = _ask(Assistant(Finder(FOUND), chat, Sampling(), clock_s=lambda: next(now)))[-1].answer.timings
    assert (timings.first_quote_ms, timings.first_token_ms, timings.total_ms) == pytest.approx((200, 500, 1000))
