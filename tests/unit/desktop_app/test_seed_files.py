"""Built-in texts are offered once to a library, under their own names, and again only when they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.seed_files import OfferedSeeds, seed_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    (folder / "sub").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    for name in ("README.md", "__init__.py", "__pycache__/x.pyc", "a.md", "sub/a.md"):
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def seeds(tmp_path: Path, folder: Path) -> OfferedSeeds:
    return OfferedSeeds(tmp_path / "seeds.json", folder)


def test_only_texts_are_seeds(folder: Path) -> None:
    assert seed_files(folder) == (folder / "a.md", folder / "sub" / "a.md")


def test_the_programs_own_seeds_are_found() -> None:
    assert seed_files()
    assert all(path.is_absolute() for path in seed_files())


def test_what_was_added_is_not_offered_again(tmp_path: Path, folder: Path, seeds: OfferedSeeds) -> None:
    assert seeds.fresh() == (folder / "a.md", folder / "sub" / "a.md")
    seeds.remember([str(folder / "a.md"), "/elsewhere/a.md"])
    assert seeds.fresh() == (folder / "sub" / "a.md",)
    assert OfferedSeeds(tmp_path / "seeds.json", folder).fresh() == (folder / "sub" / "a.md",)


def test_equal_names_in_subfolders_are_different_texts(folder: Path, seeds: OfferedSeeds) -> None:
    for path in seed_files(folder):
        seeds.remember([str(path)])
    assert seeds.fresh() == ()


def test_a_text_that_has_changed_is_offered_again(folder: Path, seeds: OfferedSeeds) -> None:
    seeds.remember(map(str, seed_files(folder)))
    (folder / "a.md").write_text("another text, and a longer one")
    assert seeds.fresh() == (folder / "a.md",)


def test_a_text_that_is_gone_or_no_seed_is_passed_over(tmp_path: Path, folder: Path, seeds: OfferedSeeds) -> None:
    seeds.remember([str(folder / "gone.md"), str(tmp_path / "other.txt")])
    assert not (tmp_path / "seeds.json").exists()


@pytest.mark.parametrize("nonsense", ["", "[1, 2]", "{", '{"a.md": 5}'])
def test_a_broken_memory_means_that_nothing_was_offered(
    tmp_path: Path, folder: Path, seeds: OfferedSeeds, nonsense: str
) -> None:
    (tmp_path / "seeds.json").write_text(nonsense)
    assert len(seeds.fresh()) == 2
    seeds.remember(map(str, seed_files(folder)))
    assert seeds.fresh() == ()


def test_a_memory_that_cannot_be_written_hinders_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    seeds = OfferedSeeds(tmp_path / "file" / "seeds.json", folder)
    seeds.remember([str(folder / "a.md")])
    assert len(seeds.fresh()) == 2
