"""What stands in the place of a list that has nothing to show: why, and one thing to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop_app.window_style import named


class EmptyPage(QWidget):
    """A sentence or two in the middle, and at most one button.

    Signals:
        deed_requested(): the button was pressed.
    """

    deed_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = named(QLabel(self), "empty-title")
        self.words = named(QLabel(self), "muted")
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self.deed_requested)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(2)
        for label in (self.title, self.words):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def tell(self, title: str, words: str = "", deed: str = "") -> None:
        """Say why there is nothing; `deed` is what the button says, without it there is none."""
        self.title.setText(title)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.button.setText(deed)
        self.button.setVisible(bool(deed))
