"""One question and everything that came of it, evidence first.

It shows what it is told and asks for what the reader wants; it never answers, saves or opens anything itself.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.evidence_list import EvidenceList
from desktop_app.inert_text import Caption
from desktop_app.prose_view import ProseView, after_sentence
from desktop_app.theme import Theme
from desktop_app.turn_footer import ProblemBox, TurnFooter
from desktop_app.turn_head import TurnHead
from desktop_app.wording import count_words
from rag.events import Retrieved
from rag.generation import Finish
from rag.types import Answer, Claim, Scope, Turn, Verdict

FAILED_TITLE = "This question could not be answered"
_NEVER_ANSWERED = "Broken off before this question was answered"


class TurnView(QWidget):
    """Question, verdict, quotes, draft and what can be done next. Lives in the GUI thread.

    Signals:
        quote_activated(int), hit_activated(int): index among the answer's quotes, or among its nearest passages.
        span_activated(): the place of the words that answer is to be opened.
        document_activated(str): id of a document that is to be opened.
        ask_again(), edit_question(), copy_with_citations(), why_requested(), stop_requested(): the reader's wish.
        edit_standalone(str): search for this question instead.
        scope_requested(): what this question was asked of is to be asked again.
        height_changed(): its height for the present width may be another one.
    """

    quote_activated = Signal(int)
    hit_activated = Signal(int)
    span_activated = Signal()
    document_activated = Signal(str)
    ask_again = Signal()
    edit_question = Signal()
    edit_standalone = Signal(str)
    stop_requested = Signal()
    copy_with_citations = Signal()
    why_requested = Signal()
    scope_requested = Signal()
    height_changed = Signal()

    def __init__(
        self,
        turn: Turn,
        theme: Theme,
        is_live: bool = False,
        parent: QWidget | None = None,
        problem_title: str = FAILED_TITLE,
        *,
        is_unsupported_shown: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._problem_title = problem_title
        self._is_focus_ordered = False
        self._prose: ProseView | None = None
        self._model = ""
        self._is_before_draft = False
        self._is_model_loading = False
        self._is_unsupported_shown = is_unsupported_shown
        self._head = TurnHead(turn.question, turn.scope, theme)
        self._activity = _ActivityLine()
        self._evidence = EvidenceList(theme)
        self._problem = ProblemBox(theme)
        self._footer = TurnFooter(theme)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.setAccessibleName(f"Question: {turn.question}")
        self._show_stored(turn, is_live)

    def show_retrieved(self, event: Retrieved) -> None:
        """The passages are found; the quotes are being chosen."""
        self._head.show_standalone(event.standalone)
        self._activity.show_words(f"Reading {count_words(len(event.hits), 'passage', 'passages')} …")

    def show_quotes(self, answer: Answer) -> None:
        """The verdict stands and the quotes are cut; perhaps a model writes now."""
        self._show_evidence(answer)
        self._model = answer.model or ""
        self._is_before_draft = answer.verdict is not Verdict.NOT_IN_SOURCES
        self._activity.show_words(self._waiting_words() if self._is_before_draft else "Finishing …")

    def set_model_loading(self, is_loading: bool) -> None:
        """Whether the draft has to wait until its model is loaded."""
        self._is_model_loading = is_loading
        if self._is_before_draft:
            self._activity.show_words(self._waiting_words())

    def set_showing_unsupported(self, is_shown: bool) -> None:
        """Show or fold away the sentences that the quotes do not carry."""
        self._is_unsupported_shown = is_shown
        if self._prose:
            self._prose.set_showing_unsupported(is_shown)

    def show_scope(self, scope: Scope) -> None:
        """Say what the question was asked of, in the words of today."""
        self._head.show_scope(scope)

    def append_delta(self, text: str) -> None:
        """A further piece of the draft; cheap enough to be called 25 times a second."""
        self._is_before_draft = False
        self._prose_by(self._model).append_delta(text)
        self._activity.show_words("Writing …")

    def show_checked(self, claim: Claim) -> None:
        """A finished sentence takes the place of its draft."""
        self._prose_by(self._model).show_checked(claim)

    def finish(self, answer: Answer) -> None:
        """Show the answer as it will be kept."""
        self._end_activity()
        self._show_evidence(answer)
        rest = _unchecked(answer)
        if answer.claims or rest:
            self._prose_by(answer.model or "").show_claims(answer.claims, rest)
        elif self._prose:
            self._prose.show_claims(())
            self._prose.hide()
        self._show_footer(answer)

    def fail(self, title: str, message: str) -> None:
        """Say what went wrong; quotes that are there already stay."""
        self._end_activity()
        self._problem.show_problem(title, message)
        self._problem.show()
        self._show_footer(None)

    def mark_quote(self, index: int | None) -> None:
        """Mark the card whose place is open in the source view; None marks none."""
        self._evidence.mark_quote(index)

    @property
    def current_card(self) -> QWidget | None:
        """The card that is marked."""
        return self._evidence.current_card

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self._head, self._activity, self._evidence, self._problem, self._footer):
            part.set_theme(theme)
        if self._prose:
            self._prose.set_theme(theme)

    def follow_in_focus(self, before: QWidget) -> QWidget:
        """Let Tab come here from `before` and go on from top to bottom; return the last stop."""
        stops = self._stops()
        if not self._is_focus_ordered:
            self._is_focus_ordered = True
            for one, other in pairwise([before, *stops]):
                QWidget.setTabOrder(one, other)
        return stops[-1] if stops else before

    def _stops(self) -> list[QWidget]:
        tab = Qt.FocusPolicy.TabFocus
        stops = [part for part in self.findChildren(QWidget) if part.focusPolicy() & tab == tab and not part.isHidden()]
        return sorted(stops, key=lambda part: (part.mapTo(self, QPoint()).y(), part.mapTo(self, QPoint()).x()))

    def event(self, event: QEvent) -> bool:
        is_taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._is_focus_ordered = False
            self.height_changed.emit()
        return is_taken

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 28, 0, 8)
        self._column.setSpacing(14)
        for part in (self._head, self._evidence, self._activity, self._problem, self._footer):
            self._column.addWidget(part)
            if part is not self._head:
                part.hide()

    def _connect(self) -> None:
        self._head.standalone_edited.connect(self.edit_standalone)
        self._head.scope_requested.connect(self.scope_requested)
        self._activity.stop_requested.connect(self.stop_requested)
        self._evidence.quote_activated.connect(self.quote_activated)
        self._evidence.hit_activated.connect(self.hit_activated)
        self._evidence.span_activated.connect(self.span_activated)
        self._evidence.document_activated.connect(self.document_activated)
        self._footer.ask_again.connect(self.ask_again)
        self._footer.edit_question.connect(self.edit_question)
        self._footer.copy_with_citations.connect(self.copy_with_citations)
        self._footer.why_requested.connect(self.why_requested)

    def _show_stored(self, turn: Turn, is_live: bool) -> None:
        if is_live:
            self._activity.show_words("Searching your sources …")
        elif turn.answer:
            self.finish(turn.answer)
        if turn.problem:
            self.fail(self._problem_title, turn.problem)
        elif not turn.answer and not is_live:
            self._show_footer(None, _NEVER_ANSWERED)

    def _show_evidence(self, answer: Answer) -> None:
        self._head.show_standalone(answer.standalone)
        self._evidence.show_answer(answer)
        self._evidence.show()

    def _show_footer(self, answer: Answer | None, ending: str = "") -> None:
        self._footer.show_answer(answer, ending)
        self._footer.show()

    def _waiting_words(self) -> str:
        return "The language model is loading …" if self._is_model_loading else "Reading the quotes …"

    def _end_activity(self) -> None:
        self._is_before_draft = False
        self._activity.show_words("")

    def _prose_by(self, model: str) -> ProseView:
        """The draft, by a model whose name is empty while it is not known yet."""
        if self._prose is None:
            self._prose = ProseView(self._theme, self)
            self._prose.set_showing_unsupported(self._is_unsupported_shown)
            self._prose.quote_activated.connect(self.quote_activated)
            self._column.insertWidget(self._column.indexOf(self._activity), self._prose)
        self._prose.name_model(model)
        self._prose.show()
        return self._prose


def _unchecked(answer: Answer) -> str:
    """What was written after the last checked sentence of an answer that broke off."""
    if answer.finish is Finish.COMPLETE:
        return ""
    rest = answer.prose
    for claim in answer.claims:
        rest = after_sentence(rest, claim.text)
    return rest.strip()


class _ActivityLine(QWidget):
    """What is going on, and a way to stop it; gone when nothing is."""

    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._stop = QuietButton("Stop")
        self._stop.setAccessibleName("Stop answering")
        self._stop.clicked.connect(self.stop_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words)
        row.addWidget(self._stop)
        row.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        self._words.setFont(theme.body)
        self._stop.setFont(theme.body)

    def show_words(self, words: str) -> None:
        if words != self._words.text():
            self._words.set_text(words)
            self.setVisible(bool(words))
