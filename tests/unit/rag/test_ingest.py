"""Files go in once, whole, and stay; what fails is told and remembered; stopping leaves nothing half done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from rag.chunking import Chunker
from rag.ingest import Ingest
from rag.reading import LocalReader
from rag.store import Store
from rag.types import FileReport, FileState, Reading
from tests.fakes import HashingEmbedder, count_tokens


class CountingReader(LocalReader):
    """Remembers which files were really read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def read(self, path: Path) -> Reading:
        self.names.append(path.name)
        return super().read(path)


class StoppingEmbedder(HashingEmbedder):
    """Sets the cancel event once it has embedded a batch."""

    def __init__(self, cancel: Event) -> None:
        super().__init__()
        self._cancel = cancel

    def embed(self, texts):
        self._cancel.set()
        return super().embed(texts)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library" / "store.db") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "texts" / "sub").mkdir(parents=True)
    return tmp_path / "texts"


@pytest.fixture
def reader() -> CountingReader:
    return CountingReader()


@pytest.fixture
def ingest(store: Store, reader: CountingReader, tmp_path: Path) -> Ingest:
    return Ingest(store, HashingEmbedder(), reader, Chunker(count_tokens), excluded=[tmp_path / "library"])


def _added(ingest: Ingest, *paths: Path) -> list[FileReport]:
    return [progress.report for progress in ingest.add(paths) if progress.report is not None]


def _states(ingest: Ingest, *paths: Path) -> dict[str, FileState]:
    return {report.name: report.state for report in _added(ingest, *paths)}


