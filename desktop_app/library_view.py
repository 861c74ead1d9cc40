"""The library in a window of its own: its parts at the left, a table of documents, and what is known of the selection.

It removes, adds and changes nothing itself; it says what the reader wants.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.buttons import QuietButton
from desktop_app.collection_list import ALL, UNREAD, CollectionList, Shelf, ShelfKind
from desktop_app.details_pane import DetailsPane
from desktop_app.document_table import RowTable
from desktop_app.empty_page import EmptyPage
from desktop_app.filter_bar import FilterBar
from desktop_app.library_actions import ActionButton, LibraryActions
from desktop_app.library_contents import Contents
from desktop_app.library_rows import DOCUMENT_COLUMNS, UNREAD_COLUMNS, DocumentRow, UnreadRow
from desktop_app.notice_banner import NoticeBanner
from desktop_app.window import local_paths
from desktop_app.window_style import named
from desktop_app.wording import count_words

_SIZE_PX = (1180, 720)
_SIDE_PX, _DETAILS_PX = 210, 290
_SIDE_CHARS, _DETAILS_CHARS = 22, 32


class LibraryView(QDialog):
    """The parts and where they stand; what follows from a choice is in LibraryDeeds.

    Signals:
        selection_changed(): other documents or files are selected, or another shelf is.
        paths_dropped(paths): files or folders were dropped on it.
    """

    selection_changed = Signal()
    paths_dropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.setWindowTitle("Library")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setAcceptDrops(True)
        self.setMinimumSize(720, 440)
        self.resize(*_SIZE_PX)
        self.contents = Contents()
        self._doing_words = ""
        self.shelves = CollectionList(self)
        self.filter_bar = FilterBar(self)
        self.banner = NoticeBanner(self)
        self.documents = RowTable(DOCUMENT_COLUMNS, "Documents", self)
        self.unread = RowTable(UNREAD_COLUMNS, "Files that could not be read", self)
        self.empty = EmptyPage(self)
        self.pages = QStackedWidget(self)
        self.add_menu = QMenu("Add", self)
        self.actions_by_name = LibraryActions(self, (self.documents, self.unread), self.shelves)
        for name in ("add_files", "add_folder", "watch"):
            self.add_menu.addAction(self.actions_by_name[name])
        self.actions_by_name["add"].setMenu(self.add_menu)
        self.details = DetailsPane(self.actions_by_name, self)
        self.actions_by_name["details"].setChecked(True)
        self.count = named(QLabel(self), "muted")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self._connect()
        self.show_contents(self.contents)

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.side, self.middle = self._side(), self._middle()
        for pane in (self.side, self.middle, self.details):
            self.splitter.addWidget(pane)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([_SIDE_PX, _SIZE_PX[0] - _SIDE_PX - _DETAILS_PX, _DETAILS_PX])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)

    def _side(self) -> QWidget:
        side = named(QFrame(self), "library-side")
        self.new_collection_button = QuietButton("New collection…", side)
        self.watch_button = QuietButton("Watch a folder…", side)
        layout = QVBoxLayout(side)
        layout.setContentsMargins(0, 10, 0, 10)
        layout.setSpacing(2)
        layout.addWidget(self.shelves, 1)
        for button, name in ((self.new_collection_button, "new_collection"), (self.watch_button, "watch")):
            button.setAutoDefault(False)
            button.setToolTip(self.actions_by_name[name].toolTip())
            button.clicked.connect(self.actions_by_name[name].trigger)
            row = QHBoxLayout()
            row.setContentsMargins(10, 0, 10, 0)
            row.addWidget(button)
            row.addStretch(1)
            layout.addLayout(row)
        return side

    def _middle(self) -> QWidget:
        middle = QWidget(self)
        for page in (self.documents, self.unread, self.empty):
            self.pages.addWidget(page)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.count)
        foot.addStretch(1)
        self.buttons = {
            name: ActionButton(self.actions_by_name[name], middle)
            for name in ("add", "retry", "dismiss", "remove", "open", "details")
        }
        for button in self.buttons.values():
            foot.addWidget(button)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(self.filter_bar)
        layout.addWidget(self.pages, 1)
        layout.addLayout(foot)
        return middle

    def _connect(self) -> None:
        self.filter_bar.offer(lambda: self.contents.on(self.shelf))
        self.filter_bar.changed.connect(self._refill)
        self.filter_bar.box.returnPressed.connect(self.focus_table)
        self.filter_bar.box.installEventFilter(self)
        self.shelves.shelf_chosen.connect(self._take_shelf)
        self.actions_by_name["details"].toggled.connect(self.fit_panes)
        self.details.form_toggled.connect(self.fit_panes)
        for table in (self.documents, self.unread):
            table.selection_changed.connect(self.selection_changed)

    def show_contents(self, contents: Contents, doing_words: str = "") -> None:
        """Replace everything; what is selected and in sight stays. `doing_words` stand beside the count."""
        self.contents = contents
        self._doing_words = doing_words
        self.shelves.show_entries(contents.entries())
        self._refill()

    def show_doing(self, words: str) -> None:
        """Say beside the count what is being done; nothing where that is empty."""
        self._doing_words = words
        self._count(len(self.table.rows.rows), self._n_all())

    @property
    def shelf(self) -> Shelf:
        """What part of the library is shown."""
        return self.shelves.chosen

    @property
    def table(self) -> RowTable:
        """The table that is shown, or would be if it were not empty."""
        return self.unread if self.shelf == UNREAD else self.documents

    @property
    def selected_documents(self) -> tuple[DocumentRow, ...]:
        """Top to bottom; none where files that could not be read are shown."""
        return () if self.shelf == UNREAD else cast("tuple[DocumentRow, ...]", self.documents.selected_rows)

    @property
    def selected_unread(self) -> tuple[UnreadRow, ...]:
        """The selected files that could not be read."""
        return cast("tuple[UnreadRow, ...]", self.unread.selected_rows) if self.shelf == UNREAD else ()

    @Slot()
    def focus_table(self) -> None:
        """Go on with the keys in the table, at its first row where none is selected."""
        self.table.setFocus()
        if not self.table.selected_rows and self.table.rows.rows:
            self.table.selectRow(0)

    @Slot()
    def focus_filter(self) -> None:
        """Put the cursor into the filter box."""
        self.filter_bar.box.setFocus()
        self.filter_bar.box.selectAll()

    @Slot(object)
    def _take_shelf(self, shelf: Shelf) -> None:  # noqa: ARG002 - the list knows it too
        self.banner.dismiss_all()
        self.documents.clearSelection()
        self.unread.clearSelection()
        self._refill()
        self.documents.scrollToTop()

    @Slot()
    def _refill(self) -> None:
        is_unread = self.shelf == UNREAD
        wanted = self.filter_bar.filter
        self.filter_bar.set_words_only(is_words_only=is_unread)
        if is_unread:
            self.unread.rows.show(wanted.found(self.contents.unread))
        else:
            self.documents.rows.show(wanted.documents(self.contents.on(self.shelf)))
        n_shown = len(self.table.rows.rows)
        if n_shown:
            self.pages.setCurrentWidget(self.table)
        else:
            self._tell_nothing(has_filter=bool(self._n_all()))
            if self.table.hasFocus():
                self.filter_bar.box.setFocus()
            self.pages.setCurrentWidget(self.empty)
        self._count(n_shown, self._n_all())
        for name in ("remove", "open"):
            self.buttons[name].setVisible(not is_unread)
        for name in ("retry", "dismiss"):
            self.buttons[name].setVisible(is_unread)
        self.selection_changed.emit()

    def _n_all(self) -> int:
        return len(self.contents.unread if self.shelf == UNREAD else self.contents.on(self.shelf))

    def _count(self, n_shown: int, n_all: int) -> None:
        words = ("file", "files") if self.shelf == UNREAD else ("document", "documents")
        total = count_words(n_all, *words)
        shown = total if n_shown == n_all else f"{n_shown:,} of {total}"
        self.count.setText(" · ".join(filter(None, (shown, self._doing_words))))

    def _tell_nothing(self, *, has_filter: bool) -> None:
        if has_filter:
            what = "file" if self.shelf == UNREAD else "document"
            self.empty.tell(f"No {what} matches the filter.", "", "Clear the filter")
        elif self.shelf == UNREAD:
            self.empty.tell("No files here.", "A file that cannot be read is listed here, with the reason.")
        elif not self.contents.documents and self.shelf == ALL:
            self.empty.tell("Your library is empty.", "Add files or a whole folder, or drop them here.", "Add files…")
        elif self.shelf.kind is ShelfKind.FOLDER:
            self.empty.tell("Nothing of this folder is in the library.")
        else:
            self.empty.tell(
                "This collection is empty.", "Drag documents onto its name, or use “Add to collection” in their menu."
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_panes()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit_panes()

    @Slot()
    def fit_panes(self) -> None:
        """Show the details where they are wanted and there is room; a form takes the room of the list at the left."""
        character_px = self.fontMetrics().averageCharWidth()
        side_px, details_px = character_px * _SIDE_CHARS, character_px * _DETAILS_CHARS
        self.side.setMinimumWidth(side_px)
        self.details.setMinimumWidth(details_px)
        is_narrow = self.width() < side_px + self.middle.minimumSizeHint().width() + details_px
        is_correcting = self.details.is_correcting
        self.details.setVisible(is_correcting or (self.actions_by_name["details"].isChecked() and not is_narrow))
        self.side.setVisible(not (is_correcting and is_narrow))
        self.actions_by_name["details"].setEnabled(not is_narrow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.filter_bar.box and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.focus_table()
                return True
            if event.key() == Qt.Key.Key_Escape and not self.filter_bar.filter.is_empty:
                self.filter_bar.clear()
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = local_paths(event.mimeData())
        if paths:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.paths_dropped.emit(paths)
