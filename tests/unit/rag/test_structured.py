"""What becomes of JSON and XML: values under their names, prose as paragraphs, and nothing resolved or fetched."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError, UnreadableSource
from rag.readers.structured import JsonReader
from rag.reading import LocalReader
from rag.types import Reading
from tests.soundness import read_sound

_PROSE = "The delegations met in Doha. A first agreement on the exchange of prisoners was signed in the evening. " * 2


def _read(content: str | bytes, name: str) -> Reading:
    return read_sound(content.encode() if isinstance(content, str) else content, name)


# JSON


def test_a_value_stands_under_the_names_that_lead_to_it() -> None:
    order = (
        '{"id": 7, "customer": {"name": "Anna", "town": "Köln"}, "items": [{"sku": "A"}, {"sku": "B"}], "paid": true}'
    )
    assert _read(order, "a.json").text == (
        "id: 7\ncustomer.name: Anna\ncustomer.town: Köln\n\nitems[0].sku: A\n\nitems[1].sku: B\npaid: true"
    )


def test_records_are_parted_by_blank_lines_and_short_lists_are_lines() -> None:
    assert _read('[{"a": 1, "b": ["x", "y"]}, {"a": 2, "b": []}]', "a.json").text == "a: 1\nb: x, y\n\na: 2\nb: []"


def test_prose_stands_alone_and_is_exactly_what_was_written() -> None:
    text = json.dumps({"id": 1, "body": _PROSE, "memo": _PROSE, "summary": "It was „signed“.", "n": 2})
    assert _read(text, "a.json").text == (f"id: 1\n\n{_PROSE}\n\nmemo:\n\n{_PROSE}\n\nIt was „signed“.\n\nn: 2")


def test_numbers_stay_as_written_and_keys_that_stand_twice_are_kept() -> None:
    written = '{"a": 1e400, "b": 1.10, "a": 123456789012345678901234567890, "c": NaN, "d": null}'
    assert _read(written, "a.json").text == ("a: 1e400\nb: 1.10\na: 123456789012345678901234567890\nc: NaN\nd: null")


def test_half_characters_become_signs_that_can_be_stored() -> None:
    assert _read('{"a": "x\\ud800y", "b": "\\u0000"}', "a.json").text == "a: x\ufffdy\nb: \ufffd"


def test_title_date_and_author_are_taken_from_keys() -> None:
    reading = _read('{"Title": "The Accord", "datePublished": "2020-03-31", "author": "Anna"}', "a.json")
    assert (reading.title, reading.date, reading.author) == ("The Accord", "2020-03-31", "Anna")
    assert _read("[1, 2]", "numbers.json").title == "numbers"


def test_json_lines_are_read_under_either_ending() -> None:
    lines = '{"a": 1}\n{"a": 2}\n\n{"a": 3}\n'
    for name in ("a.json", "a.jsonl"):
        assert _read(lines, name).text == "a: 1\n\na: 2\n\na: 3"
    assert _read(lines + "{broken\n", "a.jsonl").note == "1 of its lines are no valid JSON and were not read."


def test_what_is_no_json_is_read_as_the_text_it_is() -> None:
    reading = _read('{"a": "The first words",\n "b": ', "a.json")
    assert reading.text == '{"a": "The first words",\n "b": '
    assert reading.note == "It is no valid JSON (line 2), so it was read as plain text."


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
@pytest.mark.parametrize("content", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_endless_nesting_ends_in_a_cause(content: str, name: str) -> None:
    with pytest.raises(UnreadableSource, match="nested too deeply"):
        _read(content, name)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(value=_JSON)
@settings(deadline=None)
def test_every_word_of_any_json_is_in_the_text(value: object) -> None:
    reading = JsonReader().read(json.dumps(value).encode(), Path("a.json"))
    for word in _strings(value):
        kept = word.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n\n")[0].strip("\n")
        assert kept in reading.text


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for inner in value.values() for word in _strings(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _strings(inner)]
    return [value] if isinstance(value, str) else []


# XML


def test_running_text_is_paragraphs() -> None:
    docbook = (
        "<article><info><title>The Accord</title><date>2020-03-31</date><author>Anna</author></info>"
        "<section><title>Talks</title><para>One <emphasis>bold</emphasis>\n word.</para><para>Two.</para></section>"
        "</article>"
    )
    reading = _read(docbook, "a.xml")
    assert reading.text == "The Accord\n\n2020-03-31\n\nAnna\n\nTalks\n\nOne bold word.\n\nTwo."
    assert (reading.title, reading.date, reading.author) == ("The Accord", "2020-03-31", "Anna")


def test_values_stand_under_their_names() -> None:
    table = "<list><town><name>Köln</name><people>1000000</people></town><town><name>Bonn</name></town></list>"
    assert _read(table, "a.xml").text == "name: Köln\npeople: 1000000\n\nname: Bonn"


def test_feeds_show_what_their_markup_means() -> None:
    feed = (
        "<rss><channel><title>News</title><item><title>Talks end</title>"
        "<pubDate>Tue, 31 Mar 2020 10:00:00 +0000</pubDate>"
        "<description>&lt;p&gt;It &lt;b&gt;ended&lt;/b&gt; well.&lt;/p&gt;</description></item></channel></rss>"
    )
    reading = _read(feed, "a.xml")
    assert reading.text == "News\n\nTalks end\n\npubDate: Tue, 31 Mar 2020 10:00:00 +0000\n\nIt ended well."
    assert reading.title == "News"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8"])
def test_declared_encodings_are_read(encoding: str) -> None:
    assert (
        "Grüße aus Köln"
        in _read(f'<?xml version="1.0" encoding="{encoding}"?><p>Grüße aus Köln</p>'.encode(encoding), "a.xml").text
    )


def test_entities_are_neither_resolved_nor_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    page = (
        f'<!DOCTYPE a [<!ENTITY x "inner"><!ENTITY y SYSTEM "{secret.as_uri()}">'
        '<!ENTITY % z SYSTEM "http://127.0.0.1:9/z.dtd">%z;]><a><p>see &x; and &y; here</p></a>'
    )
    reading = _read(page, "a.xml")
    assert "secret" not in reading.text
    assert "inner" not in reading.text
    assert "see &x; and &y; here" in reading.text


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE a [<!ENTITY l0 "ha">{levels}]><a>&l11;</a>'


@pytest.mark.parametrize(
    "content",
    [
        "<a>" * 100_000 + "x" + "</a>" * 100_000,
        _laughs(),
        "<a>" + "<b/>" * 2_100_000 + "</a>",
        "<a " + " ".join(f"a{n}='1'" for n in range(20_000)) + ">x</a>",
        "<a><b>" + "x" * 10_500_000 + "</b></a>",
        "no xml at all",
        "<a><b>cut off",
        '<?xml version="1.0" encoding="utf-8"?><a>caf\udce9</a>',
    ],
    ids=["deep", "laughs", "elements", "attributes", "one node", "no xml", "cut off", "wrong encoding"],
)
def test_hostile_and_damaged_xml_ends_in_a_reading_or_a_cause(content: str) -> None:
    began = time.process_time()
    with contextlib.suppress(SourceError):
        reading = LocalReader().read_content(content.encode("utf-8", "surrogateescape"), Path("a.xml"))
        assert len(reading.text) <= len(content)
    assert time.process_time() - began < 30


def test_damaged_xml_says_that_it_was_mended() -> None:
    reading = _read("<a><p>One word.</p><p>Two words.</a>", "a.xml")
    assert reading.text == "One word.\n\nTwo words."
    assert reading.note == "It is no valid XML (line 1); what could be read of it is here."
