"""The values on which the sources differ, side by side: none of them stands above the others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.answer_words import speaker_words, where_words
from desktop_app.buttons import NumberButton
from desktop_app.even_columns import EvenColumns
from desktop_app.inert_text import Caption, InertText
from desktop_app.pressable import Pressable
from desktop_app.theme import Theme
from desktop_app.wording import count_words, date_words
from rag.types import Position, Quote

_MOST_QUOTES = 3
_LEAST_CHARS = 26


class PositionCard(Pressable):
    """One value in large, and under it who gives it, where and when.

    `quotes` are the answer's quotes that say so, each with its index among them. Activated, it opens the first.

    Signals:
        quote_activated(int): index of a quote among the answer's.
    """

    quote_activated = Signal(int)

    def __init__(
        self, position: Position, quotes: Sequence[tuple[int, Quote]], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._value = InertText(position.value.text, line_height_percent=120)
        self._lines = [_QuoteLine(index, quote) for index, quote in quotes[:_MOST_QUOTES]]
        n_more = len(quotes) - len(self._lines)
        more = f"and {count_words(n_more, 'more quote', 'more quotes')}" if n_more else ""
        self._more = Caption(more, colour_role=QPalette.ColorRole.PlaceholderText)
        self._lay_out()
        self._value.clicked.connect(self.activated)
        if quotes:
            first = quotes[0][0]
            self.activated.connect(lambda: self.quote_activated.emit(first))
        said = "; ".join(_said(quote) for _index, quote in quotes)
        self.setAccessibleName(f"{position.value.text}: {said}")
        self._value.setAccessibleName(self.accessibleName())
        self.setAccessibleDescription("Press Enter to open the source at this place")
        self.set_theme(theme)

    @property
    def value(self) -> InertText:
        """The widget with the value; it can be selected and copied."""
        return self._value

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._value.setFont(theme.answer)
        self._more.setFont(theme.small)
        for line in self._lines:
            line.set_theme(theme)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        edge = self._theme.quote_rule if self._is_under_pointer else self._theme.rule
        self.paint_ground(QPainter(self), self._theme.surface, edge)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 11, 14, 12)
        column.setSpacing(8)
        column.addWidget(self._value)
        for line in self._lines:
            line.activated.connect(self.quote_activated)
            column.addWidget(line)
        if self._more.text():
            column.addWidget(self._more)
        column.addStretch(1)


class PositionsView(QWidget):
    """All positions of an answer; as many stand in a row as there is room for.

    Signals:
        quote_activated(int): index of a quote among the answer's.
    """

    quote_activated = Signal(int)

    def __init__(
        self, positions: Sequence[Position], quotes: Sequence[Quote], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._columns = EvenColumns(self)
        self._cards = [self._card(position, quotes, theme) for position in positions]
        for card in self._cards:
            self._columns.addWidget(card)
        self.set_theme(theme)

    @property
    def cards(self) -> list[PositionCard]:
        return list(self._cards)

    def set_theme(self, theme: Theme) -> None:
        self._columns.set_least(QFontMetrics(theme.body).averageCharWidth() * _LEAST_CHARS)
        for card in self._cards:
            card.set_theme(theme)

    def _card(self, position: Position, quotes: Sequence[Quote], theme: Theme) -> PositionCard:
        own = [(index, quotes[index]) for index in position.quotes if 0 <= index < len(quotes)]
        card = PositionCard(position, own, theme, self)
        card.quote_activated.connect(self.quote_activated)
        return card


class _QuoteLine(QWidget):
    """A quote's number, and beside it its source, its date and who says it."""

    activated = Signal(int)

    def __init__(self, index: int, quote: Quote) -> None:
        super().__init__()
        self._number = NumberButton(index + 1, f"Open quote {index + 1}, from {where_words(quote)}")
        self._number.clicked.connect(lambda: self.activated.emit(index))
        self._speaker = Caption(speaker_words(quote), most_lines=2)
        self._title = Caption(quote.source.title or quote.source.name, most_lines=3)
        dated = date_words(quote.source.date) or "no date"
        self._date = Caption(
            f"{dated} · {quote.place}" if quote.place else dated, colour_role=QPalette.ColorRole.PlaceholderText
        )
        words = QVBoxLayout()
        words.setSpacing(1)
        for caption in (self._speaker, self._title, self._date):
            if caption.text():
                words.addWidget(caption)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._number, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def set_theme(self, theme: Theme) -> None:
        self._speaker.setFont(theme.body)
        for part in (self._number, self._title, self._date):
            part.setFont(theme.small)


def _said(quote: Quote) -> str:
    where = where_words(quote)
    return f"{speaker_words(quote)} in {where}" if quote.speaker else where
