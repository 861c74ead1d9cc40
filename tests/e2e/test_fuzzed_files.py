"""Damaged files of every format: each is read or refused with a sentence, and none kills or stops its reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.hosted_reader import HostedReader
from rag.formats import FORMATS
from rag.reading import LocalReader
from rag.types import FileState
from tests.fuzzing import damaged, read_all
from tests.samples import samples

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
_N = 50


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedReader]:
    folder = tmp_path_factory.mktemp("sound")
    (folder / "sound.txt").write_bytes(samples()[".txt"])
    with closing(HostedReader(folder / "readers.log")) as hosted:
        hosted.read(folder / "sound.txt")
        yield hosted


def test_there_is_a_sample_of_every_reader() -> None:
    endings = samples().keys()
    assert {one.reader for one in FORMATS} == {one.reader for one in FORMATS if endings & set(one.endings)}


@pytest.mark.parametrize("ending", samples())
def test_a_sound_file_is_read(ending: str) -> None:
    reading = LocalReader().read_content(samples()[ending], Path(f"boats{ending}"))
    assert "Monday" in reading.text


@pytest.mark.parametrize("ending", samples())
def test_a_damaged_file_is_read_or_refused(ending: str, reader: HostedReader, tmp_path: Path) -> None:
    outcome = read_all(ending, _N, 1, reader, tmp_path)
    assert not outcome.bad
    assert sum(outcome.states.values()) == _N
    assert outcome.states[FileState.INDEXED] < _N or ending in {".txt", ".md", ".html", ".csv", ".tsv", ".eml", ".mbox"}


def test_the_same_seed_damages_in_the_same_way() -> None:
    assert list(damaged(".docx", 6, 3)) == list(damaged(".docx", 6, 3)) != list(damaged(".docx", 6, 4))
