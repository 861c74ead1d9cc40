"""Buttons that keep quiet: words that answer to the pointer, and the small numbers of quotes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop_app.inert_text import plain_label

_PADDING_PX = 4
_LEAST_CHARS = 12


class QuietButton(QPushButton):
    """A word or two in the accent colour, or muted; underlined under the pointer, with a ring under the focus."""

    def __init__(self, text: str, parent: QWidget | None = None, is_muted: bool = False) -> None:
        super().__init__(plain_label(text), parent)
        self._is_muted = is_muted
        self._is_under_pointer = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_words(self, text: str) -> None:
        self.setText(plain_label(text))
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        shown = metrics.size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(shown.width() + 2 * _PADDING_PX, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._is_under_pointer = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._is_under_pointer = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        painter.setPen(self.palette().color(self._ink()))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect(), int(flags), self._shown_words())

    def _shown_words(self) -> str:
        return self.text()

    def _ink(self) -> QPalette.ColorRole:
        if not self.isEnabled() or (self._is_muted and not self._is_under_pointer):
            return QPalette.ColorRole.PlaceholderText
        return QPalette.ColorRole.Link

    def _paint_ground(self, painter: QPainter) -> None:
        ink = self.palette().color(self._ink())
        if self.isEnabled() and (self._is_under_pointer or self.isDown()):
            painter.setPen(QPen(ink, 1))
            y = (self.height() + self.fontMetrics().height()) // 2
            painter.drawLine(_PADDING_PX, y, self.width() - _PADDING_PX, y)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Link), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)


class CutQuietButton(QuietButton):
    """Quiet words that may be long: they are cut with an ellipsis where the room ends."""

    def __init__(self, text: str, parent: QWidget | None = None, is_muted: bool = False) -> None:
        super().__init__(text, parent, is_muted)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        whole = self.sizeHint()
        return QSize(min(whole.width(), self.fontMetrics().averageCharWidth() * _LEAST_CHARS), whole.height())

    def _shown_words(self) -> str:
        room_px = self.width() - 2 * _PADDING_PX
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room_px)


class NumberButton(QuietButton):
    """The number of a quote, in a round frame; filled under the pointer."""

    def __init__(self, number: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(str(number), parent)
        self.setAccessibleName(name)
        self.setToolTip(name)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        height = metrics.height() + 4
        return QSize(max(height, metrics.horizontalAdvance(self.text()) + 12), height)

    def _ink(self) -> QPalette.ColorRole:
        return QPalette.ColorRole.Base if self._is_filled() else QPalette.ColorRole.Link

    def _is_filled(self) -> bool:
        return self._is_under_pointer or self.isDown()

    def _paint_ground(self, painter: QPainter) -> None:
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        accent = self.palette().color(QPalette.ColorRole.Link)
        painter.setBrush(accent if self._is_filled() else Qt.BrushStyle.NoBrush)
        is_strong = self.hasFocus() or self._is_filled()
        edge = accent if is_strong else self.palette().color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)


class ArrowButton(QuietButton):
    """A chevron that points up or down."""

    def __init__(self, direction: Qt.ArrowType, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._direction = direction

    def name(self, name: str, keys: str) -> None:
        """Say what it does, and by which keys that is done too."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({keys})")

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().height() + 8
        return QSize(side, side)

    def _paint_ground(self, painter: QPainter) -> None:
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_wanted = self.isEnabled() and (self._is_under_pointer or self.hasFocus())
        edge = self.palette().color(QPalette.ColorRole.Link if is_wanted else QPalette.ColorRole.Mid)
        painter.setPen(QPen(edge, 1.5 if self.hasFocus() else 1))
        painter.drawRoundedRect(frame, 4, 4)
        ink = self.palette().color(self._ink() if self.isEnabled() else QPalette.ColorRole.Mid)
        painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        centre, reach = frame.center(), frame.width() / 5
        tip = reach / 2 if self._direction is Qt.ArrowType.DownArrow else -reach / 2
        left, right = centre + QPointF(-reach, -tip), centre + QPointF(reach, -tip)
        painter.drawPolyline(QPolygonF([left, centre + QPointF(0, tip), right]))
