"""Each set is read with its texts and asked of what it is meant to be asked of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from desktop_app.quality_sets import SETS, Question, Texts, UnreadableSet, read_set, spread, write_inline


def _write(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def _row(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"q{number}", "question": f"Question {number}?"} | more


def _text(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.name, "utf-8")


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    _write(tmp_path / "squad_rag" / "squad_rag_dev.jsonl", _row(1), _row(2))
    _write(tmp_path / "squad_rag" / "squad_rag_dev_ooc.jsonl", _row(3))
    _text(tmp_path / "squad_rag" / "docs_dev" / "Force.txt")
    _text(tmp_path / "squad_rag" / "docs_distractors" / "Victoria.txt")
    return tmp_path


def test_documents_are_named_as_the_gold_names_them(squad: Path) -> None:
    names = [name for name, _ in read_set(squad, "squad_rag").texts.files]
    assert names == ["docs_dev/Force.txt", "docs_distractors/Victoria.txt"]
    assert {question.scope for question in read_set(squad, "squad_rag").questions} == {None}


def test_what_is_out_of_corpus_is_kept_out_by_the_scope_over_the_same_library(squad: Path) -> None:
    outside = read_set(squad, "squad_rag_ooc")
    assert outside.library == read_set(squad, "squad_rag").library
    assert outside.texts == read_set(squad, "squad_rag").texts
    assert [question.scope for question in outside.questions] == [("docs_dev/Force.txt",)]


def test_a_long_document_is_its_own_scope(tmp_path: Path) -> None:
    _write(tmp_path / "longdoc" / "longdoc_dev.jsonl", _row(1, doc="docs_dev/a.txt", source="cuad"))
    _text(tmp_path / "longdoc" / "docs_dev" / "a.txt")
    asked = read_set(tmp_path, "longdoc")
    assert asked.questions[0].scope == ("docs_dev/a.txt",)
    assert asked.group(asked.questions[0]) == "cuad"


def test_questions_that_carry_their_documents_are_asked_of_those(tmp_path: Path) -> None:
    own = [{"doc": "d0", "text": "One."}, {"doc": "d1", "text": "Two."}]
    _write(tmp_path / "conflicts" / "ramdocs_dev.jsonl", _row(1, documents=own[:1]), _row(2, documents=own))
    asked = read_set(tmp_path, "conflicts")
    assert asked.texts.inline == (("d0", "One."), ("d1", "Two."))
    assert [question.scope for question in asked.questions] == [("d0",), ("d0", "d1")]


def test_the_last_turn_of_a_conversation_is_asked_and_earlier_ones_are_its_history(tmp_path: Path) -> None:
    turns = [("user", "Who was he?"), ("agent", "A king."), ("user", "When did he die?")]
    row = {
        "id": "m1",
        "dialogue": [{"role": role, "text": text} for role, text in turns],
        "contexts": [{"doc": "c", "text": "He died in 1066."}],
        "answerability": "ANSWERABLE",
    }
    _write(tmp_path / "mtrag_un" / "mtrag_un_dev.jsonl", row)
    question = read_set(tmp_path, "mtrag_un").questions[0]
    assert (question.text, question.history, question.scope) == ("When did he die?", ("Who was he?",), None)


def test_a_corpus_in_one_file_becomes_a_document_a_line(tmp_path: Path) -> None:
    _write(tmp_path / "scifact" / "scifact_dev.jsonl", _row(1))
    _write(tmp_path / "scifact" / "corpus.jsonl", {"doc": "7", "title": "T", "text": "Cells\u2028divide."})
    assert read_set(tmp_path, "scifact").texts.inline == (("7", "Cells\u2028divide."),)


@pytest.mark.parametrize("name", SETS)
def test_a_set_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableSet, match=f"The set {name} cannot be read from"):
        read_set(tmp_path / "eval", name)


def test_a_set_without_texts_is_not_asked(tmp_path: Path) -> None:
    _write(tmp_path / "clapnq" / "clapnq_dev.jsonl", _row(1))
    with pytest.raises(UnreadableSet, match="no questions or no texts"):
        read_set(tmp_path, "clapnq")


def test_other_questions_have_another_fingerprint(squad: Path) -> None:
    before = read_set(squad, "squad_rag").fingerprint
    assert read_set(squad, "squad_rag").fingerprint == before
    _write(squad / "squad_rag" / "squad_rag_dev.jsonl", _row(1), _row(2, answers=["other"]))
    assert read_set(squad, "squad_rag").fingerprint != before


def test_a_sample_is_spread_over_the_set() -> None:
    questions = [Question(str(i), "", None, (), {}) for i in range(10)]
    assert [question.id for question in spread(questions, 4)] == ["0", "2", "5", "7"]
    assert spread(questions, 99) == spread(questions, None) == tuple(questions)


def test_texts_are_written_to_the_letter_and_only_when_they_changed(tmp_path: Path) -> None:
    texts = Texts(inline=(("a/b", "One.\r\nTwo. ☂"),))
    ((name, path),) = write_inline(texts, tmp_path / "texts")
    assert (name, path.parent, path.read_bytes()) == ("a/b", tmp_path / "texts", "One.\r\nTwo. ☂".encode())
    written_ns = path.stat().st_mtime_ns
    assert write_inline(texts, tmp_path / "texts") == ((name, path),)
    assert path.stat().st_mtime_ns == written_ns
    write_inline(Texts(inline=(("a/b", "Three."),)), tmp_path / "texts")
    assert path.read_text("utf-8") == "Three."
