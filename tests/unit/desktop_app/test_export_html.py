from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.export_html import to_html
from desktop_app.transcript import Transcript
from rag.types import Quote, Span
from tests.transcripts import answer, document, hostile, placed, realistic, telling, transcript, turn

TEXTS = st.text(
    st.one_of(
        st.sampled_from("<>&\"'\n\r\t \0\x07\x85\xa0\u2028\u202e/=!-[]`😀نש"), st.characters(exclude_categories=["Cs"])
    ),
    min_size=1,
)


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and the text of each block quote."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.quotes: list[str] = []
        self.text = ""
        self._is_quoting = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "blockquote":
            self.quotes.append("")
            self._is_quoting = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._is_quoting = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._is_quoting:
            self.quotes[-1] += data


def shown(text: str) -> str:
    return text.replace("\0", "\ufffd")


@pytest.mark.parametrize("made", [realistic(), telling(), hostile()], ids=["realistic", "telling", "hostile"])
def test_quotes_survive_and_nothing_runs_or_is_fetched(made: Transcript) -> None:
    page = Page(to_html(made))
    assert page.quotes == [shown(exhibit.text) for exhibit in made.exhibits()]
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "link", "base", "form", "svg"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in {"src", "style", "action"} for name in attributes)
        assert attributes.get("href", "#").startswith("#")  # type: ignore[union-attr]
    assert "http://" not in to_html(realistic())
    assert "url(" not in to_html(realistic())
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    assert ("meta", {"http-equiv": "Content-Security-Policy", "content": policy}) in page.elements


@given(TEXTS)
def test_any_text_survives_in_a_quote_and_adds_no_element(text: str) -> None:
    def page_of(quoted: str) -> Page:
        cut = Quote.cut(document(quoted, quoted, quoted, quoted), Span(0, len(quoted)), 0.5, "x")
        return Page(to_html(transcript(turn("Why?", answer(quotes=(cut,)), 1))))

    page = page_of(text)
    assert page.quotes == [shown(text)]
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in page_of("plain").elements]


def test_every_citation_leads_to_its_quote_and_statuses_are_words() -> None:
    page = Page(to_html(realistic()))
    anchors = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links == ["#q1", "#q2", "#q3", "#q4", "#t3q1"]
    assert len(anchors) == len(set(anchors))
    assert {str(link)[1:] for link in links} <= set(anchors)
    assert "[not supported: 2027 is in none of the quotes]" in page.text
    assert "[quoted]" in page.text


def test_each_quote_says_where_it_comes_from() -> None:
    made = realistic()
    text = Page(to_html(made)).text
    for exhibit in made.exhibits():
        source = exhibit.source
        place = f"characters {exhibit.span.start}–{exhibit.span.end}"
        for piece in (source.title, source.date, source.name, source.path, source.id, place):
            assert piece is not None
            assert piece in text


def test_what_happened_is_said_plainly() -> None:
    text = Page(to_html(realistic())).text
    for sentence in (
        "The sources do not say",
        "Searched for: What did the tide gauge at Harlow Point cost?",
        "This answer was stopped by the reader; it is not complete.",
        "Not checked against the quotes: They were also che",
        "The model stopped working and was started again. Ask again.",
        "temperature 0, seed 7, at most 160 tokens",
    ):
        assert sentence in text


def test_documents_text_is_isolated_from_its_neighbours() -> None:
    page = to_html(hostile())
    assert "\u202e" in page
    outside = re.sub(r"<bdi>.*?</bdi>|<title>.*?</title>|title=\"[^\"]*\"", "", page, flags=re.DOTALL)
    assert "\u202e" not in outside


def test_places_authors_and_further_documents_stand_under_their_quotes() -> None:
    text = Page(to_html(placed())).text
    for piece in (
        "Asked only of the collection “Trial 2019”, documents from 2019 to June 2020.",
        "by Voss, Ingrid; Amsel, Ruth",
        "papers/pier.pdf · page 1 · characters 0–32 · English",
        "page 2 · characters 34–54 · English · read by OCR",
        "Also in Pier in the news, 1 March 2020; ",
        "Single letters or numbers may be misread.",
    ):
        assert piece in text
    assert "OCR" not in to_html(realistic())


def test_what_an_answer_says_besides_its_quotes_is_told() -> None:
    text = Page(to_html(telling())).text
    for sentence in (
        "The answer in the words of a source",
        "Where the sources differ",
        "Quotes 2, 1",
        "Only sources from 2020 to 2025, newest first.",
        "Read 3 of 3 documents: 1 mentions “gauge” (2 places).",
        "Sea level at Harlow Point, 14 March 2025",
        "Read 3 of 3 documents: none of them mentions “whale”.",
        "said by",
    ):
        assert sentence in text
    assert "best_similarity" not in text
