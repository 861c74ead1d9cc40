"""Notices from the workbench as strips, each for as long as it is true, and none for what a turn says already.

It knows no engine; it goes by the names in the notices.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Slot

from desktop_app.asking import Asker
from desktop_app.notice_banner import NoticeBanner, NoticeStrip
from desktop_app.workbench import Notice
from rag.types import Turn

ANSWERING_ENGINES = frozenset({"chat", "search"})
#: A notice and the failure of the turn it belongs to come from two threads, in either order.
_SAME_EVENT_S = 2.0


class NoticeDesk(QObject):
    """Shows notices; one about an engine that answers waits for the end of the answer, which may tell it itself."""

    def __init__(self, asker: Asker, banner: NoticeBanner) -> None:
        super().__init__()
        self._asker = asker
        self._banner = banner
        self._strips: dict[str, NoticeStrip] = {}
        self._held: list[Notice] = []
        self._turn_failed_at_s = float("-inf")
        asker.ended.connect(self._end)

    def show(self, notice: Notice) -> None:
        """Show it now, after the answer, or not at all."""
        if notice.engine not in ANSWERING_ENGINES:
            self._show(notice)
        elif self._asker.is_answering:
            self._held.append(notice)
        elif time.monotonic() - self._turn_failed_at_s > _SAME_EVENT_S:
            self._show(notice)

    def let_go(self, engine: str) -> None:
        """Take away what was said about an engine, for it is ready again."""
        self._held = [notice for notice in self._held if notice.engine != engine]
        strip = self._strips.pop(engine, None)
        if strip is not None and not strip.is_gone:
            strip.dismiss()

    def _show(self, notice: Notice) -> None:
        strip = self._banner.show_notice(notice.title, notice.message, tone="warn")
        if notice.engine:
            self.let_go(notice.engine)
            self._strips[notice.engine] = strip

    @Slot(str, object)
    def _end(self, conversation_id: str, turn: Turn) -> None:  # noqa: ARG002 - Qt's signal
        held, self._held = self._held, []
        if turn.problem:
            self._turn_failed_at_s = time.monotonic()
            return
        for notice in held:
            self._show(notice)
