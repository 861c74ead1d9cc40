"""One Seedbook a data folder, and a second start reaches the first."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing.connection import Client
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

import pytest

from desktop_app.instance import Instance, Knock, knock, take
from desktop_app.paths import AppPaths, EnvironmentProblem
from tests.kills import n_kills

ROOT = Path(__file__).resolve().parents[3]
_START = """
import sys
from pathlib import Path
from desktop_app.instance import knock, take
from desktop_app.paths import AppPaths
paths = AppPaths.under(Path(sys.argv[1]))
paths.ensure()
instance = take(paths)
if instance is None:
    print("second", knock(paths, [Path(name) for name in sys.argv[2:]]), flush=True)
    sys.exit(0)
print("first", flush=True)
instance.listen(lambda heard: print("knock", *heard.paths, flush=True))
sys.stdin.read()
instance.release()
"""


class Starter(Protocol):
    def __call__(self, root: Path, *files: str) -> subprocess.Popen[str]: ...


@pytest.fixture
def start() -> Iterator[Starter]:
    """Starts the program's beginning in processes of their own, and ends what is left of them."""
    started: list[subprocess.Popen[str]] = []

    def start(root: Path, *files: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, str(root), *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        if process.stdin is not None and not process.stdin.closed:
            process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=20)[0].strip()


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    paths = AppPaths.under(tmp_path / "data")
    paths.ensure()
    return paths


@pytest.fixture
def first(paths: AppPaths) -> Iterator[Instance]:
    instance = take(paths)
    assert instance is not None
    with instance:
        yield instance


def test_a_second_instance_is_refused_until_the_first_lets_go(paths: AppPaths) -> None:
    first = take(paths)
    assert first is not None
    assert take(paths) is None
    first.release()
    first.release()
    second = take(paths)
    assert second is not None
    second.release()


def test_other_data_folders_are_free(tmp_path: Path, first: Instance) -> None:
    other = AppPaths.under(tmp_path / "other")
    other.ensure()
    second = take(other)
    assert second is not None
    second.release()


def test_a_knock_brings_absolute_paths_of_any_name(
    paths: AppPaths, first: Instance, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    heard: SimpleQueue[Knock] = SimpleQueue()
    first.listen(heard.put)
    monkeypatch.chdir(tmp_path)
    odd = Path(os.fsdecode("\N{SEEDLING} neu\n\u202egpj".encode() + b"\xff"))
    assert knock(paths, [Path("a.txt"), odd])
    assert heard.get(timeout=10) == Knock((tmp_path / "a.txt", tmp_path / odd))
    assert knock(paths)
    assert heard.get(timeout=10) == Knock(())


def test_lock_and_door_are_private_and_the_door_is_removed(paths: AppPaths, first: Instance) -> None:
    first.listen(lambda _: None)
    assert stat.S_IMODE(paths.lock.stat().st_mode) == 0o600
    assert stat.S_IMODE((paths.data / ".door").stat().st_mode) == 0o600
    first.release()
    assert not (paths.data / ".door").exists()
    assert not knock(paths, patience_s=0)


def test_a_data_folder_with_a_name_too_long_for_a_socket_is_reached_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    paths = AppPaths.under(tmp_path / ("long" * 40))
    paths.ensure()
    heard: SimpleQueue[Knock] = SimpleQueue()
    instance = take(paths)
    assert instance is not None
    instance.listen(heard.put)
    door = Path((paths.data / ".door-is-at").read_text())
    assert stat.S_IMODE(door.parent.stat().st_mode) == 0o700
    assert knock(paths)
    assert heard.get(timeout=10) == Knock(())
    instance.release()
    assert not door.parent.exists()


def test_visitors_who_say_nonsense_or_nothing_do_not_close_the_door(paths: AppPaths, first: Instance) -> None:
    heard: SimpleQueue[Knock] = SimpleQueue()
    first.listen(heard.put)
    for nonsense in (b"", b"\x80\x04", b"[]", b'{"greeting": 1}', b'{"greeting": "seedbook", "paths": 7}'):
        with Client(str(paths.data / ".door"), "AF_UNIX") as visitor:
            visitor.send_bytes(nonsense)
    Client(str(paths.data / ".door"), "AF_UNIX").close()
    assert knock(paths)
    assert heard.get(timeout=10) == Knock(())
    assert heard.empty()


def test_kills_of_the_first_leave_the_folder_free_and_the_door_usable(start: Starter, tmp_path: Path) -> None:
    for _ in range(n_kills(4)):
        killed = start(tmp_path / "data")
        assert line(killed) == "first"
        killed.send_signal(signal.SIGKILL)
        end(killed)
    first = start(tmp_path / "data")
    assert line(first) == "first"
    second = start(tmp_path / "data", "/a file.txt")
    assert end(second) == "second True"
    assert second.returncode == 0
    assert line(first) == "knock /a file.txt"
    assert end(first) == ""


def test_of_six_starts_at_once_one_is_first_and_hears_all_others(start: Starter, tmp_path: Path) -> None:
    starts = [start(tmp_path / "data") for _ in range(6)]
    said = [line(process) for process in starts]
    assert sorted(said) == ["first", *["second True"] * 5]
    first = starts.pop(said.index("first"))
    assert [line(first) for _ in range(5)] == ["knock"] * 5
    for process in [*starts, first]:
        end(process)
        assert process.returncode == 0


def test_a_first_instance_that_hangs_does_not_hang_the_second(start: Starter, tmp_path: Path) -> None:
    first = start(tmp_path / "data")
    assert line(first) == "first"
    first.send_signal(signal.SIGSTOP)
    second = start(tmp_path / "data")
    assert end(second) == "second False"
    first.send_signal(signal.SIGKILL)
    end(first)


def test_a_data_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="absent does not exist"):
        take(AppPaths.under(tmp_path / "absent"))
