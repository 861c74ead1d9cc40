"""What can be done in the library, by name: words, keys, and buttons that follow.

It does nothing when one is chosen; the library's view listens to them.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QPushButton, QWidget


@dataclass(frozen=True, slots=True)
class LibraryCommand:
    """A command: its words, its keys, and what they are told for (`place`: the table, the list, or both)."""

    words: str
    keys: tuple[str, ...] = ()
    place: str = "table"
    hint: str = ""
    is_checkable: bool = False


COMMANDS = {
    "open": LibraryCommand("Open", ("Return", "Enter"), hint="Read it beside the conversation"),
    "original": LibraryCommand("Open original", ("Ctrl+Return",), hint="Open the file in the program it belongs to"),
    "folder": LibraryCommand("Show in folder", ("Ctrl+Shift+Return",)),
    "correct": LibraryCommand("Correct…", ("F2",), hint="Correct title, author and date"),
    "copy_path": LibraryCommand("Copy path", ("Ctrl+Shift+C",)),
    "retry": LibraryCommand("Try again", ("F5",), hint="Read these files again"),
    "ocr": LibraryCommand("Read by OCR", ("Ctrl+Shift+R",), hint="Recognise the words on pages that are pictures"),
    "dismiss": LibraryCommand("Dismiss", ("Delete",), hint="Take these files off the list; they are not touched"),
    "dismiss_all": LibraryCommand("Dismiss all", hint="Take every file that is shown off the list"),
    "collect": LibraryCommand("Add to collection", ("Ctrl+G",)),
    "uncollect": LibraryCommand("Remove from this collection", ("Shift+Delete",)),
    "remove": LibraryCommand("Remove…", ("Delete",), hint="Remove from the library; the files are not touched"),
    "new_collection": LibraryCommand("New collection…", ("Ctrl+Shift+N",), "both"),
    "rename": LibraryCommand("Rename", ("F2",), "list"),
    "remove_collection": LibraryCommand("Remove collection…", ("Delete",), "list", "Its documents stay"),
    "watch": LibraryCommand("Watch a folder…", (), "list", "Keep the library in step with a folder"),
    "open_watched": LibraryCommand("Open folder", (), "list"),
    "feed": LibraryCommand("Into a collection", (), "list", "What comes from this folder goes into a collection"),
    "unwatch": LibraryCommand("Stop watching", (), "list", "Its documents stay"),
    "add": LibraryCommand("Add", (), "both", "Add files or a folder to the library"),
    "add_files": LibraryCommand("Add files…", (), "both"),
    "add_folder": LibraryCommand("Add folder…", (), "both"),
    "find": LibraryCommand("Filter", ("Ctrl+F",), "both"),
    "details": LibraryCommand("Details", ("Ctrl+I",), "both", "Show or hide what is known of the selection", True),
}
_IN_TABLE_ITSELF = frozenset({"open"})
"""Their keys belong to the table already."""


class LibraryActions:
    """The actions by name; their keys work in the widget they are told for."""

    def __init__(self, view: QWidget, tables: tuple[QWidget, ...], shelves: QWidget) -> None:
        self._by_name: dict[str, QAction] = {}
        widgets = {"table": tables, "list": (shelves,), "both": (view,)}
        for name, command in COMMANDS.items():
            action = QAction(command.words, view)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.setShortcutVisibleInContextMenu(True)
            action.setCheckable(command.is_checkable)
            action.setToolTip(_told(command))
            is_anywhere = command.place == "both"
            context = Qt.ShortcutContext
            action.setShortcutContext(context.WidgetWithChildrenShortcut if is_anywhere else context.WidgetShortcut)
            if name not in _IN_TABLE_ITSELF:
                for widget in widgets[command.place]:
                    widget.addAction(action)
            self._by_name[name] = action

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]


class ActionButton(QPushButton):
    """A button that does what an action does, while it can be done."""

    def __init__(self, action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(action.text(), parent)
        self._action = action
        self.setAutoDefault(False)
        self.setCheckable(action.isCheckable())
        self.setToolTip(action.toolTip())
        menu = action.menu()
        if isinstance(menu, QMenu):
            self.setMenu(menu)
        else:
            self.clicked.connect(self._trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _trigger(self) -> None:
        self._action.trigger()

    @Slot()
    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())


def _told(command: LibraryCommand) -> str:
    keys = QKeySequence(command.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if command.keys else ""
    words = command.hint or command.words.rstrip("…")
    return f"{words} ({keys})" if keys else words
