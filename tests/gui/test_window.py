from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.actions import shortcut_list
from desktop_app.conversations import Conversations
from desktop_app.gui import _SCREENS, show_failure
from desktop_app.help_views import AboutView, ShortcutsView, parts_text
from desktop_app.keeper import Keeper
from desktop_app.library_actions import COMMANDS
from desktop_app.notice_banner import MAX_NOTICES, NoticeBanner
from desktop_app.prose_view import ClaimRow
from desktop_app.settings import Settings, load, save
from desktop_app.tidying import Tidying
from desktop_app.window import SMALLEST_HEIGHT_PX, SMALLEST_WIDTH_PX
from rag.events import Done
from rag.generation import Finish
from rag.types import Claim, ClaimStatus
from tests.gui.fake_workbench import FakeWorkbench, answer_of
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

_ROOT = Path(__file__).resolve().parents[2]
N_EMISSIONS = 5_000
N_VOID_CALLS = 20_000


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    with open_window(qtbot, tmp_path) as opened:
        yield opened


def tabbed(opened: OpenWindow, n_times: int) -> list[str]:
    """The names of what Tab reaches from the question box."""
    opened.window.composer.box.setFocus()
    names = []
    for _ in range(n_times):
        opened.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().accessibleName())
    return names


class TestPanes:
    def test_the_source_opens_beside_list_and_conversation_in_a_wide_window(self, opened: OpenWindow) -> None:
        opened.window.resize(1280, 800)
        opened.window.show_source()
        QApplication.processEvents()
        assert opened.window.conversation_list.isVisible()
        assert opened.window.source_pane.width() >= 300
        assert opened.window.conversation_view.width() >= 380

    def test_in_a_narrow_window_the_list_makes_room_for_the_source_and_comes_back(self, opened: OpenWindow) -> None:
        opened.window.resize(SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX)
        opened.window.show_source()
        assert not opened.window.conversation_list.isVisible()
        opened.window.hide_source()
        assert opened.window.conversation_list.isVisible()

    def test_the_window_is_never_wider_than_it_was_made(self, opened: OpenWindow) -> None:
        opened.window.resize(SMALLEST_WIDTH_PX, SMALLEST_HEIGHT_PX)
        opened.window.show_source()
        opened.window.banner.show_notice("Title " * 30, "word " * 200, tone="bad", action="Copy details")
        QApplication.processEvents()
        assert opened.window.width() == SMALLEST_WIDTH_PX

    def test_tab_goes_from_the_question_to_the_quotes_and_escape_closes_what_enter_opened(
        self, opened: OpenWindow
    ) -> None:
        turn = opened.ask("Why?")
        opened.window.activateWindow()
        opened.window.composer.box.setFocus()
        opened.wait(opened.window.composer.box.hasFocus)
        opened.qtbot.waitUntil(lambda: "Quote 2 of 2" in tabbed(opened, 4)[-1])
        names = tabbed(opened, 4)
        assert names[1] == "Turns of the conversation"
        assert names[2].startswith("Quote 1 of 2")
        opened.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert opened.window.source_pane.isVisible()
        opened.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert not opened.window.source_pane.isVisible()
        assert QApplication.focusWidget().accessibleName() == names[3]
        opened.gui.conversation_view.quote_activated.emit(turn.id, 0)
        opened.gui.source_view.page.setFocus()
        opened.qtbot.keyClick(opened.gui.source_view.page, Qt.Key.Key_Escape)
        assert not opened.window.source_pane.isVisible()
        assert opened.window.composer.box.hasFocus()

    @pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
    def test_larger_letters_get_a_wider_column_and_a_wider_list(
        self, qtbot: QtBot, tmp_path: Path, scale: float
    ) -> None:
        with open_window(qtbot, tmp_path, settings=replace(Settings(), font_scale=scale)) as opened:
            opened.window.resize(1920, 1080)
            opened.ask("Why?")
            turn_view = opened.gui.conversation_view.turn_view(opened.current.turns[-1].id)
            assert turn_view is not None
            opened.wait(lambda: turn_view.width() == opened.window.composer.width())
            assert (turn_view.width() > 720) == (scale > 1)
            button = opened.window.conversation_list.new_button
            assert button.width() >= button.sizeHint().width()

    def test_list_and_source_can_be_hidden_by_their_actions(self, opened: OpenWindow) -> None:
        opened.window.actions_by_name["show_conversations"].trigger()
        assert not opened.window.conversation_list.isVisible()
        opened.window.actions_by_name["show_conversations"].trigger()
        opened.window.actions_by_name["show_source"].trigger()
        assert opened.window.source_pane.isVisible()

    def test_sizes_and_place_are_the_same_at_the_next_start(self, qtbot: QtBot, tmp_path: Path) -> None:
        with open_window(qtbot, tmp_path) as opened:
            opened.window.resize(900, 640)
            opened.window._sizes_px = [300, 500, 500]
        settings, notice = load(tmp_path / "settings.json")
        assert notice is None
        with open_window(qtbot, tmp_path, settings=settings) as opened:
            assert opened.window.frame_state.sizes_px == (300, 500, 500)
            assert opened.window.height() == 640  # widths are cut to the small screen of the offscreen platform

    @pytest.mark.parametrize("state", ["", "nonsense", "1 2", "0 0 0", "9999999 1 1", "-5 1 1"])
    def test_nonsense_in_the_settings_does_not_keep_the_window_from_opening(
        self, qtbot: QtBot, tmp_path: Path, state: str
    ) -> None:
        settings = Settings(window_geometry="bm9uc2Vuc2U=", window_state=state)
        with open_window(qtbot, tmp_path, settings=settings) as opened:
            assert opened.window.isVisible()
            assert sum(opened.window.frame_state.sizes_px) == 1300


