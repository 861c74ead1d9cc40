"""A chooser that answers every question as the test has laid out; it opens no dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rag.types import Scope, Source


@dataclass
class FakeChooser:
    """Fits the Chooser protocol and remembers what it was asked."""

    chosen_files: tuple[Path, ...] = ()
    chosen_folder: Path | None = None
    chosen_path: Path | None = None
    agrees: bool = True
    chosen_scope: Scope | None = None
    asked: list[str] = field(default_factory=list)
    suggested: list[Path] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    opens: bool = True

    def files(self, start: Path) -> tuple[Path, ...]:
        return self.chosen_files

    def folder(self, start: Path) -> Path | None:
        return self.chosen_folder

    def export_path(self, suggested: Path) -> Path | None:
        self.suggested.append(suggested)
        return self.chosen_path

    def confirm(self, question: str, explanation: str, yes: str) -> bool:
        self.asked.append(question)
        self.explained.append(explanation)
        return self.agrees

    def scope(self, sources: Sequence[Source], scope: Scope) -> Scope | None:
        return self.chosen_scope

    def show_in_folder(self, path: Path) -> None:
        self.shown.append(path)

    def open_file(self, path: Path) -> bool:
        self.opened.append(path)
        return self.opens
