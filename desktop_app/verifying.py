"""Re-checks every quote, answer line and differing value of a JSON or Markdown export against its documents.

What this is good for: it notices accidental or careless alteration, whether a changed character, a wrong place, another
page, a quote removed or added, a file cut off, a source that has changed since. What it is not: protection from a
forger who rewrites an export and its sources alike, or who leaves quotes true and lies about them in prose. HTML and
PDF exports are for reading and are not read here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Protocol

from desktop_app.disk import why
from desktop_app.export_markdown import MarkdownReading, read_markdown
from desktop_app.transcript import (
    Exhibit,
    ExhibitKind,
    TranscriptError,
    count_quotes,
    digest_as_written,
    from_json,
)
from rag.folding import normal
from rag.types import Part, document_id, place_in_words

_LARGEST_EXPORT_BYTES = 200_000_000


class CheckStatus(StrEnum):
    """What became of one quote. WRONG_PART: at its characters, but not on the page (or the like) that is stated."""

    EXACT = "exact"
    TEXT_CHANGED = "text_changed"
    WRONG_PLACE = "wrong_place"
    WRONG_PART = "wrong_part"
    RECORD_CHANGED = "record_changed"
    DOCUMENT_CHANGED = "document_changed"
    DOCUMENT_NOT_FOUND = "document_not_found"


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """One piece of a document that an answer shows, after its check; `sentence` says what was found."""

    exhibit: Exhibit
    status: CheckStatus
    sentence: str

    @property
    def name(self) -> str:
        """What to call it: 'question 2, quote 1'."""
        return f"question {self.exhibit.turn}, {self.exhibit.kind} {self.exhibit.number}"


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What checking a file found.

    `problems` are sentences about the file as a whole that make it untrue (a quote is missing, the end is missing);
    `notes` are sentences about changes outside the quotes, which a reader may have made on purpose.
    """

    file: Path
    checks: tuple[QuoteCheck, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def n_exact(self) -> int:
        return sum(check.status is CheckStatus.EXACT for check in self.checks)

    @property
    def is_exact(self) -> bool:
        """Whether every quote is exact, in its place, and none is missing or added."""
        return self.n_exact == len(self.checks) and not self.problems


class VerifyError(Exception):
    """A file cannot be checked; the reason is a sentence. Survives pickling."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path} cannot be checked: {self.reason} Nothing was changed."


class Held(Protocol):
    """A text with its pages, slides and the like; a document and a reading of a file both fit."""

    @property
    def text(self) -> str: ...

    @property
    def parts(self) -> tuple[Part, ...]: ...


class TextSource(Protocol):
    """Where the texts of documents are looked up."""

    def by_id(self, document: str) -> Held | None:
        """The text with this sha256; None where it is not here."""
        ...

    def by_name(self, name: str) -> Held | None:
        """The text that is here under a document's name now; None where there is none."""
        ...


class LibraryTexts:
    """The library as a source of texts, through two lookups."""

    def __init__(self, by_id: Callable[[str], Held | None], by_name: Callable[[str], Held | None]) -> None:
        self.by_id = by_id
        self.by_name = by_name


class FolderTexts:
    """A folder of files as a source of texts.

    `read` gives a file's text as the library would store it, or None where it holds none that can be read. Every
    file below the folder is read once, at the first question; later only the files that are asked for.
    """

    def __init__(self, folder: Path, read: Callable[[Path], Held | None]) -> None:
        self._folder = folder
        self._read = read
        self._paths_by_id: dict[str, Path] | None = None
        self._last: tuple[Path, Held | None] | None = None

    def by_id(self, document: str) -> Held | None:
        if self._paths_by_id is None:
            self._paths_by_id = {
                document_id(held.text): path for path in self._files() if (held := self._read(path)) is not None
            }
        path = self._paths_by_id.get(document)
        return None if path is None else self._held(path)

    def by_name(self, name: str) -> Held | None:
        """The file of that relative name, or else the first whose path ends in it, or whose file name is the same."""
        wanted = PurePosixPath(name)
        for suits in (self._is_at, self._ends_in, self._is_called):
            path = next((path for path in self._files() if suits(path, wanted)), None)
            if path is not None:
                return self._held(path)
        return None

    def _held(self, path: Path) -> Held | None:
        """The text of a file; the last one is kept, because quotes of one document stand together."""
        if self._last is None or self._last[0] != path:
            self._last = (path, self._read(path))
        return self._last[1]

    def _is_at(self, path: Path, wanted: PurePosixPath) -> bool:
        return path.relative_to(self._folder).as_posix() == wanted.as_posix()

    def _ends_in(self, path: Path, wanted: PurePosixPath) -> bool:
        return path.as_posix().endswith(f"/{wanted.as_posix()}")

    def _is_called(self, path: Path, wanted: PurePosixPath) -> bool:
        return path.name == wanted.name

    def _files(self) -> Iterator[Path]:
        for folder, folders, names in os.walk(self._folder):
            folders.sort()
            for name in sorted(names):
                path = Path(folder) / name
                if path.is_file():
                    yield path


def verify(file: Path, texts: TextSource) -> VerifyReport:
    """Check a JSON or Markdown export, told apart by its content.

    Raises:
        VerifyError: the file cannot be read, is no such export, or makes no sense.
    """
    content = _read(file)
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return _verify_json(file, content.removeprefix(b"\xef\xbb\xbf"), texts)
        return _verify_markdown(file, read_markdown(content.decode("utf-8")), texts)
    except UnicodeDecodeError as exc:
        raise VerifyError(str(file), "it is not text in UTF-8, as the JSON and Markdown exports are.") from exc
    except TranscriptError as exc:
        raise VerifyError(str(file), f"{exc.reason}.") from exc


def _read(file: Path) -> bytes:
    try:
        n_bytes = file.stat().st_size
        if n_bytes > _LARGEST_EXPORT_BYTES:
            raise VerifyError(str(file), f"it is larger than any export ({n_bytes:,} bytes).")
        content = file.read_bytes()
    except OSError as exc:
        raise VerifyError(str(file), why(exc, file)) from exc
    head = content[:1024].lstrip().lower()
    if head.startswith((b"%pdf-", b"<!doctype html", b"<html")):
        raise VerifyError(str(file), "HTML and PDF exports are for reading. Check the Markdown or the JSON export.")
    if not content.strip():
        raise VerifyError(str(file), "it is empty.")
    return content


def _verify_json(file: Path, content: bytes, texts: TextSource) -> VerifyReport:
    transcript = from_json(content)
    conversation = transcript.conversation
    problems = _count_problems(count_quotes(conversation), transcript.n_quotes, "quote")
    problems += _count_problems(len(conversation.turns), transcript.n_turns, "question")
    if digest_as_written(content) != transcript.conversation_sha256:
        problems.append(
            "Something in this file was changed after the export: a question, an answer, a quote or a name."
        )
    checks = tuple(_check(exhibit, texts) for exhibit in transcript.exhibits())
    return VerifyReport(file, checks, tuple(problems), _copy_notes(checks, texts))


def _verify_markdown(file: Path, reading: MarkdownReading, texts: TextSource) -> VerifyReport:
    problems = []
    n_quotes = sum(found.exhibit.kind is ExhibitKind.QUOTE for found in reading.exhibits)
    if reading.n_exhibits is None or reading.n_quotes is None:
        problems.append("The last line of the export is missing, so quotes may be missing too.")
    else:
        problems += _count_problems(n_quotes, reading.n_quotes, "quote")
        problems += _count_problems(
            len(reading.exhibits) - n_quotes, reading.n_exhibits - reading.n_quotes, "other excerpt"
        )
    if [found.n for found in reading.exhibits] != list(range(1, len(reading.exhibits) + 1)):
        problems.append("The quotes are not those of the export in their order: one was removed, added or moved.")
    if reading.n_stray_blocks:
        problems.append(f"Block quotes without a record of where they come from: {reading.n_stray_blocks}.")
    notes = () if reading.is_untouched else ("Text in this file was changed after the export.",)
    checks = tuple(_check(found.exhibit, texts, is_as_written=found.is_as_written) for found in reading.exhibits)
    return VerifyReport(file, checks, tuple(problems), (*notes, *_copy_notes(checks, texts)))


def _copy_notes(checks: Sequence[QuoteCheck], texts: TextSource) -> tuple[str, ...]:
    """A sentence for each further document that is here and does not hold a quote's words, however they are set."""
    notes = []
    for check in checks:
        for copy in check.exhibit.also_in:
            held = texts.by_id(copy.id)
            if held is not None and f" {normal(check.exhibit.text)} " not in f" {normal(held.text)} ":
                notes.append(f"{check.name} is said to stand in {copy.name} too, which does not hold these words.")
    return tuple(notes)


def _count_problems(found: int, promised: int, noun: str) -> list[str]:
    if found == promised:
        return []
    change = "removed" if found < promised else "added"
    return [f"The export had {promised} {noun}s and the file has {found}: at least one was {change}."]


def _check(exhibit: Exhibit, texts: TextSource, *, is_as_written: bool = True) -> QuoteCheck:
    held = texts.by_id(exhibit.source.id)
    # A source may hold a text under an id that is not its own: a damaged library, say.
    if held is None or document_id(held.text) != exhibit.source.id:
        return _check_without_document(exhibit, texts.by_name(exhibit.source.name))
    start, end = exhibit.span.start, exhibit.span.end
    if end > len(held.text) or held.text[start:end] != exhibit.text:
        return _check_misplaced(exhibit, held.text)
    if not is_as_written:
        edited = "The words are the document's, but this quote or the line under it was edited after the export."
        return QuoteCheck(exhibit, CheckStatus.RECORD_CHANGED, edited)
    return _check_part(exhibit, held.parts)


def _check_part(exhibit: Exhibit, parts: Sequence[Part]) -> QuoteCheck:
    """Whether exact words stand on the page that is stated; one that is not stated, or not known here, is no fault."""
    place = f"characters {exhibit.span.start}–{exhibit.span.end} of {exhibit.source.name}"
    if exhibit.place is None:
        return QuoteCheck(exhibit, CheckStatus.EXACT, f"Exact: {place}.")
    if not parts:
        unknown = f"Exact: {place}. That this is {exhibit.place} could not be checked: it is not known here."
        return QuoteCheck(exhibit, CheckStatus.EXACT, unknown)
    around = [part for part in parts if part.span.overlaps(exhibit.span)]
    found = place_in_words(around)
    if found != exhibit.place:
        sentence = f"The words are exact ({place}), but that is {found or 'no such part'}, not {exhibit.place}."
        return QuoteCheck(exhibit, CheckStatus.WRONG_PART, sentence)
    if any(part.is_ocr for part in around) != exhibit.is_ocr:
        said, true = ("read by OCR", "is text") if exhibit.is_ocr else ("text", "was read by OCR")
        sentence = f"The words are exact ({place}), but what is called {said} {true}."
        return QuoteCheck(exhibit, CheckStatus.WRONG_PART, sentence)
    return QuoteCheck(exhibit, CheckStatus.EXACT, f"Exact: {place}, {exhibit.place}.")


def _check_misplaced(exhibit: Exhibit, text: str) -> QuoteCheck:
    name = exhibit.source.name
    places = f"characters {exhibit.span.start}–{exhibit.span.end}"
    at = text.find(exhibit.text) if exhibit.text else -1
    if at >= 0:
        sentence = f"{name} holds these words, but at characters {at}–{at + len(exhibit.text)}, not at {places}."
        return QuoteCheck(exhibit, CheckStatus.WRONG_PLACE, sentence)
    sentence = (
        f"{name} does not hold these words; at {places} it says: {text[exhibit.span.start : exhibit.span.end]!r}."
    )
    return QuoteCheck(exhibit, CheckStatus.TEXT_CHANGED, sentence)


def _check_without_document(exhibit: Exhibit, changed: Held | None) -> QuoteCheck:
    name = exhibit.source.name
    if changed is None:
        sentence = f"No document with this sha256 is here, and none of the name {name}."
        return QuoteCheck(exhibit, CheckStatus.DOCUMENT_NOT_FOUND, sentence)
    at = changed.text.find(exhibit.text) if exhibit.text else -1
    still = (
        f"still holds these words, now at characters {at}–{at + len(exhibit.text)}"
        if at >= 0
        else ("does not hold these words")
    )
    sentence = f"The file {name} changed since the export. It {still}."
    return QuoteCheck(exhibit, CheckStatus.DOCUMENT_CHANGED, sentence)
