"""A workbench that does what a test tells it: scripted events, pauses, failures; it starts no engine."""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event as CancelEvent
from threading import current_thread

from desktop_app.pacing import Pace
from desktop_app.pages import PageSource
from desktop_app.workbench import EngineState, EngineStatus, IndexState, Notice
from rag.errors import StoreUnavailable
from rag.events import Checked, Delta, Done, Event, Quoted, Retrieved
from rag.generation import Finish, Sampling, Timings
from rag.holdings import Collection, Correction, WatchedFolder
from rag.rows import FileRow
from rag.types import (
    Answer,
    Claim,
    ClaimStatus,
    Document,
    FileReport,
    FileState,
    Hit,
    IngestProgress,
    Mark,
    NoiseKind,
    Quote,
    Scope,
    Source,
    Span,
    Stage,
    Turn,
    Verdict,
    document_id,
)
from tests.gui.fake_pages import FakePages

BRIDGE = (
    "The bridge over the Lune was closed on 3 March 2024. The council said that a routine inspection had found cracks "
    "in two of its piers. “Nobody was ever in danger,” said Maria Holt, the council's chief engineer. The repair is "
    "to cost 4.2 million pounds. It is planned to take eleven months.\n\n"
) + "\n\n".join(
    f"Paragraph {number}: traffic was led through the town centre, where it took drivers up to forty minutes longer."
    for number in range(1, 40)
)
HARBOUR = "The harbour opened in 1887. Its lighthouse is 21 metres high. A storm destroyed the first pier in 1903."


def document(text: str, name: str, title: str, date: str | None = "2024-03-05") -> Document:
    source = Source(document_id(text), name, f"/texts/{name}", title, date, "Lune Gazette", "text/plain", len(text))
    return Document(source, text)


def quote(source: Document, words: str, score: float = 0.9) -> Quote:
    start = source.text.index(words)
    return Quote.cut(source, Span(start, start + len(words)), score)


def answer_of(source: Document, question: str, prose: str, finish: Finish = Finish.COMPLETE) -> Answer:
    """An answer with two quotes, cut from a document that begins like BRIDGE."""
    quotes = (
        quote(source, "The bridge over the Lune was closed on 3 March 2024."),
        quote(source, "a routine inspection had found cracks in two of its piers", 0.8),
    )
    span = Span(0, 120)
    hits = (Hit(source.source, 1, span, span.cut(source.text), 0.9, 7.5, 0.8),)
    claims = (
        Claim("The bridge was closed on 3 March 2024.", (0,), ClaimStatus.SUPPORTED, "all words found"),
        Claim("Inspectors had found cracks in two piers.", (1,), ClaimStatus.SUPPORTED, "all words found"),
    )
    timings = Timings(12.0, 300.0, 900.0)
    return Answer(
        Verdict.ANSWERED, 0.9, question, quotes, hits, (), prose, claims if prose else (), "SmolLM2-135M", Sampling(),
        finish, timings,
    )  # fmt: skip


@dataclass
class Asked:
    """One call of `ask`; the test feeds it through `put`, and sees its cancel event."""

    question: str
    scope: Scope
    history: tuple[Turn, ...]
    standalone: str | None
    cancel: CancelEvent
    events: queue.Queue[Event | Exception | None] = field(default_factory=queue.Queue)
    thread_name: str = ""

    def put(self, *events: Event | Exception | None) -> None:
        """Let the answer go on with these; an exception is raised, None ends it."""
        for event in events:
            self.events.put(event)


class Gate(CancelEvent):
    """Open at first; `is_awaited` says that somebody stands before it, which is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.is_awaited = CancelEvent()
        self.set()

    def wait(self, timeout: float | None = None) -> bool:
        if self.is_set():
            return True
        self.is_awaited.set()
        try:
            return super().wait(timeout)
        finally:
            self.is_awaited.clear()


class OneFile(Gate):
    """A gate that lets one file through before it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()
        self._has_let_one_through = False

    def wait(self, timeout: float | None = None) -> bool:
        if not self._has_let_one_through:
            self._has_let_one_through = True
            return True
        return super().wait(timeout)


