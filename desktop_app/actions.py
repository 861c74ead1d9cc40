"""Every command of the window with its shortcut, and the menus that hold them; the list of shortcuts comes from here.

It does nothing when a command is chosen; the controller listens to the actions.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from desktop_app.theme import Appearance


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name in the code, its words in the menu, its shortcuts, the first of which is shown."""

    name: str
    text: str
    shortcuts: tuple[str, ...] = ()
    is_checkable: bool = False
    role: QAction.MenuRole = QAction.MenuRole.NoRole


_RULE = Command("", "")
_MENUS: tuple[tuple[str, tuple[Command, ...]], ...] = (
    (
        "&File",
        (
            Command("add_files", "&Add files…", ("Ctrl+O",)),
            Command("add_folder", "Add &folder…", ("Ctrl+Shift+O",)),
            Command("library", "&Library…", ("Ctrl+L",)),
            _RULE,
            Command("pause", "&Pause or resume reading and learning", ("Ctrl+Shift+P",)),
            Command("cancel_adding", "&Cancel reading and learning", ("Ctrl+Shift+X",)),
            Command("battery", "Pause it on a low &battery", is_checkable=True),
            _RULE,
            Command("export", "&Export conversation…", ("Ctrl+E",)),
            _RULE,
            Command("quit", "&Quit", ("Ctrl+Q",), role=QAction.MenuRole.QuitRole),
        ),
    ),
    (
        "&Conversation",
        (
            Command("new", "&New conversation", ("Ctrl+N",)),
            Command("rename", "&Rename", ("F2",)),
            Command("delete", "&Delete", ("Ctrl+Shift+Backspace",)),
            Command("find", "&Find in conversations", ("Ctrl+Shift+F",)),
            _RULE,
            Command("next_conversation", "Ne&xt conversation", ("Ctrl+PgDown", "Ctrl+Tab")),
            Command("previous_conversation", "&Previous conversation", ("Ctrl+PgUp", "Ctrl+Shift+Tab")),
            _RULE,
            Command("compose", "&Write a question", ("Ctrl+K",)),
            Command("scope", "&Choose what to ask…", ("Ctrl+Shift+L",)),
            Command("stop", "&Stop the answer", ("Esc",)),
            Command("ask_again", "Ask &again", ("Ctrl+R",)),
            Command("copy_answer", "&Copy the last answer with its sources", ("Ctrl+Shift+C",)),
            Command("why", "Wh&y this answer", ("Ctrl+I",)),
        ),
    ),
    (
        "&View",
        (
            Command("show_conversations", "Con&versations", ("Ctrl+B",), is_checkable=True),
            Command("show_source", "&Source", ("Ctrl+Shift+B",), is_checkable=True),
            _RULE,
            Command("next_quote", "&Next quote of the answer", ("F4",)),
            Command("previous_quote", "&Previous quote of the answer", ("Shift+F4",)),
            _RULE,
            Command("unsupported", "Show &unsupported sentences struck out", is_checkable=True),
            Command("hide_noise", "&Hide what is left out of quotes", is_checkable=True),
            _RULE,
            Command("larger", "&Larger text", ("Ctrl++", "Ctrl+=")),
            Command("smaller", "S&maller text", ("Ctrl+-",)),
            Command("normal_size", "N&ormal text size", ("Ctrl+0",)),
        ),
    ),
    (
        "&Help",
        (
            Command("shortcuts", "&Keyboard shortcuts", ("F1",)),
            Command("about", "&About Seedbook", role=QAction.MenuRole.AboutRole),
        ),
    ),
)
_WITHOUT_MENU = (
    ("Enter", "Send the question"),
    ("Shift+Enter", "New line in the question"),
    ("Delete", "Delete a conversation, remove documents, dismiss unread files"),
    ("Enter / Ctrl+Enter", "In the library: open the document, or its original"),
    ("Ctrl+Shift+Enter", "In the library: show the file in its folder"),
    ("Ctrl+Shift+C", "In the library: copy the path of the file"),
    ("F2", "In the library: correct a document, or rename a collection"),
    ("F5", "In the library: try to read the selected files again"),
    ("Ctrl+Shift+R", "In the library: read pages that are pictures by OCR"),
    ("Ctrl+G", "In the library: add the selected documents to a collection"),
    ("Shift+Delete", "In the library: remove the selected documents from the collection"),
    ("Ctrl+Shift+N", "In the library: new collection"),
    ("Ctrl+F", "In the library: filter"),
    ("Ctrl+I", "In the library: show or hide the details"),
    ("Ctrl+D", "Never quote the words selected in a source, or quote them again"),
    ("Alt+N", "Next stretch of a source that is left out of quotes"),
    ("Tab / Shift+Tab", "Next or previous part of the window"),
    ("Esc", "Close the source, when no answer is being written"),
)


class Actions:
    """The actions by name, already in the window's menus; `appearances` holds one for each appearance.

    `models` is the empty menu of the language models, hidden until someone fills it.
    """

    models: QMenu

    def __init__(self, window: QMainWindow) -> None:
        self._by_name: dict[str, QAction] = {}
        self.appearances: dict[Appearance, QAction] = {}
        for title, commands in _MENUS:
            menu = window.menuBar().addMenu(title)
            for command in commands:
                self._add(window, menu, command)
            if title == "&View":
                self._add_appearances(menu)
                self.models = menu.addMenu("Language &model")
                self.models.menuAction().setVisible(False)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def _add(self, window: QMainWindow, menu: QMenu, command: Command) -> None:
        if command is _RULE:
            menu.addSeparator()
            return
        action = QAction(command.text, window, checkable=command.is_checkable)
        action.setShortcuts([QKeySequence(shortcut) for shortcut in command.shortcuts])
        action.setMenuRole(command.role)
        menu.addAction(action)
        self._by_name[command.name] = action

    def _add_appearances(self, menu: QMenu) -> None:
        menu.addSeparator()
        submenu = menu.addMenu("&Appearance")
        group = QActionGroup(submenu)
        texts = {Appearance.SYSTEM: "As the &system", Appearance.LIGHT: "&Light", Appearance.DARK: "&Dark"}
        for appearance, text in texts.items():
            action = submenu.addAction(text)
            action.setCheckable(True)
            action.setData(appearance.value)
            group.addAction(action)
            self.appearances[appearance] = action


def shortcut_list() -> tuple[tuple[str, str], ...]:
    """Keys and what they do, for the list of keyboard shortcuts."""
    named = tuple(
        (command.shortcuts[0], command.text.replace("&", "").rstrip("…"))
        for _, commands in _MENUS
        for command in commands
        if command.shortcuts
    )
    return _WITHOUT_MENU[:2] + named + _WITHOUT_MENU[2:]
