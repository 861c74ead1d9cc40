"""Answers outlive the run that got them, and half a line does not harm the others."""

from __future__ import annotations

from pathlib import Path

from desktop_app.quality_journal import Journal


def test_a_later_run_finds_the_answers_of_an_earlier_one(tmp_path: Path) -> None:
    with Journal(tmp_path / "new", "seeds", "k") as journal:
        journal.keep({"id": "1", "answer": "a\u2028b"})
    with Journal(tmp_path / "new", "seeds", "k") as journal:
        assert journal.given == {"1": {"id": "1", "answer": "a\u2028b"}}


def test_what_is_kept_is_in_the_file_before_the_run_ends(tmp_path: Path) -> None:
    with Journal(tmp_path, "seeds", "k") as journal:
        journal.keep({"id": "1"})
        with Journal(tmp_path, "seeds", "k") as other:
            assert other.given == {"1": {"id": "1"}}


def test_another_key_or_set_begins_anew(tmp_path: Path) -> None:
    with Journal(tmp_path, "seeds", "k") as journal:
        journal.keep({"id": "1"})
    for name, key in (("seeds", "other"), ("clapnq", "k")):
        with Journal(tmp_path, name, key) as journal:
            assert journal.given == {}


def test_a_line_that_was_cut_off_is_asked_again_and_harms_no_other(tmp_path: Path) -> None:
    with Journal(tmp_path, "seeds", "k") as journal:
        journal.keep({"id": "1"})
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes() + '{"id": "2", "answer": "ä'.encode()[:-1])
    with Journal(tmp_path, "seeds", "k") as journal:
        assert set(journal.given) == {"1"}
        journal.keep({"id": "2"})
    with Journal(tmp_path, "seeds", "k") as journal:
        assert set(journal.given) == {"1", "2"}
