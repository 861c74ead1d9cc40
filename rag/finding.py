"""Finds the files that are to be added, in folders and in archives: sorted, each real folder once; it reads none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rag import archives
from rag.errors import SourceError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is to be added: where it lies, under which file or folder it was named, and its name there.

    `member` is set for a file in an archive. `problem` says why an archive could not be read as a folder.
    """

    path: Path
    root: Path
    name: str
    member: archives.Member | None = None
    problem: str = ""


class Finding:
    """Walks folders; `excluded` ones never."""

    def __init__(self, excluded: Sequence[Path] = ()) -> None:
        self._excluded = tuple(folder.resolve() for folder in excluded)

    def find(self, paths: Sequence[Path]) -> list[Candidate]:
        """The files themselves, and those in the folders and archives; nothing is read yet."""
        return [found for path in paths for found in self._walk(path)]

    def _walk(self, path: Path) -> Iterator[Candidate]:
        """A file itself, or what a folder holds: sorted, without hidden names, each real folder once."""
        absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow the link that was given
        if not absolute.is_dir():
            yield from _opened_up(Candidate(absolute, absolute, absolute.name))
            return
        yield from self._walk_folder(absolute, absolute, set())

    def _walk_folder(self, folder: Path, root: Path, seen: set[Path]) -> Iterator[Candidate]:
        real = _real(folder)
        if real in seen or self._is_excluded(folder):
            return
        seen.add(real)
        entries = _entries(folder)
        if entries is None:
            # As a candidate it is reported with its cause.
            yield Candidate(folder, root, folder.name if folder == root else folder.relative_to(root).as_posix())
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from self._walk_folder(entry, root, seen)
            elif not self._is_excluded(entry):
                yield from _opened_up(Candidate(entry, root, entry.relative_to(root).as_posix()))

    def _is_excluded(self, path: Path) -> bool:
        real = _real(path)
        return any(real.is_relative_to(excluded) for excluded in self._excluded)


class Presence:
    """Says whether files are there; lists an archive once, however many of its files are asked for."""

    def __init__(self) -> None:
        self._listed: dict[Path, frozenset[Path]] = {}

    def of(self, path: Path) -> bool:
        """A name that had to be escaped cannot be looked up, and counts as there."""
        if "\\x" in str(path) or path.exists():
            return True
        place = archives.place_of(path)
        return place is not None and path in self._members(place.archive)

    def _members(self, archive: Path) -> frozenset[Path]:
        if archive not in self._listed:
            try:
                self._listed[archive] = frozenset(member.path for member in archives.members(archive))
            except SourceError:
                self._listed[archive] = frozenset()
        return self._listed[archive]


def printable(name: str) -> str:
    """The name with bytes that are no Unicode written as escapes, so that it can be stored, shown and sent."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _entries(folder: Path) -> list[Path] | None:
    """What the folder holds, by name; None where it may not be listed."""
    try:
        return sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError:
        return None


def _real(path: Path) -> Path:
    """Where the path leads; Path.resolve raises on links in a circle."""
    return Path(os.path.realpath(path))


def _opened_up(candidate: Candidate) -> Iterator[Candidate]:
    """The files of an archive; any other file as it is."""
    if not archives.is_archive(candidate.path):
        yield candidate
        return
    try:
        members = archives.members(candidate.path)
    except SourceError as error:
        yield replace(candidate, problem=error.reason)
        return
    for member in members:
        inside = member.path.relative_to(candidate.path).as_posix()
        yield Candidate(member.path, candidate.root, f"{candidate.name}/{inside}", member)
