"""What moved a verdict: each reason with its value, and a bar to the right for an answer or to the left against it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop_app.answer_words import reason_words
from desktop_app.inert_text import Caption
from desktop_app.theme import Theme
from rag.types import Reason

_BAR_WIDTH_PX = 120
_BAR_HEIGHT_PX = 8


class PullBar(QWidget):
    """A bar from the middle: `share` in -1..1 is its length and its side."""

    def __init__(self, share: float, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = max(-1.0, min(1.0, share))
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    @property
    def share(self) -> float:
        return self._share

    def sizeHint(self) -> QSize:
        return QSize(_BAR_WIDTH_PX, _BAR_HEIGHT_PX + 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, centre = self.width() / 2, self.height() / 2
        length = max(1.5, abs(self._share) * (middle - 2))
        left = middle if self._share >= 0 else middle - length
        painter.setBrush(self._theme.ok if self._share >= 0 else self._theme.warn)
        painter.drawRoundedRect(QRectF(left, centre - _BAR_HEIGHT_PX / 2, length, _BAR_HEIGHT_PX), 2, 2)
        painter.setBrush(self._theme.muted)
        painter.drawRect(QRectF(middle - 0.5, centre - _BAR_HEIGHT_PX / 2 - 3, 1, _BAR_HEIGHT_PX + 6))


class ReasonBars(QWidget):
    """The reasons in the order they are given, the longest bar standing for the strongest pull."""

    def __init__(self, reasons: Sequence[Reason], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        strongest = max((abs(reason.pull) for reason in reasons), default=0.0) or 1.0
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        for row, reason in enumerate(reasons):
            name = Caption(reason_words(reason), most_lines=2)
            value = Caption(f"{reason.value:.2f}", colour_role=QPalette.ColorRole.PlaceholderText)
            for caption in (name, value):
                caption.setFont(theme.small)
            bar = PullBar(reason.pull / strongest, theme)
            bar.setAccessibleName(_said(reason))
            bar.setToolTip(_said(reason))
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(bar, row, 2, Qt.AlignmentFlag.AlignVCenter)


def _said(reason: Reason) -> str:
    side = "for" if reason.pull > 0 else "against" if reason.pull < 0 else "neither for nor against"
    return f"{reason_words(reason)}: {side} an answer, by {abs(reason.pull):.2f} (log-odds)"
