from __future__ import annotations

from threading import Event, Thread

from desktop_app.pacing import Hold, Pace


class Waiter:
    """A thread that waits for a pace."""

    def __init__(self, pace: Pace) -> None:
        self.cancel = Event()
        self.went_on = Event()
        self._thread = Thread(target=self._wait, args=(pace,))
        self._thread.start()

    def _wait(self, pace: Pace) -> None:
        pace.wait(self.cancel)
        self.went_on.set()

    def is_through(self) -> bool:
        self._thread.join(5)
        return self.went_on.is_set()


def test_nothing_waits_where_nothing_holds() -> None:
    assert Waiter(Pace()).is_through()


def test_it_goes_on_when_the_last_reason_is_gone_and_not_before() -> None:
    pace = Pace()
    for why in Hold:
        pace.hold(why)
    waiter = Waiter(pace)
    pace.let_go(Hold.BATTERY)
    pace.let_go(Hold.ANSWERING)
    assert pace.holds == {Hold.PERSON}
    assert not waiter.went_on.wait(0.05)
    pace.let_go(Hold.PERSON)
    assert waiter.is_through()


def test_an_answer_yields_the_slice_at_hand_and_does_not_break_a_reading_off() -> None:
    pace = Pace()
    pace.hold(Hold.ANSWERING)
    assert pace.must_yield.is_set()
    assert not pace.must_stop.is_set()
    pace.hold(Hold.PERSON)
    assert pace.must_stop.is_set()
    pace.let_go(Hold.PERSON)
    assert pace.must_yield.is_set()
    assert not pace.must_stop.is_set()


def test_cancelling_wakes_who_waits_and_the_next_work_is_not_broken_off() -> None:
    pace = Pace()
    pace.hold(Hold.PERSON)
    waiter = Waiter(pace)
    waiter.cancel.set()
    pace.break_off()
    assert waiter.is_through()
    pace.let_go(Hold.PERSON)
    assert Waiter(pace).is_through()
    assert not pace.must_stop.is_set()
    assert not pace.must_yield.is_set()


def test_a_slice_is_broken_off_although_the_pause_ends_at_the_same_moment() -> None:
    pace = Pace()
    pace.hold(Hold.PERSON)
    pace.break_off()
    pace.let_go(Hold.PERSON)
    assert pace.must_stop.is_set()
    assert pace.must_yield.is_set()
    assert Waiter(pace).is_through()
    assert not pace.must_stop.is_set()
