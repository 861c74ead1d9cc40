"""The end of a turn: how it ended, what went wrong, and what the reader can do next."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.flow_layout import FlowLayout
from desktop_app.inert_text import Caption, InertText
from desktop_app.theme import Theme
from desktop_app.wording import finish_words, timing_words
from rag.types import Answer


class ProblemBox(QWidget):
    """What happened, what is safe and what to do, beside a rule in the colour of trouble."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = InertText()
        self._message = InertText()
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 2, 0, 2)
        column.setSpacing(3)
        column.addWidget(self._title)
        column.addWidget(self._message)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._title.setFont(theme.strong)
        self._message.setFont(theme.body)
        self.update()

    def show_problem(self, title: str, message: str) -> None:
        self._title.set_text(title)
        self._message.set_text(message)
        self._message.setVisible(bool(message))
        self.setAccessibleName(f"{title}. {message}")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.bad)
        painter.drawRoundedRect(QRectF(0, 0, 3, self.height()), 1.5, 1.5)


class TurnFooter(QWidget):
    """Ending, times and the row of actions.

    Signals:
        ask_again(), edit_question(), copy_with_citations(), why_requested(): the reader's wish.
    """

    ask_again = Signal()
    edit_question = Signal()
    copy_with_citations = Signal()
    why_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ending = Caption()
        self._times = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._buttons = [self._button(text, signal) for text, signal in self._actions()]
        actions = QWidget()
        row = FlowLayout(actions, gap=12)
        for button in self._buttons:
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._ending)
        column.addWidget(actions)
        column.addWidget(self._times)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._ending.setFont(theme.strong)
        self._times.setFont(theme.small)
        for button in self._buttons:
            button.setFont(theme.small)

    def show_answer(self, answer: Answer | None, ending: str = "") -> None:
        """Offer what can be done with `answer`; None offers only to ask again. `ending` overrides the answer's own."""
        words = ending or (finish_words(answer.finish) if answer else "")
        self._ending.set_text(words)
        self._ending.setVisible(bool(words))
        self._times.set_text(timing_words(answer.timings, answer.model) if answer else "")
        self._times.setVisible(answer is not None)
        for button in self._buttons[2:]:
            button.setVisible(answer is not None)

    def _actions(self) -> list[tuple[str, SignalInstance]]:
        return [
            ("Ask again", self.ask_again),
            ("Edit question", self.edit_question),
            ("Copy with citations", self.copy_with_citations),
            ("Why this answer", self.why_requested),
        ]

    def _button(self, text: str, wish: SignalInstance) -> QuietButton:
        button = QuietButton(text, is_muted=True)
        button.clicked.connect(wish)
        return button
