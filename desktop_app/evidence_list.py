"""The answer's head, and under it the quotes, or where nothing can be quoted the nearest passages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.answer_head import AnswerHead
from desktop_app.answer_words import holding_quote, values_of, values_within
from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption
from desktop_app.quote_card import ExcerptCard, HitCard, QuoteCard
from desktop_app.theme import Theme
from rag.types import Answer, Hit, Quote, Verdict

_CARDS_AT_FIRST = 3


class EvidenceList(QWidget):
    """Head and cards, best first; the rest of the cards comes on demand.

    Signals:
        quote_activated(int), hit_activated(int): index among the answer's quotes, or among its nearest passages.
        span_activated(): the place of the words that answer is to be opened.
        document_activated(str): id of a document that is to be opened.
    """

    quote_activated = Signal(int)
    hit_activated = Signal(int)
    span_activated = Signal()
    document_activated = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self._answer: Answer | None = None
        self._rest: list[tuple[int, Quote | Hit]] = []
        self._cards: list[ExcerptCard] = []
        self._current: int | None = None
        self._head = AnswerHead(theme)
        self._head.span_activated.connect(self.span_activated)
        self._head.quote_activated.connect(self.quote_activated)
        self._head.document_activated.connect(self.document_activated)
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
        self._column.addWidget(self._head)
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
        self._head.set_theme(theme)
        self._heading.setFont(theme.strong)
        self._more.setFont(theme.small)
        for card in self._cards:
            card.set_theme(theme)

    def show_answer(self, answer: Answer) -> None:
        """Show an answer; the cards are kept where they are the same, so that nothing jumps."""
        self._head.show_answer(answer)
        nearest = answer.nearest if answer.verdict is Verdict.NOT_IN_SOURCES else ()
        wanted = (answer.quotes, nearest, values_of(answer), answer.period)
        if self._shown == wanted:
            return
        self._shown, self._answer = wanted, answer
        for card in self._cards:
            card.hide()
            card.deleteLater()
        self._cards = []
        self._heading.setVisible(bool(nearest))
        self._rest = [*enumerate(answer.quotes), *enumerate(nearest)]
        self._show_cards(_n_at_first(answer))

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
        if self._answer is None:
            return
        now, self._rest = self._rest[:count], self._rest[count:]
        for index, item in now:
            card = self._card(self._answer, index, item)
            self._list.addWidget(card)
            card.show()  # a layout leaves out what was never told to show itself
            self._cards.append(card)
        self._more.set_words(f"Show {len(self._rest)} more")
        self._more.setVisible(bool(self._rest))

    def _card(self, answer: Answer, index: int, item: Quote | Hit) -> ExcerptCard:
        if isinstance(item, Quote):
            card: ExcerptCard = QuoteCard(
                item,
                index + 1,
                len(answer.quotes),
                self._theme,
                self,
                marked=values_within(answer, item),
                is_dated=answer.period is not None,
            )
            card.activated.connect(lambda: self.quote_activated.emit(index))
            card.set_current(index == self._current)
        else:
            card = HitCard(item, self._theme, self)
            card.activated.connect(lambda: self.hit_activated.emit(index))
        card.document_activated.connect(self.document_activated)
        return card


def _n_at_first(answer: Answer) -> int:
    """The best few cards, and as many more as it takes to show the quote that holds the answer."""
    index = holding_quote(answer, answer.span) if answer.span is not None else None
    return _CARDS_AT_FIRST if index is None else max(_CARDS_AT_FIRST, index + 1)
