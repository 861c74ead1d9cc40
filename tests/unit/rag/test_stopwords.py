"""Function words tell a question's language, as far as it has any."""

import pytest

from rag.stopwords import ENGLISH, language_of, stopwords


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where did the envoy go?", "english"),
        ("Wann wurde die Brücke über den Fluss gebaut?", "german"),
        ("¿Cuándo se construyó el puente sobre el río?", "spanish"),
        ("Quand le pont sur la rivière a-t-il été construit ?", "french"),
        ("Quando è stato costruito il ponte sul fiume?", "italian"),
        ("Quando foi construída a ponte sobre o rio?", "portuguese"),
        ("Wanneer werd de brug over de rivier gebouwd?", "dutch"),
        ("Когда был построен мост через реку?", "russian"),
        ("متى تم بناء الجسر على النهر؟", "arabic"),
        ("Kabulov 2016", "english"),
        ("", "english"),
    ],
)
def test_a_question_is_of_the_language_of_its_function_words(text: str, language: str) -> None:
    assert language_of(text) == language


def test_a_language_without_a_list_has_no_stopwords() -> None:
    assert stopwords("klingon") == frozenset()
    assert {"the", "what"} <= stopwords(ENGLISH)
