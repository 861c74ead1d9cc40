"""One line above a source: page or text, where the reader is, and the way to another page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.inert_text import Caption, plain_tooltip
from desktop_app.theme import Theme

_ENTRY_CHARS = 5


class ReadingLine(QWidget):
    """Page and Text are offered where there are pages, the entry where places have numbers.

    Signals:
        paged_chosen(bool): the pages are to be shown, or the text.
        place_chosen(str): the reader has typed the number or name of a page.
    """

    paged_chosen = Signal(bool)
    place_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = TabButton("Page")
        self._text = TabButton("Text")
        self._group = QButtonGroup(self)
        for button in (self._page, self._text):
            self._group.addButton(button)
        self._page.clicked.connect(lambda: self.paged_chosen.emit(True))
        self._text.clicked.connect(lambda: self.paged_chosen.emit(False))
        self._kind = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        self._entry = _PlaceEntry()
        self._entry.setAccessibleName("Go to page")
        self._entry.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._entry.returnPressed.connect(self._choose_place)
        self._total = Caption(colour_role=QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._page, self._text, self._kind, self._entry, self._total):
            row.addWidget(part)
        row.addStretch(1)
        self.set_theme(theme)
        self.offer_pages(False)
        self.show_place("")

    @property
    def place(self) -> str:
        """Where the reader is said to be, in words."""
        shown = (self._kind, self._entry, self._total)
        return " ".join(part.text() for part in shown if not part.isHidden() and part.text())

    @property
    def has_something(self) -> bool:
        """Whether there is anything to be seen on it."""
        return not self._page.isHidden() or bool(self.place)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self._page, self._text, self._kind, self._entry, self._total):
            part.setFont(theme.small)
        ink, edge, accent = theme.text.name(), theme.rule.name(), theme.accent.name()
        self._entry.setStyleSheet(
            f"QLineEdit {{ color: {ink}; background: {theme.surface.name()}; border: 1px solid {edge};"
            f" border-radius: 4px; padding: 1px 4px; }} QLineEdit:focus {{ border: 1px solid {accent}; }}"
        )
        self._entry.setFixedWidth(self._entry.fontMetrics().averageCharWidth() * _ENTRY_CHARS + 16)

    def offer_pages(self, has_pages: bool, why_not: str = "") -> None:
        """Offer page and text, or, for a file whose pages cannot be shown, the text alone."""
        for button in (self._page, self._text):
            button.setVisible(has_pages)
        self._page.setEnabled(not why_not)
        self._page.setToolTip(plain_tooltip(why_not))

    def set_paged(self, is_paged: bool) -> None:
        (self._page if is_paged else self._text).setChecked(True)

    def show_place(self, name: str) -> None:
        """Say where the reader is where places have no numbers to type: slide 3."""
        self._kind.set_text(name)
        self._kind.setVisible(bool(name))
        self._entry.hide()
        self._total.hide()

    def show_page(self, label: str, n_pages: int) -> None:
        """Say which page is read, and let another be typed."""
        self._kind.set_text("page")
        self._total.set_text(f"of {n_pages:,}")
        if not self._entry.hasFocus():
            self._entry.set_place(label)
        for part in (self._kind, self._entry, self._total):
            part.show()

    def _choose_place(self) -> None:
        self.place_chosen.emit(self._entry.text().strip())


class TabButton(QuietButton):
    """One of two words, of which one holds: that one in ink, with a line under it."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent, is_muted=True)
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(6, 2)

    def _ink(self) -> QPalette.ColorRole:
        return QPalette.ColorRole.WindowText if self.isChecked() else super()._ink()

    def _paint_ground(self, painter: QPainter) -> None:
        accent = self.palette().color(QPalette.ColorRole.Link)
        if self.isChecked():
            painter.setPen(QPen(accent, 2))
            painter.drawLine(4, self.height() - 2, self.width() - 4, self.height() - 2)
        if self.hasFocus():
            painter.setPen(QPen(accent, 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)


class _PlaceEntry(QLineEdit):
    """Takes a page; what was typed and not sent gives way to where the reader is."""

    def __init__(self) -> None:
        super().__init__()
        self._place = ""

    def set_place(self, place: str) -> None:
        self._place = place
        self.setText(place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setText(self._place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text() != self._place:
            self.setText(self._place)
            self.selectAll()
        else:
            super().keyPressEvent(event)
