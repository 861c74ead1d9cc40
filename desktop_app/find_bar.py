"""Finding words in a document's text, with offsets into that text; it marks nothing itself."""

from __future__ import annotations

import re
from itertools import islice

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop_app.buttons import ArrowButton, QuietButton
from desktop_app.inert_text import Caption
from desktop_app.theme import Theme
from rag.types import Span

MOST_MATCHES = 10_000
_PAUSE_MS = 150


def find_all(text: str, wanted: str) -> list[Span]:
    """Where `wanted` stands in `text`, whatever the case, without overlaps; at most MOST_MATCHES places."""
    if not wanted:
        return []
    found = re.finditer(re.escape(wanted), text, re.IGNORECASE)
    return [Span(match.start(), match.end()) for match in islice(found, MOST_MATCHES)]


class FindBar(QWidget):
    """A line to type in, a count, and steps. It is filled with a text by `set_text` before it is of use.

    Signals:
        found(list[Span], Span | None): all finds and the current one; the list is empty when nothing is searched for.
        closed(): the reader has closed it.
    """

    found = Signal(list, object)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._matches: list[Span] = []
        self._current = -1
        self._begin_at = 0
        self._line = _FindLine()
        self._line.setPlaceholderText("Find in this text")
        self._line.setAccessibleName("Find in this text")
        self._line.setClearButtonEnabled(False)
        self._count = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._previous = ArrowButton(Qt.ArrowType.UpArrow)
        self._next = ArrowButton(Qt.ArrowType.DownArrow)
        self._previous.name("Previous find", "Shift+F3")
        self._next.name("Next find", "F3")
        self._close = QuietButton("Close", is_muted=True)
        self._close.setAccessibleName("Close the search")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._line.setFont(theme.body)
        for part in (self._count, self._close):
            part.setFont(theme.small)

    def set_text(self, text: str) -> None:
        """Search in this text from now on."""
        if text != self._text:
            self._text, self._begin_at = text, 0
            self._matches, self._current = [], -1
            self._count.set_text("")
            if not self.isHidden():
                self._search()

    def open(self, words: str = "", begin_at: int = 0) -> None:
        """Show the bar, search for `words` if there are any, beginning at an offset, and let the reader type."""
        self._begin_at = begin_at
        self.show()
        if words:
            self._line.setText(words)
        self._line.selectAll()
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search()

    def step(self, by: int) -> None:
        """Go to another find, round the end."""
        if self._pause.isActive():
            self._search()
        elif self._matches:
            self._current = (self._current + by) % len(self._matches)
            self._announce()

    def close_bar(self) -> None:
        self._pause.stop()
        self.hide()
        self.found.emit([], None)
        self.closed.emit()

    def _search_soon(self) -> None:
        self._pause.start()

    def _search(self) -> None:
        self._pause.stop()
        self._matches = find_all(self._text, self._line.text())
        before = sum(match.start < self._begin_at for match in self._matches)
        self._current = before % len(self._matches) if self._matches else -1
        self._announce()

    def _announce(self) -> None:
        if self._matches:
            many = "+" if len(self._matches) == MOST_MATCHES else ""
            self._count.set_text(f"{self._current + 1:,} of {len(self._matches):,}{many}")
        else:
            self._count.set_text("not found" if self._line.text() else "")
        self.found.emit(self._matches, self._matches[self._current] if self._matches else None)

    def _connect(self) -> None:
        self._line.textEdited.connect(self._search_soon)
        self._line.stepped.connect(self.step)
        self._line.left.connect(self.close_bar)
        self._previous.clicked.connect(lambda: self.step(-1))
        self._next.clicked.connect(lambda: self.step(1))
        self._close.clicked.connect(self.close_bar)
        self._pause.timeout.connect(self._search)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._line, 1)
        for part in (self._count, self._previous, self._next, self._close):
            row.addWidget(part)


class _FindLine(QLineEdit):
    """Enter steps on, Shift+Enter back, Escape leaves."""

    stepped = Signal(int)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
