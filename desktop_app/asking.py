"""One question at a time from the button to the disk: asks, shows what arrives, saves it, and says when it is over.

It knows nothing of the list of conversations; an answer goes on into its own conversation whatever is shown meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.keeper import Keeper
from desktop_app.problems import Problem, explain
from desktop_app.telling import telling
from desktop_app.turn_record import TurnRecord
from desktop_app.workers import Answering, Question
from rag.events import Checked, Delta, Done, Event, Quoted, Retrieved
from rag.types import Answer, Claim, Hit, Scope, Turn

DELTA_INTERVAL_MS = 40
_REMEMBERED_TURNS = 50
_ENDED_EARLY = "The answer ended before it was complete. Your question is saved; ask it again."


class TurnDisplay(Protocol):
    """Where a turn is shown; the conversation view fits it."""

    def remove_from(self, turn_id: str) -> None: ...
    def begin_turn(self, turn: Turn) -> None: ...
    def show_retrieved(self, turn_id: str, event: Retrieved) -> None: ...
    def show_quotes(self, turn_id: str, answer: Answer) -> None: ...
    def append_delta(self, turn_id: str, text: str) -> None: ...
    def show_checked(self, turn_id: str, claim: Claim) -> None: ...
    def finish_turn(self, turn_id: str, answer: Answer) -> None: ...
    def fail_turn(self, turn_id: str, title: str, message: str) -> None: ...


class TurnStore(Protocol):
    """Where turns are kept; the conversations fit it. What a method has saved when it returns is safe."""

    def save_turn(self, conversation_id: str, turn: Turn) -> None: ...
    def update_turn(self, conversation_id: str, turn: Turn) -> None: ...
    def replace_from(self, conversation_id: str, from_turn_id: str, turn: Turn) -> None: ...


class Asker(QObject):
    """Asks, and keeps what comes.

    Signals:
        replaced(conversation id, turn id): that turn and all after it have given way to a new question.
        began(conversation id), ended(conversation id, turn): around every turn.
        broke(Problem): a turn failed because of a defect of the program.
    """

    replaced = Signal(str, str)
    began = Signal(str)
    ended = Signal(str, object)
    broke = Signal(object)

    def __init__(self, answering: Answering, keeper: Keeper, store: TurnStore, display: TurnDisplay) -> None:
        super().__init__()
        self._answering = answering
        self._keeper = keeper
        self._store = store
        self._display = display
        self._record: TurnRecord | None = None
        self._conversation_id = ""
        self._shown_id = ""
        self._unpainted: list[str] = []
        self._hits: dict[str, tuple[Hit, ...]] = {}
        self._paint_timer = QTimer(self, singleShot=True, interval=DELTA_INTERVAL_MS)
        self._paint_timer.timeout.connect(self._paint_deltas)
        answering.arrived.connect(self._take)
        answering.failed.connect(self._fail)
        answering.ended.connect(self._end)

    @property
    def is_answering(self) -> bool:
        return self._record is not None

    @property
    def conversation_id(self) -> str:
        """Where the running answer belongs; empty if none is running."""
        return self._conversation_id

    @property
    def running_turn(self) -> Turn | None:
        """The turn as received so far."""
        return self._record.turn if self._record else None

    def ask(
        self,
        conversation_id: str,
        question: str,
        *,
        scope: Scope,
        history: Sequence[Turn],
        standalone: str | None = None,
        replaced_turn_id: str = "",
    ) -> Turn:
        """Save the question, show it, and start the answer; whatever the saving raises, nothing was shown then.

        With `replaced_turn_id` the question takes the place of that turn and of all after it, on the disk first.
        """
        turn = Turn(str(uuid4()), datetime.now(UTC).isoformat(timespec="milliseconds"), question, scope, None)
        if replaced_turn_id:
            self._store.replace_from(conversation_id, replaced_turn_id, turn)
        else:
            self._store.save_turn(conversation_id, turn)
        self._record = TurnRecord(turn)
        self._conversation_id = conversation_id
        with telling(partial(self._give_up, turn.id)):
            self._show_begun(turn, replaced_turn_id)
            self._answering.start(Question(turn.id, question, scope, tuple(history), standalone))
        return turn

    def _show_begun(self, turn: Turn, replaced_turn_id: str) -> None:
        if replaced_turn_id:
            self.replaced.emit(self._conversation_id, replaced_turn_id)
        self.began.emit(self._conversation_id)
        if self._is_shown:
            if replaced_turn_id:
                self._display.remove_from(replaced_turn_id)
            self._display.begin_turn(turn)

    def _give_up(self, turn_id: str, exc: Exception) -> None:
        """End a turn whose answer could not even begin."""
        try:
            self._fail(turn_id, exc)
        finally:
            self._end(turn_id)

    def hits(self, turn_id: str) -> tuple[Hit, ...]:
        """The passages that retrieval found for one of the last turns; empty where they are not known any more."""
        return self._hits.get(turn_id, ())

    def stop(self) -> None:
        """Ask the answer to end; what was received stays."""
        self._answering.stop()

    def rename_collection(self, name: str, new_name: str) -> None:
        """Let the running turn know a collection by its new name."""
        if self._record is not None:
            self._record.rename_collection(name, new_name)

    def show_in(self, conversation_id: str) -> None:
        """Say which conversation the display shows from now on, and bring a turn running in it up to date there."""
        self._paint_timer.stop()
        self._unpainted.clear()
        self._shown_id = conversation_id
        if self._record is not None and self._is_shown:
            self._replay(self._record)

    def close(self) -> None:
        """Hand the turn as received so far to the keeper and take no more of it, for the program is about to end."""
        if self._record is not None:
            self._keep(self._record.turn, at_once=True)
        self._record = None
        self._conversation_id = ""
        self._paint_timer.stop()

    def _keep(self, turn: Turn, *, at_once: bool = False) -> None:
        self._keeper.keep(turn.id, partial(self._store.update_turn, self._conversation_id, turn), at_once=at_once)

    @property
    def _is_shown(self) -> bool:
        return self._shown_id == self._conversation_id

    def _replay(self, record: TurnRecord) -> None:
        turn_id = record.turn.id
        self._display.begin_turn(record.turn)
        if record.retrieved is not None:
            self._display.show_retrieved(turn_id, record.retrieved)
        if record.quoted is not None:
            self._display.show_quotes(turn_id, record.quoted)
        if record.prose:
            self._display.append_delta(turn_id, record.prose)
        for claim in record.claims:
            self._display.show_checked(turn_id, claim)

    @Slot(str, object)
    def _take(self, turn_id: str, event: Event) -> None:
        record = self._record
        if record is None or record.turn.id != turn_id:
            return
        record.take(event)
        if isinstance(event, Quoted | Done):  # before it is painted, so that no fault of a view costs an answer
            self._keep(record.turn, at_once=True)
        if isinstance(event, Retrieved):
            self._remember_hits(turn_id, event.hits)
        if isinstance(event, Delta):
            self._unpainted.append(event.text)
            if not self._paint_timer.isActive():
                self._paint_timer.start()
            return
        self._paint_deltas()
        if self._is_shown:
            self._paint(turn_id, event)

    def _remember_hits(self, turn_id: str, hits: tuple[Hit, ...]) -> None:
        self._hits[turn_id] = hits
        while len(self._hits) > _REMEMBERED_TURNS:
            del self._hits[next(iter(self._hits))]

    def _paint(self, turn_id: str, event: Event) -> None:
        match event:
            case Retrieved():
                self._display.show_retrieved(turn_id, event)
            case Quoted(answer):
                self._display.show_quotes(turn_id, answer)
            case Checked(claim):
                self._display.show_checked(turn_id, claim)
            case Done(answer):
                self._display.finish_turn(turn_id, answer)
            case Delta():
                pass

    @Slot()
    def _paint_deltas(self) -> None:
        self._paint_timer.stop()
        if not self._unpainted or self._record is None:
            return
        text = "".join(self._unpainted)
        self._unpainted.clear()
        turn = self._record.turn
        self._keep(turn)
        if self._is_shown:
            self._display.append_delta(turn.id, text)

    @Slot(str, object)
    def _fail(self, turn_id: str, exc: Exception) -> None:
        if self._record is None or self._record.turn.id != turn_id or self._record.is_done:
            return
        problem = explain(exc)
        self._end_with(problem)
        if problem.details:
            self.broke.emit(problem)

    @Slot(str)
    def _end(self, turn_id: str) -> None:
        record = self._record
        if record is None or record.turn.id != turn_id:
            return
        try:
            if not record.is_done:
                self._end_with(Problem("The answer broke off", _ENDED_EARLY))
        finally:
            conversation_id = self._conversation_id
            self._record = None
            self._conversation_id = ""
            self.ended.emit(conversation_id, record.turn)

    def _end_with(self, problem: Problem) -> None:
        record = self._record
        if record is None:
            return
        record.fail(problem.message)
        self._keep(record.turn, at_once=True)
        self._paint_deltas()
        if self._is_shown:
            self._display.fail_turn(record.turn.id, problem.title, problem.message)
