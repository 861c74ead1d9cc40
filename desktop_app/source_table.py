"""The library's documents as a table in which they are ticked, sorted and filtered.

It reads nothing; it shows the sources it is given, as plain text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop_app.document_table import RowModel, RowTable
from desktop_app.library_rows import Column, DocumentRow, natural
from rag.types import Source

_Index = QModelIndex | QPersistentModelIndex
_CHECK_STATE = int(Qt.ItemDataRole.CheckStateRole)
COLUMNS = (
    Column("Title", 34, is_main=True, stretches=True),
    Column("Author", 16, yields=1),
    Column("Date", 12),
    Column("Kind", 12),
    Column("File", 24, yields=2),
)


@dataclass(frozen=True)
class SourceRow(DocumentRow):
    """A document with less about it than the library tells."""

    def cell(self, column: int) -> str:
        source = self.source
        return (self.title, " ".join((source.author or "").split()), source.date or "", self.kind, source.name)[column]

    def sort_key(self, column: int) -> str | int | None:
        return super().sort_key(0) if column == 0 else natural(self.cell(column)) or None

    def tooltip(self, column: int) -> str:
        return f"{self.title}\n{self.source.path}" if column == 0 else self.cell(column)


class TickModel(RowModel):
    """Rows with a tick box before each title; the ticks of rows that are not shown stay.

    Signals:
        ticks_changed()
    """

    ticks_changed = Signal()

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(columns, parent)
        self._ticked: set[str] = set()

    @property
    def ticked(self) -> frozenset[str]:
        """The ids of the rows that are ticked."""
        return frozenset(self._ticked)

    def tick(self, row_ids: Iterable[str], *, is_ticked: bool = True) -> None:
        """Tick or untick rows."""
        self._ticked = self._ticked | set(row_ids) if is_ticked else self._ticked - set(row_ids)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, 0))
        self.ticks_changed.emit()

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index) & ~Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == _CHECK_STATE and index.column() == 0:
            return Qt.CheckState.Checked if self.rows[index.row()].id in self._ticked else Qt.CheckState.Unchecked
        return super().data(index, role)

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != _CHECK_STATE:
            return False
        self.tick([self.rows[index.row()].id], is_ticked=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


class SourceTable(RowTable):
    """The table itself, with what its filter lets through. Space ticks every selected row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(COLUMNS, "Documents", parent, TickModel)
        self._all: tuple[SourceRow, ...] = ()
        self._words: tuple[str, ...] = ()
        self.setDragEnabled(False)

    @property
    def ticks(self) -> TickModel:
        model = self.rows
        assert isinstance(model, TickModel)  # noqa: S101 - narrows the type for the checker
        return model

    @property
    def shown_ids(self) -> tuple[str, ...]:
        """The documents that the filter lets through."""
        return tuple(row.id for row in self.rows.rows)

    @property
    def n_all(self) -> int:
        """How many documents there are, shown or not."""
        return len(self._all)

    @property
    def ticked_ids(self) -> tuple[str, ...]:
        """The ticked documents, in the order they were given."""
        return tuple(row.id for row in self._all if row.id in self.ticks.ticked)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Replace all rows."""
        self._all = tuple(SourceRow(source) for source in sources)
        self._refill()

    @Slot(str)
    def set_words(self, text: str) -> None:
        """Show the documents in which every word is found; none shows everything."""
        self._words = tuple(text.casefold().split())
        self._refill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.selected_ids
        if event.key() == Qt.Key.Key_Space and chosen:
            self.ticks.tick(chosen, is_ticked=not self.ticks.ticked.issuperset(chosen))
        else:
            super().keyPressEvent(event)

    def _refill(self) -> None:
        self.rows.show([row for row in self._all if all(word in row.haystack for word in self._words)])
