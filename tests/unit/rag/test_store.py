"""What the store promises: whole documents, exact text, safe searches, clean removal, and survival of accidents."""

from __future__ import annotations

import itertools
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import storefile
from rag.errors import StoreTooNew, StoreUnavailable
from rag.fulltext import FEW_ROWS
from rag.holdings import Correction, Holdings
from rag.rows import FileRow, PassageTerms
from rag.schema import MIGRATIONS
from rag.store import _BEST_FIRST, _FIND_TEXT, _IN_SCOPE, Store
from rag.types import (
    Document,
    FileState,
    Mark,
    NoiseKind,
    Part,
    PartKind,
    Passage,
    Quote,
    Sentence,
    Source,
    Span,
    document_id,
)
from tests.kills import n_kills

_ROOT = Path(__file__).resolve().parents[3]
_DIMENSION = 8


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library" / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        opened.set_embedder("hashing", _DIMENSION)
        yield opened


def _document(name: str, text: str) -> Document:
    return Document(
        Source(document_id(text), name, f"/texts/{name}", name.upper(), "2020", "Origin", "text/plain", len(text)), text
    )


def _passages(text: str) -> list[Passage]:
    """A passage for each line, a sentence for each word."""
    passages, start, n_words = [], 0, 0
    for line in text.split("\n"):
        sentences, place = [], start
        for word in line.split(" "):
            sentences.append(Sentence(n_words, Span(place, place + len(word))))
            place += len(word) + 1
            n_words += 1
        passages.append(Passage(len(passages), Span(start, start + len(line)), len(sentences), tuple(sentences)))
        start += len(line) + 1
    return passages


def _rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, _DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _file(document: Document, path: str | None = None) -> FileRow:
    path = path or document.source.path
    return FileRow(path, "/texts", path.removeprefix("/texts/"), 1, 2, "0" * 64, FileState.INDEXED, "", document.id)


def _add(store: Store, name: str, text: str, file: FileRow | None = None) -> Document:
    document, passages = _document(name, text), _passages(text)
    n_words = sum(len(passage.sentences) for passage in passages)
    rows = _rows(len(passages), 1), _rows(n_words, 2)
    store.add_document(document, passages, file or _file(document))
    store.replace_embeddings(document.id, *rows)
    return document


def test_a_document_comes_back_exactly(store: Store) -> None:
    text = "Kabul 👩‍👩‍👧 e\u0301 مرحبا\n<|endoftext|> \u2028 end"
    document = _add(store, "a.txt", text)
    assert store.document(document.id) == document
    assert store.sources() == (document.source,)
    stored = store.passages(store.passage_ids())
    assert [passage.text for passage in stored.values()] == text.split("\n")
    assert all(passage.span.cut(text) == passage.text for passage in stored.values())
    for run in store.sentences(stored).values():
        assert all(sentence.span.cut(text) == sentence.text for sentence in run)


def test_vectors_come_back_in_the_order_asked_for(store: Store) -> None:
    _add(store, "a.txt", "one\ntwo\nthree")
    ids = store.passage_ids()
    np.testing.assert_array_equal(store.embeddings(ids[::-1]), _rows(3, 1)[::-1])
    np.testing.assert_array_equal(store.embeddings([999]), np.zeros((1, _DIMENSION), np.float32))
    (sentence,) = store.sentences([int(ids[1])])[int(ids[1])]
    np.testing.assert_allclose(sentence.embedding, _rows(3, 2)[1], atol=1e-3)


def test_embeddings_that_do_not_match_are_refused_and_leave_nothing(store: Store) -> None:
    document = _document("a.txt", "one two")
    store.add_document(document, _passages("one two"))
    with pytest.raises(ValueError, match="shapes"):
        store.replace_embeddings(document.id, _rows(1), _rows(3))
    with pytest.raises(ValueError, match="shapes"):
        store.replace_embeddings(document.id, _rows(1)[:, :4], _rows(2)[:, :4])
    assert store.n_embedded() == 0


