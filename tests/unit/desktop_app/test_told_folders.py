"""What is in the way of watching a folder is told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.folder_watch import Hindrance
from desktop_app.told_folders import ToldFolders

A, B = Path("/a"), Path("/b")


def test_what_was_told_of_a_folder_is_not_told_again_by_another_session(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    assert ToldFolders(path).untold((A, B), Hindrance.ABSENT) == (A, B)
    assert ToldFolders(path).untold((A, B), Hindrance.ABSENT) == ()
    assert ToldFolders(path).untold((A,), Hindrance.REMOTE) == (A,)


def test_a_folder_that_is_watched_anew_is_told_of_anew(tmp_path: Path) -> None:
    told = ToldFolders(tmp_path / "told.json")
    told.untold((A, B), Hindrance.ABSENT)
    told.keep_only((B,))
    assert ToldFolders(tmp_path / "told.json").untold((A, B), Hindrance.ABSENT) == (A,)


@pytest.mark.parametrize("written", ["", "{}", "[1]", "null"])
def test_a_file_that_is_not_ours_tells_nothing(tmp_path: Path, written: str) -> None:
    path = tmp_path / "told.json"
    path.write_text(written)
    assert ToldFolders(path).untold((A,), Hindrance.ABSENT) == (A,)
