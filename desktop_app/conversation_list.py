"""The list of conversations at the left: search, new, rename in place, delete.

It changes nothing by itself: it says what the reader wants and shows what it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.conversations import ConversationSummary
from desktop_app.theme import Theme
from desktop_app.window_style import named

SEARCH_DELAY_MS = 150
UNTITLED = "New conversation"
_Index = QModelIndex | QPersistentModelIndex
_DateRole = int(Qt.ItemDataRole.UserRole)
_BusyRole = _DateRole + 1


class ConversationModel(QAbstractListModel):
    """Summaries as rows; writing to one asks for a new title.

    Signals:
        rename_requested(conversation id, title)
    """

    rename_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summaries: tuple[ConversationSummary, ...] = ()
        self._busy_id = ""

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._summaries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        summary = self._summaries[index.row()]
        if role == _BusyRole:
            return summary.id == self._busy_id
        title = " ".join((summary.title or UNTITLED).split())
        texts = {
            int(Qt.ItemDataRole.DisplayRole): title,
            int(Qt.ItemDataRole.EditRole): summary.title,
            int(Qt.ItemDataRole.AccessibleTextRole): f"{title}, {when(summary.changed_at, datetime.now(UTC))}",
            _DateRole: when(summary.changed_at, datetime.now(UTC)),
        }
        return texts.get(int(role))

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        title = " ".join(str(value).split())
        summary = self._summaries[index.row()]
        if role != Qt.ItemDataRole.EditRole or not title or title == summary.title:
            return False
        self.rename_requested.emit(summary.id, title)
        return True

    def show(self, summaries: Sequence[ConversationSummary]) -> None:
        """Replace all rows; rows that only changed their words stay what they are."""
        if [one.id for one in summaries] == [one.id for one in self._summaries]:
            self._summaries = tuple(summaries)
            if summaries:
                self.dataChanged.emit(self.index(0), self.index(len(summaries) - 1))
            return
        self.beginResetModel()
        self._summaries = tuple(summaries)
        self.endResetModel()

    def set_busy(self, conversation_id: str) -> None:
        """Mark the conversation that an answer is being written in; an empty id marks none."""
        self._busy_id = conversation_id
        if self._summaries:
            self.dataChanged.emit(self.index(0), self.index(len(self._summaries) - 1))

    def row_of(self, conversation_id: str) -> int:
        """The row of a conversation, or -1."""
        return next((row for row, one in enumerate(self._summaries) if one.id == conversation_id), -1)

    def id_at(self, index: _Index) -> str:
        return self._summaries[index.row()].id if index.isValid() else ""


class ConversationDelegate(QStyledItemDelegate):
    """Paints a title and, smaller, when the conversation was last used; both as plain text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        metrics_px = self._line_px(self.theme.body) + self._line_px(self.theme.small)
        return QSize(120, metrics_px + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRect(option.rect).adjusted(6, 1, -6, -1)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._paint_back(painter, option, row, is_selected=is_selected)
        inner = row.adjusted(10, 7, -10, -7)
        painter.setFont(self.theme.strong if is_selected else self.theme.body)
        painter.setPen(self.theme.text)
        self._paint_line(painter, inner, str(index.data(Qt.ItemDataRole.DisplayRole)))
        inner.setTop(inner.top() + self._line_px(self.theme.body))
        painter.setFont(self.theme.small)
        is_busy = bool(index.data(_BusyRole))
        painter.setPen(self.theme.accent if is_busy else self.theme.muted)
        self._paint_line(painter, inner, "Answering…" if is_busy else str(index.data(_DateRole)))
        painter.restore()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: ARG002
        height_px = editor.sizeHint().height()
        editor.setGeometry(QRect(option.rect).adjusted(8, 4, -8, 0))
        editor.setFixedHeight(height_px)

    def _paint_back(self, painter: QPainter, option: QStyleOptionViewItem, row: QRect, *, is_selected: bool) -> None:
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_selected:
            painter.setBrush(self.theme.selection if has_focus else self.theme.hover)
            painter.drawRoundedRect(row, 6, 6)
        elif is_hovered:
            painter.setBrush(self.theme.hover)
            painter.drawRoundedRect(row, 6, 6)

    @staticmethod
    def _paint_line(painter: QPainter, within: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, within.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine
        painter.drawText(within, int(flags), shown)

    @staticmethod
    def _line_px(font: QFont) -> int:
        return QFontMetrics(font).height()


class ConversationList(QFrame):
    """The pane at the left.

    Signals:
        open_requested(id), new_requested(), rename_requested(id, title), delete_requested(id), export_requested(id),
        search_changed(text)
    """

    open_requested = Signal(str)
    new_requested = Signal()
    rename_requested = Signal(str, str)
    delete_requested = Signal(str)
    export_requested = Signal(str)
    search_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation-list")
        self.setAccessibleName("Conversations")
        self.model = ConversationModel(self)
        self._delegate = ConversationDelegate(theme, self)
        self._current_id = ""
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_DELAY_MS)
        self.new_button = named(QPushButton("+  New conversation", self), "new-button")
        self.search = named(QLineEdit(self), "search-box")
        self.view = QListView(self)
        self.empty = named(QLabel(self), "list-empty")
        self._set_up()
        self._lay_out()
        self._connect()

    def _set_up(self) -> None:
        self.new_button.setAccessibleName("New conversation")
        self.new_button.setToolTip("Start a new conversation (Ctrl+N)")
        self.search.setPlaceholderText("Search conversations")
        self.search.setAccessibleName("Search conversations")
        self.search.setClearButtonEnabled(True)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.view.setAccessibleName("Conversations")
        self.view.setModel(self.model)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.EditKeyPressed | triggers.DoubleClicked)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.installEventFilter(self)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(12, 0, 12, 0)
        top.addWidget(self.new_button)
        middle = QHBoxLayout()
        middle.setContentsMargins(12, 0, 12, 0)
        middle.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(middle)
        layout.addWidget(self.empty)
        layout.addWidget(self.view, 1)
        self.empty.hide()

    def _connect(self) -> None:
        self.new_button.clicked.connect(self.new_requested)
        self.search.textChanged.connect(self._search_edited)
        self._search_timer.timeout.connect(self._tell_search)
        self.view.clicked.connect(self._open_index)
        self.view.activated.connect(self._open_index)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.model.rename_requested.connect(self.rename_requested)

    def show_conversations(self, summaries: Sequence[ConversationSummary]) -> None:
        """Replace the rows; the open conversation stays selected."""
        self.model.show(summaries)
        self._select(self._current_id)
        is_searching = bool(self.search.text().strip())
        self.empty.setText("No conversation matches." if is_searching else "Your conversations will stand here.")
        self.empty.setVisible(not summaries)

    def set_current(self, conversation_id: str) -> None:
        """Select the conversation that is open."""
        self._current_id = conversation_id
        self._select(conversation_id)

    def set_busy(self, conversation_id: str) -> None:
        """Mark the conversation that an answer is being written in; an empty id marks none."""
        self.model.set_busy(conversation_id)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and fonts of another theme."""
        self._delegate.theme = theme
        self.view.scheduleDelayedItemsLayout()
        self.view.viewport().update()

    def rename_current(self) -> None:
        """Open the editor on the open conversation's title."""
        index = self.model.index(self.model.row_of(self._current_id))
        if index.isValid():
            self.view.setFocus()
            self.view.edit(index)

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.setFocus()
        self.search.selectAll()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.view and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            conversation_id = self.model.id_at(self.view.currentIndex())
            is_editing = self.view.state() == QAbstractItemView.State.EditingState
            if event.key() == Qt.Key.Key_Delete and conversation_id and not is_editing:
                self.delete_requested.emit(conversation_id)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and conversation_id and not is_editing:
                self.open_requested.emit(conversation_id)
                return True
        return False

    def _select(self, conversation_id: str) -> None:
        index = self.model.index(self.model.row_of(conversation_id))
        if index.isValid():
            self.view.setCurrentIndex(index)
        else:
            self.view.clearSelection()

    @Slot()
    def _search_edited(self) -> None:
        self._search_timer.start()

    @Slot()
    def _tell_search(self) -> None:
        self.search_changed.emit(self.search.text().strip())

    @Slot(QModelIndex)
    def _open_index(self, index: QModelIndex) -> None:
        conversation_id = self.model.id_at(index)
        if conversation_id and conversation_id != self._current_id:
            self.open_requested.emit(conversation_id)

    @Slot(QPoint)
    def _show_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        rename = menu.addAction("Rename")
        export = menu.addAction("Export…")
        delete = menu.addAction("Delete")
        conversation_id = self.model.id_at(index)
        chosen = menu.exec(self.view.viewport().mapToGlobal(position))
        if chosen is rename:
            self.view.edit(self.model.index(self.model.row_of(conversation_id)))
        elif chosen is export:
            self.export_requested.emit(conversation_id)
        elif chosen is delete:
            self.delete_requested.emit(conversation_id)


def when(changed_at: str, now: datetime) -> str:
    """An ISO 8601 moment as a reader says it: the time today, the weekday this week, otherwise the date."""
    try:
        moment = datetime.fromisoformat(changed_at)
    except ValueError:
        return ""
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()
    n_days = (now.astimezone().date() - moment.date()).days
    if n_days == 0:
        return f"Today, {moment:%H:%M}"
    if n_days == 1:
        return f"Yesterday, {moment:%H:%M}"
    if 1 < n_days < 7:
        return f"{moment:%A}"
    return f"{moment.day} {moment:%B %Y}"
