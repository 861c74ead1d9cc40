"""What opens over the scope button: the whole library, the collections, chosen documents, and the dates of documents.

It keeps no scope and opens no dialog; it says what the reader chose.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.inert_text import plain_tooltip
from desktop_app.scope_words import NOTHING_IN_SCOPE, WHOLE_LIBRARY, isolated
from desktop_app.scoping import Holding, left_of, standing_of
from desktop_app.typed_dates import Dates, read_dates
from desktop_app.window_style import named
from desktop_app.wording import count_words
from rag.types import Scope

_WIDTH_CHARS = 46
_MOST_ROWS = 9
_PADDING_PX = 10
_CHOSEN = "Chosen documents…"
_NO_COLLECTIONS = "Collections that you make in the library (Ctrl+L) are offered here."
_CountRole = int(Qt.ItemDataRole.UserRole)
_ScopeRole = _CountRole + 1
_CurrentRole = _CountRole + 2


class ScopePopover(QFrame):
    """A choice of scopes that goes away when something is chosen, at Esc, and at a click elsewhere.

    Signals:
        scope_chosen(Scope): ask this.
        documents_requested(): the reader wants to choose single documents.
    """

    scope_chosen = Signal(object)
    documents_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("scope-popover")
        self.setAccessibleName("What to ask")
        self._scope = Scope()
        self._holding = Holding()
        self._not_understood = ("", "")
        self.choices = _Choices("What to ask", self)
        self.collections = _Choices("Collections", self)
        self.since_box = _date_box("From", self)
        self.until_box = _date_box("To", self)
        self.clear_button = named(QPushButton("Clear", self), "status-button")
        self.clear_button.setAccessibleName("Ask documents of any date")
        self._above_collections = _rule(self)
        self._column = QVBoxLayout(self)
        self.message = named(QLabel(self), "scope-message")
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setWordWrap(True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        dates = QHBoxLayout()
        dates.setContentsMargins(_PADDING_PX, 0, _PADDING_PX - 4, 0)
        dates.setSpacing(8)
        for words, box in (("From", self.since_box), ("to", self.until_box)):
            label = named(QLabel(words, self), "muted")
            label.setBuddy(box)
            dates.addWidget(label)
            dates.addWidget(box, 1)
        dates.addWidget(self.clear_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(_PADDING_PX, 0, _PADDING_PX, 0)
        foot.addWidget(self.message)
        layout = self._column
        layout.setContentsMargins(6, 6, 6, 10)
        layout.setSpacing(6)
        layout.addWidget(self.choices)
        layout.addWidget(self._above_collections)
        layout.addWidget(self.collections)
        layout.addWidget(_rule(self))
        layout.addSpacing(2)
        layout.addLayout(dates)
        layout.addLayout(foot)

    def _connect(self) -> None:
        for choices in (self.choices, self.collections):
            choices.chosen.connect(self._choose)
        self.choices.passed_below.connect(self.collections.enter_from_above)
        self.collections.passed_above.connect(self.choices.enter_from_below)
        for box in (self.since_box, self.until_box):
            box.textChanged.connect(self._tell)
            box.editingFinished.connect(self._take_dates)
            box.returnPressed.connect(self._take_dates_and_close)
        self.clear_button.clicked.connect(self._clear_dates)

    def show_scopes(self, scope: Scope, holding: Holding) -> None:
        """Offer what the library holds, with the present scope marked; what was typed and is no date stands there."""
        typed = self._not_understood if scope == self._scope else ("", "")
        self._scope, self._holding = scope, holding
        self._fill_choices()
        self._show_dates()
        if any(typed):
            self.since_box.setText(typed[0])
            self.until_box.setText(typed[1])

    def open_above(self, button: QWidget, room: QWidget) -> None:
        """Appear over a button, and inside the width of `room` and the screen."""
        width_px = self.fontMetrics().averageCharWidth() * _WIDTH_CHARS + 6 * _PADDING_PX
        self.setFixedWidth(min(width_px, room.width() - 2 * _PADDING_PX))
        self.ensurePolished()
        self.choices.fit(2)
        self.collections.fit(_MOST_ROWS)
        self._fit_height()
        screen = (room.screen() or QGuiApplication.primaryScreen()).availableGeometry()
        place = button.mapToGlobal(QPoint(0, -self.height() - 4))
        right_px = min(room.mapToGlobal(QPoint(room.width() - _PADDING_PX, 0)).x(), screen.right())
        x = max(screen.left(), min(place.x(), right_px - self.width()))
        self.move(x, max(screen.top(), place.y()))
        self.show()
        focused = self.collections if self.collections.has_current else self.choices
        focused.setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit_height(self) -> None:
        """Be as high as the content asks for; the lower edge stays where it is, beside the button."""
        bottom_px = self.y() + self.height()
        layout = self._column
        layout.activate()
        has_wrapped_words = layout.hasHeightForWidth()
        height_px = layout.totalHeightForWidth(self.width()) if has_wrapped_words else layout.totalSizeHint().height()
        self.setFixedHeight(height_px)
        if self.isVisible():
            self.move(self.x(), bottom_px - self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._show_dates()  # what was typed and not taken over is given up
            self.close()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._take_dates()
        self._not_understood = self._typed if self._dates().problem else ("", "")
        super().hideEvent(event)

    # Choosing

    @Slot(object)
    def _choose(self, scope: Scope | None) -> None:
        """Ask a row's scope within the dates that stand here; the whole library is the whole of it.

        Nothing is chosen within dates that make no sense, for they would be lost.
        """
        dates = self._dates()
        if dates.problem and scope != Scope():
            is_first = bool(read_dates(self.since_box.text(), "").problem) or not self.until_box.text().strip()
            (self.since_box if is_first else self.until_box).setFocus()
            return
        if scope is None:
            self.close()
            self.documents_requested.emit()
            return
        if scope.is_whole_library:
            dates = Dates()
        self._emit(replace(scope, since=dates.since, until=dates.until))
        self._show_dates()
        self.close()

    @Slot()
    def _take_dates(self) -> None:
        """Ask documents of these dates; dates that make no sense change nothing."""
        dates = self._dates()
        if not dates.problem:
            self._emit(replace(self._scope, since=dates.since, until=dates.until))

    @Slot()
    def _take_dates_and_close(self) -> None:
        if not self._dates().problem:
            self.close()

    @Slot()
    def _clear_dates(self) -> None:
        self.since_box.clear()
        self.until_box.clear()
        self._take_dates()
        self.since_box.setFocus()

    def _emit(self, scope: Scope) -> None:
        if scope != self._scope:
            self._scope = scope
            self._fill_choices()
            self.scope_chosen.emit(scope)

    # Showing

    def _fill_choices(self) -> None:
        holding, now = self._holding, self._scope
        is_chosen = bool(now.document_ids)
        self.choices.clear()
        self.collections.clear()
        self.choices.add(WHOLE_LIBRARY, len(holding.sources), Scope(), is_current=now.is_whole_library)
        for one in holding.collections:
            is_current = now.collection == one.name and not is_chosen
            self.collections.add(one.name, len(one.document_ids), Scope(collection=one.name), is_current=is_current)
        left = left_of(Scope(now.document_ids), holding) if is_chosen else None
        self.choices.add(_CHOSEN, len(left.document_ids) if left else None, None, is_current=is_chosen)
        for part in (self._above_collections, self.collections):
            part.setVisible(bool(holding.collections))
        for choices in (self.choices, self.collections):
            choices.select_current()

    def _show_dates(self) -> None:
        for box, iso in ((self.since_box, self._scope.since), (self.until_box, self._scope.until)):
            box.setText(iso or "")
        self._tell()

    @property
    def _typed(self) -> tuple[str, str]:
        return self.since_box.text(), self.until_box.text()

    def _dates(self) -> Dates:
        return read_dates(*self._typed)

    @Slot()
    def _tell(self) -> None:
        """Say what the dates leave, or why they make no sense."""
        dates = self._dates()
        self.clear_button.setEnabled(bool(self.since_box.text() or self.until_box.text()))
        asked = replace(self._scope, since=dates.since, until=dates.until)
        words = dates.problem or self._left_words(asked)
        self.message.setText(words)
        self.message.setProperty("warns", bool(dates.problem) or words.startswith(NOTHING_IN_SCOPE))
        self.message.setVisible(bool(words))
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        if self.isVisible():
            self._fit_height()

    def _left_words(self, scope: Scope) -> str:
        if scope.is_whole_library:
            return "" if self._holding.collections else _NO_COLLECTIONS
        standing = standing_of(scope, self._holding)
        if standing.left is None and scope.collection is not None:
            return f"The collection “{isolated(scope.collection)}” is not in the library any more."
        n_undated = standing.n_undated
        verb = "is" if n_undated == 1 else "are"
        undated = f" {n_undated:,} without a date {verb} left out." if n_undated else ""
        if not standing.documents:
            return f"{NOTHING_IN_SCOPE}.{undated}"
        total = count_words(len(self._holding.sources), "document", "documents")
        return f"{len(standing.documents):,} of {total}.{undated}"


class _Choices(QListWidget):
    """Scopes as rows, each with its number of documents; one click or Enter chooses.

    Signals:
        chosen(Scope or None): None stands for single documents.
        passed_above(), passed_below(): an arrow key went beyond the first or the last row.
    """

    chosen = Signal(object)
    passed_above = Signal()
    passed_below = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("scope-choices")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_ChoiceDelegate(self))
        self.itemClicked.connect(self._tell)

    def add(self, name: str, count: int | None, scope: Scope | None, *, is_current: bool) -> None:
        """A row at the end."""
        item = QListWidgetItem(" ".join(name.split()))
        item.setData(_CountRole, "" if count is None else f"{count:,}")
        item.setData(_ScopeRole, scope)
        item.setData(_CurrentRole, is_current)
        documents = "" if count is None else f", {count_words(count, 'document', 'documents')}"
        chosen = ", asked now" if is_current else ""
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}{documents}{chosen}")
        item.setToolTip(plain_tooltip(name) if len(name) > _WIDTH_CHARS // 2 else "")
        self.addItem(item)

    @property
    def has_current(self) -> bool:
        """Whether the present scope is among the rows."""
        return any(self.item(row).data(_CurrentRole) for row in range(self.count()))

    def select_current(self) -> None:
        """Begin at the row of the present scope, or at the top."""
        rows = [row for row in range(self.count()) if self.item(row).data(_CurrentRole)]
        self.setCurrentRow(rows[0] if rows else 0)

    @Slot()
    def enter_from_above(self) -> None:
        """Go to the first row."""
        if self.count():
            self.setCurrentRow(0)
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def enter_from_below(self) -> None:
        """Go to the last row."""
        self.setCurrentRow(self.count() - 1)
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit(self, most_rows: int) -> None:
        """Be as high as the rows, and scroll where there are too many."""
        heights = [self.sizeHintForRow(row) for row in range(self.count())]
        half_a_row = heights[0] // 2 if len(heights) > most_rows else 0
        self.setFixedHeight(sum(heights[:most_rows]) + half_a_row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._tell(item)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif event.key() == Qt.Key.Key_Up and self.currentRow() <= 0:
            self.passed_above.emit()
        elif event.key() == Qt.Key.Key_Down and self.currentRow() == self.count() - 1:
            self.passed_below.emit()
        else:
            super().keyPressEvent(event)

    @Slot(QListWidgetItem)
    def _tell(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_ScopeRole))


class _ChoiceDelegate(QStyledItemDelegate):
    """A row: a tick where it is the present scope, the name as far as it fits, and the number at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002
        return QSize(120, option.fontMetrics.height() + 12)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        name, shown.text = shown.text, ""
        if shown.widget is not None and not shown.widget.hasFocus():  # the keys are elsewhere
            shown.state &= ~QStyle.StateFlag.State_Selected
        style = shown.widget.style() if shown.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        tick_px = shown.fontMetrics.horizontalAdvance("✓") + _PADDING_PX
        room = shown.rect.adjusted(_PADDING_PX + tick_px, 0, -_PADDING_PX, 0)
        count = str(index.data(_CountRole))
        count_px = shown.fontMetrics.horizontalAdvance(count) + (_PADDING_PX if count else 0)
        painter.save()
        painter.setPen(shown.palette.color(QPalette.ColorRole.Text))
        _draw(painter, room.adjusted(0, 0, -count_px, 0), name, Qt.AlignmentFlag.AlignLeft)
        painter.setPen(shown.palette.color(QPalette.ColorRole.PlaceholderText))
        _draw(painter, room, count, Qt.AlignmentFlag.AlignRight)
        if index.data(_CurrentRole):
            painter.setPen(shown.palette.color(QPalette.ColorRole.Link))
            _draw(painter, shown.rect.adjusted(_PADDING_PX, 0, 0, 0), "✓", Qt.AlignmentFlag.AlignLeft)
        painter.restore()


def _draw(painter: QPainter, room: QRect, words: str, side: Qt.AlignmentFlag) -> None:
    """Words on one line, cut where the room ends, at the same side whatever their script."""
    cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, cut)


def _rule(parent: QWidget) -> QFrame:
    rule = named(QFrame(parent), "scope-rule")
    rule.setFixedHeight(1)
    return rule


def _date_box(name: str, parent: QWidget) -> QLineEdit:
    box = QLineEdit(parent)
    box.setPlaceholderText("any date")
    box.setAccessibleName(f"{name}: a year, a month or a day")
    box.setToolTip("A year (2019), a month (June 2020) or a day (12 March 2019)")
    box.setMaxLength(40)
    return box
