"""Fifty questions to the texts of ../shared/seeds: no passage and no quote holds menus, appeals or advertising."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.chunking import Chunker
from rag.evidence import Finder
from rag.ingest import Ingest
from rag.reading import LocalReader, read
from rag.retrieval import Retriever
from rag.store import Store
from rag.types import Scope
from rag.vectors import VectorIndex
from rag.weights import read_weights
from tests.fakes import HashingEmbedder, count_tokens

pytestmark = pytest.mark.e2e

_SEEDS = Path(__file__).resolve().parents[2] / ".." / "shared" / "seeds"
_NOISE = re.compile(
    r"support us|donations from private|support our actions|your reaction|share with your friends|hate hate|omg omg|"
    r"viagra|levitra|cialis|erectile|raindogscine|read more|related posts|request invitation|explainer video|"
    r"email address will not|required fields|pressimus",
    re.IGNORECASE,
)
_QUESTIONS = """
Who envoys for Vladimir Putin in Afghanistan?
What will the Taliban need when they join the government?
Within how many months must the United States pull out its troops?
What must the Taliban pledge in return?
What does Moscow see as a milestone?
Why should Russia be cautious about the Taliban?
When did the Supreme Court designate the Taliban as a terror group?
Where did Afghan politicians meet Taliban officials in November 2018?
What is Moscow's strategic goal in Afghanistan?
How can I support the institute?
Who gives donations?
What is your reaction?
Which posts are related?
May images be used without permission?
Where did Moscow move tanks?
Which delegation did Russia host in 2018?
What does Asfandyar Mir say about the United States?
What does Arkady Dubnov say about the strategy?
When did the Soviet Union withdraw?
Which countries are in the security treaty?
What did the diplomatic source guarantee?
Why was Afghanistan invaded after the 11th of September?
What does Pakistan have, according to Trenin?
What does Harsh Pant say about America's cards?
With whom can I share this?
Will my email address be published?
Which feelings can one choose?
What do Russia and Iran have to do with the Taliban?
Which countries met in Moscow at the end of 2016?
What was a major topic of the gathering?
What did the ambassador Mantytskiy announce?
Since when do Russia and the Taliban have relations?
What did General Nicholson say about legitimacy?
How many men were treated successfully?
Where can one buy pills without a prescription?
What reduces the symptoms of a dysfunction?
How many milligrams should be taken?
Which city briefly fell to the Taliban?
Who catalogued the list of crimes?
Who is Elizabeth Wishnick?
What did Colin Powell say about the bounties?
What did the National Security Agency find?
Why did Russia postpone the meeting in Moscow?
What did Lavrov warn Washington of?
What does the Foreign Ministry say about Akhtar Mansoor's death?
Where can I read more?
How do I view my profile?
How do I request an invitation?
Where were the Taliban's contacts with Russia established?
How many American soldiers stay in Afghanistan in 2017?
""".strip().splitlines()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    if not _SEEDS.is_dir():
        pytest.skip("the client's texts lie in ../shared, beside the checkout")
    with Store.open(tmp_path_factory.mktemp("library") / "store.db") as opened:
        list(Ingest(opened, HashingEmbedder(dimension=256), LocalReader(), Chunker(count_tokens)).add([_SEEDS]))
        yield opened


def test_there_are_fifty_different_questions() -> None:
    assert len(set(_QUESTIONS)) == 50


def test_no_passage_of_the_seed_texts_holds_noise(store: Store) -> None:
    for path in sorted(_SEEDS.glob("*.txt")):
        reading = read(path)
        excluded = [mark.span for mark in reading.marks]
        for passage in Chunker(count_tokens).chunk(reading.text, excluded):
            for sentence in passage.sentences:
                assert not _NOISE.search(sentence.span.cut(reading.text))


def test_what_is_marked_in_the_seed_texts_is_little_and_begins_and_ends_with_noise(store: Store) -> None:
    readings = [read(path) for path in sorted(_SEEDS.glob("*.txt"))]
    n_marked = sum(len(mark.span) for reading in readings for mark in reading.marks)
    assert n_marked < 0.07 * sum(len(reading.text) for reading in readings)
    cut_off = [reading for reading in readings if reading.text.count("[…]") > 10]
    assert cut_off
    for reading in cut_off:
        assert not any("[…]" in mark.span.cut(reading.text) for mark in reading.marks)


@pytest.mark.parametrize("question", _QUESTIONS)
def test_no_quote_holds_noise(store: Store, question: str) -> None:
    retriever = Retriever(store, VectorIndex(store), HashingEmbedder(dimension=256))
    hits = retriever.retrieve(question, Scope()).hits
    assert hits
    quotes = Finder(store, retriever, read_weights()).find(question, Scope()).quotes
    for text in (*(hit.text for hit in hits), *(quote.text for quote in quotes)):
        assert not _NOISE.search(text)
