"""A turn as it has been received so far: events go in, a Turn that can be saved at any moment comes out.

It knows neither Qt nor the disk, and it never decides anything about an answer.
"""

from __future__ import annotations

from dataclasses import replace

from desktop_app.scoping import renamed
from rag.events import Checked, Delta, Done, Event, Quoted, Retrieved
from rag.generation import Finish
from rag.types import Answer, Claim, Turn


class TurnRecord:
    """Collects the events of one turn.

    Until `Done`, an answer in it has the finish INTERRUPTED, so that whatever is on the disk when the program dies
    already tells the truth about itself.
    """

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._retrieved: Retrieved | None = None
        self._quoted: Answer | None = None
        self._pieces: list[str] = []
        self._claims: list[Claim] = []
        self._is_done = False

    @property
    def retrieved(self) -> Retrieved | None:
        return self._retrieved

    @property
    def quoted(self) -> Answer | None:
        return self._quoted

    @property
    def prose(self) -> str:
        return "".join(self._pieces)

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(self._claims)

    @property
    def is_done(self) -> bool:
        return self._is_done

    def take(self, event: Event) -> None:
        """Add what an event says."""
        match event:
            case Retrieved():
                self._retrieved = event
            case Quoted(answer):
                self._quoted = answer
            case Delta(text):
                self._pieces.append(text)
            case Checked(claim):
                self._claims.append(claim)
            case Done(answer):
                self._turn = replace(self._turn, answer=answer)
                self._is_done = True

    def rename_collection(self, name: str, new_name: str) -> None:
        """Know the collection that was asked by its new name."""
        self._turn = replace(self._turn, scope=renamed(self._turn.scope, name, new_name))

    def fail(self, sentence: str) -> None:
        """End the turn with a sentence for the reader; what was received stays."""
        self._turn = replace(self.turn, problem=sentence)
        self._is_done = True

    @property
    def turn(self) -> Turn:
        """The turn as far as it has come."""
        if self._is_done or self._quoted is None:
            return self._turn
        so_far = replace(self._quoted, prose=self.prose, claims=self.claims, finish=Finish.INTERRUPTED)
        return replace(self._turn, answer=so_far)
