"""A whole window over a fake workbench, with real conversations on the disk, as the tests of the frame need it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.controller import Controller
from desktop_app.conversations import Conversations
from desktop_app.exporting import ExportFormat
from desktop_app.gui import Gui
from desktop_app.memory import Memory
from desktop_app.model_menu import Models
from desktop_app.settings import Settings
from desktop_app.window import Window
from rag.types import Conversation, Turn
from tests.gui.fake_chooser import FakeChooser
from tests.gui.fake_workbench import FakeWorkbench


@dataclass
class OpenWindow:
    """The window and what a test needs around it."""

    gui: Gui
    bench: FakeWorkbench
    conversations: Conversations
    chooser: FakeChooser
    exports: list[tuple[Conversation, ExportFormat, Path]]
    qtbot: QtBot

    @property
    def window(self) -> Window:
        return self.gui.window

    @property
    def controller(self) -> Controller:
        return self.gui.controller

    @property
    def current(self) -> Conversation:
        return self.controller.desk.current

    def type_and_send(self, text: str) -> None:
        """As the reader does: text into the box, then the button."""
        self.window.composer.box.setPlainText(text)
        self.window.composer.send_button.click()

    def ask(self, text: str) -> Turn:
        """Ask and wait for the end of the answer."""
        self.type_and_send(text)
        self.wait(lambda: not self.controller.asker.is_answering)
        return self.current.turns[-1]

    def hold_files(self, *paths: Path) -> None:
        """Add files of which the first is begun and does not end before the bench's gate is opened."""
        self.bench.file_gate.clear()
        self.controller.library.add(paths)
        self.wait(self.bench.file_gate.is_awaited.is_set)

    def saved_turns(self, conversation_id: str = "") -> tuple[Turn, ...]:
        """What another process would find on the disk."""
        return self.conversations.load(conversation_id or self.current.id).turns

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until it holds; how long it may take is no claim of any test, and machines are busy."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=20_000)


@contextmanager
def open_window(
    qtbot: QtBot,
    folder: Path,
    bench: FakeWorkbench | None = None,
    *,
    settings: Settings | None = None,
    models: Models | None = None,
) -> Iterator[OpenWindow]:
    """Build, show and, at the end, close a window; every thread it began must have ended then."""
    threads_before = set(threading.enumerate())
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    bench = bench or FakeWorkbench()
    conversations = Conversations(folder / "conversations.db")
    exports: list[tuple[Conversation, ExportFormat, Path]] = []
    chooser = FakeChooser()

    def export(conversation: Conversation, form: ExportFormat, path: Path) -> None:
        exports.append((conversation, form, path))
        path.write_text(conversation.title, encoding="utf-8")

    gui = Gui(
        app,
        workbench=bench,
        conversations=conversations,
        settings=settings or Settings(),
        settings_path=folder / "settings.json",
        memory=Memory.of(folder),
        export=export,
        chooser=chooser,
        models=models,
    )
    opened = OpenWindow(gui, bench, conversations, chooser, exports, qtbot)
    gui.show(examples=["Why was the bridge closed?"])
    opened.wait(lambda: bench.is_started)
    try:
        yield opened
    finally:
        gui.window.close()
        conversations.close()
        left = set(threading.enumerate()) - threads_before
        assert not [thread.name for thread in left if thread.is_alive()]
        gui.window.deleteLater()
