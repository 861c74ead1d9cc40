from __future__ import annotations

from dataclasses import replace

from desktop_app.turn_record import TurnRecord
from rag.events import Checked, Delta, Done, Quoted, Retrieved
from rag.generation import Finish
from rag.types import Scope, Turn
from tests.gui.fake_workbench import BRIDGE, answer_of, document

SOURCE = document(BRIDGE, "local/bridge.txt", "Bridge over the Lune closed")
FULL = answer_of(SOURCE, "Q", "All of it [1].")
QUOTED = replace(FULL, prose="", claims=())


def record() -> TurnRecord:
    return TurnRecord(Turn("t1", "2024-03-01T00:00:00", "Why?", Scope(), None))


def test_before_the_quotes_there_is_no_answer() -> None:
    kept = record()
    kept.take(Retrieved("Why?", FULL.nearest, 3.0))
    assert kept.turn.answer is None
    assert kept.retrieved is not None


def test_until_it_is_done_every_state_calls_itself_interrupted() -> None:
    kept = record()
    kept.take(Quoted(QUOTED))
    for event in (Delta("All "), Delta("of "), Checked(FULL.claims[0])):
        kept.take(event)
        answer = kept.turn.answer
        assert answer is not None
        assert answer.finish is Finish.INTERRUPTED
        assert answer.quotes == FULL.quotes
    assert kept.turn.answer is not None
    assert (kept.turn.answer.prose, kept.turn.answer.claims) == ("All of ", FULL.claims[:1])


def test_done_has_the_last_word() -> None:
    kept = record()
    kept.take(Quoted(QUOTED))
    kept.take(Delta("something else"))
    kept.take(Done(FULL))
    assert kept.is_done
    assert kept.turn.answer == FULL


def test_a_failure_keeps_what_was_received() -> None:
    kept = record()
    kept.take(Quoted(QUOTED))
    kept.take(Delta("All "))
    kept.fail("The model stopped.")
    assert kept.turn.problem == "The model stopped."
    assert kept.turn.answer is not None
    assert kept.turn.answer.prose == "All "
