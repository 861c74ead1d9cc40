"""What is measured of a sentence moves the way it should, and stays within its bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asking import asking
from rag.features import NAMES, clause_shares, sentence_features
from tests.unit.rag.made import candidate

QUESTION = "Which city fell briefly to the Taliban?"


def _measured(question: str, *sentences: str) -> dict[str, np.ndarray]:
    rows = sentence_features(asking(question, 100, {}), candidate(*sentences))
    return dict(zip(NAMES, rows.T, strict=True))


def test_a_sentence_with_the_questions_words_covers_more() -> None:
    measured = _measured(QUESTION, "Kunduz briefly fell to the Taliban.", "The weather was fine that day.")
    assert measured["coverage"][0] > measured["coverage"][1] == 0


def test_neighbours_lend_their_words_to_a_sentence() -> None:
    measured = _measured(QUESTION, "A city fell to the Taliban.", "It was Kunduz, briefly.")
    assert measured["coverage_with_previous"][1] > measured["coverage_with_previous"][0]
    assert measured["coverage_with_neighbours"][0] == measured["coverage_with_neighbours"][1]


def test_words_that_stand_together_are_nearer() -> None:
    near, far = "It fell briefly.", "It fell, as the ministry of the interior later had to say, briefly."
    assert _measured(QUESTION, near)["proximity"][0] > _measured(QUESTION, far)["proximity"][0]


def test_numbers_and_names_of_the_question_are_looked_for() -> None:
    measured = _measured("Did Kabulov speak in 2015?", "Kabulov spoke in 2015.", "He spoke in 2016.")
    assert measured["numbers_held"].tolist() == [1.0, 0.0]
    assert measured["names_held"].tolist() == [1.0, 0.0]


@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80), min_size=1, max_size=4),
)
def test_every_measurement_is_finite_and_within_its_bounds(question: str, sentences: list[str]) -> None:
    rows = sentence_features(asking(question, 10, {}), candidate(*sentences))
    assert rows.shape == (len(sentences), len(NAMES))
    assert np.isfinite(rows).all()
    assert rows.min() >= 0
    assert rows.max() <= 1.0001


@given(
    st.lists(
        st.sampled_from(["Oslo", "harbour", "closed", "while", "ferries", ",", "and", "Bergen", "rose"]), max_size=40
    ),
    st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=60), max_size=3),
)
def test_the_share_of_a_clause_lies_between_nothing_and_all_of_it(words: list[str], texts: list[str]) -> None:
    asked = asking(" ".join(words), 10, {})
    shares = clause_shares(asked, [*texts, asked.text])
    assert shares.shape == (len(texts) + 1, len(asked.clauses))
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
    assert shares[-1] == pytest.approx(np.ones(len(asked.clauses)))


def test_a_text_holds_as_much_of_a_clause_as_its_words_weigh() -> None:
    question = (
        "Which harbour of Oslo was closed by merchants after a storm, and which engineers from Sweden repaired the "
        "wooden railway bridge of Bergen?"
    )
    shares = clause_shares(asking(question, 100, {}), ["Merchants closed the harbour of Oslo.", "", question])
    assert shares.shape == (3, 2)
    assert shares[0, 0] > 0.5
    assert shares[0, 1] == 0
    assert shares[1].tolist() == [0, 0]
    assert shares[2].tolist() == [1, 1]
    assert clause_shares(asking(QUESTION, 100, {}), ["Kunduz", "fell"]).shape == (2, 0)
