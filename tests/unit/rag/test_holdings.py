"""What Holdings promises: corrections that shine through, collections that hold documents, and scopes that resolve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.holdings import Correction, Holdings, WatchedFolder
from rag.store import Store
from rag.types import Document, Passage, Scope, Sentence, Source, Span, document_id


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library.db") as opened:
        yield opened


@pytest.fixture
def holdings(store: Store) -> Holdings:
    return Holdings(store)


def _add(store: Store, name: str, date: str | None = None) -> str:
    text = f"The text of {name}."
    source = Source(document_id(text), name, f"/{name}", name, date, None, "text/plain", len(text), author="Its author")
    span = Span(0, len(text))
    store.add_document(Document(source, text), [Passage(0, span, 5, (Sentence(0, span),))])
    return source.id


def test_a_correction_is_shown_and_taking_it_back_shows_the_file_again(store: Store, holdings: Holdings) -> None:
    wanted_id = _add(store, "a.txt", "2001")
    holdings.correct(wanted_id, Correction("Letters", "1999-05", ""))
    source = store.source(wanted_id)
    assert (source.title, source.date, source.author) == ("Letters", "1999-05", None)
    assert holdings.correction(wanted_id) == Correction("Letters", "1999-05", "")
    holdings.correct(wanted_id, Correction())
    source = store.source(wanted_id)
    assert (source.title, source.date, source.author) == ("a.txt", "2001", "Its author")
    with pytest.raises(KeyError):
        holdings.correct("unknown", Correction())


def test_collections_hold_documents_until_either_goes(store: Store, holdings: Holdings) -> None:
    first, second = _add(store, "a.txt"), _add(store, "b.txt")
    holdings.collect("  Trial   2019 ", [first, second, "unknown"])
    holdings.collect("trial 2019", [first])
    (collection,) = holdings.collections()
    assert (collection.name, set(collection.document_ids)) == ("Trial 2019", {first, second})
    holdings.uncollect("Trial 2019", [first])
    assert holdings.collections()[0].document_ids == (second,)
    store.remove_document(second)
    assert holdings.collections()[0].document_ids == ()
    holdings.remove_collection("Trial 2019")
    assert holdings.collections() == ()
    assert [source.name for source in store.sources()] == ["a.txt"]


def test_a_collection_gets_a_new_name_unless_another_has_it(holdings: Holdings) -> None:
    holdings.collect("One", [])
    holdings.collect("Two", [])
    with pytest.raises(ValueError, match="called two already"):
        holdings.rename_collection("One", "two")
    with pytest.raises(ValueError, match="needs a name"):
        holdings.rename_collection("One", " \n")
    holdings.rename_collection("One", "ONE")
    assert [one.name for one in holdings.collections()] == ["ONE", "Two"]


def test_watched_folders_are_remembered_with_their_collection(holdings: Holdings) -> None:
    holdings.watch(Path("/texts"), "Work")
    holdings.watch(Path("/other"))
    assert holdings.watched() == (WatchedFolder("/other", ""), WatchedFolder("/texts", "Work"))
    holdings.collect("Work", [])
    holdings.rename_collection("Work", "Play")
    assert WatchedFolder("/texts", "Play") in holdings.watched()
    holdings.unwatch(Path("/texts"))
    assert holdings.watched() == (WatchedFolder("/other", ""),)


def test_a_scope_resolves_to_the_documents_it_names(store: Store, holdings: Holdings) -> None:
    first, second, third = _add(store, "a.txt", "2001"), _add(store, "b.txt", "2005-03"), _add(store, "c.txt")
    holdings.collect("Work", [second])
    assert holdings.resolved(Scope()) == Scope()
    assert holdings.resolved(Scope((third, "gone"))) == Scope((third,))
    assert holdings.resolved(Scope(collection="Work")) == Scope((second,))
    assert holdings.resolved(Scope((third,), collection="Work")) == Scope((second, third))
    assert holdings.resolved(Scope(since="2002")) == Scope((second,))
    assert holdings.resolved(Scope(until="2004")) == Scope((first,))
    assert holdings.resolved(Scope((third,), since="2002")) is None
    assert holdings.resolved(Scope(collection="unknown")) is None
    assert holdings.resolved(Scope(("unknown",))) is None
    assert holdings.resolved(Scope(collection="WORK")) is None


def test_a_folder_follows_its_collection_in_whatever_case_either_is_written(holdings: Holdings) -> None:
    holdings.collect("Work", [])
    holdings.watch(Path("/texts"), "work")
    holdings.rename_collection("WORK", "Play")
    assert holdings.watched() == (WatchedFolder("/texts", "Play"),)
    holdings.watch(Path("/texts"), "PLAY")
    holdings.remove_collection("Play")
    assert holdings.watched() == (WatchedFolder("/texts", ""),)
