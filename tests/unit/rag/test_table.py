"""What becomes of tables that are text: every cell is found again, and none takes more than is its own."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import UnsupportedFormat
from rag.readers import records
from rag.readers.table import CsvReader, TsvReader
from rag.types import Reading


def _read(text: str | bytes, name: str = "league.csv") -> Reading:
    return CsvReader().read(text.encode() if isinstance(text, str) else text, Path(name))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_values_is_found_out(delimiter: str) -> None:
    rows = ["Team,Wins", "Reds,12", "Blues,3"]
    text = "\n".join(row.replace(",", delimiter) for row in rows)
    assert _read(text).text == "Team: Reds; Wins: 12\n\nTeam: Blues; Wins: 3"
    assert TsvReader().read(text.encode(), Path("a.tsv")).text == "Team: Reds; Wins: 12\n\nTeam: Blues; Wins: 3"


def test_commas_in_numbers_do_not_part_values() -> None:
    assert _read("Jahr;Umsatz\n2022;123,5\n2023;143,1\n").text.startswith("Jahr: 2022; Umsatz: 123,5")


def test_a_line_that_names_the_delimiter_is_obeyed_and_no_text() -> None:
    assert _read("sep=;\na,b;c\n1,5;2\n3,5;4").text == "a,b: 1,5; c: 2\n\na,b: 3,5; c: 4"


def test_encodings_and_line_ends_are_those_of_any_text() -> None:
    for content in ("Name;Größe\r\nÄrmel;2\r\n".encode("cp1252"), "\ufeffName;Größe\rÄrmel;2".encode("utf-16-le")):
        assert _read(content).text == "Name: Ärmel; Größe: 2"


def test_quoted_values_keep_their_line_ends_and_quotes() -> None:
    text = 'Name,Note\nAda,"first line\nsecond ""line"""\nBob,none\n'
    assert _read(text).text == 'Name: Ada\n\nNote: first line\nsecond "line"\n\nName: Bob; Note: none'


def test_a_quotation_mark_that_is_never_closed_does_not_take_the_rest() -> None:
    reading = _read("Name,Size\n" + 'Ada,"tall\n' + "Bob,1\n" * 500)
    assert 'Name: Ada; Size: "tall' in reading.text
    assert reading.text.count("Name: Bob; Size: 1") == 500
    assert "never closed" in reading.note


def test_prose_in_a_csv_stays_as_it_is() -> None:
    text = "Dear all, it rained.\nWe stayed in.\nThen, at last, the sun, and wind.\nGood.\n"
    assert _read(text).text.split("\n\n") == text.strip().split("\n")


def test_formulas_stay_text() -> None:
    assert _read("Item,Sum\n=cmd|' /C calc'!A0,1\n@x,2").text == "Item: =cmd|' /C calc'!A0; Sum: 1\n\nItem: @x; Sum: 2"


def test_a_field_of_three_megabytes_is_read_whole() -> None:
    long = "words and " * 300_000
    text = _read(f"Id,Body\n1,{long}\n2,short\n").text
    assert long.strip() in text
    assert "Id: 2; Body: short" in text


def test_a_million_columns_are_bounded_and_told() -> None:
    begun = time.process_time()
    reading = _read(",".join(map(str, range(1_000_000))) + "\n1,2\n")
    assert "16383" in reading.text
    assert "16384" not in reading.text
    assert "only the first 16,384" in reading.note
    assert time.process_time() - begun < 20


def test_many_rows_end_at_a_bound_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_CHARS", 100_000)
    reading = _read("Id,Name\n" + "1,Ada\n" * 200_000)
    assert 99_000 < len(reading.text) <= 100_000
    assert "only its beginning was read" in reading.note


def test_two_hundred_thousand_rows_are_read_within_limits() -> None:
    begun = time.process_time()
    assert _read("Id,Name\n" + "1,Ada\n" * 200_000).text.count("Ada") == 200_000
    assert time.process_time() - begun < 30


def test_blank_lines_between_all_rows_cost_no_more() -> None:
    begun = time.process_time()
    assert _read("Name,Town\n" + "Ada,Rome\n\n" * 30_000).text.count("Name: Ada; Town: Rome") == 30_000
    assert time.process_time() - begun < 20


def test_a_nul_is_no_text() -> None:
    with pytest.raises(UnsupportedFormat, match="not text"):
        _read(b"a,b\n1,\x002\n")


def test_the_title_is_the_name_of_the_file() -> None:
    reading = _read("Date,Sum\n2020-01-01,3\n2020-01-02,4\n", "Sales of May.csv")
    assert (reading.title, reading.date, reading.parts, reading.media_type) == ("Sales of May", None, (), "text/csv")


_WORDS = st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"], max_codepoint=0x2FF), max_size=12)


@given(st.lists(st.lists(_WORDS, min_size=2, max_size=2), min_size=3, max_size=10))
@settings(max_examples=60, deadline=None)
def test_no_word_of_a_table_is_lost(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    text = _read(written.getvalue() or "x").text
    for row in rows:
        for cell in row:
            # What is parted otherwise than it was written is still there, its quotation marks perhaps doubled.
            assert all(word.strip('"') in text for word in cell.replace('"', " ").split())


def test_the_name_of_a_column_without_cells_is_not_lost() -> None:
    text = _read("Team,Wins,Remark\nReds,12,\nBlues,3,\n").text
    assert text == "Team: Reds; Wins: 12\n\nTeam: Blues; Wins: 3\n\nRemark"
