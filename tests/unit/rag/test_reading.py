"""What becomes of files: exact text, found encodings, titles and dates, and a plain cause where there is none of it."""

from __future__ import annotations

import codecs
import os
import pickle
import socket
import struct
import sys
import tracemalloc
import zlib
from pathlib import Path

import lxml.etree
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag import decoding, noise, sniffing
from rag.dates import iso_date
from rag.errors import EmptySource, SourceError, UnreadableSource, UnsupportedFormat
from rag.formats import ENDINGS, Format, FormatReader
from rag.reading import LocalReader, read
from rag.types import FileState, Mark, NoiseKind, Reading

_ENGLISH = "The envoy spoke in Kabul. “Nothing was signed,” he said – and left for Doha.\n" * 5
_GERMAN = "Über die Größe der Häuser schrieb er später ausführlich. Die Straße führte ans Meer zurück.\n" * 8
_JAPANESE = "これは日本語の文章です。会議は三月に開かれた。代表団は次の日に帰国した。\n" * 8


def _written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"), min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_text_file_is_stored_exactly(tmp_path: Path, text: str) -> None:
    if not text.strip() or text.startswith("\ufeff"):
        return
    content = text.encode()
    if content.startswith((b"%PDF-", b"{\\rtf", b"GIF8", b"GGUF")):
        return
    assert read(_written(tmp_path, "a.txt", content)).text == text


def test_line_ends_become_lf_and_a_mark_goes(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "a.txt", "\ufeffone\r\ntwo\rthree\n\r\n")).text == "one\ntwo\nthree\n\n"


def test_control_characters_of_a_text_stay(tmp_path: Path) -> None:
    text = "Page one. " * 20 + "\x0c" + "Page two.\x1b " * 2 + "\x85\u2028" + "x" * 200
    assert read(_written(tmp_path, "a.txt", text)).text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_wide_encodings_are_read_with_and_without_a_mark(tmp_path: Path, encoding: str, mark: bool) -> None:
    head = getattr(codecs, "BOM_" + encoding.replace("-", "").upper().replace("LE", "_LE").replace("BE", "_BE"))
    path = _written(tmp_path, "a.txt", (head if mark else b"") + _ENGLISH.encode(encoding))
    assert read(path).text == _ENGLISH


@pytest.mark.parametrize(
    ("text", "encoding"), [(_GERMAN, "cp1252"), (_GERMAN, "latin-1"), (_JAPANESE, "shift_jis"), (_JAPANESE, "euc_jp")]
)
def test_old_encodings_are_detected(tmp_path: Path, text: str, encoding: str) -> None:
    assert read(_written(tmp_path, "a.txt", text.encode(encoding))).text == text


