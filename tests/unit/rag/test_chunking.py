"""What the chunker promises of any text: places, order, budget, coverage; and how it reads lines."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import frontmatter
from rag.chunking import REACHED_OVER_CHARS, Chunker
from rag.types import Span, blanked
from tests.fakes import count_tokens

_PARTS = [
    "Kabul", " ", "  ", "\n", "\n\n", ". ", "? ", "! ", "“", "”", "’", "… ", "[…]", "\n» Read more", "# ", "- ", "1. ",
    "é", "e\u0301", "\u0301", "👩‍👩‍👧", "🇩🇪", "\u200d", "مرحبا", "؟ ", "שלום", "你好。", "\u2028", "\u2029", "\x0c",
    "\u00a0", "<|endoftext|>", "<|im_end|>", "U.S. ", "Dr. ", ", ", "; ", "---\n", "title: x\n", "===", "\n---\n", "\t",
    "a" * 70, "wrapped at a margin of some forty letters\n", "|", "\x1c", "\u0000", "(", ")",
]  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PARTS) | st.text(max_size=4), max_size=60).map("".join)


def _words(count: int) -> str:
    return " ".join(f"word{number}" for number in range(count))


def _sentences(text: str, max_tokens: int = 200) -> list[str]:
    passages = Chunker(count_tokens, max_tokens).chunk(text)
    return [sentence.span.cut(text) for passage in passages for sentence in passage.sentences]


@given(_TEXTS, st.integers(min_value=1, max_value=40))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_passages_are_in_order_within_budget_and_cover_every_visible_character_once(text: str, budget: int) -> None:
    passages = Chunker(count_tokens, budget).chunk(text)
    seen = [0] * len(text)
    n_sentences = 0
    for ordinal, passage in enumerate(passages):
        assert passage.ordinal == ordinal
        assert passage.n_tokens == count_tokens(passage.span.cut(text)) <= budget
        assert passage.span.start == passage.sentences[0].span.start
        assert passage.span.end == passage.sentences[-1].span.end
        for sentence in passage.sentences:
            assert sentence.ordinal == n_sentences
            n_sentences += 1
            assert sentence.span.cut(text) == sentence.span.cut(text).strip() != ""
            for place in range(sentence.span.start, sentence.span.end):
                seen[place] += 1
    head = frontmatter.end_of(text)
    for place, character in enumerate(text):
        if place < head:
            assert seen[place] == 0
        elif not character.isspace():
            assert seen[place] == 1
    spans = [sentence.span for passage in passages for sentence in passage.sentences]
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


@given(_TEXTS, st.integers(min_value=8, max_value=40))
def test_the_same_text_is_always_cut_alike_and_budgets_in_characters_hold_too(text: str, budget: int) -> None:
    chunker = Chunker(len, budget)
    passages = chunker.chunk(text)
    assert passages == chunker.chunk(text)
    assert all(len(passage.span) <= budget for passage in passages)


@given(_TEXTS, st.lists(st.integers(0, 400), max_size=12), st.lists(st.integers(0, 400), max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_sentence_holds_what_is_excluded_and_no_passage_crosses_a_break(
    text: str, ends: list[int], breaks: list[int]
) -> None:
    ends = sorted({end for end in ends if end <= len(text)})
    excluded = [Span(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]
    passages = Chunker(count_tokens, 40).chunk(text, excluded, breaks)
    quotable = blanked(text, excluded)
    assert len(quotable) == len(text)
    seen = set()
    for passage in passages:
        assert passage.n_tokens == count_tokens(passage.span.cut(quotable))
        assert not any(passage.span.start < place < passage.span.end for place in breaks)
        for sentence in passage.sentences:
            assert not any(sentence.span.overlaps(span) for span in excluded)
            seen.update(range(sentence.span.start, sentence.span.end))
        for left, right in itertools.pairwise(passage.sentences):
            hidden = sum(len(span) for span in excluded if left.span.end <= span.start < right.span.start)
            assert hidden <= REACHED_OVER_CHARS
    head = frontmatter.end_of(quotable)
    assert seen >= {place for place, c in enumerate(quotable) if place >= head and not c.isspace()}


def _around(noise: str) -> tuple[str, Span]:
    text = f"Kabul said so on Monday.{noise}Moscow said so on Friday."
    return text, Span(24, 24 + len(noise))


def test_a_passage_reaches_over_short_noise_without_its_words() -> None:
    text, noise = _around("\n» Read more\n")
    (passage,) = Chunker(count_tokens).chunk(text, [noise])
    assert passage.span == Span(0, len(text))
    assert [s.span.cut(text) for s in passage.sentences] == ["Kabul said so on Monday.", "Moscow said so on Friday."]
    assert passage.span.cut(blanked(text, [noise])).split("\n" * 13) == [s.span.cut(text) for s in passage.sentences]


def test_long_noise_and_a_chain_of_short_noise_part_passages() -> None:
    text, noise = _around("\n" + "menu " * 60)
    assert len(Chunker(count_tokens).chunk(text, [noise])) == 2
    text, noise = _around("\nAbout us" * 40)
    lines = [Span(start, start + 9) for start in range(noise.start, noise.end, 9)]
    assert len(Chunker(count_tokens).chunk(text, lines)) == 2


def test_a_break_beside_noise_parts_passages() -> None:
    text, noise = _around("\nSlide 2\n")
    for place in (noise.start, noise.end):
        assert len(Chunker(count_tokens).chunk(text, [noise], [place])) == 2


def test_a_budget_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        Chunker(count_tokens, 0)


def test_white_space_and_front_matter_make_no_passage() -> None:
    assert Chunker(count_tokens).chunk(" \n\u2028\t ") == ()
    assert Chunker(count_tokens).chunk("---\ntitle: The title\n---\n") == ()
    assert _sentences("---\ntitle: The title\n---\nThe body.") == ["The body."]


def test_a_teaser_ends_at_its_ellipsis_and_read_more_stands_alone() -> None:
    text = (
        "Haste was avoided […]\n» Read moreRussia, like others, waited […]\n"
        "» Read more“… Ships left. They came back […]"
    )
    assert _sentences(text) == [
        "Haste was avoided […]",
        "» Read more",
        "Russia, like others, waited […]",
        "» Read more",
        "“… Ships left.",
        "They came back […]",
    ]


def test_hard_wrapped_prose_is_read_across_its_line_ends() -> None:
    text = (
        "The commission met in the spring of that year and heard\n"
        "forty witnesses, most of them from the northern coast. It\n"
        "reported to the assembly in June."
    )
    assert _sentences(text) == [
        text[: text.index(" It\n")],
        "It\nreported to the assembly in June.",
    ]


def test_menus_and_one_paragraph_a_line_end_at_line_ends() -> None:
    long = "This paragraph of a saved page stands on one line and is therefore longer than any margin would be, " * 2
    assert _sentences(f"Categories\nQuick analysis\n{long}\nShare this") == [
        "Categories",
        "Quick analysis",
        long.strip(),
        "Share this",
    ]


def test_headings_list_items_and_tables_stand_alone() -> None:
    text = "# The title\nBody text here.\n\nUnder\n=====\n- one\n- two\n1. three\n| a | b |"
    assert _sentences(text) == [
        "# The title",
        "Body text here.",
        "Under\n=====",
        "- one",
        "- two",
        "1. three",
        "| a | b |",
    ]


def test_a_long_quotation_is_cut_into_its_sentences() -> None:
    text = (
        "He wrote that “the harbour was closed for three months in the winter of that year. "
        "The ships that came had to wait outside, and many of them turned back.” Nobody answered."
    )
    assert _sentences(text) == [
        "He wrote that “the harbour was closed for three months in the winter of that year.",
        "The ships that came had to wait outside, and many of them turned back.”",
        "Nobody answered.",
    ]


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert _sentences("Dr. Smith of the U.S. Army paid $4.50. It was cheap.") == [
        "Dr. Smith of the U.S. Army paid $4.50.",
        "It was cheap.",
    ]


def test_a_sentence_over_the_budget_is_cut_at_a_clause_and_then_at_spaces() -> None:
    text = f"{_words(15)}, {_words(15)}"
    pieces = _sentences(text, max_tokens=20)
    assert pieces[0] == f"{_words(15)},"
    assert all(count_tokens(piece) <= 20 for piece in pieces)


def test_a_hard_cut_keeps_composed_characters_whole() -> None:
    text = "e\u0301" * 400
    pieces = _sentences_by_length(text, 25)
    assert "".join(pieces) == text
    assert all(piece.startswith("e") for piece in pieces)


def _sentences_by_length(text: str, budget: int) -> list[str]:
    return [s.span.cut(text) for passage in Chunker(len, budget).chunk(text) for s in passage.sentences]


def test_a_heading_opens_a_passage_where_both_sides_are_big_enough() -> None:
    text = f"{_words(60)}.\n\n## Second part\n{_words(60)}."
    first, second = Chunker(count_tokens, 200).chunk(text)
    assert first.span.cut(text) == f"{_words(60)}."
    assert second.span.cut(text).startswith("## Second part")


def test_a_heading_is_not_left_behind_at_the_end_of_a_passage() -> None:
    text = f"{_words(90)}.\n\n## Second part\n\n{_words(95)}."
    passages = Chunker(count_tokens, 100).chunk(text)
    assert [passage.span.cut(text).startswith("## Second") for passage in passages] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2_000_000,
        "word " * 100_000,
        "a\n" * 50_000,
        "“" * 50_000,
        "a" + "\u0301" * 50_000,
        "# a\n" * 25_000,
        "... " * 50_000,
    ],
    ids=["one word of 2 MB", "one line", "short lines", "opening quotes", "combining marks", "headings", "dots"],
)
def test_hostile_texts_are_cut_in_bounded_time(text: str) -> None:
    began = time.monotonic()
    passages = Chunker(count_tokens).chunk(text)
    assert time.monotonic() - began < 30
    assert sum(len(passage.span.cut(text).strip()) for passage in passages) <= len(text)
    assert all(passage.n_tokens <= 200 for passage in passages)


def test_front_matter_is_found_only_at_the_head_and_only_when_closed() -> None:
    assert frontmatter.end_of("---\ntitle: x\n---\nBody") == len("---\ntitle: x\n---\n")
    assert frontmatter.end_of("---\ntitle: x\n---") == len("---\ntitle: x\n---")
    assert frontmatter.end_of("---\ntitle: x\nBody") == 0
    assert frontmatter.end_of("\n---\ntitle: x\n---\n") == 0
    assert frontmatter.end_of("---\n" + "a: b\n" * 1000 + "---\n") == 0


def test_front_matter_is_read_as_plain_lines() -> None:
    text = '---\nTitle: "A: b"\ndate: 2020-03-31\nalias: &a [x]\nalias2: *a\n  nested: no\n---\n'
    assert frontmatter.fields(text) == {"title": "A: b", "date": "2020-03-31", "alias": "&a [x]", "alias2": "*a"}
