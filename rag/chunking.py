"""Cuts a text into sentences and passages by their places; it never changes, cleans or copies the text.

A text falls into stretches, a stretch into blocks, a block into sentences, and whole sentences are gathered into
passages within a token budget. Stretches are what is left between excluded spans (noise) and between breaks (the start
of a slide, a chapter, a message). No sentence reaches from one into another; a passage reaches over short noise, such
as the "» Read more" after each teaser of a page, and the words of the noise are no part of it.

Blocks end at a blank line; a heading, a list item, a table row and a "» Read more" stand alone. Other line ends are
read as follows. Prose that was wrapped at a margin has lines of 40 to 120 characters of which each is full (the next
line's first word would not have fitted) and of which at least one goes on in lower case: there a line end means
nothing. Everywhere else (a page saved with one paragraph a line, a menu, a poem) a line end ends the block.

Sentence ends are found by sentencex; a sentence that is longer than the budget is cut at a clause, else at a space,
else anywhere but inside a character that is composed of several.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sentencex

from rag import frontmatter
from rag.ports import TokenCounter
from rag.types import Passage, Sentence, Span, blanked

MAX_TOKENS = 200

#: The noise over which a passage reaches is at most this long, with the white space around it.
REACHED_OVER_CHARS = 200

_WINDOW_CHARS = 8_000
_MAX_CHARS_A_TOKEN = 8
_LONG_SENTENCE_CHARS = 150
_MARGIN = range(40, 121)

_LINE = re.compile(r"[^\n\f\u2028\u2029]+")
_BLANK_BETWEEN = re.compile(r"[\n\f\u2028\u2029]\s*[\n\f\u2028\u2029]")
_HEADING = re.compile(r"#{1,6}(?:\s|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)\s*$")
_ALONE = re.compile(r"(?:[-*+•‣◦–]|\d{1,3}[.)])\s|\||[»›→]\s*\w")
_TEASER_LINK = re.compile(r"[»›→]\s*(?:read|see|show)\s+more|\b(?:read|see|show)\s+more\s*[»›→]", re.IGNORECASE)
_ARROW = re.compile("[»›→]")
_MARK = re.compile(r"[^\w\s]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
#: Inside of pairs sentencex sees no ends.
_PAIRED = re.compile("""[“”„‟«»‘’‹›‚‛「」『』()\\[\\]{}'"`]""")
_QUOTES = str.maketrans(dict.fromkeys('“”„‟«»‘"', "\u2060"))
_OPENERS = "“‘„«([{¿¡"
_CLOSERS = "”’»\"')]}"
_CLAUSE_END = re.compile(r"[,;:—–،؛、，；：](?=\s)|[、，；：](?=\S)|\s[—–-](?=\s)")


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    is_heading: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence on its way into a passage."""

    span: Span
    n_tokens: int
    is_heading: bool


class Chunker:
    """Cuts texts into passages of at most `max_tokens`, as `count_tokens` counts them.

    Only where a single character is worth more tokens than the budget does a passage exceed it.
    """

    def __init__(self, count_tokens: TokenCounter, max_tokens: int = MAX_TOKENS) -> None:
        if max_tokens < 1:
            raise ValueError("a passage needs room for a token")
        # What is counted last is counted again as soon as it has become a passage.
        self._count_tokens = lru_cache(maxsize=4)(count_tokens)
        self.max_tokens = max_tokens

    def chunk(self, text: str, excluded: Sequence[Span] = (), breaks: Sequence[int] = ()) -> tuple[Passage, ...]:
        """Passages in order, without overlap; every character but white space and the front matter is in one.

        `excluded` spans are in order and in no sentence; at a place of `breaks` one passage ends and another begins.
        """
        return tuple(self.passages(text, excluded, breaks))

    def passages(self, text: str, excluded: Sequence[Span] = (), breaks: Sequence[int] = ()) -> Iterator[Passage]:
        """What `chunk` gives, one after the other: a long text can be left in the middle, and is not held in pieces."""
        n_passages = n_sentences = 0
        quotable = blanked(text, excluded)
        groups = itertools.groupby(self._numbered(quotable, excluded, breaks), key=lambda numbered: numbered[0])
        for _, group in groups:
            for run in self._runs(quotable, (piece for _, piece in group)):
                span = Span(run[0].span.start, run[-1].span.end)
                sentences = tuple(Sentence(n_sentences + place, piece.span) for place, piece in enumerate(run))
                n_tokens = run[0].n_tokens if len(run) == 1 else self._count_tokens(span.cut(quotable))
                yield Passage(n_passages, span, n_tokens, sentences)
                n_passages += 1
                n_sentences += len(run)

    def _numbered(self, text: str, excluded: Sequence[Span], breaks: Sequence[int]) -> Iterator[tuple[int, _Piece]]:
        """The pieces of the text; those of one number may share a passage."""
        ahead = iter(sorted(breaks))
        next_break = next(ahead, None)
        is_broken = False
        number = end_of_last = 0
        for stretch in _stretches(len(text), frontmatter.end_of(text), excluded, breaks):
            while next_break is not None and next_break <= stretch.start:
                is_broken, next_break = True, next(ahead, None)
            pieces = (piece for block in _blocks(text, stretch) for piece in self._pieces(text, block))
            for place, piece in enumerate(pieces):
                if place == 0 and (is_broken or piece.span.start - end_of_last > REACHED_OVER_CHARS):
                    number += 1
                is_broken, end_of_last = False, piece.span.end
                yield number, piece

    def _pieces(self, text: str, block: _Block) -> Iterator[_Piece]:
        for span in _sentences(text, block):
            # Longer texts are cut without being counted: some tokenizers take n² time for one word of n characters.
            n_tokens = self._count_tokens(span.cut(text)) if len(span) <= self._max_chars else self.max_tokens + 1
            if n_tokens <= self.max_tokens:
                yield _Piece(span, n_tokens, block.is_heading)
            else:
                yield from self._cut_long(text, span, block.is_heading)

    @property
    def _max_chars(self) -> int:
        return self.max_tokens * _MAX_CHARS_A_TOKEN

    def _cut_long(self, text: str, span: Span, is_heading: bool) -> Iterator[_Piece]:
        start = span.start
        while start < span.end:
            end = self._end_of_piece(text, start, span.end)
            piece = _stripped(text, start, end)
            if piece is not None:
                yield _Piece(piece, self._count_tokens(piece.cut(text)), is_heading)
            start = end

    def _end_of_piece(self, text: str, start: int, limit: int) -> int:
        """The furthest good place to cut whose piece is within the budget; counts O(log budget) short texts."""
        low, high = 1, min(limit - start, self._max_chars)
        if self._count_tokens(text[start : start + high]) <= self.max_tokens:
            low = high
        while low < high:
            middle = (low + high + 1) // 2
            if self._count_tokens(text[start : start + middle]) <= self.max_tokens:
                low = middle
            else:
                high = middle - 1
        end = start + low
        while end < limit:
            better = _cut_near(text, start, end)
            # A shorter text can be worth more tokens: letters that a merge had joined may have come apart.
            if better - start <= 1 or self._count_tokens(text[start:better].strip()) <= self.max_tokens:
                return better
            end = better - 1
        return limit

    def _runs(self, text: str, pieces: Iterator[_Piece]) -> Iterator[Sequence[_Piece]]:
        """Whole sentences, as many as the budget takes; a run rather ends before a heading than after it."""
        held: list[_Piece] = []
        while True:
            # Twice the budget beyond the first piece, or all there is: a run is decided by nothing behind that.
            n_ahead = sum(piece.n_tokens for piece in held[1:])
            while n_ahead <= 2 * self.max_tokens and (piece := next(pieces, None)) is not None:
                n_ahead += piece.n_tokens if held else 0
                held.append(piece)
            if not held:
                return
            last = self._last_that_fits(text, held)
            if last < len(held):
                last = _before_trailing_headings(held, last)
            last = self._heading_between(held, last) or last
            yield held[:last]
            del held[:last]

    def _last_that_fits(self, text: str, pieces: Sequence[_Piece]) -> int:
        """One past the last piece; the sum of the pieces is a guess that the count of the whole then confirms."""
        n_tokens, last = pieces[0].n_tokens, 1
        while last < len(pieces) and n_tokens + pieces[last].n_tokens <= self.max_tokens:
            n_tokens += pieces[last].n_tokens
            last += 1
        while last > 1:
            whole = text[pieces[0].span.start : pieces[last - 1].span.end]
            if len(whole) <= 4 * self._max_chars and self._count_tokens(whole) <= self.max_tokens:
                break
            last -= 1
        return last

    def _heading_between(self, pieces: Sequence[_Piece], last: int) -> int | None:
        """The first heading before `last` that leaves a quarter of the budget or more on both sides."""
        enough = self.max_tokens // 4
        before = 0
        for place in range(last):
            if place > 0 and pieces[place].is_heading and before >= enough:
                after = 0
                for piece in pieces[place:]:
                    after += piece.n_tokens
                    if after >= enough:
                        return place
            before += pieces[place].n_tokens
        return None


def _before_trailing_headings(pieces: Sequence[_Piece], last: int) -> int:
    """A heading belongs to what follows it; in a run that is mostly headings there is no such thing."""
    kept = last
    while kept > 1 and pieces[kept - 1].is_heading:
        kept -= 1
    return kept if 2 * kept >= last else last


def _stretches(n_chars: int, start: int, excluded: Sequence[Span], breaks: Sequence[int]) -> Iterator[Span]:
    """What is left from `start` on, cut where something is excluded or where there is a break."""
    cuts = sorted({start, n_chars, *breaks, *(end for span in excluded for end in (span.start, span.end))})
    gone = iter(excluded)
    next_gone = next(gone, None)
    for first, last in itertools.pairwise(cut for cut in cuts if start <= cut <= n_chars):
        while next_gone is not None and next_gone.end <= first:
            next_gone = next(gone, None)
        if next_gone is None or last <= next_gone.start:
            yield Span(first, last)


def _blocks(text: str, stretch: Span) -> Iterator[_Block]:
    lines: list[Span] = []
    end_of_last = stretch.start
    for match in _LINE.finditer(text, stretch.start, stretch.end):
        line = _stripped(text, *match.span())
        if line is None:
            continue
        if lines and _BLANK_BETWEEN.search(text, end_of_last, line.start + 1):
            yield from _blocks_of_paragraph(text, lines)
            lines = []
        lines.append(line)
        end_of_last = line.end
    if lines:
        yield from _blocks_of_paragraph(text, lines)


def _blocks_of_paragraph(text: str, lines: Sequence[Span]) -> Iterator[_Block]:
    width = max(len(line) for line in lines)
    is_wrapped = width in _MARGIN and any(not text[line.start].isupper() for line in lines[1:])
    start = lines[0].start
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        is_heading = _HEADING.match(text, line.start, line.end) is not None
        if following is not None and not is_heading:
            if _UNDERLINE.match(text, following.start, following.end) and start == line.start:
                continue
            if is_wrapped and _goes_on(text, line, following, width):
                continue
        is_underlined = start != line.start and _UNDERLINE.match(text, line.start, line.end) is not None
        yield _Block(start, line.end, is_heading or is_underlined)
        start = following.start if following is not None else line.end


def _goes_on(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a writer who fills lines up to `width` would have broken here in the middle of a sentence."""
    if _ALONE.match(text, following.start, following.end) or _HEADING.match(text, following.start, following.end):
        return False
    first_word = re.compile(r"\S{1,120}").match(text, following.start, following.end)
    return first_word is None or len(line) + 1 + len(first_word.group()) > width


def _sentences(text: str, block: _Block) -> Iterator[Span]:
    # Without a mark inside there is no end to look for, which most lines of menus and tables owe their speed to.
    if block.is_heading or not _MARK.search(text, block.start, block.end - 1):
        yield Span(block.start, block.end)
        return
    start = block.start
    waiting: Span | None = None
    is_worded = False
    for cut in [*_ends(text, block), block.end]:
        span = _stripped(text, start, cut)
        start = cut
        if span is None:
            continue
        # Looked at once a span: of what waits, a line of a million dots would be looked at a million times.
        has_words = _has_words(text, span)
        if waiting is not None and not (is_worded and has_words):
            waiting, is_worded = Span(waiting.start, span.end), is_worded or has_words
            continue
        if waiting is not None:
            yield waiting
        waiting, is_worded = span, has_words
    if waiting is not None:
        yield waiting


def _has_words(text: str, span: Span) -> bool:
    """Stray marks are no sentence: they go with a neighbour."""
    return _LETTER_OR_DIGIT.search(text, span.start, span.end) is not None


def _ends(text: str, block: _Block) -> list[int]:
    """Where sentences end inside a block, ascending, in characters of the text."""
    ends: set[int] = set()
    start = block.start
    while start < block.end:
        stop = block.end
        if stop - start > _WINDOW_CHARS:
            stop = _cut_near(text, start, start + _WINDOW_CHARS)
            ends.add(stop)
        ends.update(start + end for end in _ends_of_sentences(text[start:stop]))
        start = stop
    if _ARROW.search(text, block.start, block.end):
        for link in _TEASER_LINK.finditer(text, block.start, block.end):
            ends.update(link.span())
    return sorted(end for end in ends if block.start < end < block.end)


def _ends_of_sentences(window: str) -> Iterator[int]:
    """A quotation comes out of sentencex whole; where that is long, it is cut again with its marks masked."""
    start = 0
    is_paired = _PAIRED.search(window) is not None
    for end in [*_moved(window, _boundaries(window)), len(window)]:
        if is_paired and end - start > _LONG_SENTENCE_CHARS:
            inner = window[start:end]
            yield from (start + cut for cut in _moved(inner, _boundaries(inner.translate(_QUOTES))))
        yield end
        start = end


def _boundaries(window: str) -> list[int]:
    return [boundary["end_index"] for boundary in sentencex.get_sentence_boundaries("en", window)]


def _moved(window: str, ends: Sequence[int]) -> Iterator[int]:
    """Opening marks belong to the sentence after them, closing ones to the one before; lower case goes on."""
    for raw in ends:
        end = raw
        while end < len(window) and window[end] in _CLOSERS and not window[end - 1].isspace():
            end += 1
        while end > 0 and (window[end - 1] in _OPENERS or window[end - 1].isspace()):
            end -= 1
        following = window[end : end + 8].lstrip().lstrip(_OPENERS + _CLOSERS)
        if 0 < end < len(window) and not following[:1].islower():
            yield end


def _cut_near(text: str, start: int, end: int) -> int:
    """A place to cut in (start, end]: after a clause or a space in the second half, else between characters."""
    half = start + (end - start) // 2
    clause_ends = [clause.end() for clause in _CLAUSE_END.finditer(text, half, end)]
    if clause_ends:
        return clause_ends[-1]
    for place in range(end, half, -1):
        if text[place - 1].isspace():
            return place
    for place in range(end, max(half, end - 64, start + 1), -1):
        if place == len(text) or not _joins(text[place - 1], text[place]):
            return place
    return end


def _joins(left: str, right: str) -> bool:
    return left == "\u200d" or right in "\u200d\ufe0f\ufe0e" or unicodedata.category(right) in {"Mn", "Mc", "Me", "Sk"}


def _stripped(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None
