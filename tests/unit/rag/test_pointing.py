"""What a reader points at lies inside its sentence, inside its passage, and says what the text says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.pointing import MOST_TOKENS, NAMES, UNREAD, features, read_sentences
from rag.types import Span
from tests.unit.rag.readers import FakeReading, reading_of

TEXT = "The harbour closed in 1987 (after a storm). Nobody knows why."
SENTENCES = [Span(100, 143), Span(144, 161)]
PASSAGE = Span(100, 100 + len(TEXT))


def _cut(span: Span) -> str:
    return TEXT[span.start - 100 : span.end - 100]


def test_the_span_is_where_the_reader_points() -> None:
    first, second = read_sentences(reading_of(TEXT, "1987"), PASSAGE, TEXT, SENTENCES)
    assert first.pointed is not None
    assert _cut(first.pointed.span) == "1987"
    assert first.margin > 0 >= second.margin


@pytest.mark.parametrize(
    ("words", "kept"),
    [("1987 (after a storm).", "1987 (after a storm)"), ("after a storm)", "after a storm"), ("why.", "why")],
)
def test_marks_at_the_ends_are_left_out_unless_their_other_half_is_inside(words: str, kept: str) -> None:
    read = read_sentences(reading_of(TEXT, words), PASSAGE, TEXT, SENTENCES)
    best = max((r.pointed for r in read if r.pointed), key=lambda pointed: pointed.margin)
    assert _cut(best.span) == kept


def test_a_sentence_beyond_what_was_read_is_unread() -> None:
    read = read_sentences(reading_of(TEXT, "1987", read_chars=43), PASSAGE, TEXT, SENTENCES)
    assert read[1] is UNREAD
    assert read[0].pointed is not None


def test_features_are_shares_and_one_sentence_is_the_best() -> None:
    rows = features(read_sentences(reading_of(TEXT, "1987"), PASSAGE, TEXT, SENTENCES))
    assert rows.shape == (2, len(NAMES))
    assert ((rows >= 0) & (rows <= 1)).all()
    assert rows[:, NAMES.index("is_best_span")].tolist() == [1.0, 0.0]
    assert features([]).shape == (0, len(NAMES))


@given(st.text(alphabet=st.sampled_from('ab é🙂.,()"“” \n'), min_size=1, max_size=80), st.data())
def test_every_span_lies_inside_its_passage_and_is_bare_of_white_space(text: str, drawn: st.DataObject) -> None:
    offsets = [(i, i + 1) for i, c in enumerate(text) if not c.isspace()]
    logits = st.lists(st.floats(-9, 9, width=32), min_size=len(offsets), max_size=len(offsets))
    start, end = drawn.draw(logits), drawn.draw(logits)
    reading = FakeReading(
        np.array(offsets, dtype=np.int32).reshape(-1, 2),
        np.array(start, dtype=np.float32),
        np.array(end, dtype=np.float32),
        np.zeros(len(offsets), dtype=np.float32),
        0.0,
        0.0,
    )
    (read,) = read_sentences(reading, Span(7, 7 + len(text)), text, [Span(7, 7 + len(text))])
    if read.pointed is not None:
        span = read.pointed.span
        words = text[span.start - 7 : span.end - 7]
        assert 7 <= span.start < span.end <= 7 + len(text)
        assert words == words.strip()
        assert len([o for o in offsets if span.start - 7 <= o[0] < span.end - 7]) <= MOST_TOKENS