class FakeWorkbench:
    """Fits the Workbench protocol. By default every question is answered at once from the first document."""

    def __init__(self) -> None:
        self.documents = [
            document(BRIDGE, "local/bridge.txt", "Bridge over the Lune closed"),
            document(HARBOUR, "harbour.md", "A short history of the harbour", None),
        ]
        self.pages: PageSource = FakePages()
        self.asked: list[Asked] = []
        self.added: list[tuple[Path, ...]] = []
        self.removed: list[str] = []
        self.scanned: list[tuple[Path, ...]] = []
        self.has_ocr = True
        self.skipped_files: list[FileRow] = []
        self.corrections: dict[str, Correction] = {}
        self.said: dict[str, Source] = {}
        self.collected: dict[str, list[str]] = {}
        self.watched_folders: dict[str, str] = {}
        self.lifted: list[tuple[str, int, bool]] = []
        self.restarted: list[str] = []
        self.reports: dict[str, FileReport] = {}
        self.is_manual = False
        self.file_gate = Gate()
        self.n_missing = self.n_preparations = 0
        self.vector_gate = Gate()
        self.index = IndexState(10, 10)
        self.n_slices = 0
        self.is_started = False
        self.is_closed = False
        self.hangs_until: CancelEvent | None = None
        self.on_notice: Callable[[Notice], None] = lambda notice: None
        self.on_engine: Callable[[EngineState], None] = lambda state: None

    def start(self, on_notice: Callable[[Notice], None], on_engine: Callable[[EngineState], None]) -> None:
        self.is_started = True
        self.on_notice, self.on_engine = on_notice, on_engine
        on_engine(EngineState("search", EngineStatus.READY, "all-MiniLM-L6-v2"))
        on_engine(EngineState("chat", EngineStatus.READY, "SmolLM2-135M"))

    def close(self) -> None:
        self.is_closed = True

    def ask(
        self,
        question: str,
        *,
        scope: Scope,
        history: Sequence[Turn],
        standalone: str | None,
        cancel: CancelEvent,
    ) -> Generator[Event, None, None]:
        asked = Asked(question, scope, tuple(history), standalone, cancel, thread_name=current_thread().name)
        self.asked.append(asked)
        if self.hangs_until is not None:
            self.hangs_until.wait()
        if self.is_manual:
            yield from self._fed(asked)
        else:
            yield from self.script(standalone or question)

    def script(self, question: str, prose: str = "The bridge was closed on 3 March 2024 [1].") -> list[Event]:
        """All events of an ordinary answer."""
        full = answer_of(self.documents[0], question, prose)
        quoted = replace(full, prose="", claims=())
        events: list[Event] = [Retrieved(question, full.nearest, 8.0), Quoted(quoted)]
        events += [Delta(word + " ") for word in prose.split()]
        return [*events, *(Checked(claim) for claim in full.claims), Done(full)]

    def _fed(self, asked: Asked) -> Generator[Event, None, None]:
        while True:
            try:
                event = asked.events.get(timeout=0.01)
            except queue.Empty:
                if asked.cancel.is_set():
                    yield Done(answer_of(self.documents[0], asked.question, "", Finish.STOPPED))
                    return
                continue
            if event is None:
                return
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, Done):
                return

    def add(
        self,
        paths: Sequence[Path],
        cancel: CancelEvent,
        pace: Pace | None = None,
        *,
        by_ocr: bool = False,
        collection: Callable[[], str] | None = None,
    ) -> Iterator[IngestProgress]:
        pace = pace or Pace()
        self.added.append(tuple(paths))
        if by_ocr:
            self.scanned.append(tuple(paths))
        for done, path in enumerate(paths):
            pace.wait(cancel)
            if cancel.is_set():
                return
            yield IngestProgress(done, len(paths), path.name, None)
            self.file_gate.wait()
            report = self.reports.get(path.name) or self._added(path)
            if collection is not None and report.document_id and (name := collection()):
                self.collect(name, [report.document_id])
            yield IngestProgress(done + 1, len(paths), path.name, report)
        total = self.n_missing + 100
        while self.n_missing and not cancel.is_set():
            yield IngestProgress(total - self.n_missing, total, "", None, Stage.EMBEDDING)
            pace.wait(cancel)
            if not cancel.is_set() and self.vector_gate.wait(0.01):
                self.n_missing -= 1

    def prepare_adding(self) -> None:
        self.n_preparations += 1

    def n_without_vectors(self) -> int:
        return self.n_missing

    def _added(self, path: Path) -> FileReport:
        made = document(f"The text of {path.name}.", path.name, path.stem)
        self.documents.append(made)
        return FileReport(path.name, str(path), made.id, FileState.INDEXED, "", len(made.text), 1, 0.1)

    def remove(self, document_id: str, *, is_last: bool = True) -> None:
        self.removed.append(document_id)
        self.documents = [one for one in self.documents if one.id != document_id]

    def files(self) -> tuple[FileRow, ...]:
        held = [
            FileRow(s.path, "/texts", s.name, s.n_chars, 0, "0" * 64, FileState.INDEXED, "", s.id)
            for s in self.sources()
        ]
        return (*held, *self.skipped_files)

    def correct(self, document_id: str, correction: Correction) -> None:
        self.corrections[document_id] = correction
        for place, one in enumerate(self.documents):
            if one.id == document_id:
                said = self.said.setdefault(document_id, one.source)
                source = replace(
                    said,
                    title=correction.title or said.title,
                    date=said.date if correction.date is None else correction.date or None,
                    author=said.author if correction.author is None else correction.author or None,
                )
                self.documents[place] = replace(one, source=source)

    def correction(self, document_id: str) -> Correction:
        return self.corrections.get(document_id, Correction())

    def collections(self) -> tuple[Collection, ...]:
        return tuple(Collection(name, tuple(ids)) for name, ids in sorted(self.collected.items()))

    def collect(self, name: str, document_ids: Sequence[str]) -> None:
        held = self.collected.setdefault(name, [])
        held += [one for one in document_ids if one not in held]

    def uncollect(self, name: str, document_ids: Sequence[str]) -> None:
        self.collected[name] = [one for one in self.collected[name] if one not in document_ids]

    def rename_collection(self, name: str, new_name: str) -> None:
        if new_name in self.collected:
            raise ValueError(f"There is a collection called {new_name} already. Choose another name.")
        self.collected[new_name] = self.collected.pop(name)

    def remove_collection(self, name: str) -> None:
        del self.collected[name]

    def watched(self) -> tuple[WatchedFolder, ...]:
        return tuple(WatchedFolder(path, collection) for path, collection in sorted(self.watched_folders.items()))

    def watch(self, folder: Path, collection: str = "") -> None:
        self.watched_folders[str(folder)] = collection

    def unwatch(self, folder: Path) -> None:
        self.watched_folders.pop(str(folder), None)

    def lift(self, document_id: str, start: int, *, is_lifted: bool) -> None:
        self.lifted.append((document_id, start, is_lifted))
        for place, one in enumerate(self.documents):
            if one.id == document_id:
                marks = (replace(m, is_lifted=is_lifted) if m.span.start == start else m for m in one.marks)
                self.documents[place] = replace(one, marks=tuple(marks))

    def set_aside(self, document_id: str, span: Span) -> None:
        for place, one in enumerate(self.documents):
            if one.id == document_id:
                marks = sorted((*one.marks, Mark(NoiseKind.BY_HAND, span)), key=lambda mark: mark.span)
                self.documents[place] = replace(one, marks=tuple(marks))

    def follow_index(self) -> IndexState:
        self.n_slices += 1
        step = min(self.index.n_passages, self.index.n_indexed + 5)
        self.index = IndexState(step, self.index.n_passages)
        return self.index

    def sources(self) -> tuple[Source, ...]:
        return tuple(sorted((one.source for one in self.documents), key=lambda source: source.name))

    def document(self, document_id: str) -> Document:
        for one in self.documents:
            if one.id == document_id:
                return one
        raise StoreUnavailable(path="library.db", reason="this document is not in the library any more")

    def restart_engine(self, engine: str) -> None:
        self.restarted.append(engine)
        self.on_engine(EngineState(engine, EngineStatus.LOADING, "SmolLM2-135M"))
