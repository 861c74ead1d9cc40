"""Notices above the conversation: never in the way, one below the other, each with a way to dismiss it.

It decides nothing about their words; it shows plain text and at most one button besides the dismissing one.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.window_style import named

MAX_NOTICES = 3


class NoticeStrip(QFrame):
    """One notice; `on_action` is called in the window's thread when its button is pressed.

    `on_gone` is called once when the notice disappears without its button having been pressed.

    Signals:
        left(): it is not to be seen any more.
    """

    left = Signal()

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        message: str,
        tone: str,
        action: str,
        on_action: Callable[[], object] | None,
        on_gone: Callable[[], object] | None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("tone", tone)
        self.title, self.message = title, message
        self._on_action, self._on_gone = on_action, on_gone
        self.is_gone = False
        self.setAccessibleName(f"Notice: {title}. {message}")
        text = QVBoxLayout()
        text.setSpacing(2)
        for words, name in ((title, "notice-title"), (message, "notice-message")):
            if words:
                text.addWidget(self._label(words, name))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addLayout(text, 1)
        self.action_button = named(QPushButton(action, self), "notice-button")
        self.action_button.setVisible(bool(action))
        self.action_button.clicked.connect(self._act)
        self.dismiss_button = named(QPushButton("✕", self), "notice-dismiss")
        self.dismiss_button.setAccessibleName(f"Dismiss: {title}")
        self.dismiss_button.setToolTip("Dismiss")
        self.dismiss_button.clicked.connect(self.dismiss)
        layout.addWidget(self.action_button)
        layout.addWidget(self.dismiss_button, 0, Qt.AlignmentFlag.AlignTop)

    def _label(self, words: str, name: str) -> QLabel:
        label = named(QLabel(self), name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setText(words)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        label.setSizePolicy(policy)
        return label

    @Slot()
    def dismiss(self) -> None:
        """Go away, now."""
        self._leave(self._on_gone)

    @Slot()
    def _act(self) -> None:
        self._leave(self._on_action)

    def _leave(self, last_call: Callable[[], object] | None) -> None:
        if self.is_gone:
            return
        self.is_gone = True
        self._on_action = self._on_gone = None
        self.hide()
        self.left.emit()
        self.deleteLater()
        if last_call is not None:
            last_call()


class NoticeBanner(QWidget):
    """The place where notices stand; the oldest leaves when there are too many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notices")
        self._strips: list[NoticeStrip] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 10, 0, 4)
        self._layout.setSpacing(6)
        self.hide()

    @property
    def notices(self) -> tuple[tuple[str, str], ...]:
        """Title and message of what stands here, oldest first."""
        return tuple((strip.title, strip.message) for strip in self._alive())

    def show_notice(
        self,
        title: str,
        message: str = "",
        *,
        tone: str = "info",
        action: str = "",
        on_action: Callable[[], object] | None = None,
        on_gone: Callable[[], object] | None = None,
        timeout_ms: int = 0,
    ) -> NoticeStrip:
        """Show a notice; `tone` is info, warn or bad. The same words are not shown twice at a time."""
        for strip in self._alive():
            if (strip.title, strip.message) == (title, message):
                strip.dismiss()
        strip = NoticeStrip(
            self, title=title, message=message, tone=tone, action=action, on_action=on_action, on_gone=on_gone
        )
        strip.left.connect(self._shrink)
        self._strips.append(strip)
        self._layout.addWidget(strip)
        while len(alive := self._alive()) > MAX_NOTICES:
            alive[0].dismiss()
        if timeout_ms:
            QTimer.singleShot(timeout_ms, strip, strip.dismiss)
        self.show()
        return strip

    def dismiss_all(self) -> None:
        """Clear the place."""
        for strip in self._alive():
            strip.dismiss()

    def _alive(self) -> list[NoticeStrip]:
        self._strips = [strip for strip in self._strips if not strip.is_gone]
        return list(self._strips)

    @Slot()
    def _shrink(self) -> None:
        self.setVisible(bool(self._alive()))
