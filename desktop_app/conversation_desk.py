"""Which conversation lies open: opens, begins, renames and deletes conversations, and keeps their drafts.

It asks nothing; the turns it shows are those on the disk, and the running one is added by the asker.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from itertools import takewhile

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.asking import Asker
from desktop_app.conversations import ConversationNotFound, Conversations, ConversationsError, ConversationSummary
from desktop_app.keeper import Keeper
from desktop_app.scoping import renamed, without
from desktop_app.window import Window
from rag.types import Conversation, Scope, Turn

_log = logging.getLogger(__name__)

UNDO_MS = 8000
_UNANSWERED = "This was broken off before the question was answered. Ask it again."


class ConversationDesk(QObject):
    """The open conversation and the list beside it. Everything here takes milliseconds.

    Signals:
        opened(Conversation): another conversation lies open; the view shows it.
    """

    opened = Signal(object)

    def __init__(self, conversations: Conversations, window: Window, asker: Asker, keeper: Keeper) -> None:
        super().__init__()
        self._conversations = conversations
        self._window = window
        self._asker = asker
        self._keeper = keeper
        self._current: Conversation | None = None
        self._scopes: dict[str, Scope] = {}
        self._deleted_ids: list[str] = []
        self._doomed_ids: set[str] = set()
        self._search = ""
        self._listed: tuple[ConversationSummary, ...] = ()
        asker.replaced.connect(self._shorten)
        asker.began.connect(self._begin)
        asker.ended.connect(self._end)
        listing = window.conversation_list
        listing.open_requested.connect(self.open)
        listing.new_requested.connect(self.new)
        listing.rename_requested.connect(self.rename)
        listing.delete_requested.connect(self.delete)
        listing.search_changed.connect(self.search)
        window.composer.draft_changed.connect(self.keep_draft)

    @property
    def current(self) -> Conversation:
        """The open conversation; begun if none is."""
        if self._current is None:
            self.new()
        assert self._current is not None  # noqa: S101 - new() opens one or raises
        return self._current

    @property
    def current_id(self) -> str:
        return self._current.id if self._current else ""

    def turn(self, turn_id: str) -> Turn | None:
        """A turn of the open conversation, the running one as far as it has come."""
        running = self._asker.running_turn
        if running is not None and running.id == turn_id:
            return running
        turns = self._current.turns if self._current else ()
        return next((turn for turn in turns if turn.id == turn_id), None)

    def open_last(self) -> None:
        """Open what was open at the last end, or the newest, or a new conversation."""
        self.refresh()
        known = [summary.id for summary in self._listed]
        last = self._conversations.last_opened
        if last in known and last is not None:
            self.open(last)
        elif known:
            self.open(known[0])
        else:
            self.new()

    @Slot(str)
    def open(self, conversation_id: str) -> None:
        """Show a conversation with its draft and its scope."""
        if conversation_id == self.current_id:
            return
        self.leave()
        self._keeper.settle()
        self._show(self._conversations.load(conversation_id))
        self._conversations.last_opened = conversation_id

    @Slot()
    def new(self) -> None:
        """Begin a conversation, unless the open one has not been used yet."""
        is_unused = self._current is not None and not self._current.turns and not self._asker_is_here()
        if not is_unused:
            self.leave()
            unused = next((one for one in self._listed if one.n_turns == 0 and one.id not in self._deleted_ids), None)
            begun = self._conversations.load(unused.id) if unused else self._conversations.new()
            self._conversations.last_opened = begun.id
            self.refresh()
            self._show(begun)
        self._window.composer.box.setFocus()

    @Slot(str, str)
    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title."""
        self._conversations.rename(conversation_id, title)
        if self._current is not None and self._current.id == conversation_id:
            self._current = replace(self._current, title=title)
        self.refresh()

    @Slot(str)
    def delete(self, conversation_id: str) -> None:
        """Take a conversation off the list; it is deleted for good when the offer to undo it has gone."""
        title = next((one.title for one in self._listed if one.id == conversation_id), "")
        if self._asker.conversation_id == conversation_id:
            self._asker.stop()
        self._deleted_ids.append(conversation_id)
        was_open = conversation_id == self.current_id
        self.refresh()
        if was_open:
            self._open_neighbour()
        self._window.banner.show_notice(
            f"“{title or 'New conversation'}” was deleted.",
            tone="info",
            action="Undo",
            on_action=partial(self._undelete, conversation_id),
            on_gone=partial(self._delete_for_good, conversation_id),
            timeout_ms=UNDO_MS,
        )

    @Slot(str)
    def search(self, words: str) -> None:
        """List the conversations with these words."""
        self._search = words
        self.refresh()

    @Slot(str)
    def keep_draft(self, text: str) -> None:
        """Save what stands in the box for the open conversation."""
        if self._current is not None:
            save = partial(self._conversations.save_draft, self._current.id, text)
            self._keeper.keep(f"draft {self._current.id}", save, at_once=True)

    def set_scope(self, scope: Scope) -> None:
        """Ask these documents in the open conversation from now on."""
        self._scopes[self.current_id] = scope
        self._window.composer.set_scope(scope)

    def show_scope(self) -> None:
        """Let the composer say what the open conversation is asked of, whatever it said in between."""
        self._window.composer.set_scope(self._scope_of(self.current))

    def forget_documents(self, document_ids: tuple[str, ...]) -> None:
        """Take removed documents out of the scopes; one of which nothing would be left stays, and finds nothing."""
        self._scopes = {one: without(scope, document_ids) for one, scope in self._scopes.items()}
        if self._current is not None:
            self.show_scope()

    def rename_collection(self, name: str, new_name: str) -> None:
        """Let the scopes of all turns, and of the next, follow a collection that was given another name."""
        save = partial(self._conversations.rename_collection, name, new_name)
        self._keeper.keep(f"collection {name}", save, at_once=True)
        self._asker.rename_collection(name, new_name)
        self._scopes = {one: renamed(scope, name, new_name) for one, scope in self._scopes.items()}
        if self._current is not None:
            turns = (replace(turn, scope=renamed(turn.scope, name, new_name)) for turn in self._current.turns)
            self._current = replace(self._current, turns=tuple(turns))
        self._window.composer.set_scope(renamed(self._window.composer.scope, name, new_name))

    def turns_before(self, turn_id: str) -> tuple[Turn, ...]:
        """The turns of the open conversation before that one; all of them where it is not among them."""
        return tuple(takewhile(lambda turn: turn.id != turn_id, self.current.turns))

    def step(self, n_rows: int) -> None:
        """Open the conversation that many rows below (or above) the open one."""
        ids = [one.id for one in self._listed]
        if not ids:
            return
        at = ids.index(self.current_id) if self.current_id in ids else 0
        self.open(ids[(at + n_rows) % len(ids)])

    def leave(self) -> None:
        """Save the draft of the open conversation, for another one is about to be opened, or the program to end."""
        self._window.composer.flush_draft()

    def finish_deletions(self) -> None:
        """Delete for good what can be undone no more; what cannot be deleted now is there again at the next start."""
        for conversation_id in list(self._deleted_ids):
            try:
                self._delete_for_good(conversation_id)
            except ConversationsError:
                _log.exception("a conversation could not be deleted")

    def refresh(self) -> None:
        """List the conversations as they are on the disk."""
        found = self._conversations.summaries(self._search)
        self._listed = tuple(one for one in found if one.id not in self._deleted_ids)
        title = next((one.title for one in found if one.id == self.current_id), None)
        if self._current is not None and title is not None:
            self._current = replace(self._current, title=title)
        self._window.conversation_list.show_conversations(self._listed)

    def _show(self, conversation: Conversation) -> None:
        self._current = _with_ends(conversation, self._asker.running_turn)
        self._window.conversation_list.set_current(conversation.id)
        self._window.composer.set_text(self._conversations.draft(conversation.id))
        self._window.composer.set_scope(self._scope_of(self._current))
        self.opened.emit(self._current)
        self._asker.show_in(conversation.id)

    def _scope_of(self, conversation: Conversation) -> Scope:
        last = conversation.turns[-1].scope if conversation.turns else Scope()
        return self._scopes.setdefault(conversation.id, last)

    def _asker_is_here(self) -> bool:
        return self._asker.is_answering and self._asker.conversation_id == self.current_id

    def _open_neighbour(self) -> None:
        self._current = None
        if self._listed and not self._search:
            self.open(self._listed[0].id)
        else:
            self.new()

    def _undelete(self, conversation_id: str) -> None:
        self._deleted_ids.remove(conversation_id)
        self.refresh()
        self.open(conversation_id)

    def _delete_for_good(self, conversation_id: str) -> None:
        if self._asker.conversation_id == conversation_id:
            self._doomed_ids.add(conversation_id)
            return
        self._keeper.settle()
        self._conversations.delete(conversation_id)
        self._scopes.pop(conversation_id, None)
        if conversation_id in self._deleted_ids:
            self._deleted_ids.remove(conversation_id)

    @Slot(str, str)
    def _shorten(self, conversation_id: str, from_turn_id: str) -> None:
        if conversation_id == self.current_id:
            self._current = replace(self.current, turns=self.turns_before(from_turn_id))

    @Slot(str)
    def _begin(self, conversation_id: str) -> None:
        self._window.conversation_list.set_busy(conversation_id)
        self.refresh()

    @Slot(str, object)
    def _end(self, conversation_id: str, turn: Turn) -> None:
        self._window.conversation_list.set_busy("")
        if self._current is not None and self._current.id == conversation_id:
            self._current = replace(self._current, turns=(*self._current.turns, turn))
        if conversation_id in self._doomed_ids:
            self._doomed_ids.remove(conversation_id)
            self._delete_for_good(conversation_id)
        self.refresh()


def is_gone(exc: BaseException) -> bool:
    """Whether something could not be saved only because its conversation was deleted meanwhile."""
    return isinstance(exc, ConversationNotFound)


def _with_ends(conversation: Conversation, running: Turn | None) -> Conversation:
    """The conversation without the running turn, and with a word on each turn that was never answered."""
    turns = (turn for turn in conversation.turns if running is None or turn.id != running.id)
    ended = (
        replace(turn, problem=_UNANSWERED) if turn.answer is None and turn.problem is None else turn for turn in turns
    )
    return replace(conversation, turns=tuple(ended))
