from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from desktop_app.adding import SLICE_FILES, Adding
from desktop_app.hosting import CallCancelled, Host
from desktop_app.pacing import Hold, Pace
from rag.types import FileReport, FileState, IngestProgress, Stage


class FakeIndexer:
    """The indexing child as a host offers it: finds what a folder holds, and writes down what is asked of it."""

    def __init__(self, files: Sequence[str] = (), n_waiting: int = 0) -> None:
        self.files = list(files)
        self.n_waiting = n_waiting
        self.asked: list[tuple[str, object]] = []
        self.cancels: list[Event | None] = []
        self.states: dict[str, FileState] = {}

    def call(self, method: str, *args: object, cancel: Event | None = None) -> object:
        self.asked.append((method, args))
        return list(self.files) if method == "find" else None

    def stream(self, method: str, *args: Any, cancel: Event | None = None) -> Generator[Any, None, Any]:
        self.cancels.append(cancel)
        if cancel is not None and cancel.is_set():
            raise CallCancelled
        if method == "embed_some":
            self.asked.append((method, ()))
            self.n_waiting -= 1
            yield IngestProgress(0, 9, "", None, Stage.EMBEDDING)
            return self.n_waiting > 0
        some, done, total = args
        self.asked.append((method, tuple(some)))
        for place, name in enumerate(some, start=done):
            state = self.states.get(name, FileState.INDEXED)
            report = FileReport(Path(name).name, name, f"id of {name}", state, "", 1, 1, 0.0)
            yield (IngestProgress(place, total, name, None), IngestProgress(place + 1, total, name, report))
        return len(some)


def adding(
    indexer: FakeIndexer, folders: dict[Path, str] | None = None, cancel: Event | None = None, pace: Pace | None = None
) -> Adding:
    return Adding(cast(Host, indexer), lambda: folders or {}, cancel or Event(), pace)


def counted(indexer: FakeIndexer) -> tuple[int, int]:
    return 0, max(0, indexer.n_waiting)


def test_files_are_read_in_slices_and_then_the_missing_vectors_are_computed() -> None:
    indexer = FakeIndexer([f"/x/{n}.txt" for n in range(SLICE_FILES + 1)], n_waiting=2)
    steps = list(adding(indexer).steps([Path("/x")], lambda: counted(indexer)))
    assert [method for method, _ in indexer.asked] == [
        "find", "add_some", "add_some", "purge", "embed_some", "embed_some",
    ]  # fmt: skip
    assert sum(step.report is not None for step in steps) == SLICE_FILES + 1
    assert [step.stage for step in steps[-3:]] == [Stage.EMBEDDING] * 3


def test_where_no_vector_is_missing_nothing_is_asked_of_the_embedder() -> None:
    indexer = FakeIndexer()
    assert list(adding(indexer).steps([], lambda: (7, 7))) == []
    assert indexer.asked == []


def test_files_that_left_a_watched_folder_are_forgotten_after_the_others_were_read(tmp_path: Path) -> None:
    """So that a file that was only moved is known under its new name before its old one is forgotten."""
    indexer = FakeIndexer([str(tmp_path / "a.txt")])
    list(adding(indexer, {tmp_path: ""}).steps([tmp_path], lambda: (0, 0)))
    assert [method for method, _ in indexer.asked] == ["find", "add_some", "forget_missing", "purge"]


def test_a_watched_folder_that_is_not_there_is_not_read_as_a_file(tmp_path: Path) -> None:
    indexer = FakeIndexer()
    list(adding(indexer, {tmp_path / "gone": ""}).steps([tmp_path / "gone"], lambda: (0, 0)))
    assert "find" not in [method for method, _ in indexer.asked]


def test_new_documents_of_a_watched_folder_go_into_its_collection_and_others_do_not(tmp_path: Path) -> None:
    new, known, elsewhere = str(tmp_path / "in" / "a.txt"), str(tmp_path / "in" / "b.txt"), "/elsewhere/c.txt"
    indexer = FakeIndexer([new, known, elsewhere])
    indexer.states = {known: FileState.UNCHANGED}
    (tmp_path / "in").mkdir()
    folders = {tmp_path / "in": "Letters", tmp_path: ""}
    list(adding(indexer, folders).steps([tmp_path / "in"], lambda: (0, 0)))
    assert [args for method, args in indexer.asked if method == "collect"] == [("Letters", [f"id of {new}"])]


def test_documents_of_an_adding_go_into_the_collection_that_it_names_when_they_are_read(tmp_path: Path) -> None:
    """The known ones too, and under the name that the collection has by then."""
    indexer = FakeIndexer(["/x/a.txt", "/x/b.txt", "/x/c.txt"])
    indexer.states = {"/x/b.txt": FileState.UNCHANGED, "/x/c.txt": FileState.DAMAGED}
    named = Adding(cast(Host, indexer), lambda: {tmp_path: "Letters"}, Event(), None, lambda: "Rivers")
    list(named.steps([Path("/x")], lambda: (0, 0)))
    assert [args for method, args in indexer.asked if method == "collect"] == [
        ("Rivers", ["id of /x/a.txt", "id of /x/b.txt"])
    ]


def test_reading_is_broken_off_for_a_pause_and_computing_for_an_answer_too() -> None:
    indexer, pace = FakeIndexer(["/x/a.txt"], n_waiting=1), Pace()
    list(adding(indexer, pace=pace).steps([Path("/x")], lambda: counted(indexer)))
    assert indexer.cancels == [pace.must_stop, pace.must_yield]


def test_a_slice_that_was_held_before_it_began_is_asked_for_again() -> None:
    indexer, pace = FakeIndexer(["/x/a.txt", "/x/b.txt"]), Pace()
    pace.must_stop.set()  # as when the pause came just after the waiting
    original = pace.wait

    def wait(cancel: Event) -> None:
        if len(indexer.cancels) != 0:
            original(cancel)

    pace.wait = wait  # type: ignore[method-assign]
    steps = list(adding(indexer, pace=pace).steps([Path("/x")], lambda: (0, 0)))
    assert [step.report.name for step in steps if step.report] == ["a.txt", "b.txt"]
    assert len(indexer.cancels) == 2


@pytest.mark.parametrize("n_read", [0, 1])
def test_cancelling_ends_the_reading_and_computes_nothing(n_read: int) -> None:
    indexer, pace, cancel = FakeIndexer([f"/x/{n}.txt" for n in range(3 * SLICE_FILES)], n_waiting=5), Pace(), Event()
    steps = adding(indexer, cancel=cancel, pace=pace).steps([Path("/x")], lambda: counted(indexer))
    for _ in range(n_read):
        next(steps)
    cancel.set()
    pace.hold(Hold.PERSON)
    pace.break_off()
    list(steps)
    methods = [method for method, _ in indexer.asked]
    assert methods.count("add_some") == n_read
    assert "embed_some" not in methods
    assert methods[-1] == "purge"
