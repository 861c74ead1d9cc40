"""Small drawn marks for verdicts and checked sentences; their shapes differ, so that colour is never alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.theme import Theme
from rag.types import ClaimStatus, Verdict


class _Mark(QWidget):
    """A square as high as a line of body text, drawn by what derives from it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(theme.body)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFont(theme.body)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height()
        return QSize(height, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.width(), self.height()) * 0.62
        painter.translate((self.width() - side) / 2, (self.height() - side) / 2)
        self._draw(painter, side)

    def _draw(self, painter: QPainter, side: float) -> None:
        raise NotImplementedError


class VerdictMark(_Mark):
    """A full, half or empty circle; two rings where the sources differ."""

    def __init__(self, verdict: Verdict, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._verdict = verdict

    def show_verdict(self, verdict: Verdict) -> None:
        self._verdict = verdict
        self.update()

    def _draw(self, painter: QPainter, side: float) -> None:
        colour = self._colour()
        painter.setPen(QPen(colour, 1.6))
        circle = QRectF(0.8, 0.8, side - 1.6, side - 1.6)
        if self._verdict is Verdict.SOURCES_DIFFER:
            third = side / 3
            painter.drawEllipse(QRectF(0.8, third / 2, 2 * third - 0.8, 2 * third))
            painter.drawEllipse(QRectF(third, third / 2, 2 * third - 0.8, 2 * third))
            return
        painter.drawEllipse(circle)
        painter.setBrush(colour)
        if self._verdict is Verdict.ANSWERED:
            painter.drawEllipse(circle.adjusted(2.2, 2.2, -2.2, -2.2))
        elif self._verdict is Verdict.PARTLY:
            painter.drawPie(circle, 90 * 16, 180 * 16)

    def _colour(self) -> QColor:
        theme = self._theme
        return {Verdict.ANSWERED: theme.ok, Verdict.NOT_IN_SOURCES: theme.muted}.get(self._verdict, theme.warn)


class StatusMark(_Mark):
    """Quotation ticks, a check, or a question's open ring, for a sentence that was checked."""

    def __init__(self, status: ClaimStatus, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._status = status

    def _draw(self, painter: QPainter, side: float) -> None:
        colour = self._theme.warn if self._status is ClaimStatus.UNSUPPORTED else self._theme.ok
        painter.setPen(QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        if self._status is ClaimStatus.SUPPORTED:
            points = [
                QPointF(0.1 * side, 0.55 * side),
                QPointF(0.4 * side, 0.85 * side),
                QPointF(0.95 * side, 0.2 * side),
            ]
            painter.drawPolyline(QPolygonF(points))
        elif self._status is ClaimStatus.QUOTED:
            for left in (0.2, 0.6):
                painter.drawLine(QPointF((left + 0.15) * side, 0.2 * side), QPointF(left * side, 0.6 * side))
        else:
            painter.drawLine(QPointF(0.5 * side, 0.1 * side), QPointF(0.5 * side, 0.6 * side))
            painter.drawPoint(QPointF(0.5 * side, 0.9 * side))
