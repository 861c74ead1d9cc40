"""Paragraphs and table rows of a text document, and how they are put together to its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.readers.assembly import ITEM_GAP, PARAGRAPH_GAP, Assembly, Run, Runs, text_of
from rag.types import NoiseKind

_TEXT_CELL_CHARS = 300


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a table row; `level` is above 0 for headings."""

    runs: Runs
    level: int = 0
    is_title: bool = False
    is_item: bool = False
    noise: NoiseKind | None = None


class Setter:
    """Adds blocks to a text: items of a list on following lines, everything else after a blank line."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._was_item = False
        self.title = ""
        self.first_heading = ""

    def add(self, block: Block) -> None:
        words = text_of(block.runs)
        if block.is_title:
            self.title = self.title or words
        if block.level and not block.noise:
            self.first_heading = self.first_heading or words
            self._assembly.add_heading(block.runs, block.level)
        else:
            gap = ITEM_GAP if self._was_item and block.is_item else PARAGRAPH_GAP
            self._assembly.add(block.runs, gap, block.noise)
        self._was_item = block.is_item


def in_one_line(blocks: Iterator[Block]) -> list[Run]:
    """The runs of several blocks, a space between."""
    runs: list[Run] = []
    for block in blocks:
        runs += [Run(" "), *block.runs] if runs else block.runs
    return runs


def labelled(label: str, words: Runs) -> list[Run]:
    """Words after a label, without the space that they may begin with."""
    first = next((place for place, run in enumerate(words) if run.text.strip()), len(words))
    start = [Run(run.text.lstrip(), run.noise) for run in words[first : first + 1]]
    return [Run(f"{label}: "), *start, *words[first + 1 :]]


def row_blocks(cells: Sequence[Sequence[Block]]) -> Iterator[Block]:
    """The row on one line, its cells parted by ` | `.

    Where a single cell is filled, or one holds several paragraphs of text, the table only lays out a page: then its
    paragraphs follow each other as they are.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) < 2 or any(len(cell) > 1 and _n_chars(cell) > _TEXT_CELL_CHARS for cell in cells):
        for cell in filled:
            yield from cell
        return
    runs: list[Run] = []
    for place, cell in enumerate(cells):
        if place:
            runs.append(Run(" | "))
        for nth, block in enumerate(cell):
            runs += [Run(" ", block.noise)] if nth else []
            runs += [Run(" ".join(run.text.split("\n")).replace("\t", " "), run.noise) for run in block.runs]
    yield Block(_without_empty_end(runs))


def _without_empty_end(runs: list[Run]) -> list[Run]:
    while runs and (runs[-1].text == " | " or not runs[-1].text.strip()):
        runs.pop()
    return runs


def _n_chars(cell: Sequence[Block]) -> int:
    return sum(len(text_of(block.runs)) for block in cell)
