"""Judges which stretches of a page are noise and of which kind: by the main text in it, or by plain signs alone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.alignment import kept_words
from rag.readers.page_text import PageText, Run
from rag.types import Mark, NoiseKind, Span

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…:;,\"”»)]\s*$")
_ADDRESS = re.compile(r"https?:|www\.|doi", re.IGNORECASE)
_LEAD_LINES = 15
_LEAD_WORDS = 10
_MAIN_SHARE = 0.7
_LINK_WORDS = 6
_MAX_LINK_SHARE = 0.12
"""Of the main text; a page with more of them is a list of links, and they are what it has to say."""
_MAX_HIDDEN_SHARE = 0.3
"""Of the main text; a page with more of it is shown by its scripts."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and the marks on it, in order and without overlaps."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class _Line:
    """A line of the text: its runs, its words, and how many of its characters are links."""

    start: int
    end: int
    runs: tuple[Run, ...]
    n_words: int
    n_kept: int
    link_share: float
    is_main: bool

    @property
    def heading(self) -> int:
        return self.runs[0].within.heading

    @property
    def is_hidden(self) -> bool:
        return all(run.within.is_hidden for run in self.runs)


def main_text_marked(page: PageText, main_text: str) -> MarkedText:
    """Marks the lines that hold few words of the main text, but for the lead above it, and lines of it that only link.

    The main text comes from trafilatura; the two corrections are measured in `docs/noise.md`.
    """
    lines = _lines(page, main_text)
    _keep_lead(page.text, lines)
    _keep_prose(page.text, lines)
    links = _link_lines(page.text, lines)
    is_shown_by_scripts = _hidden_share(lines) > _MAX_HIDDEN_SHARE
    marks: list[Mark] = []
    for line in lines:
        if not line.is_main:
            marks.append(Mark(_kind_of(line), Span(line.start, line.end)))
        elif id(line) in links:
            marks.append(Mark(NoiseKind.TEASER, Span(line.start, line.end)))
        elif not is_shown_by_scripts:
            marks += _hidden_runs(line.runs)
    return MarkedText(page.text, _joined(page.text, marks))


def plainly_marked(page: PageText) -> MarkedText:
    """Marks hidden words, navigation that is mostly links, and cookie banners; nothing where that is most of it."""
    marks: list[Mark] = []
    for line in _lines(page, ""):
        hint = line.runs[0].within.hint
        is_menu = hint is NoiseKind.MENU and 2 * line.link_share > 1
        if hint is not None and not line.is_hidden and (is_menu or hint is NoiseKind.COOKIES):
            marks.append(Mark(hint, Span(line.start, line.end)))
        else:
            marks += _hidden_runs(line.runs)
    if 2 * sum(len(mark.span) for mark in marks) > len(page.text):
        return MarkedText(page.text, ())
    return MarkedText(page.text, _joined(page.text, marks))


def _lines(page: PageText, main_text: str) -> list[_Line]:
    starts = [match.start() for match in _WORD.finditer(page.text)]
    kept = kept_words(_WORD.findall(page.text), _WORD.findall(main_text)) if main_text else bytes(len(starts))
    lines: list[_Line] = []
    first = 0
    for runs in _runs_by_line(page):
        start, end = runs[0].start, runs[-1].end
        last = bisect_left(starts, end, first)
        n_kept = sum(kept[first:last])
        # A row of stars goes with the line above.
        is_main = 2 * n_kept >= last - first if last > first else bool(lines) and lines[-1].is_main
        linked = sum(run.end - run.start for run in runs if run.within.is_link)
        lines.append(_Line(start, end, runs, last - first, n_kept, linked / (end - start), is_main))
        first = last
    return lines


def _runs_by_line(page: PageText) -> Iterator[tuple[Run, ...]]:
    if not page.runs:
        return
    runs = [page.runs[0]]
    for before, run in pairwise(page.runs):
        if "\n" in page.text[before.end : run.start]:
            yield tuple(runs)
            runs = []
        runs.append(run)
    yield tuple(runs)


def _keep_lead(text: str, lines: Sequence[_Line]) -> None:
    """The sentences between the title and the first paragraph say what the article says; trafilatura drops them."""
    first = next((place for place, line in enumerate(lines) if line.is_main), 0)
    above = range(max(0, first - _LEAD_LINES), min(first + 1, len(lines)))
    title = next((place for place in reversed(above) if lines[place].heading == 1), None)
    for line in lines[title + 1 : first] if title is not None else ():
        is_prose = line.n_words >= _LEAD_WORDS and line.link_share < 0.3 and _ends_a_sentence(text, line)
        if is_prose and not line.is_hidden and line.runs[0].within.hint is None:
            line.is_main = True


def _keep_prose(text: str, lines: Sequence[_Line]) -> None:
    """On a page that is nearly all main text (a report, an encyclopaedia) a paragraph outside it is no noise either."""
    shown = [line for line in lines if not line.is_hidden]
    if sum(line.n_kept for line in shown) < _MAIN_SHARE * sum(line.n_words for line in shown):
        return
    for line in shown:
        is_prose = line.n_words >= 2 * _LEAD_WORDS and line.link_share < 0.3 and _ends_a_sentence(text, line)
        if is_prose and line.runs[0].within.hint is None:
            line.is_main = True


def _link_lines(text: str, lines: Sequence[_Line]) -> frozenset[int]:
    """Identities of the lines of the main text that are links to other articles and no sentences."""
    main = [line for line in lines if line.is_main]
    links = [
        line
        for line in main
        if line.link_share >= 0.9
        and line.n_words >= _LINK_WORDS
        and not line.heading
        and not _ends_a_sentence(text, line)
        and not _ADDRESS.search(text, line.start, line.end)
    ]
    n_chars = sum(line.end - line.start for line in main)
    if sum(line.end - line.start for line in links) > _MAX_LINK_SHARE * n_chars:
        return frozenset()
    return frozenset(id(line) for line in links)


def _ends_a_sentence(text: str, line: _Line) -> bool:
    return _SENTENCE_END.search(text, max(line.start, line.end - 3), line.end) is not None


def _hidden_share(lines: Sequence[_Line]) -> float:
    n_kept = sum(line.n_kept for line in lines)
    return sum(line.n_kept for line in lines if line.is_hidden) / n_kept if n_kept else 0.0


def _hidden_runs(runs: Sequence[Run]) -> list[Mark]:
    return [Mark(NoiseKind.HIDDEN, Span(run.start, run.end)) for run in runs if run.within.is_hidden]


def _kind_of(line: _Line) -> NoiseKind:
    if line.is_hidden:
        return NoiseKind.HIDDEN
    hint = next((run.within.hint for run in line.runs if run.within.hint is not None), None)
    is_menu = 2 * line.link_share > 1
    if hint is None or (hint is NoiseKind.MENU and not is_menu and line.n_words > _LEAD_WORDS):
        return NoiseKind.MENU if is_menu else NoiseKind.BOILERPLATE
    return hint


def _joined(text: str, marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Neighbours of one kind become one mark."""
    joined: list[Mark] = []
    for mark in marks:
        last = joined[-1] if joined else None
        if last is not None and last.kind is mark.kind and not text[last.span.end : mark.span.start].strip(" \n|"):
            joined[-1] = Mark(mark.kind, Span(last.span.start, mark.span.end))
        else:
            joined.append(mark)
    return tuple(joined)
