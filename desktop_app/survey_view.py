"""The documents that hold what a question about the whole collection asked for; each opens with a click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.answer_words import source_words
from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption
from desktop_app.pressable import Pressable
from desktop_app.theme import Theme
from desktop_app.wording import count_words, date_words
from rag.types import Source

_LINES_AT_FIRST = 8


class DocumentLine(Pressable):
    """A document's title and date on one line."""

    def __init__(self, source: Source, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._title = Caption(source.title or source.name, colour_role=QPalette.ColorRole.Link)
        self._date = Caption(date_words(source.date), colour_role=QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(10)
        row.addWidget(self._title)
        row.addWidget(self._date)
        row.addStretch(1)
        self.setAccessibleName(f"Open {source_words(source)}")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._title.setFont(theme.body)
        self._date.setFont(theme.small)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        self.paint_ground(QPainter(self), self._theme.hover if self._is_under_pointer else None, None)


class SurveyView(QWidget):
    """The first documents of a survey, and the others on demand.

    Signals:
        document_activated(str): id of a document that is to be opened.
    """

    document_activated = Signal(str)

    def __init__(self, sources: Sequence[Source], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: list[DocumentLine] = []
        self._rest = list(sources)
        self._more = QuietButton("", is_muted=True)
        self._more.clicked.connect(self._show_rest)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(self._list)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_lines(_LINES_AT_FIRST)
        self.set_theme(theme)

    @property
    def lines(self) -> list[DocumentLine]:
        """The lines shown at present."""
        return list(self._lines)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._more.setFont(theme.small)
        for line in self._lines:
            line.set_theme(theme)

    def _show_rest(self) -> None:
        first_new = len(self._lines)
        self._show_lines(len(self._rest))
        self._lines[first_new].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_lines(self, count: int) -> None:
        now, self._rest = self._rest[:count], self._rest[count:]
        for source in now:
            line = self._line(source)
            self._list.addWidget(line)
            line.show()  # a layout leaves out what was never told to show itself
            self._lines.append(line)
        self._more.set_words(f"Show {count_words(len(self._rest), 'more document', 'more documents')}")
        self._more.setVisible(bool(self._rest))

    def _line(self, source: Source) -> DocumentLine:
        line = DocumentLine(source, self._theme, self)
        line.activated.connect(lambda: self.document_activated.emit(source.id))
        return line
