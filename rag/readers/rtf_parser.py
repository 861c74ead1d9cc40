"""Parses RTF into paragraphs and table rows, without recursion and without looking at pictures and embedded objects.

Text tracked as deleted is left out, hidden text is marked. A paragraph's font says in which code page its bytes are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from rag.errors import UnreadableSource
from rag.readers.assembly import Run, text_of
from rag.readers.blocks import Block, in_one_line, row_blocks
from rag.readers.rtf_codes import (
    CHARACTERS,
    HEADS,
    LEFT_OUT,
    MARKERS,
    TOKEN,
    TRANSPARENT,
    codec_of_charset,
    codec_of_page,
)
from rag.types import NoiseKind

_MAX_DEPTH = 10_000
_FIELDS = frozenset({"title", "author", "atnauthor"})
_STAMPS = frozenset({"creatim", "revtim"})
_NO_LEVEL = 0


@dataclass(slots=True)
class _Sink:
    """Where text goes: the body, a note, a header, a field of the properties."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits and what ends with it."""

    sink: _Sink
    is_left_out: bool = False
    is_hidden: bool = False
    is_deleted: bool = False
    font: int = -1
    n_fallback_chars: int = 1
    stamp: str = ""


@dataclass(slots=True)
class _Table:
    """The row that is being read."""

    cells: list[list[Block]] = field(default_factory=list)
    cell: list[Block] = field(default_factory=list)


