"""What becomes of zip archives: a folder to look into, whose files are read one at a time and never unpacked."""

from __future__ import annotations

import hashlib
import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import archives, zips
from rag.errors import EncryptedSource, SourceError, UnreadableSource, UnsupportedFormat
from rag.finding import Finding
from rag.reading import LocalReader, content_of, open_regular, read
from tests.book_files import epub, locked, package, page, zipped


def _written(folder: Path, content: bytes | Mapping[str, str | bytes], name: str = "a.zip") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else zipped(content))
    return path


def _names(path: Path) -> list[str]:
    return [member.path.relative_to(path).as_posix() for member in archives.members(path)]


def test_files_have_paths_through_the_archive(tmp_path: Path) -> None:
    path = _written(tmp_path, {"a.txt": "The first words.", "sub/b.md": "# Second\n", "sub/": ""})
    assert [(member.path, member.size_bytes) for member in archives.members(path)] == [
        (path / "a.txt", 16),
        (path / "sub" / "b.md", 9),
    ]
    assert read(path / "a.txt").text == "The first words."
    assert read(path / "sub/b.md").title == "Second"


def test_a_file_in_an_archive_opens_like_any_other(tmp_path: Path) -> None:
    words = b"words " * 100_000
    path = _written(tmp_path, {"a.txt": words})
    digest = hashlib.sha256()
    with open_regular(path / "a.txt") as file:
        while piece := file.read(2**16):
            digest.update(piece)
    assert digest.digest() == hashlib.sha256(words).digest()


def test_the_mark_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    before = archives.members(_written(tmp_path, {"a.txt": "one"}))[0].crc
    assert archives.members(_written(tmp_path, {"a.txt": "two"}))[0].crc != before


