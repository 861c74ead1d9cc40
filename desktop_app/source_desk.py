"""From a quote to its place in its source, and from an answer to why it is as it is: fills the pane at the right.

It draws nothing; the source view and the explanation do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.answer_words import holding_quote, values_of
from desktop_app.asking import Asker
from desktop_app.conversation_desk import ConversationDesk
from desktop_app.conversation_view import ConversationView
from desktop_app.page_desk import PageDesk
from desktop_app.paged_reading import WITH_PAGES
from desktop_app.problems import explain
from desktop_app.source_view import SourceView
from desktop_app.telling import telling
from desktop_app.why_view import WhyView
from desktop_app.window import Window
from desktop_app.workbench import Workbench
from desktop_app.workers import Errand
from rag.errors import RagError
from rag.types import Document, Hit, Mark, Quote, Source, Span, Turn

_NO_SUCH_PLACE = "This passage does not stand in the document as it is now. Ask again to search what is there."


@dataclass(frozen=True, slots=True)
class _Open:
    """What is stepped through: the quotes of the turn with this id, or passages or nothing where the id is empty.

    `values` are the words within the quotes that answer.
    """

    quotes: tuple[Quote, ...]
    turn_id: str = ""
    values: tuple[Quote, ...] = ()

    @property
    def called(self) -> str:
        return "Quote" if self.turn_id else "Passage"


class SourceDesk(QObject):
    """Opens documents and explanations beside the conversation.

    Signals:
        marks_changed(): what of a document is quoted has changed, so that passages of it are new and lack vectors.
        original_requested(paths): the first of these files that is there is to be opened in its own program.
    """

    marks_changed = Signal()
    original_requested = Signal(object)

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
        self._pages = PageDesk(workbench.pages)
        self._errands: list[Errand] = []
        self._n_changing = 0
        source_view.current_changed.connect(self._follow)
        source_view.quote_requested.connect(self._show)
        self._connect_pages()
        source_view.lift_requested.connect(self._lift)
        source_view.set_aside_requested.connect(self._set_aside)
        source_view.original_requested.connect(self._ask_original)
        window.actions_by_name["show_source"].toggled.connect(self._mark_open)
        why_view.hit_activated.connect(self._show_explained_hit)
        why_view.close_requested.connect(window.hide_source)

    def _connect_pages(self) -> None:
        reading, pages = self._source_view.reading, self._pages
        self._asker.ended.connect(self._prepare_pages)
        reading.pages_requested.connect(pages.open)
        reading.orders_changed.connect(pages.order)
        reading.locate_requested.connect(pages.locate)
        pages.opened.connect(reading.show_pages)
        pages.refused.connect(reading.refuse_pages)
        pages.drawn.connect(reading.take_drawn)
        pages.located.connect(reading.show_located)

    @Slot(str, object)
    def _prepare_pages(self, conversation_id: str, turn: Turn) -> None:  # noqa: ARG002 - Qt's signal
        """Where an answer rests on pages, they are likely to be looked at."""
        quotes = turn.answer.quotes if turn.answer is not None else ()
        if any(quote.source.media_type == WITH_PAGES for quote in quotes):
            self._pages.prepare()

    @Slot(str, int)
    def show_quote(self, turn_id: str, index: int) -> None:
        """Open the source of a quote, all quotes of the same answer in it marked, this one in sight."""
        turn = self._desk.turn(turn_id)
        if turn is not None and turn.answer is not None:
            self._open_at(_Open(turn.answer.quotes, turn_id, values_of(turn.answer)), index)

    @Slot(str)
    def show_span(self, turn_id: str) -> None:
        """Open the source at the words that answer; they are in sight, however long their quote is."""
        turn = self._desk.turn(turn_id)
        if turn is None or turn.answer is None or turn.answer.span is None:
            return
        span = turn.answer.span
        index = holding_quote(turn.answer, span)
        if index is None:
            self._open_at(_Open((span,)), 0)
            return
        self.show_quote(turn_id, index)
        self._source_view.reveal(span)

    @Slot(str, int)
    def show_hit(self, turn_id: str, index: int) -> None:
        """Open the document of one of an answer's nearest passages, with the passage marked."""
        turn = self._desk.turn(turn_id)
        hits = turn.answer.nearest if turn is not None and turn.answer is not None else ()
        self._show_hit(hits, index)

    @Slot(str)
    def show_document(self, document_id: str) -> None:
        """Open a document at its beginning."""
        try:
            document = self._workbench.document(document_id)
        except RagError as exc:
            self._window.show_problem(explain(exc))
            return
        self._open, self._current = _Open(()), 0
        self._source_view.show_document(document, (), 0)
        self._window.show_source()
        self._mark_open()

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
        """Go to the answer's next quote, in whatever document; where none is open, to the first of the last answer."""
        if self._open is not None and self._open.quotes:
            self._step(1)
            return
        for turn in reversed(self._desk.current.turns):
            if turn.answer is not None and turn.answer.quotes:
                self.show_quote(turn.id, 0)
                return

    @Slot()
    def previous_quote(self) -> None:
        """Go to the quote before."""
        self._step(-1)

    def close(self) -> None:
        """Ask for no page any more, for the workbench is being closed."""
        self._pages.close()

    def join(self, timeout_s: float) -> None:
        """Wait for the pages and for what was to be marked."""
        self._pages.join(timeout_s)
        for errand in self._errands:
            errand.join(timeout_s)

    def clear(self) -> None:
        """Close what is open, for another conversation lies open now."""
        self._open = None
        self._pages.leave()
        self._source_view.clear()
        self._why_view.clear()
        self._window.hide_source()

    @Slot(str, object, bool)
    def _lift(self, document_id: str, mark: Mark, is_lifted: bool) -> None:
        """Let a stretch be quoted, or leave it out again; it is shown at once and undone if that fails."""
        document = self._source_view.document
        if document is not None and document.id == document_id:
            marks = (replace(one, is_lifted=is_lifted) if one == mark else one for one in document.marks)
            self._source_view.update_marks(replace(document, marks=tuple(marks)))
        lift = partial(self._workbench.lift, document_id, mark.span.start, is_lifted=is_lifted)
        self._change_marks(document_id, lift)

    @Slot(str, object)
    def _set_aside(self, document_id: str, span: Span) -> None:
        self._change_marks(document_id, partial(self._workbench.set_aside, document_id, span))

    def _change_marks(self, document_id: str, change: Callable[[], None]) -> None:
        """Change what is quoted in a thread of its own, then show the document as it is now, changed or not."""
        errand = Errand(partial(_changed, self._workbench, document_id, change))
        errand.finished.connect(self._show_marks)
        self._errands = [*(one for one in self._errands if one.is_running), errand]
        self._n_changing += 1
        errand.start()

    @Slot(object)
    def _show_marks(self, outcome: tuple[Document | None, Exception | None]) -> None:
        document, error = outcome
        self._n_changing -= 1
        if document is not None and not self._n_changing:  # else the next change is on screen already
            self._source_view.update_marks(document)
        if error is not None:
            self._window.show_problem(explain(error))
        self.marks_changed.emit()

    @Slot(object)
    def _ask_original(self, source: Source) -> None:
        """The file that the document was read from, then the copies of it."""
        copies = (row.path for row in self._workbench.files() if row.document_id == source.id)
        self.original_requested.emit(list(dict.fromkeys((source.path, *copies))))

    def _step(self, by: int) -> None:
        self._show(self._current + by)

    @Slot(int)
    def _show_explained_hit(self, index: int) -> None:
        self._show_hit(self._explained_hits, index)

    def _show_hit(self, hits: Sequence[Hit], index: int) -> None:
        if not 0 <= index < len(hits):
            return
        cut = [self._passage(hit) for hit in hits]
        wanted = cut[index]
        if isinstance(wanted, str):
            self._open = None
            self._source_view.show_missing(hits[index].source, wanted)
            self._window.show_source()
            self._mark_open()
            return
        passages = tuple(passage for passage in cut if not isinstance(passage, str))
        self._open_at(_Open(passages), passages.index(wanted))

    def _passage(self, hit: Hit) -> Quote | str:
        """A passage cut anew out of its document, or why that cannot be done."""
        try:
            document = self._workbench.document(hit.source.id)
        except RagError as exc:
            return explain(exc).message
        if hit.span.end > len(document.text):
            return _NO_SUCH_PLACE
        return Quote.cut(document, hit.span, hit.score)

    def _open_at(self, opened: _Open, index: int) -> None:
        if 0 <= index < len(opened.quotes):
            self._open = opened
            self._show(index)

    @Slot(int)
    def _show(self, current: int) -> None:
        """Show what is open at one of its quotes; beyond the first and the last there is nothing to show."""
        opened = self._open
        if opened is None or not 0 <= current < len(opened.quotes):
            return
        source = opened.quotes[current].source
        try:
            document = self._workbench.document(source.id)
        except RagError as exc:
            self._source_view.show_missing(source, explain(exc).message, opened.quotes, current, opened.called)
        else:
            self._source_view.show_document(document, opened.quotes, current, opened.called, opened.values)
        self._window.show_source()
        self._follow(current)

    @Slot(int)
    def _follow(self, current: int) -> None:
        self._current = current
        self._mark_open()

    @Slot()
    def _mark_open(self) -> None:
        """Mark the card of the quote that can be seen in its source, or none."""
        opened = self._open
        if opened is not None and opened.turn_id and self._window.actions_by_name["show_source"].isChecked():
            self._conversation_view.mark_quote(opened.turn_id, self._current)
        else:
            self._conversation_view.mark_quote("", None)


def _changed(
    workbench: Workbench, document_id: str, change: Callable[[], None]
) -> tuple[Document | None, Exception | None]:
    """The document after a change of its marks, and why it failed if it did."""
    failures: list[Exception] = []
    with telling(failures.append):
        change()
    with telling(failures.append):
        return workbench.document(document_id), next(iter(failures), None)
    return None, failures[0]
