"""Marks what in a text is not there to be read: menus, sharing, cookies, teasers, appeals, footers, advertising.

The text is not changed. What could be prose is left alone: a mark takes it out of every search. Words are looked up in
`rag.noise_phrases`, which knows the commonest languages; texts cut off by "[…]" are prose.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag import noise_phrases as phrases
from rag import sniffing
from rag.advertising import occurrences, slipped_in
from rag.repeated_lines import running_heads
from rag.types import Mark, NoiseKind, Reading, Span

_NO_PROSE: Final = frozenset(
    {sniffing.CSV, sniffing.TSV, sniffing.XLSX, sniffing.XLS, sniffing.ODS, sniffing.JSON, sniffing.JSON_LINES}
    | {sniffing.XML, sniffing.NOTEBOOK}
)
"""Tables and structured files; a cell that says "Share" is no button."""
_NOT_PRINTED: Final = frozenset(
    {sniffing.HTML, sniffing.MHTML, sniffing.EPUB, sniffing.EML, sniffing.MBOX, sniffing.MSG}
)
_SURE: Final = frozenset({NoiseKind.HIDDEN, NoiseKind.COOKIES, NoiseKind.ADVERTISING, NoiseKind.BY_HAND})
_MIN_MAIN_CHARS = 200
_MIN_MAIN_SHARE = 0.05
_SHORT_LINE_CHARS = 300
_PARAGRAPH_CHARS = 700
_ENTRY_CHARS = 40
_EDGE_LINES = 8
_MIN_ENTRIES = 4
_MAX_APPEALS = 3
_ARROWS = r"[»›→▶▸]"
_MORE = "|".join(phrases.MORE)
_MORE_INDEX: Final = phrases.indexed(phrases.MORE)
_TEASER_FIRST = re.compile(
    rf"[ \t]*(?:(?:{_ARROWS}|>>?)[ \t]*(?:{_MORE})(?:\b|(?-i:(?=[A-Z])))|(?:{_MORE})[ \t]*{_ARROWS}+"
    r"|(?-i:[Rr]ead [Mm]ore(?=[A-Z“‘])))",
    re.IGNORECASE,
)
"""At the beginning of a line, perhaps glued to what follows."""
_TEASER_LAST = re.compile(
    rf"(?:(?<=[…\]])[ \t]*(?:{_MORE})|{_ARROWS}[ \t]*(?:{_MORE})|(?<!\w)(?:{_MORE})[ \t]*{_ARROWS}+"
    rf"|[\[(][ \t]*(?:{_MORE})[ \t.…»›→]*[\])])[ \t]*$",
    re.IGNORECASE,
)
_TEASER_CHARS = 60
_BARS = re.compile(r"[|•·»›>/]")
_CREDIT = re.compile(r"©\s*\S[^.!?\n]{1,78}$")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    key: str
    """How it is looked up; empty for lines that are too long to be."""
    kind: NoiseKind | None = None


def marks_for(reading: Reading) -> tuple[Mark, ...]:
    """The marks that a document is stored with: the reader's own, and those found in its words; never everything.

    In order and without overlaps; where two would overlap, the reader's holds.
    """
    is_printed = reading.media_type not in _NOT_PRINTED
    found = () if reading.media_type in _NO_PROSE else marks_in(reading.text, is_printed=is_printed)
    return _not_everything(reading.text, merged(reading.text, own_marks(reading), found))


def own_marks(reading: Reading) -> tuple[Mark, ...]:
    """The reader's own marks, apart: that they should be, and are not, is no reason to lose the document."""
    is_apart = all(mark.span.end <= following.span.start for mark, following in pairwise(reading.marks))
    return reading.marks if is_apart else merged(reading.text, (), reading.marks)


