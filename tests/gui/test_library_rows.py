"""What stands in the rows of the library, how it is sorted and found, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.collection_list import ALL, UNREAD, Shelf, ShelfKind
from desktop_app.library_cards import document_card, documents_card, folder_card, unread_card
from desktop_app.library_contents import Contents
from desktop_app.library_rows import DocumentRow, UnreadRow, document_rows, natural, unread_rows
from desktop_app.library_words import kind_of_name, kind_words, page_words, size_words
from rag import sniffing
from rag.formats import FORMATS
from rag.holdings import Collection, Correction, WatchedFolder
from rag.rows import FileRow
from rag.types import FileState, Source
from tests.gui.fake_workbench import document

pytestmark = pytest.mark.gui


def source_of(title: str, **changes: object) -> Source:
    return replace(document(title * 3, f"{title}.pdf", title).source, media_type=sniffing.PDF, **changes)


def file_of(source: Source, path: str = "", state: FileState = FileState.INDEXED, reason: str = "") -> FileRow:
    return FileRow(path or source.path, "/texts", source.name, 1_234_567, 10**18, "0" * 64, state, reason, source.id)


def unread(name: str, state: FileState = FileState.ENCRYPTED, reason: str = "it is protected.") -> FileRow:
    return FileRow(f"/texts/{name}", "/texts", name, 2_000, 10**18, "0" * 64, state, reason, None)


def test_every_format_that_can_be_read_has_a_name_a_person_knows():
    for one in FORMATS:
        assert "/" not in kind_words(one.media_type)
        assert kind_words(one.media_type)[0].isupper()


def test_the_kind_of_a_file_that_could_not_be_read_follows_from_its_name():
    assert kind_of_name("a/b.PDF") == "PDF"
    assert kind_of_name("old.doc") == "Word"
    assert kind_of_name("song.mp3") == "MP3"
    assert kind_of_name("README") == ""


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(-1, ""), (0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 KB"), (9_960, "10 KB"),
     (999_600, "1.0 MB"), (1_234_567, "1.2 MB"), (5_000_000_000_000, "5,000 GB")],
)  # fmt: skip
def test_sizes_are_told_in_units_that_people_use(size_bytes: int, words: str):
    assert size_words(size_bytes) == words


def test_slides_and_sheets_are_not_called_pages():
    assert page_words(1, sniffing.PPTX) == "1 slide"
    assert page_words(3, sniffing.XLSX) == "3 sheets"
    assert page_words(0, sniffing.PLAIN) == ""


def test_titles_are_sorted_as_people_sort_them():
    titles = ["Zebra", "chapter 10", "Ärger", "Chapter 2", "apple", "“Bees”", "***"]
    assert sorted(titles, key=natural) == ["***", "apple", "Ärger", "“Bees”", "Chapter 2", "chapter 10", "Zebra"]


def test_a_document_is_found_by_title_author_date_file_kind_language_and_twin():
    source = source_of("Water", author="Maria Holt", language="de", date="2021-03")
    row = DocumentRow(source, file_of(source), (replace(file_of(source), name="copy/of-it.pdf"),))
    for word in ("water", "holt", "2021-03", "march 2021", "water.pdf", "pdf", "german", "of-it"):
        assert word in row.haystack


def test_what_was_read_in_part_says_so_with_its_reason():
    source = source_of("Water")
    row = DocumentRow(source, file_of(source, reason="2 of its 9 pages could not be read."))
    assert row.state == "Partly read"
    assert row.note == "2 of its 9 pages could not be read."


def test_a_file_that_broke_after_it_was_read_keeps_its_text_and_says_so():
    source = source_of("Water")
    file = file_of(source, state=FileState.DAMAGED, reason="it is damaged.")
    row = DocumentRow(source, file)
    assert row.state == "Earlier text"
    assert row.note == "The file could not be read again: it is damaged. Its text from before is kept."
    assert unread_rows([file]) == (UnreadRow(file),)
    assert "still in the library" in unread_card(UnreadRow(file)).note


def test_only_files_that_gave_no_text_are_not_read():
    source = source_of("Water")
    files = [file_of(source), file_of(source, "/copy.pdf", FileState.DUPLICATE), unread("a.pdf")]
    assert [row.file.name for row in unread_rows(files)] == ["a.pdf"]
    assert document_rows([source], files, {})[0].paths == (source.path, "/copy.pdf")


def test_rows_that_are_still_right_are_taken_again():
    one, other = source_of("One"), source_of("Other")
    before = document_rows([one, other], [file_of(one), file_of(other)], {})
    known = {row.id: row for row in before}
    after = document_rows([one, replace(other, title="New")], [file_of(one), file_of(other)], known)
    assert after[0] is before[0]
    assert after[1].title == "New"


def test_a_correction_is_marked_and_what_the_file_says_is_at_hand():
    said = source_of("Water", author="A. Nonymous", date="2020")
    row = DocumentRow(replace(said, author="Maria Holt", date=None), file_of(said))
    card = document_card(row, Correction(author="Maria Holt", date=""), said, ("Rivers",))
    facts = {fact.caption: fact for fact in card.facts}
    assert facts["Author"].value == "Maria Holt (corrected)"
    assert facts["Author"].tooltip == "The file says: A. Nonymous"
    assert facts["Date"].value == "taken away"
    assert facts["Collections"].value == "Rivers"
    assert "Title" not in facts


def test_the_files_that_hold_the_same_text_are_named_and_the_rest_counted():
    source = source_of("Water")
    twins = tuple(replace(file_of(source), path=f"/copies/{number}.pdf") for number in range(5))
    card = document_card(DocumentRow(source, file_of(source), twins), Correction(), source, ())
    also = [fact.value for fact in card.facts if fact.caption == "Also in"]
    assert also == ["/copies/0.pdf", "/copies/1.pdf", "/copies/2.pdf", "2 further files"]


def test_several_documents_are_summed_up():
    sources = [source_of("One", n_pages=3), source_of("Other", n_pages=4)]
    card = documents_card([DocumentRow(one, file_of(one)) for one in sources])
    facts = {fact.caption: fact.value for fact in card.facts}
    assert card.title == "2 documents"
    assert (facts["Kinds"], facts["Pages"], facts["Size"]) == ("2 PDF", "7", "2.5 MB")


def test_the_list_counts_everything_and_marks_what_is_watched():
    one, other = source_of("One"), replace(source_of("Other"), path="/papers/deep/other.pdf")
    rows = (DocumentRow(one, file_of(one)), DocumentRow(other, file_of(other)))
    contents = Contents(
        rows, (UnreadRow(unread("a.pdf")),), (Collection("Rivers", (one.id,)),), (WatchedFolder("/papers", "Rivers"),)
    )
    lines = [(entry.words, entry.count, entry.is_watched) for entry in contents.entries()]
    assert lines == [
        ("All documents", 2, False),
        ("Not read", 1, False),
        ("Collections", 0, False),
        ("Rivers", 1, False),
        ("Watched folders", 0, False),
        ("papers", 1, True),
    ]
    assert contents.on(ALL) == rows
    assert contents.on(UNREAD) == ()
    assert contents.on(Shelf(ShelfKind.FOLDER, "/papers")) == rows[1:]
    assert contents.on(Shelf(ShelfKind.FOLDER, "/pap")) == ()
    assert contents.n_watched(rows) == 1
    card = folder_card(contents.watched[0], rows[1:])
    assert {fact.caption: fact.value for fact in card.facts}["Folder"] == "/papers"