def test_a_document_is_found_by_its_words_before_it_has_vectors(store: Store) -> None:
    store.add_document(_document("a.txt", "one two\nthree"), _passages("one two\nthree"))
    first, second = store.passage_ids().tolist()
    assert [passage_id for passage_id, _ in store.search_text(["three"], 5)] == [second]
    assert store.passages_without_embeddings(10).tolist() == [first, second]
    assert store.passages_without_embeddings(1).tolist() == [first]
    assert store.passages_without_embeddings(10, first).tolist() == [second]


def test_vectors_of_passages_that_were_removed_meanwhile_are_passed_over(store: Store) -> None:
    document = _add(store, "a.txt", "one two")
    ids = store.passage_ids()
    sentences = [one.id for run in store.sentences(ids.tolist()).values() for one in run]
    store.remove_document(document.id)
    store.add_embeddings(ids, _rows(1), sentences, _rows(2))
    assert store.n_embedded() == 0


def test_parts_and_marks_come_back_with_the_document(store: Store) -> None:
    text = "Page one.\nMenu\nPage two."
    parts = (Part(PartKind.PAGE, 1, Span(0, 9), "i"), Part(PartKind.PAGE, 3, Span(15, 24), is_ocr=True))
    marks = (Mark(NoiseKind.MENU, Span(10, 14)), Mark(NoiseKind.TEASER, Span(15, 19), is_lifted=True))
    document = replace(_document("a.pdf", text), parts=parts, marks=marks)
    store.add_document(document, _passages(text))
    assert store.document(document.id) == document
    cut = Quote.cut(store.document(document.id), Span(20, 24), 1.0)
    assert (cut.place, cut.is_ocr) == ("page 3", True)


def test_a_document_that_is_cut_anew_keeps_its_text_and_what_is_marked_is_found_no_more(store: Store) -> None:
    document = _add(store, "a.txt", "one two\nthree")
    marked = replace(document, marks=(Mark(NoiseKind.MENU, Span(8, 13)),))
    store.cut_anew(marked, _passages("one two"))
    assert store.document(document.id) == marked
    assert [passage.text for passage in store.passages_of(document.id)] == ["one two"]
    assert store.search_text(["three"], 5) == []
    store.cut_anew(marked, [])
    assert store.n_passages() == store.n_embedded() == 0


def _without(passages: Sequence[Passage], gone: set[int]) -> list[Passage]:
    """Numbered as a chunker does that never saw these."""
    left = [passage for passage in passages if passage.ordinal not in gone]
    count = itertools.count()
    return [
        replace(passage, ordinal=n, sentences=tuple(Sentence(next(count), one.span) for one in passage.sentences))
        for n, passage in enumerate(left)
    ]


_LINES = 6


