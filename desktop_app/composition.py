"""Puts the program together by plain constructor calls: paths and settings in, a workbench out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from threading import Event as CancelEvent
from threading import Thread
from typing import Final

from desktop_app.adding import Adding
from desktop_app.hosted_engines import HostedChat, HostedFinder
from desktop_app.hosted_pages import HostedPages, pages_host
from desktop_app.hosting import ChildGaveUp, ChildStopped, Death, Host, stop_all
from desktop_app.logbook import engine_output
from desktop_app.making import make_chat, make_indexer, make_search, make_search_without_index
from desktop_app.pacing import Pace
from desktop_app.pages import PageSource
from desktop_app.paths import AppPaths
from desktop_app.problems import explain
from desktop_app.seed_files import OfferedSeeds
from desktop_app.settings import Settings
from desktop_app.stopping import until_stopped
from desktop_app.telling import telling
from desktop_app.workbench import EngineState, EngineStatus, IndexState, Notice
from models.catalogue import Role
from models.shelf import Shelf
from rag.assistant import Assistant
from rag.errors import StoreUnavailable
from rag.events import Event
from rag.holdings import Collection, Correction, Holdings, WatchedFolder
from rag.ocr import is_installed
from rag.rows import FileRow
from rag.store import Store
from rag.types import Document, Hit, IngestProgress, Scope, Source, Span, Turn

#: Passages that Chroma takes over at a time: a question that comes in between waits a tenth of a second.
SLICE_ROWS: Final = 100
#: Answers go before indexing where they compute at the same time.
INDEXER_NICE: Final = 5

_SPOKEN = {"chat": "The model", "search": "The search", "indexer": "The indexing"}


def prepare_library(paths: AppPaths) -> Notice | None:
    """Make the folders and the library's database, or bring it up to date; says when a damaged one was set aside.

    Raises:
        EnvironmentProblem: a folder cannot be made or used.
        StoreError: the database cannot be opened, or a newer Seedbook wrote it.
    """
    paths.ensure()
    with closing(Store.open(paths.library)) as store:
        set_aside = store.opening.set_aside
    if set_aside is None:
        return None
    return Notice(
        "The library was damaged",
        f"It was kept as {set_aside.name} in {set_aside.parent}, and a new, empty library was begun. Your original "
        "files are untouched: add them again. Your conversations are not affected.",
    )


def chat_models(paths: AppPaths) -> list[tuple[str, str]]:
    """The installed chat models, as (id, name)."""
    installed = Shelf(paths.models).installed()
    return [(model.id, model.name) for model in installed if model.role is Role.CHAT and model.is_present]


class LocalWorkbench:
    """The library and three engines, each in a child process; fits desktop_app.workbench.Workbench.

    `with_index` False leaves Chroma alone, for a second program beside the window.
    """

    def __init__(self, paths: AppPaths, settings: Settings, *, with_index: bool = True) -> None:
        self._path = paths.library
        self._store = Store.read(paths.library)
        self._holdings = Holdings(self._store)
        self._seeds = OfferedSeeds(paths.data / "seeds.json")
        self._settings = settings
        self._is_started = False
        self._on_notice: Callable[[Notice], None] = _ignore
        self._on_engine: Callable[[EngineState], None] = _ignore
        search = make_search if with_index else make_search_without_index
        log = engine_output(paths)
        self.hosts: Final = {
            "search": Host("search", search, (paths,), on_death=self._tell_death, log=log),
            "chat": Host("chat", make_chat, (paths, settings.chat_model), on_death=self._tell_death, log=log),
            "indexer": Host("indexer", make_indexer, (paths,), nice=INDEXER_NICE, on_death=self._tell_death, log=log),
            "pages": pages_host(log),
        }
        self._pages = HostedPages(self.hosts["pages"], self.files)
        self._finder = HostedFinder(self.hosts["search"])

    @property
    def pages(self) -> PageSource:
        return self._pages

    def start(self, on_notice: Callable[[Notice], None], on_engine: Callable[[EngineState], None]) -> None:
        self._on_notice, self._on_engine = on_notice, on_engine
        self._is_started = True
        self._load("search")
        if self._settings.is_prose_wanted:
            self._load("chat")

    def close(self) -> None:
        stop_all(self.hosts.values())
        self._store.close()

    def ask(
        self,
        question: str,
        *,
        scope: Scope,
        history: Sequence[Turn],
        standalone: str | None,
        cancel: CancelEvent,
    ) -> Generator[Event, None, None]:
        assistant = self.assistant(with_prose=self._settings.is_prose_wanted, cancel=cancel)
        return until_stopped(
            assistant.ask(question, scope=scope, history=history, standalone=standalone, cancel=cancel)
        )

    def assistant(self, *, with_prose: bool, cancel: CancelEvent | None = None) -> Assistant:
        """An assistant over this workbench's engines; without prose the chat model is never started.

        Setting `cancel` ends its waiting for the chat model with CallCancelled.
        """
        chat = HostedChat(self.hosts["chat"], cancel) if with_prose else None
        return Assistant(self._finder, chat, self._settings.sampling)

    def search(self, question: str, scope: Scope, keep: int) -> tuple[Hit, ...]:
        """The passages nearest to a question, best first."""
        hits: tuple[Hit, ...] = self.hosts["search"].call("search", question, scope, keep)
        return hits

    def add(
        self,
        paths: Sequence[Path],
        cancel: CancelEvent,
        pace: Pace | None = None,
        *,
        by_ocr: bool = False,
        collection: Callable[[], str] | None = None,
    ) -> Iterator[IngestProgress]:
        adding = Adding(self.hosts["indexer"], self._folders, cancel, pace, collection)
        for step in adding.steps(paths, self._counted, by_ocr=by_ocr):
            if step.report is not None:  # at once: the reader may remove it in this very session
                self._seeds.remember([step.report.path])
            yield step

    @property
    def has_ocr(self) -> bool:
        return is_installed()

    def prepare_adding(self) -> None:
        with suppress(ChildGaveUp, ChildStopped):  # then the adding says so
            self.hosts["indexer"].start()

    def _folders(self) -> dict[Path, str]:
        return {Path(one.path): one.collection for one in self.watched()}

    def _counted(self) -> tuple[int, int]:
        return self._store.n_embedded(), self._store.n_passages()

    def n_without_vectors(self) -> int:
        n_embedded, n_passages = self._counted()
        return max(0, n_passages - n_embedded)

    def fresh_seeds(self) -> tuple[Path, ...]:
        """The built-in texts that were never added to this library, or have changed since."""
        self._seeds.remember(row.path for row in self._store.files())  # a crash may have come in between
        return self._seeds.fresh()

    def remove(self, document_id: str, *, is_last: bool = True) -> None:
        self.hosts["indexer"].call("remove", document_id, is_last)

    def files(self) -> tuple[FileRow, ...]:
        return self._store.files()

    def correct(self, document_id: str, correction: Correction) -> None:
        self.hosts["indexer"].call("correct", document_id, correction)

    def correction(self, document_id: str) -> Correction:
        return self._holdings.correction(document_id)

    def collections(self) -> tuple[Collection, ...]:
        return self._holdings.collections()

    def collect(self, name: str, document_ids: Sequence[str]) -> None:
        self.hosts["indexer"].call("collect", name, list(document_ids))

    def uncollect(self, name: str, document_ids: Sequence[str]) -> None:
        self.hosts["indexer"].call("uncollect", name, list(document_ids))

    def rename_collection(self, name: str, new_name: str) -> None:
        self.hosts["indexer"].call("rename_collection", name, new_name)

    def remove_collection(self, name: str) -> None:
        self.hosts["indexer"].call("remove_collection", name)

    def watched(self) -> tuple[WatchedFolder, ...]:
        return self._holdings.watched()

    def watch(self, folder: Path, collection: str = "") -> None:
        self.hosts["indexer"].call("watch", folder, collection)

    def unwatch(self, folder: Path) -> None:
        self.hosts["indexer"].call("unwatch", folder)

    def lift(self, document_id: str, start: int, *, is_lifted: bool) -> None:
        self.hosts["indexer"].call("lift", document_id, start, is_lifted)

    def set_aside(self, document_id: str, span: Span) -> None:
        self.hosts["indexer"].call("set_aside", document_id, span)

    def follow_index(self) -> IndexState:
        return IndexState(*self.hosts["search"].call("follow", SLICE_ROWS))

    def sources(self) -> tuple[Source, ...]:
        return self._store.sources()

    def n_passages(self) -> int:
        return self._store.n_passages()

    def passage_texts(self, most: int) -> list[str]:
        """The texts of the first passages, to measure with."""
        return [passage.text for passage in self._store.passages(self._store.passage_ids()[:most]).values()]

    def resolve(self, name_or_id: str) -> tuple[Source, ...]:
        """The documents of that name, or whose id begins so."""
        return self._store.resolve(name_or_id)

    def document(self, document_id: str) -> Document:
        try:
            return self._store.document(document_id)
        except KeyError as exc:
            raise StoreUnavailable(path=str(self._path), reason="this document is not in it any more.") from exc

    def restart_engine(self, engine: str) -> None:
        self.hosts[engine].restart()
        self._load(engine)

    def _load(self, engine: str) -> None:
        """Start an engine and report, from a thread of its own, when it is ready or why it is not."""
        self._tell(engine, EngineStatus.LOADING)
        Thread(target=self._await, args=(engine,), name=f"loading {engine}", daemon=True).start()

    def _await(self, engine: str) -> None:
        host = self.hosts[engine]
        with telling(partial(self._tell_failure, engine)):
            host.start()
            host.wait_ready()
            self._tell(engine, EngineStatus.READY, HostedChat(host).name if engine == "chat" else "")

    def _tell_failure(self, engine: str, error: Exception) -> None:
        if isinstance(error, ChildGaveUp):  # its deaths were told when they happened
            self._tell(engine, EngineStatus.GIVEN_UP)
            return
        problem = explain(error)
        self._tell(engine, EngineStatus.GIVEN_UP, problem.title)
        self._on_notice(Notice(problem.title, problem.message, engine))

    def _tell_death(self, death: Death) -> None:
        host = self.hosts[death.name]
        how = "stopped answering and was ended" if death.hung else "ended unexpectedly"
        if host.deaths_in_a_row >= 2:
            self._tell(death.name, EngineStatus.GIVEN_UP)
            message = "This happened twice, so it is not started again by itself. Choose Restart in the status line."
        elif self._is_started and death.name != "indexer":
            self._load(death.name)
            message = "It is being started again."
        else:
            self._tell(death.name, EngineStatus.ASLEEP)
            message = "It starts again by itself when it is needed."
        safe = "Your library and your conversations are safe."
        self._on_notice(Notice(f"{_SPOKEN[death.name]} {how}", f"{safe} {message}", death.name))

    def _tell(self, engine: str, status: EngineStatus, detail: str = "") -> None:
        self._on_engine(EngineState(engine, status, detail))


def _ignore(_: object) -> None:
    """Before `start` nobody listens."""
