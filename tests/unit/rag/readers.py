"""A reader for tests: it points at given words wherever a passage holds them, and sees nothing elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class FakeReading:
    """Fits rag.ports.PassageReading; a token is a word."""

    offsets: npt.NDArray[np.int32]
    start: npt.NDArray[np.float32]
    end: npt.NDArray[np.float32]
    evidence: npt.NDArray[np.float32]
    no_answer: float
    answerable: float


class FakeReader:
    """Fits rag.ports.EvidenceReader."""

    def __init__(self, words: str) -> None:
        self._words = words

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[FakeReading]:
        return [reading_of(text, self._words) for _, text in passages]


def reading_of(text: str, words: str, *, read_chars: int | None = None) -> FakeReading:
    """A reading that is sure of `words`, where the first `read_chars` of the text hold them."""
    offsets = [(m.start(), m.end()) for m in re.finditer(r"\w+|[^\w\s]", text[:read_chars])]
    place = text[:read_chars].find(words)
    start = [8.0 if place >= 0 and s == place else -4.0 for s, _ in offsets]
    end = [8.0 if place >= 0 and e == place + len(words) else -4.0 for _, e in offsets]
    sure = 6.0 if place >= 0 else -6.0
    return FakeReading(
        np.array(offsets, dtype=np.int32).reshape(-1, 2),
        np.array(start, dtype=np.float32),
        np.array(end, dtype=np.float32),
        np.full(len(offsets), sure, dtype=np.float32),
        -8.0 if place >= 0 else 8.0,
        sure,
    )
