"""An excerpt of a source with one click to its place: a quotation, or a passage that only came near.

It shows what it is given; whether the words still stand in the source is for the source view to say.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.inert_text import Caption, InertText
from desktop_app.theme import Theme
from desktop_app.wording import date_words, quote_words, source_words
from rag.types import Hit, Quote, Source

_EXCERPT_CHARS = 320
_MOST_CHARS = 6_000
_RULE_ROOM_PX = 14
# A line that begins with number signs, or one that is underlined.
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t].*)?$|^[^\n]+\n(?:=+|-{3,})[ \t]*$", re.MULTILINE)


class ExcerptCard(QFrame):
    """A source's title and date above its own words, which stand beside a rule. The whole card can be clicked.

    Signals:
        activated(): clicked, or Enter or Space pressed.
    """

    activated = Signal()

    def __init__(self, source: Source, text: str, mark: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_current = False
        self._is_under_pointer = False
        self._mark = Caption(mark, colour_role=QPalette.ColorRole.Link)
        self._title = Caption(source.title, most_lines=2)
        self._date = Caption(date_words(source.date), colour_role=QPalette.ColorRole.PlaceholderText)
        self._words = InertText(text)
        self._words.clicked.connect(self.activated)
        self._lay_out()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_theme(theme)

    @property
    def words(self) -> InertText:
        """The widget with the source's own words; they can be selected and copied."""
        return self._words

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._mark.setFont(theme.strong)
        self._title.setFont(theme.strong)
        self._date.setFont(theme.small)
        self._words.setFont(self._words_font(theme))
        self.update()

    @property
    def is_current(self) -> bool:
        return self._is_current

    def set_current(self, is_current: bool) -> None:
        """Mark the card as the one whose place is open."""
        self._is_current = is_current
        self.update()

    def _words_font(self, theme: Theme) -> QFont:
        return theme.quote

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(8)
        if self._mark.text():
            header.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        header.addWidget(self._title, 1)
        if self._date.text():
            header.addWidget(self._date, 0, Qt.AlignmentFlag.AlignTop)
        inner = QHBoxLayout()
        inner.setContentsMargins(*self._beside_rule())
        inner.addWidget(self._words)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 11, 14, 13)
        self._column.setSpacing(8)
        self._column.addLayout(header)
        self._column.addLayout(inner)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, width = self._edge()
        painter.setPen(QPen(edge, width))
        painter.setBrush(self._theme.surface)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        place = self._words.geometry()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.accent if self._is_current else self._rule_colour())
        x = place.right() + _RULE_ROOM_PX - 2 if self._words.is_right_to_left() else place.x() - _RULE_ROOM_PX
        painter.drawRoundedRect(QRectF(x, place.y(), 3, place.height()), 1.5, 1.5)

    def _rule_colour(self) -> QColor:
        return self._theme.quote_rule

    def _beside_rule(self) -> tuple[int, int, int, int]:
        """Margins that leave room for the rule where the text's lines begin."""
        return (0, 0, _RULE_ROOM_PX, 0) if self._words.is_right_to_left() else (_RULE_ROOM_PX, 0, 0, 0)

    def _edge(self) -> tuple[QColor, float]:
        if self.hasFocus():
            return self._theme.accent, 2.0
        if self._is_current:
            return self._theme.accent, 1.0
        return (self._theme.quote_rule if self._is_under_pointer else self._theme.rule), 1.0

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._is_under_pointer = event.type() is QEvent.Type.Enter
            self.update()
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
        super().focusOutEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)


class QuoteCard(ExcerptCard):
    """A quotation with its number among the answer's quotes, counted from 1."""

    def __init__(self, quote: Quote, number: int, total: int, theme: Theme, parent: QWidget | None = None) -> None:
        self._speaker = Caption(_below(quote))
        super().__init__(quote.source, quote.text[:_MOST_CHARS], str(number), theme, parent)
        self._quote = quote
        name = quote_words(quote, number, total)[:_MOST_CHARS]
        self.setAccessibleName(name)
        self._words.setAccessibleName(name)
        self.setAccessibleDescription("Press Enter to open the source at this place")

    @property
    def quote(self) -> Quote:
        return self._quote

    def set_theme(self, theme: Theme) -> None:
        self._speaker.setFont(theme.small)
        super().set_theme(theme)

    def _lay_out(self) -> None:
        super()._lay_out()
        if self._speaker.text():
            row = QHBoxLayout()
            row.setContentsMargins(*self._beside_rule())
            row.addWidget(self._speaker)
            self._column.addLayout(row)


def _below(quote: Quote) -> str:
    """Who said it, and whether the card holds all of it."""
    parts = [f"— {quote.speaker}"] if quote.speaker else []
    if len(quote.text) > _MOST_CHARS:
        parts.append(f"The quote goes on, {len(quote.text):,} characters in all. Open it to read on.")
    return "  ".join(parts)


class HitCard(ExcerptCard):
    """A passage that came near a question; only its beginning is shown, in the interface's own letters."""

    def __init__(self, hit: Hit, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(hit.source, _excerpt(hit.text), "", theme, parent)
        self.setAccessibleName(f"Nearest passage, from {source_words(hit.source)}: {_excerpt(hit.text)}")
        self.setAccessibleDescription("Press Enter to open the source at this place")

    def _words_font(self, theme: Theme) -> QFont:
        return theme.body

    def _rule_colour(self) -> QColor:
        return self._theme.rule


def _excerpt(text: str) -> str:
    """The beginning of a passage without its headings, cut at a word; an ellipsis stands for what is left out of it."""
    flat = _without_headings(text)
    if len(flat) <= _EXCERPT_CHARS:
        return flat
    kept = flat[:_EXCERPT_CHARS]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept) + " …"


def _without_headings(text: str) -> str:
    """On one line, from the first words that are no Markdown heading; a passage of headings alone keeps their words."""
    parts = [" ".join(part.split()) for part in _HEADING.split(text)]
    words = " … ".join(part for part in parts if part)
    return words or " ".join(" ".join(line.strip("#= -") for line in text.splitlines()).split())
