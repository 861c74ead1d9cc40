"""Ends an answer that was stopped while it still waited for an engine as any stopped answer ends: with what it has."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

from desktop_app.hosting_errors import CallCancelled
from desktop_app.turn_record import TurnRecord
from rag.events import Done, Event
from rag.generation import Finish
from rag.types import Scope, Turn


def until_stopped(events: Generator[Event, None, None]) -> Generator[Event, None, None]:
    """The events of an answer; where waiting for an engine was cancelled, `Done` with what came before.

    Raises:
        CallCancelled: nothing had come yet.
        Whatever the events raise.
    """
    record = TurnRecord(Turn("", "", "", Scope(), None))
    try:
        with closing(events):
            for event in events:
                record.take(event)
                yield event
    except CallCancelled:
        answer = record.turn.answer
        if answer is None:
            raise
        yield Done(replace(answer, finish=Finish.STOPPED))
