"""A scope is said in words that a person uses, and never in fewer than it has bounds."""

from __future__ import annotations

import pytest

from desktop_app.scope_words import asked_words, short_words
from rag.types import Scope


@pytest.mark.parametrize(
    ("scope", "n_documents", "words"),
    [
        (Scope(), 27, "Whole library"),
        (Scope(("a",)), 1, "1 document"),
        (Scope(("a", "b", "c")), None, "3 documents"),
        (Scope(collection="Trial 2019"), 14, "Collection Trial 2019, 14 documents"),
        (Scope(collection="Trial 2019"), None, "Collection Trial 2019"),
        (Scope(collection="Trial 2019", since="2019-03"), 1, "Collection Trial 2019, since March 2019, 1 document"),
        (Scope(since="2019"), 5, "Since 2019"),
        (Scope(until="2020-06-30"), 5, "Until 30 June 2020"),
        (Scope(("a", "b"), since="2019", until="2020"), 2, "2 documents, from 2019 to 2020"),
        (Scope(since="2019", until="2019"), None, "Of 2019"),
        (Scope(("a",), collection="Trial"), 15, "Collection Trial and 1 document, 15 documents"),
        (Scope(("a",), collection="Trial"), None, "Collection Trial and 1 document"),
    ],
)
def test_a_scope_is_said_shortly(scope: Scope, n_documents: int | None, words: str) -> None:
    assert short_words(scope, n_documents) == words


@pytest.mark.parametrize(
    ("scope", "sentence"),
    [
        (Scope(), ""),
        (Scope(("a",)), "Asked only of 1 chosen document."),
        (Scope(collection="Trial 2019"), "Asked only of the collection “Trial 2019”."),
        (Scope(since="2019"), "Asked only of documents since 2019."),
        (Scope(("a", "b"), "Trial"), "Asked only of 2 chosen documents and the collection “Trial”."),
        (Scope(("a", "b"), until="2020"), "Asked only of 2 chosen documents, documents until 2020."),
    ],
)
def test_what_was_asked_is_a_sentence(scope: Scope, sentence: str) -> None:
    assert asked_words(scope) == sentence


def test_a_name_from_right_to_left_is_fenced_and_another_is_not() -> None:
    assert short_words(Scope(collection="تجربة 2019"), 3) == "Collection \u2068تجربة 2019\u2069, 3 documents"
    assert "\u2068" not in short_words(Scope(collection="Prüfung"), 3)