class TestDropping:
    def drop(self, opened: OpenWindow, *urls: QUrl) -> QDropEvent:
        dropped = QMimeData()
        dropped.setUrls(list(urls))
        event = QDropEvent(
            QPointF(600, 300),
            Qt.DropAction.CopyAction,
            dropped,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        opened.window.dropEvent(event)
        return event

    def test_dropped_files_and_folders_are_added(self, opened: OpenWindow, tmp_path: Path) -> None:
        file, folder = tmp_path / "a.txt", tmp_path / "letters"
        self.drop(opened, QUrl.fromLocalFile(str(file)), QUrl.fromLocalFile(str(folder)))
        opened.wait(lambda: opened.bench.added == [(file, folder)])

    def test_an_address_of_the_network_is_not_taken(self, opened: OpenWindow) -> None:
        self.drop(opened, QUrl("https://example.org/a.txt"))
        assert opened.bench.added == []


class TestNotices:
    def test_words_in_notices_are_plain_text(self, qtbot: QtBot) -> None:
        banner = NoticeBanner()
        qtbot.addWidget(banner)
        strip = banner.show_notice("<b>title</b>", '<img src="file:///etc/hostname">')
        labels = strip.findChildren(QLabel)
        assert labels
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)

    def test_the_oldest_leaves_and_nothing_stands_twice(self, qtbot: QtBot) -> None:
        banner = NoticeBanner()
        qtbot.addWidget(banner)
        for number in range(MAX_NOTICES + 2):
            banner.show_notice(f"Notice {number}", "x")
            banner.show_notice(f"Notice {number}", "x")
        assert [title for title, _ in banner.notices] == [f"Notice {n}" for n in range(2, MAX_NOTICES + 2)]

    def test_dismissing_the_last_one_gives_the_room_back(self, qtbot: QtBot) -> None:
        banner = NoticeBanner()
        qtbot.addWidget(banner)
        strip = banner.show_notice("Title", "message")
        strip.dismiss_button.click()
        assert banner.isHidden()
        assert banner.notices == ()


