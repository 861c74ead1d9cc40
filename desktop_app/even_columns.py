"""Widgets side by side in columns of one width, as many as there is room for; the rest goes on in further rows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayoutItem, QWidget

from desktop_app.item_layout import ItemLayout


class EvenColumns(ItemLayout):
    """Every column is at least `least_px` wide where the room allows it; a row is as high as its highest widget."""

    def __init__(self, parent: QWidget | None = None, *, least_px: int = 200, gap: int = 10) -> None:
        super().__init__(parent, gap=gap)
        self._least_px = least_px

    def set_least(self, least_px: int) -> None:
        """Another least width, for letters of another size."""
        self._least_px = least_px
        self.invalidate()

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def sizeHint(self) -> QSize:
        return QSize(self._least_px, self.heightForWidth(self._least_px))

    def minimumSize(self) -> QSize:
        return QSize(min(self._least_px, 120), 0)

    def n_columns(self, width: int) -> int:
        """How many columns a width holds: no more than there are widgets, and at least one."""
        return max(1, min(len(self._items), (width + self._gap) // (self._least_px + self._gap)))

    def _place(self, rect: QRect, *, is_trial: bool) -> int:
        """Put the items into `rect` and return the height they take."""
        n_columns = self.n_columns(rect.width())
        width = (rect.width() - self._gap * (n_columns - 1)) // n_columns
        y = rect.y()
        for first in range(0, len(self._items), n_columns):
            row = self._items[first : first + n_columns]
            height = max(_height(item, width) for item in row)
            for column, item in enumerate(row):
                if not is_trial:
                    place = QPoint(rect.x() + column * (width + self._gap), y)
                    item.setGeometry(QRect(place, QSize(width, height)))
            y += height + self._gap
        return max(0, y - self._gap - rect.y())


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
