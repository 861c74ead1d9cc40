"""A conversation from top to bottom; only the turns near the visible part exist as widgets.

It shows and asks; answering, saving and opening sources belong to whoever listens to its signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QWidget

from desktop_app.empty_conversation import EmptyConversation
from desktop_app.theme import Theme, ThemeSource
from desktop_app.turn_view import FAILED_TITLE, TurnView
from rag.events import Retrieved
from rag.types import Answer, Claim, Conversation, Scope, Turn

_MARGIN_PX = 28
_AHEAD_PX = 600
_MOST_VIEWS = 40
_AT_END_PX = 32
_BESIDE_CARD_PX = 24
_SETTLING_ROUNDS = 6


@dataclass(slots=True)
class _Slot:
    """The place of one turn; `view` is None while it is far from the visible part, `height` is then a guess."""

    turn: Turn
    view: TurnView | None = None
    height: int = 0
    width: int = 0
    top: int = 0
    is_live: bool = False
    problem_title: str = FAILED_TITLE
    current_quote: int | None = None


class ConversationView(QWidget):
    """Shows turns by id. GUI thread only; an unknown turn id is left unanswered, because the reader has moved on.

    Signals:
        quote_activated(str, int): turn id and index of one of its answer's quotes.
        hit_activated(str, int): turn id and index of one of its answer's nearest passages.
        span_activated(str): turn id; the place of the words that answer is to be opened.
        document_activated(str): id of a document that is to be opened.
        ask_again(str), edit_question(str), copy_with_citations(str), why_requested(str): turn id.
        edit_standalone(str, str): turn id, and the question to search for instead.
        stop_requested(): stop the answer that is being written.
        question_chosen(str): an example was chosen.
        scope_requested(str): turn id; what it was asked of is to be asked again.
    """

    quote_activated = Signal(str, int)
    hit_activated = Signal(str, int)
    span_activated = Signal(str)
    document_activated = Signal(str)
    ask_again = Signal(str)
    edit_question = Signal(str)
    edit_standalone = Signal(str, str)
    stop_requested = Signal()
    copy_with_citations = Signal(str)
    why_requested = Signal(str)
    question_chosen = Signal(str)
    scope_requested = Signal(str)

    def __init__(self, themes: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = themes.theme
        self._slots: list[_Slot] = []
        self._is_following = True
        self._is_model_loading = False
        self._is_unsupported_shown = False
        self._is_arranging = False
        self._is_arranging_due = False
        self._empty = EmptyConversation(themes.theme)
        self._empty.question_chosen.connect(self.question_chosen)
        self._column = QWidget()
        # Tab order is told from here: Qt takes the column itself for the last widget inside it, and leaves out what
        # takes no focus at all. No click reaches a widget without a size.
        self._focus_start = QWidget(self._column)
        self._focus_start.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._focus_start.resize(0, 0)
        self._scroll = _TurnScroll(self._column)
        self._scroll.setAccessibleName("Turns of the conversation")
        self._scroll.resized.connect(self._arrange)
        self._scroll.verticalScrollBar().valueChanged.connect(self._scrolled)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)
        themes.changed.connect(self._take_theme)
        self.setAccessibleName("Conversation")

    def follow_in_focus(self, before: QWidget) -> None:
        """Let Tab come here from `before`, first to the whole conversation and then from turn to turn."""
        QWidget.setTabOrder(before, self._scroll)
        QWidget.setTabOrder(self._scroll, self._focus_start)

    # Whole conversations

    def show_conversation(self, conversation: Conversation) -> None:
        """Show a stored conversation from its end."""
        self._forget_from(0)
        self._slots = [_Slot(turn, height=_guess(turn)) for turn in conversation.turns]
        self._is_following = True
        self._show_turns_or_invitation()

    def clear(self) -> None:
        """Show the invitation."""
        self._forget_from(0)
        self._show_turns_or_invitation()

    def set_examples(self, questions: Sequence[str]) -> None:
        """Offer questions in the empty conversation."""
        self._empty.set_examples(questions)

    # One turn, in the order of its events

    def begin_turn(self, turn: Turn) -> None:
        """Put a new question at the end and follow it. A turn with a known id is begun anew in its place."""
        slot = self._find(turn.id)
        if slot is None:
            slot = _Slot(turn)
            self._slots.append(slot)
        else:
            self._drop_view(slot)
        slot.turn = replace(turn, answer=None, problem=None)
        slot.is_live = True
        slot.current_quote = None
        slot.height = _guess(slot.turn)
        self._is_following = True
        self._build(slot)
        self._show_turns_or_invitation()

    def show_retrieved(self, turn_id: str, event: Retrieved) -> None:
        if view := self._live_view(turn_id):
            view.show_retrieved(event)

    def show_quotes(self, turn_id: str, answer: Answer) -> None:
        if slot := self._find(turn_id):
            slot.turn = replace(slot.turn, answer=answer)
            self._build(slot).show_quotes(answer)

    def append_delta(self, turn_id: str, text: str) -> None:
        """Add to the draft; text only, nothing is laid out anew but its last lines."""
        if view := self._live_view(turn_id):
            view.append_delta(text)

    def show_checked(self, turn_id: str, claim: Claim) -> None:
        if view := self._live_view(turn_id):
            view.show_checked(claim)

    def finish_turn(self, turn_id: str, answer: Answer) -> None:
        """Show the answer as it will be kept."""
        if slot := self._find(turn_id):
            view = self._build(slot)
            slot.turn = replace(slot.turn, answer=answer)
            slot.is_live = False
            view.finish(answer)

    def fail_turn(self, turn_id: str, title: str, message: str) -> None:
        """Say what went wrong with a turn; its quotes stay if they were there."""
        if slot := self._find(turn_id):
            view = self._build(slot)
            slot.turn = replace(slot.turn, problem=message)
            slot.problem_title = title
            slot.is_live = False
            view.fail(title, message)

    def show_scope(self, turn_id: str, scope: Scope) -> None:
        """Say what a question was asked of, after a collection was given another name."""
        if slot := self._find(turn_id):
            slot.turn = replace(slot.turn, scope=scope)
            if slot.view is not None:
                slot.view.show_scope(scope)

    def remove_from(self, turn_id: str) -> None:
        """Take away this turn and all after it."""
        for index, slot in enumerate(self._slots):
            if slot.turn.id == turn_id:
                self._forget_from(index)
                self._show_turns_or_invitation()
                return

    def mark_quote(self, turn_id: str, index: int | None) -> None:
        """Mark the quote whose place is open in the source view, and no other, and bring it in sight."""
        for slot in self._slots:
            wanted = index if slot.turn.id == turn_id else None
            if slot.current_quote != wanted:
                slot.current_quote = wanted
                if slot.view:
                    slot.view.mark_quote(wanted)
        # The card may be new, and the pane that opens beside it takes room; both are laid out first.
        QTimer.singleShot(0, self, self._reveal_marked)

    @Slot()
    def _reveal_marked(self) -> None:
        slot = next((slot for slot in self._slots if slot.current_quote is not None), None)
        if slot is None or not self._scroll.isVisible():
            return
        if slot.view is None:
            self.scroll_to_turn(slot.turn.id)
        self._arrange()
        card = slot.view.current_card if slot.view else None
        if card is not None:
            self._scroll.ensureWidgetVisible(card, 0, _BESIDE_CARD_PX)

    def set_model_loading(self, is_loading: bool) -> None:
        """Say in an answer that waits for its draft what it waits for."""
        self._is_model_loading = is_loading
        for slot in self._slots:
            if slot.view and slot.is_live:
                slot.view.set_model_loading(is_loading)

    @Slot(bool)
    def set_showing_unsupported(self, is_shown: bool) -> None:
        """Show or fold away the sentences that the quotes do not carry, in all turns; each can still do otherwise."""
        self._is_unsupported_shown = is_shown
        for slot in self._slots:
            if slot.view:
                slot.view.set_showing_unsupported(is_shown)

    def scroll_to_turn(self, turn_id: str) -> None:
        """Bring a turn's question to the top."""
        if slot := self._find(turn_id):
            self._is_following = False
            self._scroll.verticalScrollBar().setValue(slot.top)
            self._arrange()
            self._scroll.verticalScrollBar().setValue(slot.top)

    def turn_view(self, turn_id: str) -> TurnView | None:
        """The widget of a turn, if it exists at present."""
        slot = self._find(turn_id)
        return slot.view if slot else None

    # Which turns exist, and where

    @property
    def is_following(self) -> bool:
        """Whether the view keeps to the end as it grows."""
        return self._is_following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        """Build what is near the visible part, measure it, and put every turn in its place."""
        if self._is_arranging or not self._slots or not self._scroll.isVisible():
            return
        self._is_arranging = True
        try:
            anchor = self._anchor()
            for _round in range(_SETTLING_ROUNDS):
                self._place(anchor)
                if not self._build_near():
                    break
            self._place(anchor)
            self._drop_far()
            self._order_focus()
        finally:
            self._is_arranging = False

    def _anchor(self) -> tuple[_Slot, int]:
        """The topmost visible turn and how much of it is above the edge; it must not move while others are built."""
        top = self._scroll.verticalScrollBar().value()
        slot = next((slot for slot in self._slots if slot.top + slot.height > top), self._slots[-1])
        return slot, top - slot.top

    def _place(self, anchor: tuple[_Slot, int]) -> None:
        width = self._column_width()
        left = max(0, (self._room() - width) // 2)
        top = 0
        for slot in self._slots:
            if slot.view:
                slot.height, slot.width = slot.view.heightForWidth(width), width
            slot.top = top
            top += slot.height
        self._column.resize(self._scroll.viewport().width(), top + _MARGIN_PX)
        for slot in self._slots:
            if slot.view:
                slot.view.setGeometry(left, slot.top, width, slot.height)
                slot.view.show()
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum() if self._is_following else anchor[0].top + anchor[1])

    def _column_width(self) -> int:
        return max(120, min(self._theme.column_px, self._room() - 2 * _MARGIN_PX))

    def _room(self) -> int:
        """The width beside a scroll bar, there or not, so that nothing moves sideways when one appears."""
        return self._scroll.width() - self._scroll.verticalScrollBar().sizeHint().width()

    def _build_near(self) -> bool:
        """Whether a view was missing near the visible part."""
        missing = [slot for slot in self._slots if slot.view is None and self._distance(slot) < _AHEAD_PX]
        for slot in missing:
            self._build(slot)
        return bool(missing)

    def _distance(self, slot: _Slot) -> int:
        """Pixels between the turn and the visible part; 0 where it can be seen."""
        top = self._scroll.verticalScrollBar().value()
        bottom = top + self._scroll.viewport().height()
        return max(0, slot.top - bottom, top - (slot.top + slot.height))

    def _drop_far(self) -> None:
        built = sorted((slot for slot in self._slots if slot.view), key=self._distance)
        for slot in built[_MOST_VIEWS:]:
            if not slot.is_live and slot.view and not slot.view.isAncestorOf(self.focusWidget() or self):
                self._drop_view(slot)

    def _build(self, slot: _Slot) -> TurnView:
        if slot.view is None:
            slot.view = self._made_view(slot)
        return slot.view

    def _made_view(self, slot: _Slot) -> TurnView:
        is_fresh = slot.is_live and slot.turn.answer is None
        view = TurnView(
            slot.turn,
            self._theme,
            is_fresh,
            self._column,
            slot.problem_title,
            is_unsupported_shown=self._is_unsupported_shown,
        )
        turn_id = slot.turn.id
        view.quote_activated.connect(lambda index: self.quote_activated.emit(turn_id, index))
        view.hit_activated.connect(lambda index: self.hit_activated.emit(turn_id, index))
        view.span_activated.connect(lambda: self.span_activated.emit(turn_id))
        view.document_activated.connect(self.document_activated)
        view.edit_standalone.connect(lambda text: self.edit_standalone.emit(turn_id, text))
        view.ask_again.connect(lambda: self.ask_again.emit(turn_id))
        view.edit_question.connect(lambda: self.edit_question.emit(turn_id))
        view.copy_with_citations.connect(lambda: self.copy_with_citations.emit(turn_id))
        view.why_requested.connect(lambda: self.why_requested.emit(turn_id))
        view.stop_requested.connect(self.stop_requested)
        view.scope_requested.connect(lambda: self.scope_requested.emit(turn_id))
        view.height_changed.connect(self._turn_grew)
        view.mark_quote(slot.current_quote)
        view.set_model_loading(self._is_model_loading)
        return view

    def _order_focus(self) -> None:
        """Let Tab go from turn to turn as the eye does, in whatever order they were built."""
        before = self._focus_start
        for slot in self._slots:
            if slot.view:
                before = slot.view.follow_in_focus(before)

    @Slot()
    def _turn_grew(self) -> None:
        """Arrange once, however many turns have grown, and before anything is painted."""
        if not self._is_arranging and not self._is_arranging_due:
            self._is_arranging_due = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.LayoutRequest))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and self._is_arranging_due:
            self._is_arranging_due = False
            if any(slot.view and slot.view.heightForWidth(slot.width) != slot.height for slot in self._slots):
                self._arrange()
            else:
                self._order_focus()
        return super().event(event)

    @Slot(int)
    def _scrolled(self, value: int) -> None:
        if self._is_arranging:
            return
        self._is_following = value >= self._scroll.verticalScrollBar().maximum() - _AT_END_PX
        self._arrange()

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._empty.set_theme(theme)
        for slot in self._slots:
            if slot.view:
                slot.view.set_theme(theme)
        self._arrange()

    # Keeping the turns

    def _find(self, turn_id: str) -> _Slot | None:
        return next((slot for slot in reversed(self._slots) if slot.turn.id == turn_id), None)

    def _live_view(self, turn_id: str) -> TurnView | None:
        slot = self._find(turn_id)
        return self._build(slot) if slot else None

    def _drop_view(self, slot: _Slot) -> None:
        if slot.view:
            slot.view.hide()
            slot.view.deleteLater()
            slot.view = None

    def _forget_from(self, index: int) -> None:
        # A focused widget that is hidden hands the focus to the next one, and the view would scroll after it.
        if self._column.isAncestorOf(self.focusWidget() or self):
            self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)
        gone, self._slots = self._slots[index:], self._slots[:index]
        for slot in gone:
            self._drop_view(slot)

    def _show_turns_or_invitation(self) -> None:
        self._is_arranging = True  # a page that appears is resized before its turns have a place
        self._stack.setCurrentWidget(self._scroll if self._slots else self._empty)
        self._is_arranging = False
        self._arrange()


class _TurnScroll(QScrollArea):
    """The scrolled area; the column inside it is sized and filled by the conversation."""

    resized = Signal()

    def __init__(self, column: QWidget) -> None:
        super().__init__()
        self.setWidget(column)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(24)
        self.setBackgroundRole(QPalette.ColorRole.Window)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()


def _guess(turn: Turn) -> int:
    """About how high a turn will be, in pixels; it only has to be near enough for the scroll bar."""
    if turn.answer is None:
        return 160
    answer = turn.answer
    n_listed = min(8, len(answer.survey.holding)) if answer.survey else 0
    head = 240 + 90 * (answer.span is not None) + 150 * bool(answer.positions) + 28 * n_listed
    return head + 110 * min(3, len(answer.quotes) or len(answer.nearest)) + 44 * len(answer.claims)
