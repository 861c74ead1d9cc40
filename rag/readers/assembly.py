"""Puts the paragraphs of a document together to its text and remembers where its parts and its noise lie in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.packages import cleaned
from rag.types import Mark, NoiseKind, Part, PartKind, Span

PARAGRAPH_GAP = "\n\n"
"""A blank line, so that no two paragraphs or rows can be taken for one that was wrapped at a margin."""
ITEM_GAP = "\n"
_LABEL_CHARS = 80


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a paragraph; `noise` says why it is not quoted."""

    text: str
    noise: NoiseKind | None = None


Runs = Sequence[Run]


def text_of(runs: Runs) -> str:
    """The characters of some runs."""
    return "".join(run.text for run in runs)


class Assembly:
    """Takes paragraphs in order. A part lasts from `begin_part` to the next or to `end_part`."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._n_chars = 0
        self._marks: list[Mark] = []
        self._parts: list[Part] = []
        self._open: tuple[PartKind, int, str] | None = None
        self._open_from: int | None = None
        self._headings: list[tuple[int, int, str]] = []

    @property
    def n_chars(self) -> int:
        return self._n_chars

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those that hold text and are ended."""
        return tuple(self._parts)

    def add(self, paragraph: Runs | str, gap: str = PARAGRAPH_GAP, noise: NoiseKind | None = None) -> bool:
        """Append a paragraph, cleaned and without white space at its ends; `gap` parts it from the one before.

        Returns whether there was anything to append. `noise` holds for the whole paragraph.
        """
        runs = [Run(paragraph)] if isinstance(paragraph, str) else paragraph
        texts = [cleaned(run.text) for run in runs]
        whole = "".join(texts)
        if not whole.strip():
            return False
        end_before = self._n_chars
        if self._pieces:
            self._append(gap)
        first, last = len(whole) - len(whole.lstrip()), len(whole.rstrip())
        start = self._n_chars - first
        self._append(whole[first:last])
        if self._open is not None and self._open_from is None:
            self._open_from = start + first
        if noise is None and not any(run.noise for run in runs):
            return True
        place = 0
        for run, text in zip(runs, texts, strict=True):
            kind = noise or run.noise
            span = max(place, first), min(place + len(text), last)
            if kind is not None and span[0] < span[1]:
                marked_to = self._marks[-1].span.end if self._marks else -1
                is_next = marked_to == start + span[0] or (span[0] == first and marked_to == end_before)
                self._mark(kind, Span(start + span[0], start + span[1]), is_next)
            place += len(text)
        return True

    def add_heading(self, runs: Runs, level: int, noise: NoiseKind | None = None) -> None:
        """Append a paragraph that is a heading; level 1 is the highest."""
        is_shown = noise is None and all(run.noise is None for run in runs)
        if self.add(runs, noise=noise) and is_shown:
            heading = " ".join(cleaned(text_of(runs)).split())
            self._headings.append((level, self._n_chars - len(cleaned(text_of(runs)).strip()), heading))

    def begin_part(self, kind: PartKind, number: int, label: str = "") -> None:
        self.end_part()
        self._open = (kind, number, " ".join(cleaned(label).split()))

    def end_part(self) -> None:
        if self._open is not None and self._open_from is not None:
            kind, number, label = self._open
            self._parts.append(Part(kind, number, Span(self._open_from, self._n_chars), label))
        self._open = self._open_from = None

    def chapters(self, end: int) -> tuple[Part, ...]:
        """The chapters before `end`, by the highest level of headings that occurs at least twice; else none."""
        levels = sorted({level for level, _, _ in self._headings})
        level = next((one for one in levels if sum(one == other for other, _, _ in self._headings) > 1), None)
        if level is None:
            return ()
        starts = [(start, label) for one, start, label in self._headings if one <= level and start < end]
        ends = [start for start, _ in starts[1:]] + [end]
        return tuple(
            Part(PartKind.CHAPTER, number, Span(start, stop), label[:_LABEL_CHARS].strip())
            for number, ((start, label), stop) in enumerate(zip(starts, ends, strict=True), 1)
        )

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._n_chars += len(piece)

    def _mark(self, kind: NoiseKind, span: Span, is_next: bool) -> None:
        """Two marks of a kind are one where nothing, or only the gap between paragraphs, lies between them."""
        last = self._marks[-1] if self._marks else None
        if last is not None and last.kind is kind and is_next:
            self._marks[-1] = Mark(kind, Span(last.span.start, span.end))
        else:
            self._marks.append(Mark(kind, span))
