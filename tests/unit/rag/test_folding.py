"""What folding promises: copies are told once and counted, and what differs in a single word is no copy."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.folding import folded, is_repeated, normal, with_copies
from rag.types import Document, Hit, Quote, Source, Span, document_id

_AGENCY = "The minister said on Monday that the bridge would be closed for eleven months. Repairs cost 4.2 million."


def _document(text: str, name: str) -> Document:
    return Document(Source(document_id(text), name, f"/{name}", name, None, None, "text/plain", len(text)), text)


def _hit(text: str, name: str, score: float = 0.5) -> Hit:
    return Hit(_document(text, name).source, 1, Span(0, len(text)), text, score, None, None)


def test_a_passage_that_repeats_a_better_one_is_left_out() -> None:
    better, copy = _hit(_AGENCY, "a.txt", 0.9), _hit(_AGENCY.upper().replace(".", " –"), "b.txt")
    part = _hit(_AGENCY.split(". ", maxsplit=1)[0] + ".", "c.txt")
    other = _hit("Nobody knows how long the ferry has been out of service this winter.", "d.txt")
    assert folded([better, copy, other, part]) == (better, other)


def test_a_text_that_gives_another_number_or_name_is_no_copy() -> None:
    first = _hit(_AGENCY, "a.txt")
    assert folded([first, _hit(_AGENCY.replace("eleven", "twelve"), "b.txt")])[1].source.name == "b.txt"
    denied = _AGENCY.replace("would be", "would not be")
    assert len(folded([_hit(denied, "a.txt"), first])) == 2
    assert not is_repeated("It was built by Maria Holt in the north.", ["It was built by Maria Hill in the north."])


def test_scripts_without_spaces_are_folded_by_their_characters() -> None:
    chinese = "市长星期一说这座横跨河流的桥梁将关闭十一个月"
    paper = _hit(f"据报道{chinese}，修复需要四百万元。", "b.txt")
    assert folded([paper, _hit(f"“{chinese}。”", "a.txt")]) == (paper,)
    assert is_repeated(f"{chinese}。", [chinese])
    (quote,) = with_copies([Quote.cut(_document(chinese, "a.txt"), Span(0, len(chinese)), 0.9)], [paper])
    assert [source.name for source in quote.also_in] == ["b.txt"]
    other = chinese.replace("十一", "十二")
    assert len(folded([paper, _hit(other, "a.txt")])) == 2
    assert not is_repeated("他没有回答。", ["他没有回答"])


def test_short_texts_may_be_the_same_by_chance() -> None:
    assert len(folded([_hit("He did not answer.", "a.txt"), _hit("He did not answer!", "b.txt")])) == 2
    assert not is_repeated("He did not answer.", ["He did not answer."])


def test_a_quote_names_the_other_documents_that_hold_its_words() -> None:
    own = _document(_AGENCY, "a.txt")
    quote = Quote.cut(own, Span(0, _AGENCY.index(" Repairs")), 0.9)
    paper = _hit("LONDON. " + _AGENCY.replace("bridge", "BRIDGE"), "b.txt")
    changed = _hit(_AGENCY.replace("eleven", "twelve"), "c.txt")
    (with_copy,) = with_copies([quote], [_hit(_AGENCY, "a.txt"), paper, paper, changed])
    assert [source.name for source in with_copy.also_in] == ["b.txt"]
    assert with_copy.text == quote.text


@given(st.lists(st.text(max_size=60), max_size=8))
def test_folding_keeps_the_order_and_every_word_that_was_there(texts: list[str]) -> None:
    hits = [_hit(text, f"{n}.txt") for n, text in enumerate(texts) if text]
    kept = folded(hits)
    assert list(kept) == [hit for hit in hits if hit in kept]
    held = {word for hit in kept for word in normal(hit.text).split()}
    assert all(set(normal(hit.text).split()) <= held for hit in hits)
