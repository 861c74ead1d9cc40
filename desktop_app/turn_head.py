"""The question at the top of a turn; under it what it was asked of, and what was really searched for, to be edited."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.buttons import CutQuietButton, QuietButton
from desktop_app.inert_text import Caption, InertText, plain_tooltip
from desktop_app.scope_words import asked_words
from desktop_app.theme import Theme
from rag.types import Scope


class TurnHead(QWidget):
    """Question, scope where it is not the whole library, and standalone question.

    Signals:
        standalone_edited(str): search for this instead.
        scope_requested(): ask of the same documents again.
    """

    standalone_edited = Signal(str)
    scope_requested = Signal()

    def __init__(self, question: str, scope: Scope, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plain_question = question
        self._question = InertText(question, line_height_percent=120)
        self._question.setAccessibleName(f"Question: {question}")
        self._scope = CutQuietButton("", self, is_muted=True)
        self.show_scope(scope)
        self._scope.clicked.connect(self.scope_requested)
        self._searched = _SearchedLine()
        self._searched.edited.connect(self.standalone_edited)
        self._searched.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._question)
        if scope.is_whole_library:
            self._scope.hide()
        else:
            column.addWidget(self._scope, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._searched)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._question.setFont(theme.question)
        self._scope.setFont(theme.small)
        self._searched.set_theme(theme)

    def show_scope(self, scope: Scope) -> None:
        """Say what the question was asked of."""
        words = asked_words(scope)
        self._scope.setText(words.rstrip("."))
        self._scope.setAccessibleName(f"{words} Ask the next question of the same")
        self._scope.setToolTip(plain_tooltip(f"{words}\nClick to ask the next question of the same."))

    def show_standalone(self, standalone: str) -> None:
        """Show what was searched for, if it is not the question itself."""
        differs = bool(standalone.strip()) and _folded(standalone) != _folded(self._plain_question)
        self._searched.show_question(standalone)
        self._searched.setVisible(differs)


class _SearchedLine(QWidget):
    edited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._standalone = ""
        self._words = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._edit = QuietButton("Edit")
        self._edit.setAccessibleName("Edit what is searched for")
        self._box = _CancellableLine()
        self._box.setAccessibleName("Search for")
        self._box.hide()
        self._edit.clicked.connect(self._open)
        self._box.cancelled.connect(self._close)
        self._box.returnPressed.connect(self._send)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words)
        row.addWidget(self._box, 1)
        row.addWidget(self._edit)
        row.addStretch(0)

    def set_theme(self, theme: Theme) -> None:
        for widget in (self._words, self._edit, self._box):
            widget.setFont(theme.small)

    def show_question(self, standalone: str) -> None:
        self._standalone = standalone
        self._words.set_text(f"Searched for: {standalone}")

    def _open(self) -> None:
        if self._box.isVisible():
            self._send()
            return
        self._box.setText(" ".join(self._standalone.split()))
        self._words.hide()
        self._box.show()
        self._box.setFocus(Qt.FocusReason.OtherFocusReason)
        self._edit.set_words("Search")

    def _close(self) -> None:
        self._box.hide()
        self._words.show()
        self._edit.set_words("Edit")
        self._edit.setAccessibleName("Edit what is searched for")
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        wanted = self._box.text().strip()
        self._close()
        if wanted and wanted != self._standalone:
            self.edited.emit(wanted)


class _CancellableLine(QLineEdit):
    cancelled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


def _folded(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip("?.! ")
