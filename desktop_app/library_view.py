"""The library in a window of its own: which documents there are; open one, remove some, add more.

It removes and adds nothing itself; it says what the reader wants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.source_table import SourceTable
from desktop_app.window_style import named
from rag.types import Source


class LibraryView(QDialog):
    """A list of documents that stays open beside the main window.

    `confirm` asks the reader a yes-or-no question, given with an explanation.

    Signals:
        open_requested(document id), remove_requested(document ids as a tuple), add_files_requested(),
        add_folder_requested()
    """

    open_requested = Signal(str)
    remove_requested = Signal(object)
    add_files_requested = Signal()
    add_folder_requested = Signal()

    def __init__(self, parent: QWidget | None, confirm: Callable[[str, str], bool]) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.setWindowTitle("Library")
        self.resize(860, 560)
        self._confirm = confirm
        self.filter_box = named(QLineEdit(self), "search-box")
        self.filter_box.setPlaceholderText("Filter by title, date or file")
        self.filter_box.setAccessibleName("Filter documents")
        self.filter_box.setClearButtonEnabled(True)
        self.table = SourceTable(parent=self)
        self.count = named(QLabel(self), "muted")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button = QPushButton("Open", self)
        self.remove_button = QPushButton("Remove…", self)
        self.add_files_button = QPushButton("Add files…", self)
        self.add_folder_button = QPushButton("Add folder…", self)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addStretch(1)
        for button in (self.add_files_button, self.add_folder_button, self.remove_button, self.open_button):
            button.setAutoDefault(False)
            foot.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.filter_box)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.filter_box.textChanged.connect(self.table.filter.set_words)
        self.filter_box.textChanged.connect(self._refresh)
        self.table.open_requested.connect(self.open_requested)
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        self.open_button.clicked.connect(self._open_selected)
        self.remove_button.clicked.connect(self._remove_selected)
        self.add_files_button.clicked.connect(self.add_files_requested)
        self.add_folder_button.clicked.connect(self.add_folder_requested)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_selected)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Replace all rows."""
        self.table.sources.show(sources)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        n_all, n_shown = len(self.table.sources.sources), self.table.filter.rowCount()
        total = "1 document" if n_all == 1 else f"{n_all:,} documents"
        self.count.setText(total if n_shown == n_all else f"{n_shown:,} of {total}")
        n_selected = len(self.table.selected_ids)
        self.open_button.setEnabled(n_selected == 1)
        self.remove_button.setEnabled(n_selected > 0)

    @Slot()
    def _open_selected(self) -> None:
        if len(chosen := self.table.selected_ids) == 1:
            self.open_requested.emit(chosen[0])

    @Slot()
    def _remove_selected(self) -> None:
        chosen = self.table.selected_ids
        if not chosen:
            return
        what = "this document" if len(chosen) == 1 else f"these {len(chosen)} documents"
        if self._confirm(
            f"Remove {what} from the library?",
            "Questions will not find it any more. The original files are not touched, and answers you already have "
            "keep their quotes.",
        ):
            self.remove_requested.emit(chosen)
