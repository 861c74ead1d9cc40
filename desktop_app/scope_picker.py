"""Where the reader chooses single documents to ask.

It keeps no choice; it returns one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.scope_words import period_words
from desktop_app.source_table import SourceTable
from desktop_app.window_style import named
from rag.types import Scope, Source


class ScopePicker(QDialog):
    """Ticks beside documents; no tick, or every tick, means the whole library. Dates of a scope stay as they are."""

    def __init__(self, sources: Sequence[Source], scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scope-picker")
        self.setWindowTitle("Which documents to ask")
        self.resize(760, 520)
        self.filter_box = named(QLineEdit(self), "search-box")
        self.filter_box.setPlaceholderText("Filter by title, author, date, file, kind or language")
        self.filter_box.setAccessibleName("Filter documents")
        self.filter_box.setClearButtonEnabled(True)
        self.table = SourceTable(self)
        self.count = named(QLabel(self), "muted")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.all_button = QPushButton("Tick shown", self)
        self.none_button = QPushButton("Whole library", self)
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel, self)
        self._dates = replace(scope, document_ids=(), collection=None)
        self._lay_out()
        self._connect()
        self.table.show_sources(sources)
        self.table.ticks.tick(scope.document_ids)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.addWidget(self.none_button)
        foot.addWidget(self.all_button)
        foot.addWidget(self.count)
        foot.addStretch(1)
        foot.addWidget(self.buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.filter_box)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.filter_box.textChanged.connect(self.table.set_words)
        self.table.ticks.ticks_changed.connect(self._refresh)
        self.all_button.clicked.connect(self._tick_shown)
        self.none_button.clicked.connect(self._tick_none)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    @property
    def scope(self) -> Scope:
        """What is ticked."""
        chosen = self.table.ticked_ids
        is_all = len(chosen) == self.table.n_all
        return replace(self._dates, document_ids=() if is_all else chosen)

    @Slot()
    def _refresh(self) -> None:
        n_documents = len(self.scope.document_ids)
        words = {0: "The whole library is asked", 1: "1 document is asked"}
        dates = f", dated {period_words(self._dates)}" if period_words(self._dates) else ""
        self.count.setText(f"{words.get(n_documents, f'{n_documents:,} documents are asked')}{dates}.")

    @Slot()
    def _tick_shown(self) -> None:
        self.table.ticks.tick(self.table.shown_ids)

    @Slot()
    def _tick_none(self) -> None:
        self.table.ticks.tick(self.table.ticked_ids, is_ticked=False)
