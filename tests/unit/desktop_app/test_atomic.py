"""A file is written whole or not at all."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.atomic import FileNotWritten, write_atomically
from desktop_app.disk import in_words
from tests.kills import n_kills


def test_text_is_stored_as_utf8_with_its_own_line_ends(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.txt", "Zeilen\r\nund\nein 🌱")
    assert (tmp_path / "a.txt").read_bytes() == "Zeilen\r\nund\nein 🌱".encode()


def test_a_new_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", b"one")
    write_atomically(tmp_path / "a", b"two")
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"two"


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("absent/deeper/a", "absent does not exist"),
        ("file/a", "is a file where a folder is needed"),
        ("folder", "is a folder"),
        ("pipe", "not an ordinary file"),
        ("n" * 300, "too long"),
    ],
)
def test_a_place_that_cannot_take_a_file_is_named(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileNotWritten, match="was not saved") as caught:
        write_atomically(tmp_path / name, "x")
    assert words in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder", "pipe"]


def test_the_error_survives_pickling() -> None:
    error = FileNotWritten(path="/a", reason="No.")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_a_file_over_the_limit_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FileNotWritten, match="larger than this disk allows"):
            write_atomically(tmp_path / "a", b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"


_ON_A_MOUNT = """
import subprocess, sys
from pathlib import Path
from desktop_app.atomic import FileNotWritten, write_atomically
place = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)], check=True)
(place / "a").write_text("old")
if sys.argv[2] == "ro":
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
try:
    write_atomically(place / "a", b"x" * 300_000)
except FileNotWritten as error:
    print(error, [path.name for path in place.iterdir()], (place / "a").read_text())
"""


@pytest.mark.parametrize(("state", "words"), [("full", "300.0 kB needed, "), ("ro", "can only be read")])
def test_a_full_or_read_only_disk_is_told_and_the_old_file_stays(tmp_path: Path, state: str, words: str) -> None:
    finished = subprocess.run(
        ["unshare", "-Urm", sys.executable, "-c", _ON_A_MOUNT, str(tmp_path), state],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in finished.stderr or "mount:" in finished.stderr:
        pytest.skip("this machine does not let a test mount a file system")
    assert words in finished.stdout, finished.stderr
    assert finished.stdout.endswith("['a'] old\n")


_WRITER = """
import sys
from pathlib import Path
from desktop_app.atomic import write_atomically
print("go", flush=True)
while True:
    for letter in "ab":
        write_atomically(Path(sys.argv[1]), letter * 200_000)
"""


def test_kills_while_writing_never_leave_half_a_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    for round_number in range(n_kills(8)):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(target)], stdout=subprocess.PIPE, cwd=Path.cwd()
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            # The moment of the kill differs from round to round because the amount of work waited for does.
            seen = 0
            while seen < round_number:
                seen += not target.exists() or len(target.read_bytes()) == 200_000
            writer.send_signal(signal.SIGKILL)
        if target.exists():
            content = target.read_text()
            assert content in {"a" * 200_000, "b" * 200_000}
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] in ([], ["a"])


@pytest.mark.parametrize(
    ("n_bytes", "words"),
    [(999, "999 bytes"), (3_140_000, "3.1 MB"), (999_960, "1.0 MB"), (5 * 10**12, "5.0 TB")],
)
def test_bytes_are_told_as_people_write_them(n_bytes: int, words: str) -> None:
    assert in_words(n_bytes) == words
