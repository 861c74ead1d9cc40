from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.buttons import ArrowButton
from desktop_app.conversations import Conversations, ConversationsUnavailable
from desktop_app.exporting import ExportFormat
from desktop_app.inert_text import Caption, InertText
from desktop_app.quote_card import QuoteCard
from desktop_app.workbench import EngineState, EngineStatus, IndexState, Notice
from rag.errors import QuestionTooLong
from rag.events import Delta, Done
from rag.generation import Finish
from rag.types import FileReport, FileState, Scope, Turn
from tests.gui.fake_workbench import BRIDGE, FakeWorkbench, OneFile, answer_of, document, quote
from tests.gui.open_window import OpenWindow, open_window

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenWindow]:
    with open_window(qtbot, tmp_path) as opened:
        yield opened


@pytest.fixture
def manual(opened: OpenWindow) -> OpenWindow:
    """A window whose answers come only as far as the test lets them."""
    opened.bench.is_manual = True
    return opened


def begin(manual: OpenWindow, question: str = "Why?", n_events: int = 2) -> str:
    """Ask, and let the first events come; returns the conversation's id."""
    manual.type_and_send(question)
    manual.wait(lambda: manual.bench.asked)
    manual.bench.asked[-1].put(*manual.bench.script(question)[:n_events])
    return manual.current.id


def answer_from_both(manual: OpenWindow) -> Turn:
    """Answer a question with quotes from the first, the second and again the first document."""
    bridge, harbour = manual.bench.documents
    quotes = (
        quote(bridge, "The bridge over the Lune was closed on 3 March 2024."),
        quote(harbour, "The harbour opened in 1887.", 0.8),
        quote(bridge, "It is planned to take eleven months.", 0.7),
    )
    begin(manual, n_events=0)
    manual.bench.asked[-1].put(Done(replace(answer_of(bridge, "Why?", ""), quotes=quotes)))
    manual.wait(lambda: not manual.controller.asker.is_answering)
    return manual.current.turns[-1]


def step(opened: OpenWindow, way: str, by: int) -> None:
    if way == "keys":
        opened.window.actions_by_name["next_quote" if by > 0 else "previous_quote"].trigger()
        return
    name = "Next quote" if by > 0 else "Previous quote"
    arrows = opened.gui.source_view.findChildren(ArrowButton)
    next(arrow for arrow in arrows if arrow.accessibleName() == name).click()


def seen_in(view: QWidget) -> str:
    texts = [part.text() for kind in (Caption, InertText) for part in view.findChildren(kind) if part.isVisible()]
    return "\n".join(texts)


def place(opened: OpenWindow) -> str:
    """Which quote the source view says is open."""
    return next(line for line in seen_in(opened.gui.source_view).splitlines() if re.search(r"\d of \d", line))


def title(opened: OpenWindow) -> str:
    return seen_in(opened.gui.source_view).splitlines()[0]


def marked_card(opened: OpenWindow, turn_id: str) -> int:
    """The number of the marked card of a turn; 0 where none is."""
    view = opened.gui.conversation_view.turn_view(turn_id)
    cards = view.findChildren(QuoteCard) if view else []
    return next((number for number, card in enumerate(cards, 1) if card.is_current), 0)


def _prose(opened: OpenWindow) -> str:
    """What the running answer says so far."""
    turn = opened.controller.asker.running_turn
    return turn.answer.prose if turn is not None and turn.answer is not None else ""


