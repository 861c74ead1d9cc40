"""A conversation as it leaves the program, whole and countable, and its canonical JSON.

It writes no file and checks no quote: exporting and verifying do.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from desktop_app.answer_words import speaker_of
from rag.types import Answer, Conversation, Quote, Source, Span, Verdict

FORMAT_NAME = "seedbook-transcript"
#: 2: answers have their own words, differing values, a period, a survey and reasons. 3: quotes have a place, whether a
#: machine read them off a picture, and copies; sources an author and a language; scopes a collection and dates.
FORMAT_VERSION = 3


class ExhibitKind(StrEnum):
    """Why a piece of a document is shown.

    ANSWER: the very words that answer. POSITION: one of the values on which the sources differ. PASSAGE: the nearest
    thing found where the sources do not say.
    """

    ANSWER = "answer"
    POSITION = "position"
    QUOTE = "quote"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of a document as an export shows it: what verifying checks.

    `turn` and `number` count from 1; `number` is that of the piece among its kind within its answer. `span` is where
    the text should stand in the document, `place` the page or the like of it in words, None where the file has none or
    it was not noted. `also_in` are further documents with the same words.
    """

    kind: ExhibitKind
    turn: int
    number: int
    source: Source
    span: Span
    text: str
    speaker: str | None = None
    place: str | None = None
    is_ocr: bool = False
    also_in: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation with what a reader elsewhere needs to trust it.

    `conversation_sha256` is the digest of the conversation's canonical JSON, so that a change anywhere is noticed;
    `exported_at` is ISO 8601 in UTC. The counts stand at the end of the file.
    """

    format: str
    format_version: int
    program_version: str
    exported_at: str
    conversation: Conversation
    n_turns: int
    n_quotes: int
    conversation_sha256: str

    @classmethod
    def of(cls, conversation: Conversation, *, program_version: str, exported_at: str) -> Transcript:
        """Take a conversation as it is now; lone surrogates, which no file can hold, become U+FFFD."""
        writable = msgspec.json.decode(encode(conversation), type=Conversation)
        return cls(
            format=FORMAT_NAME,
            format_version=FORMAT_VERSION,
            program_version=program_version,
            exported_at=exported_at,
            conversation=writable,
            n_turns=len(writable.turns),
            n_quotes=count_quotes(writable),
            conversation_sha256=digest(writable),
        )

    def exhibits(self) -> tuple[Exhibit, ...]:
        """Every piece of a document that the answers show, in order."""
        return tuple(
            exhibit
            for turn_number, turn in enumerate(self.conversation.turns, start=1)
            if turn.answer is not None
            for exhibit in exhibits_of(turn.answer, turn_number)
        )


class TranscriptError(Exception):
    """A file is not a transcript that can be read; the reason is a sentence for a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def exhibits_of(answer: Answer, turn: int) -> tuple[Exhibit, ...]:
    """What an answer shows of its documents, from top to bottom; the nearest passages where the sources do not say."""
    spans = (answer.span,) if answer.span is not None else ()
    values = tuple(position.value for position in answer.positions)
    shown = tuple(
        _cut(kind, turn, number, value, speaker_of(answer, value))
        for kind, values_of_kind in ((ExhibitKind.ANSWER, spans), (ExhibitKind.POSITION, values))
        for number, value in enumerate(values_of_kind, start=1)
    )
    shown += tuple(
        _cut(ExhibitKind.QUOTE, turn, number, quote, quote.speaker)
        for number, quote in enumerate(answer.quotes, start=1)
    )
    if answer.verdict is not Verdict.NOT_IN_SOURCES:
        return shown
    return shown + tuple(
        Exhibit(ExhibitKind.PASSAGE, turn, number, hit.source, hit.span, hit.text, place=hit.place)
        for number, hit in enumerate(answer.nearest, start=1)
    )


def _cut(kind: ExhibitKind, turn: int, number: int, cut: Quote, speaker: str | None) -> Exhibit:
    return Exhibit(kind, turn, number, cut.source, cut.span, cut.text, speaker, cut.place, cut.is_ocr, cut.also_in)


def count_quotes(conversation: Conversation) -> int:
    return sum(len(turn.answer.quotes) for turn in conversation.turns if turn.answer is not None)


def digest(conversation: Conversation) -> str:
    """sha256 (hex) of the conversation's canonical JSON."""
    return hashlib.sha256(encode(conversation)).hexdigest()


def digest_as_written(content: bytes) -> str:
    """The digest of the conversation in a transcript's JSON as that version wrote it, with the fields it knew.

    Raises:
        TranscriptError: not a transcript.
    """
    try:
        written = msgspec.json.decode(content, type=dict[str, Any])["conversation"]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError) as exc:
        raise TranscriptError(f"it is not a whole transcript ({exc})") from exc
    return hashlib.sha256(msgspec.json.encode(written)).hexdigest()


def encode(value: Any) -> bytes:
    """Compact JSON of one of our values: UTF-8, fields in their declared order, so equal values give equal bytes.

    Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
    """
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_writable(msgspec.to_builtins(value)))


def writable(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced by U+FFFD; other text comes back as it is."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _writable(builtin: Any) -> Any:
    if isinstance(builtin, str):
        return writable(builtin)
    if isinstance(builtin, list | tuple):
        return [_writable(item) for item in builtin]
    if isinstance(builtin, dict):
        return {key: _writable(item) for key, item in builtin.items()}
    return builtin


def to_json(transcript: Transcript) -> bytes:
    """The transcript's canonical JSON: UTF-8, indented by 2, fields in their declared order, a line feed at the end."""
    return msgspec.json.format(encode(transcript), indent=2) + b"\n"


def from_json(content: bytes) -> Transcript:
    """Read what `to_json` wrote; the counts and the digest are not compared here, verifying does that.

    Raises:
        TranscriptError: not JSON, cut off, not a transcript, or written by a newer version.
    """
    try:
        header = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise TranscriptError(f"it is not whole JSON ({exc})") from exc
    if header.get("format") != FORMAT_NAME:
        raise TranscriptError("it is JSON, but not a transcript written by Seedbook")
    version = header.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise TranscriptError(f"it was written by a newer Seedbook (format {version}; this one knows {FORMAT_VERSION})")
    try:
        return msgspec.json.decode(content, type=Transcript)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise TranscriptError(f"it is not a whole transcript ({exc})") from exc
