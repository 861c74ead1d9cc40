"""What the next question is asked of: lets the reader choose it, and tells what of a scope is gone.

It asks no question; a scope of which nothing is left is never widened.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Slot

from desktop_app.choosing import Chooser
from desktop_app.conversation_desk import ConversationDesk
from desktop_app.library_desk import LibraryDesk
from desktop_app.notice_banner import NoticeStrip
from desktop_app.scope_popover import ScopePopover
from desktop_app.scope_words import isolated
from desktop_app.scoping import Holding, left_of, standing_of
from desktop_app.window import Window
from desktop_app.wording import count_words
from desktop_app.workbench import Workbench
from rag.types import Scope, Turn

_NOTHING_LEFT = "None of the chosen documents is in the library any more."
_NEW_WHEN_CHANGED = "A file that was changed and added again counts as a new document."
_RENAMED_OR_REMOVED = "It was renamed or removed."
_KEPT = "Your question is kept; choose something else to ask."
_TAKEN_OVER = "The next question is asked of the same."


class ScopeDesk(QObject):
    """Joins the scope button, its choice, and what the library holds."""

    def __init__(
        self, workbench: Workbench, window: Window, chooser: Chooser, library: LibraryDesk, desk: ConversationDesk
    ) -> None:
        super().__init__()
        self._workbench = workbench
        self._window = window
        self._chooser = chooser
        self._library = library
        self._desk = desk
        self._strip: NoticeStrip | None = None
        self._popover: ScopePopover | None = None
        library.changed.connect(self.refresh)
        window.composer.scope_requested.connect(self.open)

    @Slot()
    def refresh(self) -> Holding:
        """Look up what the library holds, and let the button say what is left of its scope."""
        holding = Holding(self._library.sources, self._workbench.collections())
        self._window.composer.set_holding(holding)
        return holding

    @property
    def popover(self) -> ScopePopover | None:
        """The choice, once it has been opened."""
        return self._popover

    @Slot()
    def open(self) -> None:
        """Offer the collections, the documents and the dates that can be asked."""
        composer = self._window.composer
        if self._popover is None:
            self._popover = ScopePopover(self._window)
            self._popover.scope_chosen.connect(self.take)
            self._popover.documents_requested.connect(self.choose_documents)
        self._window.dress(self._popover)
        self._popover.show_scopes(composer.scope, self.refresh())
        self._popover.open_above(composer.scope_button, self._window)

    @Slot()
    def choose_documents(self) -> None:
        """Let the reader tick documents; the dates of the scope stay, and a collection is where the ticks begin."""
        scope, holding = self._window.composer.scope, self.refresh()
        if scope.collection is not None:
            ticked = holding.named_in(scope)
            scope = replace(scope, document_ids=tuple(source.id for source in ticked), collection=None)
        chosen = self._chooser.scope(holding.sources, scope)
        if chosen is not None:
            self.take(chosen)

    @Slot(object)
    def take(self, scope: Scope) -> None:
        """Ask this from now on; what was said of the scope before is over."""
        self._desk.set_scope(scope)
        if self._strip is not None and not self._strip.is_gone:
            self._strip.dismiss()
        self._window.composer.show_hint()

    def take_from(self, turn: Turn) -> None:
        """Ask the next question of what an earlier one was asked of."""
        self.take(turn.scope)
        self._window.composer.show_hint(_TAKEN_OVER)
        self._window.composer.box.setFocus()

    def is_lost(self, scope: Scope) -> bool:
        """Whether a scope names documents or a collection, and none of them is there any more."""
        return left_of(scope, self.refresh()) is None

    def to_ask(self, scope: Scope) -> Scope | None:
        """What is left of a scope; None where no document is, after the reader was told why."""
        standing = standing_of(scope, self.refresh())
        if standing.left is None:
            self._tell_lost(scope)
            return None
        if not standing.is_askable:
            self._window.composer.show_hint(_KEPT)
            return None
        if standing.left != scope:
            self._tell_what_is_left(scope, standing.left)
        return standing.left

    def _tell_lost(self, scope: Scope) -> None:
        if scope.collection is None:
            self._window.composer.show_hint(_NOTHING_LEFT)
            self._tell(
                _NOTHING_LEFT,
                f"Choose other documents, or the whole library, and ask again. {_NEW_WHEN_CHANGED}",
                opens_documents=True,
            )
            return
        lost = f"The collection “{isolated(scope.collection)}” is not in the library any more."
        self._window.composer.show_hint(_KEPT)
        self._tell(lost, f"{_RENAMED_OR_REMOVED} Choose another one, or the whole library, and ask again.")

    def _tell_what_is_left(self, scope: Scope, left: Scope) -> None:
        n_gone = len(scope.document_ids) - len(left.document_ids)
        gone = [f"{_documents(n_gone)} of those chosen"] if n_gone else []
        gone += [f"the collection “{isolated(scope.collection)}”"] if scope.collection and not left.collection else []
        rest = f"the other {_documents(len(left.document_ids))}" if left.document_ids else "the rest of the scope"
        self._tell(
            f"Not in the library any more: {' and '.join(gone)}",
            f"Asked: {rest}. {_NEW_WHEN_CHANGED}",
            opens_documents=True,
        )

    def _tell(self, title: str, message: str, *, opens_documents: bool = False) -> None:
        self._strip = self._window.banner.show_notice(
            title,
            message,
            tone="warn",
            action="Choose documents…" if opens_documents else "Choose…",
            on_action=self.choose_documents if opens_documents else self.open,
        )


def _documents(count: int) -> str:
    return count_words(count, "document", "documents")
