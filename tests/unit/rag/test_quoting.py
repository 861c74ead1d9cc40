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
    strict = replace(ranking.judging, quoted_share=0.9, beside_share=0.9, chance_slope=1.0)
    ranking = Ranking(ranking.asked, ranking.sentences, ranking.rows, strict)
    assert [kept.span for kept in choose(ranking)] == [Span(0, len(sentences[0]))]


def test_the_answer_is_cut_from_a_quoted_sentence() -> None:
    ranking = _ranked("When was the harbour closed?", "The harbour closed in 1987.", words="1987")
    pointed = answer_span(choose(ranking), ranking)
    assert pointed is not None
    owner, span, chance = pointed
    assert owner.text[span.start : span.end] == "1987"
    assert 0 <= chance <= 1


def test_a_question_of_yes_or_no_has_no_words_to_cut() -> None:
    ranking = _ranked("Was the harbour closed in 1987?", "The harbour closed in 1987.", words="1987")
    assert answer_span(choose(ranking), ranking) is None


def test_without_a_reader_no_words_are_pointed_at() -> None:
    ranking = _ranked("When was the harbour closed?", "The harbour closed in 1987.", words=None)
    assert answer_span(choose(ranking), ranking) is None
    assert ranking.judging is WEIGHTS.plain


def test_a_question_in_another_script_is_judged_without_the_reader() -> None:
    assert not is_readable(asking("港口什么时候关闭?", 1000, {}))
    assert is_readable(asking("Wann schloß der Hafen von Århus?", 1000, {}))
    ranking = _ranked("港口什么时候关闭?", "港口于1987年关闭。", words="1987")
    assert ranking.judging is WEIGHTS.plain


def test_a_question_about_several_things_is_judged_without_the_reader_and_quotes_more() -> None:
    question = (
        "Did the harbour of Oslo close before the airport of Bergen opened, while the railway to Trondheim was "
        "repaired by engineers from Sweden and paid for by merchants?"
    )
    assert asking(question, 1000, {}).is_compound
    sentences = (
        "The harbour of Oslo closed in May.",
        "Cake needs eggs.",
        "Engineers from Sweden repaired the railway.",
    )
    ranking = _ranked(question, *sentences, words="May", similarities=(0.8, 0.0, 0.7))
    assert ranking.judging is WEIGHTS.plain
    quoted = " ".join(" ".join(r.sentence.text for r in kept.sentences) for kept in choose(ranking))
    assert "Oslo" in quoted
    assert "Sweden" in quoted


def test_words_that_no_quote_holds_yet_are_worth_more_in_a_compound_question() -> None:
    question = "Which harbour, airport, railway, bridge, tunnel, road, canal, ferry, station, pier, dock, quay closed?"
    same = "The harbour and the airport and the railway and the bridge closed."
    other = "A tunnel closed."
    ranking = _ranked(question, same, "Nothing else is known.", same, "Nobody asked.", other, words=None)
    weighed = Ranking(ranking.asked, ranking.sentences, ranking.rows, replace(ranking.judging, cover_weight=100.0))
    texts = [" ".join(r.sentence.text for r in kept.sentences) for kept in choose(weighed)]
    assert next(i for i, text in enumerate(texts) if other in text) <= 1
