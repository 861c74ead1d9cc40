"""The verdict in plain words, and under it the quotes, or where nothing can be quoted the nearest passages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption, InertText
from desktop_app.marks import VerdictMark
from desktop_app.quote_card import ExcerptCard, HitCard, QuoteCard
from desktop_app.theme import Theme
from desktop_app.wording import evidence_words, verdict_words
from rag.types import Answer, Hit, Quote, Verdict

_CARDS_AT_FIRST = 3


class EvidenceList(QWidget):
    """Verdict and cards, best first; the rest of the cards comes on demand.

    Signals:
        quote_activated(int), hit_activated(int): index among the answer's quotes, or among its nearest passages.
    """

    quote_activated = Signal(int)
    hit_activated = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[tuple[Quote, ...], tuple[Hit, ...]] | None = None
        self._rest: list[tuple[int, Quote | Hit]] = []
        self._cards: list[ExcerptCard] = []
        self._current: int | None = None
        self._verdict = _VerdictLine(theme)
        self._heading = Caption("Nearest passages")
        self._heading.hide()
        self._more = QuietButton("", is_muted=True)
        self._more.clicked.connect(self._show_rest)
        self._more.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        self._column.addWidget(self._verdict)
        self._column.addWidget(self._heading)
        self._column.addLayout(self._list)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_theme(theme)

    @property
    def cards(self) -> list[ExcerptCard]:
        """The cards shown at present, best first."""
        return list(self._cards)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._verdict.set_theme(theme)
        self._heading.setFont(theme.strong)
        self._more.setFont(theme.small)
        for card in self._cards:
            card.set_theme(theme)

    def show_answer(self, answer: Answer) -> None:
        """Show the verdict; the cards are kept where they are the same, so that nothing jumps."""
        self._verdict.show_answer(answer)
        nearest = answer.nearest if answer.verdict is Verdict.NOT_IN_SOURCES else ()
        if self._shown == (answer.quotes, nearest):
            return
        self._shown = (answer.quotes, nearest)
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = []
        self._heading.setVisible(bool(nearest))
        self._rest = [*enumerate(answer.quotes), *enumerate(nearest)]
        self._show_cards(_CARDS_AT_FIRST)

    @property
    def current_card(self) -> ExcerptCard | None:
        """The card that is marked."""
        return next((card for card in self._cards if card.is_current), None)

    def mark_quote(self, index: int | None) -> None:
        """Mark the card of a quote as the one whose place is open; None marks none."""
        self._current = index
        if index is not None and any(place == index and isinstance(item, Quote) for place, item in self._rest):
            self._show_cards(len(self._rest))
        for number, card in enumerate(self._cards):
            card.set_current(isinstance(card, QuoteCard) and number == index)

    def _show_rest(self) -> None:
        first_new = len(self._cards)
        self._show_cards(len(self._rest))
        self._cards[first_new].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_cards(self, count: int) -> None:
        now, self._rest = self._rest[:count], self._rest[count:]
        for index, item in now:
            card = self._card(index, item)
            self._list.addWidget(card)
            card.show()  # a layout leaves out what was never told to show itself
            self._cards.append(card)
        self._more.set_words(f"Show {len(self._rest)} more")
        self._more.setVisible(bool(self._rest))

    def _card(self, index: int, item: Quote | Hit) -> ExcerptCard:
        if isinstance(item, Quote):
            total = len(self._shown[0]) if self._shown else 1
            card: ExcerptCard = QuoteCard(item, index + 1, total, self._theme, self)
            card.activated.connect(lambda: self.quote_activated.emit(index))
            card.set_current(index == self._current)
        else:
            card = HitCard(item, self._theme, self)
            card.activated.connect(lambda: self.hit_activated.emit(index))
        return card


class _VerdictLine(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mark = VerdictMark(Verdict.ANSWERED, theme)
        self._words = InertText()
        self._evidence = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        row.addWidget(self._evidence, 0, Qt.AlignmentFlag.AlignTop)

    def set_theme(self, theme: Theme) -> None:
        self._mark.set_theme(theme)
        self._words.setFont(theme.body)
        self._evidence.setFont(theme.small)

    def show_answer(self, answer: Answer) -> None:
        words = verdict_words(answer)
        has_quotes = answer.verdict is not Verdict.NOT_IN_SOURCES
        self._mark.show_verdict(answer.verdict)
        self._words.set_text(words)
        self._words.setAccessibleName(words)
        self._evidence.set_text(evidence_words(answer.confidence) if has_quotes else "")
