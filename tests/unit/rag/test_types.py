"""Spans and quotes cannot be wrong."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import QuestionTooLong, StoreTooNew, StoreUnavailable, UnreadableSource
from rag.types import Quote, Span, document_id
from tests.unit.rag.made import document

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(TEXTS, st.data())
def test_a_quote_is_the_very_characters_of_its_span(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    owner = document(text)
    quote = Quote.cut(owner, Span(start, end), 0.5)
    assert quote.text == text[start:end]
    assert quote.is_verbatim_in(owner)


def test_a_quote_is_not_verbatim_in_a_text_that_changed() -> None:
    quote = Quote.cut(document("Kunduz briefly fell."), Span(0, 6), 0.5)
    assert not quote.is_verbatim_in(document("Kundus briefly fell."))


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 2)])
def test_an_impossible_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="span"):
        Span(start, end)


def test_a_span_past_the_end_is_refused_and_not_shortened() -> None:
    with pytest.raises(ValueError, match="past"):
        Quote.cut(document("short"), Span(0, 6), 0.5)


def test_the_same_text_is_the_same_document_under_any_name() -> None:
    assert document("x y", "a.txt").id == document("x y", "b/c.md").id == document_id("x y")


@pytest.mark.parametrize(
    "error",
    [
        QuestionTooLong(n_tokens=9, limit_tokens=5),
        StoreTooNew(path="p", found=3, known=1),
        StoreUnavailable(path="p", reason="it is gone"),
        UnreadableSource(path="p", reason="it is a folder"),
    ],
)
def test_errors_survive_the_way_between_processes(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
