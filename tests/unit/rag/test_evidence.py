"""Retrieval and evidence over a real store: the right passages, exact quotes, an honest verdict."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from threading import Event

import pytest

from rag.chunking import Chunker
from rag.evidence import Finder
from rag.ingest import Ingest
from rag.quoting import MOST_QUOTES, is_quotable
from rag.reading import LocalReader
from rag.retrieval import Retriever
from rag.store import Store
from rag.types import Period, Scope, Verdict
from rag.vectors import VectorIndex
from rag.weights import read_weights
from tests.fakes import HashingEmbedder, count_tokens
from tests.unit.rag.readers import FakeReader, reading_of

TEXTS = {
    "kunduz.md": "# Fighting in the north\n\nKunduz briefly fell to the Taliban in September 2015. The army took the "
    "city back within days.\n",
    "harbour.txt": "The harbour of Oslo closed in 1998. Ferries to Denmark leave from another quay. Few miss it.\n",
    "recipe.txt": "Beat two eggs with sugar. Add flour and milk. Bake the cake for forty minutes. Let it cool down.\n",
}


@pytest.fixture
def store(tmp_path: Path):
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    with Store.open(tmp_path / "library.db") as store:
        list(Ingest(store, HashingEmbedder(dimension=256), LocalReader(), Chunker(count_tokens)).add([folder]))
        yield store


@pytest.fixture
def retriever(store: Store) -> Retriever:
    return Retriever(store, VectorIndex(store), HashingEmbedder(dimension=256))


@pytest.fixture
def finder(store: Store, retriever: Retriever) -> Finder:
    return Finder(store, retriever, read_weights())


def _id(store: Store, name: str) -> str:
    return store.resolve(name)[0].id


def test_the_passage_that_holds_the_words_comes_first_with_both_scores(retriever: Retriever) -> None:
    hits = retriever.retrieve("When did the harbour of Oslo close?", Scope()).hits
    assert hits[0].source.name == "harbour.txt"
    assert hits[0].lexical is not None
    assert hits[0].similarity is not None
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_scope_keeps_every_other_document_out(store: Store, retriever: Retriever) -> None:
    hits = retriever.retrieve("When did the harbour of Oslo close?", Scope((_id(store, "recipe.txt"),))).hits
    assert {hit.source.name for hit in hits} == {"recipe.txt"}


def test_quotes_are_the_documents_own_characters(store: Store, retriever: Retriever) -> None:
    findings = Finder(store, retriever, read_weights(), FakeReader("1998")).find(
        "When did the harbour of Oslo close?", Scope()
    )
    assert findings.quotes[0].text.startswith("The harbour of Oslo closed in 1998.")
    assert all(quote.is_verbatim_in(store.document(quote.source.id)) for quote in findings.quotes)
    assert len(findings.quotes) <= MOST_QUOTES


def test_quotes_of_one_document_do_not_overlap(finder: Finder) -> None:
    quotes = finder.find("When did the harbour of Oslo close, and where do ferries leave?", Scope()).quotes
    for n, quote in enumerate(quotes):
        assert not any(q.source.id == quote.source.id and q.span.overlaps(quote.span) for q in quotes[n + 1 :])


def test_a_heading_is_never_quoted(finder: Finder) -> None:
    findings = finder.find("What happened in the fighting in the north?", Scope())
    assert not any("#" in quote.text for quote in findings.quotes)
    assert not is_quotable("## Fighting in the north")
    assert not is_quotable("Read more")
    assert is_quotable("Kunduz briefly fell.")


def test_a_question_about_something_else_is_not_in_the_sources(finder: Finder) -> None:
    findings = finder.find("Who won the chess championship of Peru?", Scope())
    assert (findings.verdict, findings.quotes) == (Verdict.NOT_IN_SOURCES, ())
    assert findings.hits
    assert "Peru" in findings.missing


def test_an_empty_library_has_nothing_to_say(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.db") as store:
        retriever = Retriever(store, VectorIndex(store), HashingEmbedder())
        findings = Finder(store, retriever, read_weights()).find("Who is it?", Scope())
    assert (findings.verdict, findings.hits, findings.quotes) == (Verdict.NOT_IN_SOURCES, (), ())


@pytest.mark.parametrize(
    "question", ["", "?", "the of and", "'\" OR * NEAR(", "ß" * 5000, "\ud800".encode("utf-8", "replace").decode()]
)
def test_no_question_is_too_odd_to_search_for(finder: Finder, question: str) -> None:
    assert finder.find(question, Scope()).verdict is not None


def test_a_verdict_is_measured_although_the_reader_has_stopped(finder: Finder) -> None:
    cancel = Event()
    cancel.set()
    stopped = finder.find("When did the harbour of Oslo close?", Scope(), cancel)
    assert stopped == finder.find("When did the harbour of Oslo close?", Scope())


def test_a_very_long_question_is_searched_for_by_its_beginning(finder: Finder) -> None:
    findings = finder.find("When did the harbour of Oslo close? " + "irrelevant words " * 20_000, Scope())
    assert findings.hits[0].source.name == "harbour.txt"


def test_a_removed_document_is_neither_found_nor_quoted(store: Store, finder: Finder) -> None:
    store.remove_document(_id(store, "harbour.txt"))
    findings = finder.find("When did the harbour of Oslo close?", Scope())
    assert "harbour.txt" not in {hit.source.name for hit in findings.hits}


def test_with_a_reader_the_answer_is_cut_out_of_a_quote(store: Store, retriever: Retriever) -> None:
    finder = Finder(store, retriever, read_weights(), FakeReader("1998"))
    findings = finder.find("When did the harbour of Oslo close?", Scope())
    assert findings.span is not None
    assert findings.span.text == "1998"
    owner = next(quote for quote in findings.quotes if quote.span.contains(findings.span.span))
    assert owner.source.id == findings.span.source.id
    assert findings.span.is_verbatim_in(store.document(owner.source.id))


def test_a_number_that_no_quoted_text_holds_makes_the_answer_partial(store: Store, retriever: Retriever) -> None:
    finder = Finder(store, retriever, read_weights(), FakeReader("1998"))
    assert finder.find("When did the harbour of Oslo close?", Scope()).verdict is Verdict.ANSWERED
    findings = finder.find("Who closed the harbour of Oslo in 1912?", Scope())
    assert findings.verdict is not Verdict.ANSWERED
    assert "1912" in findings.missing


def test_a_verdict_gives_its_reasons(finder: Finder) -> None:
    for question in ("When did the harbour of Oslo close?", "Who composed the opera about whales?"):
        assert finder.find(question, Scope()).reasons


REPORTS = {
    "one.txt": "Date: 2019-05-02\n\nAccording to Anna Berg, the old bridge over the river Sava was 120 metres long.\n",
    "two.txt": "Date: 2021-08-14\n\nThe old bridge over the river Sava was 260 metres long, said Karl Olsen.\n",
    "three.txt": "Date: 2023-01-20\n\nNobody has measured the mountain behind the village since the war.\n",
}


@pytest.fixture
def reports(tmp_path: Path):
    folder = tmp_path / "reports"
    folder.mkdir()
    for name, text in REPORTS.items():
        (folder / name).write_text(text)
    with Store.open(tmp_path / "reports.db") as store:
        list(Ingest(store, HashingEmbedder(dimension=256), LocalReader(), Chunker(count_tokens)).add([folder]))
        yield store


def _finder(store: Store, words: str | None = None) -> Finder:
    embedder = HashingEmbedder(dimension=256)
    reader = FakeReader(words) if words else None
    today = date(2024, 1, 1)
    return Finder(store, Retriever(store, VectorIndex(store), embedder), read_weights(), reader, lambda: today)


def test_a_period_keeps_documents_of_other_times_out(reports: Store) -> None:
    findings = _finder(reports).find("What do articles since 2020 say about the bridge over the Sava?", Scope())
    assert findings.period == Period(since="2020")
    assert {hit.source.name for hit in findings.hits} <= {"two.txt", "three.txt"}


def test_a_period_without_any_document_has_nothing_to_say(reports: Store) -> None:
    findings = _finder(reports).find("What do articles from 1950 say about the bridge over the Sava?", Scope())
    assert findings.verdict is Verdict.NOT_IN_SOURCES
    assert findings.hits == ()


def test_a_question_about_the_whole_collection_reads_every_document(reports: Store) -> None:
    findings = _finder(reports).find("How many documents mention the river Sava?", Scope())
    assert findings.survey is not None
    assert findings.survey.n_documents == len(REPORTS)
    assert {source.name for source in findings.survey.holding} == {"one.txt", "two.txt"}
    assert {quote.source.name for quote in findings.quotes} == {"one.txt", "two.txt"}
    assert all(quote.is_verbatim_in(reports.document(quote.source.id)) for quote in findings.quotes)


def test_what_no_document_mentions_is_not_in_the_sources_after_all_were_read(reports: Store) -> None:
    findings = _finder(reports).find("Which documents mention penguins?", Scope())
    assert findings.verdict is Verdict.NOT_IN_SOURCES
    assert findings.survey is not None
    assert (findings.survey.n_documents, findings.survey.holding) == (len(REPORTS), ())


def test_who_says_a_quote_is_named_where_the_text_names_them(reports: Store) -> None:
    findings = _finder(reports).find("How long was the old bridge over the river Sava?", Scope())
    assert {"Anna Berg", "Karl Olsen"} >= {quote.speaker for quote in findings.quotes if quote.speaker}
    assert any(quote.speaker for quote in findings.quotes)


def test_values_that_exclude_each_other_make_the_sources_differ(reports: Store) -> None:
    question = "How long was the old bridge over the river Sava?"
    findings = _finder(reports, words="metres").find(question, Scope())
    assert findings.positions == ()  # both point at the same word
    reader = PointingAtNumbers()
    embedder = HashingEmbedder(dimension=256)
    finder = Finder(reports, Retriever(reports, VectorIndex(reports), embedder), read_weights(), reader)
    differing = finder.find(question, Scope())
    assert differing.verdict is Verdict.SOURCES_DIFFER
    assert {position.value.text for position in differing.positions} == {"120 metres", "260 metres"}
    for position in differing.positions:
        (n,) = position.quotes
        assert differing.quotes[n].source.id == position.value.source.id
        assert differing.quotes[n].span.contains(position.value.span)


class PointingAtNumbers:
    """A reader that is sure of every length in metres."""

    def read(self, question: str, passages):  # type: ignore[no-untyped-def]
        found = [re.search(r"\d+ metres", text) for _, text in passages]
        return [reading_of(text, match[0] if match else "\0") for (_, text), match in zip(passages, found, strict=True)]
