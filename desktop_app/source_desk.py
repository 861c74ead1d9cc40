"""From a quote to its place in its source, and from an answer to why it is as it is: fills the pane at the right.

It draws nothing; the source view and the explanation do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from desktop_app.asking import Asker
from desktop_app.conversation_desk import ConversationDesk
from desktop_app.conversation_view import ConversationView
from desktop_app.problems import explain
from desktop_app.source_view import SourceView
from desktop_app.why_view import WhyView
from desktop_app.window import Window
from desktop_app.workbench import Workbench
from rag.errors import RagError
from rag.types import Document, Hit, Quote, Source


@dataclass(frozen=True, slots=True)
class _Open:
    """What lies in the source view; `indices` are the quotes' places among the answer's quotes."""

    document: Document
    quotes: tuple[Quote, ...] = ()
    turn_id: str = ""
    indices: tuple[int, ...] = ()


class SourceDesk(QObject):
    """Opens documents and explanations beside the conversation."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        window: Window,
        source_view: SourceView,
        why_view: WhyView,
        conversation_view: ConversationView,
        desk: ConversationDesk,
        asker: Asker,
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._source_view = source_view
        self._why_view = why_view
        self._conversation_view = conversation_view
        self._desk = desk
        self._asker = asker
        self._open: _Open | None = None
        self._current = 0
        self._explained_hits: tuple[Hit, ...] = ()
        source_view.current_changed.connect(self._follow)
        why_view.hit_activated.connect(self._show_explained_hit)
        why_view.close_requested.connect(window.hide_source)

    @Slot(str, int)
    def show_quote(self, turn_id: str, index: int) -> None:
        """Open the source of a quote, all quotes of the same answer in it marked, this one in sight."""
        turn = self._desk.turn(turn_id)
        quotes = turn.answer.quotes if turn is not None and turn.answer is not None else ()
        if not 0 <= index < len(quotes):
            return
        document = self._document(quotes[index].source)
        if document is not None:
            indices = tuple(at for at, quote in enumerate(quotes) if quote.source.id == document.id)
            together = tuple(quotes[at] for at in indices)
            self._show(_Open(document, together, turn_id, indices), indices.index(index))

    @Slot(str, int)
    def show_hit(self, turn_id: str, index: int) -> None:
        """Open the document of one of an answer's nearest passages, with the passage marked."""
        turn = self._desk.turn(turn_id)
        hits = turn.answer.nearest if turn is not None and turn.answer is not None else ()
        self._show_hit(hits, index)

    @Slot(str)
    def show_document(self, document_id: str) -> None:
        """Open a document at its beginning."""
        self._show(_Open(self._workbench.document(document_id)), 0)

    @Slot(str)
    def explain(self, turn_id: str) -> None:
        """Show what an answer rests on."""
        turn = self._desk.turn(turn_id)
        if turn is not None and turn.answer is not None:
            self._explained_hits = self._asker.hits(turn_id) or turn.answer.nearest
            self._why_view.show_answer(turn.question, turn.answer, self._explained_hits)
            self._window.show_why()

    @Slot()
    def next_quote(self) -> None:
        """Go to the next quote in the open document."""
        self._step(1)

    @Slot()
    def previous_quote(self) -> None:
        """Go to the quote before."""
        self._step(-1)

    def clear(self) -> None:
        """Close what is open, for another conversation lies open now."""
        self._open = None
        self._source_view.clear()
        self._why_view.clear()
        self._window.hide_source()

    def _step(self, by: int) -> None:
        if self._open is not None and 0 <= self._current + by < len(self._open.quotes):
            self._show(self._open, self._current + by)

    @Slot(int)
    def _show_explained_hit(self, index: int) -> None:
        self._show_hit(self._explained_hits, index)

    def _show_hit(self, hits: Sequence[Hit], index: int) -> None:
        if not 0 <= index < len(hits):
            return
        hit = hits[index]
        document = self._document(hit.source)
        if document is not None and hit.span.end <= len(document.text):
            self._show(_Open(document, (Quote.cut(document, hit.span, hit.score),)), 0)

    def _show(self, opened: _Open, current: int) -> None:
        self._open = opened
        self._window.show_source()
        self._source_view.show_document(opened.document, opened.quotes, current)
        self._follow(current)

    @Slot(int)
    def _follow(self, current: int) -> None:
        self._current = current
        if self._open is not None and self._open.turn_id and current < len(self._open.indices):
            self._conversation_view.mark_quote(self._open.turn_id, self._open.indices[current])

    def _document(self, source: Source) -> Document | None:
        try:
            return self._workbench.document(source.id)
        except RagError as exc:
            self._open = None
            self._window.show_source()
            self._source_view.show_missing(source, explain(exc).message)
            return None
