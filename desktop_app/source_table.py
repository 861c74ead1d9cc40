"""The library's documents as a table that can be sorted, filtered, and, where wanted, ticked.

It reads nothing; it shows the sources it is given, as plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from rag.types import Source

COLUMNS = ("Title", "Date", "File", "Size")
_SortRole = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class SourceModel(QAbstractTableModel):
    """Sources as rows; `checkable` puts a tick box before each title.

    Signals:
        checked_changed()
    """

    checked_changed = Signal()

    def __init__(self, *, checkable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: tuple[Source, ...] = ()
        self._is_checkable = checkable
        self._checked: set[str] = set()

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._sources

    @property
    def checked_ids(self) -> tuple[str, ...]:
        """The ticked documents, in the library's order."""
        return tuple(source.id for source in self._sources if source.id in self._checked)

    def show(self, sources: Sequence[Source]) -> None:
        """Replace all rows; ticks of documents that are still there stay."""
        self.beginResetModel()
        self._sources = tuple(sources)
        self._checked &= {source.id for source in sources}
        self.endResetModel()
        self.checked_changed.emit()

    def check(self, document_ids: Iterable[str], *, is_checked: bool = True) -> None:
        """Tick or untick documents."""
        self._checked = self._checked | set(document_ids) if is_checked else self._checked - set(document_ids)
        if self._sources:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._sources) - 1, 0))
        self.checked_changed.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._sources)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self._is_checkable and index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        source = self._sources[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(source)[index.column()]
            case Qt.ItemDataRole.CheckStateRole if self._is_checkable and index.column() == 0:
                return Qt.CheckState.Checked if source.id in self._checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == 3:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == _SortRole:
                return (_shown(source)[0].casefold(), source.date or "", source.name.casefold(), source.n_chars)[
                    index.column()
                ]
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self._is_checkable:
            return False
        self.check([self._sources[index.row()].id], is_checked=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


class SourceFilter(QSortFilterProxyModel):
    """Shows the sources that contain every word of the filter in title, date or name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.setSortRole(_SortRole)

    @Slot(str)
    def set_words(self, text: str) -> None:
        """Filter by these words; none shows everything."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:  # noqa: ARG002
        model = self.sourceModel()
        assert isinstance(model, SourceModel)  # noqa: S101 - narrows the type for the checker
        source = model.sources[source_row]
        text = f"{source.title} {source.date or ''} {source.name}".casefold()
        return all(word in text for word in self._words)


class SourceTable(QTableView):
    """The table itself, with its model and its filter.

    Signals:
        open_requested(document id): a row was double-clicked, or Enter pressed on it.
    """

    open_requested = Signal(str)

    def __init__(self, *, checkable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Documents")
        self.sources = SourceModel(checkable=checkable, parent=self)
        self.filter = SourceFilter(self)
        self.filter.setSourceModel(self.sources)
        self.setModel(self.filter)
        self._set_up()
        self.activated.connect(self._open_index)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSortingEnabled(True)
        self.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 14)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)
        for column, n_chars in ((2, 26), (3, 13)):
            self.setColumnWidth(column, self.fontMetrics().averageCharWidth() * n_chars + 16)

    @property
    def selected_ids(self) -> tuple[str, ...]:
        """The selected documents, top to bottom."""
        rows = sorted(self.selectionModel().selectedRows(), key=lambda index: index.row())
        return tuple(self._id_at(index) for index in rows)

    def _id_at(self, index: QModelIndex) -> str:
        return self.sources.sources[self.filter.mapToSource(index).row()].id

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        self.open_requested.emit(self._id_at(index))


def _shown(source: Source) -> tuple[str, str, str, str]:
    return (
        " ".join((source.title or source.name).split()),
        source.date or "",
        source.name,
        f"{source.n_chars:,} chars",
    )
