"""What is told of watched folders: by a scripted watcher, and by the system's own."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from desktop_app.drives import is_remote
from desktop_app.folder_watch import FolderWatch, Hindrance, Unwatched, Watching

PATIENCE_S = 20.0


class Told:
    """What a watch told, in order."""

    def __init__(self) -> None:
        self.folders: queue.Queue[tuple[Path, ...]] = queue.Queue()
        self.unwatched: queue.Queue[Unwatched] = queue.Queue()

    def next_folders(self) -> tuple[Path, ...]:
        return self.folders.get(timeout=PATIENCE_S)

    def after(self, deed: Callable[[], object]) -> tuple[Path, ...]:
        """What is told when something is done again and again."""
        for _ in range(round(PATIENCE_S / 0.1)):
            deed()
            with suppress(queue.Empty):
                return self.folders.get(timeout=0.1)
        raise AssertionError("nothing was told")

    def next_unwatched(self) -> Unwatched:
        return self.unwatched.get(timeout=PATIENCE_S)


class Script:
    """A watcher that says what a test puts in; fits Watching."""

    def __init__(self, failure: OSError | None = None) -> None:
        self.changes: queue.Queue[frozenset[str]] = queue.Queue()
        self.watched: queue.Queue[tuple[Path, ...]] = queue.Queue()
        self._failure = failure

    def __call__(self, folders: Sequence[Path], stop: Event) -> Iterator[frozenset[str]]:
        self.watched.put(tuple(folders))
        if self._failure is not None:
            raise self._failure
        while not stop.is_set():
            try:
                yield self.changes.get(timeout=0.01)
            except queue.Empty:
                yield frozenset()

    def change(self, *paths: Path) -> None:
        self.changes.put(frozenset(map(str, paths)))


@contextmanager
def watching(
    told: Told,
    script: Watching | None,
    *folders: Path,
    rescan_s: float = 600.0,
    remote: Callable[[Path], bool] = lambda folder: False,
    own_folders: Sequence[Path] = (),
) -> Iterator[FolderWatch]:
    watch = FolderWatch(
        told.folders.put,
        told.unwatched.put,
        watching=script,
        is_remote=remote,
        own_folders=own_folders,
        rescan_s=rescan_s,
        look_s=0.01,
    )
    watch.set_folders(folders)
    try:
        yield watch
    finally:
        watch.close()
        assert watch.join(5)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "letters"
    folder.mkdir()
    return folder


def test_every_folder_is_looked_through_once_at_first(told: Told, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with watching(told, Script(), folder, other):
        assert told.next_folders() == (folder, other)


def test_a_change_names_the_folder_it_is_in_and_no_other(told: Told, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "letters-2"  # begins alike, and is not inside
    other.mkdir()
    script = Script()
    with watching(told, script, folder, other):
        told.next_folders()
        script.change(other / "deep" / "a.txt")
        assert told.next_folders() == (other,)


@pytest.mark.parametrize("name", [".hidden/a.txt", "a/.b.txt", "big.pdf.crdownload", "~$letter.docx", "own/library.db"])
def test_what_is_hidden_unfinished_or_our_own_is_no_change(told: Told, folder: Path, name: str) -> None:
    script = Script()
    with watching(told, script, folder, own_folders=[folder / "own"]):
        told.next_folders()
        script.change(folder / name)
        script.change(folder / "end.txt")
        assert told.next_folders() == (folder,)
        assert told.folders.empty()


def test_other_folders_are_followed_as_soon_as_they_are_set(told: Told, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    script = Script()
    with watching(told, script, folder) as watch:
        assert told.next_folders() == (folder,)
        watch.set_folders([folder, other])
        assert told.next_folders() == (other,)
        watch.set_folders([other])
        while script.watched.get(timeout=PATIENCE_S) != (other,):
            pass
        script.change(folder / "a.txt", other / "b.txt")
        assert told.next_folders() == (other,)


def test_a_folder_that_is_absent_is_told_once_and_looked_through_when_it_is_back(told: Told, folder: Path) -> None:
    away = folder.with_name("away")
    with watching(told, Script(), folder):
        told.next_folders()
        folder.rename(away)
        assert told.next_unwatched() == Unwatched((folder,), Hindrance.ABSENT)
        away.rename(folder)
        assert told.next_folders() == (folder,)
        folder.rename(away)
        assert told.next_unwatched() == Unwatched((folder,), Hindrance.ABSENT)
    assert told.unwatched.empty()


def test_a_folder_on_another_computer_is_looked_through_now_and_then(told: Told, folder: Path) -> None:
    with watching(told, Script(), folder, rescan_s=0.05, remote=lambda one: True):
        assert told.next_unwatched() == Unwatched((folder,), Hindrance.REMOTE)
        assert [told.next_folders() for _ in range(3)] == [(folder,)] * 3
    assert told.unwatched.empty()


def test_where_the_system_refuses_to_watch_folders_are_looked_through_now_and_then(told: Told, folder: Path) -> None:
    script = Script(OSError(28, "No space left on device"))
    with watching(told, script, folder, rescan_s=0.05):
        assert told.next_unwatched() == Unwatched((folder,), Hindrance.REFUSED, "No space left on device")
        assert [told.next_folders() for _ in range(3)] == [(folder,)] * 3
    assert told.unwatched.empty()


def test_a_folder_that_cannot_even_be_looked_at_is_absent_and_the_others_are_watched(
    told: Told, folder: Path, tmp_path: Path
) -> None:
    unseen = tmp_path / ("n" * 300)  # as on a network drive that hangs, asking for it raises
    with pytest.raises(OSError, match="long"):
        unseen.is_dir()
    with watching(told, Script(), folder, unseen):
        assert told.next_unwatched() == Unwatched((unseen,), Hindrance.ABSENT)
        assert told.next_folders() == (folder,)


def test_without_folders_there_is_no_thread(told: Told) -> None:
    with watching(told, Script()) as watch:
        assert watch._thread is None


def test_the_system_tells_of_files_added_changed_moved_and_removed(told: Told, folder: Path) -> None:
    with watching(told, None, folder):
        assert told.next_folders() == (folder,)
        # The watch begins after that word; what is done until then need not be told.
        file = folder / "a.txt"
        deeds: list[Callable[[], object]] = [
            lambda: file.write_text("one"),
            lambda: file.write_text("two"),
            lambda: file.rename(folder / "b.txt"),
            (folder / "b.txt").unlink,
        ]
        told.after(lambda: file.write_text("until it is seen"))
        for deed in deeds:
            deed()
            assert told.next_folders() == (folder,)


def test_the_system_tells_of_folders_that_came_later(told: Told, folder: Path) -> None:
    with watching(told, None, folder):
        told.next_folders()
        deep = folder / "deep"
        deep.mkdir()
        told.after(lambda: (deep / "a.txt").write_text("until it is seen"))
        shutil.rmtree(deep)
        assert told.next_folders() == (folder,)


def test_this_very_folder_lies_on_this_computer(folder: Path) -> None:
    assert not is_remote(folder)
