"""What is said of the stretches of a document that are neither found nor quoted; plain functions without Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop_app.wording import count_words
from rag.types import Mark, NoiseKind

NOT_QUOTED: Final = "not quoted"
LIFT: Final = "Quote this too"
UNDO_LIFT: Final = "Leave this out"
SET_ASIDE: Final = "Never quote this"

_NAMES = {
    NoiseKind.MENU: ("Menu", "menus"),
    NoiseKind.SHARING: ("Sharing", "sharing"),
    NoiseKind.COOKIES: ("Cookie notice", "cookie notices"),
    NoiseKind.TEASER: ("Teaser", "teasers"),
    NoiseKind.RUNNING_HEAD: ("Page header or footer", "page headers and footers"),
    NoiseKind.ADVERTISING: ("Advertising", "advertising"),
    NoiseKind.BOILERPLATE: ("Standard text", "standard texts"),
    NoiseKind.HIDDEN: ("Hidden text", "hidden text"),
    NoiseKind.BY_HAND: ("Left out by hand", "left out by hand"),
}


def kind_name(kind: NoiseKind) -> str:
    """For example: Menu."""
    return _NAMES[kind][0]


def reason_words(mark: Mark) -> str:
    """Why a stretch is not quoted, or that it is quoted after all."""
    if mark.is_lifted:
        return f"{kind_name(mark.kind)}: quoted all the same"
    return f"{kind_name(mark.kind)}: {NOT_QUOTED}"


def size_words(marked: str) -> str:
    """How much a stretch holds: its lines, or its words where it is a single one."""
    n_lines = len([line for line in marked.splitlines() if line.strip()])
    return f"{n_lines:,} lines" if n_lines > 1 else count_words(len(marked.split()), "word", "words")


def summary_words(marks: Sequence[Mark]) -> str:
    """For example: 12 stretches are left out of quotes (menus, sharing); empty where there are no marks."""
    kept_out = [mark for mark in marks if not mark.is_lifted]
    if not kept_out:
        return f"{count_words(len(marks), 'stretch', 'stretches')} brought back into quotes" if marks else ""
    present = {mark.kind for mark in kept_out}
    kinds = ", ".join(plural for kind, (_, plural) in _NAMES.items() if kind in present)
    verb = "is" if len(kept_out) == 1 else "are"
    return f"{count_words(len(kept_out), 'stretch', 'stretches')} {verb} left out of quotes ({kinds})"
