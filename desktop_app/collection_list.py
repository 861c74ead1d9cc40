"""The list at the left of the library: everything, what could not be read, the collections, the watched folders.

It changes nothing by itself: it says what was chosen, named or dropped, and shows what it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.document_table import DOCUMENTS_MIME
from desktop_app.inert_text import plain_tooltip
from desktop_app.window import local_paths

_Index = QModelIndex | QPersistentModelIndex
_CountRole = int(Qt.ItemDataRole.UserRole)
_HeadingRole = _CountRole + 1
_WatchedRole = _CountRole + 2
_HinderedRole = _CountRole + 3
_NO_FLAGS = Qt.ItemFlag.NoItemFlags
_PATHS_MIME = "text/uri-list"


class ShelfKind(StrEnum):
    """What the documents of a shelf have in common."""

    ALL = "all"
    UNREAD = "unread"
    COLLECTION = "collection"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of the library: `name` is that of a collection, or the path of a watched folder."""

    kind: ShelfKind
    name: str = ""


ALL = Shelf(ShelfKind.ALL)
UNREAD = Shelf(ShelfKind.UNREAD)


@dataclass(frozen=True, slots=True)
class ShelfEntry:
    """A line of the list: a shelf with the number of what stands on it, or a heading where `shelf` is None.

    `words` are what it is called and `note` what a tool tip adds. A watched folder `is_hindered` where it cannot be
    watched all the time.
    """

    shelf: Shelf | None
    words: str
    count: int = 0
    note: str = ""
    is_watched: bool = False
    is_hindered: bool = False


_NEW = ShelfEntry(Shelf(ShelfKind.COLLECTION), "")


