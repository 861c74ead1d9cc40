"""The fakes keep the contracts of the engines they stand for."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from tests.contracts import ChatModelContract, EmbedderContract, drain
from tests.fakes import HashingEmbedder, Pause, Said, ScriptedChat


class TestHashingEmbedder(EmbedderContract):
    @pytest.fixture
    def embedder(self):
        return HashingEmbedder()


class TestScriptedChat(ChatModelContract):
    @pytest.fixture
    def chat(self):
        return ScriptedChat(default=("A ", "harbour ", "is ", "a ", "home ", "for ", "ships."))


QUESTION = (Said("user", "Why?"),)
SAMPLING = {"max_tokens": 10, "temperature": 0.0, "seed": 1}


def test_replies_come_in_the_order_they_were_enqueued_and_prompts_are_recorded():
    chat = ScriptedChat()
    chat.enqueue("first")
    chat.enqueue("second")
    assert [drain(chat.stream(QUESTION, **SAMPLING))[0] for _ in range(2)] == [["first"], ["second"]]
    assert chat.prompts == [QUESTION, QUESTION]


def test_an_enqueued_error_is_raised_after_the_text_before_it():
    chat = ScriptedChat()
    chat.enqueue("half", RuntimeError("dead"))
    stream = chat.stream(QUESTION, **SAMPLING)
    assert next(stream) == "half"
    with pytest.raises(RuntimeError, match="dead"):
        next(stream)


def test_a_pause_waits_until_it_is_resumed():
    chat, pause, pieces = ScriptedChat(), Pause(), []
    chat.enqueue(pause, "late")
    thread = Thread(target=lambda: pieces.extend(drain(chat.stream(QUESTION, **SAMPLING))[0]))
    thread.start()
    assert pause.reached.wait(5)
    assert pieces == []
    pause.resume.set()
    thread.join(5)
    assert pieces == ["late"]


def test_cancel_ends_a_pause():
    chat, cancel = ScriptedChat(), Event()
    chat.enqueue(Pause(), "never said")
    cancel.set()
    pieces, generation = drain(chat.stream(QUESTION, **SAMPLING, cancel=cancel))
    assert pieces == []
    assert generation.stopped == "cancelled"