class RtfParser:
    """Walks a document once.

    `fields` are its properties by their names in RTF, `stamps` the parts of its dates, `heads` page headers and
    footers, `notes` and `comments` what was met since they were last taken.
    """

    def __init__(self, content: bytes, path: str) -> None:
        self._content = content
        self._path = path
        self._codecs: dict[int, str] = {}
        self._page = "cp1252"
        self._default_font = -1
        self._state = _State(_Sink("body"))
        self._stack: list[_State] = []
        self._bytes = bytearray()
        self._n_to_skip = 0
        self._is_ignorable = False
        self._in_fonts_from = 0
        self._font_defined = -1
        self._is_in_table = False
        self._level = _NO_LEVEL
        self._table = _Table()
        self._is_item = False
        self._ready: list[Block] = []
        self._boxes: list[Block] = []
        self.fields: dict[str, str] = {}
        self.stamps: dict[str, dict[str, int]] = {}
        self.heads: list[Block] = []
        self.notes: list[tuple[str, list[Run]]] = []
        self.comments: list[str] = []

    def blocks(self) -> Iterator[Block]:
        """The blocks of the body.

        Raises:
            UnreadableSource: nested deeper than 10,000 groups.
        """
        position = 0
        while (token := TOKEN.match(self._content, position)) is not None:
            position = token.end()
            word, number, byte, symbol, brace, _, text, _ = token.groups()
            if text is not None:
                self._add_bytes(text)
            elif byte is not None:
                self._add_bytes(bytes((int(byte, 16),)))
            elif word is not None:
                count = int(number) if number else None
                if word == b"bin":
                    position += max(count or 0, 0)
                self._word(word.decode("ascii"), count)
            elif symbol is not None:
                self._symbol(symbol.decode("latin-1"))
            elif brace == b"{":
                self._open()
            elif brace == b"}" and not self._close():
                break
            if self._ready:
                yield from self._ready
                self._ready.clear()
        self._end_all()
        yield from self._ready

    def _end_all(self) -> None:
        """A document that is cut off keeps what was read of it."""
        self._flush()
        while self._stack and self._close():
            pass
        self._end_paragraph()
        self._end_row()
        self._ready += self._boxes

    def _open(self) -> None:
        self._flush()
        self._n_to_skip = 0
        self._is_ignorable = False
        if len(self._stack) >= _MAX_DEPTH:
            raise UnreadableSource(path=self._path, reason=f"its groups are nested deeper than {_MAX_DEPTH:,} levels.")
        self._stack.append(self._state)

    def _close(self) -> bool:
        """Returns whether the document goes on."""
        self._flush()
        self._n_to_skip = 0
        self._is_ignorable = False
        if not self._stack:
            return False
        ended, self._state = self._state, self._stack.pop()
        if ended.sink is not self._state.sink:
            self._finish(ended.sink)
        if len(self._stack) < self._in_fonts_from:
            self._in_fonts_from = 0
        return bool(self._stack)

    def _finish(self, sink: _Sink) -> None:
        if sink.runs:
            sink.blocks.append(Block(sink.runs))
        words = in_one_line(iter(sink.blocks))
        line = " ".join(text_of(words).split())
        if sink.kind in _FIELDS:
            self.fields[sink.kind] = line
        elif sink.kind in HEADS:
            self.heads += sink.blocks
        elif sink.kind in {"footnote", "endnote"}:
            self.notes.append((sink.kind, words))
        elif sink.kind == "annotation" and line:
            author = self.fields.pop("atnauthor", "")
            self.comments.append(f"Comment by {author}: {line}" if author else f"Comment: {line}")
        elif sink.kind in MARKERS and line and not self._state.is_left_out:
            self._is_item = True
            is_bullet = not any(character.isalnum() for character in line)
            self._state.sink.runs.append(Run("- " if is_bullet else f"{line} "))
        elif sink.kind == "shptxt":
            self._boxes += [block for block in sink.blocks if text_of(block.runs).strip()]

    def _word(self, word: str, number: int | None) -> None:
        self._flush()
        if self._n_to_skip:
            self._n_to_skip -= 1
            return
        if self._opens_destination(word):
            return
        is_unknown = self._is_ignorable
        self._is_ignorable = False
        if is_unknown and word not in TRANSPARENT:
            self._state = replace(self._state, is_left_out=True)
        elif word in CHARACTERS:
            self._add(CHARACTERS[word])
        elif word in {"par", "sect", "page", "cell", "row", "nestrow"}:
            self._break(word)
        elif word == "u" and number is not None:
            self._add(chr(number % 65536))
            self._n_to_skip = self._state.n_fallback_chars
        elif number is not None and self._state.stamp:
            self.stamps.setdefault(self._state.stamp, {})[word] = number
        else:
            self._property(word, number)

    def _opens_destination(self, word: str) -> bool:
        """Whether the word says what its group is, so that its text goes elsewhere or nowhere."""
        if word == "fonttbl":
            self._in_fonts_from = len(self._stack)
        kind = "shptxt" if word == "dptxbxtext" else word
        if kind in LEFT_OUT or (kind in _FIELDS | _STAMPS and self._state.sink.kind != "body"):
            self._state = replace(self._state, is_left_out=True)
        elif kind in HEADS | MARKERS | _FIELDS or kind in {"footnote", "annotation", "shptxt"}:
            if self._state.is_left_out:
                return True
            self._state = replace(self._state, sink=_Sink(kind), is_hidden=False, is_deleted=False)
        elif kind in _STAMPS:
            self._state = replace(self._state, stamp=kind)
        elif kind == "info":
            pass
        else:
            return False
        self._is_ignorable = False
        return True

    def _property(self, word: str, number: int | None) -> None:
        is_on = number != 0
        if word == "v":
            self._state = replace(self._state, is_hidden=is_on)
        elif word == "deleted":
            self._state = replace(self._state, is_deleted=is_on)
        elif word == "plain":
            self._state = replace(self._state, is_hidden=False, is_deleted=False, font=self._default_font)
        elif word == "pard":
            self._is_in_table, self._level = False, _NO_LEVEL
        elif word == "intbl":
            self._is_in_table = is_on
        elif word == "ftnalt":
            self._state.sink.kind = "endnote"
        elif number is not None:
            self._counted(word, number)

    def _counted(self, word: str, number: int) -> None:
        if word == "f":
            self._font_defined = number
            self._state = replace(self._state, font=number)
        elif word == "fcharset" and self._in_fonts_from:
            codec = codec_of_charset(number)
            if codec is not None:
                self._codecs[self._font_defined] = codec
        elif word == "uc":
            self._state = replace(self._state, n_fallback_chars=max(0, min(number, 100)))
        elif word == "ansicpg":
            self._page = codec_of_page(number)
        elif word == "deff":
            self._default_font = number
        elif word == "outlinelevel":
            self._level = number + 1 if number < 9 else _NO_LEVEL

    def _symbol(self, symbol: str) -> None:
        self._flush()
        if symbol == "*":
            self._is_ignorable = True
        elif self._n_to_skip:
            self._n_to_skip -= 1
        elif symbol in "\r\n":
            self._break("par")
        elif symbol in CHARACTERS:
            self._add(CHARACTERS[symbol])

    def _add_bytes(self, text: bytes) -> None:
        if self._n_to_skip:
            skipped = min(self._n_to_skip, len(text))
            self._n_to_skip -= skipped
            text = text[skipped:]
        if not self._state.is_left_out and not self._state.is_deleted:
            self._bytes += text

    def _flush(self) -> None:
        if self._bytes:
            codec = self._codecs.get(self._state.font, self._page)
            text = self._bytes.decode(codec, "replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        if state.is_left_out or state.is_deleted or state.stamp:
            return
        if "\uf000" <= text <= "\uf0ff":
            # A sign of a symbol font; only the bullet has a meaning everywhere.
            text = "•" if text == "\uf0b7" else ""
        state.sink.runs.append(Run(text, NoiseKind.HIDDEN if state.is_hidden else None))

    def _break(self, word: str) -> None:
        if self._state.is_left_out or self._state.stamp:
            return
        if word == "row":
            self._end_row()
        elif word == "cell" and self._state.sink.kind == "body":
            self._end_paragraph(in_cell=True)
            self._table.cells.append(self._table.cell)
            self._table.cell = []
        else:
            self._end_paragraph()

    def _end_paragraph(self, *, in_cell: bool = False) -> None:
        sink = self._state.sink
        runs, sink.runs = _paired(sink.runs), []
        is_item, self._is_item = self._is_item, False
        if not text_of(runs).strip():
            self._place_boxes()
            return
        block = Block(runs, level=self._level if sink.kind == "body" else _NO_LEVEL, is_item=is_item)
        if sink.kind != "body":
            sink.blocks.append(block)
        elif in_cell or self._is_in_table:
            self._table.cell.append(replace(block, level=_NO_LEVEL))
        else:
            self._end_row()
            self._ready.append(block)
            self._place_boxes()

    def _place_boxes(self) -> None:
        """Text boxes follow the paragraph they are anchored in, those in a table the table."""
        if self._boxes and self._state.sink.kind == "body" and not self._is_in_table:
            self._end_row()
            self._ready += self._boxes
            self._boxes.clear()

    def _end_row(self) -> None:
        """Also of a table that is cut off in the middle of a row."""
        table, self._table = self._table, _Table()
        if table.cell:
            table.cells.append(table.cell)
        self._ready += row_blocks(table.cells)


def _paired(runs: list[Run]) -> list[Run]:
    """Runs whose surrogates, which RTF writes one by one, are joined to characters."""
    if not any("\ud800" <= character <= "\udfff" for run in runs for character in run.text):
        return runs
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].noise == run.noise:
            joined[-1] = Run(joined[-1].text + run.text, run.noise)
        else:
            joined.append(run)
    return [
        Run(one.text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), one.noise) for one in joined
    ]
