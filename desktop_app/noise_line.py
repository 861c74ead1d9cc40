"""One line above a source: how much of it is left out of quotes, the way to it, and whether it is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption
from desktop_app.noise_words import summary_words
from desktop_app.theme import Theme
from rag.types import Mark


class NoiseLine(QWidget):
    """Hidden where the document has no marks.

    Signals:
        next_requested(): the next stretch that is left out is to be shown.
        hiding_chosen(bool): the stretches are to be hidden, or shown again.
    """

    next_requested = Signal()
    hiding_chosen = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_hiding = False
        self._has_some = False
        self._words = Caption(colour_role=QPalette.ColorRole.PlaceholderText, most_lines=2)
        self._next = QuietButton("Next", is_muted=True)
        self._next.setAccessibleName("Next stretch that is left out")
        self._next.setToolTip("Next stretch that is left out (Alt+N)")
        self._choice = QuietButton("", is_muted=True)
        self._next.clicked.connect(self.next_requested)
        self._choice.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._words, 1)
        row.addWidget(self._next)
        row.addWidget(self._choice)
        self.set_theme(theme)
        self.set_hiding(False)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def set_theme(self, theme: Theme) -> None:
        for part in (self._words, self._next, self._choice):
            part.setFont(theme.small)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        words = summary_words(marks)
        self._words.set_text(words)
        self._has_some = any(not mark.is_lifted for mark in marks)
        self._offer()
        self.setVisible(bool(words))

    def set_hiding(self, is_hiding: bool) -> None:
        self._is_hiding = is_hiding
        self._choice.set_words("Show them" if is_hiding else "Hide them")
        self._choice.setAccessibleName(f"{self._choice.text()}: stretches that are left out of quotes")
        self._offer()

    def _offer(self) -> None:
        self._next.setVisible(self._has_some and not self._is_hiding)
        self._choice.setVisible(self._has_some)

    def _choose(self) -> None:
        self.hiding_chosen.emit(not self._is_hiding)
