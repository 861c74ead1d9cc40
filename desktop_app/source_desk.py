"""From a quote to its place in its source: fetches the document and opens it at the characters.

It draws nothing; the source view does.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from desktop_app.conversation_desk import ConversationDesk
from desktop_app.source_view import SourceView
from desktop_app.telling import problem_of
from desktop_app.window import Window
from desktop_app.workbench import Workbench
from rag.errors import RagError
from rag.types import Document, Quote, Source


class SourceDesk(QObject):
    """Opens documents beside the conversation."""

    def __init__(self, workbench: Workbench, window: Window, view: SourceView, desk: ConversationDesk) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._view = view
        self._desk = desk

    @Slot(str, int)
    def show_quote(self, turn_id: str, index: int) -> None:
        """Open the source of a quote, all quotes of the same answer in it highlighted, this one in sight."""
        turn = self._desk.turn(turn_id)
        quotes = turn.answer.quotes if turn is not None and turn.answer is not None else ()
        if not 0 <= index < len(quotes):
            return
        chosen = quotes[index]
        document = self._document(chosen.source)
        if document is not None:
            together = [quote for quote in quotes if quote.source.id == document.id and quote.is_verbatim_in(document)]
            self._open(document, together, together.index(chosen) if chosen in together else 0)

    @Slot(str, int)
    def show_hit(self, turn_id: str, index: int) -> None:
        """Open the document of one of the nearest passages, with the passage highlighted."""
        turn = self._desk.turn(turn_id)
        hits = turn.answer.nearest if turn is not None and turn.answer is not None else ()
        if not 0 <= index < len(hits):
            return
        document = self._document(hits[index].source)
        if document is not None and hits[index].span.end <= len(document.text):
            self._open(document, [Quote.cut(document, hits[index].span, hits[index].score)], 0)

    @Slot(str)
    def show_document(self, document_id: str) -> None:
        """Open a document at its beginning."""
        document = self._workbench.document(document_id)
        self._open(document, [], 0)

    @Slot()
    def next_quote(self) -> None:
        """Go to the next quote in the open document."""
        self._view.next_quote()

    @Slot()
    def previous_quote(self) -> None:
        """Go to the quote before."""
        self._view.previous_quote()

    def clear(self) -> None:
        """Close what is open, for another conversation lies open now."""
        self._view.clear()
        self._window.hide_source()

    def _open(self, document: Document, quotes: list[Quote], current: int) -> None:
        self._window.show_source()
        self._view.show_document(document, quotes, current)

    def _document(self, source: Source) -> Document | None:
        try:
            return self._workbench.document(source.id)
        except RagError as exc:
            self._window.show_source()
            self._view.show_missing(source, problem_of(exc).message)
            return None
