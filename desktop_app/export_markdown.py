"""A transcript as Markdown whose quotes survive to the character, and the way back from the file to its quotes.

Any CommonMark renderer shows a quote's characters and nothing else; `read_markdown` gets the very characters back.
Three characters are beyond HTML and so beyond any renderer: NUL and most control characters are shown as a
replacement mark, though they too are read back. This module opens no file and knows no library.

How text is written: a line feed is a hard break (backslash, line feed); ASCII punctuation that could mean something
is escaped by a backslash; white space that editors and renderers drop or fold, control characters and invisible
direction marks are numeric references. The rest stands as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from desktop_app import export_words as words
from desktop_app.one_line import one_line
from desktop_app.transcript import (
    FORMAT_VERSION,
    Exhibit,
    ExhibitKind,
    Transcript,
    TranscriptError,
    exhibits_of,
    writable,
)
from rag.types import Answer, Claim, ClaimStatus, Source, Span, Turn

_SPECIAL = re.compile(
    "(?P<reference>[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\ufeff]|^ +| +$|(?<= ) +)"
    r"|(?P<number>^\d{1,9}[.)])"
    r"|(?P<active>[\\`*_\[\]<>&|~$^{}@#]|(?<=[wW])\.|:(?=/)|^[-+=])"
)
_UNIT = re.compile(r"\\\n|\\([!-/:-@\[-`{-~])|&#(\d{1,7});|([^\\])", re.DOTALL)
_RECORD = re.compile(r"<!-- seedbook (answer|position|quote|passage|end) (\{.*\}) -->")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class _Copy:
    """A further document that holds an exhibit's words."""

    document: str
    title: str
    date: str | None
    name: str


