"""Texts to measure with: files and folders as they are, collections written out once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.speed_texts import TextsUnreadable, addable, read_questions


def _collection(path: Path, *records: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_a_collection_becomes_a_file_a_record_with_its_title_first(tmp_path: Path) -> None:
    collection = _collection(tmp_path / "corpus.jsonl", {"title": "Dice", "text": "A game."}, {"text": "No title."})
    (folder,) = addable([collection], tmp_path / "out")
    assert [file.read_text("utf-8") for file in sorted(folder.glob("*.txt"))] == ["Dice\n\nA game.\n", "No title.\n"]


def test_a_collection_is_written_once_and_folders_stay_where_they_are_in_the_order_given(tmp_path: Path) -> None:
    collection = _collection(tmp_path / "corpus.jsonl", {"text": "A game."})
    (first,) = addable([collection], tmp_path / "out")
    collection.write_text("not read again", "utf-8")
    assert addable([tmp_path, collection], tmp_path / "out") == [tmp_path, first]


def test_a_place_that_is_not_there_or_no_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextsUnreadable, match="nothing at"):
        addable([tmp_path / "gone"], tmp_path)
    with pytest.raises(TextsUnreadable, match="“text”"):
        addable([_collection(tmp_path / "other.jsonl", {"body": "A game."})], tmp_path)
    (tmp_path / "broken.jsonl").write_text("{", "utf-8")
    with pytest.raises(TextsUnreadable, match="cannot be read"):
        addable([tmp_path / "broken.jsonl"], tmp_path)


def test_questions_need_a_question(tmp_path: Path) -> None:
    assert read_questions(_collection(tmp_path / "q.jsonl", {"question": "Who?"})) == [{"question": "Who?"}]
    with pytest.raises(TextsUnreadable, match="no question"):
        read_questions(_collection(tmp_path / "none.jsonl"))
