"""Builds the window and what drives it, runs it, and returns when it is closed.

It composes nothing that is not Qt: the workbench, the conversations and the export come from outside.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app.actions import shortcut_list
from desktop_app.choosing import Chooser, Dialogs
from desktop_app.controller import Controller
from desktop_app.conversation_view import ConversationView
from desktop_app.conversations import Conversations, ConversationsError
from desktop_app.exporting_desk import Export
from desktop_app.help_views import AboutView, ShortcutsView
from desktop_app.logbook import USABLE
from desktop_app.memory import Memory
from desktop_app.model_menu import ModelMenu, Models
from desktop_app.preferences import Preferences
from desktop_app.problems import explain
from desktop_app.settings import Settings
from desktop_app.source_view import SourceView
from desktop_app.theme import ThemeSource
from desktop_app.tidying import Tidying
from desktop_app.uncaught import Uncaught
from desktop_app.why_view import WhyView
from desktop_app.window import Window
from desktop_app.workbench import Notice, Workbench

_log = logging.getLogger(__name__)

_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")

Watch = Callable[[Callable[[Sequence[Path]], None]], object]


class Gui(QObject):
    """Everything of the window in one place, for as long as it is open."""

    _raise_came = Signal(object)

    def __init__(
        self,
        app: QApplication,
        *,
        workbench: Workbench,
        conversations: Conversations,
        settings: Settings,
        settings_path: Path,
        memory: Memory,
        export: Export,
        chooser: Chooser | None = None,
        models: Models | None = None,
        own_folders: Sequence[Path] = (),
    ) -> None:
        super().__init__()
        self.themes = ThemeSource(app, settings.appearance, settings.font_scale)
        self.conversation_view = ConversationView(self.themes)
        self.source_view = SourceView(self.themes)
        self.why_view = WhyView(self.themes)
        self.window = Window(self.themes, self.conversation_view, self.source_view, self.why_view)
        self.conversation_view.follow_in_focus(self.window.composer.send_button)
        self.preferences = Preferences(settings, settings_path, self.themes, self.window)
        self.uncaught = Uncaught()
        self.controller = Controller(
            workbench=workbench,
            conversations=conversations,
            window=self.window,
            conversation_view=self.conversation_view,
            source_view=self.source_view,
            why_view=self.why_view,
            chooser=chooser or Dialogs(self.window),
            export=export,
            memory=memory,
            own_folders=own_folders,
        )
        self._first_paths: tuple[Path, ...] = ()
        self._connect()
        self.model_menu = self._made_model_menu(models) if models else None

    def _connect(self) -> None:
        unsupported = self.window.actions_by_name["unsupported"]
        self.conversation_view.set_showing_unsupported(unsupported.isChecked())
        unsupported.toggled.connect(self.conversation_view.set_showing_unsupported)
        hide_noise = self.window.actions_by_name["hide_noise"]
        self.source_view.set_noise_hidden(hide_noise.isChecked())
        hide_noise.toggled.connect(self.source_view.set_noise_hidden)
        self.source_view.noise_hidden_changed.connect(hide_noise.setChecked)
        self.window.painted.connect(self._start)
        self.window.closing.connect(self.preferences.keep_frame)
        self.uncaught.came.connect(self._show_uncaught)
        self._raise_came.connect(self._come_to_front)
        self.window.actions_by_name["shortcuts"].triggered.connect(self._show_shortcuts)
        self.window.actions_by_name["about"].triggered.connect(self._show_about)

    def _made_model_menu(self, models: Models) -> ModelMenu:
        menu = ModelMenu(self.window.actions_by_name.models, models, self.preferences.chosen_model)
        menu.chosen.connect(self.preferences.choose_model)
        menu.failed.connect(self._show_uncaught)
        return menu

    def show(
        self, *, notices: Sequence[Notice] = (), first_paths: Sequence[Path] = (), examples: Sequence[str]
    ) -> None:
        """Open the last conversation and show the window; the engines start when it has been painted."""
        self._first_paths = tuple(first_paths)
        self.conversation_view.set_examples(list(examples))
        try:
            self.controller.desk.open_last()
        except ConversationsError as exc:
            self.window.show_problem(explain(exc))
        self.window.show()
        self.window.composer.box.setFocus()
        for notice in notices:
            self.window.banner.show_notice(notice.title, notice.message, tone="warn")

    def request_raise(self, paths: Sequence[Path] = ()) -> None:
        """Bring the window to the front and add these files; may be called from any thread."""
        self._raise_came.emit(tuple(paths))

    def end_by_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - as signal wants it
        """Close as the reader would; Python calls this at the next timer, at most a second later."""
        self.window.close()

    @Slot()
    def _start(self) -> None:
        _log.info(USABLE)
        self.controller.start()
        self.controller.adding.add(self._first_paths, is_quiet=True)
        self.controller.catch_up()

    @Slot(object)
    def _come_to_front(self, paths: Sequence[Path]) -> None:
        self.window.come_to_front()
        self.controller.adding.add(paths)

    @Slot(object)
    def _show_uncaught(self, exc: BaseException) -> None:
        self.window.show_problem(explain(exc))

    @Slot()
    def _show_shortcuts(self) -> None:
        view = ShortcutsView(shortcut_list(), self.window)
        self.window.dress(view)
        view.show()

    @Slot()
    def _show_about(self) -> None:
        view = AboutView(self.window)
        self.window.dress(view)
        view.show()


def show_failure(title: str, message: str) -> None:
    """Say in a box of its own why there will be no window, and return when the reader has closed it.

    For whoever started the program from an icon and sees no terminal; call it in the main thread, in the place of
    `run`. Plain text. Returns at once on a Linux without a screen, where Qt would end the process.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _SCREENS):
        return
    app = _application()
    box = QMessageBox(QMessageBox.Icon.Critical, "Seedbook", title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setInformativeText(message)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    box.deleteLater()
    app.processEvents()


def _application() -> QApplication:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("Seedbook")
    app.setApplicationDisplayName("Seedbook")
    app.setDesktopFileName("seedbook")
    return app


def run(
    *,
    workbench: Workbench,
    conversations: Conversations,
    settings: Settings,
    settings_path: Path,
    memory: Memory,
    export: Export,
    notices: Sequence[Notice] = (),
    first_paths: Sequence[Path] = (),
    examples: Sequence[str] = (),
    watch_raises: Watch | None = None,
    models: Models | None = None,
    own_folders: Sequence[Path] = (),
) -> int:
    """Show the window until it is closed; returns the program's exit code. Call it once, in the main thread.

    `export` writes a conversation in a format to a path; it is called outside of the GUI thread and may take its time.
    `memory` is what earlier sessions left to be gone on with. `notices` are shown at the start. `first_paths` are added
    quietly after it, such as the built-in texts. `watch_raises` is called once with a function that brings the window
    to the front and adds files, if it is given any; every thread may call that function. `models` lists ids and names
    of the installed chat models, in milliseconds; without it there is no menu to choose one. What changes in
    `own_folders` is no news where a folder is watched that they lie in.
    """
    app = _application()
    gui = Gui(
        app,
        workbench=workbench,
        conversations=conversations,
        settings=settings,
        settings_path=settings_path,
        memory=memory,
        export=export,
        models=models,
        own_folders=own_folders,
    )
    tidying = Tidying(gui)
    gui.uncaught.install()
    tidying.start()
    handlers = [(number, signal.signal(number, gui.end_by_signal)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        if watch_raises is not None:
            watch_raises(gui.request_raise)
        gui.controller.closed.connect(app.quit)
        gui.show(notices=notices, first_paths=first_paths, examples=examples)
        return app.exec()
    finally:
        gui.controller.close()
        tidying.stop()
        gui.uncaught.restore()
        for number, handler in handlers:
            signal.signal(number, handler)
