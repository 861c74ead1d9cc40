"""Sentences worth quoting are chosen, those that touch become one quote, and the answer's words come from them."""

from collections.abc import Sequence
from dataclasses import replace

from rag.asking import asking
from rag.features import Candidate
from rag.quoting import (
    LONGEST_JOINED_CHARS,
    QUOTES_BESIDE_CLAUSES,
    QUOTES_OF_CLAUSE,
    answer_span,
    choose,
    is_quotable,
)
from rag.ranking import Ranking, is_readable, rank
from rag.types import Span
from rag.weights import read_weights
from tests.unit.rag.made import candidate
from tests.unit.rag.readers import FakeReader

WEIGHTS = read_weights()


def _ranked(question: str, *sentences: str, words: str | None, similarities: tuple[float, ...] = ()) -> Ranking:
    made = candidate(*sentences, similarities=similarities)
    return _of(question, made, [()] * len(sentences), None if words is None else FakeReader(words))


def _of(question: str, made: Candidate, near: Sequence[tuple[float, ...]], reader: FakeReader | None = None) -> Ranking:
    """The ranking of one passage whose sentences are as near to the clauses as `near` says; () is not near to any."""
    asked = asking(question, 1000, {})
    away = (0.0,) * len(asked.clauses)
    own = tuple(replace(s, of_clauses=of or away) for s, of in zip(made.sentences, near, strict=True))
    ranking = rank(asked, [replace(made, sentences=own)], WEIGHTS, reader)
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
    ranking = replace(ranking, judging=strict)
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
    question = "Which harbour airport railway bridge tunnel road canal ferry station pier dock quay closed?"
    same = "The harbour and the airport and the railway and the bridge closed."
    other = "A tunnel closed."
    ranking = _ranked(question, same, "Nothing else is known.", same, "Nobody asked.", other, words=None)
    weighed = replace(ranking, judging=replace(ranking.judging, cover_weight=100.0))
    texts = [" ".join(r.sentence.text for r in kept.sentences) for kept in choose(weighed)]
    assert next(i for i, text in enumerate(texts) if other in text) <= 1


OF_CLAUSES = (
    "Which harbour of Oslo was closed by the merchants after a storm, "
    "while engineers from Sweden repaired the railway bridge, and who paid for the new airport of Bergen?"
)


def _texts(ranking: Ranking) -> list[str]:
    return [" ".join(r.sentence.text for r in kept.sentences) for kept in choose(ranking)]


def test_every_clause_of_a_question_gets_its_sentence_before_any_gets_a_second() -> None:
    places = ("pier", "ship", "quay", "crane", "mast", "rope", "sail", "dock", "wreck", "light", "tide", "crew")
    about_one = [f"The harbour of Oslo was closed by merchants after a storm broke the {place}." for place in places]
    near = {"A bridge was mended.": (0.0, 0.9, 0.0), "Somebody paid.": (0.0, 0.0, 0.9)}
    sentences = [part for sentence in (*about_one, *near) for part in (sentence, "#")]
    made = candidate(*sentences, similarities=(0.8,) * len(sentences))
    ranking = _of(OF_CLAUSES, made, [near.get(sentence, (0.5, 0.0, 0.0)) for sentence in sentences])
    ranking = replace(ranking, judging=replace(ranking.judging, clause_weight=1000.0))
    texts = _texts(ranking)
    assert near.keys() < set(texts[:4])
    assert len(texts) == QUOTES_BESIDE_CLAUSES + 3 * QUOTES_OF_CLAUSE


def test_clauses_are_sought_for_by_words_where_no_sentence_has_a_vector() -> None:
    sentences = ("The harbour of Oslo was closed.", "#", "The railway bridge was repaired.")
    assert len(_texts(_ranked(OF_CLAUSES, *sentences, words=None, similarities=(0.0,) * 3))) == 2


def test_lines_that_tell_of_a_document_take_no_place_where_several_things_are_asked() -> None:
    about = "The harbour of Oslo was closed by merchants."
    lines = ("Harbours of Norway and their merchants", "Source: The Oslo Harbour Times", "Published: 2023-10-25T22:03")
    made = candidate(*lines, about, similarities=(0.9, 0.9, 0.9, 0.1))
    made = replace(made, source=replace(made.source, title=lines[0]))
    assert _texts(_of(OF_CLAUSES, made, [(0.9, 0.9, 0.9)] * 4)) == [about]
    assert lines[2] in " ".join(_texts(_of("When was the Oslo Harbour Times published?", made, [()] * 4)))


def test_a_first_sentence_that_serves_as_a_title_is_quoted() -> None:
    about = "The harbour of Oslo was closed by merchants."
    made = candidate(about)
    made = replace(made, source=replace(made.source, title=about))
    assert _texts(_of(OF_CLAUSES, made, [()])) == [about]
