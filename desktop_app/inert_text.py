"""Text of documents and models on screen: selectable, exact when copied, and unable to load or open anything.

Nothing here ever reads markup: what comes in is characters, and characters come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from desktop_app.shown_text import ShownText
from rag.types import Span

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


def plain_tooltip(text: str) -> str:
    """`text` so that a tool tip shows it as it is; Qt guesses at markup there, and a word joiner ends the guess."""
    return text.replace("<", "<\u2060")


def plain_label(text: str) -> str:
    """`text` so that a button or menu shows every ampersand, and on one line."""
    return " ".join(text.split()).replace("&", "&&")


class InertEdit(QTextEdit):
    """A page of read-only plain text with exact positions; copying gives the text's own characters."""

    def __init__(self, parent: QWidget | None = None, line_height_percent: int = 140) -> None:
        super().__init__(parent)
        self._shown = ShownText("")
        self._line_height_percent = line_height_percent
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptRichText(False)
        self.setAcceptDrops(False)
        self.setTextInteractionFlags(_SELECTABLE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabChangesFocus(True)

    @property
    def shown(self) -> ShownText:
        return self._shown

    def show_text(self, shown: ShownText) -> None:
        """Show a stretch of a text from its beginning."""
        self._shown = shown
        self.document().clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setBlockFormat(self._block_format())
        cursor.insertText(shown.display, QTextCharFormat())
        self.dress()
        cursor.endEditBlock()

    def dress(self) -> None:
        """Give some of the characters another look; they are laid out after that, once."""

    def loadResource(self, type: int, name: Any) -> None:  # noqa: A002, ARG002  (Qt's own parameter names)
        """Nothing is ever loaded, whatever a text names."""
        return

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied or dragged: the selected characters as they stand in the text, and no markup."""
        # Qt's own object, refilled: one made by Python would still lie in the clipboard when the interpreter is gone.
        copied = super().createMimeDataFromSelection()
        copied.text()  # it fills itself when first asked, and would do so over ours
        copied.clear()
        copied.setText(self.selected_text())
        return copied

    def is_right_to_left(self) -> bool:
        """Whether the text begins in a script that runs from right to left."""
        return self.document().firstBlock().textDirection() == Qt.LayoutDirection.RightToLeft

    def selected_text(self) -> str:
        cursor = self.textCursor()
        return self._shown.between(cursor.selectionStart(), cursor.selectionEnd())

    def _block_format(self) -> QTextBlockFormat:
        block = QTextBlockFormat()
        block.setLineHeight(self._line_height_percent, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        return block


class InertText(InertEdit):
    """A piece of text that is as high as its content and leaves scrolling to what surrounds it.

    Signals:
        clicked(): a plain click, which selected nothing.
    """

    clicked = Signal()

    def __init__(self, text: str = "", parent: QWidget | None = None, line_height_percent: int = 140) -> None:
        super().__init__(parent, line_height_percent)
        self._heights: dict[int, int] = {}
        self.document().setDocumentMargin(0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.document().contentsChanged.connect(self._remeasure)
        if text:
            self.set_text(text)

    def set_text(self, text: str) -> None:
        self.show_text(ShownText(text))

    def text(self) -> str:
        return self._shown.text

    def append_text(self, text: str) -> None:
        """Add at the end without a new layout of what is there already."""
        if not self._shown.text:
            self.set_text(text)
            return
        added = ShownText(text).display
        self._shown = ShownText(self._shown.text + text)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(added)

    def mark_all(self, format_: QTextCharFormat) -> None:
        """Give the whole text a character format, such as a line through it."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeCharFormat(format_)

    def mark(self, span: Span, format_: QTextCharFormat) -> None:
        """Give the characters of a span of this text a character format."""
        first, last = self._shown.positions(span)
        cursor = QTextCursor(self.document())
        cursor.setPosition(first)
        cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        cursor.mergeCharFormat(format_)

    def setFont(self, font: QFont | str | Sequence[str]) -> None:
        super().setFont(font)
        self._remeasure()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = self._measured(width)
        return self._heights[width]

    def _measured(self, width: int) -> int:
        document = self.document()
        present = document.textWidth()
        if present == width:
            return ceil(document.size().height())
        # QTextEdit answers every change of size by going back to its own width, so it must not hear of a trial.
        layout = document.documentLayout()
        layout.blockSignals(True)
        document.setTextWidth(width)
        height = ceil(document.size().height())
        document.setTextWidth(present)
        layout.blockSignals(False)
        return height

    def sizeHint(self) -> QSize:
        width = self.width() or 400
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, QFontMetrics(self.font()).height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.clicked.emit()

    def _remeasure(self) -> None:
        self._heights.clear()
        self.updateGeometry()


class Caption(QWidget):
    """Plain text on one line, or a few, cut with an ellipsis where the room ends; the tool tip has it in full."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        colour_role: QPalette.ColorRole = QPalette.ColorRole.WindowText,
        most_lines: int = 1,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._elide = elide
        self._colour_role = colour_role
        self._most_lines = most_lines
        # Fixed would be the height of one line; Preferred takes what the width asks for.
        vertical = QSizePolicy.Policy.Preferred if most_lines > 1 else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        policy.setHeightForWidth(most_lines > 1)
        self.setSizePolicy(policy)
        self.set_text(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = " ".join(text.split())
        self.setAccessibleName(self._text)
        self.setToolTip(plain_tooltip(self._text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(metrics.horizontalAdvance(self._text[:400]) + 2, 2_000), metrics.height())

    def minimumSizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(min(self.sizeHint().width(), metrics.averageCharWidth() * 8), metrics.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.palette().color(self._colour_role))
        lines = self.shown_lines(self.width())
        height = self.fontMetrics().height()
        top = (self.height() - height * len(lines)) // 2
        for number, line in enumerate(lines):
            room = QRect(0, top + number * height, self.width(), height)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)

    def hasHeightForWidth(self) -> bool:
        return self._most_lines > 1

    def heightForWidth(self, width: int) -> int:
        return self.fontMetrics().height() * len(self.shown_lines(width))

    def shown_lines(self, width: int) -> list[str]:
        """What is drawn in this width in pixels, line by line; only the last line can be cut."""
        # Enough for any width: the middle of a name of a million characters is not worth shaping.
        text = self._text if len(self._text) <= 2_000 else self._text[:1_000] + "…" + self._text[-1_000:]
        lines: list[str] = []
        while text and len(lines) < self._most_lines - 1:
            head, text = self._first_line(text, width)
            lines.append(head)
        if text or not lines:
            lines.append(self.fontMetrics().elidedText(text, self._elide, width))
        return lines

    def _first_line(self, text: str, width: int) -> tuple[str, str]:
        """As many words as fit, and the rest; a word that is too wide for a line is cut in it."""
        words = text.split(" ")
        count = len(words)
        while count > 1 and self.fontMetrics().horizontalAdvance(" ".join(words[:count])) > width:
            count -= 1
        head = self.fontMetrics().elidedText(" ".join(words[:count]), self._elide, width)
        return head, " ".join(words[count:])
