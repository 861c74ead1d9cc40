"""The pages of a PDF below one another, with the words of quotes marked on them; only what is in sight is asked for.

It is given sizes, pictures and boxes, and reads no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from desktop_app.page_strip import GAP_PX, PageStrip, PlacedPage
from desktop_app.pages import PageBox
from desktop_app.theme import Theme
from rag.page_images import PageSize

MOST_PICTURES = 12
_MOST_BYTES = 160 * 1024 * 1024
_STEP, _SMALLEST, _LARGEST = 1.2, 0.4, 5.0
_MOST_SCALE = 6.0
_SETTLE_MS = 60
_PATIENCE_MS = 300
_NEAR = 1e-3

_PAPER = QColor("#ffffff")
_QUOTE, _CURRENT, _FOUND = QColor("#fff0b3"), QColor("#ffd24d"), QColor("#b7dcc6")
_VALUE = QColor("#2b6549")
#: What a page is multiplied with on a dark ground: paper by lamplight.
_LAMPLIGHT = QColor("#d3cec1")

_OPENING = "Opening the pages…"
_NOT_DRAWN = "This page cannot be drawn."


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page that is wanted, at this many pixels a point."""

    number: int
    scale: float


class PageView(QAbstractScrollArea):
    """A column of pages to scroll through and to zoom into. GUI thread only.

    Signals:
        orders_changed(list[PageOrder]): what is to be drawn, the most urgent first; it replaces what was wanted before.
        page_changed(int): another page is at the upper edge.
    """

    orders_changed = Signal(list)
    page_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sizes: tuple[PageSize, ...] = ()
        self._strip = PageStrip()
        self._zoom = 1.0
        self._pictures: dict[int, tuple[float, QImage]] = {}
        self._quotes: list[tuple[PageBox, ...]] = []
        self._values: list[tuple[PageBox, ...]] = []
        self._found: tuple[PageBox, ...] = ()
        self._current = 0
        self._page = 0
        self._anchor: tuple[int, float] | None = None
        self._dragged_from: QPoint | None = None
        self._is_waiting = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show_waiting)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._order)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.setAccessibleName("Pages of the source")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.viewport().update()

    @property
    def sizes(self) -> tuple[PageSize, ...]:
        return self._sizes

    @property
    def n_pages(self) -> int:
        return len(self._sizes)

    @property
    def page(self) -> int:
        """The page that is read: the one at the upper third of the view; 0 where there is none."""
        return self._page

    @property
    def zoom(self) -> float:
        """1.0 where each page is as wide as the view."""
        return self._zoom

    @property
    def pictured(self) -> set[int]:
        """The pages of which a picture is kept."""
        return set(self._pictures)

    @property
    def strip(self) -> PageStrip:
        return self._strip

    def clear(self) -> None:
        """Forget the pages and their pictures."""
        self.show_pages(())

    def wait_for_pages(self) -> None:
        """Say after a moment that pages are being opened, where none is shown yet."""
        if not self._sizes:
            self._patience.start()

    def show_pages(self, sizes: Sequence[PageSize]) -> None:
        """Show other pages from the first one on, as wide as the view."""
        self._patience.stop()
        self._is_waiting = False
        self._sizes, self._pictures = tuple(sizes), {}
        self._quotes, self._values, self._found = [], [], ()
        self._zoom, self._anchor, self._page = 1.0, None, 0
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._scrolled()

    def mark_quotes(
        self, quotes: Sequence[Sequence[PageBox]], current: int, values: Sequence[Sequence[PageBox]] = ()
    ) -> None:
        """Mark the words of quotes, and underline those within them that answer. Nothing is scrolled."""
        self._quotes = [tuple(boxes) for boxes in quotes]
        self._values = [tuple(boxes) for boxes in values]
        self._current = current
        self.viewport().update()

    def set_current(self, index: int) -> None:
        """Mark this quote as the current one and bring it into view."""
        self._current = index
        self.reveal(self.boxes_of(index))

    def show_found(self, boxes: Sequence[PageBox]) -> None:
        """Mark words that were searched for and bring them into view; none takes the mark away."""
        self._found = tuple(boxes)
        self.reveal(self._found)

    def boxes_of(self, index: int) -> tuple[PageBox, ...]:
        """Where the words of a quote stand; empty where they were not found on the pages."""
        return self._quotes[index] if 0 <= index < len(self._quotes) else ()

    def reveal(self, boxes: Sequence[PageBox]) -> None:
        """Bring the first of these boxes to the upper quarter of the view."""
        if boxes and 1 <= boxes[0].page <= len(self._strip):
            room = self._rect_of(self._strip.page(boxes[0].page), boxes[0])
            self.verticalScrollBar().setValue(round(room.top()) - self.viewport().height() // 4)
            self._show_sideways(room)
        self.viewport().update()

    def go_to(self, number: int) -> None:
        """Bring the top of a page to the upper edge."""
        if 1 <= number <= len(self._strip):
            self.verticalScrollBar().setValue(self._strip.page(number).top - GAP_PX)

    def take_picture(self, number: int, scale: float, picture: QImage) -> None:
        """A page has been drawn; an empty picture says that it cannot be."""
        self._pictures[number] = (scale, picture)
        self._forget_far_ones()
        self.viewport().update()

    def set_zoom(self, zoom: float, at: QPoint | None = None) -> None:
        """Show the pages larger or smaller; what is at this place of the view stays there."""
        zoom = min(max(zoom, _SMALLEST), _LARGEST)
        if abs(zoom - 1.0) < _NEAR:
            zoom = 1.0
        if zoom == self._zoom:
            return
        at = at or QPoint(self.viewport().width() // 2, self.viewport().height() // 4)
        across = (self._left() + at.x()) / max(1, self._strip.width)
        place = self._place_at(at.y())
        self._zoom = zoom
        self._lay_out()
        self._scroll_to(place, at.y())
        self.horizontalScrollBar().setValue(round(across * self._strip.width) - at.x())

    def sizeHint(self) -> QSize:
        return QSize(460, 600)

    def is_in_sight(self, index: int) -> bool:
        """Whether the words of a quote begin in what can be seen."""
        boxes = self.boxes_of(index)
        if not boxes or not 1 <= boxes[0].page <= len(self._strip):
            return False
        top = self._rect_of(self._strip.page(boxes[0].page), boxes[0]).top() - self._top()
        return 0 <= top < self.viewport().height()

    def _show_waiting(self) -> None:
        self._is_waiting = True
        self.viewport().update()

    # Places

    def _lay_out(self) -> None:
        room = self.viewport().width() - 2 * GAP_PX
        self._strip = PageStrip(self._sizes, room, self._zoom)
        view = self.viewport().size()
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        down.setRange(0, max(0, self._strip.height - view.height()))
        down.setPageStep(max(1, round(view.height() * 0.9)))
        down.setSingleStep(48)
        across.setRange(0, max(0, self._strip.width - view.width()))
        across.setPageStep(view.width())
        across.setSingleStep(32)
        self.viewport().update()
        self._settle.start()

    def _top(self) -> int:
        return self.verticalScrollBar().value()

    def _left(self) -> int:
        return self.horizontalScrollBar().value()

    def _place_at(self, y: int) -> tuple[int, float]:
        """The page at a height of the view, and how far down it that is, as a share of its height."""
        number = self._strip.at(self._top() + y)
        if not number:
            return 0, 0.0
        page = self._strip.page(number)
        return number, (self._top() + y - page.top) / page.height

    def _scroll_to(self, place: tuple[int, float], y: int) -> None:
        number, share = place
        if 1 <= number <= len(self._strip):
            page = self._strip.page(number)
            self.verticalScrollBar().setValue(round(page.top + share * page.height) - y)

    def _rect_of(self, page: PlacedPage, box: PageBox) -> QRectF:
        """A box in the strip."""
        return QRectF(
            page.left + box.left * page.scale,
            page.top + box.top * page.scale,
            (box.right - box.left) * page.scale,
            (box.bottom - box.top) * page.scale,
        )

    def _show_sideways(self, room: QRectF) -> None:
        width = self.viewport().width()
        if not self._left() <= room.left() <= room.right() <= self._left() + width:
            self.horizontalScrollBar().setValue(round(room.left()) - width // 8)

    def _in_sight(self) -> range:
        return self._strip.between(self._top(), self._top() + self.viewport().height())

    def _scrolled(self) -> None:
        self._anchor = self._place_at(0)
        page = self._strip.at(self._top() + self.viewport().height() // 3)
        if page != self._page:
            self._page = page
            self.setAccessibleDescription(f"Page {page} of {self.n_pages}" if page else "")
            self.page_changed.emit(page)
        self.viewport().update()
        if not self._settle.isActive():
            self._settle.start()

    # What is to be drawn

    def _order(self) -> None:
        """Ask for what is in sight and lacks a picture of its size, then for the neighbours."""
        if not self.isVisible() or not self._sizes:
            return
        seen = self._in_sight()
        numbers = [*seen, seen.stop, seen.start - 1, seen.stop + 1]
        wanted = [PageOrder(number, self._scale(number)) for number in numbers if 1 <= number <= len(self._strip)]
        self.orders_changed.emit([order for order in wanted if not self._has(order)])

    def _scale(self, number: int) -> float:
        return min(self._strip.page(number).scale * self.devicePixelRatioF(), _MOST_SCALE)

    def _has(self, order: PageOrder) -> bool:
        scale, picture = self._pictures.get(order.number, (0.0, None))
        return picture is not None and (picture.isNull() or abs(scale - order.scale) < _NEAR * order.scale)

    def _forget_far_ones(self) -> None:
        seen = self._in_sight()
        middle = (seen.start + seen.stop - 1) / 2
        by_distance = sorted(self._pictures, key=lambda number: abs(number - middle))
        n_bytes = 0
        for place, number in enumerate(by_distance):
            n_bytes += self._pictures[number][1].sizeInBytes()
            if number not in seen and (place >= MOST_PICTURES or n_bytes > _MOST_BYTES):
                del self._pictures[number]

    # Qt's own

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.sunken)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number in self._in_sight():
            self._paint_page(painter, self._strip.page(number))
        if self._is_waiting:
            painter.setPen(self._theme.muted)
            painter.setFont(self._theme.body)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _OPENING)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.accent, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))

    def _paint_page(self, painter: QPainter, page: PlacedPage) -> None:
        left, top = self._left(), self._top()
        paper = QRect(page.left - left, page.top - top, page.width, page.height)
        _, picture = self._pictures.get(page.number, (0.0, None))
        painter.fillRect(paper, _PAPER)
        if picture is not None and not picture.isNull():
            painter.drawImage(paper, picture)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        for boxes, colour in self._marks():
            painter.fillPath(self._outline(page, boxes).translated(-left, -top), colour)
        if self._theme.is_dark:
            painter.fillRect(paper, _LAMPLIGHT)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        self._underline_values(painter, page)
        if picture is not None and picture.isNull():
            painter.setPen(QColor("#636058"))
            painter.setFont(self._theme.body)
            painter.drawText(paper, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, _NOT_DRAWN)
        painter.setPen(QPen(self._theme.rule, 1))
        painter.drawRect(paper.adjusted(-1, -1, 0, 0))

    def _outline(self, page: PlacedPage, boxes: Sequence[PageBox]) -> QPainterPath:
        """What boxes cover of a page, in the strip; where two of them overlap, the mark is no darker."""
        outline = QPainterPath()
        outline.setFillRule(Qt.FillRule.WindingFill)
        paper = QRectF(page.left, page.top, page.width, page.height)
        for box in boxes:
            if box.page == page.number:
                outline.addRect(self._rect_of(page, box).intersected(paper))
        return outline

    def _marks(self) -> list[tuple[tuple[PageBox, ...], QColor]]:
        others = [(boxes, _QUOTE) for index, boxes in enumerate(self._quotes) if index != self._current]
        return [*others, (self.boxes_of(self._current), _CURRENT), (self._found, _FOUND)]

    def _underline_values(self, painter: QPainter, page: PlacedPage) -> None:
        painter.setPen(QPen(_VALUE, 1.5))
        for boxes in self._values:
            for box in boxes:
                if box.page == page.number:
                    line = self._rect_of(page, box).translated(-self._left(), -self._top())
                    painter.drawLine(line.bottomLeft(), line.bottomRight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        place = self._anchor
        self._lay_out()
        if place is not None:
            self._scroll_to(place, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().toPoint() + QPoint(self._left(), self._top())
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged_from is not None:
            wanted = self._dragged_from - event.position().toPoint()
            self.horizontalScrollBar().setValue(wanted.x())
            self.verticalScrollBar().setValue(wanted.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's
        self._dragged_from = None
        self.viewport().unsetCursor()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.set_zoom(self._zoom * _STEP**steps, event.position().toPoint())
            event.accept()
        else:
            super().wheelEvent(event)

    def event(self, event: QEvent) -> bool:
        # The window enlarges its text by the same keys; while the page has the focus, they are for the page.
        is_override = event.type() is QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and _zoom_of(event) is not None:
            event.accept()
            return True
        if event.type() is QEvent.Type.Show:
            self._settle.start()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        zoom = _zoom_of(event)
        down, key = self.verticalScrollBar(), event.key()
        if zoom is not None:
            self.set_zoom(self._zoom * zoom if zoom else 1.0)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            down.setValue(down.minimum() if key == Qt.Key.Key_Home else down.maximum())
        elif key == Qt.Key.Key_Space:
            step = down.pageStep()
            down.setValue(down.value() + (-step if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else step))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def _zoom_of(event: QKeyEvent) -> float | None:
    """The factor that a key asks for, 0.0 for as wide as the view; None where it is no such key."""
    if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return None
    if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        return _STEP
    if event.key() == Qt.Key.Key_Minus:
        return 1 / _STEP
    return 0.0 if event.key() == Qt.Key.Key_0 else None
