from __future__ import annotations

import pytest

from desktop_app.unfinished import is_unfinished


@pytest.mark.parametrize(
    "name",
    ["paper.pdf.part", "paper.pdf.crdownload", "Unconfirmed 1.crdownload", "a.download", "~$letter.docx",
     ".~lock.letter.odt#", "notes.txt~", "#notes.txt#", ".notes.txt.swp"],
)  # fmt: skip
def test_what_others_are_still_at_is_left_alone(name: str) -> None:
    assert is_unfinished(name)


@pytest.mark.parametrize("name", ["paper.pdf", "part.txt", "C# notes.md", "#1 letter.txt", "download.html", "~a.txt"])
def test_what_only_looks_like_it_is_not(name: str) -> None:
    assert not is_unfinished(name)
