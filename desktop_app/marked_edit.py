"""A stretch of a document on screen, in which what is never quoted is greyed, folded where it is long, or hidden.

Pointer, caret and keys find the way from there to bringing it back; nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.inert_text import InertEdit
from desktop_app.mark_bar import MarkBar
from desktop_app.marked_text import SHOW, MarkedText, Noise
from desktop_app.noise_words import LIFT, SET_ASIDE, UNDO_LIFT
from desktop_app.shown_text import Insert, ShownText
from desktop_app.theme import Theme, contrast
from rag.types import Mark, Part, Span

SET_ASIDE_KEYS = "Ctrl+D"
_RULE_PX = 12
_SMALLER = 0.93
_LEAST_CONTRAST = 4.6


class MarkedEdit(InertEdit):
    """Plain text with the marks and parts of its document. Offsets are code points of the whole text.

    Signals:
        stretch_changed(): another part of the text is shown.
        lift_requested(mark, bool): a stretch is to be quoted from now on, or left out again.
        set_aside_requested(Span): a stretch is never to be quoted.
    """

    stretch_changed = Signal()
    lift_requested = Signal(object, bool)
    set_aside_requested = Signal(object)

    def __init__(self, theme: Theme, margin_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, line_height_percent=145)
        self._theme = theme
        self._marked = MarkedText("")
        self._noise = Noise.GREYED
        self._opened: set[int] = set()
        self._is_laid_out = True
        self._margin_px = margin_px
        self._bar = MarkBar(theme, self.viewport())
        self._bar.lift_requested.connect(self._ask_lift)
        self._bar.fold_requested.connect(self._fold)
        self._bar.left.connect(self.setFocus)
        self.document().setDocumentMargin(margin_px)
        self.viewport().setMouseTracking(True)
        self.cursorPositionChanged.connect(self._show_bar_at_caret)
        self.verticalScrollBar().valueChanged.connect(self._move_bar)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._bar.set_theme(theme)
        self.setFont(theme.quote)
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        self.dress()
        edit.endEditBlock()

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def marked(self) -> MarkedText:
        """The text with its marks and parts."""
        return self._marked

    @property
    def bar(self) -> MarkBar:
        return self._bar

    def set_noise(self, noise: Noise) -> None:
        """Grey what is not quoted, or do not show it at all."""
        if noise is not self._noise:
            self._noise = noise
            self._opened.clear()
            self.show_again()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Take other marks of the same text; what is in view stays where it is."""
        if tuple(marks) == self._marked.marks:
            return
        shown, had_focus = self._bar.mark, self._bar.has_focus()
        if had_focus:
            self.setFocus()
        self._marked = MarkedText(self._marked.text, marks, self._marked.parts)
        self.show_again()
        self._show_bar_at_caret()
        now = self._marked.mark_at(shown.span.start) if shown is not None else None
        if now is not None:  # the way back stays where it was
            self._show_bar(now)
        if now is not None and had_focus:
            self._bar.focus()

    def show_mark(self, mark: Mark) -> None:
        """Bring a mark into view, with its bar ready for a key."""
        self.reveal(mark.span)
        if self.marked.is_long(mark):
            self._fold(mark)
        self._put_caret(mark.span.start)
        self._show_bar(mark)
        self._bar.focus()

    def reveal(self, span: Span) -> None:
        """Bring a span into view, however it was folded."""
        raise NotImplementedError

    def show_again(self) -> None:
        """Lay the stretch out anew, with the same line at the upper edge."""
        raise NotImplementedError

    def show_stretch(self, start: int, stop: int) -> None:
        """Lay out `text[start:stop]` and nothing else of the text."""
        self._bar.close_bar()
        inserts = self._marked.inserts(self._noise, self._opened)
        self.setExtraSelections([])
        self._is_laid_out = False
        self.show_text(ShownText(self._marked.text, start, stop, inserts))
        self._is_laid_out = True
        self.stretch_changed.emit()

    def open_folds(self, span: Span) -> bool:
        """Unfold what hides characters of a span; whether there was anything."""
        folded = [mark.span.start for mark in self._marked.marks_in(span.start, span.end) if self.is_folded(mark)]
        self._opened.update(folded)
        return bool(folded)

    def is_folded(self, mark: Mark) -> bool:
        return self._marked.is_folded(mark, self._noise, self._opened)

    def take_text(self, text: str, marks: Sequence[Mark], parts: Sequence[Part]) -> None:
        """Take another text; what was unfolded is forgotten."""
        self._bar.close_bar()
        self._opened.clear()
        self._marked = MarkedText(text, marks, parts)

    def cursor_over(self, span: Span) -> QTextCursor:
        """A cursor that selects what is on screen for a span."""
        return self._selecting(*self.shown.positions(span))

    def _selecting(self, first: int, last: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(first)
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _put_caret(self, offset: int) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.shown.position(offset))
        self.setTextCursor(cursor)

    # How it looks

    def dress(self) -> None:
        grey = self._noise_format()
        for mark in self._marked.marks_in(self.shown.start, self.shown.stop):
            if not mark.is_lifted and not self.is_folded(mark):
                first, last = max(mark.span.start, self.shown.start), min(mark.span.end, self.shown.stop)
                self.cursor_over(Span(first, last)).mergeCharFormat(grey)
        for first, last in self.shown.inserted():
            self._selecting(first, last).setCharFormat(self._label_format(self._theme.muted))
        for first, last in self._fold_words():
            self._selecting(first, last).setCharFormat(self._label_format(self._theme.accent))

    def _fold_words(self) -> list[tuple[int, int]]:
        """Where `Show` stands."""
        found = []
        for first, last in self.shown.inserted():
            insert = self.shown.insert_at(first)
            if insert is not None and insert.end > insert.start:
                end = last - (insert.words.endswith("\n"))
                found.append((end - len(SHOW), end))
        return found

    def _noise_format(self) -> QTextCharFormat:
        character = QTextCharFormat()
        character.setForeground(noise_ink(self._theme))
        character.setFontPointSize(self._theme.quote.pointSizeF() * _SMALLER)
        return character

    def _label_format(self, ink: QColor) -> QTextCharFormat:
        character = QTextCharFormat()
        character.setFont(self._theme.small)
        character.setForeground(ink)
        return character

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._paint_rules(QPainter(self.viewport()))

    def _paint_rules(self, painter: QPainter) -> None:
        """A dotted line beside what is left out, a plain one beside what was brought back."""
        rect = self.viewport().rect()
        first, last = (self._offset_at(point) for point in (rect.topLeft(), rect.bottomRight()))
        for mark in self._marked.marks_in(first, last + 1):
            if self._noise is Noise.HIDDEN and self.is_folded(mark):
                continue
            room = self._room(mark)
            style = Qt.PenStyle.SolidLine if mark.is_lifted else Qt.PenStyle.DotLine
            painter.setPen(QPen(self._theme.rule if mark.is_lifted else self._theme.muted, 1.4, style))
            x = self._margin_px - _RULE_PX
            painter.drawLine(QPointF(x, room.top() + 3), QPointF(x, room.bottom() - 2))

    def _room(self, mark: Mark) -> QRect:
        """The lines of a mark, as far as they are laid out, in the viewport."""
        span = Span(max(mark.span.start, self.shown.start), min(mark.span.end, self.shown.stop))
        kept = span.cut(self._marked.text)
        trimmed = len(kept.rstrip()) or 1
        leading = len(kept) - len(kept.lstrip()) if kept.strip() else 0
        cursor = self.cursor_over(span if self.is_folded(mark) else Span(span.start + leading, span.start + trimmed))
        first, last = cursor.selectionStart(), cursor.selectionEnd()
        if self.is_folded(mark) and self.shown.display[last - 1 : last] == "\n":
            last -= 1
        top, bottom = (self.cursorRect(self._selecting(place, place)) for place in (first, last))
        return top.united(bottom)

    # Pointer, caret and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons():
            return
        at = event.position().toPoint()
        is_fold = self._fold_at(at) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_fold else Qt.CursorShape.IBeamCursor)
        mark = self._mark_under(at)
        if mark is not None:
            self._show_bar(mark)
        elif not self._bar.has_focus() and not self._bar.geometry().adjusted(-8, -8, 8, 8).contains(at):
            self._bar.close_bar()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        fold = self._fold_at(event.position().toPoint())
        is_click = event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection()
        if is_click and fold is not None:
            self._unfold(fold.start)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self._bar.has_focus():
            self._bar.close_bar()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fold = self.shown.insert_at(self.textCursor().position())
        is_fold = fold is not None and fold.end > fold.start
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and fold is not None and is_fold:
            self._unfold(fold.start)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu(event.pos())
        menu.exec(event.globalPos())
        menu.deleteLater()

    def context_menu(self, at: QPoint) -> QMenu:
        """Qt's own entries, and what can be done about quoting the selection or the mark at a place."""
        menu = self.createStandardContextMenu()
        cursor = self.textCursor()
        mark = self._marked.mark_at(self._offset_at(at))
        if cursor.hasSelection() or mark is not None:
            menu.addSeparator()
        if cursor.hasSelection():
            action = menu.addAction(SET_ASIDE, self.set_aside_selection)
            action.setShortcut(QKeySequence(SET_ASIDE_KEYS))
        if mark is not None:
            menu.addAction(UNDO_LIFT if mark.is_lifted else LIFT, lambda: self._ask_lift(mark, not mark.is_lifted))
        return menu

    def set_aside_selection(self) -> None:
        """Ask that what is selected is never quoted; without a selection, turn round the mark under the caret."""
        cursor = self.textCursor()
        first, last = self.shown.offsets(cursor.selectionStart(), cursor.selectionEnd())
        if first < last:
            self._clear_selection()
            self.set_aside_requested.emit(Span(first, last))
            return
        mark = self._marked.mark_at(first)
        if mark is not None:
            self._ask_lift(mark, not mark.is_lifted)

    def _clear_selection(self) -> None:
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self.setTextCursor(cursor)

    def _ask_lift(self, mark: Mark, is_lifted: bool) -> None:
        self.lift_requested.emit(mark, is_lifted)

    def _fold(self, mark: Mark) -> None:
        self._opened.discard(mark.span.start)
        self.show_again()
        self._put_caret(mark.span.start)
        self.setFocus()

    def _unfold(self, start: int) -> None:
        self._opened.add(start)
        self.show_again()
        self._put_caret(start)

    def _offset_at(self, at: QPoint) -> int:
        return self.shown.offset(self.cursorForPosition(at).position())

    def _fold_at(self, at: QPoint) -> Insert | None:
        cursor = self.cursorForPosition(at)
        insert = self.shown.insert_at(cursor.position())
        if insert is None or insert.end == insert.start:
            return None
        line = self.cursorRect(cursor)
        return insert if line.top() <= at.y() <= line.bottom() else None

    def _mark_under(self, at: QPoint) -> Mark | None:
        mark = self._marked.mark_at(self._offset_at(at))
        if mark is None or (self._noise is Noise.HIDDEN and self.is_folded(mark)):
            return None
        room = self._room(mark)
        return mark if room.top() <= at.y() <= room.bottom() else None

    def _show_bar_at_caret(self) -> None:
        """The caret moves by key and by click; the bar follows it."""
        if not self._is_laid_out or not self.hasFocus() or self.textCursor().hasSelection():
            return
        mark = self._marked.mark_at(self.shown.offset(self.textCursor().position()))
        if mark is not None and not (self._noise is Noise.HIDDEN and self.is_folded(mark)):
            self._show_bar(mark)
        else:
            self._bar.close_bar()

    def _show_bar(self, mark: Mark) -> None:
        room, within = self._room(mark), self.viewport().rect()
        if not room.intersects(within.adjusted(-within.width(), 0, within.width(), 0)):
            self._bar.close_bar()
            return
        if not self.is_folded(mark):
            room.setLeft(self._margin_px)
        is_folded = self.is_folded(mark)
        can_fold = self._noise is Noise.GREYED and not mark.is_lifted and not is_folded and self._marked.is_long(mark)
        within = within.adjusted(self._margin_px - 6, 0, -6, 0)
        self._bar.show_mark(mark, room, within, can_fold=can_fold, is_beside=is_folded)

    def _move_bar(self) -> None:
        if self._bar.mark is not None and self._bar.isVisible():
            self._show_bar(self._bar.mark)


def noise_ink(theme: Theme) -> QColor:
    """As light as small text on the page may be and still be read by everyone."""
    for percent in range(30, 101, 5):
        ink = _between(theme.surface, theme.text, percent / 100)
        if contrast(ink, theme.surface) >= _LEAST_CONTRAST:
            return ink
    return theme.text


def _between(one: QColor, other: QColor, share: float) -> QColor:
    def mixed(first: float, second: float) -> float:
        return first + (second - first) * share

    red, green = mixed(one.redF(), other.redF()), mixed(one.greenF(), other.greenF())
    return QColor.fromRgbF(red, green, mixed(one.blueF(), other.blueF()))
