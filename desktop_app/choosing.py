"""Every question that the window asks in a dialog: files, folders, where to save, yes or no, which documents.

It does nothing with the answers. One protocol, so that the controller can be driven without dialogs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from desktop_app.exporting import ExportFormat
from desktop_app.scope_picker import ScopePicker
from desktop_app.window import Window
from rag import archives, formats
from rag.types import Scope, Source

FORMATS = {
    ExportFormat.MARKDOWN: "Markdown, can be verified (*.md)",
    ExportFormat.HTML: "HTML, one file (*.html)",
    ExportFormat.PDF: "PDF (*.pdf)",
    ExportFormat.JSON: "JSON, can be verified (*.json)",
}
_FILES = f"Texts ({' '.join(f'*{ending}' for ending in sorted(formats.ENDINGS | archives.ENDINGS))});;All files (*)"


class Chooser(Protocol):
    """Asks the reader; an empty or None answer means that they changed their mind."""

    def files(self, start: Path) -> tuple[Path, ...]: ...
    def folder(self, start: Path) -> Path | None: ...
    def export_path(self, suggested: Path) -> Path | None: ...
    def confirm(self, question: str, explanation: str, yes: str) -> bool: ...
    def scope(self, sources: Sequence[Source], scope: Scope) -> Scope | None: ...
    def show_in_folder(self, path: Path) -> None: ...
    def open_file(self, path: Path) -> bool: ...


class Dialogs:
    """Asks with Qt's dialogs over the given window."""

    def __init__(self, parent: Window) -> None:
        self._parent = parent

    def files(self, start: Path) -> tuple[Path, ...]:
        title, options = "Add files to the library", QFileDialog.Option.HideNameFilterDetails
        chosen, _ = QFileDialog.getOpenFileNames(self._parent, title, str(start), _FILES, options=options)
        return tuple(Path(name) for name in chosen)

    def folder(self, start: Path) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._parent, "Choose a folder", str(start))
        return Path(chosen) if chosen else None

    def export_path(self, suggested: Path) -> Path | None:
        """A path whose suffix is one of the formats; the filter decides where the name has none."""
        filters = ";;".join(FORMATS.values())
        chosen, used = QFileDialog.getSaveFileName(self._parent, "Export conversation", str(suggested), filters)
        return with_format(Path(chosen), used) if chosen else None

    def confirm(self, question: str, explanation: str, yes: str) -> bool:
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Seedbook", question, parent=self._parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(explanation)
        agree = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        return box.clickedButton() is agree

    def scope(self, sources: Sequence[Source], scope: Scope) -> Scope | None:
        picker = ScopePicker(sources, scope, self._parent)
        self._parent.dress(picker)
        accepted = picker.exec() == QDialog.DialogCode.Accepted
        chosen = picker.scope if accepted else None
        picker.deleteLater()
        return chosen

    def show_in_folder(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def open_file(self, path: Path) -> bool:
        """Open it in the program that the system has for it; False where there is none."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def with_format(path: Path, used_filter: str) -> Path:
    """The path, given the suffix of the chosen filter unless it already has a known one."""
    if path.suffix.lower().lstrip(".") in list(ExportFormat):
        return path
    form = next((form for form, words in FORMATS.items() if words == used_filter), ExportFormat.MARKDOWN)
    return path.with_name(f"{path.name}.{form}")