def marks_in(text: str, *, is_printed: bool = True) -> tuple[Mark, ...]:
    """What the words of a text show to be noise, in order and without overlaps; it may be everything.

    `is_printed`: it may have come off pages that repeat lines above and below.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        # A capital İ becomes two characters; places would not fit.
        lowered = text
    words = phrases.words_of(lowered)
    lines = _lines(text)
    _mark_lines(text, lines)
    _mark_menus(lines)
    _mark_reactions(lines)
    _mark_paragraphs(text, lowered, lines)
    _mark_beside(lines)
    by_line = [Mark(line.kind, Span(line.start, line.end)) for line in lines if line.kind is not None]
    heads = running_heads(text, [(line.start, line.end) for line in lines]) if is_printed else ()
    inside = [
        *(Mark(NoiseKind.ADVERTISING, span) for span in slipped_in(text, lowered, words)),
        *(Mark(NoiseKind.RUNNING_HEAD, span) for span in heads),
        *_teaser_links(text, lowered, words),
    ]
    return merged(text, by_line, sorted(inside, key=lambda mark: mark.span))


def merged(text: str, first: Sequence[Mark], second: Sequence[Mark]) -> tuple[Mark, ...]:
    """Both, in order and without overlaps: of `second` only what `first` leaves free."""
    free: list[Mark] = list(first)
    taken = sorted((mark.span for mark in first), key=lambda span: span.start)
    place = 0
    end = -1
    for mark in sorted(second, key=lambda mark: mark.span):
        start = max(mark.span.start, end)
        while place < len(taken) and taken[place].end <= start:
            place += 1
        at = place
        while start < mark.span.end:
            stop = min(mark.span.end, taken[at].start) if at < len(taken) else mark.span.end
            span = _stripped(text, start, stop)
            if span is not None:
                free.append(Mark(mark.kind, span))
            if at == len(taken):
                break
            start, at = max(start, taken[at].end), at + 1
        end = max(end, mark.span.end)
    return _joined(text, sorted(free, key=lambda mark: mark.span))


def _joined(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Marks of one kind with nothing but white space between them become one."""
    joined: list[Mark] = []
    for mark in marks:
        last = joined[-1] if joined else None
        is_neighbour = (
            last is not None
            and (last.kind, last.is_lifted) == (mark.kind, mark.is_lifted)
            and not text[last.span.end : mark.span.start].strip()
        )
        if last is not None and is_neighbour:
            joined[-1] = Mark(mark.kind, Span(last.span.start, mark.span.end), mark.is_lifted)
        else:
            joined.append(mark)
    return tuple(joined)