def test_a_single_damaged_byte_does_not_spoil_the_accents_of_utf8(tmp_path: Path) -> None:
    content = _GERMAN.encode()
    damaged = read(_written(tmp_path, "a.txt", content[:90] + b"\xff" + content[90:])).text
    assert damaged.replace("\ufffd", "") == _GERMAN


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"\x7fELF\x02\x01\x01" + bytes(200), "a program"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a PNG image"),
        (b"words and\0then a NUL", "not text"),
        (os.urandom(64) + bytes(64) + os.urandom(4000), "not text"),
        (bytes(range(1, 32)) * 40, "not text"),
    ],
)
def test_a_binary_named_txt_is_unsupported_and_says_what_it_is(tmp_path: Path, content: bytes, cause: str) -> None:
    with pytest.raises(UnsupportedFormat, match=cause) as caught:
        read(_written(tmp_path, "a.txt", content))
    assert caught.value.state is FileState.UNSUPPORTED


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t\n", "\u00a0\u2003\n".encode()])
def test_a_file_without_text_is_empty(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(EmptySource):
        read(_written(tmp_path, "a.txt", content))


def test_missing_files_folders_and_dangling_links_are_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone.txt")
    for name, cause in [("gone.txt", "no such file"), (".", "a folder"), ("link.txt", "is gone"), ("a\0b", "name")]:
        with pytest.raises(UnreadableSource, match=cause):
            read(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_pipes_sockets_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s.txt"))
        for path in (tmp_path / "pipe.txt", tmp_path / "s.txt", Path("/dev/zero")):
            with pytest.raises(UnreadableSource):
                read(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named_as_such(tmp_path: Path) -> None:
    path = _written(tmp_path, "a.txt", "x")
    path.chmod(0)
    with pytest.raises(UnreadableSource, match="no right"):
        read(path)


def test_a_file_over_200_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(200 * 10**6 + 1)
    with pytest.raises(UnreadableSource, match="too large"):
        read(path)


def test_a_small_file_takes_little_memory(tmp_path: Path) -> None:
    path = _written(tmp_path, "a.txt", _ENGLISH)
    read(path)
    tracemalloc.start()
    try:
        read(path)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has such files")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_text_that_is_too_long_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(decoding, "MAX_CHARS", 1_000)
    monkeypatch.setattr(decoding, "_PIECE_BYTES", 7)
    fits, too_long = _GERMAN[:900], _GERMAN * 3
    assert len(fits.encode(encoding)) >= 700
    assert read(_written(tmp_path, "fits.txt", fits.encode(encoding))).text == fits
    with pytest.raises(UnreadableSource, match=r"too long .* Split it and add the parts"):
        read(_written(tmp_path, "long.txt", too_long.encode(encoding)))


@pytest.mark.parametrize("name", ["a.html", "a.jsonl", "a.json", "a.xml"])
def test_of_what_is_marked_up_twice_as_many_characters_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    text = {"a.html": "<p>A line of text.</p>\n", "a.xml": "<a>Text.</a>"}.get(name, '{"text": "A line of text."}\n')
    whole = {"a.json": f"[{text}]", "a.xml": f"<x>{text}</x>"}.get(name, text)
    monkeypatch.setattr(decoding, "MAX_CHARS", len(whole) // 2 + 1)
    read(_written(tmp_path, name, whole))
    monkeypatch.setattr(decoding, "MAX_CHARS", len(whole) // 2 - 1)
    with pytest.raises(UnreadableSource, match=r"too long .* Split it"):
        read(_written(tmp_path, name, whole))


def test_a_text_is_not_too_long_for_the_bytes_that_its_characters_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _JAPANESE * 4
    monkeypatch.setattr(decoding, "MAX_CHARS", len(text))
    for encoding in ("utf-8", "utf-16", "shift_jis"):
        assert read(_written(tmp_path, "a.txt", text.encode(encoding))).text == text
    with pytest.raises(UnreadableSource, match="too long"):
        read(_written(tmp_path, "b.txt", text + "。"))


def test_a_file_longer_than_its_size_says_is_read_to_its_end() -> None:
    assert Path("/proc/version").stat().st_size == 0
    assert read(Path("/proc/version")).text == Path("/proc/version").read_text()


def test_errors_survive_a_process_border(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "gone.txt")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_front_matter_gives_title_date_and_origin_and_stays_in_the_text(tmp_path: Path) -> None:
    text = "---\ntitle: 'The accord'\ndate: 31 March 2020\npublisher: The Institute\n---\n# Heading\nBody.\n"
    assert read(_written(tmp_path, "a.md", text)) == Reading(
        text, "The accord", "2020-03-31", "The Institute", "text/markdown"
    )


def test_a_markdown_title_is_its_first_heading_and_a_text_title_its_first_line(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "a.md", "Preface.\n\n## The part ##\nBody")).title == "The part"
    assert read(_written(tmp_path, "a.txt", "\n  RUSSIA MONITOR \n\nDate: 31 March 2020\n")).title == "RUSSIA MONITOR"


def test_a_long_title_is_cut_after_a_word(tmp_path: Path) -> None:
    title = read(_written(tmp_path, "a.txt", "word " * 100)).title
    assert len(title) <= 120
    assert title.endswith("word…")


def test_a_dated_line_near_the_top_gives_the_date(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "a.txt", "RUSSIA MONITOR\n\nDate: 31 March 2020\n")).date == "2020-03-31"
    assert read(_written(tmp_path, "b.txt", "No date: none.\nThe date: was open.")).date is None


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2020-03-31", "2020-03-31"),
        ("2020-03-31T10:00:00Z", "2020-03-31"),
        ("2020-03", "2020-03"),
        ("2020", "2020"),
        ("March 31st, 2020", "2020-03-31"),
        ("Tuesday, 31 March 2020", "2020-03-31"),
        ("Sept. 2021", "2021-09"),
        ("3.11.2021", "2021-11-03"),
        ("31 February 2020", None),
        ("03/04/2020", None),
        ("2020-13-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_become_iso_8601_and_ambiguous_ones_nothing(written: str, iso: str | None) -> None:
    assert iso_date(written) == iso


_PAGE = "<!DOCTYPE html><html><head><title>The accord</title></head><body><p>The delegations met in Doha.</p></body>"


def test_a_page_of_another_ending_is_known_by_its_content(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "page.php", _PAGE)).media_type == "text/html"
    assert read(_written(tmp_path, "notes", "Plain words.")).media_type == "text/plain"


def test_html_in_a_text_file_stays_the_text_it_is(tmp_path: Path) -> None:
    assert read(_written(tmp_path, "a.txt", _PAGE)).text == _PAGE


def test_endings_worth_reading_in_a_folder_are_those_of_the_readers() -> None:
    assert {".txt", ".md", ".html", ".htm"} <= ENDINGS


class _Stumbling:
    """A reader whose parser raises something."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def read(self, content: bytes, path: Path) -> Reading:
        raise self._error


class _StumblingFormat(Format):
    """A format of such a reader."""

    _error: BaseException

    def __init__(self, error: BaseException) -> None:
        super().__init__(sniffing.PLAIN, (".txt",), "")
        object.__setattr__(self, "_error", error)

    def make_reader(self) -> FormatReader:
        return _Stumbling(self._error)


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        ValueError("x"),
        RecursionError("x"),
        zlib.error("x"),
        struct.error("x"),
        lxml.etree.XMLSyntaxError("x", 1, 1, 1),
        AttributeError("x"),
        AssertionError(),
        OSError("x"),
        UnicodeError("x"),
        RuntimeError("x"),
    ],
    ids=repr,
)
def test_whatever_a_parser_raises_is_one_plain_sentence(error: Exception) -> None:
    reader = LocalReader([_StumblingFormat(error)])
    with pytest.raises(UnreadableSource, match="it is damaged, or not what its name says") as caught:
        reader.read_content(b"words", Path("a.txt"))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), EmptySource(path="a", reason="no.")], ids=repr)
def test_what_is_no_damage_passes_the_border(error: BaseException) -> None:
    with pytest.raises(type(error)):
        LocalReader([_StumblingFormat(error)]).read_content(b"words", Path("a.txt"))


def test_a_text_in_which_noise_cannot_be_looked_for_is_read_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(reading: Reading) -> tuple[Mark, ...]:
        raise RecursionError(reading.title)

    monkeypatch.setattr(noise, "marks_for", stumbles)
    page = b"<p>The boats left in May.</p><p hidden>And nobody saw them.</p>"
    reading = LocalReader().read_content(page, Path("a.html"))
    assert reading.text.startswith("The boats left in May.")
    assert {mark.kind for mark in reading.marks} == {NoiseKind.HIDDEN}
    assert "not found out" in reading.note


def test_what_no_database_stores_is_replaced_and_every_place_stays() -> None:
    raw = '{"title": "a\\ud800b", "note": "Half a \\udc00 character and \\u0000 and the end."}'
    reading = LocalReader().read_content(raw.encode(), Path("a.json"))
    assert reading.title == "a\ufffdb"
    assert "Half a \ufffd character and \ufffd and the end." in reading.text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Quick Analysis\n\nBridge Over Lune Is Closed\n\nThe bridge was closed.", "Bridge Over Lune Is Closed"),
        ("Published in Stream:\nPress by\nBridge Over Lune Is Closed\n6 years\nThe", "Bridge Over Lune Is Closed"),
        ("Normans\n\nThe Normans were a people of the north.", "Normans"),
        ("A bridge is closed again\nAuthor: Maria Holt\n\nThe bridge.", "A bridge is closed again"),
        ("Moby Dick\n\nCall me Ishmael. Some years ago, never\nmind how long precisely.", "Moby Dick"),
        ("Share this article\n\nThe bridge of yesterday\n\nIt was closed again.", "The bridge of yesterday"),
    ],
)
def test_the_title_of_a_plain_text_is_no_noise(tmp_path: Path, text: str, title: str) -> None:
    assert read(_written(tmp_path, "a.txt", text.encode())).title == title
