"""The little bar at a stretch that is left out of quotes: why it is, and one click to bring it back.

It changes nothing itself.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption
from desktop_app.noise_words import LIFT, UNDO_LIFT, reason_words
from desktop_app.theme import Theme
from rag.types import Mark

_GAP_PX = 2


class MarkBar(QFrame):
    """Hidden until it is put at a mark.

    Signals:
        lift_requested(mark, bool): it is to be quoted from now on, or left out again.
        fold_requested(mark): it takes too much room.
        left(): the reader has turned away from it by key.
    """

    lift_requested = Signal(object, bool)
    fold_requested = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.mark: Mark | None = None
        self._reason = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._lift = QuietButton(LIFT)
        self._fold = QuietButton("Fold", is_muted=True)
        self._lift.clicked.connect(self._ask_lift)
        self._fold.clicked.connect(self._ask_fold)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(9, 2, 6, 2)
        self._row.setSpacing(8)
        for part in (self._reason, self._lift, self._fold):
            self._row.addWidget(part)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self._reason, self._lift, self._fold):
            part.setFont(theme.small)

    def show_mark(self, mark: Mark, room: QRect, within: QRect, *, can_fold: bool, is_beside: bool) -> None:
        """Stand below the mark, whose lines fill `room`, or above it where there is no room below.

        A folded one is a line that says the reason itself: there the bar stands beside it and does not say it again.
        """
        if mark != self.mark or not self.isVisible() or is_beside == self._reason.isVisible():
            self.mark = mark
            self._reason.setVisible(not is_beside)
            self._reason.set_text(reason_words(mark))
            self._lift.set_words(UNDO_LIFT if mark.is_lifted else LIFT)
            self._lift.setAccessibleName(f"{self._lift.text()}. {reason_words(mark)}")
            self._fold.setVisible(can_fold)
            self.setAccessibleName(reason_words(mark))
            self._row.activate()
            self.resize(min(self.sizeHint().width(), within.width()), self.sizeHint().height())
        self.move(self._beside(room, within) if is_beside else self._place(room, within))
        self.show()
        self.raise_()

    def focus(self) -> None:
        """Let the next key be for the bar."""
        self._lift.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_bar(self) -> None:
        self.mark = None
        self.hide()

    def has_focus(self) -> bool:
        return self._lift.hasFocus() or self._fold.hasFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.surface)
        painter.setPen(QPen(self._theme.rule, 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _beside(self, room: QRect, within: QRect) -> QPoint:
        left = room.right() + 4 * _GAP_PX
        if left + self.width() > within.right():
            return self._place(room, within)
        return QPoint(left, room.center().y() - self.height() // 2)

    def _place(self, room: QRect, within: QRect) -> QPoint:
        left = max(within.left(), min(room.left(), within.right() - self.width()))
        below = room.bottom() + _GAP_PX
        if below + self.height() <= within.bottom():
            return QPoint(left, below)
        above = room.top() - self.height() - _GAP_PX
        return QPoint(left, above if above >= within.top() else within.bottom() - self.height())

    def _ask_lift(self) -> None:
        if self.mark is not None:
            self.lift_requested.emit(self.mark, not self.mark.is_lifted)

    def _ask_fold(self) -> None:
        if self.mark is not None:
            self.fold_requested.emit(self.mark)
