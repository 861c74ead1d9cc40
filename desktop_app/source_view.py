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
from desktop_app.page_desk import DrawnPage, LocatedWords, OpenedPages
from desktop_app.page_view import PageView
from desktop_app.reading_line import ReadingLine
from desktop_app.source_head import QuoteSteps, SourceHeader
from desktop_app.source_page import SourcePage
from desktop_app.theme import Theme, ThemeSource
from rag.types import Document, Mark, PartKind, Quote, Source, Span

_NOTHING_OPEN = "Open a quote to read it here, in its place."
_NOT_ON_PAGE = "The words of this quote were not found on the page; they stand in the text."
_READ_OFF = "These words were read off a picture of the page, so they cannot be marked on it; they stand in the text."
WITH_PAGES = "application/pdf"


class SourceView(QWidget):
    """Header, quotes to step through, search, and the text or the pages. GUI thread only.

    Signals:
        current_changed(int): the reader stepped to another quote of this document.
        quote_requested(int): the reader stepped to a quote of another document, which is to be shown.
        pages_requested(Document, tuple[Span, ...]): its pages are to be shown, with boxes around these words.
        orders_changed(list[PageOrder]): pages of it that are to be drawn.
        locate_requested(Span): boxes are wanted around these words too.
        lift_requested(document id, mark, bool): a stretch is to be quoted, or left out again.
        set_aside_requested(document id, Span): a stretch is never to be quoted.
        original_requested(Source): the file is to be opened in its own program.
        noise_hidden_changed(bool): the reader has chosen whether what is left out is seen.
    """

    current_changed = Signal(int)
    quote_requested = Signal(int)
    pages_requested = Signal(object, object)
    orders_changed = Signal(list)
    locate_requested = Signal(object)
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
        self._asked: tuple[Span, ...] | None = None
        self._wants_pages = True
        self._is_noise_hidden = False
        theme = themes.theme
        self._header, self._steps = SourceHeader(theme), QuoteSteps(theme)
        self._reading_line, self._noise_line = ReadingLine(theme), NoiseLine(theme)
        self._remark, self._message = InertText(), InertText()
        self._find = FindBar(theme)
        self._find.hide()
        self._page, self._pages = SourcePage(theme), PageView(theme)
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
        self._values = tuple(value.span for value in values if value.is_verbatim_in(document))
        self._header.show_source(document.source)
        self._steps.setVisible(True)
        self._page.open_text(
            document.text, self._spans(), current, self._values, marks=document.marks, parts=document.parts
        )
        self._find.set_text(document.text)
        self._noise_line.show_marks(document.marks)
        self._steps.set_original(document.source.path)
        self._show_current()
        self._ask_for_pages(document, is_other=is_other)
        self._offer_more()
        self._tell_place()

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
            self._page.set_marks(document.marks)
            self._noise_line.show_marks(document.marks)
            self._noise_line.setVisible(not self.is_paged and bool(self._noise_line.words))

    def reveal(self, value: Quote) -> None:
        """Bring words of the open document into view; those of another document, or gone from it, are left alone."""
        if self._document is not None and value.is_verbatim_in(self._document):
            self._page.reveal(value.span)
            if self.is_paged:
                self.locate_requested.emit(value.span)

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
    def pages(self) -> PageView:
        """The widget with the pages."""
        return self._pages

    @property
    def is_paged(self) -> bool:
        """Whether the pages are shown and not the text."""
        return self._body.currentWidget() is self._pages

    @property
    def document(self) -> Document | None:
        return self._document

    @property
    def place_words(self) -> str:
        """Where the reader is said to be: page 7 of 30, slide 4; empty where the document has no parts."""
        return self._reading_line.place

    @property
    def verification(self) -> str:
        """What is said about the current quote; empty where no quote is open."""
        return self._header.verification

    # Pages

    @Slot(object)
    def show_pages(self, opened: OpenedPages) -> None:
        """The pages that were asked for are there."""
        if self._document is None or opened.document_id != self._document.id or opened.spans != self._asked:
            return
        if self._pages.sizes != opened.sizes:
            self._pages.show_pages(opened.sizes)
        boxes = dict(zip(opened.spans, opened.boxes, strict=True))
        quotes = [boxes.get(span, ()) if span else () for span in self._spans()]
        self._pages.mark_quotes(quotes, self._current, [boxes.get(span, ()) for span in self._values])
        self._turn_to_current()
        self._tell_place()

    @Slot(str, str)
    def refuse_pages(self, document_id: str, why: str) -> None:
        """There are no pages to be shown; the text is."""
        if self._document is None or document_id != self._document.id:
            return
        self._asked = None
        self._pages.clear()
        self._reading_line.offer_pages(True, why)
        self._turn(to_pages=False)
        self.show_remark(why)

    @Slot(object)
    def take_drawn(self, drawn: DrawnPage) -> None:
        """A page was drawn."""
        if self._document is not None and drawn.document_id == self._document.id:
            self._pages.take_picture(drawn.order.number, drawn.order.scale, drawn.picture)

    @Slot(object)
    def show_located(self, located: LocatedWords) -> None:
        """Words that were searched for were found on the pages."""
        if self._document is not None and located.document_id == self._document.id:
            self._pages.show_found(located.boxes)
            if not located.boxes:
                self._pages.go_to(self._page_number(located.span.start))

    def _ask_for_pages(self, document: Document, *, is_other: bool) -> None:
        has_pages = document.source.media_type == WITH_PAGES
        if is_other:
            self._wants_pages = has_pages
            self._asked = None
            self._pages.clear()
        if not has_pages:
            self._reading_line.offer_pages(False)
            self._turn(to_pages=False)
            return
        wanted = (*(span for span in self._spans() if span), *self._values)
        if self._asked == wanted and self._pages.n_pages:
            self._turn_to_current()
        elif self._asked != wanted:
            self._asked = wanted
            self._reading_line.offer_pages(True)
            self._turn(to_pages=self._wants_pages)
            self._pages.wait_for_pages()
            self.pages_requested.emit(document, wanted)

    def _turn_to_current(self) -> None:
        """Bring the current quote into view on its page, or the page where it should be."""
        self._turn(to_pages=self._wants_pages)
        span = self._span_of(self._current)
        if span is None:
            return
        self._pages.set_current(self._current)
        is_found = bool(self._pages.boxes_of(self._current))
        if not is_found:
            self._pages.go_to(self._page_number(span.start))
        self._remark.set_text(_READ_OFF if self._quotes[self._current].is_ocr else _NOT_ON_PAGE)
        self._remark.setVisible(self.is_paged and not is_found)

    @Slot(bool)
    def _choose_paged(self, is_paged: bool) -> None:
        """The reader turns from the text to the pages or back; the place stays."""
        if is_paged == self.is_paged or self._document is None:
            return
        self._wants_pages = is_paged
        number, offset = self._pages.page, self._page.first_visible()
        shown = self._pages if self.is_paged else self._page
        is_quote_seen = shown.is_in_sight(self._current)
        self._turn(to_pages=is_paged)
        if is_quote_seen and is_paged:
            self._turn_to_current()
        elif is_quote_seen:
            self._page.set_current(self._current)
        elif is_paged:
            self._pages.go_to(self._page_number(offset))
        else:
            self._go_to_part(number)
        self._tell_place()

    def _turn(self, *, to_pages: bool) -> None:
        self._body.setCurrentWidget(self._pages if to_pages else self._reading)
        self._reading_line.set_paged(to_pages)
        self._remark.hide()
        self._noise_line.setVisible(not to_pages and bool(self._noise_line.words))

    def _page_number(self, offset: int) -> int:
        """The page of the file on which a character stands; 0 where that is not known."""
        part = self._page.marked.part_at(offset)
        return part.number if part is not None and part.kind is PartKind.PAGE else 0

    def _go_to_part(self, number: int) -> None:
        parts = self._document.parts if self._document else ()
        part = next((part for part in parts if part.number >= number), None)
        if part is not None:
            self._page.go_to(part.span.start)

    @Slot(str)
    def _go_to_place(self, place: str) -> None:
        """Go to the page of this name or number."""
        parts = self._document.parts if self._document else ()
        numbers = [part.number for part in parts if part.label and part.label == place]
        number = numbers[0] if numbers else int(place) if place.isascii() and place.isdigit() else 0
        if self.is_paged:
            self._pages.go_to(min(number, self._pages.n_pages))
            self._pages.setFocus()
        elif number:
            self._go_to_part(min(number, parts[-1].number) if parts else number)
            self._page.setFocus()
        self._tell_place()

    @Slot()
    def _tell_place(self) -> None:
        """Say which page, slide, sheet or chapter is read."""
        if self._document is None:
            return
        self._show_place(self._document)
        self._reading_line.setVisible(self._reading_line.has_something)

    def _show_place(self, document: Document) -> None:
        parts = document.parts
        if self.is_paged and self._pages.n_pages:
            label = next((part.label for part in parts if part.number == self._pages.page and part.label), "")
            self._reading_line.show_page(label or str(self._pages.page), self._pages.n_pages)
            return
        part = self._page.marked.part_at(self._page.first_read())
        if part is None:
            self._reading_line.show_place("")
        elif part.kind is PartKind.PAGE:
            n_pages = document.source.n_pages or parts[-1].number
            self._reading_line.show_page(part.label or str(part.number), n_pages)
        else:
            self._reading_line.show_place(part.name)

    def show_remark(self, sentence: str) -> None:
        """Say something about the source that is open, until another place of it is shown."""
        self._remark.set_text(sentence)
        self._remark.setVisible(bool(sentence))

    # Quotes

    def _spans(self) -> list[Span | None]:
        return [self._span_of(index) for index in range(len(self._quotes))]

    def _span_of(self, index: int) -> Span | None:
        """Where a quote stands in the open document; None where it stands elsewhere, or is not what it says."""
        if self._document is None or not 0 <= index < len(self._quotes):
            return None
        quote = self._quotes[index]
        return quote.span if quote.is_verbatim_in(self._document) else None

    @Slot(int)
    def _step(self, by: int) -> None:
        wanted = self._current + by
        if not 0 <= wanted < len(self._quotes):
            return
        if not self._is_here(self._quotes[wanted]):
            self.quote_requested.emit(wanted)
            return
        self._current = wanted
        self._page.set_current(wanted)
        if self._pages.n_pages:
            self._turn_to_current()
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
        self._document, self._quotes, self._current, self._values = None, (), 0, ()
        self._asked = None
        self._page.open_text("", (), 0)
        self._pages.clear()
        self._header.show_verification(None)
        for part in (self._steps, self._find, self._reading_line, self._noise_line, self._remark):
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

    @Slot(list, object)
    def _show_matches(self, matches: list[Span], current: Span | None) -> None:
        self._page.show_matches(matches, current)
        if not self._pages.n_pages:
            return
        if current is None:
            self._pages.show_found(())
        else:
            self.locate_requested.emit(current)

    @Slot()
    def _leave_find(self) -> None:
        (self._pages if self.is_paged else self._page).setFocus()

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

    @Slot()
    def _offer_more(self) -> None:
        self._earlier.setVisible(self._page.has_earlier)
        self._later.setVisible(self._page.has_later)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        for part in (
            self._header, self._steps, self._reading_line, self._noise_line, self._find, self._page, self._pages,
        ):  # fmt: skip
            part.set_theme(theme)
        for button in (self._earlier, self._later):
            button.setFont(theme.small)
        self._message.setFont(theme.body)
        self._remark.setFont(theme.small)

    def _connect(self) -> None:
        self._steps.stepped.connect(self._step)
        self._steps.find_requested.connect(self.open_find)
        self._steps.original_requested.connect(self._ask_original)
        self._find.found.connect(self._show_matches)
        self._find.closed.connect(self._leave_find)
        self._earlier.clicked.connect(self._page.show_earlier)
        self._later.clicked.connect(self._page.show_later)
        self._page.stretch_changed.connect(self._offer_more)
        self._page.lift_requested.connect(self._ask_lift)
        self._page.set_aside_requested.connect(self._ask_set_aside)
        self._page.verticalScrollBar().valueChanged.connect(self._tell_place)
        self._pages.page_changed.connect(self._tell_place)
        self._pages.orders_changed.connect(self.orders_changed)
        self._reading_line.paged_chosen.connect(self._choose_paged)
        self._reading_line.place_chosen.connect(self._go_to_place)
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
        for part in (self._header, self._steps, self._reading_line, self._remark, self._noise_line, self._find):
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
        for widget in (self._reading, self._pages, self._telling):
            self._body.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._body, 1)
