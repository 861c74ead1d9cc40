"""Libraries that the end-to-end tests share, because indexing takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.e2e.programs import seedbook, shared


@pytest.fixture(scope="session")
def seeds_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory that holds the texts of ../shared/seeds."""
    data = tmp_path_factory.mktemp("seeds") / "library"
    done = seedbook(data, "add", shared("seeds"))
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def own_library(seeds_library: Path, tmp_path: Path) -> Path:
    """A copy of that library, for tests that change it; Chroma's folder is left out and built anew."""
    copy = tmp_path / "own"
    shutil.copytree(seeds_library, copy, ignore=shutil.ignore_patterns("index", ".lock", ".door*"))
    return copy
