"""Files that a person does not want to see are known by what they were then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.dismissals import Dismissals
from rag.rows import FileRow
from rag.types import FileState

FILE = FileRow("/x/a.pdf", "/x", "a.pdf", 3, 1, "", FileState.DAMAGED, "it is damaged.", None)


def test_a_dismissed_file_is_known_to_another_session_until_it_changes_or_is_restored(tmp_path: Path) -> None:
    path = tmp_path / "dismissed.json"
    Dismissals(path).dismiss([FILE])
    assert FILE in Dismissals(path)
    assert replace(FILE, mtime_ns=2) not in Dismissals(path)
    assert replace(FILE, path="/x/b.pdf") not in Dismissals(path)
    Dismissals(path).restore([FILE])
    assert FILE not in Dismissals(path)


@pytest.mark.parametrize("written", ["", "[]", "null", "{"])
def test_a_file_that_is_not_ours_dismisses_nothing(tmp_path: Path, written: str) -> None:
    path = tmp_path / "dismissed.json"
    path.write_text(written)
    assert FILE not in Dismissals(path)
