"""The pane at the right of the library: what is known of the selection, and the form that corrects it.

It knows neither rows nor the workbench; it shows cards.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.details_form import DetailsForm
from desktop_app.flow_layout import FlowLayout
from desktop_app.inert_text import Caption, InertText, plain_tooltip
from desktop_app.library_actions import ActionButton, LibraryActions
from desktop_app.library_cards import Card, Fact
from desktop_app.window_style import named
from rag.holdings import Correction
from rag.types import Source

NOTHING = Card("", "Select a document to see what is known of it.")
_MARGIN_PX = 16


class FactGrid(QWidget):
    """Captions with their values; the labels are made once and used for every card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[tuple[QLabel, Caption]] = []
        self._facts: tuple[Fact, ...] = ()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(7)
        self._layout.setColumnStretch(1, 1)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._facts

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Replace all of them."""
        self._facts = facts
        while len(self._labels) < len(facts):
            self._add_line()
        for number, (caption, value) in enumerate(self._labels):
            is_used = number < len(facts)
            caption.setVisible(is_used)
            value.setVisible(is_used)
            if is_used:
                self._fill(facts[number], caption, value)

    def _add_line(self) -> None:
        row = len(self._labels)
        caption, value = named(QLabel(self), "muted"), Caption("", self, Qt.TextElideMode.ElideMiddle, most_lines=2)
        caption.setTextFormat(Qt.TextFormat.PlainText)
        top = Qt.AlignmentFlag.AlignTop
        self._layout.addWidget(caption, row, 0, top)
        self._layout.addWidget(value, row, 1)
        self._labels.append((caption, value))

    @staticmethod
    def _fill(fact: Fact, caption: QLabel, value: Caption) -> None:
        caption.setText(fact.caption)
        value.set_text(fact.value)
        if fact.tooltip:
            value.setToolTip(plain_tooltip(fact.tooltip))


class DetailsPane(QFrame):
    """A card, or the form in its place.

    Signals:
        corrected(document id, Correction): something else was written than before.
        not_understood(text): the form was left with something that is no date.
        form_toggled(): it was opened or closed.
        form_closed(): the latter.
    """

    corrected = Signal(str, object)
    not_understood = Signal(str)
    form_toggled = Signal()
    form_closed = Signal()

    def __init__(self, actions: LibraryActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library-details")
        self.setAccessibleName("Details")
        self._actions = actions
        self.document_id = ""
        self.card = Card("")
        self.title = named(InertText(parent=self), "details-title")
        self.note = named(InertText(parent=self), "details-note")
        self.facts = FactGrid(self)
        self._places = QVBoxLayout()
        self._rows: dict[tuple[str, ...], QWidget] = {}
        self.form = DetailsForm(self)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self.form.changed.connect(self._tell_correction)
        self.form.closed.connect(self.close_form)

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(_MARGIN_PX, 14, _MARGIN_PX, 14)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.note)
        column.addLayout(self._places)
        column.addWidget(self.facts)
        column.addStretch(1)
        for content in (page, self.form):
            self._pages.addWidget(_scrolling(content))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    @property
    def is_correcting(self) -> bool:
        return self._pages.currentIndex() == 1

    def show_card(self, card: Card) -> None:
        """Tell of another selection; what was written in an open form is kept."""
        self._leave_form()
        if card == self.card:
            return
        self.card = card
        for part, text in ((self.title, card.title), (self.note, card.note)):
            part.set_text(text)
            part.setVisible(bool(text))
        self.facts.show_facts(card.facts)
        self._show_deeds(card.deeds)

    def correct(self, source: Source, correction: Correction, said: Source | None) -> None:
        """Open the form; see DetailsForm."""
        self.document_id = source.id
        self._pages.setCurrentIndex(1)
        self.form_toggled.emit()
        self.form.begin(source, correction, said)

    @Slot()
    def close_form(self) -> None:
        """Show the card again."""
        if self.is_correcting:
            self._pages.setCurrentIndex(0)
            self.form_toggled.emit()
            self.form_closed.emit()

    def _leave_form(self) -> None:
        if self.is_correcting:
            self.form.keep()
            if not self.form.date.is_understood:
                self.not_understood.emit(self.form.date.text)
            self.close_form()

    @Slot(object)
    def _tell_correction(self, correction: Correction) -> None:
        self.corrected.emit(self.document_id, correction)

    def _show_deeds(self, deeds: tuple[str, ...]) -> None:
        for row in self._rows.values():
            row.hide()
        if deeds not in self._rows:
            self._rows[deeds] = self._row(deeds)
            self._places.addWidget(self._rows[deeds])
        self._rows[deeds].setVisible(bool(deeds))

    def _row(self, deeds: tuple[str, ...]) -> QWidget:
        row = QWidget(self)
        layout = FlowLayout(row, gap=6)
        for deed in deeds:
            layout.addWidget(ActionButton(self._actions[deed], row))
        policy = row.sizePolicy()
        policy.setHeightForWidth(True)
        row.setSizePolicy(policy)
        return row


def _scrolling(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
