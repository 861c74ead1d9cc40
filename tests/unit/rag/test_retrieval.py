"""Retrieval finds what the question's words, their meaning, neighbours and names lead to, and says how it scored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.asking import asking
from rag.bridging import bridged
from rag.chunking import Chunker
from rag.retrieval import (
    LEXICAL_WEIGHT,
    LEXICAL_WEIGHT_FOREIGN,
    LEXICAL_WEIGHT_OTHER_SCRIPT,
    Retriever,
    lexical_weight,
)
from rag.store import Store
from rag.types import Hit, Scope
from rag.vectors import VectorIndex
from tests.fakes import HashingEmbedder, count_tokens
from tests.unit.rag.made import document

_EMBEDDER = HashingEmbedder()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "library.db") as opened:
        opened.set_embedder(_EMBEDDER.name, _EMBEDDER.dimension)
        yield opened


def _add(store: Store, text: str, title: str, max_tokens: int = 40) -> str:
    made = document(text, f"{title}.txt", title)
    passages = Chunker(count_tokens, max_tokens).chunk(text)
    sentences = [sentence.span.cut(text) for passage in passages for sentence in passage.sentences]
    whole = [passage.span.cut(text) for passage in passages]
    store.add_document(made, passages)
    store.replace_embeddings(made.id, _EMBEDDER.embed(whole), _EMBEDDER.embed(sentences))
    return made.id


def _hits(store: Store, question: str, scope: Scope | None = None) -> tuple[Hit, ...]:
    return Retriever(store, VectorIndex(store), _EMBEDDER).retrieve(question, scope or Scope()).hits


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Which bridges did the engineers build?", "The engineer built a bridge over the river."),
        ("Welche Brücken wurden gebaut?", "Die Brücke am Fluss wurde im Jahr 1901 gebaut."),
        ("Когда построили мост через реку?", "Мост через реку был построен в 1901 году."),
        ("متى بني الجسر؟", "تم بناء الجسر في عام ١٩٠١."),
        ("大桥是什么时候建成的？", "这座大桥在1901年建成。"),
    ],
)
def test_a_question_finds_the_passage_of_its_own_language(store: Store, question: str, wanted: str) -> None:
    for n, text in enumerate(
        (
            "The engineer built a bridge over the river.",
            "Die Brücke am Fluss wurde im Jahr 1901 gebaut.",
            "Мост через реку был построен в 1901 году.",
            "تم بناء الجسر في عام ١٩٠١.",
            "这座大桥在1901年建成。",
            "The kitchen garden grows beans and lettuce.",
        )
    ):
        _add(store, text, f"text {n}")
    assert _hits(store, question)[0].text == wanted


def test_scores_fall_and_stay_between_0_and_1(store: Store) -> None:
    for n in range(30):
        _add(store, f"Bridge number {n} crosses the Kabul River near Jalalabad.", f"Bridge {n}")
    scores = [hit.score for hit in _hits(store, "Which bridge crosses the Kabul River?")]
    assert len(scores) == 20
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_every_hit_has_its_similarity(store: Store) -> None:
    _add(store, "The novel was published by Two Dollar Radio.", "A novel")
    _add(store, "Two Dollar Radio is a publishing house based in Columbus.", "Two Dollar Radio is a publishing house")
    assert all(hit.similarity is not None for hit in _hits(store, "Where is the publisher of the novel based?"))


def test_a_name_that_the_first_passage_brings_in_leads_to_the_passage_about_it(store: Store) -> None:
    first = _add(store, "Her novel Orange Eats Creeps was printed by Umber Larch in 2010.", "Orange Eats Creeps")
    about = _add(store, "Umber Larch is a house in Columbus, founded in 2005.", "Umber Larch is a house in Columbus")
    mention = _add(store, "Later that year they left Umber Larch behind.", "Later that year")
    _add(store, "Another house was founded elsewhere.", "Another house")
    for n in range(20):
        _add(store, f"Field number {n} lies fallow.", f"Field {n}")
    places = {store.passages_of(about)[0].id: "about", store.passages_of(mention)[0].id: "mention"}
    (best,) = store.passages_of(first)
    question = asking("When was the printer of Orange Eats Creeps founded?", 24, {"found": 2, "printer": 0})
    gains = bridged(store, question, {best.id: 0.9}, [best.id])
    assert {places[i] for i in gains} == {"about", "mention"}
    assert max(gains, key=gains.__getitem__) == store.passages_of(about)[0].id
    assert bridged(store, asking("Orange Eats Creeps", 24, {}), {best.id: 0.9}, [best.id]) == {}


def test_a_short_passage_gains_by_its_neighbours(store: Store) -> None:
    _add(store, "Zerabulak lies far away.\n\nThe harvest there failed twice.", "one", max_tokens=8)
    _add(store, "The harvest elsewhere failed twice.\n\nNothing more is known.", "two", max_tokens=8)
    texts = [hit.text for hit in _hits(store, "Did the harvest of Zerabulak fail?")]
    assert texts.index("The harvest there failed twice.") < texts.index("The harvest elsewhere failed twice.")


def test_a_scope_holds_for_everything_that_is_found(store: Store) -> None:
    inside = _add(store, "Kabulov met Nicholson in Moscow.", "inside")
    _add(store, "Nicholson met Kabulov in Moscow twice, said Miller.", "outside")
    hits = _hits(store, "Where did Kabulov meet Nicholson?", Scope((inside,)))
    assert {hit.source.id for hit in hits} == {inside}


def test_a_question_without_words_of_its_own_is_answered_by_meaning(store: Store) -> None:
    _add(store, "What is it about?", "one")
    assert [hit.lexical for hit in _hits(store, "What is it about?")] == [None]


def test_nothing_is_found_in_an_empty_library(store: Store) -> None:
    assert _hits(store, "Where?") == ()


@pytest.mark.parametrize(
    ("question", "weight"),
    [
        ("Who built it?", LEXICAL_WEIGHT),
        ("Kabulov 2016", LEXICAL_WEIGHT),
        ("Wer hat das gebaut?", LEXICAL_WEIGHT_FOREIGN),
        ("Кто это построил?", LEXICAL_WEIGHT_OTHER_SCRIPT),
        ("谁建的？", LEXICAL_WEIGHT_OTHER_SCRIPT),
    ],
)
def test_full_text_counts_the_more_the_less_the_vectors_can_know(question: str, weight: float) -> None:
    assert lexical_weight(question) == weight


def test_a_store_that_never_had_a_vector_is_searched_by_words(tmp_path: Path) -> None:
    with Store.open(tmp_path / "bare.db") as bare:
        text = "The keeper counted forty boats."
        made = document(text, "a.txt", "Boats")
        bare.add_document(made, Chunker(count_tokens, 40).chunk(text))
        hits = Retriever(bare, VectorIndex(bare), _EMBEDDER).retrieve("How many boats?", Scope()).hits
    assert [hit.text for hit in hits] == [text]


def test_the_clauses_of_a_question_have_vectors_of_their_own(store: Store) -> None:
    _add(store, "The harbour of Oslo closed.", "harbours")
    question = (
        "Which harbour of Oslo was closed by merchants after a storm, and which engineers from Sweden repaired the "
        "wooden railway bridge of Bergen?"
    )
    retriever = Retriever(store, VectorIndex(store), _EMBEDDER)
    found = retriever.retrieve(question, Scope())
    assert found.of_clauses.tolist() == _EMBEDDER.embed(found.asked.clauses).tolist()
    assert len(found.of_clauses) == 2
    assert len(retriever.retrieve("Which harbour closed?", Scope()).of_clauses) == 0


def test_a_passage_without_vectors_gets_them_for_the_question_and_counts_as_if_it_had_them(store: Store) -> None:
    _add(store, "The ferry to Oslo is late in winter. Oslo has a harbour.", "Ferries")
    _add(store, "The harbour of Oslo closed in 1998. Few miss it.", "Harbours")
    question = "When did the harbour of Oslo close?"
    retriever = Retriever(store, VectorIndex(store), _EMBEDDER)
    before = retriever.retrieve(question, Scope())
    assert not before.late_sentences
    with store.writing() as connection:
        connection.execute("DELETE FROM passage_vectors")
        connection.execute("UPDATE sentences SET embedding = NULL")
    after = retriever.retrieve(question, Scope())
    assert {i: len(run) for i, run in after.late_sentences.items()} == {hit.passage_id: 2 for hit in before.hits}
    assert [hit.passage_id for hit in after.hits] == [hit.passage_id for hit in before.hits]
    assert [hit.score for hit in after.hits] == pytest.approx([hit.score for hit in before.hits], abs=0.002)
    assert [hit.similarity for hit in after.hits] == pytest.approx([hit.similarity for hit in before.hits], abs=0.002)