class ShelfModel(QAbstractListModel):
    """Entries as lines; writing to a collection's line gives it that name.

    Signals:
        named(old name, new name): the old one is empty where the collection is new.
        dropped(collection's name, document ids as a tuple), paths_dropped(collection's name, files and folders)
    """

    named = Signal(str, str)
    dropped = Signal(str, object)
    paths_dropped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[ShelfEntry, ...] = ()

    @property
    def entries(self) -> tuple[ShelfEntry, ...]:
        return self._entries

    def show(self, entries: Sequence[ShelfEntry]) -> None:
        """Replace all lines; lines that only changed their words stay what they are."""
        shown, before = tuple(entries), self._entries
        if [one.shelf for one in shown] == [one.shelf for one in before]:
            self._entries = shown
            if shown != before:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._entries = shown
        self.endResetModel()

    def begin_new(self) -> QModelIndex:
        """A line for a collection that has no name yet, behind the others."""
        collections = [place for place, one in enumerate(self._entries) if _is_collection(one)]
        heads = [place for place, one in enumerate(self._entries) if one.shelf is None]
        place = (collections or heads)[-1 if collections else 0] + 1
        self.beginInsertRows(QModelIndex(), place, place)
        self._entries = (*self._entries[:place], _NEW, *self._entries[place:])
        self.endInsertRows()
        return self.index(place)

    def drop_new(self) -> None:
        """Take that line away again."""
        if _NEW in self._entries:
            place = self._entries.index(_NEW)
            self.beginRemoveRows(QModelIndex(), place, place)
            self._entries = (*self._entries[:place], *self._entries[place + 1 :])
            self.endRemoveRows()

    def place_of(self, shelf: Shelf) -> int:
        """The line of a shelf, or -1."""
        return next((place for place, one in enumerate(self._entries) if one.shelf == shelf), -1)

    def shelf_at(self, index: _Index) -> Shelf | None:
        return self._entries[index.row()].shelf if index.isValid() else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        texts: dict[int, object] = {
            int(Qt.ItemDataRole.DisplayRole): entry.words,
            int(Qt.ItemDataRole.EditRole): entry.words,
            int(Qt.ItemDataRole.ToolTipRole): plain_tooltip(entry.note or entry.words),
            int(Qt.ItemDataRole.AccessibleTextRole): f"{entry.words}, {entry.count:,}" if entry.shelf else entry.words,
            _CountRole: entry.count,
            _HeadingRole: entry.shelf is None,
            _WatchedRole: entry.is_watched,
            _HinderedRole: entry.is_hindered,
        }
        return texts.get(int(role))

    def flags(self, index: _Index) -> Qt.ItemFlag:
        entry = self._entries[index.row()] if index.isValid() else None
        if entry is None or entry.shelf is None:
            return _NO_FLAGS
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDropEnabled if _is_collection(entry) else flags

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name, shelf = " ".join(str(value).split()), self.shelf_at(index)
        if role != Qt.ItemDataRole.EditRole or not name or shelf is None or name == shelf.name:
            return False
        self.named.emit(shelf.name, name)
        return True

    def mimeTypes(self) -> list[str]:
        return [DOCUMENTS_MIME, _PATHS_MIME]

    def canDropMimeData(self, mime: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:  # noqa: ARG002
        shelf = self.shelf_at(parent)
        is_known = mime.hasFormat(DOCUMENTS_MIME) or bool(local_paths(mime))
        return is_known and shelf is not None and shelf.kind is ShelfKind.COLLECTION

    def dropMimeData(self, mime: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index) -> bool:
        if not self.canDropMimeData(mime, action, row, column, parent):
            return False
        name = self._entries[parent.row()].words
        if mime.hasFormat(DOCUMENTS_MIME):
            ids = bytes(mime.data(DOCUMENTS_MIME).data()).decode("utf-8").split("\n")
            self.dropped.emit(name, tuple(ids))
        else:
            self.paths_dropped.emit(name, local_paths(mime))
        return True


class ShelfDelegate(QStyledItemDelegate):
    """Paints a name and, quieter, how much it holds; a watched folder has a dot, and a ring where it is hindered."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        is_first_heading = bool(index.data(_HeadingRole)) and index.row() > 0
        return QSize(120, option.fontMetrics.height() + (24 if is_first_heading else 12))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRect(option.rect).adjusted(6, 1, -6, -1)
        if index.data(_HeadingRole):
            self._paint_heading(painter, option, row, str(index.data()))
        else:
            self._paint_shelf(painter, option, row, index)
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: ARG002
        editor.setGeometry(QRect(option.rect).adjusted(6, 0, -6, 0))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setMaxLength(120)
        editor.setPlaceholderText("Name of the collection")
        editor.setAccessibleName("Name of the collection")
        editor.setObjectName("shelf-editor")
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, row: QRect, words: str) -> None:
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * 0.88)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(
            row.adjusted(8, 0, -8, -3), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), words
        )

    @staticmethod
    def _paint_shelf(painter: QPainter, option: QStyleOptionViewItem, row: QRect, index: _Index) -> None:
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        ground = _ground(option, is_selected=is_selected)
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.color(ground))
            painter.drawRoundedRect(row, 6, 6)
        inner = row.adjusted(8, 0, -8, 0)
        text, quiet = (
            option.palette.color(one) for one in (QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText)
        )
        if index.data(_WatchedRole):
            side = option.fontMetrics.height() // 3
            mark = QRect(inner.left(), inner.center().y() - side // 2, side, side)
            is_hindered = bool(index.data(_HinderedRole))
            painter.setPen(quiet if is_hindered else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if is_hindered else option.palette.color(QPalette.ColorRole.Link))
            painter.drawEllipse(mark)
            inner.setLeft(inner.left() + side + 7)
        count = f"{index.data(_CountRole):,}"
        count_px = option.fontMetrics.horizontalAdvance(count)
        painter.setFont(option.font)
        painter.setPen(text if is_selected else quiet)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), count)
        room = inner.adjusted(0, 0, -count_px - 8, 0)
        elide = Qt.TextElideMode.ElideMiddle if index.data(_WatchedRole) else Qt.TextElideMode.ElideRight
        painter.setPen(text)
        words = option.fontMetrics.elidedText(str(index.data()), elide, room.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(room, int(flags), words)


class CollectionList(QListView):
    """The list itself. Delete, F2 and the menu key belong to what stands under the selection.

    Signals:
        shelf_chosen(Shelf): another line is selected.
        named(old name, new name): see ShelfModel.
        dropped(collection's name, document ids as a tuple), paths_dropped(collection's name, files and folders)
    """

    shelf_chosen = Signal(object)
    named = Signal(str, str)
    dropped = Signal(str, object)
    paths_dropped = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Parts of the library")
        self.shelves = ShelfModel(self)
        self._chosen = ALL
        self._waiting: tuple[ShelfEntry, ...] | None = None
        self.setModel(self.shelves)
        self.setItemDelegate(ShelfDelegate(self))
        self._set_up()
        self.shelves.named.connect(self.named)
        self.shelves.dropped.connect(self.dropped)
        self.shelves.paths_dropped.connect(self.paths_dropped)
        self.itemDelegate().closeEditor.connect(self._end_editing)
        self.selectionModel().currentChanged.connect(self._follow_current)

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setResizeMode(QListView.ResizeMode.Adjust)

    @property
    def chosen(self) -> Shelf:
        """The shelf whose documents are wanted."""
        return self._chosen

    @property
    def is_editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState

    def show_entries(self, entries: Sequence[ShelfEntry]) -> None:
        """Replace the lines; while a name is being written, as soon as it is."""
        if self.is_editing:
            self._waiting = tuple(entries)
            return
        self.shelves.show(entries)
        if self.shelves.place_of(self._chosen) < 0:
            self.choose(ALL)
        else:
            self._select(self._chosen)

    def choose(self, shelf: Shelf) -> None:
        """Select a shelf, as the reader would."""
        is_other = shelf != self._chosen
        self._chosen = shelf
        self._select(shelf)
        if is_other:
            self.shelf_chosen.emit(shelf)

    def expect(self, shelf: Shelf) -> None:
        """A shelf that is about to take the place of the chosen one, as when a collection is given another name."""
        self._chosen = shelf

    def name_new(self) -> None:
        """Open the editor on a new line."""
        if not self.is_editing:
            self._edit(self.shelves.begin_new())

    def rename(self, name: str) -> None:
        """Open the editor on a collection's name."""
        self._edit(self.shelves.index(self.shelves.place_of(Shelf(ShelfKind.COLLECTION, name))))

    def shelf_under(self, position: QPoint) -> Shelf | None:
        """What stands at a place of the list."""
        return self.shelves.shelf_at(self.indexAt(position))

    def _edit(self, index: QModelIndex) -> None:
        if index.isValid():
            self.setFocus()
            self.scrollTo(index)
            self.edit(index)

    def _select(self, shelf: Shelf) -> None:
        place = self.shelves.place_of(shelf)
        if place >= 0 and self.currentIndex().row() != place:
            self.setCurrentIndex(self.shelves.index(place))

    @Slot(QWidget, QAbstractItemDelegate.EndEditHint)
    def _end_editing(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:  # noqa: ARG002
        self.shelves.drop_new()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.shelves.show(waiting)
        self._select(self._chosen)

    @Slot(QModelIndex, QModelIndex)
    def _follow_current(self, current: QModelIndex, previous: QModelIndex) -> None:  # noqa: ARG002
        shelf = self.shelves.shelf_at(current)
        if shelf is not None and shelf not in (self._chosen, _NEW.shelf):
            self._chosen = shelf
            self.shelf_chosen.emit(shelf)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()


def folder_words(path: str) -> str:
    """What a folder is called in the list: its own name, or the whole path where it has none."""
    return PurePath(path).name or path


def _is_collection(entry: ShelfEntry) -> bool:
    return entry.shelf is not None and entry.shelf.kind is ShelfKind.COLLECTION


def _ground(option: QStyleOptionViewItem, *, is_selected: bool) -> QPalette.ColorRole | None:
    if is_selected:
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        return QPalette.ColorRole.Highlight if has_focus else QPalette.ColorRole.Midlight
    is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
    return QPalette.ColorRole.Midlight if is_hovered and option.state & QStyle.StateFlag.State_Enabled else None
