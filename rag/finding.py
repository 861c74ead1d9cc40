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
        if _is_folder(absolute):
            yield from self._walk_folder(absolute)
        else:
            yield from _opened_up(Candidate(absolute, absolute, absolute.name))

    def _walk_folder(self, root: Path) -> Iterator[Candidate]:
        """Without recursion: folders can be nested deeper than Python's stack."""
        seen: set[Path] = set()
        waiting = [(root, _real(root))]
        while waiting:
            path, real = waiting.pop()
            if self._is_excluded(real):
                continue
            name = root.name if path == root else path.relative_to(root).as_posix()
            if not _is_folder(path):
                yield from _opened_up(Candidate(path, root, name))
                continue
            if real in seen:
                continue
            seen.add(real)
            entries = _entries(path)
            if entries is None:
                # As a candidate it is reported with its cause.
                yield Candidate(path, root, name)
                continue
            waiting += ((entry, _real_in(real, entry)) for entry in reversed(entries))

    def _is_excluded(self, real: Path) -> bool:
        return any(real.is_relative_to(excluded) for excluded in self._excluded)


class Presence:
    """Says whether files are there; lists an archive once, however many of its files are asked for."""

    def __init__(self) -> None:
        self._listed: dict[Path, frozenset[Path] | None] = {}

    def of(self, path: Path) -> bool:
        """False only for what is certainly gone.

        What may not be looked up counts as there: a name that had to be escaped, a file in a locked folder, or in an
        archive that cannot be listed.
        """
        if "\\x" in str(path) or _may_be_there(path):
            return True
        place = archives.place_of(path)
        if place is None:
            return False
        members = self._members(place.archive)
        return members is None or path in members

    def _members(self, archive: Path) -> frozenset[Path] | None:
        if archive not in self._listed:
            try:
                self._listed[archive] = frozenset(member.path for member in archives.members(archive) or ())
            except SourceError:
                self._listed[archive] = None
        return self._listed[archive]


def printable(name: str) -> str:
    """The name with bytes that are no Unicode written as escapes, so that it can be stored, shown and sent."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def is_visible(path: Path) -> bool:
    """Whether something is there that may be looked at; Path.exists raises where a right is missing."""
    try:
        path.stat()
    except (OSError, ValueError):
        return False
    return True


def _entries(folder: Path) -> list[Path] | None:
    """What the folder holds, by name, without what is hidden; None where it may not be listed."""
    try:
        return sorted((one for one in folder.iterdir() if not one.name.startswith(".")), key=lambda one: one.name)
    except OSError:
        return None


def _is_folder(path: Path) -> bool:
    """Path.is_dir raises for what lies in a folder that may be listed and not entered."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _may_be_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True


def _real(path: Path) -> Path:
    """Where the path leads; Path.resolve raises on links in a circle."""
    return Path(os.path.realpath(path))


def _real_in(folder: Path, entry: Path) -> Path:
    """Where an entry of a folder leads, whose own real place is known: only links are looked up step by step."""
    try:
        is_link = entry.is_symlink()
    except OSError:
        is_link = True
    return _real(entry) if is_link else folder / entry.name


def _opened_up(candidate: Candidate) -> Iterator[Candidate]:
    """The files of an archive; any other file as it is."""
    try:
        members = archives.members(candidate.path)
    except SourceError as error:
        yield replace(candidate, problem=error.reason)
        return
    if members is None:
        yield candidate
        return
    for member in members:
        inside = member.path.relative_to(candidate.path).as_posix()
        yield Candidate(member.path, candidate.root, f"{candidate.name}/{inside}", member)


def is_empty_folder(path: Path) -> bool:
    """Whether it is a folder with nothing at all in it, as the place of a drive that is not connected is."""
    try:
        return path.is_dir() and next(path.iterdir(), None) is None
    except OSError:
        return False
