"""The small line under an excerpt's title: its page, who wrote it, whether a machine read it, and where else it stands.

It opens nothing; it says which document the reader wants.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_app.answer_words import OCR_EXPLAINED, READ_BY_OCR, author_words, copies_words
from desktop_app.buttons import QuietButton
from desktop_app.flow_layout import FlowLayout
from desktop_app.inert_text import Caption, plain_tooltip
from desktop_app.scope_words import isolated
from desktop_app.survey_view import SurveyView
from desktop_app.theme import Theme
from desktop_app.wording import language_words
from rag.types import Source

_BADGE_PADDING_PX = 6
_BETWEEN_PX = 8


class ExcerptDetails(QWidget):
    """Place and author, a badge for what was read by OCR, and further documents that unfold on demand.

    Signals:
        document_activated(str): id of a further document that is to be opened.
    """

    document_activated = Signal(str)

    def __init__(
        self,
        source: Source,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        place: str | None = None,
        is_ocr: bool = False,
        also_in: Sequence[Source] = (),
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._also_in = tuple(also_in)
        self._copies: SurveyView | None = None
        words = " · ".join(isolated(part) for part in (place, author_words(source.author)) if part)
        self._words = Caption(words, colour_role=QPalette.ColorRole.PlaceholderText)
        self._words.setToolTip(plain_tooltip("\n".join(part for part in (place, source.author) if part)))
        self._badge = Badge(READ_BY_OCR, OCR_EXPLAINED) if is_ocr else None
        self._more = QuietButton(copies_words(also_in), self) if also_in else None
        self._row = FlowLayout(gap=_BETWEEN_PX)
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.set_theme(theme)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self._words.text() or self._badge or self._more)

    @property
    def copies(self) -> SurveyView | None:
        """The further documents, once they were unfolded."""
        return self._copies

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self._words, self._badge, self._more):
            if part is not None:
                part.setFont(theme.small)
                part.setFixedHeight(QFontMetrics(theme.small).height() + _BETWEEN_PX)
        if self._copies is not None:
            self._copies.set_theme(theme)

    def _lay_out(self) -> None:
        for part in (self._words if self._words.text() else None, self._badge, self._more):
            if part is not None:
                self._row.addWidget(part)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._row)
        if self._more is not None:
            self._more.setToolTip("Show the other documents with the same words")
            self._more.clicked.connect(self._unfold)

    @Slot()
    def _unfold(self) -> None:
        """Show the further documents, or fold them away again."""
        if self._copies is None:
            self._copies = SurveyView(self._also_in, self._theme, self)
            self._copies.document_activated.connect(self.document_activated)
            self._column.addWidget(self._copies)
            self._copies.show()  # a layout leaves out what was never told to show itself
        else:
            self._copies.setVisible(self._copies.isHidden())


class Badge(QWidget):
    """A word or two in a thin frame; the tool tip explains them."""

    def __init__(self, words: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setAccessibleName(words)
        self.setAccessibleDescription(explanation)
        self.setToolTip(explanation)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._words) + 2 * _BADGE_PADDING_PX, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        height = self.fontMetrics().height() + 2
        frame = QRectF(0, (self.height() - height) / 2, self.width(), height).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        baseline = (self.height() + self.fontMetrics().ascent() - self.fontMetrics().descent()) // 2
        painter.drawText(_BADGE_PADDING_PX, baseline, self._words)


def about_source(source: Source) -> str:
    """A source's title, file and language, a line each, for a tool tip."""
    parts = (source.title, source.name, language_words(source.language))
    return plain_tooltip("\n".join(dict.fromkeys(" ".join(part.split()) for part in parts if part)))
