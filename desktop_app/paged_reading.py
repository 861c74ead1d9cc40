"""A document as its pages or as its text: which of the two is shown, where the reader is in it, and why not the pages.

It lays nothing out: the source view puts the widgets where they belong, and turns to the one that is said to be shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.inert_text import InertText
from desktop_app.page_desk import DrawnPage, LocatedWords, OpenedPages
from desktop_app.page_view import PageView
from desktop_app.reading_line import ReadingLine
from desktop_app.source_page import SourcePage
from desktop_app.theme import Theme
from rag.types import Document, Part, PartKind, Span

#: The media type of documents whose pages can be shown.
WITH_PAGES: Final = "application/pdf"

_NOT_ON_PAGE = "The words of this quote were not found on the page; they stand in the text."
_READ_OFF = "These words were read off a picture of the page, so they cannot be marked on it; they stand in the text."


class PagedReading(QObject):
    """Joins the text, the pages, and the line that says where the reader is. GUI thread only.

    Signals:
        turned(bool): the pages are shown from now on, or the text.
        pages_requested(Document, tuple[Span, ...]): its pages are wanted, with boxes around these words.
        orders_changed(list[PageOrder]): pages of it that are to be drawn.
        locate_requested(Span): boxes are wanted around these words too.
    """

    turned = Signal(bool)
    pages_requested = Signal(object, object)
    orders_changed = Signal(list)
    locate_requested = Signal(object)

    def __init__(self, theme: Theme, text: SourcePage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = text
        self.pages = PageView(theme)
        self.line = ReadingLine(theme)
        self.remark = InertText()
        self._document: Document | None = None
        self._spans: list[Span | None] = []
        self._values: tuple[Span, ...] = ()
        self._current = 0
        self._asked: tuple[Span, ...] | None = None
        self._wants_pages = True
        self._is_refused = False
        self.is_paged = False
        self.text.verticalScrollBar().valueChanged.connect(self._tell_place)
        self.pages.page_changed.connect(self._tell_place)
        self.pages.orders_changed.connect(self.orders_changed)
        self.line.paged_chosen.connect(self.choose_paged)
        self.line.place_chosen.connect(self._go_to_place)

    def set_theme(self, theme: Theme) -> None:
        self.pages.set_theme(theme)
        self.line.set_theme(theme)
        self.remark.setFont(theme.small)

    def open(self, document: Document, spans: Sequence[Span | None], values: Sequence[Span], current: int) -> None:
        """Show a document, whose text is open already, at the span of the current quote; None stands for no place."""
        is_other = self._document is None or self._document.id != document.id
        self._document, self._spans, self._values, self._current = document, list(spans), tuple(values), current
        has_pages = document.source.media_type == WITH_PAGES
        if is_other:
            self._wants_pages, self._asked, self._is_refused = has_pages, None, False
            self.pages.clear()
        if has_pages:
            self._ask_for_pages(document)
        else:
            self.line.offer_pages(False)
            self._turn(to_pages=False)
        self._tell_place()

    def update(self, document: Document) -> None:
        """The same document has other marks."""
        self._document = document

    def clear(self) -> None:
        """Nothing is open."""
        self._document, self._spans, self._values, self._current, self._asked = None, [], (), 0, None
        self.is_paged = False
        self.pages.clear()
        self.line.hide()
        self.remark.hide()

    def set_current(self, index: int) -> None:
        """Bring another quote of this document into view."""
        self._current = index
        self.text.set_current(index)
        if self.pages.n_pages:
            self._turn_to_current()

    def reveal(self, span: Span) -> None:
        """Bring words into view."""
        self.text.reveal(span)
        if self.is_paged:
            self.locate_requested.emit(span)

    def show_matches(self, matches: list[Span], current: Span | None) -> None:
        """Mark what a search found."""
        self.text.show_matches(matches, current)
        if self.pages.n_pages and current is not None:
            self.locate_requested.emit(current)
        elif self.pages.n_pages:
            self.pages.show_found(())

    def show_remark(self, sentence: str) -> None:
        """Say something about the source that is open, until another place of it is shown."""
        self.remark.set_text(sentence)
        self.remark.setVisible(bool(sentence))

    def focus(self) -> None:
        """Give the focus to what is read."""
        (self.pages if self.is_paged else self.text).setFocus()

    # What comes from the file

    @Slot(object)
    def show_pages(self, opened: OpenedPages) -> None:
        """The pages that were asked for are there."""
        if self._document is None or opened.document_id != self._document.id or opened.spans != self._asked:
            return
        if self.pages.sizes != opened.sizes:
            self.pages.show_pages(opened.sizes)
        self._is_refused = False
        self.line.offer_pages(True)
        boxes = dict(zip(opened.spans, opened.boxes, strict=True))
        quotes = [boxes.get(span, ()) if span else () for span in self._spans]
        self.pages.mark_quotes(quotes, self._current, [boxes.get(span, ()) for span in self._values])
        self._turn_to_current()
        self._tell_place()

    @Slot(str, str)
    def refuse_pages(self, document_id: str, why: str) -> None:
        """There are no pages to be shown; the text is."""
        if self._document is None or document_id != self._document.id:
            return
        self._asked, self._is_refused = None, True
        self.pages.clear()
        self.line.offer_pages(True, why)
        self._turn(to_pages=False)
        self.show_remark(why)
        self._tell_place()

    @Slot(object)
    def take_drawn(self, drawn: DrawnPage) -> None:
        """A page was drawn."""
        if self._document is not None and drawn.document_id == self._document.id:
            self.pages.take_picture(drawn.order.number, drawn.order.scale, drawn.picture)

    @Slot(object)
    def show_located(self, located: LocatedWords) -> None:
        """Words that were searched for were found on the pages."""
        if self._document is not None and located.document_id == self._document.id:
            self.pages.show_found(located.boxes)
            if not located.boxes:
                self.pages.go_to(self._page_number(located.span.start))

    def _ask_for_pages(self, document: Document) -> None:
        wanted = (*(span for span in self._spans if span), *self._values)
        if self._asked != wanted:
            self._asked = wanted
            if not self._is_refused:  # else the text stays in sight until there are pages again
                self.line.offer_pages(True)
                self._turn(to_pages=self._wants_pages)
                self.pages.wait_for_pages()
            self.pages_requested.emit(document, wanted)
        elif self.pages.n_pages:
            self._turn_to_current()

    # From one to the other

    @Slot(bool)
    def choose_paged(self, is_paged: bool) -> None:
        """The reader turns from the text to the pages or back; the place stays."""
        if is_paged == self.is_paged or self._document is None:
            return
        shown = self.pages if self.is_paged else self.text
        number, offset, is_quote_seen = self.pages.page, self.text.first_read(), shown.is_in_sight(self._current)
        self._wants_pages = is_paged
        self._turn(to_pages=is_paged)
        if is_quote_seen and is_paged:
            self._turn_to_current()
        elif is_quote_seen:
            self.text.set_current(self._current)
        elif is_paged:
            self.pages.go_to(self._page_number(offset))
        else:
            self._go_to_part(number)
        self._tell_place()

    def _turn(self, *, to_pages: bool) -> None:
        self.is_paged = to_pages
        self.line.set_paged(to_pages)
        self.remark.hide()
        self.turned.emit(to_pages)

    def _turn_to_current(self) -> None:
        """Bring the current quote into view on its page, or the page where it should be."""
        self._turn(to_pages=self._wants_pages)
        span = self._spans[self._current] if 0 <= self._current < len(self._spans) else None
        if span is None:
            return
        self.pages.set_current(self._current)
        if not self.pages.boxes_of(self._current):
            self.pages.go_to(self._page_number(span.start))
            self.show_remark(self._why_unmarked(span) if self.is_paged else "")

    def _why_unmarked(self, span: Span) -> str:
        parts = self._document.parts_of(span) if self._document else ()
        return _READ_OFF if any(part.is_ocr for part in parts) else _NOT_ON_PAGE

    # Places

    @property
    def _parts(self) -> tuple[Part, ...]:
        return self._document.parts if self._document is not None else ()

    def _page_number(self, offset: int) -> int:
        """The page of the file on which a character stands; 0 where that is not known."""
        part = self.text.marked.part_at(offset)
        return part.number if part is not None and part.kind is PartKind.PAGE else 0

    def _go_to_part(self, number: int) -> None:
        part = next((part for part in self._parts if part.number >= number), None)
        if part is not None:
            self.text.go_to(part.span.start)

    @Slot(str)
    def _go_to_place(self, place: str) -> None:
        """Go to the page of this name or number."""
        named = next((part.number for part in self._parts if part.label and part.label == place), 0)
        number = named or (int(place) if place.isascii() and place.isdigit() else 0)
        if self.is_paged:
            self.pages.go_to(min(number, self.pages.n_pages))
        elif number and self._parts:
            self._go_to_part(min(number, self._parts[-1].number))
        self.focus()
        self._tell_place()

    @Slot()
    def _tell_place(self) -> None:
        """Say which page, slide, sheet or chapter is read."""
        if self._document is None:
            return
        if self.is_paged and self.pages.n_pages:
            label = next((part.label for part in self._parts if part.number == self.pages.page and part.label), "")
            self.line.show_page(label or str(self.pages.page), self.pages.n_pages)
        else:
            self._tell_part(self.text.marked.part_at(self.text.first_read()))
        self.line.setVisible(self.line.has_something)

    def _tell_part(self, part: Part | None) -> None:
        if part is not None and part.kind is PartKind.PAGE and self._document is not None:
            n_pages = self._document.source.n_pages or self._parts[-1].number
            self.line.show_page(part.label or str(part.number), n_pages)
        else:
            self.line.show_place(part.name if part is not None else "")