def _not_everything(text: str, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Where hardly anything would be left, the document is a list of links or an appeal; only what is sure stays."""
    n_chars = len(text) - sum(text.count(white) for white in " \n\t")
    n_marked = sum(len("".join(mark.span.cut(text).split())) for mark in marks)
    left = n_chars - n_marked
    if left >= 0.5 * n_chars or left >= max(_MIN_MAIN_CHARS, _MIN_MAIN_SHARE * n_chars):
        return marks
    sure = tuple(mark for mark in marks if mark.kind in _SURE)
    n_sure = sum(len("".join(mark.span.cut(text).split())) for mark in sure)
    return sure if n_sure < n_chars else ()


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    start = 0
    for raw in phrases.evened(text).split("\n"):
        line = raw.strip()
        if line:
            at = start + (len(raw) - len(raw.lstrip()))
            key = phrases.key_of(line) if len(line) <= _SHORT_LINE_CHARS else ""
            lines.append(_Line(at, at + len(line), key))
        start += len(raw) + 1
    return lines


def _mark_lines(text: str, lines: Sequence[_Line]) -> None:
    """Lines known by heart, and short lines known by how they begin."""
    for line in lines:
        if not line.key:
            continue
        if len(line.key) <= 60:
            line.kind = phrases.LINES.get(line.key)
        if line.kind is None:
            word = line.key.split(" ", 1)[0].rstrip(":|,")
            if word in phrases.FIRST_WORDS or word[0].isdigit():
                line.kind = _kind_by_beginning(line.key)
        if line.kind is None and text[line.start] == "©" and _CREDIT.match(text, line.start, line.end):
            line.kind = NoiseKind.BOILERPLATE
    if lines and lines[0].key in phrases.FIRST_LINES and len(lines) > 1:
        lines[0].kind = NoiseKind.MENU


def _kind_by_beginning(key: str) -> NoiseKind | None:
    return next((kind for kind, form in phrases.BEGINNINGS if form.match(key)), None)


def _mark_menus(lines: Sequence[_Line]) -> None:
    """Rows of entries, one a line or one beside the other, of which most are called as menus call them."""
    run: list[_Line] = []
    for line in lines:
        if line.kind is None and line.key:
            _mark_row(line)
        if line.key and line.end - line.start <= _ENTRY_CHARS:
            run.append(line)
        elif run:
            _mark_run(run)
            run = []
    _mark_run(run)


def _mark_row(line: _Line) -> None:
    entries = _BARS.split(line.key)
    if len(entries) < _MIN_ENTRIES:
        return
    n_known = sum(phrases.key_of(entry) in phrases.NAVIGATION for entry in entries)
    if 5 * n_known >= 3 * len(entries):
        line.kind = NoiseKind.MENU


def _mark_run(run: Sequence[_Line]) -> None:
    known = [place for place, line in enumerate(run) if line.key in phrases.NAVIGATION or line.kind is not None]
    if len({run[place].key for place in known}) < _MIN_ENTRIES or not any(
        run[place].key in phrases.DOUBTFUL or run[place].kind is not None for place in known
    ):
        return
    entries = run[known[0] : known[-1] + 1]
    if 2 * len(known) >= len(entries):
        for line in entries:
            line.kind = line.kind or NoiseKind.MENU


def _mark_reactions(lines: Sequence[_Line]) -> None:
    """The faces below "What's Your Reaction?", named in a word or in the same word twice."""
    for place, line in enumerate(lines):
        if line.kind is not NoiseKind.SHARING or "reaction" not in line.key:
            continue
        for face in lines[place + 1 : place + 20]:
            words = face.key.split()
            if not words or not (set(words) <= phrases.FEELINGS or all(word.isdigit() for word in words)):
                break
            face.kind = NoiseKind.SHARING


def _mark_paragraphs(text: str, lowered: str, lines: Sequence[_Line]) -> None:
    if "cookie" in lowered:
        _mark_cookies(text, lowered, lines)
    if any(word in lowered for word in phrases.APPEAL_WORDS):
        _mark_appeals(text, lowered, lines)
    edges = {id(line): line for line in [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]}
    for line in edges.values():
        if line.kind is None and line.end - line.start <= _PARAGRAPH_CHARS:
            line.kind = _kind_at_edge(text, lowered, line)


def _mark_cookies(text: str, lowered: str, lines: Sequence[_Line]) -> None:
    """A banner speaks of cookies once; a text about cookies does so throughout."""
    speaking = [line for line in lines if lowered.find("cookie", line.start, line.end) >= 0]
    banners = [
        line
        for line in speaking
        if line.end - line.start <= _PARAGRAPH_CHARS and phrases.COOKIE_BANNER.search(text, line.start, line.end)
    ]
    if banners and len([line for line in speaking if line.kind is None]) <= 2 + len(lines) // 50:
        for line in banners:
            line.kind = line.kind or NoiseKind.COOKIES


def _mark_appeals(text: str, lowered: str, lines: Sequence[_Line]) -> None:
    """Paragraphs that ask the reader for money or a subscription; a letter that does nothing else is left alone."""
    appeals = []
    starts = [line.start for line in lines]
    found = sorted({bisect_right(starts, at) - 1 for word in phrases.APPEAL_WORDS for at in occurrences(lowered, word)})
    for place in found:
        line = lines[place]
        if line.kind is not None or not 40 <= line.end - line.start <= _PARAGRAPH_CHARS:
            continue
        n_signs = sum(form.search(text, line.start, line.end) is not None for form in phrases.APPEALS)
        is_below_a_call = place > 0 and lines[place - 1].kind is NoiseKind.TEASER
        if n_signs + is_below_a_call >= 3:
            appeals.append(line)
    n_chars = sum(line.end - line.start for line in appeals)
    if len(appeals) <= _MAX_APPEALS and 5 * n_chars <= len(text):
        for line in appeals:
            line.kind = NoiseKind.TEASER


def _kind_at_edge(text: str, lowered: str, line: _Line) -> NoiseKind | None:
    """What a page says above and below its text of how it is used; a manual would speak of that throughout."""
    if len(phrases.SCREEN_WORDS.findall(text, line.start, line.end)) < 4:
        return None
    words = {word.lower() for word in _WORD.findall(text, line.start, line.end)}
    rest = lowered[: line.start] + " " + lowered[line.end :]
    screen = {word for word in words if phrases.SCREEN_WORDS.match(word)}
    return NoiseKind.BOILERPLATE if len(rest) > 2000 and not any(word in rest for word in screen) else None


def _mark_beside(lines: Sequence[_Line]) -> None:
    """Doubtful lines next to other noise are noise of that kind."""
    for ordered in (lines, list(reversed(lines))):
        before: _Line | None = None
        for line in ordered:
            if line.kind is None and before is not None and before.kind is not None and line.key in phrases.DOUBTFUL:
                line.kind = before.kind
            before = line


def _teaser_links(text: str, lowered: str, words: frozenset[str]) -> Iterator[Mark]:
    """A "» Read more" with which a line begins or ends; what stands beside it stays."""
    for phrase in phrases.among(_MORE_INDEX, words):
        place = lowered.find(phrase)
        while place >= 0:
            span = _teaser_at(text, place, place + len(phrase))
            if span is not None:
                yield Mark(NoiseKind.TEASER, span)
            place = lowered.find(phrase, place + len(phrase))


def _teaser_at(text: str, start: int, end: int) -> Span | None:
    first = text.rfind("\n", max(0, start - _TEASER_CHARS), start) + 1
    found = _TEASER_FIRST.match(text, first) if first or start < _TEASER_CHARS else None
    if found is None or found.end() < end:
        last = text.find("\n", end, end + _TEASER_CHARS)
        last = last if last >= 0 else len(text)
        found = _TEASER_LAST.search(text, max(0, start - 5), last) if last - end < _TEASER_CHARS else None
    return _stripped(text, *found.span()) if found is not None and found.start() <= start else None