@given(st.lists(st.sets(st.integers(0, _LINES - 1)), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_passages_that_stay_as_they_were_when_a_document_is_cut_anew_keep_their_ids_and_vectors(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[set[int]]
) -> None:
    text = "\n".join(f"line {n} has words" for n in range(_LINES))
    with Store.open(tmp_path_factory.mktemp("cut") / "store.db") as store:
        store.set_embedder("hashing", _DIMENSION)
        document = _add(store, "a.txt", text)
        for gone in cuts:
            before = {passage.span: passage.id for passage in store.passages_of(document.id)}
            vectors = {span: store.embeddings([before[span]]) for span in before}
            wanted = _without(_passages(text), gone)
            store.cut_anew(document, wanted)
            held = store.passages_of(document.id)
            assert [(p.ordinal, p.span, p.n_tokens) for p in held] == [(p.ordinal, p.span, p.n_tokens) for p in wanted]
            sentences = store.sentences([passage.id for passage in held])
            stored = [[(s.ordinal, s.span, s.text) for s in sentences[passage.id]] for passage in held]
            assert stored == [[(s.ordinal, s.span, s.span.cut(text)) for s in p.sentences] for p in wanted]
            for passage in held:
                if passage.span in before:
                    assert passage.id == before[passage.span]
                    np.testing.assert_array_equal(store.embeddings([passage.id]), vectors[passage.span])
            is_new = {passage.id for passage in held} - set(before.values())
            assert is_new <= set(store.passages_without_embeddings(99).tolist())
            found = {passage_id for passage_id, _ in store.search_text(["words"], 99)}
            assert found == {passage.id for passage in held}


def test_a_file_that_is_gone_takes_its_document_along_unless_another_holds_it(store: Store) -> None:
    document = _add(store, "a.txt", "one two")
    store.record_file(_file(document, "/texts/b.txt"))
    store.forget_files(["/texts/a.txt"])
    assert store.source(document.id).path == "/texts/b.txt"
    store.forget_files(["/texts/b.txt"])
    assert store.sources() == ()


def test_full_text_compares_stems_without_case_and_accents(store: Store) -> None:
    _add(store, "a.txt", "The Café was running late\nNothing here")
    first, second = store.passage_ids().tolist()
    for term in ("run", "RUNS", "cafe", "café late", "was running"):
        expected = [] if term == "café late" else [first]
        assert [passage_id for passage_id, _ in store.search_text([term], 5)] == expected, term
    assert store.document_frequency(["runs", "the", "absent", "—"]) == {"runs": 1, "the": 1, "absent": 0, "—": 0}
    ranked = store.search_text(["nothing", "here", "late"], 5)
    assert [passage_id for passage_id, _ in ranked] == [second, first]
    assert ranked[0][1] >= ranked[1][1]


def test_scripts_without_spaces_are_searched_by_pairs_of_characters(store: Store) -> None:
    _add(store, "a.txt", "他在北京学习\n上海的机器")
    first, second = store.passage_ids().tolist()
    for term, expected in (("北京", [first]), ("北京学习", [first]), ("京北", []), ("机", [second]), ("机器学习", [])):
        assert [passage_id for passage_id, _ in store.search_text([term], 5)] == expected, term


def test_a_passage_is_told_with_its_neighbours_stems_and_best_sentence(store: Store) -> None:
    document = _add(store, "a.txt", "running one\nlate two\nthree")
    first, second, third = store.passage_ids().tolist()
    assert store.adjacent([first, third]) == [(first, second, 8), (third, second, 8)]
    held = store.passage_terms([second, 999])
    assert held == {second: PassageTerms(document.id, "A.TXT", 1, frozenset({"late", "two"}))}
    sentence = store.sentences([first])[first][1]
    best = store.best_sentences([first, 999], sentence.embedding)
    assert best == {first: pytest.approx(1.0, abs=1e-3)}


def _add_in_first_format(store: Store, name: str, text: str) -> Document:
    document = _document(name, text)
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO documents VALUES (:id, :name, :path, :title, :date, :origin, :media_type, :n_chars, :text)",
            {key: getattr(document.source, key) for key in Source.__slots__} | {"text": text},
        )
        connection.executemany(
            'INSERT INTO passages (document_id, ordinal, start, "end", n_tokens, text) VALUES (?, ?, ?, ?, ?, ?)',
            (
                (document.id, one.ordinal, one.span.start, one.span.end, one.n_tokens, one.span.cut(text))
                for one in _passages(text)
            ),
        )
    return document


def test_a_library_of_the_first_format_gets_its_full_text_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as older:
        older.setattr(storefile, "MIGRATIONS", MIGRATIONS[:1])
        with Store.open(path) as store:
            kept = _add_in_first_format(store, "a.txt", "мосты через реки\nplain words")
            gone = _add_in_first_format(store, "b.txt", "zqmarker")
    with Store.open(path) as store:
        assert store.document(kept.id) == kept
        first, second, _ = store.passage_ids().tolist()
        assert [i for i, _ in store.search_text(["мост"], 5)] == [first]
        assert [i for i, _ in store.search_text(["word"], 5)] == [second]
        assert store.remove_document(gone.id)
        assert store.search_text(["zqmarker"], 5) == []
        assert b"zqmarker" not in path.read_bytes()
        assert store.is_sound()


@pytest.mark.parametrize(
    "term", ['"', "a OR b", "NEAR(a b)", "text:x", "a*", "^a", "-a", "(", "a\0b", "—", "", "'; DROP"]
)
def test_no_term_is_taken_for_an_operator(store: Store, term: str) -> None:
    _add(store, "a.txt", "plain words")
    assert [i for i, _ in store.search_text([term, "plain"], 5)] == store.passage_ids().tolist()
    assert store.search_text([term], 5) == []


def test_a_scope_does_not_ask_the_full_text_for_one_row_after_the_other(store: Store, path: Path) -> None:
    query = "EXPLAIN QUERY PLAN " + _FIND_TEXT + _IN_SCOPE + _BEST_FIRST
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(query, {"terms": "word", "scope": "[]", "limit": 1}).fetchall()
    (searched,) = [row[3] for row in plan if "passages_fts" in row[3]]
    assert "=" not in searched.partition("INDEX")[2]  # "=" would be a search by row


def test_a_scope_limits_full_text_and_ids(store: Store) -> None:
    first, second = _add(store, "a.txt", "shared word one"), _add(store, "b.txt", "shared word two")
    wanted = store.passage_ids([second.id]).tolist()
    assert [i for i, _ in store.search_text(["shared"], 5, [second.id])] == wanted
    assert len(store.search_text(["shared"], 5, [first.id, second.id])) == 2


def test_what_holds_a_term_is_told_up_to_a_limit_and_among_some_passages(store: Store) -> None:
    _add(store, "a.txt", "New York\nYork is new\nthe new york times\nnew yorks")
    first, second, third, fourth = store.passage_ids().tolist()
    assert store.holding("New York", 9) == [first, third, fourth]
    assert store.holding("New York", 2) == [first, third]
    assert store.holding("New York", 1, frozenset({second, third, fourth})) == [third]
    assert store.holding("—", 9) == []


def test_common_words_are_searched_as_if_every_passage_were_scored(store: Store) -> None:
    chance = random.Random(7)
    words = ["harbour", *["boat"] * 3, *["keeper"] * 9, *["tower"] * 27, *["field"] * 60]
    lines = [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(2 * FEW_ROWS)]
    _add(store, "a.txt", "\n".join(lines))
    asked = ["harbour", "boats", "keeper", "tower"]
    assert sum(store.document_frequency(asked).values()) > FEW_ROWS
    every_row_scored = store.rows(
        "SELECT rowid, -bm25(passages_fts) AS score FROM passages_fts WHERE passages_fts MATCH ? "
        "ORDER BY score DESC, rowid LIMIT 20",
        '"harbour" OR "boat" OR "keeper" OR "tower"',
    )
    found = store.search_text(asked, 20)
    assert [passage_id for passage_id, _ in found] == [passage_id for passage_id, _ in every_row_scored]
    assert [score for _, score in found] == pytest.approx([score for _, score in every_row_scored])


def _count_and_undo(store: Store) -> None:
    with store.writing() as connection:
        connection.execute("DELETE FROM passages")
        n_passages = store.n_passages()
        raise ZeroDivisionError(n_passages)


def test_counts_follow_every_change_and_every_undoing(store: Store, path: Path) -> None:
    document = _add(store, "a.txt", "one two")
    with Store.read(path) as reader:
        assert (reader.n_passages(), reader.document_frequency(["two"])) == (1, {"two": 1})
        _add(store, "b.txt", "two three")
        assert (reader.n_passages(), reader.document_frequency(["two"])) == (2, {"two": 2})
    with pytest.raises(ZeroDivisionError, match="0"):
        _count_and_undo(store)
    assert store.n_passages() == 2
    store.remove_document(document.id)
    assert store.n_passages() == 1


def test_dates_are_told_as_corrected_and_in_order_of_names(store: Store) -> None:
    first, second = _add(store, "b.txt", "one"), _add(store, "a.txt", "two")
    holdings = Holdings(store)
    holdings.correct(first.id, Correction(date="2019-05-01"))
    assert list(holdings.dates().items()) == [(second.id, store.source(second.id).date), (first.id, "2019-05-01")]
    assert holdings.dates([first.id, "unknown"]) == {first.id: "2019-05-01"}
    assert holdings.dates([]) == {}


def test_documents_are_found_by_name_path_and_beginning_of_id(store: Store) -> None:
    document = _add(store, "folder/a.txt", "words")
    for wanted in ("folder/a.txt", "/texts/folder/a.txt", document.id, document.id[:6].upper()):
        assert store.resolve(wanted) == (document.source,)
    assert store.resolve("nothing") == store.resolve(document.id[:3]) == store.resolve("%%%%") == ()


def test_unknown_documents_raise_key_error(store: Store) -> None:
    for ask in (store.document, store.source):
        with pytest.raises(KeyError):
            ask("nothing")


def test_the_revision_grows_with_every_change(store: Store) -> None:
    seen = [store.revision()]
    document = _add(store, "a.txt", "one")
    seen.append(store.revision())
    store.record_file(_file(document, "/texts/b.txt"))
    seen.append(store.revision())
    store.remove_document(document.id)
    seen.append(store.revision())
    assert seen == sorted(set(seen))


def test_changed_content_replaces_the_old_document_only_where_no_file_holds_it(store: Store) -> None:
    old = _add(store, "a.txt", "old words")
    store.record_file(_file(old, "/texts/copy.txt"))
    new = _document("a.txt", "new words")
    _add(store, "a.txt", "new words", _file(new, "/texts/a.txt"))
    assert {source.id: source.path for source in store.sources()} == {old.id: "/texts/copy.txt", new.id: "/texts/a.txt"}
    newer = _document("a.txt", "newer words")
    _add(store, "a.txt", "newer words", _file(newer, "/texts/a.txt"))
    assert {source.id for source in store.sources()} == {old.id, newer.id}
    assert [i for i, _ in store.search_text(["new"], 5)] == []


def test_a_removed_document_is_in_no_file_afterwards(store: Store, path: Path) -> None:
    _add(store, "keep.txt", "harmless words stay")
    gone = _add(store, "gone.txt", "zqmarker here\nand zqmarker there\n" * 50 + "end")
    backup = path.with_name("store.db.format-0")
    backup.write_text("zqmarker")
    with Store.read(path) as reader:
        assert reader.search_text(["zqmarker"], 1)
        assert store.remove_document(gone.id)
        for file in path.parent.iterdir():
            assert b"zqmarker" not in file.read_bytes(), file
        assert reader.search_text(["zqmarker"], 1) == []
    assert not store.remove_document(gone.id)
    assert [row.name for row in store.files()] == ["keep.txt"]
    assert store.is_sound()
    assert not backup.exists()


def test_what_a_reader_keeps_from_being_wiped_is_wiped_later(store: Store, path: Path) -> None:
    gone = _add(store, "gone.txt", "zqmarker here\nand zqmarker there\n" * 50 + "end")
    store.rows("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM documents").fetchone()
        assert store.remove_document(gone.id)
        assert any(b"zqmarker" in file.read_bytes() for file in path.parent.iterdir())
        assert not store.purge()
        reader.execute("COMMIT")
    assert store.purge()
    assert not any(b"zqmarker" in file.read_bytes() for file in path.parent.iterdir())


def test_ids_of_removed_passages_are_never_given_again(store: Store) -> None:
    gone = _add(store, "a.txt", "one\ntwo")
    before = set(store.passage_ids().tolist())
    store.remove_document(gone.id)
    _add(store, "b.txt", "three\nfour")
    assert not before & set(store.passage_ids().tolist())


def test_another_embedder_drops_all_vectors_until_they_are_replaced(store: Store) -> None:
    document = _add(store, "a.txt", "one two\nthree")
    store.set_embedder("other", 4)
    assert store.embedded_ids().tolist() == []
    assert store.passages_without_embeddings(9).tolist() == store.passage_ids().tolist()
    assert not store.sentences(store.passage_ids())[int(store.passage_ids()[0])][0].embedding.any()
    store.replace_embeddings(document.id, np.eye(4, dtype=np.float32)[:2], np.eye(4, dtype=np.float32)[:3])
    assert store.passages_without_embeddings(9).tolist() == []
    np.testing.assert_array_equal(store.embeddings(store.passage_ids()), np.eye(4, dtype=np.float32)[:2])
    revision = store.revision()
    store.set_embedder("other", 4)
    assert store.revision() == revision


def test_files_are_private(store: Store, path: Path) -> None:
    _add(store, "a.txt", "one")
    for file in path.parent.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_reader_sees_what_the_writer_commits_and_cannot_write(store: Store, path: Path) -> None:
    with Store.read(path) as reader:
        document = _add(store, "a.txt", "one")
        assert reader.sources() == (document.source,)
        with pytest.raises(StoreUnavailable, match="may only be read"):
            reader.record_file(_file(document))


def test_reading_works_while_a_write_is_under_way(store: Store, path: Path) -> None:
    _add(store, "a.txt", "one")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Store.read(path) as reader:
            assert reader.n_passages() == 1
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_store_is_shared_by_threads(store: Store) -> None:
    documents = [f"thread {number}\nline" for number in range(12)]
    threads = [threading.Thread(target=_add, args=(store, f"{n}.txt", text)) for n, text in enumerate(documents)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.sources()) == 12
    assert store.n_passages() == 24


def test_no_library_to_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no library yet"):
        Store.read(tmp_path / "none.db")


def test_a_newer_format_is_left_untouched(store: Store, path: Path) -> None:
    store.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    before = path.read_bytes()
    for way in (Store.open, Store.read):
        with pytest.raises(StoreTooNew, match="format 99"):
            way(path)
    assert path.read_bytes() == before


def test_an_older_format_is_backed_up_and_brought_up_to_date(store: Store, path: Path, monkeypatch) -> None:
    document = _add(store, "a.txt", "one")
    store.close()
    monkeypatch.setattr(storefile, "MIGRATIONS", (*MIGRATIONS, ("ALTER TABLE documents ADD COLUMN note TEXT",)))
    with pytest.raises(StoreUnavailable, match="older format"):
        Store.read(path)
    with Store.open(path) as migrated:
        assert migrated.opening.backup is not None
        assert migrated.sources() == (document.source,)
    backup = migrated.opening.backup
    assert backup.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(backup) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert copy.execute("SELECT count(*) FROM documents").fetchone() == (1,)
    copy.close()


def test_a_failed_migration_changes_nothing(store: Store, path: Path, monkeypatch) -> None:
    document = _add(store, "a.txt", "one")
    store.close()
    monkeypatch.setattr(storefile, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE extra (a)", "CREATE TABLE extra (b)")))
    with pytest.raises(StoreUnavailable):
        Store.open(path)
    monkeypatch.undo()
    with Store.open(path) as again:
        assert again.sources() == (document.source,)


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 500)


def _torn_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 6] = b"\xa5" * (4096 * 5)
    path.write_bytes(content)


