"""What became of the files that were to be added, file by file, by their state; those that did not make it first.

It shows reports and lets them be copied; it adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop_app.library_words import sentence, state_words
from desktop_app.scope_words import isolated
from desktop_app.window_style import named
from rag.types import FileReport, FileState

_COUNTED = {
    FileState.INDEXED: "added",
    FileState.UNCHANGED: "unchanged",
    FileState.DUPLICATE: "already there under another name",
    FileState.EMPTY: "empty",
    FileState.NO_TEXT_LAYER: "without text in it",
    FileState.ENCRYPTED: "protected",
    FileState.UNSUPPORTED: "of an unknown format",
    FileState.DAMAGED: "that cannot be read",
}
_FINE = (FileState.INDEXED, FileState.UNCHANGED)
_HELD = (*_FINE, FileState.DUPLICATE)
_SKIPPED = "skipped"
_NAME_CHARS = 40
_ALL = "all"
SHOWN_ROWS = 2000


class AddingView(QDialog):
    """A table of files with what became of each and why, of one state or of all."""

    def __init__(self, reports: Sequence[FileReport], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adding-view")
        self.setWindowTitle("Files added")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(880, 520)
        self._reports = sorted(reports, key=lambda report: report.state in _FINE)
        self._shown: tuple[FileReport, ...] = ()
        head = QLabel(counts_in_words(reports), self)
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        self.state_box = self._state_box()
        self.more = named(QLabel(self), "muted")
        self.more.setTextFormat(Qt.TextFormat.PlainText)
        self.table = self._table()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.copy_button = buttons.addButton("Copy all", QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setToolTip("Copy every row of the list, with its reason")
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.state_box)
        row.addWidget(self.more, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.state_box.currentIndexChanged.connect(self._fill)
        self._fill()

    def _state_box(self) -> QComboBox:
        """What can be shown, each with its count; at first what was skipped, if anything was."""
        box = QComboBox(self)
        box.setAccessibleName("Show files of this state")
        counts = Counter(report.state for report in self._reports)
        n_skipped = len(skipped(self._reports))
        if n_skipped:
            box.addItem(f"Skipped ({n_skipped:,})", _SKIPPED)
        box.addItem(f"All files ({len(self._reports):,})", _ALL)
        for state in FileState:
            if counts[state]:
                box.addItem(f"{state_words(state)} ({counts[state]:,})", state.value)
        return box

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 3, self)
        table.setAccessibleName("Files and what became of them")
        table.setHorizontalHeaderLabels(["File", "What", "Why"])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        character_px = table.fontMetrics().averageCharWidth()
        table.setColumnWidth(0, 40 * character_px)
        table.setColumnWidth(1, 22 * character_px)
        return table

    @Slot()
    def _fill(self) -> None:
        wanted = self.state_box.currentData()
        self._shown = tuple(report for report in self._reports if _is_of(report, wanted))
        rows = self._shown[:SHOWN_ROWS]
        self.table.setRowCount(len(rows))
        for row, report in enumerate(rows):
            for column, words in enumerate(_columns(report)):
                item = QTableWidgetItem(words)
                item.setToolTip(report.path if column == 0 else words)
                self.table.setItem(row, column, item)
        n_more = len(self._shown) - len(rows)
        self.more.setText(f"and {n_more:,} more; Copy all has every one" if n_more else "")

    @Slot()
    def _copy(self) -> None:
        lines = ("\t".join(_columns(report)) for report in self._shown)
        QGuiApplication.clipboard().setText("\n".join(lines))


def _is_of(report: FileReport, wanted: str) -> bool:
    if wanted == _SKIPPED:
        return report.state not in _FINE
    return wanted in (_ALL, report.state.value)


def skipped(reports: Sequence[FileReport]) -> tuple[FileReport, ...]:
    """The files that are not in the library because of themselves, in the order they were met."""
    return tuple(report for report in reports if report.state not in _FINE)


def summary(reports: Sequence[FileReport], *, is_cancelled: bool, n_gone: int = 0, collection: str = "") -> str:
    """The outcome in one line, such as “12 added, 3 unchanged, 2 skipped”.

    `n_gone` have left a watched folder; what the library holds was put into `collection`, where one is named.
    """
    counts = Counter(report.state for report in reports)
    parts = [
        (counts[FileState.INDEXED], "added"),
        (counts[FileState.UNCHANGED], "unchanged"),
        (len(skipped(reports)), "skipped"),
        (n_gone, "gone"),
    ]
    words = ", ".join(f"{count:,} {word}" for count, word in parts if count)
    n_held = sum(report.state in _HELD for report in reports)
    if collection and n_held:
        words += f" · {n_held:,} put into the collection “{isolated(collection, _NAME_CHARS)}”"
    if is_cancelled:
        return f"Cancelled: {words}" if words else "Cancelled before anything was added"
    return words or "Nothing to add was found"


def counts_in_words(reports: Sequence[FileReport]) -> str:
    """Every state that occurs, such as “12 added, 1 protected, 2 without text in it”."""
    counts = Counter(report.state for report in reports)
    words = [f"{counts[state]:,} {word}" for state, word in _COUNTED.items() if counts[state]]
    return ", ".join(words) or "Nothing to add was found"


def _columns(report: FileReport) -> tuple[str, str, str]:
    return report.name, state_words(report.state), sentence(report.reason)
