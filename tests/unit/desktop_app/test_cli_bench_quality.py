"""The command says what is missing before it does anything, and works alone in its folder."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

import pytest

from desktop_app import cli_bench
from desktop_app.cli_session import Failed, Session
from desktop_app.instance import take
from desktop_app.paths import AppPaths


def _run(tmp_path: Path, *arguments: str) -> int:
    parser = ArgumentParser()
    cli_bench.add_commands(parser.add_subparsers())
    options = parser.parse_args(["bench", "quality", "--work", str(tmp_path / "work"), *arguments])
    with Session(AppPaths.under(tmp_path / "data")) as session:
        return options.run(session, options)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    (tmp_path / "eval" / "seeds").mkdir(parents=True)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("Harbours silt up.")
    (tmp_path / "eval" / "seeds" / "seeds_dev.jsonl").write_text('{"id": "1", "question": "What silts up?"}\n')
    return tmp_path / "eval"


def test_where_there_are_no_sets_it_says_how_to_name_them(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="--eval FOLDER") as failed:
        _run(tmp_path, "--eval", str(tmp_path / "nowhere"), "--out", str(tmp_path))
    assert failed.value.exit_code == 2
    assert not (tmp_path / "work").exists()


def test_a_set_that_is_not_there_is_named(tmp_path: Path, sets: Path) -> None:
    with pytest.raises(Failed, match="The set clapnq cannot be read"):
        _run(tmp_path, "--eval", str(sets), "--set", "seeds", "clapnq", "--out", str(tmp_path))


def test_a_report_has_to_have_a_folder(tmp_path: Path, sets: Path) -> None:
    with pytest.raises(Failed, match="There is no folder"):
        _run(tmp_path, "--eval", str(sets), "--set", "seeds", "--out", str(tmp_path / "none"))


def test_two_runs_do_not_share_a_folder(tmp_path: Path, sets: Path) -> None:
    paths = AppPaths.under(tmp_path / "work")
    paths.ensure()
    with take(paths), pytest.raises(Failed, match="Another run"):
        _run(tmp_path, "--eval", str(sets), "--set", "seeds", "--out", str(tmp_path))


@pytest.mark.parametrize("arguments", [("--set", "unknown"), ("-n", "0"), ("-n", "x")])
def test_wrong_arguments_are_refused(
    tmp_path: Path, arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        _run(tmp_path, *arguments)
    assert "error: argument" in capsys.readouterr().err
