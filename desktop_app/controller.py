"""What follows from what the reader does: joins the window, the conversations and the workbench.

It paints nothing and waits for nothing: what takes time runs in the workers, what is shown is shown by the views.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication

from desktop_app.adding_desk import AddingDesk
from desktop_app.asking import Asker
from desktop_app.battery_desk import BatteryDesk
from desktop_app.choosing import Chooser
from desktop_app.citing import with_citations
from desktop_app.conversation_desk import ConversationDesk, is_gone
from desktop_app.conversation_view import ConversationView
from desktop_app.conversations import Conversations
from desktop_app.exporting_desk import Export, ExportingDesk
from desktop_app.keeper import Keeper
from desktop_app.library_desk import LibraryDesk
from desktop_app.memory import Memory
from desktop_app.notice_banner import NoticeStrip
from desktop_app.notice_desk import NoticeDesk
from desktop_app.problems import Problem, explain
from desktop_app.scope_desk import ScopeDesk
from desktop_app.source_desk import SourceDesk
from desktop_app.source_view import SourceView
from desktop_app.watching_desk import WatchingDesk
from desktop_app.why_view import WhyView
from desktop_app.window import Window
from desktop_app.workbench import EngineState, EngineStatus, Notice, Workbench
from desktop_app.workers import Answering, Indexing
from rag.types import Conversation, Scope, Turn

CLOSING_LIMIT_S = 2.8
_BUSY = "Still answering. Your text is kept; send it when the answer is there, or stop it with Esc."
_NOTHING_YET = "The first texts are being added. Your question is kept; send it in a moment."
_NOTHING_TO_ASK = "Your library is empty. Your question is kept; add files with Ctrl+O, then send it."
_BUSY_ELSEWHERE = "Still answering in another conversation. Your text is kept; Esc stops that answer."


class Controller(QObject):
    """The program behind the window. Lives in the GUI thread, as do all its slots.

    Signals:
        closed(): everything is saved and every thread has ended, or the time for that is over.
    """

    closed = Signal()
    _notice_came = Signal(object)
    _engine_came = Signal(object)

    def __init__(
        self,
        *,
        workbench: Workbench,
        conversations: Conversations,
        window: Window,
        conversation_view: ConversationView,
        source_view: SourceView,
        why_view: WhyView,
        chooser: Chooser,
        export: Export,
        memory: Memory,
        own_folders: Sequence[Path] = (),
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._view = conversation_view
        self._chooser = chooser
        self._edited_turn_id = ""
        self._text_before_editing = ""
        self._is_closed = False
        self._unsaved_strip: NoticeStrip | None = None
        self.keeper = Keeper(is_hopeless=is_gone)
        self.answering = Answering(workbench)
        self.indexing = Indexing(workbench)
        self.asker = Asker(self.answering, self.keeper, conversations, conversation_view)
        self.desk = ConversationDesk(conversations, window, self.asker, self.keeper)
        self.adding = AddingDesk(self.indexing, window, memory.wishes)
        self.battery = BatteryDesk(self.adding, window)
        self.watching = WatchingDesk(workbench, self.adding, window, memory.told_folders, own_folders=own_folders)
        self.library = LibraryDesk(workbench, window, chooser, self.adding, memory.dismissals)
        self.scopes = ScopeDesk(workbench, window, chooser, self.library, self.desk)
        self.sources = SourceDesk(
            workbench=workbench,
            window=window,
            source_view=source_view,
            why_view=why_view,
            conversation_view=conversation_view,
            desk=self.desk,
            asker=self.asker,
        )
        self.exporting = ExportingDesk(export, window, chooser)
        self.notices = NoticeDesk(self.asker, window.banner)
        self._connect_threads()
        self._connect_views()
        self._connect_actions()
        self._enable_actions()

    def _connect_threads(self) -> None:
        self._notice_came.connect(self._show_notice)
        self._engine_came.connect(self._show_engine)
        self.keeper.failed.connect(self._show_unsaved)
        self.keeper.recovered.connect(self._show_saved)
        self.asker.began.connect(self._begin)
        self.asker.ended.connect(self._end)
        self.asker.broke.connect(self._window.show_problem)
        self.adding.library_changed.connect(self.library.refresh)
        self.library.removed.connect(self._forget_documents)
        self.library.renamed.connect(self._follow_collection)
        self.library.changed.connect(self.watching.follow)
        self.watching.hindered.connect(self.library.show_hindrances)
        self.sources.marks_changed.connect(self.adding.learn)
        self._window.closing.connect(self.close)

    def _connect_views(self) -> None:
        view, composer = self._view, self._window.composer
        self.desk.opened.connect(self._show_conversation)
        view.quote_activated.connect(self.sources.show_quote)
        view.hit_activated.connect(self.sources.show_hit)
        view.span_activated.connect(self.sources.show_span)
        view.document_activated.connect(self.sources.show_document)
        view.ask_again.connect(self.ask_again)
        view.edit_question.connect(self.edit_question)
        view.edit_standalone.connect(self.edit_standalone)
        view.stop_requested.connect(self.stop)
        view.copy_with_citations.connect(self.copy)
        view.why_requested.connect(self.sources.explain)
        view.question_chosen.connect(self.ask_example)
        view.scope_requested.connect(self.take_scope)
        composer.send_requested.connect(self.send)
        composer.stop_requested.connect(self.stop)
        self.library.open_requested.connect(self.sources.show_document)
        self.sources.original_requested.connect(self.library.files.open_original)
        self._window.status_line.restart_requested.connect(self._restart_engine)
        self._window.conversation_list.export_requested.connect(self._export)
        self._window.paths_near.connect(self._workbench.prepare_adding)
        self._window.paths_dropped.connect(self.library.add)

    def _connect_actions(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            "add_files": self.library.choose_files,
            "add_folder": self.library.choose_folder,
            "library": self.library.show,
            "export": self._export_current,
            "new": self.desk.new,
            "rename": self._window.conversation_list.rename_current,
            "delete": self._delete_current,
            "find": self._window.conversation_list.focus_search,
            "next_conversation": self._next_conversation,
            "previous_conversation": self._previous_conversation,
            "compose": self._window.composer.box.setFocus,
            "scope": self.scopes.open,
            "stop": self.stop,
            "ask_again": self._ask_last_again,
            "copy_answer": self._copy_last,
            "why": self._why_last,
            "next_quote": self.sources.next_quote,
            "previous_quote": self.sources.previous_quote,
            "quit": self._window.close,
        }
        for name, slot in slots.items():
            self._window.actions_by_name[name].triggered.connect(_without_arguments(slot))

    def start(self) -> None:
        """Start the engines and fill what needs the workbench; called when the window has been painted."""
        self._workbench.start(self._notice_came.emit, self._engine_came.emit)
        self.library.refresh()
        self.indexing.follow()
        self.battery.start()

    def catch_up(self) -> None:
        """Go on with what was left, bring the watched folders in step and compute what vectors are missing.

        Called after the first files.
        """
        self.adding.resume()
        self.watching.start()
        self.adding.learn()

    @Slot(str)
    def send(self, text: str) -> None:
        """Ask a question in the open conversation, in the place of the one being edited if there is one."""
        scope = self._scope_of_box()
        if scope is None:
            return
        edited_turn_id = self._edited_turn_id if self.desk.turn(self._edited_turn_id) else ""
        self._ask(text, scope, replaced_turn_id=edited_turn_id)
        self._put_draft(self._text_before_editing if edited_turn_id else "")

    @Slot(str)
    def ask_example(self, text: str) -> None:
        """Ask a question that the view proposed; what stands in the box stays there."""
        scope = self._scope_of_box()
        if scope is not None:
            self._ask(text, scope)

    @Slot(str)
    def ask_again(self, turn_id: str) -> None:
        """Ask the same question once more, in the place of that turn and all after it."""
        self._ask_anew(turn_id, None)

    @Slot(str, str)
    def edit_standalone(self, turn_id: str, text: str) -> None:
        """Ask the same question once more, searching for the reader's own wording."""
        if text.strip():
            self._ask_anew(turn_id, text.strip())

    @Slot(str)
    def edit_question(self, turn_id: str) -> None:
        """Put a question into the box; sending it replaces that turn and all after it."""
        turn = self.desk.turn(turn_id)
        if turn is None:
            return
        composer = self._window.composer
        if not self._edited_turn_id:
            self._text_before_editing = composer.text
        self._edited_turn_id = turn_id
        composer.set_text(turn.question)
        composer.set_scope(turn.scope)
        composer.box.setFocus()
        later = "this turn and what follows" if self._has_later_turns(turn_id) else "this turn"
        composer.show_hint(f"Sending replaces {later}. Esc keeps it.")
        self._enable_actions()

    @Slot()
    def stop(self) -> None:
        """Stop the answer, or stop editing a question: what stood in the box before, and its scope, are there again."""
        if self.asker.is_answering:
            self.asker.stop()
            self._window.composer.show_stopping()
        elif self._edited_turn_id:
            self._stop_editing()
            self._put_draft(self._text_before_editing)
            self.desk.show_scope()

    @Slot(str)
    def copy(self, turn_id: str) -> None:
        """Copy an answer with its quotes and their places."""
        turn = self.desk.turn(turn_id)
        if turn is not None:
            QGuiApplication.clipboard().setText(with_citations(turn))

    @Slot(str)
    def take_scope(self, turn_id: str) -> None:
        """Ask the next question of what that one was asked of."""
        turn = self.desk.turn(turn_id)
        if turn is not None:
            self.scopes.take_from(turn)

    @Slot()
    def close(self) -> None:
        """Save, stop everything, and return within 3 seconds whatever the engines do."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._close_all(time.monotonic() + CLOSING_LIMIT_S)
        finally:
            self.closed.emit()

    def _close_all(self, deadline_s: float) -> None:
        self.desk.leave()
        self.asker.close()
        self.library.close()
        self.sources.close()
        self.answering.stop()
        self.watching.close()
        self.battery.close()
        self.adding.close()
        self.indexing.close()
        closing = Thread(target=self._workbench.close, name="closing", daemon=True)
        closing.start()
        self.keeper.settle(_left_s(deadline_s))
        self.answering.join(_left_s(deadline_s))
        self.desk.finish_deletions()
        self.keeper.close(_left_s(deadline_s))
        self.indexing.join(_left_s(deadline_s))
        self.watching.join(_left_s(deadline_s))
        self.battery.join(_left_s(deadline_s))
        self.exporting.join(_left_s(deadline_s))
        self.library.join(_left_s(deadline_s))
        self.sources.join(_left_s(deadline_s))
        closing.join(_left_s(deadline_s))

    def _ask_anew(self, turn_id: str, standalone: str | None) -> None:
        turn = self.desk.turn(turn_id)
        if turn is None:
            return
        # Where nothing of its own scope is left, the turn is asked of what the reader has chosen since.
        is_lost = self.scopes.is_lost(turn.scope)
        scope = self._scope_to_ask(self._window.composer.scope if is_lost else turn.scope)
        if scope is not None and self._may_replace_from(turn_id):
            self._ask(turn.question, scope, standalone, replaced_turn_id=turn_id)

    def _scope_of_box(self) -> Scope | None:
        """What the next question is asked of; None where none can be asked now. What is gone from it is told once."""
        scope = self._scope_to_ask(self._window.composer.scope)
        if scope is not None and scope != self._window.composer.scope:
            self.desk.set_scope(scope)
        return scope

    def _scope_to_ask(self, scope: Scope) -> Scope | None:
        """What is left of a scope; None where no question can be asked now, after the reader was told why."""
        hint = self._hindrance()
        if hint:
            self._window.composer.show_hint(hint)
            return None
        return self.scopes.to_ask(scope)

    def _ask(self, text: str, scope: Scope, standalone: str | None = None, *, replaced_turn_id: str = "") -> None:
        if replaced_turn_id:
            self.keeper.settle()  # an older state of a turn that is replaced must not be saved after it
        self.asker.ask(
            self.desk.current.id,
            text,
            scope=scope,
            history=tuple(turn for turn in self.desk.turns_before(replaced_turn_id) if turn.answer is not None),
            standalone=standalone,
            replaced_turn_id=replaced_turn_id,
        )

    def _hindrance(self) -> str:
        """Why no question can be asked now; empty where one can."""
        if self.asker.is_answering:
            return _BUSY if self.asker.conversation_id == self.desk.current_id else _BUSY_ELSEWHERE
        if not self.library.sources:
            return _NOTHING_YET if self.adding.is_adding else _NOTHING_TO_ASK
        return ""

    def _has_later_turns(self, turn_id: str) -> bool:
        turns = self.desk.current.turns
        return bool(turns) and turns[-1].id != turn_id

    def _may_replace_from(self, turn_id: str) -> bool:
        return not self._has_later_turns(turn_id) or self._chooser.confirm(
            "Ask this question again?",
            "The turns after it rest on its answer, so they will be removed together with it.",
            "Ask again",
        )

    def _put_draft(self, text: str) -> None:
        self._window.composer.set_text(text)
        self.desk.keep_draft(text)

    def _stop_editing(self) -> None:
        self._edited_turn_id = ""
        self._window.composer.set_answering(self.asker.is_answering)
        self._enable_actions()

    @Slot(str)
    def _begin(self, conversation_id: str) -> None:  # noqa: ARG002 - Qt's signal
        self._edited_turn_id = ""
        self._window.composer.set_answering(True)
        self.indexing.set_answering(True)
        self._enable_actions()

    @Slot(str, object)
    def _end(self, conversation_id: str, turn: Turn) -> None:  # noqa: ARG002 - Qt's signal
        self._window.composer.set_answering(False)
        self.indexing.set_answering(False)
        self._enable_actions()

    @Slot(object)
    def _show_conversation(self, conversation: Conversation) -> None:
        self._stop_editing()
        self._window.setWindowTitle(conversation.title or "Seedbook")
        self._view.show_conversation(conversation)
        self.sources.clear()

    def _enable_actions(self) -> None:
        actions, is_answering = self._window.actions_by_name, self.asker.is_answering
        actions["stop"].setEnabled(is_answering or bool(self._edited_turn_id))
        has_turns = bool(self.desk.current_id) and bool(self.desk.current.turns)
        actions["ask_again"].setEnabled(has_turns and not is_answering)
        for name in ("copy_answer", "why", "export"):
            actions[name].setEnabled(has_turns)

    @Slot(object)
    def _show_notice(self, notice: Notice) -> None:
        self.notices.show(notice)

    @Slot(object)
    def _show_engine(self, state: EngineState) -> None:
        self._window.status_line.show_engine(state)
        if state.status is EngineStatus.READY:
            self.notices.let_go(state.engine)
        if state.engine == "chat":
            self._view.set_model_loading(state.status is EngineStatus.LOADING)
        if state.engine == "search" and state.status is EngineStatus.READY:
            self.indexing.follow()

    @Slot(object)
    def _show_unsaved(self, exc: Exception) -> None:
        if not is_gone(exc):
            problem = explain(exc)
            message = f"{problem.message} Seedbook tries again by itself every few seconds."
            self._unsaved_strip = self._window.show_problem(
                Problem("This could not be saved yet", message, problem.details)
            )

    @Slot()
    def _show_saved(self) -> None:
        _dismiss(self._unsaved_strip)

    @Slot(str)
    def _restart_engine(self, engine: str) -> None:
        self._workbench.restart_engine(engine)
        if engine == "indexer":
            self.adding.resume()
            self.adding.learn()

    @Slot(object)
    def _forget_documents(self, document_ids: tuple[str, ...]) -> None:
        self.desk.forget_documents(document_ids)
        self.indexing.follow()

    @Slot(str, str)
    def _follow_collection(self, name: str, new_name: str) -> None:
        self.desk.rename_collection(name, new_name)
        running = self.asker.running_turn
        for turn in (*self.desk.current.turns, *([running] if running else [])):
            self._view.show_scope(turn.id, turn.scope)

    @Slot(str)
    def _export(self, conversation_id: str) -> None:
        self.desk.open(conversation_id)
        self._export_current()

    def _export_current(self) -> None:
        conversation = self.desk.current
        if conversation.turns:
            self.exporting.export(conversation)

    def _delete_current(self) -> None:
        self.desk.delete(self.desk.current.id)

    def _next_conversation(self) -> None:
        self.desk.step(1)

    def _previous_conversation(self) -> None:
        self.desk.step(-1)

    def _last_turn_id(self) -> str:
        turns = self.desk.current.turns
        return turns[-1].id if turns else ""

    def _ask_last_again(self) -> None:
        self.ask_again(self._last_turn_id())

    def _copy_last(self) -> None:
        self.copy(self._last_turn_id())

    def _why_last(self) -> None:
        self.sources.explain(self._last_turn_id())


def _dismiss(strip: NoticeStrip | None) -> None:
    if strip is not None and not strip.is_gone:
        strip.dismiss()


def _without_arguments(slot: Callable[[], object]) -> Callable[..., object]:
    """QAction.triggered also says whether the action is checked, which no slot here wants to know."""
    return partial(_call, slot)


def _call(slot: Callable[[], object], *_: object) -> object:
    return slot()


def _left_s(deadline_s: float) -> float:
    return max(0.05, deadline_s - time.monotonic())
