"""What happens to zip packages that are damaged, locked, or made to harm: a sentence, and never anything outside."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import zips
from rag.errors import EncryptedSource, UnreadableSource
from rag.readers import packages
from rag.readers.packages import cleaned, open_package, parsed_xml, resolved
from tests.office_files import package

_PATH = Path("folder/a.docx")


def test_members_are_read_and_told_by_name() -> None:
    opened = open_package(package({"a.xml": "<a/>", "b/C.xml": "<c/>"}), _PATH)
    assert opened.names == ("a.xml", "b/C.xml")
    assert opened.read("a.xml") == b"<a/>"
    assert opened.find("B/c.XML") == "b/C.xml"
    assert "nothing" not in opened
    with pytest.raises(UnreadableSource, match=r"nothing is missing in it\."):
        opened.read("nothing")


def test_what_leads_out_of_the_package_is_no_member() -> None:
    names = ["../x", "/etc/passwd", "a/../../x", "C:/x", "..\\x", "\\x", "folder/", "fine/..x"]
    assert open_package(package(dict.fromkeys(names, "x")), _PATH).names == ("fine/..x",)


def test_a_link_among_the_members_is_read_as_the_text_it_holds() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert open_package(packed.getvalue(), _PATH).read("link.xml") == b"/etc/passwd"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_members_with_the_same_name_the_last_counts() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.xml", "first")
        archive.writestr("a.xml", "last")
        archive.writestr("A.xml", "twin")
    opened = open_package(packed.getvalue(), _PATH)
    assert opened.names == ("a.xml", "A.xml")
    assert opened.read("a.xml") == b"last"


def test_a_locked_member_is_a_matter_of_a_password() -> None:
    content = bytearray(package({"a.xml": "<a/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    with pytest.raises(EncryptedSource, match="password"):
        open_package(bytes(content), _PATH).read("a.xml")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_package_that_is_cut_off_is_damaged(share: float) -> None:
    content = package({"a.xml": "<a/>" * 1000})
    with pytest.raises(UnreadableSource, match="cut off or damaged"):
        open_package(content[: int(len(content) * share)], _PATH)


def test_damage_inside_a_member_is_told() -> None:
    content = bytearray(package({"a.xml": "<a>many words that differ from each other</a>"}))
    content[45] ^= 0xFF
    with pytest.raises(UnreadableSource, match=r"a\.xml in it is damaged\."):
        open_package(bytes(content), _PATH).read("a.xml")


@pytest.mark.parametrize("promised", [10, 400_000_000])
def test_a_size_that_is_a_lie_is_found_out(promised: int) -> None:
    content = bytearray(package({"a.xml": "words " * 1000}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<L", promised)
    with pytest.raises(UnreadableSource, match=r"damaged|times when unpacked"):
        open_package(bytes(content), _PATH).read("a.xml")


def test_members_that_lie_over_each_other_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a", "x" * 1000)
        for n in range(20):
            twin = zipfile.ZipInfo(f"b{n}")
            twin.header_offset, twin.CRC = 0, archive.filelist[0].CRC
            twin.compress_size = twin.file_size = 1000
            archive.filelist.append(twin)
    with pytest.raises(UnreadableSource, match="overlap"):
        open_package(packed.getvalue(), _PATH)


def test_too_many_members_are_refused() -> None:
    with pytest.raises(UnreadableSource, match="too many files"):
        open_package(package(dict.fromkeys((str(n) for n in range(10_001)), "")), _PATH)


def test_what_is_read_in_all_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_INFLATED_BYTES", 1000)
    opened = open_package(package({"a": "x" * 600, "b": "y" * 600}), _PATH)
    opened.read("a")
    opened.read("a")
    with pytest.raises(UnreadableSource, match="larger than 500 MB"):
        opened.read("b")


def test_elements_are_counted_over_all_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_ELEMENTS", 10)
    opened = open_package(package({"a": "<a>" + "<b/>" * 6 + "</a>", "b": "<a>" + "<b/>" * 6 + "</a>"}), _PATH)
    opened.xml("a")
    with pytest.raises(UnreadableSource, match="elements"):
        opened.xml("b")


_LAUGHS = "<!DOCTYPE a [<!ENTITY l0 'lol'>" + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        f"{_LAUGHS}]><a>&l9;</a>",
        f"{_LAUGHS}]><a b='&l9;'/>",
        f"<!DOCTYPE a [<!ENTITY q '{'x' * 100_000}'>]><a>{'&q;' * 10_000}</a>",
        "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
        "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://192.0.2.1/x'>%x;]><a/>",
    ],
    ids=["laughs", "laughs in an attribute", "quadratic", "a file", "the network"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_whatever_encoding(text: str, encoding: str) -> None:
    with pytest.raises(UnreadableSource, match="declares entities"):
        parsed_xml(text.encode(encoding), "a.docx", "x.xml")


def test_a_dtd_is_not_fetched() -> None:
    text = b'<!DOCTYPE m PUBLIC "-//X" "http://192.0.2.1/Manifest.dtd"><m>text</m>'
    assert parsed_xml(text, "a.odt", "manifest.xml").text == "text"


@pytest.mark.parametrize(
    ("base", "reference", "member"),
    [
        ("OPS/a.opf", "text/1.html#top", "OPS/text/1.html"),
        ("OPS/a.opf", "../x.html?y", "x.html"),
        ("OPS/a.opf", "/x%20y.html", "x y.html"),
        ("OPS/a.opf", "%2e%2e/%2e%2e/etc/passwd", None),
        ("OPS/a.opf", "..%5c..%5cx", None),
        ("OPS/a.opf", "http://192.0.2.1/x", None),
        ("OPS/a.opf", "//192.0.2.1/x", None),
        ("OPS/a.opf", "file:///etc/passwd", None),
        ("OPS/a.opf", "http://[x", None),
        ("OPS/a.opf", "", None),
    ],
)
def test_references_end_inside_the_package(base: str, reference: str, member: str | None) -> None:
    assert resolved(base, reference) == member


@given(st.text(), st.text())
def test_no_reference_climbs_out(base: str, reference: str) -> None:
    member = resolved(base, reference)
    assert member is None or (".." not in member.split("/") and not member.startswith("/"))


@given(st.text(alphabet=st.characters(), max_size=50))
def test_cleaned_text_holds_no_control_characters_and_can_be_stored(text: str) -> None:
    clean = cleaned(text + "\x00\r\ud800")
    clean.encode("utf-8")
    assert not any(ord(character) < 32 and character not in "\n\t" for character in clean)
    assert cleaned(clean) == clean


def test_a_package_with_a_directory_of_gigabytes_is_refused_before_it_is_read() -> None:
    content = bytearray(package({"a.xml": "<a/>"}))
    struct.pack_into("<L", content, content.rindex(b"PK\x05\x06") + 12, 10**9)
    with pytest.raises(UnreadableSource, match="too many files"):
        open_package(bytes(content), _PATH)