def test_names_that_lead_out_are_hidden_or_no_files_do_not_count(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("../x.txt", "/etc/x.txt", "a/../../x.txt", "C:\\x.txt", "..\\x.txt", "\\x.txt", "a//b.txt"):
            archive.writestr(zipfile.ZipInfo(name), "out")
        for name in (".hidden.txt", "a/.git/x.txt", "__MACOSX/._a.txt", "folder/"):
            archive.writestr(name, "hidden")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("sub\\good.txt", "good")
    path = _written(tmp_path, written.getvalue())
    assert _names(path) == ["sub/good.txt"]
    assert read(path / "sub/good.txt").text == "good"
    for name in ("../x.txt", "/etc/x.txt", "link.txt", "__MACOSX/._a.txt"):
        with pytest.raises(UnreadableSource):
            read(Path(f"{path}/{name}"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_one_file_and_case_tells_files_apart(tmp_path: Path) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for content in ("first", "last"):
            archive.writestr("a.txt", content)
        archive.writestr("A.TXT", "other")
    path = _written(tmp_path, written.getvalue())
    assert _names(path) == ["a.txt", "A.TXT"]
    assert (read(path / "a.txt").text, read(path / "A.TXT").text) == ("last", "other")


def test_names_in_utf8_that_do_not_say_so_are_read(tmp_path: Path) -> None:
    content = zipped({"Größe.txt": "words"})
    unsaid = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        unsaid[content.find(mark) + place + 1] &= ~0x08
    assert _names(_written(tmp_path, bytes(unsaid))) == ["Größe.txt"]


def test_a_locked_file_is_listed_and_says_so(tmp_path: Path) -> None:
    path = _written(tmp_path, locked(zipped({"a.txt": "secret"})))
    assert _names(path) == ["a.txt"]
    with pytest.raises(EncryptedSource, match="password"):
        read(path / "a.txt")


def test_an_archive_in_an_archive_is_a_file_that_is_not_opened(tmp_path: Path) -> None:
    path = _written(tmp_path, {"inner.zip": zipped({"a.txt": "deep"}), "b.txt": "words"})
    assert _names(path) == ["inner.zip", "b.txt"]
    with pytest.raises(UnsupportedFormat, match="Unpack it"):
        read(path / "inner.zip")
    with pytest.raises(UnreadableSource):
        read(path / "inner.zip" / "a.txt")


def test_an_office_document_or_book_is_no_archive(tmp_path: Path) -> None:
    book = epub({"OEBPS/book.opf": package(["one.xhtml"]), "OEBPS/one.xhtml": page("One", "Words.")})
    assert archives.members(_written(tmp_path, book, "book.zip")) is None
    assert archives.members(_written(tmp_path, {"word/document.xml": "<w/>"}, "letter.zip")) is None
    assert archives.members(_written(tmp_path, {"a.txt": "x"}, "a.jar")) is None
    assert archives.members(tmp_path / "gone.zip") is None
    assert archives.members(_written(tmp_path, {"a.txt": "x"}))
    with pytest.raises(UnreadableSource, match="no zip archive"):
        archives.members(_written(tmp_path, b"damaged", "b.zip"))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no archive", zipped({"a.txt": "x" * 999})[:-30], bytes(100)])
def test_a_damaged_archive_ends_in_a_cause(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableSource):
        archives.members(_written(tmp_path, content))


def test_an_empty_archive_holds_no_files(tmp_path: Path) -> None:
    assert archives.members(_written(tmp_path, {})) == ()


def test_too_many_files_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    many = _written(tmp_path, {f"{number}.txt": "" for number in range(10_001)})
    with pytest.raises(UnreadableSource, match="too many files"):
        archives.members(many)
    lying = bytearray(zipped({"a.txt": "x"}))
    struct.pack_into("<L", lying, len(lying) - 10, 2 * 10**9)
    with pytest.raises(UnreadableSource):
        archives.members(_written(tmp_path, bytes(lying), "lying.zip"))


def test_the_large_form_of_the_format_is_no_way_round(tmp_path: Path) -> None:
    content = bytearray(zipped({str(number): "" for number in range(0x10000)}))
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<L", content, end + 12, 0xFFFFFFFF)
    struct.pack_into("<Q", content, content.rfind(b"PK\x06\x06") + 40, 2 * 10**9)
    with pytest.raises(UnreadableSource, match="too many files"):
        archives.members(_written(tmp_path, bytes(content)))


def test_an_archive_in_the_comment_of_another_hides_nothing_that_is_listed(tmp_path: Path) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("outer.txt", "outer words")
        archive.comment = zipped({"inner.txt": "inner words"})
    path = _written(tmp_path, written.getvalue())
    for member in archives.members(path):
        assert read(member.path).text in {"outer words", "inner words"}


def test_bombs_are_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, {"a.txt": b" " * 40_000_000})
    with pytest.raises(UnreadableSource, match="as no real document does"):
        read(path / "a.txt")
    large = bytearray(zipped({f"{number}.txt": "x" for number in range(3)}))
    place = large.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<L", large, place + 24, 190 * 10**6)
        place = large.find(b"PK\x01\x02", place + 4)
    with pytest.raises(UnreadableSource, match="larger than 500 MB"):
        archives.members(_written(tmp_path, bytes(large)))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_that_holds_more_than_the_directory_says_is_not_inflated(tmp_path: Path, method: int) -> None:
    path = tmp_path / "lying.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("mimetype", bytes(60_000_000))
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.find(b"PK\x03\x04") + 22, 100)
    struct.pack_into("<L", content, content.find(b"PK\x01\x02") + 24, 100)
    path.write_bytes(content)
    tracemalloc.start()
    try:
        assert archives.members(path)
        with pytest.raises(UnreadableSource, match=r"damaged in the archive|packed in a way"):
            content_of(path / "mimetype")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_member_said_to_lie_past_every_file_ends_in_a_listing_or_a_cause(tmp_path: Path) -> None:
    content = bytearray(zipped({"mimetype": "x"}))
    entry = content.find(b"PK\x01\x02")
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 2)
    struct.pack_into("<L", content, entry + 42, 0xFFFFFFFF)
    struct.pack_into("<H", content, entry + 30, len(extra))
    content[entry + 54 : entry + 54] = extra
    end = content.find(b"PK\x05\x06")
    struct.pack_into("<L", content, end + 12, end - entry)
    path = _written(tmp_path, bytes(content))
    assert archives.members(path)
    with pytest.raises(UnreadableSource, match="damaged"):
        content_of(path / "mimetype")
    with pytest.raises(UnsupportedFormat):
        LocalReader().read_content(bytes(content), tmp_path / "a.bin")


def test_files_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": "one" * 999, "b.txt": "two" * 999}))
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<L", content, place + 20, len(content))
        place = content.find(b"PK\x01\x02", place + 4)
    with pytest.raises(UnreadableSource, match="overlap"):
        archives.members(_written(tmp_path, bytes(content)))


