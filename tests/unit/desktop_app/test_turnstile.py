"""One caller at a time, in the order of arrival; whoever does not want to wait any longer leaves no gap."""

from __future__ import annotations

from threading import Event, Thread, Timer

import pytest

from desktop_app.hosting import CallCancelled
from desktop_app.turnstile import Turnstile


class Holder:
    """Another thread that holds the turn until it is told to let go."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile
        self.has_turn = Event()
        self.let_go = Event()
        self._thread = Thread(target=self._hold)
        self._thread.start()

    def end(self) -> None:
        self.let_go.set()
        self._thread.join()

    def _hold(self) -> None:
        with self._turnstile.turn():
            self.has_turn.set()
            self.let_go.wait(20)


def test_a_free_turn_is_given_even_to_one_who_is_cancelled() -> None:
    cancel = Event()
    cancel.set()
    with Turnstile().turn(cancel):
        pass


def test_one_who_is_cancelled_in_the_queue_leaves_it_for_the_next() -> None:
    turnstile = Turnstile()
    first = Holder(turnstile)
    assert first.has_turn.wait(20)
    cancel = Event()
    Timer(0.03, cancel.set).start()
    with pytest.raises(CallCancelled), turnstile.turn(cancel):
        pytest.fail("the turn is not free")
    next_one = Holder(turnstile)
    first.end()
    assert next_one.has_turn.wait(20)
    next_one.end()
    with turnstile.turn(cancel):
        pass


def test_asking_again_while_holding_the_turn_is_refused() -> None:
    turnstile = Turnstile()
    with turnstile.turn(), pytest.raises(RuntimeError, match="has not finished"), turnstile.turn(Event()):
        pytest.fail("this would wait for ever")
