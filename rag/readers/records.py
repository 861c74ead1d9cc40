"""Turns the rows of a table into paragraphs that can be quoted each on its own.

Where the first full row of a block of rows names the columns, every further row says what its cells are (`Team: Reds;
Wins: 12`), for a bare `Reds;12` says nothing to who reads it as a quote, nor to a search. Elsewhere a row is its
cells, parted by ` | `. Cells keep their words. A long text in a cell is a paragraph of its own, and a row of very many
cells is broken into lines that each begin with its first cell.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from rag.readers.assembly import PARAGRAPH_GAP, Assembly
from rag.readers.cells import is_number_or_date, is_year

Row = Sequence[str]

MAX_CHARS = 20 * 10**6
"""Of all tables of a file; names of columns repeated on each row can make it many times its size."""
MAX_COLUMNS = 16_384
_LOOK_AHEAD_ROWS = 100
_LOOK_AHEAD_AGAIN_ROWS = 12
_TITLE_ROWS = 10
_NAME_CHARS = 80
_LONG_CELL_CHARS = 300
_LINE_CHARS = 600
_KEY_CHARS = 60
_FULL_SHARE = 0.6
_VALUE_SHARE = 0.8


def add_table(assembly: Assembly, rows: Iterator[Row]) -> bool:
    """Append the paragraphs of a table; returns False where it ended early, at 20 million characters in all."""
    for paragraph in paragraphs(rows):
        if assembly.n_chars + len(paragraph) > MAX_CHARS:
            return False
        assembly.add(paragraph, PARAGRAPH_GAP)
    return True


class _Rows:
    """Rows with a look ahead."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._ahead: deque[Row] = deque()

    def next_rows(self, n_rows: int) -> list[Row]:
        """Not taken yet; fewer at the end."""
        self._ahead.extend(islice(self._rows, max(0, n_rows - len(self._ahead))))
        return list(islice(self._ahead, n_rows))

    def next_filled(self, n_rows: int) -> list[Row]:
        """Those of the next rows that are not blank; blank ones before them are taken. Empty only at the end."""
        while (row := self.next_rows(1)) and not any(row[0]):
            self.take()
        return [row for row in self.next_rows(n_rows) if any(row)]

    def take(self) -> Row:
        return self._ahead.popleft()

    def take_filled(self, n_rows: int) -> None:
        """So many rows that are not blank, and the blank ones between."""
        while n_rows:
            n_rows -= any(self.take())


class _Names:
    """The names of the columns, and which of them were told."""

    def __init__(self, names: Row = ()) -> None:
        self.names = names
        self._told: set[int] = set()

    def told(self, row: Row) -> Iterator[str]:
        """The cells with the names of their columns on one line or several, then what is long."""
        filled = [(place, cell) for place, cell in enumerate(row) if cell]
        if len(filled) == 1 and filled[0][0] == 0:
            yield filled[0][1]
            return
        short: list[str] = []
        long: list[str] = []
        for place, cell in filled:
            name = self.names[place] if place < len(self.names) else ""
            pair = f"{name}: {cell}" if name else cell
            (long if len(cell) > _LONG_CELL_CHARS or "\n" in cell else short).append(pair)
        self._told.update(place for place, _ in filled)
        if short:
            yield _lines(short)
        yield from long

    def unused(self) -> Iterator[str]:
        """The names of columns in which no cell is filled, so that no word is lost."""
        left = [name for place, name in enumerate(self.names) if name and place not in self._told]
        if left:
            yield _bare(left)


def paragraphs(rows: Iterator[Row]) -> Iterator[str]:
    """The paragraphs of a table. A blank row ends a block of rows.

    A block whose columns are not named goes on under the names of the block before, if it has no further columns.
    """
    ahead = _Rows(rows)
    names = _Names()
    n_look_ahead = _LOOK_AHEAD_ROWS
    while block := ahead.next_filled(n_look_ahead):
        n_titles, n_names = _heading_rows(block, bool(names.names))
        yield from (_bare(row) for row in block[:n_titles])
        ahead.take_filled(n_titles + n_names)
        heading: Row = ()
        if n_names:
            yield from names.unused()
            heading = block[n_titles + n_names - 1]
            names = _Names(_joined(block[n_titles : n_titles + n_names]))
        elif any(any(row[len(names.names) :]) for row in block):
            yield from names.unused()
            names = _Names()
        ahead.next_filled(1)
        yield from _rows_of_values(ahead, names, heading)
        n_look_ahead = _LOOK_AHEAD_AGAIN_ROWS
    yield from names.unused()


def _rows_of_values(ahead: _Rows, names: _Names, heading: Row) -> Iterator[str]:
    """The rows up to a blank one, or to where the heading comes again, perhaps with a row of groups above it."""
    is_first = True
    while (rows := ahead.next_rows(2)) and any(rows[0]):
        comes_again = bool(heading) and heading in rows and all(_is_name(cell) for cell in rows[0] if cell)
        if comes_again and not is_first:
            return
        ahead.take()
        is_first = False
        yield from names.told(rows[0]) if names.names else (_bare(rows[0]),)