class TestAsking:
    def test_an_answer_is_shown_saved_and_named(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why was the bridge closed?")
        assert turn.answer is not None
        assert turn.answer.finish is Finish.COMPLETE
        opened.controller.keeper.settle()
        assert opened.saved_turns() == (turn,)
        assert opened.conversations.summaries()[0].title == "Why was the bridge closed?"
        assert opened.window.composer.text == ""

    def test_the_question_is_on_the_disk_before_anything_is_shown(self, manual: OpenWindow) -> None:
        saved_when_shown: list[tuple[Turn, ...]] = []
        begin_turn = manual.gui.conversation_view.begin_turn

        def spy(turn: Turn) -> None:
            saved_when_shown.append(manual.saved_turns())
            begin_turn(turn)

        manual.gui.conversation_view.begin_turn = spy
        begin(manual)
        assert [turn.question for turn in saved_when_shown[0]] == ["Why?"]

    def test_what_has_arrived_is_on_the_disk_within_a_second_as_interrupted(self, manual: OpenWindow) -> None:
        conversation_id = begin(manual, n_events=4)

        def is_saved() -> bool:
            answer = manual.saved_turns(conversation_id)[-1].answer
            return answer is not None and answer.prose == "The bridge "

        began_s = time.monotonic()
        manual.wait(is_saved)
        assert time.monotonic() - began_s < 2.0
        answer = manual.saved_turns(conversation_id)[-1].answer
        assert answer is not None
        assert answer.finish is Finish.INTERRUPTED

    def test_earlier_answered_turns_are_the_history(self, opened: OpenWindow) -> None:
        first = opened.ask("Why?")
        opened.ask("When?")
        assert opened.bench.asked[0].history == ()
        assert opened.bench.asked[1].history == (first,)

    def test_asking_never_runs_in_the_window_s_thread(self, opened: OpenWindow) -> None:
        opened.ask("Why?")
        assert opened.bench.asked[0].thread_name == "answering"

    def test_a_second_question_is_refused_politely_and_its_text_kept(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.window.composer.box.setPlainText("And when?")
        manual.qtbot.keyClick(manual.window.composer.box, Qt.Key.Key_Return)
        assert manual.window.composer.text == "And when?"
        assert "Still answering" in manual.window.composer.hint.text()
        assert len(manual.bench.asked) == 1
        manual.controller.stop()
        manual.wait(lambda: not manual.controller.asker.is_answering)

    def test_the_chosen_documents_are_asked_and_come_back_with_the_conversation(self, opened: OpenWindow) -> None:
        scope = Scope((opened.bench.documents[1].id,))
        opened.chooser.chosen_scope = scope
        opened.window.composer.scope_button.click()
        popover = opened.controller.scopes.popover
        assert popover is not None
        popover.choices.chosen.emit(None)
        opened.ask("Why?")
        assert opened.bench.asked[0].scope == scope
        conversation_id = opened.current.id
        opened.controller.desk.new()
        assert opened.window.composer.scope == Scope()
        opened.controller.desk.open(conversation_id)
        assert opened.window.composer.scope == scope

    def test_an_example_can_be_asked_without_losing_the_draft(self, opened: OpenWindow) -> None:
        opened.window.composer.box.setPlainText("half a thought")
        opened.gui.conversation_view.question_chosen.emit("Why was the bridge closed?")
        opened.wait(lambda: opened.current.turns)
        assert opened.window.composer.text == "half a thought"


class TestStopping:
    def test_stop_while_waiting_for_the_first_event_keeps_the_question(self, manual: OpenWindow) -> None:
        begin(manual, n_events=0)
        manual.window.composer.send_button.click()
        assert manual.bench.asked[0].cancel.is_set()
        assert manual.window.composer.send_button.text() == "Stopping…"
        manual.wait(lambda: not manual.controller.asker.is_answering)
        turn = manual.current.turns[-1]
        assert turn.question == "Why?"
        assert turn.answer is not None
        assert turn.answer.finish is Finish.STOPPED

    def test_escape_stops(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.window.actions_by_name["stop"].trigger()
        manual.wait(lambda: not manual.controller.asker.is_answering)
        assert manual.window.composer.send_button.text() == "Ask"
        assert not manual.window.actions_by_name["stop"].isEnabled()

    def test_stopping_twice_and_asking_at_once_runs_one_answer_at_a_time(self, manual: OpenWindow) -> None:
        for number in range(5):
            begin(manual, f"Question {number}?", n_events=number % 4)
            manual.controller.stop()
            manual.controller.stop()
            manual.wait(lambda: not manual.controller.asker.is_answering)
        assert [turn.question for turn in manual.current.turns] == [f"Question {n}?" for n in range(5)]

    def test_closing_in_the_middle_of_an_answer_is_quick_and_keeps_what_came(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        with open_window(qtbot, tmp_path) as opened:
            opened.bench.is_manual = True
            begin(opened, n_events=4)
            opened.wait(lambda: _prose(opened))
            began_s = time.monotonic()
            opened.window.close()
            assert time.monotonic() - began_s < 3.0
        with Conversations(tmp_path / "conversations.db") as kept:
            (turn,) = kept.load(kept.summaries()[0].id).turns
        assert turn.answer is not None
        assert turn.answer.prose.startswith("The bridge")
        assert turn.answer.finish is Finish.INTERRUPTED

    def test_closing_takes_less_than_three_seconds_though_the_answer_hangs(self, qtbot: QtBot, tmp_path: Path) -> None:
        gate = threading.Event()
        bench = FakeWorkbench()
        bench.hangs_until = gate
        with open_window(qtbot, tmp_path, bench) as opened:
            opened.type_and_send("Why?")
            opened.wait(lambda: bench.asked)
            began_s = time.monotonic()
            opened.window.close()
            assert time.monotonic() - began_s < 3.0
            gate.set()
            assert opened.controller.answering.join(2.0)

    def test_a_question_never_answered_says_so_at_the_next_start(self, qtbot: QtBot, tmp_path: Path) -> None:
        with Conversations(tmp_path / "conversations.db") as conversations:
            begun = conversations.new()
            conversations.save_turn(begun.id, Turn("t1", "2024-03-01T00:00:00", "Why?", Scope(), None))
        with open_window(qtbot, tmp_path) as opened:
            assert "broken off before" in (opened.current.turns[0].problem or "")
            assert opened.saved_turns(begun.id)[0].problem is None


class TestFailing:
    def test_a_failure_is_shown_in_the_turn_and_saved_with_it(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.bench.asked[0].put(QuestionTooLong(n_tokens=5000, limit_tokens=2000))
        manual.wait(lambda: not manual.controller.asker.is_answering)
        turn = manual.current.turns[-1]
        assert "too long" in (turn.problem or "")
        assert turn.answer is not None
        manual.controller.keeper.settle()
        assert manual.saved_turns() == (turn,)

    def test_a_defect_of_the_program_can_be_copied(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.bench.asked[0].put(ZeroDivisionError("a defect"))
        manual.wait(lambda: manual.window.banner.notices)
        strip = manual.window.banner._alive()[0]
        assert strip.action_button.text() == "Copy details"
        strip.action_button.click()
        assert "ZeroDivisionError" in QGuiApplication.clipboard().text()

    def test_an_answer_that_ends_without_done_is_not_taken_for_complete(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.bench.asked[0].put(None)
        manual.wait(lambda: not manual.controller.asker.is_answering)
        assert manual.current.turns[-1].problem

    def test_the_next_question_works_after_a_failure(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.bench.asked[0].put(ConversationsUnavailable("x", "the engine has died."))
        manual.wait(lambda: not manual.controller.asker.is_answering)
        manual.bench.is_manual = False
        assert manual.ask("And now?").answer is not None

    def test_a_question_that_cannot_be_saved_is_not_asked_and_its_text_stays(
        self, opened: OpenWindow, qtbot: QtBot
    ) -> None:
        opened.controller.asker._store = RefusingStore()
        opened.window.composer.box.setPlainText("Why?")
        with qtbot.captureExceptions() as raised:
            opened.window.composer.send_button.click()
        assert raised[0][0] is ConversationsUnavailable
        assert opened.window.composer.text == "Why?"
        assert opened.bench.asked == []

    def test_an_answer_is_saved_though_the_view_cannot_show_it(self, opened: OpenWindow, qtbot: QtBot) -> None:
        opened.gui.conversation_view.finish_turn = _break
        with qtbot.captureExceptions() as raised:
            turn = opened.ask("Why?")
        assert raised[0][0] is ZeroDivisionError
        assert opened.controller.keeper.settle()
        assert opened.saved_turns() == (turn,)
        assert turn.answer is not None
        assert turn.answer.finish is Finish.COMPLETE

    def test_a_failure_is_saved_and_over_though_the_view_cannot_show_it(self, manual: OpenWindow, qtbot: QtBot) -> None:
        begin(manual)
        manual.gui.conversation_view.fail_turn = _break
        with qtbot.captureExceptions():
            manual.bench.asked[0].put(None)
            manual.wait(lambda: not manual.controller.asker.is_answering)
        assert manual.controller.keeper.settle()
        assert manual.saved_turns()[-1].problem

    def test_an_answer_that_could_not_be_saved_is_saved_when_there_is_room_again(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.controller.keeper.settle()
        store = FullDisk(manual.conversations)
        manual.controller.asker._store = store
        manual.controller.keeper._retry_interval_s = 0.01
        manual.bench.asked[0].put(*manual.bench.script("Why?")[2:])
        manual.wait(lambda: manual.window.banner.notices)
        assert "tries again" in manual.window.banner.notices[0][1]
        store.has_room = True
        manual.wait(lambda: not manual.window.banner.notices)
        assert manual.saved_turns() == manual.current.turns

    def test_a_conversation_that_cannot_be_deleted_does_not_keep_the_window_from_closing(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        with open_window(qtbot, tmp_path) as opened:
            turn = opened.ask("Why?")
            opened.controller.desk.delete(opened.current.id)
            opened.conversations.delete = _refuse_to_delete
            with qtbot.waitSignal(opened.controller.closed):
                opened.window.close()
        with Conversations(tmp_path / "conversations.db") as kept:
            assert turn in [turn for one in kept.summaries() for turn in kept.load(one.id).turns]

    @pytest.mark.parametrize("what_fails", ["the view", "the thread"])
    def test_a_turn_that_cannot_begin_ends_with_a_problem_and_the_next_works(
        self, opened: OpenWindow, what_fails: str
    ) -> None:
        view, answering = opened.gui.conversation_view, opened.controller.answering
        owner, name = (view, "begin_turn") if what_fails == "the view" else (answering, "start")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, _break)
            opened.type_and_send("Why?")
        assert not opened.controller.asker.is_answering
        assert opened.window.composer.send_button.text() == "Ask"
        assert opened.current.turns[-1].problem
        assert opened.window.banner.notices
        assert opened.ask("And now?").answer is not None

    def test_an_exception_nobody_caught_is_shown(self, opened: OpenWindow) -> None:
        opened.gui.uncaught._take(KeyError, KeyError("lost"), None)
        opened.wait(lambda: opened.window.banner.notices)

    def test_a_thread_s_exception_nobody_caught_is_shown(self, opened: OpenWindow) -> None:
        thread = threading.Thread(target=opened.gui.uncaught._take, args=(KeyError, KeyError("lost"), None))
        thread.start()
        thread.join()
        opened.wait(lambda: opened.window.banner.notices)


class RefusingStore:
    """Keeps nothing, as a full disk."""

    def save_turn(self, conversation_id: str, turn: Turn) -> None:
        raise ConversationsUnavailable("conversations.db", "the disk is full.")

    update_turn = save_turn

    def replace_from(self, conversation_id: str, from_turn_id: str, turn: Turn) -> None:
        raise ConversationsUnavailable("conversations.db", "the disk is full.")


class FullDisk(RefusingStore):
    """Takes no turn until it `has_room`."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self.has_room = False

    def update_turn(self, conversation_id: str, turn: Turn) -> None:
        if not self.has_room:
            raise ConversationsUnavailable("conversations.db", "the disk is full.")
        self._conversations.update_turn(conversation_id, turn)


def _refuse_to_delete(conversation_id: str) -> None:
    raise ConversationsUnavailable("conversations.db", "the disk is full.")


def _break(*_: object) -> None:
    raise ZeroDivisionError("a defect")


class TestAgain:
    def test_asking_again_takes_the_place_of_the_last_turn(self, opened: OpenWindow) -> None:
        opened.ask("First?")
        second = opened.ask("Second?")
        opened.controller.ask_again(second.id)
        opened.wait(lambda: not opened.controller.asker.is_answering)
        assert [turn.question for turn in opened.current.turns] == ["First?", "Second?"]
        assert opened.current.turns[-1].id != second.id
        assert opened.chooser.asked == []
        opened.controller.keeper.settle()
        assert opened.saved_turns() == opened.current.turns

    def test_asking_an_earlier_question_again_asks_before_it_removes_what_follows(self, opened: OpenWindow) -> None:
        first, _second = opened.ask("First?"), opened.ask("Second?")
        opened.chooser.agrees = False
        opened.controller.ask_again(first.id)
        assert len(opened.current.turns) == 2
        opened.chooser.agrees = True
        opened.controller.ask_again(first.id)
        opened.wait(lambda: not opened.controller.asker.is_answering)
        assert [turn.question for turn in opened.current.turns] == ["First?"]

    @pytest.mark.parametrize("way", ["again", "edited", "searched"])
    def test_old_turns_stay_on_the_disk_and_on_the_screen_where_the_new_one_cannot_be_saved(
        self, opened: OpenWindow, qtbot: QtBot, way: str
    ) -> None:
        first, second = opened.ask("First?"), opened.ask("Second?")
        opened.controller.keeper.settle()
        opened.controller.asker._store = RefusingStore()
        with qtbot.captureExceptions() as raised:
            if way == "again":
                opened.gui.conversation_view.ask_again.emit(first.id)
            elif way == "searched":
                opened.gui.conversation_view.edit_standalone.emit(first.id, "What exactly?")
            else:
                opened.controller.edit_question(first.id)
                opened.type_and_send("Frist?")
        assert raised[0][0] is ConversationsUnavailable
        assert opened.saved_turns() == opened.current.turns == (first, second)
        assert all(opened.gui.conversation_view.turn_view(turn.id) for turn in (first, second))
        assert not opened.controller.asker.is_answering
        assert opened.window.composer.text == ("Frist?" if way == "edited" else "")

    def test_a_question_asked_again_is_asked_with_the_history_before_it(self, opened: OpenWindow) -> None:
        first, second = opened.ask("First?"), opened.ask("Second?")
        opened.controller.ask_again(second.id)
        opened.wait(lambda: len(opened.bench.asked) == 3 and not opened.controller.asker.is_answering)
        assert opened.bench.asked[2].history == (first,)
        assert opened.gui.conversation_view.turn_view(second.id) is None

    def test_an_edited_question_replaces_the_turn_only_when_it_is_sent(self, opened: OpenWindow) -> None:
        turn = opened.ask("Frist?")
        opened.controller.edit_question(turn.id)
        assert opened.window.composer.text == "Frist?"
        assert len(opened.saved_turns()) == 1
        opened.ask("First?")
        assert [turn.question for turn in opened.current.turns] == ["First?"]

    def test_escape_ends_the_editing_and_the_next_question_replaces_nothing(self, opened: OpenWindow) -> None:
        turn = opened.ask("First?")
        opened.controller.edit_question(turn.id)
        opened.window.actions_by_name["stop"].trigger()
        assert opened.window.composer.text == ""
        opened.ask("Second?")
        assert [turn.question for turn in opened.current.turns] == ["First?", "Second?"]

    def test_what_stood_in_the_box_and_its_scope_are_there_again_after_editing(self, opened: OpenWindow) -> None:
        first, second = opened.ask("First?"), opened.ask("Second?")
        scope = Scope((opened.bench.documents[0].id,))
        opened.controller.desk.set_scope(scope)
        composer = opened.window.composer
        composer.box.setPlainText("Half a que")
        for turn in (first, second):
            opened.controller.edit_question(turn.id)
        assert composer.scope == Scope()
        opened.window.actions_by_name["stop"].trigger()
        assert (composer.text, composer.scope) == ("Half a que", scope)
        opened.controller.edit_question(second.id)
        opened.ask("Third?")
        assert [turn.question for turn in opened.current.turns] == ["First?", "Third?"]
        assert composer.text == "Half a que"
        opened.wait(lambda: opened.conversations.draft(opened.current.id) == "Half a que")

    def test_an_edited_search_question_is_searched_for_as_it_stands(self, opened: OpenWindow) -> None:
        turn = opened.ask("And he?")
        opened.controller.edit_standalone(turn.id, "What did Holt say?")
        opened.wait(lambda: len(opened.bench.asked) == 2 and not opened.controller.asker.is_answering)
        assert (opened.bench.asked[1].question, opened.bench.asked[1].standalone) == ("And he?", "What did Holt say?")
        assert len(opened.current.turns) == 1

    def test_copying_puts_answer_quotes_and_places_on_the_clipboard(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.controller.copy(turn.id)
        text = QGuiApplication.clipboard().text()
        assert "[1] “The bridge over the Lune was closed on 3 March 2024.”" in text
        assert "local/bridge.txt, characters 0–52" in text


class TestConversations:
    def test_an_answer_goes_on_in_its_own_conversation_while_another_is_open(self, manual: OpenWindow) -> None:
        first_id = begin(manual, "First?", n_events=3)
        manual.controller.desk.new()
        second_id = manual.current.id
        assert second_id != first_id
        manual.bench.asked[0].put(*manual.bench.script("First?")[3:])
        manual.wait(lambda: not manual.controller.asker.is_answering)
        manual.controller.keeper.settle()
        assert manual.saved_turns(second_id) == ()
        (turn,) = manual.saved_turns(first_id)
        assert turn.answer is not None
        assert turn.answer.finish is Finish.COMPLETE
        assert manual.current.turns == ()
        manual.controller.desk.open(first_id)
        assert manual.current.turns == (turn,)

    def test_coming_back_to_a_running_answer_shows_all_of_it(self, manual: OpenWindow) -> None:
        first_id = begin(manual, "First?", n_events=4)
        manual.controller.desk.new()
        manual.controller.desk.open(first_id)
        manual.bench.asked[0].put(*manual.bench.script("First?")[4:])
        manual.wait(lambda: not manual.controller.asker.is_answering)
        assert len(manual.current.turns) == 1
        assert manual.gui.conversation_view.turn_view(manual.current.turns[0].id) is not None

    def test_drafts_belong_to_their_conversations_and_survive_a_kill(self, opened: OpenWindow) -> None:
        opened.ask("First?")
        first_id = opened.current.id
        opened.window.composer.box.setPlainText("half a thought")
        opened.controller.desk.new()
        assert opened.window.composer.text == ""
        opened.window.composer.box.setPlainText("another")
        opened.wait(lambda: opened.conversations.draft(opened.current.id) == "another")
        opened.controller.desk.open(first_id)
        assert opened.window.composer.text == "half a thought"

    def test_a_sent_question_is_no_draft_any_more(self, opened: OpenWindow) -> None:
        opened.window.composer.box.setPlainText("Why?")
        opened.wait(lambda: opened.conversations.draft(opened.current.id) == "Why?")
        opened.ask("Why?")
        opened.wait(lambda: opened.conversations.draft(opened.current.id) == "")

    def test_new_does_not_heap_up_empty_conversations(self, opened: OpenWindow) -> None:
        for _ in range(3):
            opened.controller.desk.new()
        opened.ask("Why?")
        for _ in range(3):
            opened.controller.desk.new()
        assert len(opened.conversations.summaries()) == 2

    def test_a_deleted_conversation_can_be_brought_back(self, opened: OpenWindow) -> None:
        opened.ask("Why?")
        conversation_id = opened.current.id
        opened.controller.desk.delete(conversation_id)
        assert opened.current.id != conversation_id
        opened.window.banner._alive()[-1].action_button.click()
        assert opened.current.id == conversation_id
        assert len(opened.current.turns) == 1

    def test_a_deleted_conversation_is_gone_when_the_offer_is_dismissed(self, opened: OpenWindow) -> None:
        opened.ask("Why?")
        conversation_id = opened.current.id
        opened.controller.desk.delete(conversation_id)
        opened.window.banner._alive()[-1].dismiss_button.click()
        assert conversation_id not in [one.id for one in opened.conversations.summaries()]

    def test_a_conversation_deleted_while_it_answers_is_gone_when_the_window_closes(
        self, qtbot: QtBot, tmp_path: Path
    ) -> None:
        with open_window(qtbot, tmp_path) as opened:
            opened.bench.is_manual = True
            conversation_id = begin(opened)
            opened.controller.desk.delete(conversation_id)
            opened.wait(lambda: not opened.controller.asker.is_answering)
        with Conversations(tmp_path / "conversations.db") as kept:
            assert conversation_id not in [one.id for one in kept.summaries()]

    def test_the_last_conversation_is_open_at_the_next_start(self, qtbot: QtBot, tmp_path: Path) -> None:
        with open_window(qtbot, tmp_path) as opened:
            opened.ask("First?")
            first_id = opened.current.id
            opened.controller.desk.new()
            opened.ask("Second?")
            opened.controller.desk.open(first_id)
        with open_window(qtbot, tmp_path) as opened:
            assert opened.current.id == first_id

    def test_searching_lists_what_was_found(self, opened: OpenWindow) -> None:
        opened.ask("Why was the lighthouse built?")
        opened.controller.desk.new()
        opened.ask("When?")
        opened.controller.desk.search("lighthouse")
        assert opened.window.conversation_list.model.rowCount() == 1

    def test_a_renamed_conversation_keeps_its_title(self, opened: OpenWindow) -> None:
        opened.ask("Why?")
        opened.window.conversation_list.rename_requested.emit(opened.current.id, "The bridge")
        assert opened.conversations.summaries()[0].title == "The bridge"
        assert opened.current.title == "The bridge"


class TestSources:
    def test_a_quote_opens_its_source_at_its_place(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        assert not opened.window.source_pane.isVisible()
        opened.gui.conversation_view.quote_activated.emit(turn.id, 1)
        assert opened.window.source_pane.isVisible()

    def test_the_words_that_answer_open_their_source_at_the_quote_that_holds_them(self, manual: OpenWindow) -> None:
        source = manual.bench.documents[0]
        answer = replace(answer_of(source, "Why?", ""), span=quote(source, "cracks"))
        begin(manual, n_events=0)
        manual.bench.asked[-1].put(Done(answer))
        manual.wait(lambda: not manual.controller.asker.is_answering)
        manual.gui.conversation_view.span_activated.emit(manual.current.turns[-1].id)
        assert manual.window.source_pane.isVisible()
        card = manual.gui.conversation_view.findChildren(QuoteCard)[1]
        assert card.is_current
        assert "cracks" in card.quote.text

    def test_a_source_that_was_removed_is_said_to_be_missing(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.bench.documents.clear()
        opened.gui.conversation_view.quote_activated.emit(turn.id, 0)
        assert opened.window.source_pane.isVisible()

    @pytest.mark.parametrize("way", ["keys", "arrows"])
    def test_stepping_goes_through_all_quotes_of_the_answer_from_document_to_document(
        self, manual: OpenWindow, way: str
    ) -> None:
        turn = answer_from_both(manual)
        seen = []
        manual.gui.conversation_view.quote_activated.emit(turn.id, 0)
        for _ in range(4):
            seen.append((place(manual), title(manual), marked_card(manual, turn.id)))
            step(manual, way, 1)
        assert seen == [
            ("Quote 1 of 3", "Bridge over the Lune closed", 1),
            ("Quote 2 of 3", "A short history of the harbour", 2),
            ("Quote 3 of 3", "Bridge over the Lune closed", 3),
            ("Quote 3 of 3", "Bridge over the Lune closed", 3),
        ]
        for expected in ("Quote 2 of 3", "Quote 1 of 3", "Quote 1 of 3"):
            step(manual, way, -1)
            assert place(manual) == expected

    def test_the_key_for_the_next_quote_opens_the_last_answers_first_where_none_is_open(
        self, opened: OpenWindow
    ) -> None:
        opened.window.actions_by_name["next_quote"].trigger()
        assert not opened.window.source_pane.isVisible()
        opened.ask("Why?")
        turn = opened.ask("And when?")
        opened.window.actions_by_name["next_quote"].trigger()
        assert opened.window.source_pane.isVisible()
        assert marked_card(opened, turn.id) == 1

    def test_all_quotes_of_the_open_document_stay_marked(self, manual: OpenWindow) -> None:
        turn = answer_from_both(manual)
        view = manual.gui.source_view
        manual.gui.conversation_view.quote_activated.emit(turn.id, 2)
        assert turn.answer is not None
        texts = [quote.text for quote in turn.answer.quotes]
        assert [view.highlighted_text(index) for index in range(3)] == [texts[0], "", texts[2]]
        strong = [
            mark.cursor.selectedText()
            for mark in view.page.extraSelections()
            if mark.format.background().color() == view.page.theme.highlight_current
        ]
        assert strong == [texts[2]]

    def test_stepping_goes_on_past_a_document_that_is_gone(self, manual: OpenWindow) -> None:
        turn = answer_from_both(manual)
        del manual.bench.documents[1]
        manual.gui.conversation_view.quote_activated.emit(turn.id, 1)
        assert place(manual) == "Quote 2 of 3"
        assert "not in the library any more" in seen_in(manual.gui.source_view)
        step(manual, "arrows", 1)
        assert (place(manual), title(manual)) == ("Quote 3 of 3", "Bridge over the Lune closed")

    def test_no_card_is_marked_while_no_source_is_open(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.gui.conversation_view.quote_activated.emit(turn.id, 1)
        assert marked_card(opened, turn.id) == 2
        opened.window.hide_source()
        assert marked_card(opened, turn.id) == 0
        opened.window.actions_by_name["show_source"].trigger()
        assert marked_card(opened, turn.id) == 2
        opened.controller.sources.show_document(opened.bench.documents[1].id)
        assert marked_card(opened, turn.id) == 0

    def test_a_passage_is_not_called_a_quote(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.gui.conversation_view.hit_activated.emit(turn.id, 0)
        assert place(opened) == "Passage 1 of 1"
        assert opened.gui.source_view.verification.startswith("Verified")

    def test_a_passage_of_a_document_that_is_gone_is_said_to_be_missing(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.bench.documents.clear()
        opened.gui.conversation_view.hit_activated.emit(turn.id, 0)
        assert "not in the library any more" in seen_in(opened.gui.source_view)

    def test_a_document_that_vanished_from_the_library_is_said_to_be_missing(self, opened: OpenWindow) -> None:
        gone = opened.bench.documents.pop()
        opened.controller.sources.show_document(gone.id)
        assert "not in the library any more" in opened.window.banner.notices[0][1]

    def test_why_this_answer_opens_in_the_place_of_the_source_and_closes(self, opened: OpenWindow) -> None:
        opened.ask("Why?")
        opened.window.actions_by_name["why"].trigger()
        assert opened.gui.why_view.isVisible()
        opened.gui.why_view.hit_activated.emit(0)
        assert opened.gui.source_view.isVisible()
        opened.window.actions_by_name["why"].trigger()
        opened.gui.why_view.close_requested.emit()
        assert not opened.window.source_pane.isVisible()

    def test_an_unknown_turn_or_number_opens_nothing(self, opened: OpenWindow) -> None:
        turn = opened.ask("Why?")
        opened.gui.conversation_view.quote_activated.emit(turn.id, 99)
        opened.gui.conversation_view.hit_activated.emit("unknown", 0)
        assert not opened.window.source_pane.isVisible()


class TestAdding:
    def test_chosen_files_are_added_and_counted(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.chooser.chosen_files = (tmp_path / "a.txt", tmp_path / "b.txt")
        opened.window.actions_by_name["add_files"].trigger()
        opened.wait(lambda: opened.window.status_line.activity.text() == "2 added")
        assert opened.window.status_line.library_button.text() == "4 documents"

    def test_skipped_files_are_listed_with_their_reasons(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.bench.reports["bad.pdf"] = FileReport(
            "bad.pdf", "/x/bad.pdf", None, FileState.ENCRYPTED, "It is protected by a password.", 0, 0, 0.1
        )
        opened.controller.library.add((tmp_path / "a.txt", tmp_path / "bad.pdf"))
        opened.wait(lambda: opened.window.status_line.activity.text() == "1 added, 1 skipped")
        opened.window.status_line.details_button.click()
        from desktop_app.adding_view import AddingView

        view = opened.window.findChild(AddingView)
        assert isinstance(view, AddingView)
        assert [view.table.item(0, column).text() for column in range(3)] == [
            "bad.pdf",
            "Protected",
            "It is protected by a password.",
        ]
        view.close()

    def test_cancelling_ends_after_the_file_at_hand(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.hold_files(*(tmp_path / f"{n}.txt" for n in range(10)))
        opened.window.status_line.cancel_button.click()
        opened.bench.file_gate.set()
        opened.wait(lambda: opened.window.status_line.activity.text().startswith("Cancelled: 1 added"))

    def test_a_question_is_answered_while_files_are_being_added(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.hold_files(tmp_path / "a.txt")
        assert opened.ask("Why?").answer is not None
        opened.bench.file_gate.set()
        opened.wait(lambda: not opened.controller.indexing.is_adding)

    def test_the_index_follows_to_its_end_in_slices(self, opened: OpenWindow) -> None:
        opened.bench.index = IndexState(0, 23)
        opened.controller.indexing.follow()
        opened.wait(lambda: opened.bench.index.is_ready)
        assert opened.bench.n_slices >= 5

    def test_the_index_waits_while_an_answer_is_written(self, manual: OpenWindow) -> None:
        manual.wait(lambda: not manual.controller.indexing._must_follow)
        begin(manual)
        n_slices = manual.bench.n_slices
        manual.controller.indexing.follow()
        manual.bench.asked[0].put(Delta("x"))
        manual.wait(lambda: _prose(manual) == "x")
        assert manual.bench.n_slices == n_slices
        manual.controller.stop()
        manual.wait(lambda: manual.bench.n_slices > n_slices)

    def test_an_empty_library_says_how_to_fill_it(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.controller.library.remove(tuple(one.id for one in opened.bench.documents))
        opened.wait(lambda: "empty" in opened.window.composer.box.placeholderText())
        opened.controller.library.add((tmp_path / "a.txt",))
        opened.wait(lambda: "empty" not in opened.window.composer.box.placeholderText())

    def test_a_question_to_an_empty_library_is_kept_and_not_answered(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.bench.documents.clear()
        opened.controller.library.refresh()
        opened.type_and_send("Why?")
        assert "Your library is empty" in opened.window.composer.hint.text()
        assert opened.window.composer.text == "Why?"
        opened.hold_files(tmp_path / "a.txt")
        opened.wait(lambda: "being added" in opened.window.composer.box.placeholderText())
        opened.window.composer.send_button.click()
        assert "The first texts are being added" in opened.window.composer.hint.text()
        opened.bench.file_gate.set()
        opened.wait(lambda: opened.controller.library.sources)
        assert opened.window.composer.hint.text().startswith("Enter sends")
        opened.window.composer.send_button.click()
        opened.wait(lambda: opened.current.turns and not opened.controller.asker.is_answering)
        assert opened.current.turns[-1].question == "Why?"

    def test_the_library_fills_while_files_are_still_being_added(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.bench.documents.clear()
        opened.controller.library.refresh()
        opened.bench.file_gate = OneFile()
        opened.controller.library.add((tmp_path / "a.txt", tmp_path / "b.txt"))
        opened.wait(lambda: len(opened.controller.library.sources) == 1)
        assert opened.controller.adding.is_adding
        opened.bench.file_gate.set()
        opened.wait(lambda: len(opened.controller.library.sources) == 2)

    def test_removing_a_document_updates_the_library_and_the_scope(self, opened: OpenWindow) -> None:
        gone = opened.bench.documents[0].id
        opened.controller.desk.set_scope(Scope((gone,)))
        opened.controller.library.remove((gone,))
        opened.wait(lambda: opened.window.status_line.library_button.text() == "1 document")
        assert opened.bench.removed == [gone]
        assert opened.window.composer.scope_button.text() == "No document left"

    def test_a_choice_of_which_nothing_is_left_is_not_asked_of_the_whole_library(self, opened: OpenWindow) -> None:
        gone, other = (one.id for one in opened.bench.documents)
        opened.controller.desk.set_scope(Scope((gone,)))
        opened.controller.library.remove((gone,))
        opened.wait(lambda: opened.window.composer.scope_button.text() == "No document left")
        opened.type_and_send("Why?")
        assert opened.bench.asked == []
        assert "None of the chosen documents" in opened.window.composer.hint.text()
        assert opened.window.composer.text == "Why?"
        opened.chooser.chosen_scope = Scope((other,))
        opened.window.banner._alive()[-1].action_button.click()
        opened.bench.documents.append(document("The bridge over the Lune was rebuilt.", "x.txt", "X"))
        opened.bench.script = lambda question: [Done(answer_of(document(BRIDGE, "b.txt", "B"), question, ""))]
        opened.window.composer.send_button.click()
        opened.wait(lambda: opened.current.turns and not opened.controller.asker.is_answering)
        assert opened.bench.asked[-1].scope == Scope((other,))
        assert opened.window.banner.notices == ()

    def test_chosen_documents_that_became_new_ones_are_dropped_and_told(self, opened: OpenWindow) -> None:
        edited, other = (one.id for one in opened.bench.documents)
        opened.controller.desk.set_scope(Scope((edited, other)))
        opened.bench.documents[0] = document(BRIDGE + " And more.", "local/bridge.txt", "Bridge over the Lune closed")
        opened.controller.library.refresh()
        assert opened.window.composer.scope_button.text() == "1 document"
        turn = opened.ask("Why?")
        assert turn.scope == Scope((other,))
        assert "1 document of those chosen" in opened.window.banner.notices[0][0]
        opened.window.banner.dismiss_all()
        opened.ask("And now?")
        assert opened.window.banner.notices == ()

    def test_a_turn_whose_documents_are_all_gone_is_asked_again_of_what_is_chosen_now(self, opened: OpenWindow) -> None:
        edited, other = (one.id for one in opened.bench.documents)
        opened.controller.desk.set_scope(Scope((edited,)))
        turn = opened.ask("Why?")
        opened.bench.documents[0] = document(BRIDGE + " And more.", "local/bridge.txt", "Bridge over the Lune closed")
        opened.controller.library.refresh()
        opened.controller.ask_again(turn.id)
        assert len(opened.bench.asked) == 1
        opened.controller.desk.set_scope(Scope((other,)))
        opened.controller.ask_again(turn.id)
        opened.wait(lambda: len(opened.bench.asked) == 2 and not opened.controller.asker.is_answering)
        assert opened.current.turns[-1].scope == Scope((other,))


class TestExporting:
    def test_an_export_says_where_it_lies_and_shows_it(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.ask("Why: was / it?")
        opened.chooser.chosen_path = tmp_path / "out.html"
        opened.window.actions_by_name["export"].trigger()
        opened.wait(lambda: opened.window.banner.notices)
        assert opened.exports == [(opened.current, ExportFormat.HTML, tmp_path / "out.html")]
        assert opened.chooser.suggested[0].name == "Why was it.md"
        assert str(tmp_path) in opened.window.banner.notices[0][1]
        opened.window.banner._alive()[0].action_button.click()
        assert opened.chooser.shown == [tmp_path / "out.html"]

    def test_a_failed_export_is_said(self, opened: OpenWindow, tmp_path: Path) -> None:
        opened.ask("Why?")
        opened.chooser.chosen_path = tmp_path / "no such folder" / "out.md"
        opened.window.actions_by_name["export"].trigger()
        opened.wait(lambda: opened.window.banner.notices)
        assert "Exported" not in opened.window.banner.notices[0][0]

    def test_there_is_nothing_to_export_in_an_empty_conversation(self, opened: OpenWindow) -> None:
        assert not opened.window.actions_by_name["export"].isEnabled()
        opened.ask("Why?")
        assert opened.window.actions_by_name["export"].isEnabled()


class TestEngines:
    def test_a_notice_from_another_thread_becomes_a_strip(self, opened: OpenWindow) -> None:
        notice = Notice("The language model stopped", "Your conversation is safe. It is being started again.")
        thread = threading.Thread(target=opened.bench.on_notice, args=(notice,))
        thread.start()
        thread.join()
        opened.wait(lambda: opened.window.banner.notices == ((notice.title, notice.message),))

    def test_what_is_said_of_a_dead_engine_goes_when_it_is_ready_again(self, opened: OpenWindow) -> None:
        opened.bench.on_notice(Notice("The search ended unexpectedly", "It starts again by itself.", "search"))
        opened.bench.on_notice(Notice("The model ended unexpectedly", "It starts again by itself.", "chat"))
        opened.wait(lambda: len(opened.window.banner.notices) == 2)
        opened.bench.on_engine(EngineState("chat", EngineStatus.READY, "SmolLM2-135M"))
        opened.wait(lambda: len(opened.window.banner.notices) == 1)
        assert "search" in opened.window.banner.notices[0][0]

    @pytest.mark.parametrize("is_notice_first", [True, False])
    def test_a_death_in_the_middle_of_an_answer_is_told_once(self, manual: OpenWindow, is_notice_first: bool) -> None:
        death = Notice("The model ended unexpectedly", "It starts again by itself.", "chat")
        begin(manual)
        if is_notice_first:
            manual.bench.on_notice(death)
        manual.bench.asked[0].put(ConversationsUnavailable("x", "the engine has died."))
        manual.wait(lambda: not manual.controller.asker.is_answering)
        if not is_notice_first:
            manual.bench.on_notice(death)
        manual.bench.on_notice(Notice("Something else", "And more."))
        manual.wait(lambda: manual.window.banner.notices)
        assert manual.window.banner.notices == (("Something else", "And more."),)
        assert manual.current.turns[-1].problem

    def test_a_death_that_the_answer_survives_is_told_after_it(self, manual: OpenWindow) -> None:
        begin(manual)
        manual.bench.on_notice(Notice("The search ended unexpectedly", "It starts again by itself.", "search"))
        manual.bench.on_notice(Notice("The indexing ended unexpectedly", "It starts again by itself.", "indexer"))
        manual.wait(lambda: manual.window.banner.notices)
        assert [title for title, _ in manual.window.banner.notices] == ["The indexing ended unexpectedly"]
        manual.bench.asked[0].put(*manual.bench.script("Why?")[2:])
        manual.wait(lambda: len(manual.window.banner.notices) == 2)

    def test_a_stopped_engine_is_restarted_from_the_status_line(self, opened: OpenWindow) -> None:
        opened.bench.on_engine(EngineState("chat", EngineStatus.GIVEN_UP, "SmolLM2-135M"))
        opened.wait(lambda: opened.window.status_line.engine_text("chat") == "Language model stopped")
        opened.window.status_line.restart_requested.emit("chat")
        assert opened.bench.restarted == ["chat"]
        opened.wait(lambda: "loading" in opened.window.status_line.engine_text("chat"))

    def test_a_request_to_raise_from_another_thread_reaches_the_window(self, opened: OpenWindow) -> None:
        opened.window.showMinimized()
        thread = threading.Thread(target=opened.gui.request_raise, args=((Path("/texts/x.txt"),),))
        thread.start()
        thread.join()
        opened.wait(lambda: not opened.window.isMinimized())
        opened.wait(lambda: opened.bench.added == [(Path("/texts/x.txt"),)])
