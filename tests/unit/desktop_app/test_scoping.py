"""A scope holds what the pipeline finds in it, and what is gone from it never widens it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktop_app.scoping import Holding, left_of, standing_of, without
from rag.holdings import Collection, Holdings
from rag.store import Store
from rag.types import Scope
from tests.transcripts import ARABIC_DOCUMENT, COPIES, PAPER, REPORT_DOCUMENT

DOCUMENTS = (REPORT_DOCUMENT, ARABIC_DOCUMENT, PAPER, *COPIES)
UNDATED = COPIES[1]
TRIAL = Collection("Trial", (PAPER.id, UNDATED.id))
HOLDING = Holding(tuple(one.source for one in DOCUMENTS), (Collection("Empty", ()), TRIAL))
SCOPES = (
    Scope(),
    Scope((PAPER.id, "gone")),
    Scope(("gone",)),
    Scope(collection="Trial"),
    Scope(collection="Empty"),
    Scope(collection="Gone"),
    Scope(since="2020-02-15"),
    Scope(until="2024"),
    Scope(since="2030"),
    Scope(collection="Trial", since="2020", until="2020"),
    Scope((REPORT_DOCUMENT.id,), collection="Trial"),
    Scope((REPORT_DOCUMENT.id,), collection="Trial", since="2025"),
)


@pytest.fixture(scope="module")
def holdings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holdings]:
    with Store.open(tmp_path_factory.mktemp("library") / "library.db") as store:
        for one in DOCUMENTS:
            store.add_document(one, ())
        kept = Holdings(store)
        for collection in HOLDING.collections:
            kept.collect(collection.name, collection.document_ids)
        yield kept


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_holds_the_very_documents_that_the_pipeline_asks(holdings: Holdings, scope: Scope) -> None:
    resolved = holdings.resolved(scope)
    asked = () if resolved is None else resolved.document_ids or tuple(one.id for one in DOCUMENTS)
    assert {source.id for source in standing_of(scope, HOLDING).documents} == set(asked)


def test_a_choice_of_which_nothing_is_left_is_not_the_whole_library() -> None:
    assert left_of(Scope(("a", "b")), HOLDING) is None
    assert left_of(Scope(("a", PAPER.id)), HOLDING) == Scope((PAPER.id,))
    assert left_of(Scope(), HOLDING) == left_of(Scope(), Holding()) == Scope()


def test_a_collection_that_is_gone_leaves_nothing_and_not_its_dates_alone() -> None:
    assert left_of(Scope(collection="Gone"), HOLDING) is None
    assert left_of(Scope(collection="Gone", since="2019"), HOLDING) is None
    assert left_of(Scope(("a",), since="2019"), HOLDING) is None
    assert left_of(Scope((PAPER.id,), "Gone", "2019"), HOLDING) == Scope((PAPER.id,), since="2019")


def test_a_collection_that_is_there_is_left_as_it_is_though_it_is_empty() -> None:
    for scope in (Scope(collection="Empty"), Scope(collection="Trial", since="2019"), Scope(until="1900")):
        assert left_of(scope, HOLDING) == scope


def test_documents_without_a_date_are_counted_where_dates_bind() -> None:
    counted = (
        Scope(since="1900"),
        Scope(collection="Trial", until="2030"),
        Scope((PAPER.id,), until="2030"),
        Scope(collection="Trial"),
    )
    assert [standing_of(scope, HOLDING).n_undated for scope in counted] == [1, 1, 0, 0]


def test_only_a_scope_with_a_document_can_be_asked_and_an_empty_library_is_no_matter_of_scopes() -> None:
    askable = (Scope(), Scope(collection="Trial"), Scope((PAPER.id, "gone")), Scope(since="2024"))
    assert all(standing_of(scope, HOLDING).is_askable for scope in askable)
    empty = (Scope(collection="Empty"), Scope(collection="Gone"), Scope(("gone",)), Scope(since="2030"))
    assert not any(standing_of(scope, HOLDING).is_askable for scope in empty)
    assert standing_of(Scope(), Holding()).is_askable


def test_removed_documents_leave_a_choice_unless_it_would_be_empty_then() -> None:
    assert without(Scope(("a", "b"), since="2019"), ("a",)) == Scope(("b",), since="2019")
    assert without(Scope(("a",)), ("a",)) == Scope(("a",))
    assert without(Scope(("a",), "Trial"), ("a",)) == Scope(collection="Trial")
    assert without(Scope(), ("a",)) == Scope()
    assert replace(Scope(), since="2019") == without(Scope(since="2019"), ("a",))
