"""What became of the files that were to be added, file by file; those that did not make it come first.

It shows reports and lets them be copied; it adds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rag.types import FileReport, FileState

_WORDS = {
    FileState.INDEXED: "Added",
    FileState.UNCHANGED: "Unchanged",
    FileState.DUPLICATE: "Already there",
    FileState.EMPTY: "Empty",
    FileState.NO_TEXT_LAYER: "No text in it",
    FileState.ENCRYPTED: "Protected",
    FileState.UNSUPPORTED: "Unknown format",
    FileState.DAMAGED: "Cannot be read",
}
_FINE = (FileState.INDEXED, FileState.UNCHANGED)
SHOWN_ROWS = 2000


class AddingView(QDialog):
    """A table of the files that were not added, with the reason for each."""

    def __init__(self, reports: Sequence[FileReport], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("adding-view")
        self.setWindowTitle("Files added")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 480)
        self._skipped = skipped(reports)
        head = QLabel(summary(reports, is_cancelled=False), self)
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        self.table = self._table()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton("Copy list", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(head)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)

    def _table(self) -> QTableWidget:
        shown = self._skipped[:SHOWN_ROWS]
        table = QTableWidget(len(shown), 3, self)
        table.setAccessibleName("Files that were not added")
        table.setHorizontalHeaderLabels(["File", "What", "Why"])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        character_px = table.fontMetrics().averageCharWidth()
        table.setColumnWidth(0, 34 * character_px)
        table.setColumnWidth(1, 18 * character_px)
        for row, report in enumerate(shown):
            for column, words in enumerate(_columns(report)):
                item = QTableWidgetItem(words)
                item.setToolTip(report.path if column == 0 else words)
                table.setItem(row, column, item)
        return table

    @Slot()
    def _copy(self) -> None:
        lines = ("\t".join(_columns(report)) for report in self._skipped)
        QGuiApplication.clipboard().setText("\n".join(lines))


def skipped(reports: Sequence[FileReport]) -> tuple[FileReport, ...]:
    """The files that are not in the library because of themselves, in the order they were met."""
    return tuple(report for report in reports if report.state not in _FINE)


def summary(reports: Sequence[FileReport], *, is_cancelled: bool) -> str:
    """The outcome in one line, such as “12 added, 3 unchanged, 2 skipped”."""
    counts = Counter(report.state for report in reports)
    parts = [
        (counts[FileState.INDEXED], "added"),
        (counts[FileState.UNCHANGED], "unchanged"),
        (len(skipped(reports)), "skipped"),
    ]
    words = ", ".join(f"{count:,} {word}" for count, word in parts if count) or "Nothing to add was found"
    return f"Cancelled: {words}" if is_cancelled else words


def _columns(report: FileReport) -> tuple[str, str, str]:
    return report.name, _WORDS[report.state], report.reason