def _cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("damage", [_garbage, _torn_pages, _cut_off])
def test_a_damaged_library_is_set_aside_and_a_new_one_begun(store: Store, path: Path, damage) -> None:
    _add(store, "a.txt", "one\n" * 200 + "two")
    store.close()
    damage(path)
    damaged = path.read_bytes()
    with Store.open(path) as fresh:
        assert fresh.sources() == ()
        aside = fresh.opening.set_aside
        assert aside is not None
        assert aside.read_bytes() == damaged
        assert aside.name.startswith("store.db.damaged-")
    with Store.open(path) as again:
        assert again.opening.set_aside is None


@pytest.mark.parametrize("damage", [_garbage, _torn_pages, _cut_off])
def test_a_damaged_library_that_others_have_open_is_refused_and_left_where_it_is(
    store: Store, path: Path, damage
) -> None:
    _add(store, "a.txt", "one\n" * 200 + "two")
    store.close()
    damage(path)
    damaged = path.read_bytes()
    with pytest.raises(StoreUnavailable, match=r"damaged\. Close Seedbook and start it again"):
        Store.open(path, may_set_aside=False)
    assert path.read_bytes() == damaged
    with Store.open(path) as fresh:
        assert fresh.opening.set_aside is not None


def _read_everything(store: Store) -> None:
    for source in store.sources():
        store.document(source.id)
    store.passages(store.passage_ids())
    store.sentences(store.passage_ids())
    store.search_text(["one"], 500)


