"""What stands above a source: what it is, whether the quote was found in it, and the steps from quote to quote."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.buttons import ArrowButton, QuietButton
from desktop_app.inert_text import Caption, plain_tooltip
from desktop_app.theme import Theme
from desktop_app.wording import date_words
from rag.types import Source

_VERIFIED = "Verified: the source holds these very words"
_NOT_VERIFIED = "Not verified: these words do not stand at this place in the source"


class SourceHeader(QWidget):
    """Title, date, origin and name, and whether the current quote was found in the text."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        muted = QPalette.ColorRole.PlaceholderText
        self._title = Caption(most_lines=2)
        self._about = Caption(colour_role=muted)
        self._name = Caption(elide=Qt.TextElideMode.ElideMiddle, colour_role=muted)
        self._verified = Caption(most_lines=2)
        self._is_verbatim: bool | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._title, self._about, self._name, self._verified):
            policy = part.sizePolicy()
            policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
            part.setSizePolicy(policy)
            column.addWidget(part)
        self.set_theme(theme)

    @property
    def verification(self) -> str:
        return self._verified.text()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._title.setFont(theme.question)
        for part in (self._about, self._name, self._verified):
            part.setFont(theme.small)
        self.show_verification(self._is_verbatim)

    def show_source(self, source: Source) -> None:
        about = [date_words(source.date), source.author or "", source.origin or ""]
        self._title.set_text(source.title)
        self._about.set_text(" · ".join(part for part in about if part))
        self._about.setVisible(bool(self._about.text()))
        self._name.set_text(source.name)
        self._name.setToolTip(plain_tooltip(source.path))
        self.show()

    def show_verification(self, is_verbatim: bool | None) -> None:
        self._is_verbatim = is_verbatim
        words = {True: _VERIFIED, False: _NOT_VERIFIED, None: ""}[is_verbatim]
        palette = self._verified.palette()
        colour = self._theme.ok if is_verbatim else self._theme.bad
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self._verified.setPalette(palette)
        self._verified.set_text(words)
        self._verified.setVisible(bool(words))


class QuoteSteps(QWidget):
    """Which quote is current, the way to the others, and to the original file."""

    stepped = Signal(int)
    find_requested = Signal()
    original_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._place = Caption()
        self._previous = ArrowButton(Qt.ArrowType.UpArrow)
        self._next = ArrowButton(Qt.ArrowType.DownArrow)
        self._find = QuietButton("Find", is_muted=True)
        self._find.setAccessibleName("Find in this text")
        self._original = QuietButton("Open original", is_muted=True)
        self._original.clicked.connect(self.original_requested)
        self._previous.clicked.connect(lambda: self.stepped.emit(-1))
        self._next.clicked.connect(lambda: self.stepped.emit(1))
        self._find.clicked.connect(self.find_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._previous, self._next, self._place):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._original)
        row.addWidget(self._find)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._place.setFont(theme.body)
        for part in (self._previous, self._next, self._original, self._find):
            part.setFont(theme.small)

    def set_original(self, path: str) -> None:
        """Which file is opened in its own program on request; nothing is offered where the path is empty."""
        self._original.setVisible(bool(path))
        self._original.setToolTip(plain_tooltip(path))

    def show_place(self, current: int, total: int, called: str, *, can_find: bool) -> None:
        self._place.set_text(f"{called} {current + 1} of {total}" if total else "")
        self._previous.name(f"Previous {called.lower()}", "Shift+F4")
        self._next.name(f"Next {called.lower()}", "F4")
        self._find.setVisible(can_find)
        self._previous.setEnabled(current > 0)
        self._next.setEnabled(current < total - 1)
        for part in (self._previous, self._next):
            part.setVisible(total > 0)
