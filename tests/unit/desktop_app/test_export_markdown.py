from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from desktop_app.export_markdown import escape, read_markdown, to_markdown, unescape
from desktop_app.transcript import Transcript, TranscriptError
from rag.types import Quote, Span
from tests.transcripts import answer, document, hostile, placed, realistic, telling, transcript, turn

ACTIVE = (
    "`*_[]()<>&|~#+-.!:/@=\\\n\t \r\0\x0b\x0c\x1c\x7f\x85\xa0\xad\u200b\u2028\u202e\u3000\ufeff0123456789wWhtps;{}$^\"'"
)
TEXTS = st.text(st.one_of(st.sampled_from(ACTIVE), st.characters(exclude_categories=["Cs"])), min_size=1)
BREAK = "\0"


class Rendered(HTMLParser):
    """What a renderer shows: elements, and the text with hard breaks as NUL, which no HTML can hold."""

    def __init__(self, markdown: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(MarkdownIt("commonmark").render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.text += BREAK if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


def as_shown(text: str) -> str:
    """Control characters that HTML cannot hold are shown as replacement marks."""
    return re.sub("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", "\ufffd", text)


@settings(max_examples=400)
@given(TEXTS)
def test_a_renderer_shows_exactly_the_characters_of_a_quote(text: str) -> None:
    quoted = "> " + escape(text).replace("\n", "\n> ")
    rendered = Rendered(f"{quoted}\n\nafter")
    assert set(rendered.tags) <= {"blockquote", "p", "br"}
    assert rendered.tags.count("p") == 2
    shown = re.fullmatch(r"\n(.*)\n\nafter\n", rendered.text.replace(BREAK + "\n", BREAK), re.DOTALL)
    assert shown is not None
    assert shown[1].replace(BREAK, "\n") == as_shown(text)


@settings(max_examples=400)
@given(TEXTS)
def test_our_own_parser_gets_the_exact_characters_back(text: str) -> None:
    written = escape(text)
    assert unescape(written) == text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\u202e]", written)


@settings(max_examples=150)
@given(TEXTS, TEXTS)
def test_a_file_gives_its_exhibits_back_whatever_they_hold(text: str, name: str) -> None:
    cut = Quote.cut(document(text, name, name, name), Span(0, len(text)), 0.5, name)
    made = transcript(turn(name, answer(quotes=(cut, cut), prose=text), 1), title=text)
    reading = read_markdown(to_markdown(made))
    assert [found.exhibit.text for found in reading.exhibits] == [text, text]
    assert [found.exhibit.source.name for found in reading.exhibits] == [name, name]
    assert all(found.is_as_written for found in reading.exhibits)
    assert (reading.n_exhibits, reading.n_quotes, reading.n_stray_blocks) == (2, 2, 0)
    assert reading.is_untouched


@pytest.mark.parametrize("made", [realistic(), telling(), hostile()], ids=["realistic", "telling", "hostile"])
def test_a_whole_export_renders_to_text_only(made: Transcript) -> None:
    rendered = Rendered(to_markdown(made))
    allowed = {"h1", "h2", "h3", "p", "br", "blockquote", "strong", "ul", "li", "hr", "code"}
    assert set(rendered.tags) <= allowed
    assert rendered.tags.count("blockquote") == len(made.exhibits())
    assert rendered.tags.count("h2") == made.n_turns
    assert rendered.tags.count("code") == rendered.tags.count("hr") == 1


def test_ordinary_text_stays_readable_as_it_stands() -> None:
    text = 'He said: "We can\'t (yet) say 4.1 mm, e.g. 50% - or more!" نص 😀'
    assert escape(text) == text


def test_a_file_that_went_through_windows_and_an_editor_reads_the_same() -> None:
    markdown = to_markdown(realistic())
    travelled = "\ufeff" + re.sub(r"(?m)$", "  ", markdown).replace("\n", "\r\n")
    assert read_markdown(travelled) == read_markdown(markdown)


def test_each_quote_says_where_it_comes_from_and_what_happened_is_said() -> None:
    made = realistic()
    text = Rendered(to_markdown(made)).text
    for exhibit in made.exhibits():
        source = exhibit.source
        place = f"characters {exhibit.span.start}–{exhibit.span.end}"
        assert all(
            piece and piece in text for piece in (source.title, source.date, source.name, source.path, source.id, place)
        )
    for sentence in (
        "The sources do not say.",
        "Searched for: What did the tide gauge at Harlow Point cost?",
        "This answer was stopped by the reader; it is not complete.",
        "Not checked against the quotes: They were also che",
        "not supported by the quotes (2027 is in none of the quotes)",
        "Model SmolLM2-135M-Instruct Q4_1; temperature 0, seed 7, at most 160 tokens.",
    ):
        assert sentence in text


def test_what_is_no_export_is_refused() -> None:
    with pytest.raises(TranscriptError, match="no record"):
        read_markdown("# Notes\n\n> a quote\n")
    damaged = to_markdown(realistic()).replace('"start": 61', '"start": 6x1')
    with pytest.raises(TranscriptError, match="record in line"):
        read_markdown(damaged)
    with pytest.raises(TranscriptError, match="newer Seedbook"):
        read_markdown(to_markdown(realistic()).replace('"format_version": 3', '"format_version": 7'))


def test_places_authors_and_further_documents_stand_under_their_quotes() -> None:
    text = Rendered(to_markdown(placed())).text
    for piece in (
        "Asked only of the collection “Trial 2019”, documents from 2019 to June 2020.",
        "Asked only of 3 chosen documents.",
        "by Voss, Ingrid; Amsel, Ruth",
        "page 1 to page 2",
        "English",
        "read by OCR",
        "Also in Pier in the news, 1 March 2020; ",
        "Single letters or numbers may be misread.",
    ):
        assert piece in re.sub("[\u2066-\u2069]", "", text)
    assert "OCR" not in to_markdown(realistic())


def test_what_an_answer_says_besides_its_quotes_is_told() -> None:
    text = to_markdown(telling())
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
