"""Chroma follows the store, is never trusted after a crash, and answers as exact search does."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.errors import IndexUnavailable
from rag.index import _M_PERTURB, ChromaIndex
from rag.store import Store
from rag.types import Document, Passage, Sentence, Source, Span, document_id
from rag.vectors import ExactIndex, VectorIndex

_DIMENSION = 16
_PASSAGES = 6


@pytest.fixture(scope="module", autouse=True)
def _freed_memory_is_overwritten_here_only() -> Iterator[None]:
    """An index lets its whole process do so, and every test that follows would be slower for it."""
    yield
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_PERTURB, 0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library" / "store.db") as opened:
        opened.set_embedder("hashing", _DIMENSION)
        yield opened


@pytest.fixture
def index(tmp_path: Path, store: Store) -> Iterator[ChromaIndex]:
    opened = ChromaIndex(tmp_path / "index", store)
    yield opened
    opened.close()


def _unit_rows(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, _DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _add(store: Store, number: int) -> str:
    lines = [f"Document {number} says line {line} MARKER{number}." for line in range(_PASSAGES)]
    text = "\n".join(lines)
    starts = [text.index(line) for line in lines]
    passages = [
        Passage(ordinal, Span(start, start + len(line)), 5, (Sentence(ordinal, Span(start, start + len(line))),))
        for ordinal, (start, line) in enumerate(zip(starts, lines, strict=True))
    ]
    rows = _unit_rows(_PASSAGES, number)
    name = f"{number}.txt"
    source = Source(document_id(text), name, f"/texts/{name}", f"Title {number}", None, None, "text/plain", len(text))
    store.add_document(Document(source, text), passages)
    store.replace_embeddings(source.id, rows, rows)
    return source.id


def _catch_up(index: ChromaIndex) -> None:
    for _ in range(100):
        if index.follow(50).is_ready:
            return
    raise AssertionError("the index never caught up")


def _agree(index: ChromaIndex, store: Store) -> None:
    exact = ExactIndex(store)
    for vector in _unit_rows(10, 99):
        ours, truth = index.query(vector, 5), exact.query(vector, 5)
        assert [i for i, _ in ours] == [i for i, _ in truth]
        assert [s for _, s in ours] == pytest.approx([s for _, s in truth], abs=1e-5)


def _reopened(index: ChromaIndex, store: Store, folder: Path) -> ChromaIndex:
    index.close()
    return ChromaIndex(folder, store)


def test_answers_equal_exact_search_and_slices_add_up(store: Store, index: ChromaIndex) -> None:
    for number in range(5):
        _add(store, number)
    with pytest.raises(IndexUnavailable):
        index.query(_unit_rows(1, 0)[0], 3)
    first = index.follow(10)
    assert (first.n_indexed, first.n_passages, first.is_ready) == (10, 30, False)
    _catch_up(index)
    _agree(index, store)


def test_a_sound_index_is_taken_up_again_without_being_rebuilt(
    store: Store, index: ChromaIndex, tmp_path: Path
) -> None:
    _add(store, 1)
    _catch_up(index)
    again = _reopened(index, store, tmp_path / "index")
    state = again.follow(0)
    assert (state.n_indexed, state.is_ready) == (_PASSAGES, True)
    _agree(again, store)
    again.close()


def _delete_folder(generation: Path) -> None:
    for path in sorted(generation.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    generation.rmdir()


def _fill_with_garbage(generation: Path) -> None:
    for path in generation.rglob("*"):
        if path.is_file():
            path.write_bytes(os.urandom(3000))


def _mark_suspect(generation: Path) -> None:
    (generation / "suspect").touch()


def _empty_database(generation: Path) -> None:
    (generation / "chroma.sqlite3").write_bytes(b"")


def _grow_absurdly(generation: Path) -> None:
    with (generation / "link_lists.bin").open("wb") as file:
        file.truncate(200 * 2**30)


def _break_state(generation: Path) -> None:
    (generation.parent / "state.json").write_text('{"generation": "../elsewhere", "embedder": 1}')


def _lose_state(generation: Path) -> None:
    (generation.parent / "state.json").unlink()


@pytest.mark.parametrize(
    "damage",
    [_delete_folder, _fill_with_garbage, _mark_suspect, _empty_database, _grow_absurdly, _break_state, _lose_state],
)
def test_whatever_happens_to_the_folder_the_index_is_built_anew(
    store: Store, index: ChromaIndex, tmp_path: Path, damage
) -> None:
    for number in range(3):
        _add(store, number)
    _catch_up(index)
    index.close()
    (generation,) = (tmp_path / "index").glob("g*")
    damage(generation)
    again = ChromaIndex(tmp_path / "index", store)
    again.start()
    assert again.follow(0).n_indexed in {0, 3 * _PASSAGES}
    _catch_up(again)
    _agree(again, store)
    assert len(list((tmp_path / "index").glob("index.bad-*"))) <= 1
    assert len(list((tmp_path / "index").glob("g*"))) == 1
    again.close()


def test_another_embedder_means_another_index(store: Store, index: ChromaIndex, tmp_path: Path) -> None:
    wanted = _add(store, 1)
    _catch_up(index)
    store.set_embedder("other", _DIMENSION)
    assert index.follow(100).n_indexed == 0
    rows = _unit_rows(_PASSAGES, 7)
    store.replace_embeddings(wanted, rows, rows)
    _catch_up(index)
    _agree(index, store)


def test_deleted_documents_never_come_back_and_their_text_is_in_no_file(
    store: Store, index: ChromaIndex, tmp_path: Path
) -> None:
    gone, _ = _add(store, 1), _add(store, 2)
    _catch_up(index)
    gone_ids = set(store.passage_ids([gone]).tolist())
    store.remove_document(gone)
    _catch_up(index)
    for vector in _unit_rows(20, 5):
        assert not gone_ids & {passage_id for passage_id, _ in index.query(vector, 50)}
    _agree(index, store)
    again = _reopened(index, store, tmp_path / "index")
    _catch_up(again)
    assert not gone_ids & {passage_id for passage_id, _ in again.query(_unit_rows(1, 5)[0], 50)}
    again.close()
    for path in tmp_path.rglob("*"):
        assert not (path.is_file() and b"MARKER1" in path.read_bytes()), path


def test_between_following_the_answers_are_complete_all_the_same(store: Store, index: ChromaIndex) -> None:
    first = _add(store, 1)
    _catch_up(index)
    combined, exact = VectorIndex(store, index), ExactIndex(store)
    _add(store, 2)
    store.remove_document(first)
    _add(store, 3)
    for vector in _unit_rows(10, 3):
        assert [i for i, _ in combined.query(vector, 5)] == [i for i, _ in exact.query(vector, 5)]


def test_without_chroma_and_within_a_scope_search_is_exact(store: Store) -> None:
    ids = [_add(store, number) for number in range(4)]
    combined = VectorIndex(store)
    vector = _unit_rows(1, 8)[0]
    assert combined.query(vector, 5) == ExactIndex(store).query(vector, 5)
    scoped = combined.query(vector, 50, [ids[1], ids[2]])
    assert {i for i, _ in scoped} == set(store.passage_ids([ids[1], ids[2]]).tolist())
    assert [i for i, _ in scoped] == [i for i, _ in ExactIndex(store).query(vector, 50, [ids[1], ids[2]])]


def test_exact_search_sees_what_came_and_went(store: Store) -> None:
    exact = ExactIndex(store)
    vector = _unit_rows(1, 8)[0]
    assert exact.query(vector, 3) == []
    first = _add(store, 1)
    assert len(exact.query(vector, 50)) == _PASSAGES
    _add(store, 2)
    store.remove_document(first)
    assert exact.query(vector, 50) == ExactIndex(store).query(vector, 50)
    assert len(exact.query(vector, 50)) == _PASSAGES


def test_an_empty_library_is_a_ready_answer_of_nothing(store: Store, index: ChromaIndex) -> None:
    index.follow()
    assert VectorIndex(store, index).query(_unit_rows(1, 1)[0], 3) == []


def test_the_folder_is_private(store: Store, index: ChromaIndex, tmp_path: Path) -> None:
    _add(store, 1)
    _catch_up(index)
    for path in [tmp_path / "index", *(tmp_path / "index").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_folder_that_cannot_be_written_is_a_sentence(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _add(store, 1)
    with pytest.raises(IndexUnavailable, match="cannot be written"):
        ChromaIndex(tmp_path / "file" / "index", store).follow()
