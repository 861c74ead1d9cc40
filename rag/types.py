"""The values of rag: frozen, complete, and safe to send between processes; they do nothing and open nothing.

Offsets are code points into a document's stored text; spans are half-open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rag.generation import Finish, Sampling, Timings


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty, half-open range of code points.

    Raises:
        ValueError: unless 0 <= start < end.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def cut(self, text: str) -> str:
        """The characters of `text` inside this span.

        Raises:
            ValueError: the span reaches past the end of the text.
        """
        if self.end > len(text):
            raise ValueError(f"span {self.start}..{self.end} ends past a text of {len(text)} characters")
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a document besides its text.

    `id` is the sha256 (hex) of the UTF-8 text: the same text is the same document under whatever name. `name` is
    the path relative to the folder that was added, with `/`; `path` is where the original file lies (in an archive:
    `archive.zip/inside/name`). `date` is ISO 8601, perhaps only a year or a month. `language` is an ISO 639-1 code.
    `n_pages` counts pages, slides or sheets; 0 where the format has none.
    """

    id: str
    name: str
    path: str
    title: str
    date: str | None
    origin: str | None
    media_type: str
    n_chars: int
    author: str | None = None
    language: str | None = None
    n_pages: int = 0


class PartKind(StrEnum):
    """What a stretch of a document is in its file."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    CHAPTER = "chapter"
    MESSAGE = "message"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Part:
    """A page, slide, sheet, chapter, message or cell of a document.

    `number` counts from 1 in the file, parts without text included. `label` is what the file itself calls it (`iv`,
    `Costs`), empty where it has no other name than its number. `is_ocr`: the text was read off a picture.
    """

    kind: PartKind
    number: int
    span: Span
    label: str = ""
    is_ocr: bool = False

    @property
    def name(self) -> str:
        """In words: `page 7`, `page iv`, `sheet Costs`; slides are counted, whatever their title."""
        called = "" if self.kind is PartKind.SLIDE else self.label
        return f"{self.kind.value} {called or self.number}"


class NoiseKind(StrEnum):
    """Why a stretch of a document is not quoted."""

    MENU = "menu"
    SHARING = "sharing"
    COOKIES = "cookies"
    TEASER = "teaser"
    RUNNING_HEAD = "running_head"
    ADVERTISING = "advertising"
    BOILERPLATE = "boilerplate"
    HIDDEN = "hidden"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a document that is kept and shown, but neither retrieved nor quoted.

    `is_lifted`: somebody has looked at it and wants it quoted after all.
    """

    kind: NoiseKind
    span: Span
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A source with its text; the text has LF line ends and never changes after reading.

    `parts` are in order and do not overlap; `marks` likewise.
    """

    source: Source
    text: str
    parts: tuple[Part, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def id(self) -> str:
        return self.source.id

    def parts_of(self, span: Span) -> tuple[Part, ...]:
        """The parts in which a span lies, in order."""
        return tuple(part for part in self.parts if part.span.overlaps(span))

    @property
    def excluded(self) -> tuple[Span, ...]:
        """What is marked and not lifted, in order: neither retrieved nor quoted."""
        return tuple(mark.span for mark in self.marks if not mark.is_lifted)

    @property
    def quotable_text(self) -> str:
        """The text with every excluded character turned into a line end, so that places in it stay the same."""
        return blanked(self.text, self.excluded)


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with line ends in the place of these spans, which are in order and do not overlap; as long as before."""
    kept: list[str] = []
    place = 0
    for span in spans:
        kept += (text[place : span.start], "\n" * len(span))
        place = span.end
    return "".join((*kept, text[place:])) if kept else text


