"""Where the reader writes a question: the box, its button, and the button that says what is asked.

It keeps no drafts and asks nothing itself; it says what the reader wants.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_app.scope_button import ScopeButton
from desktop_app.scoping import Holding
from desktop_app.window_style import named
from rag.types import Scope

DRAFT_DELAY_MS = 300
MAX_LINES = 8
_MOST_BESIDE_HINT = 0.6
_AROUND_PX = 48
_HINT = "Enter sends · Shift+Enter: new line"
_ANSWERING_HINT = "Esc stops the answer"
_PLACEHOLDER = "Ask your library…"
_EMPTY_PLACEHOLDER = "Your library is empty. Drop files or folders on this window, or press Ctrl+O."
_FILLING_PLACEHOLDER = "The first texts are being added to your library…"


class QuestionBox(QPlainTextEdit):
    """A text box that grows with its text and leaves dropped files to the window.

    Signals:
        send_requested(): Enter was pressed, and not to finish a word of an input method.
    """

    send_requested = Signal()
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("question-box")
        self.setPlaceholderText(_PLACEHOLDER)
        self.setAccessibleName("Question")
        self.setAccessibleDescription(_HINT)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._is_composing = False
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not self._is_composing and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.accept()
            self.send_requested.emit()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_composing = False
        self.focus_changed.emit(False)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return not source.hasUrls() and super().canInsertFromMimeData(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if event.mimeData().hasUrls():
            event.ignore()
        else:
            super().dragMoveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._height_px(1))

    @Slot()
    def _fit(self) -> None:
        # QPlainTextDocumentLayout counts its height in lines, not in pixels.
        n_lines = max(1, round(self.document().size().height()))
        overflows = n_lines > MAX_LINES
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if overflows else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != policy:
            self.setVerticalScrollBarPolicy(policy)
        height_px = self._height_px(min(n_lines, MAX_LINES))
        if self.height() != height_px or self.minimumHeight() != height_px:
            self.setFixedHeight(height_px)

    def _height_px(self, n_lines: int) -> int:
        margins = self.contentsMargins()
        around_px = margins.top() + margins.bottom() + 2 * round(self.document().documentMargin())
        return self.fontMetrics().lineSpacing() * n_lines + around_px + 2


class Composer(QFrame):
    """The question box with its buttons.

    Signals:
        send_requested(text), stop_requested(), scope_requested(): what the reader wants.
        draft_changed(text): the text has rested for 300 ms.
    """

    send_requested = Signal(str)
    stop_requested = Signal()
    scope_requested = Signal()
    draft_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._scope = Scope()
        self._is_answering = False
        self._is_library_empty = False
        self._holding: Holding | None = None
        self._special_hint = ""
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_DELAY_MS)
        self._draft_timer.timeout.connect(self.flush_draft)
        self.box = QuestionBox(self)
        self.scope_button = ScopeButton(self)
        self.hint = named(QLabel(_HINT, self), "composer-hint")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.send_button = named(QPushButton("Ask", self), "send-button")
        self._lay_out()
        self._connect()
        self.set_scope(Scope())
        self._refresh()

    def _lay_out(self) -> None:
        self.send_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.send_button.setAutoDefault(False)
        below = QHBoxLayout()
        below.setSpacing(10)
        below.addWidget(self.scope_button)
        below.addWidget(self.hint, 1)
        below.addWidget(self.send_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 10, 10)
        layout.setSpacing(6)
        layout.addWidget(self.box)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.box.textChanged.connect(self._text_changed)
        self.box.send_requested.connect(self._send)
        self.box.focus_changed.connect(self._show_focus)
        self.send_button.clicked.connect(self._button_clicked)
        self.scope_button.clicked.connect(self.scope_requested)

    @property
    def text(self) -> str:
        return self.box.toPlainText()

    @property
    def scope(self) -> Scope:
        return self._scope

    def set_text(self, text: str) -> None:
        """Put a text into the box without calling it a change of the draft."""
        self.box.setPlainText(text)
        self._draft_timer.stop()
        self.box.moveCursor(QTextCursor.MoveOperation.End)

    def set_scope(self, scope: Scope) -> None:
        """Show what will be asked."""
        self._scope = scope
        self.scope_button.show_scope(scope, self._holding)
        self._fit_below()

    def set_holding(self, holding: Holding) -> None:
        """Say what the library holds, so that of a scope only what is left is counted."""
        self._holding = holding
        self.scope_button.show_scope(self._scope, holding)
        self._fit_below()

    def set_answering(self, is_answering: bool) -> None:
        """While an answer is being written the button stops it."""
        self._is_answering = is_answering
        self.send_button.setProperty("stops", is_answering)
        _polish(self.send_button)
        self.show_hint()
        self._refresh()

    def set_library_empty(self, is_empty: bool, *, is_filling: bool = False) -> None:
        """Say in the empty box that there is nothing to ask yet, and how to change that or that it is changing."""
        if self._is_library_empty and not is_empty and not self._is_answering:
            self.show_hint()  # whatever was said of the empty library is over
        self._is_library_empty = is_empty
        nothing = _FILLING_PLACEHOLDER if is_filling else _EMPTY_PLACEHOLDER
        self.box.setPlaceholderText(nothing if is_empty else _PLACEHOLDER)

    def show_stopping(self) -> None:
        """Say that the wish to stop was heard."""
        self.send_button.setText("Stopping…")
        self.send_button.setEnabled(False)

    def show_hint(self, hint: str = "") -> None:
        """Say something small beside the button until the answering starts or ends; without words the usual thing."""
        self._special_hint = hint
        self._fit_below()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_below()

    def _fit_below(self) -> None:
        """Share the line below the box: the usual hint stands there where there is room for one line."""
        room_px = max(0, self.width() - self.send_button.sizeHint().width() - _AROUND_PX)
        self.scope_button.setMaximumWidth(round(room_px * _MOST_BESIDE_HINT) if self._special_hint else room_px)
        usual = _ANSWERING_HINT if self._is_answering else _HINT
        taken_px = self.scope_button.sizeHint().width()
        fits = self.hint.fontMetrics().horizontalAdvance(usual) <= room_px - taken_px
        self.hint.setText(self._special_hint or (usual if fits else ""))

    @Slot()
    def flush_draft(self) -> None:
        """Tell of a change that has not been told yet."""
        if self._draft_timer.isActive() or self.sender() is self._draft_timer:
            self._draft_timer.stop()
            self.draft_changed.emit(self.text)

    @Slot()
    def _text_changed(self) -> None:
        self._draft_timer.start()
        self._refresh()

    @Slot()
    def _button_clicked(self) -> None:
        if self._is_answering:
            self.stop_requested.emit()
        else:
            self._send()

    @Slot()
    def _send(self) -> None:
        if self.text.strip():
            self.send_requested.emit(self.text.strip())

    @Slot(bool)
    def _show_focus(self, has_focus: bool) -> None:
        self.setProperty("focused", has_focus)
        _polish(self)

    def _refresh(self) -> None:
        self.send_button.setText("Stop" if self._is_answering else "Ask")
        self.send_button.setToolTip("Stop the answer (Esc)" if self._is_answering else "Ask (Enter)")
        self.send_button.setEnabled(self._is_answering or bool(self.text.strip()))


def _polish(widget: QWidget) -> None:
    """Let the style sheet see a changed property."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
