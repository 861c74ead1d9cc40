"""Fetches sizes, boxes and pictures of pages in a thread of its own, so that the window never waits for a page.

It shows nothing. What is wanted is replaced by what is wanted next: nothing is drawn that nobody looks at any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Condition, Thread

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop_app.page_view import PageOrder
from desktop_app.pages import PageBox, PageNotDrawn, PageSource, PagesRefused
from desktop_app.telling import telling
from rag.page_images import PageSize
from rag.types import Document, Span

_log = logging.getLogger(__name__)

_GAVE_UP = "Its pages cannot be shown here: drawing them failed. This is its text."


@dataclass(frozen=True, slots=True)
class OpenedPages:
    """The pages of a document, and for each span that was asked for the boxes around its words."""

    document_id: str
    sizes: tuple[PageSize, ...]
    spans: tuple[Span, ...]
    boxes: tuple[tuple[PageBox, ...], ...]


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page as it was ordered; the picture is empty where the page cannot be drawn."""

    document_id: str
    order: PageOrder
    picture: QImage


@dataclass(frozen=True, slots=True)
class LocatedWords:
    """Where the words of a span stand on the pages."""

    document_id: str
    span: Span
    boxes: tuple[PageBox, ...]


class PageDesk(QObject):
    """One document at a time. Its methods are called in the GUI thread.

    Signals:
        opened(OpenedPages), refused(document id, sentence): one of them follows each `open` that no other one replaced.
        drawn(DrawnPage), located(LocatedWords): as they come. `refused` may follow these too, when no page can be
            drawn any more.
    """

    opened = Signal(object)
    refused = Signal(str, str)
    drawn = Signal(object)
    located = Signal(object)

    def __init__(self, source: PageSource) -> None:
        super().__init__()
        self._source = source
        self._condition = Condition()
        self._document: Document | None = None
        self._to_open: tuple[Document, tuple[Span, ...]] | None = None
        self._to_locate: Span | None = None
        self._orders: list[PageOrder] = []
        self._must_prepare = False
        self._is_closing = False
        self._thread: Thread | None = None

    def open(self, document: Document, spans: Sequence[Span]) -> None:
        """Open the original file of a document and find the words of these spans on its pages."""
        with self._condition:
            self._document = document
            self._to_open, self._to_locate, self._orders = (document, tuple(spans)), None, []
            self._wake()

    def order(self, orders: Sequence[PageOrder]) -> None:
        """Draw these pages of the open document, the first one first, and none of those ordered before."""
        with self._condition:
            if self._document is not None:
                self._orders = list(orders)
                self._wake()

    def locate(self, span: Span) -> None:
        """Find the words of one more span on the pages."""
        with self._condition:
            if self._document is not None:
                self._to_locate = span
                self._wake()

    def prepare(self) -> None:
        """Pages will be wanted soon."""
        with self._condition:
            self._must_prepare = True
            self._wake()

    def leave(self) -> None:
        """Nothing is wanted any more."""
        with self._condition:
            self._document, self._to_open, self._to_locate, self._orders = None, None, None, []

    def close(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        with self._condition:
            self._is_closing = True
            self._condition.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread; False if it still runs."""
        if self._thread is None:
            return True
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _wake(self) -> None:
        if self._thread is None and not self._is_closing:
            self._thread = Thread(target=self._run, name="pages", daemon=True)
            self._thread.start()
        self._condition.notify_all()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(self._has_wish)
                if self._is_closing:
                    return
                document, deed = self._document, self._next_deed()
            with telling(partial(self._refuse, document)):
                deed()

    def _has_wish(self) -> bool:
        return bool(self._is_closing or self._must_prepare or self._to_open or self._to_locate or self._orders)

    def _next_deed(self) -> Callable[[], None]:
        """What is most urgent, taken off the list; call it with the condition held."""
        if self._to_open is not None:
            document, spans = self._to_open
            self._to_open = None
            return partial(self._open, document, spans)
        if self._document is not None and self._to_locate is not None:
            span, self._to_locate = self._to_locate, None
            return partial(self._locate, self._document, span)
        if self._document is not None and self._orders:
            return partial(self._draw, self._document, self._orders.pop(0))
        self._must_prepare = False
        return self._prepare

    def _prepare(self) -> None:
        """Where that fails, the pages that are open stay, and the next `open` says why there are none."""
        with telling(_log_failure):
            self._source.prepare()

    def _open(self, document: Document, spans: tuple[Span, ...]) -> None:
        sizes = self._source.open(document)
        opened = OpenedPages(document.id, sizes, spans, self._source.boxes(document, spans) if spans else ())
        if self._is_wanted(document):
            self.opened.emit(opened)

    def _locate(self, document: Document, span: Span) -> None:
        boxes = self._source.boxes(document, [span])
        if self._is_wanted(document):
            self.located.emit(LocatedWords(document.id, span, boxes[0]))

    def _draw(self, document: Document, order: PageOrder) -> None:
        try:
            drawn = self._source.draw(document, order.number, order.scale)
        except PageNotDrawn:
            picture = QImage()
        else:
            picture = _image(drawn.pixels, drawn.width_px, drawn.height_px)
        if self._is_wanted(document):
            self.drawn.emit(DrawnPage(document.id, order, picture))

    def _is_wanted(self, document: Document) -> bool:
        with self._condition:
            return self._document is document and self._to_open is None and not self._is_closing

    def _refuse(self, document: Document | None, error: Exception) -> None:
        """No page of this document comes any more; the next `open` tries again."""
        with self._condition:
            is_over = self._document is not document or self._to_open is not None or self._is_closing
            if document is None or is_over:
                return
            self._document, self._to_locate, self._orders = None, None, []
        if not isinstance(error, PagesRefused):
            _log.warning("The pages of %s cannot be shown.", document.source.name, exc_info=error)
        self.refused.emit(document.id, error.reason if isinstance(error, PagesRefused) else _GAVE_UP)


def _log_failure(error: Exception) -> None:
    _log.warning("What draws pages could not be started before they are wanted.", exc_info=error)


def _image(pixels: bytes, width_px: int, height_px: int) -> QImage:
    """A copy in the form that is painted fastest."""
    made = QImage(pixels, width_px, height_px, 4 * width_px, QImage.Format.Format_RGBX8888)
    return made.convertToFormat(QImage.Format.Format_RGB32)
