"""The text of a document with its quotes marked at their exact places, one of them as the current one.

Of a very long text only a stretch is laid out at a time; every offset stays an offset into the whole text. How marks
and parts look is not its matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop_app.marked_edit import MarkedEdit
from desktop_app.theme import Theme
from rag.types import Mark, Part, Span

WHOLE_CHARS = 100_000
STRETCH_CHARS = 60_000
MOST_LINES = 4_000
_NEAR_CHARS, _FAR_CHARS = 15_000, 45_000
_TO_LINE_CHARS = 2_000
_MOST_MATCHES = 500
_MARGIN_PX = 26


class SourcePage(MarkedEdit):
    """Plain text with quotes in it. Offsets are code points of the document's text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, _MARGIN_PX, parent)
        self._spans: list[Span | None] = []
        self._values: list[Span] = []
        self._current = 0
        self._matches: list[Span] = []
        self._match: Span | None = None
        self._marks: dict[int, QTextCursor] = {}
        self._revealed: tuple[Span, int] | None = None
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Text of the source")
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._mark()

    @property
    def has_earlier(self) -> bool:
        return self.shown.start > 0

    @property
    def has_later(self) -> bool:
        return self.shown.stop < len(self._text)

    def open_text(
        self,
        text: str,
        spans: Sequence[Span | None],
        current: int,
        underlined: Sequence[Span] = (),
        *,
        marks: Sequence[Mark] = (),
        parts: Sequence[Part] = (),
    ) -> None:
        """Show `text` with these quotes marked, None standing for one that has no place in it, and words underlined.

        `marks` are the stretches of it that are never quoted, `parts` what it consists of.
        """
        is_same = text == self._text and tuple(parts) == self.marked.parts
        if not is_same:
            self.take_text(text, marks, parts)
        self._spans = list(spans)
        self._values = list(underlined)
        self._matches, self._match = [], None
        self._current = current
        span = self._span(current)
        if is_same:
            self.set_marks(marks)
        if not is_same or (span and not self.shown.holds(span)):
            self._show_around(span or Span(0, 1))
        self.set_current(current)

    def set_current(self, index: int) -> None:
        """Mark this quote as the current one and bring it into view with some text above it."""
        self._current = index
        span = self._span(index)
        if span:
            self.reveal(span)
        else:
            self._mark()

    def reveal(self, span: Span) -> None:
        """Bring a span into view, a quarter of the page below the upper edge, however it was folded."""
        if self.open_folds(span) or not self.shown.holds(span):
            self._show_around(span)
        self._mark()
        self._scroll_to(span)

    def show_matches(self, matches: Sequence[Span], current: Span | None) -> None:
        """Underline what a search found, and bring the current find into view."""
        self._matches, self._match = list(matches), current
        if current:
            self.reveal(current)
        else:
            self._mark()

    def highlighted_text(self, index: int) -> str:
        """The characters of the document that are marked for this quote; empty where it is not on the page."""
        cursor = self._marks.get(index)
        return self.shown.between(cursor.selectionStart(), cursor.selectionEnd()) if cursor else ""

    def first_visible(self) -> int:
        """Offset of the first character that can be seen."""
        return self.shown.offset(self.cursorForPosition(self.viewport().rect().topLeft()).position())

    def first_read(self) -> int:
        """Offset of the character where eyes are, which is where `reveal` brings things."""
        at = QPoint(_MARGIN_PX, self.viewport().height() // 4 + self.fontMetrics().height() // 2)
        return self.shown.offset(self.cursorForPosition(at).position())

    def caret_offset(self) -> int:
        """Offset of the caret, or of what is seen first where the caret is out of sight."""
        caret = self.shown.offset(self.textCursor().position())
        is_seen = self.viewport().rect().intersects(self.cursorRect())
        return caret if is_seen else self.first_visible() - 1

    def is_in_sight(self, index: int) -> bool:
        """Whether a quote begins in what can be seen."""
        span = self._span(index)
        if span is None or not self.shown.holds(span):
            return False
        return 0 <= self.cursorRect(self._caret(span.start)).top() < self.viewport().height()

    def go_to(self, offset: int) -> None:
        """Bring a character to where eyes are; what is folded stays so."""
        if not self.shown.holds(Span(offset, offset + 1)):
            self._show_around(Span(offset, offset + 1))
            self._mark()
        self._bring(offset, self.viewport().height() // 4)

    def show_earlier(self) -> None:
        """Lay out what stands before this stretch; its first line is at the upper edge then."""
        self._slide(self.shown.start, 0, _FAR_CHARS, _NEAR_CHARS)

    def show_later(self) -> None:
        """Lay out what follows this stretch; its last line is at the lower edge then."""
        height = self.viewport().height() - 2 * self.fontMetrics().height()
        self._slide(max(0, self.shown.stop - 1), height, _NEAR_CHARS, _FAR_CHARS)

    def show_again(self) -> None:
        anchor = self.first_visible()
        height = self.cursorRect(self._caret(anchor)).top()
        caret = self.shown.offset(self.textCursor().position())
        start, stop = self.shown.start, self.shown.stop
        self._drop_marks()
        self.show_stretch(start, stop)
        self._put_caret(caret)
        self._mark()
        self._bring(anchor, height)

    def _slide(self, kept: int, height: int, before_chars: int, after_chars: int) -> None:
        self._show_around(Span(kept, kept + 1), before_chars, after_chars)
        self._mark()
        self._bring(kept, max(0, height))

    def _span(self, index: int) -> Span | None:
        return self._spans[index] if 0 <= index < len(self._spans) else None

    @property
    def _text(self) -> str:
        return self.marked.text

    def _show_around(self, span: Span, before_chars: int = STRETCH_CHARS // 2, after_chars: int = 0) -> None:
        """Lay out the whole text or, where that would take long, what stands around `span`."""
        start, stop = 0, len(self._text)
        after_chars = after_chars or STRETCH_CHARS - before_chars
        is_too_long = stop > WHOLE_CHARS
        while is_too_long or (before_chars + after_chars and self._text.count("\n", start, stop) > MOST_LINES):
            start, stop = max(0, span.start - before_chars), min(len(self._text), span.end + after_chars)
            before_chars, after_chars, is_too_long = before_chars // 2, after_chars // 2, False
        self._show_stretch(start, stop)

    def _show_stretch(self, start: int, stop: int) -> None:
        """Lay out a stretch, from the beginning of a line to the end of one where they are near."""
        line = self._text.rfind("\n", max(0, start - _TO_LINE_CHARS), start) + 1
        start = line if line or start <= _TO_LINE_CHARS else start
        end = self._text.find("\n", stop, stop + _TO_LINE_CHARS)
        self._drop_marks()
        self.show_stretch(start, stop if end < 0 else end)

    def _drop_marks(self) -> None:
        self._revealed = None
        self._marks = {}

    def _mark(self) -> None:
        self._marks = {
            index: self.cursor_over(span) for index, span in enumerate(self._spans) if span and self.shown.holds(span)
        }
        selections = [self._ground(cursor, self._theme.highlight) for cursor in self._marks.values()]
        if self._current in self._marks:
            selections.append(self._ground(self._marks[self._current], self._theme.highlight_current))
        selections += [self._underlined(value) for value in self._values if self.shown.holds(value)]
        selections += [self._underlined(match) for match in self._visible_matches()]
        if self._match and self.shown.holds(self._match):
            selections.append(self._ground(self.cursor_over(self._match), self._theme.selection))
        self.setExtraSelections(selections)
        self.viewport().update()

    def _visible_matches(self) -> list[Span]:
        return [match for match in self._matches if self.shown.holds(match)][:_MOST_MATCHES]

    def _ground(self, cursor: QTextCursor, colour: QColor) -> QTextEdit.ExtraSelection:
        marked = QTextEdit.ExtraSelection()
        character = QTextCharFormat()
        character.setBackground(colour)
        character.setForeground(self._theme.text)
        marked.cursor, marked.format = cursor, character
        return marked

    def _underlined(self, span: Span) -> QTextEdit.ExtraSelection:
        marked = QTextEdit.ExtraSelection()
        character = QTextCharFormat()
        character.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        character.setUnderlineColor(self._theme.accent)
        marked.cursor, marked.format = self.cursor_over(span), character
        return marked

    def _scroll_to(self, span: Span) -> None:
        self._bring(span.start, self.viewport().height() // 4)
        self._revealed = (span, self.verticalScrollBar().value())

    def _bring(self, offset: int, height: int) -> None:
        """Scroll so that the character at `offset` is `height` pixels below the upper edge."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(self._caret(offset)).top() - height)

    def _caret(self, offset: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self.shown.position(offset))
        return cursor

    def resizeEvent(self, event: QResizeEvent) -> None:
        revealed = self._revealed
        has_stayed = revealed is not None and revealed[1] == self.verticalScrollBar().value()
        super().resizeEvent(event)
        # Lines break elsewhere now; what was brought into view stays there unless the reader has scrolled away.
        if revealed and has_stayed:
            self._scroll_to(revealed[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        cursor = self._marks.get(self._current)
        if not cursor:
            return
        ends = [QTextCursor(self.document()), QTextCursor(self.document())]
        ends[0].setPosition(cursor.selectionStart())
        ends[1].setPosition(cursor.selectionEnd())
        top, bottom = self.cursorRect(ends[0]).top(), self.cursorRect(ends[1]).bottom()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Link))
        painter.drawRoundedRect(QRectF(10, top, 3, bottom - top), 1.5, 1.5)