def test_a_folder_goes_in_sorted_with_relative_names(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "b.txt").write_text("The second text. It has two sentences.")
    (folder / "a.md").write_text("# First\n\nBody.")
    (folder / "sub" / "c.txt").write_text("Third.")
    (folder / ".hidden.txt").write_text("Hidden.")
    (folder / "program.exe").write_text("unknown")
    seen = list(ingest.add([folder]))
    assert [p.name for p in seen if p.report] == ["a.md", "b.txt", "program.exe", "sub/c.txt"]
    assert [(p.done, p.total) for p in seen] == [(n // 2 + n % 2, 4) for n in range(8)]
    assert [source.name for source in store.sources()] == ["a.md", "b.txt", "sub/c.txt"]
    assert store.embedded_ids().tolist() == store.passage_ids().tolist()
    for run in store.sentences(store.passage_ids()).values():
        assert all(np.linalg.norm(sentence.embedding) == pytest.approx(1, abs=1e-2) for sentence in run)


def test_a_single_file_is_named_by_its_file_name_whatever_its_ending(ingest: Ingest, folder: Path) -> None:
    (folder / "notes.log").write_text("A line of text.")
    assert _states(ingest, folder / "notes.log") == {"notes.log": FileState.INDEXED}


def test_vectors_stand_with_their_own_passages_and_sentences(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text(
        "\n\n".join(f"Sentence {'long ' * (n % 7)} number {n}. Another {n}." for n in range(90))
    )
    _added(ingest, folder)
    embedder = HashingEmbedder()
    ids = store.passage_ids()
    stored = store.passages(ids)
    np.testing.assert_allclose(store.embeddings(ids), embedder.embed([p.text for p in stored.values()]), atol=1e-6)
    for run in store.sentences(ids).values():
        rows = embedder.embed([sentence.text for sentence in run])
        np.testing.assert_allclose([sentence.embedding for sentence in run], rows, atol=2e-3)


def test_unchanged_files_cost_a_stat(ingest: Ingest, store: Store, reader: CountingReader, folder: Path) -> None:
    (folder / "a.txt").write_text("Text.")
    _added(ingest, folder)
    revision = store.revision()
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert reader.names == ["a.txt"]
    assert store.revision() == revision


def test_a_touched_file_with_the_same_content_is_unchanged(
    ingest: Ingest, reader: CountingReader, folder: Path
) -> None:
    (folder / "a.txt").write_text("Text.")
    _added(ingest, folder)
    os.utime(folder / "a.txt", ns=(1, 1))
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert reader.names == ["a.txt"]


def test_the_same_text_under_another_name_is_a_duplicate(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Text.\n")
    (folder / "b.txt").write_bytes(b"\xef\xbb\xbfText.\r\n")
    first, second = _added(ingest, folder)
    assert (first.state, second.state) == (FileState.INDEXED, FileState.DUPLICATE)
    assert first.document_id == second.document_id
    assert [source.name for source in store.sources()] == ["a.txt"]
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED, "b.txt": FileState.DUPLICATE}


def test_changed_content_replaces_the_old_document(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Old text.")
    _added(ingest, folder)
    (folder / "a.txt").write_text("New text, and longer.")
    assert _states(ingest, folder) == {"a.txt": FileState.INDEXED}
    assert [store.document(source.id).text for source in store.sources()] == ["New text, and longer."]


def _files_holding(folder: Path, marker: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and marker in path.read_bytes()]


@pytest.mark.parametrize("ending", ["to the end", "cancelled", "given up"])
def test_the_old_text_of_a_changed_file_is_in_no_file_of_the_library(
    ingest: Ingest, store: Store, folder: Path, ending: str
) -> None:
    (folder / "a.txt").write_text("Here zqmarker stands. And zqmarker there. " * 40)
    (folder / "b.txt").write_text("Harmless.")
    _added(ingest, folder)
    assert _files_holding(store.path.parent, b"zqmarker")
    (folder / "a.txt").write_text("New text, and longer.")
    with Store.read(store.path) as reader:
        assert reader.search_text(["zqmarker"], 1)
        cancel = Event()
        adding = ingest.add([folder], cancel)
        while next(adding).report is None:
            pass
        if ending == "cancelled":
            cancel.set()
        if ending == "given up":
            adding.close()
        assert not [step for step in adding if step.report and step.report.name == "a.txt"]
        assert _files_holding(store.path.parent, b"zqmarker") == []
        assert reader.search_text(["zqmarker"], 1) == []
    assert store.is_sound()


def test_a_file_that_breaks_keeps_the_document_it_gave(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Old text.")
    _added(ingest, folder)
    (folder / "a.txt").write_bytes(b"")
    assert _states(ingest, folder) == {"a.txt": FileState.EMPTY}
    assert [store.document(source.id).text for source in store.sources()] == ["Old text."]
    (folder / "a.txt").write_text("New text.")
    assert _states(ingest, folder) == {"a.txt": FileState.INDEXED}
    assert [store.document(source.id).text for source in store.sources()] == ["New text."]


def test_failures_are_told_and_not_tried_again_until_the_file_changes(
    ingest: Ingest, reader: CountingReader, folder: Path
) -> None:
    (folder / "binary.txt").write_bytes(b"\x7fELF" + bytes(100))
    (folder / "empty.txt").write_text(" \n")
    (folder / "fine.txt").write_text("Text.")
    (folder / "front.md").write_text("---\ntitle: x\n---\n")
    expected = {
        "binary.txt": FileState.UNSUPPORTED,
        "empty.txt": FileState.EMPTY,
        "fine.txt": FileState.INDEXED,
        "front.md": FileState.EMPTY,
    }
    assert _states(ingest, folder) == expected
    reports = _added(ingest, folder)
    assert {report.name: report.state for report in reports} == expected | {"fine.txt": FileState.UNCHANGED}
    assert all(report.reason for report in reports if report.name != "fine.txt")
    assert len(reader.names) == 4
    (folder / "empty.txt").write_text("Not empty now.")
    assert _states(ingest, folder)["empty.txt"] is FileState.INDEXED


def test_a_missing_file_is_damaged_and_tried_again_when_it_is_there(ingest: Ingest, folder: Path) -> None:
    assert _states(ingest, folder / "a.txt") == {"a.txt": FileState.DAMAGED}
    (folder / "a.txt").write_text("Text.")
    assert _states(ingest, folder / "a.txt") == {"a.txt": FileState.INDEXED}


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list everything")
def test_a_folder_without_permission_is_told_and_works_once_the_right_is_given(ingest: Ingest, folder: Path) -> None:
    (folder / "sub" / "a.txt").write_text("Text.")
    (folder / "sub").chmod(0)
    assert _states(ingest, folder) == {"sub": FileState.DAMAGED}
    (folder / "sub").chmod(0o700)
    assert _states(ingest, folder) == {"sub/a.txt": FileState.INDEXED}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_links_in_a_circle_pipes_and_our_own_folder_do_no_harm(ingest: Ingest, folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("Text.")
    (folder / "sub" / "up").symlink_to(folder)
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "own").symlink_to(tmp_path / "library")
    os.mkfifo(folder / "pipe.txt")
    (tmp_path / "library" / "inside.txt").write_text("Not to be read.")
    assert _states(ingest, tmp_path) == {
        "texts/a.txt": FileState.INDEXED,
        "texts/pipe.txt": FileState.DAMAGED,
        "texts/self.txt": FileState.DAMAGED,
    }


def test_names_that_are_no_unicode_are_told_in_printable_form(ingest: Ingest, store: Store, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/a\xff\n.txt")).write_text("Text.")
    (report,) = _added(ingest, folder)
    assert (report.name, report.state) == ("a\\xff\n.txt", FileState.INDEXED)
    report.name.encode()
    assert _states(ingest, folder) == {"a\\xff\n.txt": FileState.UNCHANGED}


def test_cancelling_between_batches_leaves_nothing_of_the_document(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("\n\n".join(f"Sentence number {n} stands here." for n in range(300)))
    cancel = Event()
    stopped = Ingest(store, StoppingEmbedder(cancel), LocalReader(), Chunker(count_tokens))
    assert [progress.report for progress in stopped.add([folder], cancel)] == [None]
    assert store.sources() == ()
    assert store.files() == ()
    cancel.clear()
    again = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count_tokens))
    assert _states(again, folder) == {"a.txt": FileState.INDEXED}


def test_cancelling_between_files_keeps_what_is_done(ingest: Ingest, store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"Text of {name}.")
    cancel = Event()
    for progress in ingest.add([folder], cancel):
        if progress.report:
            cancel.set()
    assert [source.name for source in store.sources()] == ["a.txt"]
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED, "b.txt": FileState.INDEXED}


def test_removing_a_document_forgets_its_file(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Text.")
    (report,) = _added(ingest, folder)
    assert ingest.remove(report.document_id)
    assert store.sources() == ()
    assert (folder / "a.txt").exists()
    assert _states(ingest, folder) == {"a.txt": FileState.INDEXED}


def test_another_embedder_must_embed_anew_and_goes_on_where_it_was_stopped(store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"Text of {name}. Second sentence.")
    _added(Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count_tokens)), folder)
    other = HashingEmbedder(dimension=32, name="other")
    ingest = Ingest(store, other, LocalReader(), Chunker(count_tokens))
    assert ingest.needs_reembedding()
    with pytest.raises(ValueError, match="vectors are of"):
        list(ingest.add([folder]))
    cancel = Event()
    for progress in ingest.reembed(cancel):
        if progress.report:
            cancel.set()
            break
    assert len(store.documents_without_embeddings()) == 1
    assert [p.report.name for p in ingest.reembed() if p.report] == ["b.txt"]
    assert not ingest.needs_reembedding()
    ids = store.passage_ids()
    texts = [passage.text for passage in store.passages(ids).values()]
    np.testing.assert_allclose(store.embeddings(ids), other.embed(texts), atol=1e-6)
    assert store.embedder().name == other.name
