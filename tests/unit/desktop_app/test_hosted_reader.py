"""A file is read in a child, and what is too much for the child costs that file and no more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.hosted_reader import HostedReader
from rag.errors import UnreadableSource
from rag.reading import LocalReader
from tests.unit.desktop_app.hosted_examples import DyingMarker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the child kills itself with a signal of POSIX")

_PAGE = "<html><body><nav>Home News Sport</nav><p>The boats left in May, and they {} in the storm.</p></body></html>"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[HostedReader]:
    with closing(HostedReader(tmp_path / "readers.log", DyingMarker)) as hosted:
        yield hosted


def test_a_file_comes_out_of_the_child_as_it_is_read_here(tmp_path: Path, reader: HostedReader) -> None:
    page = tmp_path / "page.html"
    page.write_text(_PAGE.format("sailed"))
    assert reader.read(page) == LocalReader().read(page)
    with pytest.raises(UnreadableSource, match="no such file"):
        reader.read(tmp_path / "gone.txt")


def test_a_text_over_which_looking_for_noise_dies_is_read_all_the_same_and_says_so(
    tmp_path: Path, reader: HostedReader
) -> None:
    page = tmp_path / "page.html"
    page.write_text(_PAGE.format("die"))
    reading, whole = reader.read(page), LocalReader().read(page)
    assert reading == replace(whole, marks=reading.marks, note=reading.note)
    assert "not found out" in reading.note
    other = tmp_path / "other.txt"
    other.write_text("Share this now!\nNothing is wrong with this text, which is read as ever.")
    assert reader.read(other) == LocalReader().read(other)
