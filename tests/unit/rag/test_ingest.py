"""Files go in once, whole, and stay; what fails is told and remembered; stopping leaves nothing half done."""

from __future__ import annotations

import inspect
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from rag.chunking import Chunker
from rag.errors import UnreadableSource
from rag.holdings import Correction, Holdings
from rag.ingest import Ingest
from rag.reading import LocalReader
from rag.store import Store
from rag.types import FileReport, FileState, Mark, NoiseKind, Part, PartKind, Reading, Span, Stage
from tests.fakes import HashingEmbedder, count_tokens


class CountingReader(LocalReader):
    """Remembers which files were really read."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def read(self, path: Path) -> Reading:
        self.names.append(path.name)
        return super().read(path)


class CountingEmbedder(HashingEmbedder):
    """Remembers which texts it made vectors of."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts):
        self.texts += texts
        return super().embed(texts)


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
    read = [(p.done, p.total) for p in seen if p.stage is Stage.READING]
    assert read == [(n // 2 + n % 2, 4) for n in range(8)]
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may enter everything")
def test_files_of_a_folder_that_may_be_listed_and_not_entered_are_told_and_not_forgotten(
    ingest: Ingest, folder: Path
) -> None:
    (folder / "sub" / "a.txt").write_text("Text.")
    (folder / "sub" / "b.zip").write_bytes(b"")
    _added(ingest, folder / "sub" / "a.txt")
    (folder / "sub").chmod(0o400)
    assert set(_states(ingest, folder).values()) == {FileState.DAMAGED}
    assert ingest.forget_missing(folder) == []
    (folder / "sub").chmod(0o700)


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


def test_an_ending_that_is_no_unicode_does_not_stop_the_rest(ingest: Ingest, folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/a.\xff")).write_text("Text.")
    (folder / "b.txt").write_text("Text.")
    assert _states(ingest, folder) == {"a.\\xff": FileState.UNSUPPORTED, "b.txt": FileState.INDEXED}


def test_folders_may_be_nested_deeper_than_the_stack(ingest: Ingest, folder: Path) -> None:
    deepest = folder.joinpath(*["a"] * 150)
    deepest.mkdir(parents=True)
    (deepest / "a.txt").write_text("Text.")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        found = ingest.find([folder])
    finally:
        sys.setrecursionlimit(usual)
    assert [one.path for one in found] == [deepest / "a.txt"]


def test_cancelling_between_batches_keeps_the_words_and_goes_on_later(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("\n\n".join(f"Sentence number {n} stands here." for n in range(300)))
    cancel = Event()
    stopped = Ingest(store, StoppingEmbedder(cancel), LocalReader(), Chunker(count_tokens))
    reports = [step.report for step in stopped.add([folder], cancel) if step.report]
    assert [report.state for report in reports] == [FileState.INDEXED]
    assert store.search_text(["sentence"], 1)
    assert not stopped.is_embedded()
    cancel.clear()
    again = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count_tokens))
    assert _states(again, folder) == {"a.txt": FileState.UNCHANGED}
    assert again.is_embedded()


class EventfulCounter:
    """Counts tokens; something happens when it has counted so many texts."""

    def __init__(self, n_texts: int, happens: Callable[[], None]) -> None:
        self._n_left = n_texts
        self._happens = happens

    def __call__(self, text: str) -> int:
        self._n_left -= 1
        if self._n_left == 0:
            self._happens()
        return count_tokens(text)


def test_a_long_file_that_nobody_waits_for_any_more_is_left_in_the_middle_and_added_later(
    store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("\n\n".join(f"Sentence number {n} stands here." for n in range(900)))
    cancel = Event()
    ingest = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(EventfulCounter(300, cancel.set)))
    found = ingest.find([folder])
    assert [step.report for step in ingest.add_found(found, cancel, total=1)] == [None]
    assert (store.sources(), store.n_passages(), store.files()) == ((), 0, ())
    assert [step.report.state for step in ingest.add_found(found, total=1) if step.report] == [FileState.INDEXED]
    assert sum(map(len, store.sentences(store.passage_ids()).values())) == 900


def test_what_was_read_off_pictures_is_stored_although_somebody_stops(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("\n\n".join(f"Sentence number {n} stands here." for n in range(900)))
    cancel = Event()
    ingest = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(EventfulCounter(300, cancel.set)))
    steps = ingest.add_found(ingest.find([folder]), cancel, total=1, instead=LocalReader())
    assert [step.report.state for step in steps if step.report] == [FileState.INDEXED]


def test_a_fault_of_ours_in_one_file_does_not_keep_out_the_others(store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(f"Text of {name}. A second sentence.")

    def count(text: str) -> int:
        return count_tokens(text) // ("b.txt" not in text)

    ingest = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count))
    reports = {report.name: report for report in _added(ingest, folder)}
    assert {name: report.state for name, report in reports.items()} == {
        "a.txt": FileState.INDEXED,
        "b.txt": FileState.DAMAGED,
        "c.txt": FileState.INDEXED,
    }
    assert "fault of ours" in reports["b.txt"].reason
    assert [source.name for source in store.sources()] == ["a.txt", "c.txt"]
    assert ingest.is_embedded()


def test_files_that_have_gone_together_are_forgotten_in_one_step(ingest: Ingest, store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (folder / name).write_text(f"Text of {name}.")
    _added(ingest, folder)
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).unlink()
    before = store.revision()
    assert ingest.forget_missing(folder) == ["a.txt", "b.txt", "c.txt"]
    assert store.revision() == before + 1
    assert [source.name for source in store.sources()] == ["d.txt"]


def test_vectors_tell_how_far_they_are_and_who_goes_on_with_them_embeds_nothing_twice(
    store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("\n\n".join(f"Sentence number {n} stands here." for n in range(300)))
    embedder = CountingEmbedder()
    ingest = Ingest(store, embedder, LocalReader(), Chunker(count_tokens))
    for _ in ingest.add_found(ingest.find([folder]), total=1):
        pass
    embedding = ingest.embed()
    steps = [next(embedding) for _ in range(3)]
    assert store.n_embedded() == 0
    steps += embedding
    told = [step.done for step in steps]
    n_passages = store.n_passages()
    assert told == sorted(told)
    assert told[0] < told[2] < told[-1] == n_passages == store.n_embedded()
    assert {(step.total, step.stage) for step in steps} == {(n_passages, Stage.EMBEDDING)}
    assert len(embedder.texts) == len(set(embedder.texts))


def test_a_document_that_goes_while_its_vectors_are_computed_leaves_none(store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("\n\n".join(f"Sentence {n} of {name}." for n in range(90)))
    ingest = Ingest(store, HashingEmbedder(), LocalReader(), Chunker(count_tokens))
    reports = [step.report for step in ingest.add_found(ingest.find([folder]), total=2) if step.report]
    embedding = ingest.embed()
    next(embedding)
    ingest.remove(reports[0].document_id or "")
    assert list(embedding)
    assert store.embedded_ids().tolist() == store.passage_ids([reports[1].document_id or ""]).tolist()
    assert ingest.is_embedded()


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
    assert not ingest.is_embedded()
    cancel = Event()
    cancel.set()
    assert list(ingest.embed(cancel)) == []
    assert [(step.stage, step.done, step.total) for step in ingest.embed()] == [(Stage.EMBEDDING, 2, 2)]
    assert ingest.is_embedded()
    ids = store.passage_ids()
    texts = [passage.text for passage in store.passages(ids).values()]
    np.testing.assert_allclose(store.embeddings(ids), other.embed(texts), atol=1e-6)
    assert store.embedder().name == other.name


class MarkingReader(LocalReader):
    """Marks the second line of every file, and calls the third one a slide."""

    def read(self, path: Path) -> Reading:
        reading = super().read(path)
        ends = [place for place, letter in enumerate(reading.text) if letter == "\n"]
        return replace(
            reading,
            marks=(Mark(NoiseKind.SHARING, Span(ends[0] + 1, ends[1])),),
            parts=(Part(PartKind.SLIDE, 1, Span(0, ends[1])), Part(PartKind.SLIDE, 2, Span(ends[1] + 1, ends[2]))),
            note="one picture was not read.",
        )


@pytest.fixture
def marked(store: Store, folder: Path) -> tuple[Ingest, str]:
    (folder / "a.txt").write_text("Boats left in May.\nShare this now!\nBoats came back.\n")
    ingest = Ingest(store, HashingEmbedder(), MarkingReader(), Chunker(count_tokens))
    (report,) = _added(ingest, folder)
    assert (report.state, report.reason) == (FileState.INDEXED, "one picture was not read.")
    return ingest, report.document_id


def _passages(store: Store, wanted_id: str) -> list[str]:
    return [passage.text for passage in store.passages_of(wanted_id)]


def test_marked_characters_are_in_no_passage_and_no_passage_reaches_over_a_slide(marked, store: Store) -> None:
    _, wanted_id = marked
    assert _passages(store, wanted_id) == ["Boats left in May.", "Boats came back."]
    assert store.search_text(["share"], 5) == []


def test_a_lifted_mark_can_be_found_and_closed_again(marked, store: Store) -> None:
    ingest, wanted_id = marked
    (mark,) = store.marks(wanted_id)
    ingest.lift(wanted_id, mark.span.start, is_lifted=True)
    assert any("Share this now!" in text for text in _passages(store, wanted_id))
    assert not ingest.is_embedded()
    list(ingest.embed())
    assert ingest.is_embedded()
    ingest.lift(wanted_id, mark.span.start, is_lifted=False)
    assert _passages(store, wanted_id) == ["Boats left in May.", "Boats came back."]
    with pytest.raises(KeyError):
        ingest.lift(wanted_id, 1, is_lifted=True)


def test_lifting_a_mark_computes_the_vectors_of_what_changed_alone(store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Boats left in May.\nShare this now!\nBoats came back.\n" + "More came. " * 300)
    embedder = CountingEmbedder()
    ingest = Ingest(store, embedder, MarkingReader(), Chunker(count_tokens))
    (report,) = _added(ingest, folder)
    ids = store.passage_ids().tolist()
    embedder.texts.clear()
    ingest.lift(report.document_id, 19, is_lifted=True)
    (waiting,) = store.passages_without_embeddings(99).tolist()
    assert len(set(ids) & set(store.passage_ids().tolist())) >= len(ids) - 1 > 3
    list(ingest.embed())
    assert {passage.text for passage in store.passages([waiting]).values()} <= set(embedder.texts)
    assert all("Boats" in text or "Share" in text for text in embedder.texts)


def test_what_is_set_aside_by_hand_swallows_the_marks_it_touches(marked, store: Store) -> None:
    ingest, wanted_id = marked
    text = store.document(wanted_id).text
    start = text.index("this")
    ingest.set_aside(wanted_id, Span(start, text.index("Boats came") + 5))
    (mark,) = store.marks(wanted_id)
    assert mark.kind is NoiseKind.BY_HAND
    assert mark.span.cut(text) == "Share this now!\nBoats"
    assert _passages(store, wanted_id) == ["Boats left in May.", "came back."]


def test_a_passage_reaches_over_what_is_set_aside_inside_a_slide_and_its_words_are_not_found(
    marked, store: Store
) -> None:
    ingest, wanted_id = marked
    text = store.document(wanted_id).text
    ingest.lift(wanted_id, text.index("Share"), is_lifted=True)
    ingest.set_aside(wanted_id, Span(text.index("left"), text.index(" in May")))
    first, _ = store.passages_of(wanted_id)
    assert first.span == Span(0, text.index("Boats came") - 1)
    assert first.text == "Boats \n\n\n\n in May.\nShare this now!"
    assert store.search_text(["left"], 5) == []
    assert len(store.search_text(["may"], 5)) == 1


def test_files_that_have_gone_are_forgotten_but_not_those_of_a_folder_that_has_gone(
    ingest: Ingest, store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("Text of a.")
    (folder / "b.txt").write_text("Text of b.")
    _added(ingest, folder)
    (folder / "a.txt").unlink()
    assert ingest.forget_missing(folder) == ["a.txt"]
    assert [source.name for source in store.sources()] == ["b.txt"]
    folder.rename(folder.with_name("elsewhere"))
    assert ingest.forget_missing(folder) == []
    assert [source.name for source in store.sources()] == ["b.txt"]


def test_what_older_readers_could_not_read_is_tried_again(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Text.")
    _added(ingest, folder)
    row = store.file(str(folder / "a.txt"))
    store.record_file(replace(row, state=FileState.UNSUPPORTED, reason="no.", document_id=None, read_by="1"))
    assert _states(ingest, folder) == {"a.txt": FileState.INDEXED}
    store.record_file(replace(row, state=FileState.UNSUPPORTED, reason="no.", document_id=None))
    assert _states(ingest, folder) == {"a.txt": FileState.UNSUPPORTED}


@pytest.fixture
def older(store: Store, folder: Path) -> str:
    """A file that older readers read, without parts and marks; its document."""
    (folder / "a.txt").write_text("Boats left in May.\nShare this now!\nBoats came back.\n")
    (report,) = _added(Ingest(store, HashingEmbedder(), BareReader(), Chunker(count_tokens)), folder)
    _make_older(store, folder / "a.txt")
    return report.document_id


def _make_older(store: Store, path: Path) -> None:
    store.record_file(replace(store.file(str(path)), read_by="0"))


class BareReader(LocalReader):
    """Gives the text and nothing else, as readers once did; counts what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.n_read = 0

    def read(self, path: Path) -> Reading:
        self.n_read += 1
        return replace(super().read(path), marks=(), parts=())


class OtherReader(CountingReader):
    """Says something else of every file, or raises."""

    def __init__(self, outcome: Reading | Exception) -> None:
        super().__init__()
        self._outcome = outcome

    def read(self, path: Path) -> Reading:
        self.names.append(path.name)
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def test_what_older_readers_read_is_read_again_once_and_gets_parts_and_marks(
    older: str, store: Store, folder: Path
) -> None:
    holdings = Holdings(store)
    holdings.correct(older, Correction(title="My title"))
    ingest = Ingest(store, HashingEmbedder(), MarkingReader(), Chunker(count_tokens))
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert [mark.kind for mark in store.marks(older)] == [NoiseKind.SHARING]
    assert [part.number for part in store.parts(older)] == [1, 2]
    assert _passages(store, older) == ["Boats left in May.", "Boats came back."]
    assert (store.source(older).title, store.file(str(folder / "a.txt")).reason) == (
        "My title",
        "one picture was not read.",
    )
    bare = BareReader()
    assert _states(Ingest(store, HashingEmbedder(), bare, Chunker(count_tokens)), folder) == {
        "a.txt": FileState.UNCHANGED
    }
    assert bare.n_read == 0


def test_a_file_that_was_moved_before_it_could_be_read_again_is_read_under_its_new_name(
    older: str, store: Store, folder: Path
) -> None:
    (folder / "a.txt").rename(folder / "b.txt")
    ingest = Ingest(store, HashingEmbedder(), MarkingReader(), Chunker(count_tokens))
    assert _states(ingest, folder) == {"b.txt": FileState.DUPLICATE}
    assert ingest.forget_missing(folder) == ["a.txt"]
    assert store.source(older).name == "b.txt"
    assert [mark.kind for mark in store.marks(older)] == [NoiseKind.SHARING]
    assert _states(ingest, folder) == {"b.txt": FileState.UNCHANGED}


def test_reading_again_keeps_what_a_person_marked_and_the_vectors_of_what_stays(
    older: str, store: Store, folder: Path
) -> None:
    ingest = Ingest(store, HashingEmbedder(), MarkingReader(), Chunker(count_tokens))
    text = store.document(older).text
    ingest.set_aside(older, Span(text.index("Boats came"), len(text) - 1))
    list(ingest.embed())
    _added(ingest, folder)
    assert [mark.kind for mark in store.marks(older)] == [NoiseKind.SHARING, NoiseKind.BY_HAND]
    _make_older(store, folder / "a.txt")
    ids = store.embedded_ids().tolist()
    assert _passages(store, older) == ["Boats left in May."]
    list(ingest.add_found(ingest.find([folder]), total=1))
    assert store.embedded_ids().tolist() == ids


def test_a_file_that_newer_readers_read_otherwise_hands_on_what_a_person_said_of_it(
    older: str, store: Store, folder: Path
) -> None:
    Holdings(store).correct(older, Correction(title="My title"))
    reading = Reading("Boats left in May, and came back.", "Boats", None, None, "text/plain")
    reader = OtherReader(reading)
    (report,) = _added(Ingest(store, HashingEmbedder(), reader, Chunker(count_tokens)), folder)
    assert [(source.id, source.title) for source in store.sources()] == [(report.document_id, "My title")]


@pytest.mark.parametrize(
    "outcome",
    [
        UnreadableSource(path="a.txt", reason="it is too much."),
        Reading("\n", "", None, None, "text/plain"),
        Reading("Menu\n", "", None, None, "text/plain", marks=(Mark(NoiseKind.MENU, Span(0, 4)),)),
    ],
)
def test_what_newer_readers_cannot_read_keeps_its_old_text_and_is_not_tried_for_ever(
    older: str, store: Store, folder: Path, outcome: Reading | Exception
) -> None:
    reader = OtherReader(outcome)
    ingest = Ingest(store, HashingEmbedder(), reader, Chunker(count_tokens))
    passages = _passages(store, older)
    for _ in range(2):
        assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert reader.names == ["a.txt"]
    assert _passages(store, older) == passages
    assert store.file(str(folder / "a.txt")).state is FileState.INDEXED


def test_words_that_were_read_off_pictures_are_not_lost_to_newer_readers(
    store: Store, folder: Path, reader: CountingReader, ingest: Ingest
) -> None:
    (folder / "a.txt").write_text("As good as a scan.")
    scanned = Reading("Read off a page.", "", None, None, "application/pdf", n_pages=1)
    scanned = replace(scanned, parts=(Part(PartKind.PAGE, 1, Span(0, 16), is_ocr=True),))
    list(ingest.add_found(ingest.find([folder]), total=1, instead=OtherReader(scanned)))
    _make_older(store, folder / "a.txt")
    assert _states(ingest, folder) == {"a.txt": FileState.UNCHANGED}
    assert reader.names == []
    assert [store.document(source.id).text for source in store.sources()] == ["Read off a page."]


def test_copies_that_newer_readers_read_otherwise_stay_one_document_with_its_corrections(
    store: Store, folder: Path
) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("The same text.")
    old = Ingest(store, HashingEmbedder(), BareReader(), Chunker(count_tokens))
    first, _ = _added(old, folder)
    Holdings(store).correct(first.document_id, Correction(title="My title"))
    for name in ("a.txt", "b.txt"):
        _make_older(store, folder / name)
    reader = OtherReader(Reading("The same text, read better.", "Better", None, None, "text/plain"))
    ingest = Ingest(store, HashingEmbedder(), reader, Chunker(count_tokens))
    list(ingest.add_found(list(reversed(ingest.find([folder]))), total=2))
    (source,) = store.sources()
    assert (source.title, source.name) == ("My title", "b.txt")


def test_a_file_that_changes_keeps_its_corrections_and_its_collections(
    ingest: Ingest, store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("The first text.")
    (report,) = _added(ingest, folder)
    holdings = Holdings(store)
    holdings.correct(report.document_id, Correction(title="My title", date="2020", author="Me"))
    holdings.collect("Work", [report.document_id])
    (folder / "a.txt").write_text("The second, longer text.")
    (changed,) = _added(ingest, folder)
    source = store.source(changed.document_id)
    assert (source.title, source.date, source.author) == ("My title", "2020", "Me")
    assert holdings.collections()[0].document_ids == (changed.document_id,)


def test_a_file_that_changes_keeps_what_a_person_marked_in_it(marked, store: Store, folder: Path) -> None:
    ingest, wanted_id = marked
    text = store.document(wanted_id).text
    ingest.lift(wanted_id, text.index("Share"), is_lifted=True)
    ingest.set_aside(wanted_id, Span(text.index("Boats came"), len(text) - 1))
    (folder / "a.txt").write_text("Many boats left in May.\nShare this now!\nBoats came back.\nA last word.\n")
    (report,) = _added(ingest, folder)
    assert report.document_id != wanted_id
    told = [(mark.kind, mark.is_lifted) for mark in store.marks(report.document_id)]
    assert told == [(NoiseKind.SHARING, True), (NoiseKind.BY_HAND, False)]
    assert store.search_text(["share"], 5)
    assert store.search_text(["came"], 5) == []


def test_a_file_of_which_a_person_set_all_aside_stays_in_the_library(
    ingest: Ingest, store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("A first line.\nAnd nothing more than a last one, which is long.")
    (report,) = _added(ingest, folder)
    ingest.set_aside(report.document_id, Span(14, 62))
    (folder / "a.txt").write_text("And nothing more than a last one, which is long.")
    (changed,) = _added(ingest, folder)
    assert changed.state is FileState.INDEXED
    assert _passages(store, changed.document_id) == []


def test_a_text_that_another_file_holds_gets_no_corrections_of_a_file_that_becomes_its_copy(
    ingest: Ingest, store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("The first text.")
    (folder / "b.txt").write_text("The second text.")
    first, second = _added(ingest, folder)
    Holdings(store).correct(first.document_id, Correction(title="My title"))
    (folder / "a.txt").write_text("The second text.")
    _added(ingest, folder)
    assert [source.id for source in store.sources()] == [second.document_id]
    assert Holdings(store).correction(second.document_id) == Correction()


def test_a_copy_that_changes_takes_nothing_from_the_file_that_it_was_a_copy_of(
    ingest: Ingest, store: Store, folder: Path
) -> None:
    (folder / "a.txt").write_text("The form.")
    (folder / "b.txt").write_text("The form.")
    first, _ = _added(ingest, folder)
    Holdings(store).correct(first.document_id, Correction(title="My title"))
    (folder / "b.txt").write_text("The form, filled in.")
    _, changed = _added(ingest, folder)
    assert Holdings(store).correction(changed.document_id) == Correction()
    assert Holdings(store).correction(first.document_id) == Correction(title="My title")


def _zip(path: Path, **texts: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"inside/{name}.txt", text)


def test_an_archive_is_read_as_a_folder(ingest: Ingest, store: Store, folder: Path) -> None:
    _zip(folder / "papers.zip", a="The text of a.", b="The text of b.")
    assert _states(ingest, folder) == dict.fromkeys(
        ("papers.zip/inside/a.txt", "papers.zip/inside/b.txt"), FileState.INDEXED
    )
    assert _states(ingest, folder / "papers.zip") == dict.fromkeys(
        ("papers.zip/inside/a.txt", "papers.zip/inside/b.txt"), FileState.UNCHANGED
    )
    _zip(folder / "papers.zip", a="The text of a, changed.")
    assert _states(ingest, folder) == {"papers.zip/inside/a.txt": FileState.INDEXED}
    assert ingest.forget_missing(folder) == ["papers.zip/inside/b.txt"]
    assert [source.path for source in store.sources()] == [str(folder / "papers.zip/inside/a.txt")]


def test_files_of_an_archive_that_broke_are_not_forgotten(ingest: Ingest, store: Store, folder: Path) -> None:
    _zip(folder / "papers.zip", a="The text of a.")
    _added(ingest, folder)
    (folder / "papers.zip").write_bytes(b"PK\x03\x04 half written")
    assert _states(ingest, folder) == {"papers.zip": FileState.DAMAGED}
    assert ingest.forget_missing(folder) == []
    assert len(store.sources()) == 1
    (folder / "papers.zip").unlink()
    assert ingest.forget_missing(folder) == ["papers.zip", "papers.zip/inside/a.txt"]


def test_an_archive_that_cannot_be_opened_is_one_file_with_a_reason(ingest: Ingest, folder: Path) -> None:
    (folder / "papers.zip").write_bytes(b"PK\x03\x04 and no more")
    (report,) = _added(ingest, folder)
    assert (report.name, report.state) == ("papers.zip", FileState.DAMAGED)
    assert "archive" in report.reason


def test_files_of_old_formats_are_told_what_to_do(ingest: Ingest, folder: Path) -> None:
    mark = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    (folder / "a.doc").write_bytes(mark + bytes(600) + "WordDocument".encode("utf-16-le"))
    (report,) = _added(ingest, folder)
    assert (report.state, "Save it as .docx" in report.reason) == (FileState.UNSUPPORTED, True)


def test_a_file_that_was_moved_is_no_duplicate_of_itself(ingest: Ingest, store: Store, folder: Path) -> None:
    (folder / "a.txt").write_text("Text.")
    _added(ingest, folder)
    (folder / "a.txt").rename(folder / "b.txt")
    assert _states(ingest, folder) == {"b.txt": FileState.DUPLICATE}
    assert ingest.forget_missing(folder) == ["a.txt"]
    assert [row.state for row in store.files()] == [FileState.INDEXED]
    assert [source.name for source in store.sources()] == ["b.txt"]


def test_an_empty_folder_has_lost_nothing(ingest: Ingest, store: Store, folder: Path) -> None:
    """A drive that is not connected leaves its place behind, with nothing in it."""
    place = folder / "drive"
    place.mkdir()
    (place / "a.txt").write_text("Text.")
    _added(ingest, place)
    (place / "a.txt").unlink()
    assert ingest.forget_missing(place) == []
    assert len(store.sources()) == 1


def test_of_several_documents_the_words_go_with_the_last(ingest: Ingest, store: Store, folder: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"The marker zq{name[0]}marker stands here.")
    first, second = (report.document_id for report in _added(ingest, folder))
    assert ingest.remove(first, is_last=False)
    assert ingest.remove(second)
    assert b"zqamarker" not in store.path.read_bytes()
