"""Lets out only text that may be shown: whole characters, and nothing that could be the beginning of a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Outlet:
    """Takes the bytes of tokens as they come and gives back text; after a stop string `is_stopped` is true."""

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(mark for mark in stop if mark)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.is_stopped = False

    def put(self, piece: bytes) -> str:
        """The text that is certain now; empty while a character or a possible stop string is incomplete."""
        if self.is_stopped:
            return ""
        self._held += self._decoder.decode(piece)
        places = [place for place in (self._held.find(mark) for mark in self._stop) if place >= 0]
        if places:
            self.is_stopped = True
            return self._release(min(places))
        return self._release(len(self._held) - self._n_held_back())

    def finish(self) -> str:
        """The text that was held back for a stop string that did not come; an incomplete character is dropped."""
        return "" if self.is_stopped else self._release(len(self._held))

    def _release(self, end: int) -> str:
        text, self._held = self._held[:end], self._held[end:]
        return text

    def _n_held_back(self) -> int:
        longest = max((len(mark) for mark in self._stop), default=0)
        for n_chars in range(min(longest - 1, len(self._held)), 0, -1):
            tail = self._held[-n_chars:]
            if any(mark.startswith(tail) for mark in self._stop):
                return n_chars
        return 0
