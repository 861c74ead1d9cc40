"""What becomes of e-books: chapters in reading order under their names, and nothing followed out of the book."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import EmptySource, EncryptedSource, SourceError, UnreadableSource
from rag.types import NoiseKind, PartKind, Reading
from tests.book_files import CONTAINER, ENCRYPTION, epub, locked, nav, ncx, package, page
from tests.soundness import read_all, read_sound

_SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "files"
_ONE, _TWO = page("One", "The first words."), page("Two", "The second words.")


def _read(content: bytes) -> Reading:
    return read_sound(content, "a.epub")


def _book(**members: str) -> dict[str, str]:
    return {"OEBPS/one.xhtml": _ONE, "OEBPS/two.xhtml": _TWO, **members}


def _labels(reading: Reading) -> list[tuple[int, str]]:
    return [(part.number, part.label) for part in reading.parts]


def test_chapters_come_in_reading_order_with_what_is_known_of_the_book() -> None:
    about = (
        "<dc:title>The Accord</dc:title><dc:creator>Anna Example</dc:creator><dc:creator>Bob</dc:creator>"
        "<dc:language>en-GB</dc:language><dc:date>2020-03-31</dc:date><dc:publisher>The Press</dc:publisher>"
    )
    opf = package(["one.xhtml", "two.xhtml"], spine=[1, 0], metadata=about)
    reading = _read(epub({"OEBPS/book.opf": opf, **_book()}))
    assert reading.text == "Two\n\nThe second words.\n\nOne\n\nThe first words."
    assert _labels(reading) == [(1, "Two"), (2, "One")]
    assert reading.parts[0].kind is PartKind.CHAPTER
    assert reading.parts[1].span.cut(reading.text) == "One\n\nThe first words."
    assert (reading.title, reading.author, reading.date) == ("The Accord", "Anna Example, Bob", "2020-03-31")
    assert (reading.origin, reading.language, reading.media_type) == ("The Press", "en", "application/epub+zip")


@pytest.mark.parametrize("table", ["nav", "ncx"])
def test_chapters_are_named_as_the_table_of_contents_names_them(table: str) -> None:
    entries = [("one.xhtml", "I. Of beginnings"), ("two.xhtml#top", "II. Of ends")]
    made = nav(entries) if table == "nav" else ncx(entries)
    opf = package(["one.xhtml", "two.xhtml"], **{table: "toc.xml"})
    reading = _read(epub({"OEBPS/book.opf": opf, **_book(), "OEBPS/toc.xml": made}))
    assert _labels(reading) == [(1, "I. Of beginnings"), (2, "II. Of ends")]


def test_a_file_is_cut_where_the_table_of_contents_points_into_it() -> None:
    body = '<div id="a"><h2>A</h2><p>Text of A.</p></div><h2><a id="b"/>B</h2><p>Text of B.</p><p id="c">Text of C.</p>'
    entries = [("one.xhtml#a", "Part A"), ("one.xhtml#b", "Part B"), ("one.xhtml#c", "Part C"), ("one.xhtml#d", "None")]
    opf = package(["one.xhtml"], nav="nav.xhtml")
    members = {
        "OEBPS/book.opf": opf,
        "OEBPS/one.xhtml": page("Whole", "Before.", body=body),
        "OEBPS/nav.xhtml": nav(entries),
    }
    reading = _read(epub(members))
    assert reading.text == "Whole\n\nBefore.\n\nA\n\nText of A.\n\nB\n\nText of B.\n\nText of C."
    assert [label for _, label in _labels(reading)] == ["None", "Part A", "Part B", "Part C"]
    assert reading.parts[2].span.cut(reading.text) == "B\n\nText of B."


def test_printed_page_numbers_do_not_stand_in_sentences() -> None:
    body = '<p>He went along <span epub:type="pagebreak" title="173" id="p173">173</span>the road.</p>'
    reading = _read(epub({"OEBPS/book.opf": package(["one.xhtml"]), "OEBPS/one.xhtml": page("One", body=body)}))
    assert reading.text == "One\n\nHe went along the road."


def test_a_table_of_contents_to_be_seen_is_marked() -> None:
    opf = package(["nav.xhtml", "one.xhtml"], nav="nav.xhtml")
    reading = _read(epub({"OEBPS/book.opf": opf, **_book(), "OEBPS/nav.xhtml": nav([("one.xhtml", "First of all")])}))
    assert [(mark.kind, mark.span.cut(reading.text)) for mark in reading.marks] == [(NoiseKind.MENU, "1. First of all")]


def test_pictures_without_words_count_as_chapters_without_text() -> None:
    cover = page("", body='<img src="cover.png" alt=""/>')
    reading = _read(
        epub({"OEBPS/book.opf": package(["cover.xhtml", "one.xhtml"]), "OEBPS/cover.xhtml": cover, **_book()})
    )
    assert _labels(reading) == [(2, "One")]
    with pytest.raises(EmptySource):
        _read(epub({"OEBPS/book.opf": package(["cover.xhtml"]), "OEBPS/cover.xhtml": cover}))


@pytest.mark.parametrize(
    "href",
    ["%2e%2e%2f%2e%2e%2fetc/passwd", "../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "http://[::1", "C:\\x"],
)
def test_no_reference_leads_out_of_the_book(href: str) -> None:
    opf = package([href, "one.xhtml"], nav=href)
    assert _read(epub({"OEBPS/book.opf": opf, **_book()})).text == "One\n\nThe first words."


def test_a_climb_that_stays_inside_is_followed() -> None:
    opf = package(["../Text/one%20a.xhtml"])
    assert "first" in _read(epub({"OEBPS/book.opf": opf, "Text/one a.xhtml": _ONE})).text


def test_chapters_and_contents_in_a_circle_are_read_once() -> None:
    entries = [("nav.xhtml", "Contents"), ("one.xhtml", "One"), ("nav.xhtml", "Contents")] * 50
    opf = package(["one.xhtml", "nav.xhtml"], spine=[0, 1, 0, 0, 1], nav="nav.xhtml")
    reading = _read(epub({"OEBPS/book.opf": opf, **_book(), "OEBPS/nav.xhtml": nav(entries)}))
    assert reading.text.count("The first words.") == 1
    assert [label for _, label in _labels(reading)] == ["One", "Contents"]


@pytest.mark.parametrize(
    ("container", "opf"),
    [(None, ""), (CONTAINER, ""), (CONTAINER, "<package"), ("<broken", ""), (CONTAINER, package([]))],
)
def test_without_an_order_the_files_come_as_they_lie(container: str | None, opf: str) -> None:
    members = {**({"OEBPS/book.opf": opf} if opf else {}), **_book()}
    reading = _read(epub(members, container=container))
    assert reading.text == "One\n\nThe first words.\n\nTwo\n\nThe second words."
    assert "in which order" in reading.note


def test_scripts_stay_out_and_entities_are_not_resolved() -> None:
    chapter = page("One", "Words.", body="<script>alert('SCRIPT')</script>")
    laughing = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page("Two", "See &x; here.")
    members = {"OEBPS/one.xhtml": chapter, "OEBPS/two.xhtml": laughing}
    reading = _read(epub({"OEBPS/book.opf": package(["one.xhtml", "two.xhtml"]), **members}))
    assert "SCRIPT" not in reading.text
    assert "root:" not in reading.text


def test_a_locked_book_says_so_and_a_disguised_font_does_not_lock_it() -> None:
    members = {"OEBPS/book.opf": package(["one.xhtml"]), **_book()}
    drm = ENCRYPTION.format(algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc", member="OEBPS/one.xhtml")
    with pytest.raises(EncryptedSource, match="DRM"):
        _read(epub({**members, "META-INF/encryption.xml": drm}))
    font = ENCRYPTION.format(algorithm="http://www.idpf.org/2008/embedding", member="OEBPS/font.otf")
    assert "first" in _read(epub({**members, "META-INF/encryption.xml": font})).text
    with pytest.raises(EncryptedSource, match="password"):
        _read(locked(epub({**members})))


def test_a_chapter_that_is_missing_or_damaged_is_noted() -> None:
    opf = package(["gone.xhtml", "one.xhtml", "two.xhtml"])
    reading = _read(epub({"OEBPS/book.opf": opf, **_book(), "OEBPS/two.xhtml": b"\x00\x01\x02" * 99}))  # type: ignore[dict-item]
    assert reading.text == "One\n\nThe first words."
    assert reading.note == "1 of its 2 files could not be read."


def test_old_encodings_of_chapters_are_read() -> None:
    old = _ONE.replace("utf-8", "windows-1251").replace("first words", "первые слова").encode("cp1251")
    reading = _read(epub({"OEBPS/book.opf": package(["one.xhtml"]), "OEBPS/one.xhtml": old}))
    assert "первые слова" in reading.text


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", epub({}), epub({"OEBPS/book.opf": package(["one.xhtml"])})])
def test_what_holds_no_chapters_ends_in_a_cause(content: bytes) -> None:
    with pytest.raises(SourceError):
        _read(content)


def test_a_bomb_is_refused() -> None:
    bomb = epub({"OEBPS/book.opf": package(["one.xhtml"]), "OEBPS/one.xhtml": b" " * 40_000_000})
    with pytest.raises(UnreadableSource, match="none of its chapters"):
        _read(bomb)


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared files are not beside this checkout")
def test_real_books_are_read() -> None:
    readings, refused = read_all(_SHARED, "*.epub")
    assert all(reading.parts for reading in readings)
    assert refused == {"sous-le-vent.epub": "empty"}