class TestFailures:
    def test_why_there_is_no_window_is_said_in_a_box_as_plain_text(self, qtbot: QtBot) -> None:
        seen: list[tuple[str, str, bool]] = []

        def close() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            seen.append((box.text(), box.informativeText(), box.textFormat() is Qt.TextFormat.PlainText))
            box.close()

        QTimer.singleShot(0, close)
        show_failure("The library cannot be used", "It was written by a <b>newer</b> Seedbook.")
        assert seen == [("The library cannot be used", "It was written by a <b>newer</b> Seedbook.", True)]

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
    def test_a_failure_without_a_screen_ends_without_a_crash(self) -> None:
        script = "from desktop_app.gui import show_failure; show_failure('a', 'b')"
        bare = {name: words for name, words in os.environ.items() if name not in _SCREENS}
        assert subprocess.run([sys.executable, "-c", script], cwd=_ROOT, env=bare, check=False).returncode == 0


class TestCommands:
    def test_no_two_commands_share_a_shortcut(self, opened: OpenWindow) -> None:
        actions = opened.window.actions_by_name
        keys = [key.toString() for action in actions._by_name.values() for key in action.shortcuts()]
        assert len(keys) == len(set(keys))

    def test_every_key_of_the_library_is_in_the_list_of_shortcuts(self) -> None:
        listed = {key for keys, _ in shortcut_list() for key in keys.split(" / ")}
        keys = {key.replace("Return", "Enter") for command in COMMANDS.values() for key in command.keys}
        assert keys <= listed

    def test_every_shortcut_is_in_the_list_of_shortcuts(self, qtbot: QtBot) -> None:
        listed = [keys for keys, _ in shortcut_list()]
        assert {"Ctrl+N", "Ctrl+O", "Ctrl+E", "Ctrl+L", "Ctrl+K", "Esc", "F4", "Enter"} <= set(listed)
        view = ShortcutsView(shortcut_list())
        qtbot.addWidget(view)

    def test_the_parts_are_listed_with_version_and_licence(self, qtbot: QtBot) -> None:
        assert "PySide6-Essentials 6." in parts_text()
        assert "chromadb 1.5.9" in parts_text()
        qtbot.addWidget(AboutView())

    def test_appearance_and_text_size_are_applied_and_saved(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.window.actions_by_name.appearances["dark"].trigger()
        opened.window.actions_by_name["larger"].trigger()
        assert opened.gui.themes.theme.is_dark
        saved, _ = load(tmp_path / "settings.json")
        assert (saved.appearance, saved.font_scale) == ("dark", 1.1)
        opened.window.actions_by_name["normal_size"].trigger()
        opened.window.actions_by_name.appearances["system"].trigger()
        assert load(tmp_path / "settings.json")[0] == Settings()

    def test_unsupported_sentences_are_shown_in_all_turns_when_wanted_and_at_the_next_start(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        doubtful = Claim("It was sabotage.", (), ClaimStatus.UNSUPPORTED, "no quote")

        def n_shown(opened: OpenWindow) -> int:
            rows = opened.gui.conversation_view.findChildren(ClaimRow)
            return sum(row.isVisible() and row.claim == doubtful for row in rows)

        bench = FakeWorkbench()
        full = answer_of(bench.documents[0], "Why?", "It was sabotage.")
        bench.script = lambda question: [Done(replace(full, claims=(doubtful,)))]  # type: ignore[method-assign]
        with open_window(qtbot, tmp_path, bench) as opened:
            opened.ask("Why?")
            assert n_shown(opened) == 0
            opened.window.actions_by_name["unsupported"].trigger()
            assert n_shown(opened) == 1
            opened.ask("And now?")
            assert n_shown(opened) == 2
        saved, _ = load(tmp_path / "settings.json")
        with open_window(qtbot, tmp_path, settings=saved) as opened:
            opened.wait(lambda: n_shown(opened) == 2)
            opened.window.actions_by_name["unsupported"].trigger()
            assert n_shown(opened) == 0

    def test_the_model_for_the_next_start_is_chosen_from_those_installed(self, qtbot: QtBot, tmp_path: Path) -> None:
        installed = [("small", "Small & quick"), ("large", "Large")]
        with open_window(qtbot, tmp_path, models=lambda: installed) as opened:
            menu = opened.window.actions_by_name.models
            assert menu.menuAction().isVisible()
            menu.aboutToShow.emit()
            assert [action.text() for action in menu.actions()] == ["As delivered", "Small && quick", "Large"]
            assert [action.isChecked() for action in menu.actions()] == [True, False, False]
            menu.actions()[1].trigger()
            assert opened.window.banner.notices[0][0] == "Language model: Small & quick"
            assert "next start" in opened.window.banner.notices[0][1]
            opened.window.actions_by_name["larger"].trigger()
            del installed[1]
            menu.aboutToShow.emit()
            assert [action.isChecked() for action in menu.actions()] == [False, True]
        assert load(tmp_path / "settings.json")[0].chat_model == "small"

    def test_models_that_cannot_be_listed_are_said_and_without_a_list_there_is_no_menu(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        with open_window(qtbot, tmp_path, models=_fail) as opened:
            opened.window.actions_by_name.models.aboutToShow.emit()
            assert opened.window.banner.notices
        with open_window(qtbot, tmp_path) as opened:
            assert not opened.window.actions_by_name.models.menuAction().isVisible()

    def test_what_the_command_line_has_set_meanwhile_stays(self, qtbot: QtBot, tmp_path: Path) -> None:
        path = tmp_path / "settings.json"
        with open_window(qtbot, tmp_path) as opened:
            save(Settings(chat_model="other", is_prose_wanted=False, font_scale=2.0), path)
            opened.window.actions_by_name["larger"].trigger()
            opened.window.resize(1000, 700)
        saved, _ = load(path)
        assert (saved.chat_model, saved.is_prose_wanted) == ("other", False)
        assert saved.font_scale == 1.1
        assert saved.window_geometry

    def test_settings_that_cannot_be_saved_are_said_and_still_hold(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.gui.preferences._path = tmp_path / "no such folder" / "settings.json"
        opened.window.actions_by_name.appearances["dark"].trigger()
        assert opened.gui.themes.theme.is_dark
        assert opened.window.banner.notices

    def test_everything_that_takes_the_focus_has_a_name(self, opened: OpenWindow) -> None:
        opened.window.show_source()
        nameless = [
            type(widget).__name__
            for frame in (opened.window.composer, opened.window.status_line, opened.window.conversation_list)
            for widget in frame.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and not widget.accessibleName()
            and not (isinstance(widget, QPushButton) and widget.text())
        ]
        assert nameless == []


class Counting(QObject):
    """Counts what arrives, and in which thread."""

    came = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.n_received = 0
        self.threads: set[str] = set()
        self.came.connect(self.count)

    @Slot(int, object)
    def count(self, number: int, value: object) -> None:
        self.n_received += 1
        self.threads.add(threading.current_thread().name)

    def emit_many(self) -> None:
        for number in range(N_EMISSIONS):
            self.came.emit(number, (number, "value"))


class Flaky:
    """Something whose saving fails a few times."""

    def __init__(self, n_failures: int) -> None:
        self._n_failures = n_failures
        self.n_tries = 0

    def save(self) -> None:
        self.n_tries += 1
        if self.n_tries <= self._n_failures:
            raise OSError(28, "No space left on device")


class TestLife:
    def test_thousands_of_emissions_from_a_thread_arrive_in_the_window_s_thread(self, qtbot: QtBot) -> None:
        counting = Counting()
        thread = threading.Thread(target=counting.emit_many)
        thread.start()
        qtbot.waitUntil(lambda: counting.n_received == N_EMISSIONS, timeout=20_000)
        thread.join()
        assert counting.threads == {threading.main_thread().name}

    def test_thousands_of_calls_that_return_nothing_leave_none_alive(self, qtbot: QtBot) -> None:
        label = QLabel()
        qtbot.addWidget(label)
        before = sys.getrefcount(None)
        for number in range(N_VOID_CALLS):
            label.setText(str(number))
        lost = before - sys.getrefcount(None)
        assert lost < N_VOID_CALLS / 10
        assert label.text() == str(N_VOID_CALLS - 1)

    def test_garbage_is_collected_in_the_window_s_thread_only(self, qtbot: QtBot) -> None:
        threads: list[str] = []

        def note(phase: str, info: dict[str, int]) -> None:
            threads.append(threading.current_thread().name)

        tidying = Tidying()
        tidying.start()
        gc.callbacks.append(note)
        try:
            assert not gc.isenabled()
            thread = threading.Thread(target=_make_garbage)
            thread.start()
            thread.join()
            tidying._collect()
        finally:
            gc.callbacks.remove(note)
            tidying.stop()
        assert gc.isenabled()
        assert set(threads) == {threading.main_thread().name}

    def test_the_keeper_saves_only_the_newest_and_everything_before_it_ends(self, qtbot: QtBot) -> None:
        saved: list[int] = []
        keeper = Keeper(interval_s=60.0)
        keeper.keep("a", lambda: saved.append(0), at_once=True)
        assert keeper.settle()
        for number in range(1, 100):
            keeper.keep("a", lambda number=number: saved.append(number))  # type: ignore[misc]
        assert saved == [0]
        assert keeper.close()
        assert saved == [0, 99]

    def test_the_keeper_tells_of_what_could_not_be_saved_and_goes_on(self, qtbot: QtBot) -> None:
        keeper = Keeper()
        saved: list[int] = []
        with qtbot.waitSignal(keeper.failed) as failed:
            keeper.keep("a", _fail, at_once=True)
        assert isinstance(failed.args[0], OSError)
        keeper.keep("a", lambda: saved.append(1), at_once=True)
        assert keeper.close()
        assert saved == [1]

    def test_the_keeper_tries_again_what_failed_and_tells_once(self, qtbot: QtBot) -> None:
        keeper, flaky, told = Keeper(retry_interval_s=0.01), Flaky(3), list[object]()
        keeper.failed.connect(told.append)
        with qtbot.waitSignal(keeper.recovered):
            keeper.keep("a", flaky.save, at_once=True)
        assert (flaky.n_tries, len(told)) == (4, 1)
        assert keeper.settle()
        assert keeper.close()

    def test_the_keeper_tries_again_at_the_end_but_never_an_older_state(self, qtbot: QtBot) -> None:
        keeper, flaky, older = Keeper(retry_interval_s=60.0), Flaky(1), Flaky(1)
        keeper.keep("a", older.save, at_once=True)
        assert not keeper.settle()
        keeper.keep("a", flaky.save, at_once=True)
        assert not keeper.settle()
        assert keeper.close()
        assert (older.n_tries, flaky.n_tries) == (1, 2)

    def test_the_keeper_lets_go_of_what_can_never_be_saved(self, qtbot: QtBot) -> None:
        keeper, flaky = Keeper(is_hopeless=lambda error: True), Flaky(9)
        keeper.keep("a", flaky.save, at_once=True)
        assert keeper.settle()
        assert keeper.close()
        assert flaky.n_tries == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
    @pytest.mark.parametrize("n_words", [1, 7, 40])
    def test_a_kill_in_the_middle_of_an_answer_loses_at_most_a_second_of_it(self, tmp_path: Path, n_words: int) -> None:
        with _program(tmp_path, _KILLED, str(n_words)) as process:
            assert process.stdout is not None
            sent_at_s = {}
            for line in process.stdout:
                number = int(line)
                sent_at_s[number] = time.monotonic()
                if number == n_words:
                    break
            killed_at_s = time.monotonic()
            process.kill()
            process.wait()
        with Conversations(tmp_path / "conversations.db") as kept:
            (turn,) = kept.load(kept.summaries()[0].id).turns
        assert turn.question == "Why?"
        n_kept = len(turn.answer.prose.split()) if turn.answer is not None else 0
        n_due = sum(killed_at_s - at_s > 1.3 for at_s in sent_at_s.values())
        assert n_due <= n_kept <= n_words + 1
        assert turn.answer is None or turn.answer.finish is Finish.INTERRUPTED

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
    def test_a_polite_signal_closes_as_the_reader_would(self, tmp_path: Path) -> None:
        with _program(tmp_path, _KILLED, "10000") as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.terminate()
            assert process.wait(timeout=10) == 0

    def test_the_program_paints_runs_and_ends_with_nothing_left(self, tmp_path: Path) -> None:
        """In a process of its own, as it is really run: rc 0, no message of Qt about threads, the engines closed."""
        with _program(tmp_path, _CLOSED) as process:
            output, messages = process.communicate(timeout=60)
        assert process.returncode == 0, messages
        assert "QThread" not in messages
        assert "Traceback" not in messages
        told = json.loads(output)
        assert told["is_started_when_built"] is False
        assert told["is_closed"] is True
        assert told["threads"] == ["MainThread"]


@contextmanager
def _program(folder: Path, script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The window in a process of its own, offscreen; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=_ROOT,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _fail() -> None:
    raise OSError("the disk is full")


def _make_garbage() -> None:
    for _ in range(5_000):
        circle: list[object] = []
        circle.append(circle)


_KILLED = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from desktop_app import gui
from desktop_app.conversations import Conversations
from desktop_app.memory import Memory
from desktop_app.settings import Settings
from rag.events import Delta
from tests.gui.fake_workbench import FakeWorkbench

folder, n_words = Path(sys.argv[1]), int(sys.argv[2])
bench = FakeWorkbench()
bench.is_manual = True

def feed():
    while not bench.asked:
        threading.Event().wait(0.01)
    bench.asked[0].put(*bench.script("Why?")[:2])
    for number in range(1, n_words + 1):
        bench.asked[0].put(Delta(f"word{number} "))
        print(number, flush=True)
        threading.Event().wait(0.06)

class Watched(gui.Gui):
    def show(self, **options):
        super().show(**options)
        QTimer.singleShot(100, self.ask)

    def ask(self):
        self.controller.send("Why?")
        threading.Thread(target=feed, daemon=True).start()

gui.Gui = Watched
conversations = Conversations(folder / "conversations.db")
sys.exit(gui.run(workbench=bench, conversations=conversations, settings=Settings(),
                 settings_path=folder / "settings.json", memory=Memory.of(folder),
                 export=lambda *args: None))
"""

_CLOSED = """
import json, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from desktop_app import gui
from desktop_app.conversations import Conversations
from desktop_app.memory import Memory
from desktop_app.settings import Settings
from tests.gui.fake_workbench import FakeWorkbench

folder = Path(sys.argv[1])
bench = FakeWorkbench()
bench.is_manual = True
told = {}

class Watched(gui.Gui):
    def show(self, **options):
        told["is_started_when_built"] = bench.is_started
        super().show(**options)
        QTimer.singleShot(300, self.ask)

    def ask(self):
        self.controller.send("Why?")
        QTimer.singleShot(200, self.window.close)

gui.Gui = Watched
conversations = Conversations(folder / "conversations.db")
rc = gui.run(workbench=bench, conversations=conversations, settings=Settings(),
             settings_path=folder / "settings.json", memory=Memory.of(folder),
                 export=lambda *args: None,
             watch_raises=lambda request: request(()))
conversations.close()
told["is_closed"] = bench.is_closed
told["threads"] = [thread.name for thread in threading.enumerate()]
print(json.dumps(told))
sys.exit(rc)
"""
