"""What becomes of spreadsheets: each row a paragraph that says what its numbers are, as the sheet shows them."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import EmptySource, EncryptedSource, UnreadableSource
from rag.readers import records
from rag.readers.compound import refuse_bomb
from rag.readers.number_formats import number_format
from rag.readers.sheets import SheetReader
from rag.reading import read
from rag.types import PartKind, Reading
from tests.office_files import (
    Cell,
    assert_in_order,
    container,
    core,
    old_workbook,
    open_document,
    package,
    relations,
    xlsx,
)

_TEAMS: list[list[Cell]] = [["Team", "Wins"], ["Reds", 12.0], ["Blues", 3.0]]


def _read(*rows: list[Cell], formats: tuple[str, ...] = ()) -> Reading:
    return SheetReader().read(xlsx({"One": rows}, formats=formats), Path("league.xlsx"))


def test_a_row_says_what_its_cells_are() -> None:
    assert _read(*_TEAMS).text == "Team: Reds; Wins: 12\n\nTeam: Blues; Wins: 3"


def test_each_sheet_is_a_part_called_by_its_tab_and_hidden_ones_say_so() -> None:
    content = xlsx({"Costs": _TEAMS, "Empty": [], "Old": [["x", "y"]]}, hidden=["Old"])
    reading = SheetReader().read(content, Path("a.xlsx"))
    assert [(part.kind, part.number, part.label) for part in reading.parts] == [
        (PartKind.SHEET, 1, "Costs"),
        (PartKind.SHEET, 3, "Old (hidden)"),
    ]
    assert (reading.n_pages, reading.title) == (3, "a")
    assert reading.parts[1].span.cut(reading.text) == "x | y"


def test_titles_notes_and_blank_rows_around_a_table_stay_out_of_it() -> None:
    rows: list[list[Cell]] = [["League 2020"], [], ["", "Team", "Wins"], [], ["", "Reds", 12.0], ["* won"]]
    assert _read(*rows).text.split("\n\n") == ["League 2020", "Team: Reds; Wins: 12", "* won"]


def test_a_heading_of_two_rows_is_joined() -> None:
    rows: list[list[Cell]] = [
        ["Item", "North", None, "South"],
        [None, "Sold", "Bought", "Sold"],
        ["Tea", 1.0, 2.0, 3.0],
    ]
    assert _read(*rows, ["Rum", 4.0, 5.0, 6.0]).text.split("\n\n")[0] == (
        "Item: Tea; North Sold: 1; North Bought: 2; South Sold: 3"
    )


def test_a_heading_that_comes_again_begins_another_table() -> None:
    again: list[list[Cell]] = [["South"], *_TEAMS]
    assert _read(["North"], *_TEAMS, *again).text.split("\n\n") == [
        "North",
        "Team: Reds; Wins: 12",
        "Team: Blues; Wins: 3",
        "South",
        "Team: Reds; Wins: 12",
        "Team: Blues; Wins: 3",
    ]


def test_rows_without_names_of_columns_are_cells_parted_by_bars() -> None:
    assert _read([1.0, 2.0], [3.0, 4.0]).text == "1 | 2\n\n3 | 4"
    assert _read(["x", "x"], ["x", None]).text == "x | x\n\nx"


def test_years_can_name_columns() -> None:
    assert _read(["Item", 2019.0, 2020.0], ["Tea", 5.0, 6.0]).text == "Item: Tea; 2019: 5; 2020: 6"


def test_a_long_text_in_a_cell_is_a_paragraph() -> None:
    long = "It rained for days.\nThen it stopped. " * 10
    text = _read(["Day", "Report", "Sum"], ["Monday", long, 1.0], ["Tuesday", "dry", 2.0]).text
    assert text.split("\n\n")[:2] == ["Day: Monday; Sum: 1", f"Report: {long.strip()}"]


def test_a_row_of_many_cells_is_broken_into_lines_that_begin_with_the_first() -> None:
    names = [f"a rather long name {n}" for n in range(26)]
    lines = _read(list(names), [float(n) for n in range(26)], [0.5] * 26).text.split("\n\n")[0].split("\n")
    assert len(lines) == 2
    assert all(line.startswith("a rather long name 0: 0; ") and len(line) <= 600 for line in lines)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (3.0000000004, "General", "3.0000000004"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-07, "General", "1e-07"),
        (123456789012.0, "General", "123456789012"),
        (0.125, "0%", "13%"),
        (0.1234, "0.0%", "12.3%"),
        (1204.5, "#,##0.00", "1,204.50"),
        (-1204.5, '#,##0.00;[Red]"-"#,##0.00', "-1,204.50"),
        (3.0, '"$"#,##0.00', "$3.00"),
        (12.5, "#,##0.00 [$€-407]", "12.50 €"),
        (2.5, "0.##", "2.5"),
        (2.0, '0 "km; far"', "2 km; far"),
        (1234567.0, "0.00E+00", "1234567"),
        (1_500_000.0, "#,##0,", "1500000"),
        (-0.001, "0.0", "0.0"),
        (43_891.0, "yyyy-mm-dd", "2020-03-01"),
        (43_891.5, "d.m.yyyy h:mm", "2020-03-01 12:00"),
    ],
)
def test_numbers_are_shown_as_their_formats_show_them(value: float, code: str, shown: str) -> None:
    assert _read(["Item", "Amount"], ["Tea", (value, 1)], formats=(code,)).text == f"Item: Tea; Amount: {shown}"


@given(code=st.text(alphabet='0#?,.;%"[]$€-\\_* abEyd/()', max_size=15), value=st.floats(-1e18, 1e18))
def test_no_format_breaks_on_a_number(code: str, value: float) -> None:
    found = number_format(code)
    assert found is None or found.shown(value)


def test_control_characters_of_excel_are_undone() -> None:
    assert _read(["a_x000D_b _x005F_x000D_ \t"]).text == "a\nb _x000D_"


def test_comments_and_drawings_of_a_sheet_are_read() -> None:
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("c", "comments", "../c.xml"), ("d", "drawing", "../d.xml")),
        "xl/c.xml": f"<comments {names}><authors><author>Ada</author></authors><commentList>"
        '<comment ref="B2" authorId="0"><text><r><t>Really?</t></r></text></comment></commentList></comments>',
        "xl/d.xml": f"<d {a}><a:p><a:r><a:t>In a box.</a:t></a:r></a:p></d>",
    }
    text = SheetReader().read(xlsx({"One": _TEAMS}, extra=extra), Path("a.xlsx")).text
    assert text.endswith("Wins: 3\n\nIn a box.\n\nComment by Ada on B2: Really?")


def test_what_the_file_says_of_itself_is_taken() -> None:
    said = core(title="League", creator="Ada", created="2020-02-03T00:00:00Z")
    reading = SheetReader().read(xlsx({"One": _TEAMS}, extra={"docProps/core.xml": said}), Path("a.xlsx"))
    assert (reading.title, reading.author, reading.date) == ("League", "Ada", "2020-02-03")


def test_an_empty_workbook_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx({"One": []}))
    with pytest.raises(EmptySource):
        read(path)


def test_a_long_table_ends_with_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_CHARS", 30)
    reading = _read(*_TEAMS)
    assert reading.text == "Team: Reds; Wins: 12"
    assert "characters were read" in reading.note


def test_cells_that_lie_far_apart_are_refused_soon() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    begun = time.process_time()
    with pytest.raises(UnreadableSource, match="Delete the stray ones"):
        SheetReader().read(xlsx({"One": rows}), Path("a.xlsx"))
    assert time.process_time() - begun < 2


def test_cells_that_are_only_coloured_far_away_do_no_harm() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    assert SheetReader().read(xlsx({"One": rows}), Path("a.xlsx")).text == "1"


@pytest.mark.parametrize(
    ("sheet", "cause"),
    [
        ("<worksheet><sheetData>" + "<c/>" * 11_000_000, "elements|times when unpacked"),
        ('<worksheet><sheetData><row r="1"><c r="A1"><v>1', "damaged"),
        ("<worksheet", "damaged"),
        ("<worksheet><sheetData/><mergeCells count='999999999'/></worksheet>", "announces more"),
    ],
    ids=["11 million cells", "cut off in a cell", "cut off in the first tag", "a lie"],
)
def test_sheets_that_are_damaged_or_bombs_are_refused(sheet: str, cause: str) -> None:
    content = xlsx({"One": []}, extra={"xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(UnreadableSource, match=cause):
        SheetReader().read(content, Path("a.xlsx"))


def test_what_only_looks_like_an_old_workbook_is_damaged() -> None:
    for content in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), b"\x09\x08" * 600, b"words"):
        with pytest.raises(UnreadableSource, match="damaged, or no spreadsheet"):
            SheetReader().read(content, Path("a.xls"))


@pytest.mark.parametrize(
    "content", [container([1]), container([2, 1]), container([0xFFFFFFFE], first_of_table=2)], ids=["1", "2", "table"]
)
def test_sectors_that_follow_each_other_in_a_circle_are_refused_soon(content: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(UnreadableSource, match="damaged"):
        SheetReader().read(content, Path("a.xls"))
    assert time.process_time() - begun < 2


_BEGIN, _END = (0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)), (0x000A, b"")


@pytest.mark.parametrize(
    "record",
    [
        (0x0200, struct.pack("<IIHHH", 0, 99_999_999, 0, 4, 0)),
        (0x0200, struct.pack("<IIHHH", 500, 3, 0, 4, 0)),
        (0x0200, struct.pack("<HHHHH", 0, 60_000, 0, 60_000, 0)),
        (0x00FC, struct.pack("<II", 1, 4_000_000_000)),
    ],
    ids=["many rows", "rows that end before they begin", "many columns", "many strings"],
)
def test_an_old_workbook_that_announces_more_than_it_can_hold_is_refused(record: tuple[int, bytes]) -> None:
    with pytest.raises(UnreadableSource, match="damaged"):
        refuse_bomb(old_workbook(_BEGIN, record, _END), Path("a.xls"))
    refuse_bomb(old_workbook(_BEGIN, (0x0200, struct.pack("<IIHHH", 0, 9, 0, 4, 0)), _END), Path("a.xls"))


def test_a_container_without_a_workbook_is_no_spreadsheet_and_without_circles() -> None:
    content = container([0xFFFFFFFE])
    refuse_bomb(content, Path("a.xls"))
    with pytest.raises(UnreadableSource, match="no spreadsheet"):
        SheetReader().read(content, Path("a.xls"))


def _calc(rows: str, styles: str = "", name: str = "One") -> Reading:
    table = f'<table:table table:name="{name}" table:style-name="t">{rows}</table:table>'
    return SheetReader().read(open_document("spreadsheet", table, styles), Path("a.ods"))


def _cell(text: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def test_sheets_of_libreoffice_are_read_as_they_are_shown() -> None:
    rows = f"<table:table-row>{_cell('Item')}{_cell('Share')}{_cell('Day')}</table:table-row>"
    for item in ("Tea", "Rum"):
        cells = _cell(item) + _cell("12 %", 'office:value-type="percentage" office:value="0.12"')
        cells += _cell("01.03.20", 'office:value-type="date" office:date-value="2020-03-01"')
        rows += f"<table:table-row>{cells}</table:table-row>"
    reading = _calc(rows)
    assert reading.text == "Item: Tea; Share: 12 %; Day: 2020-03-01\n\nItem: Rum; Share: 12 %; Day: 2020-03-01"
    assert reading.media_type.endswith("opendocument.spreadsheet")


def test_rows_and_cells_that_repeat_are_counted_out() -> None:
    cells = _cell("x", 'table:number-columns-repeated="3"')
    row = f'<table:table-row table:number-rows-repeated="2">{cells}</table:table-row>'
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    blank = f'<table:table-row table:number-rows-repeated="1048000">{empty}</table:table-row>'
    assert _calc(row + blank).text == "x | x | x\n\nx | x | x"


def test_a_sheet_that_repeats_a_billion_times_ends_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_CHARS", 10**6)
    cell = _cell("x", 'table:number-columns-repeated="99999999"')
    reading = _calc(f'<table:table-row table:number-rows-repeated="99999999">{cell}</table:table-row>')
    assert len(reading.text) <= 10**6
    assert reading.note


def test_a_hidden_sheet_of_libreoffice_says_so() -> None:
    style = '<style:style style:name="t"><style:table-properties table:display="false"/></style:style>'
    assert _calc(f"<table:table-row>{_cell('x')}</table:table-row>", style).parts[0].label == "One (hidden)"


def test_a_workbook_with_a_password_is_told_from_a_damaged_one() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encryption-data/></m:manifest>'
    )
    content = package({"content.xml": b"\x00\x01garbage", "META-INF/manifest.xml": manifest})
    with pytest.raises(EncryptedSource, match="password"):
        SheetReader().read(content, Path("a.ods"))


_CELLS = st.one_of(st.none(), st.floats(-1e6, 1e6), st.sampled_from(["", "a", "Name", "2020", "a; b", "x\ny", "12%"]))


@given(st.lists(st.lists(_CELLS, max_size=5), max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_word_of_a_table_is_lost(rows: list[list[Cell]]) -> None:
    reading = _read(*rows)
    assert_in_order(reading)
    for row in rows:
        for cell in row:
            if isinstance(cell, str):
                assert all(line.strip() in reading.text for line in cell.split("\n"))
