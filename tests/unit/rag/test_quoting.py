"""Sentences worth quoting are chosen, those that touch become one quote, and the answer's words come from them."""

from dataclasses import replace

from rag.asking import asking
from rag.quoting import LONGEST_JOINED_CHARS, answer_span, choose, is_quotable
from rag.ranking import Ranking, is_readable, rank
from rag.types import Span
from rag.weights import read_weights
from tests.unit.rag.made import candidate
from tests.unit.rag.readers import FakeReader

WEIGHTS = read_weights()


def _ranked(question: str, *sentences: str, words: str | None, similarities: tuple[float, ...] = ()) -> Ranking:
    reader = None if words is None else FakeReader(words)
    ranking = rank(asking(question, 1000, {}), [candidate(*sentences, similarities=similarities)], WEIGHTS, reader)
    assert ranking is not None
    return ranking


def test_scripts_without_spaces_can_be_quoted() -> None:
    assert is_quotable("北京是中国的首都。")
    assert not is_quotable("北京")


def test_sentences_that_touch_become_one_quote() -> None:
    sentences = ("The harbour closed in May.", "The harbour closed after a storm.", "The harbour closed for good.")
    chosen = choose(_ranked("When was the harbour closed?", *sentences, words=None, similarities=(0.7, 0.7, 0.7)))
    assert [kept.span for kept in chosen] == [Span(0, len(" ".join(sentences)))]
    assert len(chosen[0].sentences) == 3


def test_joined_quotes_do_not_grow_without_end() -> None:
    sentences = tuple(f"The harbour closed in the year {n} after a very long and heavy storm." for n in range(12))
    ranking = _ranked("When was the harbour closed?", *sentences, words=None, similarities=(0.7,) * 12)
    assert all(len(kept.span) <= LONGEST_JOINED_CHARS for kept in choose(ranking))


def test_a_sentence_that_is_far_less_likely_is_not_quoted() -> None:
    sentences = ("The harbour of Oslo closed in 1987.", "#", "Cake needs two eggs and flour.")
    ranking = _ranked("When was the harbour closed?", *sentences, words="1987", similarities=(0.8, 0.0, 0.0))
    strict = replace(ranking.judging, quoted_share=0.9, chance_slope=1.0)
    ranking = Ranking(ranking.asked, ranking.sentences, ranking.rows, strict)
    assert [kept.span for kept in choose(ranking)] == [Span(0, len(sentences[0]))]


def test_the_answer_is_cut_from_a_quoted_sentence() -> None:
    ranking = _ranked("When was the harbour closed?", "The harbour closed in 1987.", words="1987")
    pointed = answer_span("When was the harbour closed?", choose(ranking), ranking)
    assert pointed is not None
    owner, span, chance = pointed
    assert owner.text[span.start : span.end] == "1987"
    assert 0 <= chance <= 1


def test_a_question_of_yes_or_no_has_no_words_to_cut() -> None:
    ranking = _ranked("Was the harbour closed in 1987?", "The harbour closed in 1987.", words="1987")
    assert answer_span("Was the harbour closed in 1987?", choose(ranking), ranking) is None


def test_without_a_reader_no_words_are_pointed_at() -> None:
    ranking = _ranked("When was the harbour closed?", "The harbour closed in 1987.", words=None)
    assert answer_span("When was the harbour closed?", choose(ranking), ranking) is None
    assert ranking.judging is WEIGHTS.plain


def test_a_question_in_another_script_is_judged_without_the_reader() -> None:
    assert not is_readable("港口什么时候关闭?")
    assert is_readable("Wann schloß der Hafen von Århus?")
    ranking = _ranked("港口什么时候关闭?", "港口于1987年关闭。", words="1987")
    assert ranking.judging is WEIGHTS.plain
