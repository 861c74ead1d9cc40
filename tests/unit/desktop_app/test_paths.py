"""Everything has its place, and places that cannot be used are named."""

from __future__ import annotations

import os
import pickle
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.paths import AppPaths, EnvironmentProblem


def test_everything_of_a_portable_library_lies_under_its_root(tmp_path: Path) -> None:
    paths = AppPaths.under(tmp_path / "root")
    places = [paths.config, paths.data, paths.logs, paths.settings, paths.library, paths.conversations]
    places += [paths.index, paths.models, paths.lock, paths.log, paths.engine_log]
    assert all(place.is_relative_to(tmp_path / "root") for place in places)
    assert len(set(places)) == len(places)


def test_a_relative_root_does_not_move_with_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert AppPaths.under(Path("root")).data == tmp_path / "root"


def test_the_users_own_places_are_inside_the_home_and_untouched_by_asking() -> None:
    paths = AppPaths.from_appdirs()
    assert all(place.is_relative_to(Path.home()) for place in (paths.config, paths.data, paths.logs))
    assert "Seedbook" in paths.data.parts
    assert not paths.data.exists()


def test_made_folders_are_for_their_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        paths = AppPaths.under(tmp_path / "deep" / "root")
        paths.ensure()
        paths.ensure()
    finally:
        os.umask(umask)
    for folder in (tmp_path / "deep", paths.data, paths.config, paths.logs, paths.index, paths.models):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_where_a_folder_is_needed_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for root in (tmp_path / "file", tmp_path / "file" / "root"):
        with pytest.raises(EnvironmentProblem, match=r"/file is a file where a folder is needed"):
            AppPaths.under(root).ensure()


def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "absent")
    with pytest.raises(EnvironmentProblem, match="link"):
        AppPaths.under(tmp_path / "link").ensure()


_ENSURE = """
import sys
from pathlib import Path
from desktop_app.paths import AppPaths, EnvironmentProblem
try:
    AppPaths.under(Path(sys.argv[1])).ensure()
except EnvironmentProblem as problem:
    print(problem)
"""
_WITHOUT_PRIVILEGES = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
_WITHOUT_PRIVILEGES += ["--inh-caps", "-dac_override,-dac_read_search"]


def complaint(command: list[str], folder: Path) -> str:
    finished = subprocess.run(
        [*command, sys.executable, "-c", _ENSURE, str(folder)], capture_output=True, text=True, check=False
    )
    if finished.returncode:
        pytest.skip(f"this machine does not let a test do that: {finished.stderr[-200:]}")
    return finished.stdout


def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(0o500)
    command = _WITHOUT_PRIVILEGES if os.getuid() == 0 else []
    assert "no permission" in complaint(command, locked)
    assert "no permission" in complaint(command, locked / "inside")


def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    remount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && shift 0 && exec "$@"'
    command = ["unshare", "-Urm", "sh", "-c", remount, str(tmp_path)]
    assert "can only be read" in complaint(command, tmp_path)
    assert "can only be read" in complaint(command, tmp_path / "inside")


def test_the_problem_survives_pickling() -> None:
    problem = EnvironmentProblem(place="the folder /a", reason="No.")
    assert str(pickle.loads(pickle.dumps(problem))) == "Seedbook cannot use the folder /a. No."