def test_damage_met_later_is_a_sentence_and_asks_for_a_check(store: Store, path: Path) -> None:
    _add(store, "a.txt", "one\n" * 400 + "two")
    store.close()
    with Store.open(path) as opened:
        _torn_pages(path)
        with pytest.raises(StoreUnavailable, match="damaged"):
            _read_everything(opened)
    assert path.with_name("store.db.suspect").exists()


def test_a_full_disk_is_a_sentence_and_the_store_works_again_when_there_is_space(store: Store) -> None:
    _add(store, "a.txt", "one")
    limit = store.rows("PRAGMA page_count")[0][0] + 2
    store.rows(f"PRAGMA max_page_count = {limit}")
    with pytest.raises(StoreUnavailable, match="disk is full"):
        _add(store, "big.txt", "words and words\n" * 5000 + "end")
    assert [source.name for source in store.sources()] == ["a.txt"]
    store.rows("PRAGMA max_page_count = 1073741823")
    _add(store, "big.txt", "words and words\n" * 5000 + "end")
    assert len(store.sources()) == 2


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        Store.open(tmp_path / "file" / "store.db")


_CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.unit.rag.test_store import _add
from rag.store import Store
store = Store.open(Path(sys.argv[2]))
store.set_embedder("hashing", 8)
start = int(sys.argv[4])
with open(sys.argv[3], "a", buffering=1) as acknowledged:
    for number in range(start, start + 10_000):
        document = _add(store, f"{number}.txt", f"document {number} says\\n" + "some words here\\n" * 20 + "end")
        acknowledged.write(document.id + "\\n")
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(path: Path, tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    chance = random.Random(20)
    n_attempts = n_kills(4)
    for attempt in range(n_attempts):
        before = acknowledged.stat().st_size
        arguments = [str(_ROOT), str(path), str(acknowledged), str(attempt * 10_000)]
        child = subprocess.Popen([sys.executable, "-c", _CHILD, *arguments], cwd=_ROOT)
        deadline = time.monotonic() + 30
        while acknowledged.stat().st_size == before:
            assert child.poll() is None
            assert time.monotonic() < deadline
        threading.Event().wait(chance.uniform(0, 0.15))
        child.send_signal(signal.SIGKILL)
        child.wait()
    with Store.open(path) as store:
        assert store.opening.set_aside is None
        assert store.is_sound()
        ids = {source.id for source in store.sources()}
        lines = acknowledged.read_text().split("\n")[:-1]
        assert len(lines) == len(set(lines))
        assert set(lines) <= ids
        assert len(ids) <= len(lines) + n_attempts
        assert len({source.name for source in store.sources()}) == len(ids)
        for document_id_ in ids:
            passages = store.passages_of(document_id_)
            assert [passage.ordinal for passage in passages] == list(range(22))
            assert sum(map(len, store.sentences([passage.id for passage in passages]).values())) == 3 + 60 + 1
        assert set(store.passage_ids(lines).tolist()) <= set(store.embedded_ids().tolist())
        assert len(store.search_text(["document"], 10**6)) == len(ids)
