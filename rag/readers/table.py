"""Reads tables that are text: values parted by commas, semicolons, bars or tabs.

Rows become paragraphs as `rag.readers.records` says, so that a quote is understood without the head of the table; the
words of a cell stay as they are, formulas included, which nothing here or later computes. What parts the values is
found out from the first rows; where nothing parts most of them, each line is a cell. A quotation mark that is never
closed is a mark like others and does not take the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from rag import sniffing
from rag.decoding import decode
from rag.readers.assembly import Assembly
from rag.readers.cells import shown
from rag.readers.records import MAX_COLUMNS, Row, add_table
from rag.types import Reading

_DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 65_536
_SAMPLE_ROWS = 200
_EVEN_SHARE = 0.5
_NOTHING = "\x1f"
"""Parts no values, for no text holds it."""
_MAX_FIELD_CHARS = 2**31 - 1
_NAMED_DELIMITER = re.compile(r'"?sep=([,;\t|])"?\n', re.IGNORECASE)


class CsvReader:
    """Tables whose values are parted by whatever parts them best."""

    media_type = sniffing.CSV
    _preferred = ","

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises SourceError."""
        text = decode(content, str(path))
        named = _NAMED_DELIMITER.match(text)
        if named:
            text = text[named.end() :]
        table = _Table(text, named.group(1) if named else _delimiter(text, self._preferred))
        assembly = Assembly()
        is_whole = add_table(assembly, table.rows())
        return Reading(
            text=assembly.text,
            title=path.stem,
            date=None,
            origin=None,
            media_type=self.media_type,
            note=" ".join([*table.notes, *([] if is_whole else ["It is too long; only its beginning was read."])]),
        )


class TsvReader(CsvReader):
    """The same, with a tab where the rows leave it open."""

    media_type = sniffing.TSV
    _preferred = "\t"


class _Table:
    """A text as rows; `notes` say what was not taken as it stands, complete when the rows are."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._has_quotes = True
        self.notes: list[str] = []
        if text.count('"') % 2 and self._is_left_open():
            self._has_quotes = False
            self.notes.append("A quotation mark in it is never closed, so its marks were taken as they stand.")

    def rows(self) -> Iterator[Row]:
        is_cut = False
        for row in self._reader():
            is_cut = is_cut or len(row) > MAX_COLUMNS
            yield [shown(cell) for cell in row[:MAX_COLUMNS]]
        if is_cut:
            self.notes.append(f"Of its columns only the first {MAX_COLUMNS:,} were read.")

    def _reader(self, *, is_strict: bool = False) -> Iterator[list[str]]:
        # The limit is the module's; 131,072 characters is too little for an article in a field.
        csv.field_size_limit(_MAX_FIELD_CHARS)
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._has_quotes else csv.QUOTE_NONE
        return csv.reader(_lines(self._text), delimiter=self._delimiter, quoting=quoting, strict=is_strict)

    def _is_left_open(self) -> bool:
        try:
            for _ in self._reader(is_strict=True):
                pass
        except csv.Error as error:
            return "unexpected end" in str(error)
        return False


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one after another, so that no second copy of the text is made."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end


def _delimiter(text: str, preferred: str) -> str:
    """What parts the first rows into the same number of values, the most rows and then the most values."""
    sample = text[:_SAMPLE_CHARS]
    if len(text) > _SAMPLE_CHARS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    scores = {delimiter: _evenness(sample, delimiter) for delimiter in (preferred, *_DELIMITERS)}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best][0] >= _EVEN_SHARE else _NOTHING


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    csv.field_size_limit(_MAX_FIELD_CHARS)
    widths = Counter(len(row) for row in islice(csv.reader(_lines(sample), delimiter=delimiter), _SAMPLE_ROWS) if row)
    several = {width: n_rows for width, n_rows in widths.items() if width > 1}
    if not several:
        return 0.0, 0
    width = max(several, key=several.__getitem__)
    return several[width] / widths.total(), width
