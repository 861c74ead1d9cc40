"""A table of many rows that sorts at once: a model over values, no widget and no object of Qt's for any row.

It filters nothing and reads nothing; it shows the rows it is given, as plain text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QBrush, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.inert_text import plain_tooltip
from desktop_app.library_rows import Column, TableRow

DOCUMENTS_MIME = "application/x-seedbook-documents"
_LEAST_WIDE_CHARS = 34
_CELL_PADDING_PX = 24
_STRONG = frozenset({"L", "R", "AL"})
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROW_FLAGS = (
    Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_NO_FLAGS = Qt.ItemFlag.NoItemFlags
# Plain numbers: a table asks for a dozen roles of every cell it paints, and comparing with an enum takes longer.
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_FOREGROUND = int(Qt.ItemDataRole.ForegroundRole)
_TOOL_TIP = int(Qt.ItemDataRole.ToolTipRole)
_Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractTableModel):
    """Rows in the order of one column; they are sorted here because a proxy would ask Python for every comparison."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: list[TableRow] = []
        self._places: dict[str, int] | None = None
        self._sorted_by = 0
        self._is_descending = False
        self.quiet = QBrush()

    @property
    def rows(self) -> Sequence[TableRow]:
        """As they are shown."""
        return self._rows

    def place_of(self, row_id: str) -> int:
        """Where a row stands, or -1."""
        if self._places is None:
            self._places = {row.id: place for place, row in enumerate(self._rows)}
        return self._places.get(row_id, -1)

    def show(self, rows: Sequence[TableRow]) -> None:
        """Replace all rows, unless they are the same."""
        arranged = self._arranged(rows)
        if arranged == self._rows:
            return
        self._take(arranged)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by, self._is_descending = column, order == Qt.SortOrder.DescendingOrder
        self._take(self._arranged(self._rows))

    def _take(self, rows: list[TableRow]) -> None:
        self.beginResetModel()
        self._rows, self._places = rows, None
        self.endResetModel()

    def _arranged(self, rows: Sequence[TableRow]) -> list[TableRow]:
        """Sorted by the column, rows of the same value by the first one; those without a value come last."""
        by_first = sorted(((row.sort_key(0) or "", row) for row in rows), key=_key)
        keyed = by_first if not self._sorted_by else [(row.sort_key(self._sorted_by), row) for _, row in by_first]
        having = sorted((one for one in keyed if one[0] is not None), key=_key, reverse=self._is_descending)
        return [row for _, row in having] + [row for key, row in keyed if key is None]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and self.columns[section].is_number:
            return _RIGHT
        return self.columns[section].heading if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return _ROW_FLAGS if index.isValid() else _NO_FLAGS

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == _DISPLAY:
            return self._rows[index.row()].cell(index.column())
        if role == _ALIGNMENT:
            return _RIGHT if self.columns[index.column()].is_number else None
        if role == _FOREGROUND:
            return None if self.columns[index.column()].is_main else self.quiet
        if role == _TOOL_TIP:
            return plain_tooltip(self._rows[index.row()].tooltip(index.column()))
        return None

    def mimeTypes(self) -> list[str]:
        return [DOCUMENTS_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the dragged rows, for this program only."""
        places = sorted({index.row() for index in indexes})
        mime = QMimeData()
        mime.setData(DOCUMENTS_MIME, "\n".join(self._rows[place].id for place in places).encode("utf-8"))
        return mime


class TitleDelegate(QStyledItemDelegate):
    """Lets a title in a right-to-left script be read from the right, though it stands at the left like the others."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        if begins_right_to_left(option.text):
            option.direction = Qt.LayoutDirection.RightToLeft
            option.displayAlignment = _LEFT


class RowTable(QTableView):
    """The table itself; what is selected and in sight stays so when rows come, go or change their order.

    Signals:
        open_requested(row id): a row was double-clicked, or Enter pressed on it.
        selection_changed(): other rows are selected, or the same ones stand for something else now.
    """

    open_requested = Signal(str)
    selection_changed = Signal()

    def __init__(
        self,
        columns: Sequence[Column],
        name: str,
        parent: QWidget | None = None,
        make_model: Callable[[Sequence[Column], QWidget], RowModel] = RowModel,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.rows = make_model(columns, self)
        self._kept_ids: frozenset[str] = frozenset()
        self._kept_current_id = ""
        self._kept_row = -1
        self._kept_place_px = 0
        self._was_in_sight = False
        self._is_restoring = False
        self.setModel(self.rows)
        self.setItemDelegateForColumn(0, TitleDelegate(self))
        self.rows.quiet = self.palette().placeholderText()
        self._set_up()
        self._set_up_header()
        self.activated.connect(self._open_index)
        self.rows.modelAboutToBeReset.connect(self._keep)
        self.rows.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._tell_selection)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # To know how to paint, it would look at every row of a selection; a selection of its own stays empty.
        header.setSelectionModel(QItemSelectionModel(self.rows, header))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(40)
        self._fit_font()
        wide = next(number for number, column in enumerate(self.rows.columns) if column.stretches)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)

    def _fit_font(self) -> None:
        """Rows and columns for letters of this size."""
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        for number, column in enumerate(self.rows.columns):
            self.setColumnWidth(number, self._width_px(column))

    def _width_px(self, column: Column) -> int:
        return column.width_chars * self.fontMetrics().averageCharWidth() + _CELL_PADDING_PX

    @property
    def selected_rows(self) -> tuple[TableRow, ...]:
        """The selected rows, top to bottom."""
        selection = self.selectionModel().selection()
        ranges = (selection.at(number) for number in range(selection.count()))
        places = sorted({place for one in ranges for place in range(one.top(), one.bottom() + 1)})
        return tuple(self.rows.rows[place] for place in places)

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """Their ids, top to bottom."""
        return tuple(row.id for row in self.selected_rows)

    @property
    def current_id(self) -> str:
        """The row that the keys move from; empty where there is none."""
        index = self.currentIndex()
        return self.rows.rows[index.row()].id if index.isValid() else ""

    def select(self, row_ids: Sequence[str]) -> None:
        """Select these rows, those of them that are shown, and bring the first into sight."""
        places = sorted(place for row_id in row_ids if (place := self.rows.place_of(row_id)) >= 0)
        self._select_places(places)
        if places:
            first = self.rows.index(places[0], 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.rows.quiet = self.palette().placeholderText()
            self.viewport().update()
        elif event.type() == QEvent.Type.FontChange:
            self._fit_font()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Hide what matters least while the column that stretches would be too narrow."""
        room_px = self.viewport().width() - _LEAST_WIDE_CHARS * self.fontMetrics().averageCharWidth()
        columns = [(number, column) for number, column in enumerate(self.rows.columns) if not column.stretches]
        wanted = {number: self.columnWidth(number) or self._width_px(column) for number, column in columns}
        hidden: set[int] = set()
        for number, column in sorted(columns, key=lambda one: one[1].yields):
            if column.yields and sum(width for one, width in wanted.items() if one not in hidden) > room_px:
                hidden.add(number)
        for number, _ in columns:
            if self.isColumnHidden(number) != (number in hidden):
                self.setColumnHidden(number, number in hidden)

    def _select_places(self, places: Sequence[int]) -> None:
        """In as few ranges as there are: one for the whole table instead of ten thousand."""
        selection = QItemSelection()
        start = 0
        for end in range(1, len(places) + 1):
            if end == len(places) or places[end] != places[end - 1] + 1:
                last_column = self.rows.columnCount() - 1
                first, last = self.rows.index(places[start], 0), self.rows.index(places[end - 1], last_column)
                selection.select(first, last)
                start = end
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def _keep(self) -> None:
        self._kept_ids = frozenset(self.selected_ids)
        self._kept_current_id = self.current_id
        self._kept_row = self.currentIndex().row()
        self._kept_place_px = self.verticalScrollBar().value()
        place = self.visualRect(self.currentIndex())
        self._was_in_sight = not place.isEmpty() and self.viewport().rect().intersects(place)

    @Slot()
    def _restore(self) -> None:
        self._is_restoring = True
        places = sorted(place for row_id in self._kept_ids if (place := self.rows.place_of(row_id)) >= 0)
        self._select_places(places)
        current = self.rows.place_of(self._kept_current_id)
        if current < 0 <= self._kept_row:  # it is gone, and the keys go on from what has taken its place
            current = min(self._kept_row, len(self.rows.rows) - 1)
        if current >= 0:
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(self.rows.index(current, 0), flag)
        self.verticalScrollBar().setValue(self._kept_place_px)
        if current >= 0 and self._was_in_sight:
            self.scrollTo(self.rows.index(current, 0))
        self._is_restoring = False
        self.selection_changed.emit()

    @Slot()
    def _tell_selection(self) -> None:
        if not self._is_restoring:
            self.selection_changed.emit()

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        self.open_requested.emit(self.rows.rows[index.row()].id)


def _key(keyed: tuple[Any, TableRow]) -> Any:
    return keyed[0]


def begins_right_to_left(text: str) -> bool:
    """Whether the first letter is of a script that runs from right to left."""
    strong = (one for one in map(unicodedata.bidirectional, text) if one in _STRONG)
    return next(strong, "L") != "L"
