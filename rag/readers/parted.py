"""Puts the text of a document together from its parts and keeps where each of them stands."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import Mark, Part, PartKind, Span

_BETWEEN = "\n\n"


class PartedText:
    """A text that grows a part at a time; a blank line stands between them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._n_chars = 0
        self._parts: list[Part] = []
        self._marks: list[Mark] = []

    def __len__(self) -> int:
        return self._n_chars

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(self._parts)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks)

    def add(
        self,
        text: str,
        kind: PartKind,
        number: int,
        label: str = "",
        *,
        marks: Sequence[Mark] = (),
        is_ocr: bool = False,
    ) -> None:
        """Append a part; without text it leaves no trace, for a part has a span."""
        start = self._append(text, marks)
        if start < self._n_chars:
            self._parts.append(Part(kind, number, Span(start, self._n_chars), label, is_ocr))

    def add_whole(self, text: str, parts: Sequence[Part], marks: Sequence[Mark] = ()) -> None:
        """Append a text that has parts of its own, which count from its beginning."""
        start = self._append(text, marks)
        if start < self._n_chars:
            self._parts += (
                Part(part.kind, part.number, _shifted(part.span, start), part.label, part.is_ocr) for part in parts
            )

    def _append(self, text: str, marks: Sequence[Mark]) -> int:
        """Where the text begins now; the end of all where there is no text to append."""
        if not text:
            return self._n_chars
        if self._pieces:
            self._pieces.append(_BETWEEN)
            self._n_chars += len(_BETWEEN)
        start = self._n_chars
        self._pieces.append(text)
        self._n_chars += len(text)
        self._marks += (Mark(mark.kind, _shifted(mark.span, start), mark.is_lifted) for mark in marks)
        return start


def _shifted(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
