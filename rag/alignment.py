"""Finds which words of a text are kept in another text that was made from it by leaving words out.

Runs of words that occur once in each are anchors (patience diff, Bram Cohen); between anchors shorter runs are tried,
at last single words. Words out of order are not found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

_RUN_LENGTHS = (6, 3, 1)
_MAX_PASSES = 24
"""How often each word may be looked at; texts made to give one anchor a pass would else take n² time."""
_Ranges = tuple[int, int, int, int]


def kept_words(whole: Sequence[str], part: Sequence[str]) -> bytearray:
    """A 1 for each word of `whole` that was found in `part`, in order, a 0 for every other."""
    kept = bytearray(len(whole))
    open_ranges: list[tuple[_Ranges, int]] = [((0, len(whole), 0, len(part)), 0)]
    left = _MAX_PASSES * (len(whole) + len(part))
    while open_ranges and left > 0:
        ranges, level = open_ranges.pop()
        ranges = _without_common_ends(whole, part, ranges, kept)
        first, last, part_first, part_last = ranges
        if first == last or part_first == part_last or level == len(_RUN_LENGTHS):
            continue
        left -= last - first + part_last - part_first
        anchors = _anchors(whole, part, ranges, _RUN_LENGTHS[level])
        if not anchors:
            open_ranges.append((ranges, level + 1))
            continue
        for place, other in anchors:
            if place >= first and other >= part_first:
                open_ranges.append(((first, place, part_first, other), level))
                length = _common(whole, part, (place, last, other, part_last))
                kept[place : place + length] = b"\1" * length
                first, part_first = place + length, other + length
        open_ranges.append(((first, last, part_first, part_last), level))
    return kept


def _without_common_ends(whole: Sequence[str], part: Sequence[str], ranges: _Ranges, kept: bytearray) -> _Ranges:
    first, last, part_first, part_last = ranges
    length = _common(whole, part, ranges)
    kept[first : first + length] = b"\1" * length
    first, part_first = first + length, part_first + length
    while first < last and part_first < part_last and whole[last - 1] == part[part_last - 1]:
        kept[last - 1] = 1
        last, part_last = last - 1, part_last - 1
    return first, last, part_first, part_last


def _common(whole: Sequence[str], part: Sequence[str], ranges: _Ranges) -> int:
    """How many words the beginnings of two ranges share."""
    first, last, part_first, part_last = ranges
    pairs = zip(range(first, last), range(part_first, part_last), strict=False)
    return next(
        (place - first for place, other in pairs if whole[place] != part[other]),
        min(last - first, part_last - part_first),
    )


def _anchors(whole: Sequence[str], part: Sequence[str], ranges: _Ranges, length: int) -> list[tuple[int, int]]:
    """Places in both of the runs that occur once in each, as many as rise in both."""
    first, last, part_first, part_last = ranges
    in_part = _once(part, part_first, part_last, length)
    if not in_part:
        return []
    in_whole = _once(whole, first, last, length)
    pairs = [(place, in_part[run]) for run, place in in_whole.items() if run in in_part]
    return _rising(pairs)


def _once(words: Sequence[str], first: int, last: int, length: int) -> dict[tuple[str, ...], int]:
    """Where each run stands that occurs only once, in order."""
    places: dict[tuple[str, ...], int] = {}
    runs = zip(*(words[first + shift : last] for shift in range(length)), strict=False)
    for place, run in enumerate(runs, first):
        places[run] = -1 if run in places else place
    return {run: place for run, place in places.items() if place >= 0}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence that rises in its second members too."""
    tops: list[int] = []
    top_pairs: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(pairs):
        at = bisect_left(tops, other)
        before.append(top_pairs[at - 1] if at else -1)
        tops[at : at + 1] = [other]
        top_pairs[at : at + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = top_pairs[-1] if top_pairs else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]
