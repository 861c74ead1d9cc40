"""A document with the quotes of an answer that lie in it: what it is, whether it still holds them, and where.

It is given the document and its pages, and asks for another one where the next quote lies elsewhere; it reads no file
and no library.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from desktop_app.buttons import QuietButton
from desktop_app.find_bar import FindBar
from desktop_app.inert_text import InertText
from desktop_app.marked_edit import SET_ASIDE_KEYS
from desktop_app.marked_text import Noise
from desktop_app.noise_line import NoiseLine
from desktop_app.page_view import PageView
from desktop_app.paged_reading import PagedReading
from desktop_app.source_head import QuoteSteps, SourceHeader
from desktop_app.source_page import SourcePage
from desktop_app.theme import Theme, ThemeSource
from rag.types import Document, Mark, Quote, Source, Span

_NOTHING_OPEN = "Open a quote to read it here, in its place."


class SourceView(QWidget):
    """Header, quotes to step through, search, and the text or the pages. GUI thread only.

    Signals:
        current_changed(int): the reader stepped to another quote of this document.
        quote_requested(int): the reader stepped to a quote of another document, which is to be shown.
        lift_requested(document id, mark, bool): a stretch is to be quoted, or left out again.
        set_aside_requested(document id, Span): a stretch is never to be quoted.
        original_requested(Source): the file is to be opened in its own program.
        noise_hidden_changed(bool): the reader has chosen whether what is left out is seen.
    """

    current_changed = Signal(int)
    quote_requested = Signal(int)
    lift_requested = Signal(str, object, bool)
    set_aside_requested = Signal(str, object)
    original_requested = Signal(object)
    noise_hidden_changed = Signal(bool)

    def __init__(self, themes: ThemeSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._quotes: tuple[Quote, ...] = ()
        self._current = 0
        self._called = "Quote"
        self._is_noise_hidden = False
        theme = themes.theme
        self._header, self._steps = SourceHeader(theme), QuoteSteps(theme)
        self._noise_line, self._message = NoiseLine(theme), InertText()
        self._find = FindBar(theme)
        self._find.hide()
        self._page = SourcePage(theme)
        self._reading = PagedReading(theme, self._page, self)
        self._earlier = QuietButton("Show earlier text", is_muted=True)
        self._later = QuietButton("Show later text", is_muted=True)
        self._connect()
        self._lay_out()
        self._add_shortcuts()
        themes.changed.connect(self._take_theme)
        self._take_theme(theme)
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
        is_other = self._document is None or self._document.id != document.id
        if is_other:
            self._find.hide()
        self._document, self._quotes, self._current, self._called = document, tuple(quotes), current, called
        spans = [quote.span if quote.is_verbatim_in(document) else None for quote in quotes]
        underlined = [value.span for value in values if value.is_verbatim_in(document)]
        self._header.show_source(document.source)
        self._steps.setVisible(True)
        self._page.open_text(document.text, spans, current, underlined, marks=document.marks, parts=document.parts)
        self._find.set_text(document.text)
        self._noise_line.show_marks(document.marks)
        self._steps.set_original(document.source.path)
        self._show_current()
        self._reading.open(document, spans, underlined, current)
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
        self._steps.set_original("")
        self._show_current()

    def update_marks(self, document: Document) -> None:
        """Take the marks of the document that is open; nothing moves."""
        if self._document is not None and self._document.id == document.id:
            self._document = document
            self._reading.update(document)
            self._page.set_marks(document.marks)
            self._noise_line.show_marks(document.marks)
            self._turn(self._reading.is_paged)

    def reveal(self, value: Quote) -> None:
        """Bring words of the open document into view; those of another document, or gone from it, are left alone."""
        if self._document is not None and value.is_verbatim_in(self._document):
            self._reading.reveal(value.span)

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
    def reading(self) -> PagedReading:
        """What joins the text and the pages."""
        return self._reading

    @property
    def pages(self) -> PageView:
        """The widget with the pages."""
        return self._reading.pages

    @property
    def is_paged(self) -> bool:
        """Whether the pages are shown and not the text."""
        return self._reading.is_paged

    @property
    def document(self) -> Document | None:
        return self._document

    @property
    def place_words(self) -> str:
        """Where the reader is said to be: page 7 of 30, slide 4; empty where the document has no parts."""
        return self._reading.line.place

    @property
    def verification(self) -> str:
        """What is said about the current quote; empty where no quote is open."""
        return self._header.verification

    # Quotes

    @Slot(int)
    def _step(self, by: int) -> None:
        wanted = self._current + by
        if not 0 <= wanted < len(self._quotes):
            return
        if not self._is_here(self._quotes[wanted]):
            self.quote_requested.emit(wanted)
            return
        self._current = wanted
        self._reading.set_current(wanted)
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

    def _forget(self) -> None:
        self._document, self._quotes, self._current = None, (), 0
        self._page.open_text("", (), 0)
        self._reading.clear()
        self._header.show_verification(None)
        for part in (self._steps, self._find, self._noise_line):
            part.hide()
        self._body.setCurrentWidget(self._telling)

    # Finding

    @Slot()
    def open_find(self, words: str = "") -> None:
        """Let the reader search in the text."""
        if self._document:
            self._find.open(words or self._selected_words(), self._page.first_visible())

    def _selected_words(self) -> str:
        selected = self._page.selected_text()
        return selected if "\n" not in selected and len(selected) <= 100 else ""

    # What is left out

    def set_noise_hidden(self, is_hidden: bool) -> None:
        """Show what is left out of quotes greyed, or not at all."""
        self._is_noise_hidden = is_hidden
        self._page.set_noise(Noise.HIDDEN if is_hidden else Noise.GREYED)
        self._noise_line.set_hiding(is_hidden)

    @Slot(bool)
    def _choose_hiding(self, is_hidden: bool) -> None:
        self.set_noise_hidden(is_hidden)
        self.noise_hidden_changed.emit(is_hidden)

    @Slot()
    def show_next_mark(self) -> None:
        """Go to the next stretch that is left out, round the end."""
        if self._document is None or self.is_paged or self._is_noise_hidden:
            return
        kept_out = [mark for mark in self._document.marks if not mark.is_lifted]
        if kept_out:
            here = self._page.caret_offset()
            later = [mark for mark in kept_out if mark.span.start > here]
            self._page.show_mark((later or kept_out)[0])

    @Slot(object, bool)
    def _ask_lift(self, mark: Mark, is_lifted: bool) -> None:
        if self._document is not None:
            self.lift_requested.emit(self._document.id, mark, is_lifted)

    @Slot(object)
    def _ask_set_aside(self, span: Span) -> None:
        if self._document is not None:
            self.set_aside_requested.emit(self._document.id, span)

    @Slot()
    def _ask_original(self) -> None:
        if self._document is not None:
            self.original_requested.emit(self._document.source)

    # Frame

    @Slot(bool)
    def _turn(self, to_pages: bool) -> None:
        self._body.setCurrentWidget(self._reading.pages if to_pages else self._text)
        self._noise_line.setVisible(not to_pages and bool(self._noise_line.words))

    @Slot()
    def _offer_more(self) -> None:
        self._earlier.setVisible(self._page.has_earlier)
        self._later.setVisible(self._page.has_later)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        for part in (self._header, self._steps, self._noise_line, self._find, self._page, self._reading):
            part.set_theme(theme)
        for button in (self._earlier, self._later):
            button.setFont(theme.small)
        self._message.setFont(theme.body)

    def _connect(self) -> None:
        self._steps.stepped.connect(self._step)
        self._steps.find_requested.connect(self.open_find)
        self._steps.original_requested.connect(self._ask_original)
        self._find.found.connect(self._reading.show_matches)
        self._find.closed.connect(self._reading.focus)
        self._reading.turned.connect(self._turn)
        self._earlier.clicked.connect(self._page.show_earlier)
        self._later.clicked.connect(self._page.show_later)
        self._page.stretch_changed.connect(self._offer_more)
        self._page.lift_requested.connect(self._ask_lift)
        self._page.set_aside_requested.connect(self._ask_set_aside)
        self._noise_line.next_requested.connect(self.show_next_mark)
        self._noise_line.hiding_chosen.connect(self._choose_hiding)

    def _add_shortcuts(self) -> None:
        for keys, wish in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.open_find),
            (QKeySequence("F3"), lambda: self._find.step(1)),
            (QKeySequence("Shift+F3"), lambda: self._find.step(-1)),
            (QKeySequence("Alt+Down"), lambda: self._step(1)),
            (QKeySequence("Alt+Up"), lambda: self._step(-1)),
            (QKeySequence("Alt+N"), self.show_next_mark),
            (QKeySequence(SET_ASIDE_KEYS), self._page.set_aside_selection),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(wish)

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(26, 24, 18, 12)
        head.setSpacing(10)
        for part in (
            self._header, self._steps, self._reading.line, self._reading.remark, self._noise_line, self._find,
        ):  # fmt: skip
            head.addWidget(part)
        self._text, self._telling = QWidget(), QWidget()
        text = QVBoxLayout(self._text)
        text.setContentsMargins(0, 0, 0, 0)
        text.setSpacing(0)
        text.addWidget(self._earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        text.addWidget(self._page, 1)
        text.addWidget(self._later, 0, Qt.AlignmentFlag.AlignHCenter)
        telling = QVBoxLayout(self._telling)
        telling.setContentsMargins(26, 12, 26, 24)
        telling.addWidget(self._message)
        telling.addStretch(1)
        self._body = QStackedLayout()
        for widget in (self._text, self._reading.pages, self._telling):
            self._body.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._body, 1)
