"""What a window stands on is opened without one: notices for what was damaged, and the built-in texts once."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.instance import take
from desktop_app.opening import open_window, prepared
from desktop_app.paths import AppPaths
from desktop_app.seed_files import OfferedSeeds, seed_files


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.under(tmp_path / "data")
    paths.ensure()
    return paths


def test_a_new_library_is_offered_every_built_in_text(paths: AppPaths) -> None:
    with prepared(paths) as ready:
        assert ready.first_paths == seed_files()
        assert ready.notices == ()
        assert ready.workbench.sources() == ()
        assert ready.conversations.summaries() == ()


def test_a_text_that_was_taken_in_is_not_offered_at_the_next_start(paths: AppPaths) -> None:
    OfferedSeeds(paths.data / "seeds.json").remember([str(seed_files()[0])])
    with prepared(paths) as ready:
        assert ready.first_paths == seed_files()[1:]


def test_whatever_was_damaged_is_told(paths: AppPaths) -> None:
    for damaged in (paths.settings, paths.library, paths.conversations):
        damaged.write_bytes(b"nonsense" * 1000)
    with prepared(paths) as ready:
        assert len(ready.notices) == 3
        assert "library was damaged" in ready.notices[1].title


def test_a_second_start_that_nobody_answers_says_so(paths: AppPaths, capsys: pytest.CaptureFixture[str]) -> None:
    with take(paths):
        assert open_window(paths) == 3
    assert "does not answer" in capsys.readouterr().err
