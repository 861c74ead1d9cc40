"""What a reader points at: the words that answer, and how strongly each sentence was read as evidence.

A span is scored against the reader's own "not here" of the same passage, so scores of different passages compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.ports import PassageReading
from rag.types import Span

#: The longest answer, in the reader's tokens; a longer one is a sentence, and sentences are quoted anyway.
MOST_TOKENS = 30

NAMES = ("span", "evidence", "answerable", "is_best_span", "span_above_others")

#: What a sentence scores that the reader never saw, in logits.
_UNSEEN = -10.0
_LEAST, _MOST = -15.0, 15.0

_MARKS = " \t\n\"'“”‘’„«»()[]{}–—-,;:.!?…"
_CLOSER_OF = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "„": "“"}
_OPENER_OF = {closer: opener for opener, closer in _CLOSER_OF.items()}


@dataclass(frozen=True, slots=True)
class Pointed:
    """The best span inside one sentence: its place in the document, and its margin over "not here" in logits."""

    span: Span
    margin: float


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What a reading says of one sentence; `pointed` is None where no token of it was read."""

    pointed: Pointed | None
    evidence: float
    answerable: float

    @property
    def margin(self) -> float:
        return self.pointed.margin if self.pointed else _UNSEEN


UNREAD = SentenceReading(None, _UNSEEN, _UNSEEN)


def read_sentences(
    reading: PassageReading, passage: Span, text: str, sentences: Sequence[Span]
) -> list[SentenceReading]:
    """For each sentence of a passage what the reading says of it.

    `text` is the passage's and begins at `passage.start` in the document; `sentences` are spans of the document.
    """
    read = []
    for sentence in sentences:
        inside = np.flatnonzero(
            (reading.offsets[:, 0] < sentence.end - passage.start)
            & (reading.offsets[:, 1] > sentence.start - passage.start)
            & (reading.offsets[:, 1] > reading.offsets[:, 0])
        )
        if len(inside) == 0:
            read.append(UNREAD)
            continue
        first, last = int(inside[0]), int(inside[-1]) + 1
        read.append(
            SentenceReading(
                _best(reading, first, last, passage, text),
                float(reading.evidence[first:last].mean()),
                float(reading.answerable),
            )
        )
    return read


def features(read: Sequence[SentenceReading]) -> npt.NDArray[np.float32]:
    """float32, (len(read), len(NAMES)): the readings of all sentences of one question as numbers near 0..1."""
    margins = np.array([r.margin for r in read])
    order = np.sort(margins)[::-1]
    best = order[0] if len(order) else 0.0
    second = order[1] if len(order) > 1 else best
    rows = [
        [
            _scaled(r.margin),
            _scaled(r.evidence),
            _scaled(r.answerable),
            float(r.margin == best and r.pointed is not None),
            _scaled(r.margin - (second if r.margin == best else best)),
        ]
        for r in read
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(NAMES))


def _scaled(logit: float) -> float:
    return (min(_MOST, max(_LEAST, logit)) - _LEAST) / (_MOST - _LEAST)


def _best(reading: PassageReading, first: int, last: int, passage: Span, text: str) -> Pointed | None:
    """The best pair of a start and an end within the tokens first..last, at most MOST_TOKENS long."""
    start, end = reading.start[first:last], reading.end[first:last]
    n = len(start)
    pairs = start[:, None] + end[None, :]
    allowed = np.triu(np.ones((n, n), dtype=bool)) & np.tril(np.ones((n, n), dtype=bool), MOST_TOKENS - 1)
    place = int(np.where(allowed, pairs, -np.inf).argmax())
    i, j = divmod(place, n)
    trimmed = _trimmed(text, int(reading.offsets[first + i, 0]), int(reading.offsets[first + j, 1]))
    if trimmed is None:
        return None
    span = Span(passage.start + trimmed[0], passage.start + trimmed[1])
    return Pointed(span, float(pairs[i, j]) - float(reading.no_answer))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Without white space and marks at the ends; a bracket stays where its other half is inside."""
    while start < end and text[start] in _MARKS:
        closer = _CLOSER_OF.get(text[start])
        if closer is not None and closer in text[start + 1 : end - 1]:
            break
        start += 1
    while end > start and text[end - 1] in _MARKS:
        opener = _OPENER_OF.get(text[end - 1])
        if opener is not None and opener in text[start : end - 1]:
            break
        end -= 1
    return (start, end) if start < end else None