def document_id(text: str) -> str:
    """The identity of a text: sha256 of its UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of a file; `text` is not empty and has LF line ends, and nothing of the file is left out.

    `parts` and `marks` are in order, each without overlaps. `origin` is who published it, `author` who wrote it.
    `note` is a sentence on what could not be read of it, empty where all was.
    """

    text: str
    title: str
    date: str | None
    origin: str | None
    media_type: str
    author: str | None = None
    language: str | None = None
    n_pages: int = 0
    parts: tuple[Part, ...] = ()
    marks: tuple[Mark, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document; `ordinal` counts from 0 within the document."""

    ordinal: int
    span: Span


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences within a token budget, the unit that is retrieved.

    A short mark may lie between two of its sentences: its words are then no part of the passage, whose text is cut out
    of `Document.quotable_text`. `n_tokens` is counted by the chunking encoding (tiktoken), not by the chat model.
    `sentences` are in order.
    """

    ordinal: int
    span: Span
    n_tokens: int
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage, best first in every list.

    `lexical` is the BM25 score (higher is better) and `similarity` the cosine of the embeddings, in -1..1; each is
    None where that arm did not return the passage. `score` is the fused score, in 0..1; `place` as in Quote. In `text`
    line ends stand for what is marked inside the span.
    """

    source: Source
    passage_id: int
    span: Span
    text: str
    score: float
    lexical: float | None
    similarity: float | None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters cut out of a document: made by `Quote.cut` and by nothing else, so that the text cannot be wrong.

    `score` is the evidence score of its best sentence, in 0..1. `speaker` is set where the text names who said it.
    `place` is where it stands in the file, in words (`page 7`), None where the file has no parts; `is_ocr` says that
    a machine read it off a picture. `also_in` are further documents that hold the same words.
    """

    source: Source
    span: Span
    text: str
    score: float
    speaker: str | None = None
    place: str | None = None
    is_ocr: bool = False
    also_in: tuple[Source, ...] = ()

    @classmethod
    def cut(cls, document: Document, span: Span, score: float, speaker: str | None = None) -> Quote:
        parts = document.parts_of(span)
        place = place_in_words(parts)
        return cls(document.source, span, span.cut(document.text), score, speaker, place, any(p.is_ocr for p in parts))

    def is_verbatim_in(self, document: Document) -> bool:
        """Whether the document still holds these very characters at this very place."""
        return (
            self.source.id == document.id
            and self.span.end <= len(document.text)
            and self.span.cut(document.text) == self.text
        )


def place_in_words(parts: Sequence[Part]) -> str | None:
    """`page 7`, or `page 7 to page 8`; None where there are no parts."""
    if not parts:
        return None
    first, last = parts[0], parts[-1]
    return first.name if first == last else f"{first.name} to {last.name}"


class Verdict(StrEnum):
    """What the evidence allows to say; decided by the program from scores, never by a model's wording."""

    ANSWERED = "answered"
    PARTLY = "partly"
    NOT_IN_SOURCES = "not_in_sources"
    SOURCES_DIFFER = "sources_differ"


class ClaimStatus(StrEnum):
    """How a sentence of the prose relates to the quotes it cites."""

    QUOTED = "quoted"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of the prose, without its citation marks.

    `quotes` are indices into the answer's quotes; `reason` says in a few words why the status is what it is.
    """

    text: str
    quotes: tuple[int, ...]
    status: ClaimStatus
    reason: str


@dataclass(frozen=True, slots=True)
class Position:
    """One of several values that the sources give for the same thing: its words, cut out, and the quotes that say so.

    `quotes` are indices into the answer's quotes, at least one.
    """

    value: Quote
    quotes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """The dates a question allows, ISO 8601 and inclusive; None where it sets no bound. `is_latest`: newest first."""

    since: str | None = None
    until: str | None = None
    is_latest: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What reading every document in scope gave for a question about the whole collection.

    `n_documents` were read, `holding` are those that hold what was asked for, with `n_mentions` places in all.
    """

    sought: str
    n_documents: int
    holding: tuple[Source, ...]
    n_mentions: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that moved the verdict: what was measured, its value, and its pull in log-odds (below 0: against)."""

    name: str
    value: float
    pull: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything an answer rests on.

    `standalone` is the question that was searched for. `confidence` is the calibrated evidence score in 0..1 behind
    `verdict`. `missing` are the words of the question that no quoted passage holds. `nearest` are the best
    passages, shown when the sources do not say. `prose` is what the model wrote, in full, and `claims` its
    sentences in order. `model` is None where no prose was asked for. `span` are the very words that answer, cut out of
    one of the quotes, where the question asks for a thing and they were found. `positions` are the values that differ,
    two or more under SOURCES_DIFFER and else none. `period` is the time that the question set, `survey` what reading
    the whole collection gave, `reasons` what moved the verdict, the strongest first.
    """

    verdict: Verdict
    confidence: float
    standalone: str
    quotes: tuple[Quote, ...]
    nearest: tuple[Hit, ...]
    missing: tuple[str, ...]
    prose: str
    claims: tuple[Claim, ...]
    model: str | None
    sampling: Sampling
    finish: Finish
    timings: Timings
    span: Quote | None = None
    positions: tuple[Position, ...] = ()
    period: Period | None = None
    survey: Survey | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a question is asked of; a bound that is not set does not bind.

    `document_ids` are single documents, `collection` is the name of one, `since` and `until` bound the documents'
    dates (ISO 8601, inclusive, perhaps only a year); a document without a date lies in no such period.
    """

    document_ids: tuple[str, ...] = ()
    collection: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def is_whole_library(self) -> bool:
        return self == Scope()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and what came of it.

    `id` is a UUID, `asked_at` ISO 8601 in UTC. `answer` is None until the evidence is found; `problem` is a
    sentence for the reader where the turn failed.
    """

    id: str
    asked_at: str
    question: str
    scope: Scope
    answer: Answer | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in the order they were asked, under a title."""

    id: str
    title: str
    created_at: str
    changed_at: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What retrieval and evidence give before the chat model has read a word; quotes and hits best first."""

    hits: tuple[Hit, ...]
    quotes: tuple[Quote, ...]
    verdict: Verdict
    confidence: float
    missing: tuple[str, ...]
    span: Quote | None = None
    positions: tuple[Position, ...] = ()
    period: Period | None = None
    survey: Survey | None = None
    reasons: tuple[Reason, ...] = ()


class FileState(StrEnum):
    """What became of a file that was to be added."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    NO_TEXT_LAYER = "no_text_layer"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One line of an ingest: `name` is relative to the added folder; `reason` is a sentence, empty when all is well."""

    name: str
    path: str
    document_id: str | None
    state: FileState
    reason: str
    characters: int
    pages: int
    seconds: float


class Stage(StrEnum):
    """What an ingest is at."""

    READING = "reading"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Where an ingest stands.

    READING: `done` of `total` files, yielded before each file (`report` None) and after it; what was read can be found
    by its words. EMBEDDING: `done` of `total` passages that can be found by meaning too; `name` is empty.
    """

    done: int
    total: int
    name: str
    report: FileReport | None
    stage: Stage = Stage.READING
