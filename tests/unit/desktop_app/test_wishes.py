"""What is still to be added is on the disk until it is settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.wishes import Wish, Wishes

FOLDER = Wish((Path("/letters"),))
SCANS = Wish((Path("/scans/a.pdf"), Path("/scans/b.pdf")), by_ocr=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wishes.json"


def test_wishes_are_found_again_by_another_session(path: Path) -> None:
    odd = Wish((Path("/x/\udcff.txt"),), collection="Löwen")
    wishes = Wishes(path)
    for wish in (FOLDER, SCANS, odd):
        wishes.keep(wish)
    assert Wishes(path).left == (FOLDER, SCANS, odd)


def test_a_settled_path_is_forgotten_and_the_others_of_its_wish_are_not(path: Path) -> None:
    wishes = Wishes(path)
    for wish in (SCANS, Wish(SCANS.paths)):
        wishes.keep(wish)
    wishes.settle(Wish(SCANS.paths[:1], by_ocr=True))
    assert Wishes(path).left == (Wish(SCANS.paths[1:], by_ocr=True), Wish(SCANS.paths))
    wishes.settle(SCANS)
    assert wishes.left == (Wish(SCANS.paths),)


def test_what_is_kept_for_another_time_takes_the_place_of_the_wish(path: Path) -> None:
    wishes = Wishes(path)
    wishes.keep(SCANS)
    wishes.settle(SCANS, Wish(SCANS.paths[1:], by_ocr=True))
    assert wishes.left == (Wish(SCANS.paths[1:], by_ocr=True),)
    wishes.settle(SCANS, Wish((), by_ocr=True))
    assert wishes.left == ()


def test_wishes_follow_their_collection(path: Path) -> None:
    wishes = Wishes(path)
    wishes.keep(Wish(FOLDER.paths, collection="Rivers"))
    wishes.rename_collection("Rivers", "Streams")
    assert Wishes(path).left == (Wish(FOLDER.paths, collection="Streams"),)


@pytest.mark.parametrize("written", ["", "{", "[1]", '[["/x"]]', "null", '{"a": 1}'])
def test_a_file_that_is_not_ours_is_no_wish(path: Path, written: str) -> None:
    path.write_text(written)
    assert Wishes(path).left == ()


def test_where_nothing_can_be_written_the_wishes_of_this_session_are_known_all_the_same(tmp_path: Path) -> None:
    wishes = Wishes(tmp_path / "no such folder" / "wishes.json")
    wishes.keep(FOLDER)
    assert wishes.left == (FOLDER,)