@dataclass(frozen=True, slots=True)
class _Record:
    """The machine-readable line under an exhibit; what has a default was not written before version 3."""

    n: int
    turn: int
    number: int
    document: str
    start: int
    end: int
    title: str
    date: str | None
    name: str
    path: str
    speaker: str | None
    author: str | None = None
    language: str | None = None
    place: str | None = None
    is_ocr: bool = False
    also_in: tuple[_Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class _Footer:
    """The machine-readable last line; `sha256` is of everything above it."""

    format_version: int
    quotes: int
    exhibits: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReadExhibit:
    """An exhibit as it was found in a file.

    `n` is its running number in the file, from 1. `is_as_written` is False where the block is not, character by
    character, what the program writes for this text and this record: something in it was edited.
    """

    n: int
    exhibit: Exhibit
    is_as_written: bool


@dataclass(frozen=True, slots=True)
class MarkdownReading:
    """What a Markdown export holds.

    `n_exhibits` and `n_quotes` are what the last line promises, None where that line is missing. `n_stray_blocks`
    counts block quotes without a record, `is_untouched` says whether the text above the last line is as written.
    """

    exhibits: tuple[ReadExhibit, ...]
    n_exhibits: int | None
    n_quotes: int | None
    n_stray_blocks: int
    is_untouched: bool


def to_markdown(transcript: Transcript) -> str:
    """The transcript as CommonMark, LF line ends."""
    writer = _Writer()
    blocks = [*_opening(transcript)]
    for number, turn in enumerate(transcript.conversation.turns, start=1):
        blocks += writer.turn(turn, number)
    blocks += ["* * *", f"{words.totals_words(transcript)}. {words.promise_words()}"]
    blocks += [escape(line) for line in (words.ocr_words(transcript),) if line]
    blocks.append("Check the quotes of this file with `seedbook verify`.")
    body = "\n\n".join(blocks) + "\n\n"
    footer = _Footer(FORMAT_VERSION, transcript.n_quotes, writer.n_exhibits, _digest(body))
    return body + _comment("end", footer) + "\n"


def read_markdown(text: str) -> MarkdownReading:
    """Read the exhibits out of an export, whatever was done to the rest of it.

    Raises:
        TranscriptError: not an export of ours, written by a newer version, or a record that makes no sense.
    """
    lines = [line.rstrip(" \t") for line in text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")]
    exhibits: list[ReadExhibit] = []
    used: set[int] = set()
    footer: _Footer | None = None
    is_untouched = False
    for at, line in enumerate(lines):
        match = _RECORD.fullmatch(line)
        if match is None:
            continue
        if match[1] == "end":
            footer = _decode(match[2], _Footer, at)
            is_untouched = _digest("\n".join(lines[:at]) + "\n") == footer.sha256 and not any(lines[at + 1 :])
        else:
            exhibits.append(_read_exhibit(lines, at, ExhibitKind(match[1]), _decode(match[2], _Record, at), used))
    if footer is None and not exhibits:
        raise TranscriptError("it holds no record of a Seedbook export")
    if footer is not None and footer.format_version > FORMAT_VERSION:
        raise TranscriptError(
            f"it was written by a newer Seedbook (format {footer.format_version}; this one knows {FORMAT_VERSION})"
        )
    return MarkdownReading(
        exhibits=tuple(exhibits),
        n_exhibits=None if footer is None else footer.exhibits,
        n_quotes=None if footer is None else footer.quotes,
        n_stray_blocks=_count_stray_blocks(lines, used),
        is_untouched=is_untouched,
    )


def escape(text: str) -> str:
    """Text as CommonMark inline content that renders to these very characters; see the module's docstring."""
    core = text.strip("\n")
    if not core:
        return "&#10;" * len(text)
    n_before = len(text) - len(text.lstrip("\n"))
    n_after = len(text) - len(text.rstrip("\n"))
    return "&#10;" * n_before + "\\\n".join(_escape_line(line) for line in core.split("\n")) + "&#10;" * n_after


def unescape(written: str) -> str:
    """The way back from `escape`.

    Raises:
        ValueError: a backslash or a reference that `escape` does not write.
    """
    pieces: list[str] = []
    at = 0
    while at < len(written):
        unit = _UNIT.match(written, at)
        if unit is None:
            raise ValueError(f"a stray backslash at {at}")
        if unit[2] is not None:
            pieces.append(chr(int(unit[2])))
        else:
            pieces.append(unit[1] or unit[3] or "\n")
        at = unit.end()
    return "".join(pieces)


def _escape_line(line: str) -> str:
    return _SPECIAL.sub(_written, line)


def _written(match: re.Match[str]) -> str:
    if match["reference"]:
        return "".join(f"&#{ord(char)};" for char in match[0])
    return f"{match[0][:-1]}\\{match[0][-1]}"


def _isolated(text: str) -> str:
    """Metadata within a line of ours: escaped, and fenced so that right-to-left text cannot reorder its neighbours."""
    return f"{_ISOLATE}{escape(text).replace(chr(92) + chr(10), '&#10;')}{_END_ISOLATE}"


def _paragraph(text: str) -> str:
    return escape(text) if text.strip() else "(empty)"


def _opening(transcript: Transcript) -> list[str]:
    origin = f"Exported from Seedbook {transcript.program_version} on {words.when(transcript.exported_at)}."
    return [f"# {escape(words.title_of(transcript))}", f"{escape(origin)} {words.totals_words(transcript)}."]


class _Writer:
    """Writes turns as lists of blocks, and numbers the exhibits through the file."""

    def __init__(self) -> None:
        self.n_exhibits = 0

    def turn(self, turn: Turn, number: int) -> list[str]:
        heading = words.heading_of(turn)
        blocks = [f"## {number}. {escape(heading)}"]
        if heading != turn.question.strip():
            blocks.append(_paragraph(turn.question))
        blocks.append(f"Asked {escape(words.when(turn.asked_at))}. {escape(words.scope_words(turn))}".rstrip())
        standalone = words.standalone_of(turn)
        if standalone is not None:
            blocks.append(f"Searched for: {escape(standalone)}")
        if turn.problem:
            blocks.append(f"**Problem.** {escape(turn.problem)}")
        if turn.answer is not None:
            return blocks + self._answer(turn.answer, number)
        return blocks + [line for line in (words.no_answer_words(turn),) if line]

    def _answer(self, answer: Answer, turn: int) -> list[str]:
        blocks = [f"**{words.verdict_words(answer)}.** {escape(words.missing_words(answer))}".rstrip()]
        if words.finish_words(answer):
            blocks.append(f"**{words.finish_words(answer)}**")
        blocks += [escape(line) for line in words.context_lines(answer)]
        surveyed = [f"- {escape(one_line(line, len(line)))}" for line in words.surveyed_lines(answer)]
        blocks += ["\n".join(surveyed)] if surveyed else []
        exhibits = exhibits_of(answer, turn)
        for kind, heading in words.HEADINGS.items():
            blocks += self._exhibits(
                f"### {heading}", [exhibit for exhibit in exhibits if exhibit.kind is kind], answer
            )
        return blocks + _prose(answer)

    def _exhibits(self, heading: str, exhibits: list[Exhibit], answer: Answer) -> list[str]:
        blocks = [heading] if exhibits else []
        for exhibit in exhibits:
            self.n_exhibits += 1
            if exhibit.kind is ExhibitKind.POSITION:
                blocks += [escape(line) for line in (words.position_words(answer, exhibit.number),) if line]
            blocks += [
                _quoted(exhibit.text),
                _label(exhibit),
                _comment(exhibit.kind, _record(exhibit, self.n_exhibits)),
            ]
        return blocks


def _prose(answer: Answer) -> list[str]:
    blocks = ["### In the model's words"] if answer.prose.strip() or answer.claims else []
    if answer.claims:
        blocks.append("\n".join(_claim(claim, answer) for claim in answer.claims))
    unchecked = words.unchecked_prose(answer)
    if unchecked:
        blocks.append(f"**{words.UNCHECKED}** {escape(unchecked)}")
    return [*blocks, escape(words.writer_words(answer))]


def _claim(claim: Claim, answer: Answer) -> str:
    cited = "".join(rf" \[{number}\]" for number in words.cited_numbers(claim, answer))
    text = escape(one_line(claim.text, len(claim.text)))
    if claim.status is ClaimStatus.UNSUPPORTED:
        return f"- {text}{cited} — **not supported by the quotes** ({escape(claim.reason)})"
    return f"- {text}{cited} — {words.claim_words(claim)} ({escape(claim.reason)})"


def _quoted(text: str) -> str:
    return "> " + escape(text).replace("\n", "\n> ")


def _label(exhibit: Exhibit) -> str:
    source = exhibit.source
    parts = [f"**{words.label_words(exhibit)}**", _isolated(source.title)]
    parts += [f"by {_isolated(source.author)}"] if source.author else []
    parts += [f"said by {_isolated(exhibit.speaker)}"] if exhibit.speaker else []
    parts += [_isolated(source.date or "no date"), _isolated(source.name)]
    parts += [_isolated(exhibit.place)] if exhibit.place else []
    parts.append(words.span_words(exhibit))
    parts += [_isolated(line) for line in words.reading_words(exhibit)]
    parts.append(f"sha256 {escape(source.id)}")
    parts += [f"file {_isolated(source.path)}"] if source.path else []
    parts += [_isolated(line) for line in (words.copies_line(exhibit),) if line]
    return " · ".join(parts)


def _record(exhibit: Exhibit, n: int) -> _Record:
    source, span = exhibit.source, exhibit.span
    return _Record(
        n=n,
        turn=exhibit.turn,
        number=exhibit.number,
        document=source.id,
        start=span.start,
        end=span.end,
        title=source.title,
        date=source.date,
        name=source.name,
        path=source.path,
        speaker=exhibit.speaker,
        author=source.author,
        language=source.language,
        place=exhibit.place,
        is_ocr=exhibit.is_ocr,
        also_in=tuple(_Copy(copy.id, copy.title, copy.date, copy.name) for copy in exhibit.also_in),
    )


def _comment(kind: str, record: _Record | _Footer) -> str:
    """One line of ASCII JSON in an HTML comment, without `--` or angle brackets inside, so that nothing can end it."""
    content = json.dumps(msgspec.to_builtins(record), ensure_ascii=True)
    safe = content.replace("--", "-\\u002d").replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<!-- seedbook {kind} {safe} -->"


def _digest(body: str) -> str:
    """sha256 of a text, of which white space at the ends of lines is not a part."""
    lines = (line.rstrip(" \t") for line in body.split("\n"))
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _decode(content: str, kind: type[Any], at: int) -> Any:
    try:
        return msgspec.json.decode(content.encode("utf-8"), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as exc:
        raise TranscriptError(f"the record in line {at + 1} makes no sense ({exc})") from exc


def _read_exhibit(lines: list[str], at: int, kind: ExhibitKind, record: _Record, used: set[int]) -> ReadExhibit:
    """The exhibit above its record in line `at`: a block quote, a label and the record, with blank lines between."""
    label_at = _last_filled(lines, at)
    end = _last_filled(lines, label_at)
    start = end
    while start > 0 and lines[start - 1].startswith(">") and end >= 0 and lines[end].startswith(">"):
        start -= 1
    block = lines[start : end + 1] if end >= 0 and lines[end].startswith(">") else []
    used.update(range(start, end + 1))
    exhibit = _exhibit(kind, record, block, at)
    as_written = [*_quoted(exhibit.text).split("\n"), _label(exhibit)]
    is_as_written = bool(block) and [*block, lines[label_at]] == as_written
    return ReadExhibit(record.n, exhibit, is_as_written)


def _last_filled(lines: list[str], before: int) -> int:
    """The last line before `before` that is not blank; -1 where there is none."""
    at = before - 1
    while at >= 0 and not lines[at]:
        at -= 1
    return at


def _exhibit(kind: ExhibitKind, record: _Record, block: list[str], at: int) -> Exhibit:
    written = "\n".join(line.removeprefix(">").removeprefix(" ") for line in block)
    try:
        text = writable(unescape(written))
    except (ValueError, OverflowError):
        text = written
    try:
        span = Span(record.start, record.end)
    except ValueError as exc:
        raise TranscriptError(f"the record in line {at + 1} makes no sense ({exc})") from exc
    source = replace(
        _source(record.document, record.name, record.path, record.title, record.date),
        author=record.author,
        language=record.language,
    )
    copies = tuple(_source(copy.document, copy.name, "", copy.title, copy.date) for copy in record.also_in)
    return Exhibit(
        kind, record.turn, record.number, source, span, text, record.speaker, record.place, record.is_ocr, copies
    )


def _source(document: str, name: str, path: str, title: str, date: str | None) -> Source:
    """A source as far as a record describes it."""
    return Source(document, name, path, title, date, None, "", 0)


def _count_stray_blocks(lines: list[str], used: set[int]) -> int:
    """Block quotes that no record stands under: somebody has added them, or has taken their record away."""
    return sum(
        line.startswith(">") and at not in used and not (at and lines[at - 1].startswith(">") and at - 1 not in used)
        for at, line in enumerate(lines)
    )