def test_a_file_larger_than_200_mb_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": "x"}))
    struct.pack_into("<L", content, content.find(b"PK\x01\x02") + 24, 201 * 10**6)
    with pytest.raises(UnreadableSource, match="too large"):
        read(_written(tmp_path, bytes(content)) / "a.txt")


def test_a_file_damaged_in_its_archive_says_so(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": "The words of it. " * 99}))
    content[45:55] = bytes(10)
    with pytest.raises(UnreadableSource, match="damaged in the archive"):
        read(_written(tmp_path, bytes(content)) / "a.txt")


def test_paths_that_lead_through_no_archive_are_missing_files(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("words")
    archive = _written(tmp_path, {"a.txt": "x"})
    for path in (text / "b.txt", tmp_path / "gone" / "b.txt", archive / "gone.txt", archive / "a.txt" / "b"):
        with pytest.raises(UnreadableSource):
            read(path)
    assert archives.place_of(tmp_path / "gone.txt") is None
    assert archives.place_of(archive / "a.txt") == archives.Place(archive, "a.txt")


@given(place=st.integers(0, 400), value=st.integers(0, 255), length=st.integers(1, 30))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_ends_in_a_listing_or_a_cause(tmp_path: Path, place: int, value: int, length: int) -> None:
    content = bytearray(zipped({"a.txt": "The words of it. " * 9, "sub/b.txt": "Others."}))
    content[place : place + length] = bytes([value]) * len(content[place : place + length])
    path = _written(tmp_path, bytes(content))
    try:
        listed = archives.members(path)
    except SourceError:
        return
    reader = LocalReader()
    for member in listed:
        try:
            reader.read(member.path)
        except SourceError:
            continue


@pytest.fixture
def n_opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever the directory of a zip file is read."""
    real, opened = zips.opened, []

    def counting(file: BinaryIO) -> zipfile.ZipFile:
        opened.append(1)
        return real(file)

    monkeypatch.setattr(zips, "opened", counting)
    return opened


def test_the_directory_of_an_archive_is_read_once_for_all_its_files(tmp_path: Path, n_opened: list[int]) -> None:
    path = _written(tmp_path, {f"{number}.txt": f"words {number}" for number in range(5)})
    reader = LocalReader()
    assert [reader.read(path / f"{number}.txt").text for number in range(5)] == [f"words {n}" for n in range(5)]
    assert len(n_opened) == 1


def test_a_look_into_a_folder_opens_its_archives_once(tmp_path: Path, n_opened: list[int]) -> None:
    _written(tmp_path, {"a.txt": "words", "b.txt": "others"})
    _written(tmp_path, {"word/document.xml": "<w/>"}, "letter.zip")
    found = [candidate.name for candidate in Finding().find([tmp_path])]
    assert found == ["a.zip/a.txt", "a.zip/b.txt", "letter.zip"]
    assert len(n_opened) == 2


def test_an_archive_that_changed_between_two_of_its_files_is_read_as_it_is_now(tmp_path: Path) -> None:
    path = _written(tmp_path, {"a.txt": "one", "b.txt": "two"})
    reader = LocalReader()
    assert reader.read(path / "a.txt").text == "one"
    _written(tmp_path, {"c.txt": "a third that is longer", "b.txt": "fourth"})
    assert reader.read(path / "b.txt").text == "fourth"
    path.write_bytes(b"damaged")
    with pytest.raises(UnreadableSource, match="no zip archive"):
        reader.read(path / "b.txt")
    path.unlink()
    with pytest.raises(UnreadableSource, match="no such file"):
        reader.read(path / "b.txt")


def test_after_a_damaged_file_the_others_of_its_archive_can_be_read(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": "The words of it. " * 99, "b.txt": "Others."}))
    content[45:55] = bytes(10)
    path = _written(tmp_path, bytes(content))
    reader = LocalReader()
    with pytest.raises(UnreadableSource, match="damaged in the archive"):
        reader.read(path / "a.txt")
    assert reader.read(path / "b.txt").text == "Others."


def test_listing_ten_thousand_files_takes_little_time(tmp_path: Path) -> None:
    path = _written(tmp_path, {f"folder/{number}.txt": "x" for number in range(10_000)})
    began = time.process_time()
    assert len(archives.members(path)) == 10_000
    assert time.process_time() - began < 5
