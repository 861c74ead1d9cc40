"""The commands of transcripts leave the conversations of an open window alone."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from desktop_app.cli_session import Failed, Session
from desktop_app.cli_transcripts import list_conversations
from desktop_app.conversations import Conversations
from desktop_app.instance import take
from desktop_app.paths import AppPaths

_Capture = pytest.CaptureFixture[str]


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.under(tmp_path / "data")
    paths.ensure()
    return paths


def _list(paths: AppPaths) -> int:
    with Session(paths) as session:
        return list_conversations(session, Namespace())


def test_conversations_are_listed_with_and_without_an_open_window(paths: AppPaths, capsys: _Capture) -> None:
    with take(paths), Conversations(paths.conversations) as open_in_the_window:
        open_in_the_window.new("Harbours")
        assert _list(paths) == 0
        assert "Harbours" in capsys.readouterr().out
        open_in_the_window.new("Boats")
    assert _list(paths) == 0
    assert "Boats" in capsys.readouterr().out


def test_a_file_that_is_damaged_under_an_open_window_is_left_alone(paths: AppPaths) -> None:
    paths.conversations.write_bytes(b"nonsense" * 1000)
    with take(paths), pytest.raises(Failed, match="Close Seedbook's window"):
        _list(paths)
    assert paths.conversations.read_bytes() == b"nonsense" * 1000
    assert [path.name for path in paths.data.glob("conversations*")] == ["conversations.db"]


def test_a_damaged_file_without_a_window_is_set_aside_and_that_is_told(paths: AppPaths, capsys: _Capture) -> None:
    paths.conversations.write_bytes(b"nonsense" * 1000)
    assert _list(paths) == 1
    assert "was damaged" in capsys.readouterr().err


def test_without_conversations_nothing_is_made(paths: AppPaths) -> None:
    with pytest.raises(Failed, match="no conversations yet"):
        _list(paths)
    assert not paths.conversations.exists()
