"""The button under the question box: it says what the next question is asked of, and opens the choice."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from desktop_app.inert_text import plain_label, plain_tooltip
from desktop_app.scope_words import NOTHING_IN_SCOPE, asked_words, isolated, short_words
from desktop_app.scoping import Holding, Standing, standing_of
from desktop_app.wording import count_words
from rag.types import Scope

_KEYS = "Ctrl+Shift+L"
_LEAST_CHARS = 12
_LISTED_TITLES = 8


class ScopeButton(QPushButton):
    """Words on a scope, cut with an ellipsis where the room ends; the tool tip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scope-button")
        self.setFlat(True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._words = ""

    @property
    def words(self) -> str:
        """What it says, in full."""
        return self._words

    def show_scope(self, scope: Scope, holding: Holding | None) -> None:
        """Name a scope; where it is known what the library holds, also what is left of it and how much it holds."""
        standing = standing_of(scope, holding) if holding is not None else None
        self._words = _name(scope, standing)
        self.setText(plain_label(self._words))
        self.setAccessibleName(f"Asking: {self._words}. Choose what to ask")
        self.setToolTip(plain_tooltip(_detail(scope, standing, len(holding.sources) if holding else 0)))
        self.setProperty("narrowed", not scope.is_whole_library)
        self.setProperty("holds_nothing", standing is not None and not standing.is_askable)
        self.style().unpolish(self)
        self.style().polish(self)

    def minimumSizeHint(self) -> QSize:
        """Room for the first words; the rest is cut."""
        least_px = self.fontMetrics().averageCharWidth() * _LEAST_CHARS
        return QSize(min(self.sizeHint().width(), least_px + self._around_px()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room_px = self.width() - self._around_px()
        option.text = self.fontMetrics().elidedText(option.text, Qt.TextElideMode.ElideRight, room_px)
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _around_px(self) -> int:
        """What the frame and its padding take of the width."""
        shown = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return max(0, self.sizeHint().width() - shown.width())


def _name(scope: Scope, standing: Standing | None) -> str:
    """A scope in a few words, or why there is nothing in it."""
    if standing is None:
        return short_words(scope)
    if standing.left is None and scope.collection is not None:
        return f"Collection “{isolated(scope.collection)}” is gone"
    if standing.left is None:
        return "No document left"
    return short_words(standing.left, len(standing.documents)) if standing.is_askable else NOTHING_IN_SCOPE


def _detail(scope: Scope, standing: Standing | None, n_held: int) -> str:
    """What is asked in sentences, a line each, with the titles where they are few."""
    invitation = f"Click to choose collections, documents or dates ({_KEYS})."
    if scope.is_whole_library or standing is None:
        return f"{asked_words(scope) or 'Every document is asked.'}\n{invitation}"
    documents, n_undated = standing.documents, standing.n_undated
    lines = [asked_words(scope).replace("Asked only of", "To be asked: only", 1)]
    lines.append(f"{len(documents):,} of {count_words(n_held, 'document', 'documents')}")
    lines += [f"  {isolated(source.title or source.name)}" for source in documents[:_LISTED_TITLES]]
    lines += ["  …"] if len(documents) > _LISTED_TITLES else []
    lines += [f"{count_words(n_undated, 'document', 'documents')} without a date left out"] if n_undated else []
    return "\n".join([*lines, invitation])
