"""A document's date is what its beginning says of itself; a date that it merely mentions is not."""

from pathlib import Path

import pytest

from rag.readers.dates import stated_date
from rag.reading import read


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("A title\n\nDate: 31 March 2020\n\nBody.", "2020-03-31"),
        ("A title\nPublished on March 3, 2021 by Jane Doe\nBody.", "2021-03-03"),
        ("A title\nPublished: 2023-09-26T17:01:22+00:00\nBody.", "2023-09-26"),
        ("A title\nUpdated 3 Mar 2021\nBody.", "2021-03-03"),
        ("A title\nUpdated 3 Mar 2021\nPublished 1 Mar 2021\nBody.", "2021-03-01"),
        ("A title\n**Date:** 3 March 2021\nBody.", "2021-03-03"),
        ("A title\nDatum: 3. März 2021\nText.", "2021-03-03"),
        ("A title\nBy Jane Doe, March 3, 2021\nBody.", "2021-03-03"),
        ("A title\nWednesday, 3 March 2021, 14:05 GMT\nBody.", "2021-03-03"),
        ("A title\n3 March 2021 | 4 min read\nBody.", "2021-03-03"),
        ("A title\n\nLONDON, March 3, 2021 (Reuters) – The envoy left.", "2021-03-03"),
        ("A title\n\nNEW YORK, N.Y., 3 March 2021 — The envoy left.", "2021-03-03"),
    ],
)
def test_a_document_may_say_when_it_was_written(text: str, iso: str) -> None:
    assert stated_date(text) == iso


@pytest.mark.parametrize(
    "text",
    [
        "A title\n\nOn 3 March 2021 the envoy left.",
        "The Treaty of 31 March 1854\n\nIt was signed in Kanagawa.",
        "A title\n\nLONDON, March 3 (Reuters) – The war of 2015 is over.",
        "A title\nPublished in 1867, the book made him known.",
        "Born: 3 March 1920\nDied: 4 March 1990",
        "A title\n\nUpdated rules of 3 March 2021 apply to all members of the club.",
        "A title\n" + "line\n" * 900 + "Date: 31 March 2020",
        "",
    ],
)
def test_a_date_that_is_only_mentioned_is_not_the_documents(text: str) -> None:
    assert stated_date(text) is None


def test_front_matter_goes_before_the_text(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("---\npublished: 2019-05-01\n---\nDate: 31 March 2020\n", "utf-8")
    assert read(file).date == "2019-05-01"


def test_a_page_without_metadata_may_show_its_date(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    paragraphs = "<p>The envoy spoke in Kabul about the accord and then left for Doha.</p>" * 12
    file.write_text(f"<html><body><h1>Title</h1><p>By Jane Doe, March 3, 2021</p>{paragraphs}</body></html>", "utf-8")
    assert read(file).date == "2021-03-03"
