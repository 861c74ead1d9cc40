"""A document with the quotes of an answer that lie in it: what it is, whether it still holds them, and where.

It is given the document and asks for another one where the next quote lies elsewhere; it reads no file and no library.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from desktop_app.buttons import ArrowButton, QuietButton
from desktop_app.find_bar import FindBar
from desktop_app.inert_text import Caption, InertText, plain_tooltip
from desktop_app.source_page import SourcePage
from desktop_app.theme import Theme, ThemeSource
from desktop_app.wording import date_words
from rag.types import Document, Quote, Source

_NOTHING_OPEN = "Open a quote to read it here, in its place."
_VERIFIED = "Verified: the source holds these very words"
_NOT_VERIFIED = "Not verified: these words do not stand at this place in the source"


class SourceView(QWidget):
    """Header, quotes to step through, search, and the text. GUI thread only.

    Signals:
        current_changed(int): the reader stepped to another quote of this document.
        quote_requested(int): the reader stepped to a quote of another document, which is to be shown.
    """

    current_changed = Signal(int)
    quote_requested = Signal(int)

    def __init__(self, themes: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._quotes: tuple[Quote, ...] = ()
        self._current = 0
        self._called = "Quote"
        self._header = _SourceHeader(themes.theme)
        self._steps = _QuoteSteps(themes.theme)
        self._steps.stepped.connect(self._step)
        self._steps.find_requested.connect(self.open_find)
        self._find = FindBar(themes.theme)
        self._find.hide()
        self._page = SourcePage(themes.theme)
        self._find.found.connect(self._page.show_matches)
        self._find.closed.connect(self._page.setFocus)
        self._earlier = QuietButton("Show earlier text", is_muted=True)
        self._later = QuietButton("Show later text", is_muted=True)
        self._earlier.clicked.connect(self._page.show_earlier)
        self._later.clicked.connect(self._page.show_later)
        self._page.stretch_changed.connect(self._offer_more)
        self._message = InertText()
        self._lay_out()
        self._add_shortcuts()
        themes.changed.connect(self._take_theme)
        self._take_theme(themes.theme)
        self.setAccessibleName("Source")
        self.clear()

    def show_document(
        self,
        document: Document,
        quotes: Sequence[Quote],
        current: int,
        called: str = "Quote",
        values: Sequence[Quote] = (),
    ) -> None:
        """Show a document and bring the quote at `current` into view.

        `quotes` are all of an answer: those cut out of this document are marked, the others can be stepped to. `called`
        is what one of them is named, for passages are shown in this way too. `values` are the words within the quotes
        that answer; they are underlined.
        """
        if self._document is None or self._document.id != document.id:
            self._find.hide()
        self._document, self._quotes, self._current, self._called = document, tuple(quotes), current, called
        self._header.show_source(document.source)
        self._steps.setVisible(True)
        spans = [quote.span if quote.is_verbatim_in(document) else None for quote in quotes]
        underlined = [value.span for value in values if value.is_verbatim_in(document)]
        self._page.open_text(document.text, spans, current, underlined)
        self._find.set_text(document.text)
        self._show_current()
        self._body.setCurrentWidget(self._reading)
        self._offer_more()

    def show_missing(
        self, source: Source, message: str, quotes: Sequence[Quote] = (), current: int = 0, called: str = "Quote"
    ) -> None:
        """Say why a source cannot be shown; what is known about it stays, and so does the way to the other quotes."""
        self._forget()
        self._header.show_source(source)
        self._message.set_text(message)
        self._quotes, self._current, self._called = tuple(quotes), current, called
        self._steps.setVisible(len(self._quotes) > 1)
        self._show_current()

    def reveal(self, value: Quote) -> None:
        """Bring words of the open document into view; those of another document, or gone from it, are left alone."""
        if self._document is not None and value.is_verbatim_in(self._document):
            self._page.reveal(value.span)

    def clear(self) -> None:
        """Show that nothing is open."""
        self._forget()
        self._header.hide()
        self._message.set_text(_NOTHING_OPEN)

    def highlighted_text(self, index: int) -> str:
        """The characters of the document that are marked for a quote; empty where the quote is not on the page."""
        return self._page.highlighted_text(index)

    @property
    def page(self) -> SourcePage:
        """The widget with the text."""
        return self._page

    @property
    def verification(self) -> str:
        """What is said about the current quote; empty where no quote is open."""
        return self._header.verification

    @Slot()
    def open_find(self, words: str = "") -> None:
        """Let the reader search in the text."""
        if self._document:
            self._find.open(words or self._selected_words(), self._page.first_visible())

    def _selected_words(self) -> str:
        selected = self._page.selected_text()
        return selected if "\n" not in selected and len(selected) <= 100 else ""

    def _forget(self) -> None:
        self._document, self._quotes, self._current = None, (), 0
        self._page.open_text("", (), 0)
        self._header.show_verification(None)
        self._steps.hide()
        self._find.hide()
        self._body.setCurrentWidget(self._telling)

    def _step(self, by: int) -> None:
        wanted = self._current + by
        if not 0 <= wanted < len(self._quotes):
            return
        if not self._is_here(self._quotes[wanted]):
            self.quote_requested.emit(wanted)
            return
        self._current = wanted
        self._page.set_current(wanted)
        self._show_current()
        self.current_changed.emit(wanted)

    def _is_here(self, quote: Quote) -> bool:
        return self._document is not None and quote.source.id == self._document.id

    def _show_current(self) -> None:
        self._steps.show_place(self._current, len(self._quotes), self._called, can_find=self._document is not None)
        is_open = self._document is not None and 0 <= self._current < len(self._quotes)
        quote = self._quotes[self._current] if is_open else None
        is_verbatim = quote.is_verbatim_in(self._document) if quote and self._document else None
        self._header.show_verification(is_verbatim)

    @Slot()
    def _offer_more(self) -> None:
        self._earlier.setVisible(self._page.has_earlier)
        self._later.setVisible(self._page.has_later)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        for part in (self._header, self._steps, self._find, self._page):
            part.set_theme(theme)
        for button in (self._earlier, self._later):
            button.setFont(theme.small)
        self._message.setFont(theme.body)

    def _add_shortcuts(self) -> None:
        for keys, wish in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.open_find),
            (QKeySequence("F3"), lambda: self._find.step(1)),
            (QKeySequence("Shift+F3"), lambda: self._find.step(-1)),
            (QKeySequence("Alt+Down"), lambda: self._step(1)),
            (QKeySequence("Alt+Up"), lambda: self._step(-1)),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wish)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(26, 24, 18, 12)
        head.setSpacing(10)
        for part in (self._header, self._steps, self._find):
            head.addWidget(part)
        self._reading, self._telling = QWidget(), QWidget()
        reading = QVBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.setSpacing(0)
        reading.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        reading.addWidget(self._page, 1)
        reading.addWidget(self._later, 0, Qt.AlignmentFlag.AlignHCenter)
        telling = QVBoxLayout(self._telling)
        telling.setContentsMargins(26, 12, 26, 24)
        telling.addWidget(self._message)
        telling.addStretch(1)
        self._body = QStackedLayout()
        self._body.addWidget(self._reading)
        self._body.addWidget(self._telling)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._body, 1)


class _SourceHeader(QWidget):
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
        about = [date_words(source.date), source.origin or ""]
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


class _QuoteSteps(QWidget):
    """Which quote is current, and the way to the others."""

    stepped = Signal(int)
    find_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._place = Caption()
        self._previous = ArrowButton(Qt.ArrowType.UpArrow)
        self._next = ArrowButton(Qt.ArrowType.DownArrow)
        self._find = QuietButton("Find", is_muted=True)
        self._find.setAccessibleName("Find in this text")
        self._previous.clicked.connect(lambda: self.stepped.emit(-1))
        self._next.clicked.connect(lambda: self.stepped.emit(1))
        self._find.clicked.connect(self.find_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._previous, self._next, self._place):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self._find)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._place.setFont(theme.body)
        for part in (self._previous, self._next, self._find):
            part.setFont(theme.small)

    def show_place(self, current: int, total: int, called: str, *, can_find: bool) -> None:
        self._place.set_text(f"{called} {current + 1} of {total}" if total else "")
        self._previous.name(f"Previous {called.lower()}", "Shift+F4")
        self._next.name(f"Next {called.lower()}", "F4")
        self._find.setVisible(can_find)
        self._previous.setEnabled(current > 0)
        self._next.setEnabled(current < total - 1)
        for part in (self._previous, self._next):
            part.setVisible(total > 0)
