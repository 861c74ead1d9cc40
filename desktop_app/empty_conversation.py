"""The invitation where no question has been asked yet, with a few questions to begin with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.inert_text import Caption, InertText, plain_label
from desktop_app.theme import Theme

_WIDTH_PX = 560
_INVITATION = "What would you like to know?"
_PROMISE = (
    "Ask in your own words. The answer begins with quotations cut out of your own texts, each with one click to its "
    "place. Where your texts do not say, Seedbook tells you so."
)


class EmptyConversation(QWidget):
    """Signals: question_chosen(str): an example was clicked, or Enter pressed on it."""

    question_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._examples: list[_Example] = []
        self._invitation = InertText(_INVITATION, line_height_percent=120)
        self._promise = InertText(_PROMISE)
        self._heading = Caption("For example", colour_role=QPalette.ColorRole.PlaceholderText)
        self._heading.hide()
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(10)
        for part in (self._invitation, self._promise):
            self._column.addWidget(part)
        self._column.addSpacing(14)
        self._column.addWidget(self._heading)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._inner, 1_000)
        middle.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(middle)
        outer.addStretch(3)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._invitation.setFont(theme.question)
        self._promise.setFont(theme.body)
        self._heading.setFont(theme.small)
        for example in self._examples:
            example.setFont(theme.quote)
        self._inner.setMaximumWidth(int(_WIDTH_PX * max(1.0, theme.body.pointSizeF() / 10)))

    def set_examples(self, questions: Sequence[str]) -> None:
        """Offer these questions in place of earlier ones."""
        for example in self._examples:
            example.hide()
            example.deleteLater()
        self._examples = [self._example(question) for question in questions]
        self._heading.setVisible(bool(self._examples))

    def _example(self, question: str) -> _Example:
        example = _Example(question)
        example.setFont(self._theme.quote)
        example.clicked.connect(lambda: self.question_chosen.emit(question))
        self._column.addWidget(example)
        example.show()
        return example


class _Example(QPushButton):
    """A question as a line that can be clicked, between hairlines."""

    def __init__(self, question: str) -> None:
        super().__init__(plain_label(question))
        self.setAccessibleName(f"Ask: {question}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._question = " ".join(question.split())

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 22)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_wanted = self.underMouse() or self.hasFocus()
        edge = self.palette().color(role.Link if is_wanted else role.Mid)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.setBrush(self.palette().color(role.Base))
        painter.drawRoundedRect(frame, 7, 7)
        painter.setPen(self.palette().color(role.WindowText))
        room = self.rect().adjusted(14, 0, -14, 0)
        words = self.fontMetrics().elidedText(self._question, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
