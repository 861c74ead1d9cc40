"""Cut the model's prose into sentences while it is being written; checking them is not done here."""

from __future__ import annotations

import re

_MARK = r"\[\d+(?:\s*[,;]\s*\d+)*\]"
#: Citation marks close a sentence, or a full stop that no mark follows.
_END = re.compile(rf"""{_MARK}(?:\s*{_MARK})*[.!?]?|(?<=[\w”"’')\]])[.!?]["”’)]*(?!\s*\[)""")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|St|Gen|Sen|Prof|vs|etc|No|Nov|Dec|Jan|Feb|Aug|Sept|Oct))\.$")


class ProseSplitter:
    """Takes pieces of text and gives back finished sentences, citation marks included."""

    def __init__(self) -> None:
        self._open = ""

    def feed(self, delta: str) -> list[str]:
        """The sentences that this piece has finished; a sentence is finished when the next one has begun."""
        self._open += delta
        finished: list[str] = []
        while (end := self._end()) is not None:
            finished.append(self._open[:end].strip())
            self._open = self._open[end:].lstrip()
        return finished

    def rest(self) -> list[str]:
        """What is still open, as a last sentence; nothing where there is none."""
        last, self._open = self._open.strip(), ""
        return [last] if last else []

    def _end(self) -> int | None:
        newline = self._open.find("\n", 1)
        for match in _END.finditer(self._open):
            after = self._open[match.end() :]
            if _ABBREVIATION.search(self._open[: match.end()]) or not after[:1].isspace():
                continue
            follows = after.lstrip()
            if follows and not follows.startswith("["):
                return match.end() if newline < 0 else min(match.end(), newline)
        return newline if newline > 0 and self._open[newline:].strip() else None
