"""An excerpt of a source with one click to its place: a quotation, or a passage that only came near.

It shows what it is given; whether the words still stand in the source is for the source view to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette, QTextCharFormat
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.answer_words import quote_words, source_words, speaker_words
from desktop_app.excerpt_details import ExcerptDetails, about_source
from desktop_app.inert_text import Caption, InertText
from desktop_app.pressable import Pressable
from desktop_app.theme import Theme
from desktop_app.wording import date_words
from rag.types import Hit, Quote, Source, Span

_EXCERPT_CHARS = 320
_MOST_CHARS = 6_000
_RULE_ROOM_PX = 14
# A line that begins with number signs, or one that is underlined.
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:[ \t].*)?$|^[^\n]+\n(?:=+|-{3,})[ \t]*$", re.MULTILINE)


class ExcerptCard(Pressable):
    """A source's title and date above its own words, which stand beside a rule. The whole card can be clicked.

    Signals:
        document_activated(str): id of another document with the same words, which is to be opened.
    """

    document_activated = Signal(str)

    def __init__(
        self,
        source: Source,
        text: str,
        mark: str,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        is_dated: bool = False,
        place: str | None = None,
        is_ocr: bool = False,
        also_in: Sequence[Source] = (),
    ) -> None:
        super().__init__(theme, parent)
        self._is_current = False
        self._is_dated = is_dated
        self._mark = Caption(mark, colour_role=QPalette.ColorRole.Link)
        self._title = Caption(source.title, most_lines=2)
        self._title.setToolTip(about_source(source))
        self._details = ExcerptDetails(source, theme, self, place=place, is_ocr=is_ocr, also_in=also_in)
        self._details.document_activated.connect(self.document_activated)
        date = date_words(source.date) or ("no date" if is_dated else "")
        role = QPalette.ColorRole.WindowText if is_dated else QPalette.ColorRole.PlaceholderText
        self._date = Caption(date, colour_role=role)
        self._words = InertText(text)
        self._words.clicked.connect(self.activated)
        self._lay_out()
        self.set_theme(theme)

    @property
    def words(self) -> InertText:
        """The widget with the source's own words; they can be selected and copied."""
        return self._words

    @property
    def details(self) -> ExcerptDetails:
        """The small line under the title."""
        return self._details

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._details.set_theme(theme)
        self._mark.setFont(theme.strong)
        self._title.setFont(theme.strong)
        self._date.setFont(theme.strong if self._is_dated else theme.small)
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
        headline = QHBoxLayout()
        headline.setSpacing(8)
        headline.addWidget(self._title, 1)
        if self._date.text():
            headline.addWidget(self._date, 0, Qt.AlignmentFlag.AlignTop)
        beside_mark = QVBoxLayout()
        beside_mark.setSpacing(0)
        beside_mark.addLayout(headline)
        beside_mark.addWidget(self._details)
        self._details.setVisible(not self._details.is_empty)
        header = QHBoxLayout()
        header.setSpacing(8)
        if self._mark.text():
            header.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        header.addLayout(beside_mark, 1)
        inner = QHBoxLayout()
        inner.setContentsMargins(*self._beside_rule())
        inner.addWidget(self._words)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 11, 14, 13)
        self._column.setSpacing(8 if self._details.is_empty else 5)
        self._column.addLayout(header)
        self._column.addLayout(inner)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        self.paint_ground(painter, self._theme.surface, self._edge())
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

    def _edge(self) -> QColor:
        if self._is_current:
            return self._theme.accent
        return self._theme.quote_rule if self._is_under_pointer else self._theme.rule


class QuoteCard(ExcerptCard):
    """A quotation with its number among the answer's quotes, counted from 1, and with who says it, if anyone is named.

    `marked` are the spans, within the quote's own, of the words that answer: the eye should find them.
    """

    def __init__(
        self,
        quote: Quote,
        number: int,
        total: int,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        marked: Sequence[Span] = (),
        is_dated: bool = False,
    ) -> None:
        self._speaker = Caption(speaker_words(quote))
        self._rest = Caption(_rest(quote), colour_role=QPalette.ColorRole.PlaceholderText)
        self._marked = tuple(marked)
        self._quote = quote
        super().__init__(
            quote.source,
            quote.text[:_MOST_CHARS],
            str(number),
            theme,
            parent,
            is_dated=is_dated,
            place=quote.place,
            is_ocr=quote.is_ocr,
            also_in=quote.also_in,
        )
        name = quote_words(quote, number, total)[:_MOST_CHARS]
        self.setAccessibleName(name)
        self._words.setAccessibleName(name)
        self.setAccessibleDescription("Press Enter to open the source at this place")

    @property
    def quote(self) -> Quote:
        return self._quote

    def set_theme(self, theme: Theme) -> None:
        self._speaker.setFont(theme.body)
        self._rest.setFont(theme.small)
        super().set_theme(theme)
        for span in self._marked:
            start, end = span.start - self._quote.span.start, span.end - self._quote.span.start
            if end <= len(self._words.text()):
                self._words.mark(Span(start, end), _found(theme))

    def _lay_out(self) -> None:
        super()._lay_out()
        if self._speaker.text():
            self._column.insertLayout(1, self._beside(self._speaker))
        if self._rest.text():
            self._column.addLayout(self._beside(self._rest))

    def _beside(self, caption: Caption) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(*self._beside_rule())
        row.addWidget(caption)
        return row


def _rest(quote: Quote) -> str:
    """That the card holds only the beginning of a quote; empty where it holds all of it."""
    if len(quote.text) <= _MOST_CHARS:
        return ""
    return f"The quote goes on, {len(quote.text):,} characters in all. Open it to read on."


def _found(theme: Theme) -> QTextCharFormat:
    found = QTextCharFormat()
    found.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
    found.setUnderlineColor(theme.accent)
    return found


class HitCard(ExcerptCard):
    """A passage that came near a question; only its beginning is shown, in the interface's own letters."""

    def __init__(self, hit: Hit, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(hit.source, _excerpt(hit.text), "", theme, parent, place=hit.place)
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
