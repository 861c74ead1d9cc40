"""Judges which stretches of a page are noise and of which kind: by the main text in it, or by plain signs alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.alignment import kept_words
from rag.readers.page_text import PageText, Run
from rag.types import Mark, NoiseKind, Span

_WORD = re.compile(r"\w+")
_SURE = frozenset({NoiseKind.COOKIES, NoiseKind.MENU})


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text and the marks on it, in order and without overlaps."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the text with the runs in it and the places of its words."""

    start: int
    end: int
    runs: tuple[Run, ...]


def main_text_marked(page: PageText, main_text: str) -> MarkedText:
    """Marks whatever lines hold few words of the main text."""
    matches = list(_WORD.finditer(page.text))
    kept = kept_words([match.group() for match in matches], _WORD.findall(main_text))
    marks: list[Mark] = []
    first = 0
    for line in _lines(page):
        last = first
        while last < len(matches) and matches[last].start() < line.end:
            last += 1
        n_kept = sum(kept[first:last])
        if 2 * n_kept < last - first or (first == last):
            marks.append(Mark(_kind_of(line), Span(line.start, line.end)))
        first = last
    return MarkedText(page.text, _joined(page.text, marks))


def plainly_marked(page: PageText) -> MarkedText:
    """Marks hidden words, and what its own tags and names call navigation or a cookie banner."""
    marks = []
    for run in page.runs:
        if run.within.is_hidden:
            marks.append(Mark(NoiseKind.HIDDEN, Span(run.start, run.end)))
        elif run.within.hint in _SURE:
            marks.append(Mark(run.within.hint, Span(run.start, run.end)))
    if sum(len(mark.span) for mark in marks) > 0.9 * len(page.text):
        return MarkedText(page.text, ())
    return MarkedText(page.text, _joined(page.text, marks))


def _lines(page: PageText) -> Iterator[_Line]:
    runs: list[Run] = []
    for run in page.runs:
        if runs and "\n" in page.text[runs[-1].end : run.start]:
            yield _Line(runs[0].start, runs[-1].end, tuple(runs))
            runs = []
        runs.append(run)
    if runs:
        yield _Line(runs[0].start, runs[-1].end, tuple(runs))


def _kind_of(line: _Line) -> NoiseKind:
    if all(run.within.is_hidden for run in line.runs):
        return NoiseKind.HIDDEN
    hint = next((run.within.hint for run in line.runs if run.within.hint is not None), None)
    if hint is not None:
        return hint
    linked = sum(run.end - run.start for run in line.runs if run.within.is_link)
    return NoiseKind.MENU if 2 * linked > line.end - line.start else NoiseKind.BOILERPLATE


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
