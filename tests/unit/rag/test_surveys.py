"""A question about the whole collection is told from one about a fact, and every document is read for it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.surveys import Place, Sought, Unit, survey, survey_of
from rag.types import Document, Source, Span, document_id


def document(text: str, name: str = "a.txt") -> Document:
    return Document(Source(document_id(text), name, name, name, None, None, "text/plain", len(text)), text)


def sentences_of(read: Document) -> Sequence[Span]:
    """Every line is a sentence."""
    spans, start = [], 0
    for line in read.text.split("\n"):
        if line:
            spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return spans


@pytest.mark.parametrize(
    ("question", "phrases", "unit"),
    [
        ("How many documents mention the Taliban?", ("Taliban",), Unit.DOCUMENTS),
        ("How many of my texts refer to Zamir Kabulov?", ("Zamir Kabulov",), Unit.DOCUMENTS),
        ("How many sources mention Russia and China?", ("Russia", "China"), Unit.DOCUMENTS),
        ("How many articles discuss peace talks?", ("peace talks",), Unit.DOCUMENTS),
        ("How many of the documents here mention Kabul in total?", ("Kabul",), Unit.DOCUMENTS),
        ("Which documents mention Kunduz?", ("Kunduz",), Unit.DOCUMENTS),
        ("Which texts talk about “secret channels”?", ("secret channels",), Unit.DOCUMENTS),
        ("Which document mentions Kunduz?", ("Kunduz",), Unit.DOCUMENTS),
        ("Which of the articles are about weapons?", ("weapons",), Unit.DOCUMENTS),
        ("Which sources say that Russia paid fighters?", ("Russia paid fighters",), Unit.DOCUMENTS),
        ("What documents mention Iran or Pakistan?", ("Iran", "Pakistan"), Unit.DOCUMENTS),
        ("List all documents that mention Iran.", ("Iran",), Unit.DOCUMENTS),
        ("Show me all articles about Iran", ("Iran",), Unit.DOCUMENTS),
        ("In which texts does Kunduz occur?", ("Kunduz",), Unit.DOCUMENTS),
        ("In how many documents is the ministry mentioned?", ("ministry",), Unit.DOCUMENTS),
        ("List every mention of Zamir Kabulov.", ("Zamir Kabulov",), Unit.MENTIONS),
        ("Find all references to the peace accord in these documents", ("peace accord",), Unit.MENTIONS),
        ("How often is Kabulov mentioned?", ("Kabulov",), Unit.MENTIONS),
        ("How many times does the word “jihad” occur in my texts?", ("jihad",), Unit.MENTIONS),
        ("How many times is Kabulov named in the documents?", ("Kabulov",), Unit.MENTIONS),
        ("List all ambassadors.", ("ambassadors",), Unit.THINGS),
        ("Who all met the Taliban?", ("met the Taliban",), Unit.THINGS),
    ],
)
def test_a_question_about_the_whole_collection_says_what_it_seeks(
    question: str, phrases: tuple[str, ...], unit: Unit
) -> None:
    sought = survey_of(question)
    assert sought is not None
    assert (sought.phrases, sought.unit) == (phrases, unit)


@pytest.mark.parametrize(
    "question",
    """How many people live in Kabul?
How many troops did the U.S. withdraw?
How many articles does the constitution have?
How many documents did the spy steal?
How many texts make up the Vedas?
How many sources does the river have?
How many files can a folder hold?
How many reports were filed in 2019?
How many notes are in an octave?
How many posts did the fort have?
How many times did Napoleon marry?
How many times has Brazil won the cup?
How many times is Jerusalem mentioned in the Quran?
How often is the council elected?
How often does malaria occur in children?
How often do elections happen?
How many countries border Russia?
How many books did Darwin write?
Which documents are required for a visa?
Which document ended the war?
Which document mentions the earliest settlement?
What document did Jefferson write?
Which texts did Luther translate?
Which article of the treaty covers defence?
What articles of clothing are made of wool?
Which sources contain vitamin C?
What sources of energy does Iran use?
Which report led to the reform?
Which texts were burned?
In which text did Plato describe Atlantis?
In which documents did the king give up power?
In what article was the phrase coined?
List the members of the union.
Who all?
What all
Who mentioned the accord first?
Who is mentioned in the will?
What is mentioned in the first article?
Which countries mention God in their constitution?
What do the documents say about Kabul?
What did the article say about Iran?
How many?
What is a document?
Name the author of the report.
""".strip().split("\n"),
)
def test_a_question_about_a_fact_is_no_survey(question: str) -> None:
    assert survey_of(question) is None


def test_every_document_is_read_and_those_that_hold_it_are_told() -> None:
    read = [
        document("The Talibans' envoy came.\nHe left.", "a"),
        document("Nothing.", "b"),
        document("taliban\ntaliban", "c"),
    ]
    found, places = survey(Sought(("Taliban",), Unit.DOCUMENTS), read, sentences_of)
    assert (found.n_documents, [source.name for source in found.holding], found.n_mentions) == (3, ["a", "c"], 3)
    assert [place.words.cut(read[0].text) for place in places[:1]] == ["Talibans"]


def test_a_phrase_stands_side_by_side_in_any_inflection() -> None:
    text = document("Peace talks began.\nThey talked of peace.\nA peace talk is planned.\nTalks on peace.")
    found, places = survey(Sought(("peace talks",), Unit.MENTIONS), [text], sentences_of)
    assert [place.words.cut(text.text) for place in places] == ["Peace talks", "peace talk"]
    assert found.n_mentions == 2


def test_words_that_need_not_be_adjacent_share_a_sentence() -> None:
    text = document("Russia, it is said, paid the fighters.\nRussia left.\nFighters paid.")
    assert len(survey(Sought(("Russia paid fighters",), Unit.DOCUMENTS, False), [text], sentences_of)[1]) == 1


def test_two_phrases_may_stand_apart_in_a_document_but_not_in_a_mention() -> None:
    text = document("Russia came.\nChina left.")
    assert survey(Sought(("Russia", "China"), Unit.DOCUMENTS), [text], sentences_of)[0].n_mentions == 2
    assert survey(Sought(("Russia", "China"), Unit.MENTIONS), [text], sentences_of)[0].holding == ()
    assert survey(Sought(("Russia", "Iran"), Unit.DOCUMENTS), [text], sentences_of)[0].holding == ()
    assert survey(Sought(("Russia", "Iran"), Unit.DOCUMENTS, is_any=True), [text], sentences_of)[0].n_mentions == 1


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("city", "Cities fell."),
        ("dying", "They die."),
        ("U.S.", "The US left."),
        ("1,000", "1000 men"),
        ("Café", "two cafes"),
    ],
)
def test_the_quick_look_passes_over_no_inflection(phrase: str, text: str) -> None:
    assert survey(Sought((phrase,), Unit.MENTIONS), [document(text)], sentences_of)[0].n_mentions == 1


_TEXTS = st.lists(st.text(st.sampled_from("Tabc ’'.é1,\n"), min_size=1, max_size=30), max_size=4)


@given(_TEXTS, st.sampled_from("ab T cab".split()))
def test_places_stand_inside_their_sentences(texts: list[str], phrase: str) -> None:
    read = [document(text) for text in texts]
    found, places = survey(Sought((phrase,), Unit.MENTIONS), read, sentences_of)
    assert found.n_documents == len(read)
    assert all(isinstance(place, Place) and place.sentence.contains(place.words) for place in places)
    assert {place.source for place in places} == set(found.holding)