def _heading_rows(block: Sequence[Row], has_names: bool) -> tuple[int, int]:
    """How many rows stand above the names of the columns, and how many (0 to 2) hold these names."""
    widths = [sum(map(bool, row)) for row in block]
    usual = sorted(width for width in widths if width > 1)
    if len(usual) < 2:
        return 0, 0
    enough = max(2.0, _FULL_SHARE * usual[len(usual) // 2])
    first = next((place for place, width in enumerate(widths[:_TITLE_ROWS]) if width >= enough), None)
    if first is None or first + 1 == len(block):
        return 0, 0
    below = block[first + 1 :]
    is_certain = _stands_above_values(block[first], below)
    if not _may_be_names(block[first], below, is_certain) or (has_names and not is_certain):
        return 0, 0
    if first > 0 and _names_groups(block[first - 1], block[first]):
        return first - 1, 2
    return first, 2 if len(below) > 1 and _goes_on_naming(block[first], below[0], below[1]) else 1


def _names_groups(row: Row, names: Row) -> bool:
    """Whether a row above the names has at least two names for groups of them."""
    if not all(_is_name(cell) for cell in row if cell):
        return False
    return sum(bool(above and name) for above, name in zip(row, names, strict=False)) > 1


def _goes_on_naming(names: Row, row: Row, first_of_values: Row) -> bool:
    """Whether a row names what the row above it leaves open, and less than the rows of values fill."""
    fills_gap = any(cell and not (place < len(names) and names[place]) for place, cell in enumerate(row))
    is_short = sum(map(bool, row)) < sum(map(bool, first_of_values))
    return fills_gap and is_short and all(_is_name(cell) for cell in row if cell)


def _stands_above_values(row: Row, below: Sequence[Row]) -> bool:
    """Whether words (or a year) stand above a column of numbers or dates."""
    for place, cell in enumerate(row):
        column = [other[place] for other in below if place < len(other) and other[place]]
        if cell and column and _is_name(cell):
            n_values = sum(is_number_or_date(other) and not (is_year(cell) and is_year(other)) for other in column)
            if n_values >= _VALUE_SHARE * len(column):
                return True
    return False


def _may_be_names(row: Row, below: Sequence[Row], is_certain: bool) -> bool:
    """Whether cells are short, are words, differ from each other, and do not come again in their columns."""
    cells = [cell for cell in row if cell]
    if any(len(cell) > _NAME_CHARS or not (_is_name(cell) or is_certain) for cell in cells):
        return False
    if not is_certain and len({cell.casefold() for cell in cells}) < len(cells):
        return False
    if sum(not _is_name(cell) for cell in cells) > len(cells) // 2:
        return False
    # A heading that is sure may come again further down, above another part of the table.
    near = below[:1] if is_certain else below
    return not any(
        cell and place < len(other) and other[place] == cell for other in near for place, cell in enumerate(row)
    )


def _is_name(cell: str) -> bool:
    return not is_number_or_date(cell) or is_year(cell)


def _joined(rows: Sequence[Row]) -> Row:
    """The names of the columns; of two rows the upper one names groups, each up to the next."""
    lower = [_in_a_line(cell).rstrip(": ") for cell in rows[-1]]
    if len(rows) == 1:
        return lower
    names, group = [], ""
    for place in range(max(map(len, rows))):
        above = _in_a_line(rows[0][place]) if place < len(rows[0]) else ""
        name = lower[place] if place < len(lower) else ""
        # With nothing below it, a cell of the upper row is the name of its own column and no group.
        group = (above or group) if name else ""
        names.append(f"{group} {name}" if group and name and name != group else name or above)
    return names


def _in_a_line(cell: str) -> str:
    return " ".join(cell.split()) if "\n" in cell else cell


def _lines(pairs: Sequence[str]) -> str:
    """All pairs on one line where that is not very long, else on several that begin with the first pair."""
    line = "; ".join(pairs)
    if len(line) <= _LINE_CHARS:
        return line
    key = pairs[0] if len(pairs[0]) <= _KEY_CHARS else ""
    lines: list[str] = []
    line = pairs[0]
    for pair in pairs[1:]:
        if len(line) + len(pair) + 2 > _LINE_CHARS:
            lines.append(line)
            line = f"{key}; {pair}" if key else pair
        else:
            line = f"{line}; {pair}"
    return "\n".join([*lines, line])


def _bare(row: Row) -> str:
    """The cells that are not empty, parted by ` | `; a cell that stands alone keeps its lines."""
    filled = [cell for cell in row if cell]
    return filled[0] if len(filled) == 1 else " | ".join(map(_in_a_line, filled))
