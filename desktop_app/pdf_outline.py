"""Gives a PDF an outline (bookmarks), which Qt cannot write, by appending to the file as the format provides for.

Method: incremental update, ISO 32000-1, 7.5.6; outlines, 12.3.3. It reads only the plain form in which Qt writes
PDFs, changes no byte of what is there, and leaves any other form as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TRAILER = re.compile(rb"trailer\s*<<(?P<entries>.*)>>\s*startxref\s+(?P<xref>\d+)\s*%%EOF\s*$", re.DOTALL)
_SIZE = re.compile(rb"/Size (\d+)")
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One bookmark: `page` counts from 0, `from_bottom_pt` is the place on it in points from its lower edge."""

    title: str
    page: int
    from_bottom_pt: float


def add_outline(path: str, entries: Sequence[OutlineEntry]) -> bool:
    """Append an outline; False, and an untouched file, where the PDF is not in the form that is understood.

    Raises:
        OSError: the file cannot be read or written.
    """
    file = Path(path)
    update = _update(file.read_bytes(), entries) if entries else None
    if update is None:
        return False
    with file.open("ab") as stream:
        stream.write(update)
    return True


def _update(pdf: bytes, entries: Sequence[OutlineEntry]) -> bytes | None:
    """The bytes to append; None where the form is not understood."""
    trailer = _TRAILER.search(pdf, max(0, len(pdf) - 2048))
    size, root = (pattern.search(trailer["entries"]) for pattern in (_SIZE, _ROOT)) if trailer else (None, None)
    catalogue = _dictionary(pdf, int(root[1])) if root else None
    pages = _PAGES.search(catalogue) if catalogue else None
    kids = _KIDS.search(_dictionary(pdf, int(pages[1])) or b"") if pages else None
    if trailer is None or size is None or root is None or catalogue is None or kids is None:
        return None
    page_numbers = [int(number) for number in _REFERENCE.findall(kids[1])]
    if any(entry.page >= len(page_numbers) for entry in entries):
        return None
    first = int(size[1])
    objects = {int(root[1]): catalogue + b"\n/Outlines %d 0 R\n/PageMode /UseOutlines" % first}
    objects |= _outline_objects(first, entries, page_numbers)
    kept = _SIZE.sub(b"/Size %d" % (first + len(entries) + 1), trailer["entries"])
    return _appendix(len(pdf), objects, kept.strip() + b"\n/Prev " + trailer["xref"])


def _dictionary(pdf: bytes, number: int) -> bytes | None:
    found = re.search(rb"(?:^|\n)%d 0 obj\s*<<(.*?)>>\s*endobj" % number, pdf, re.DOTALL)
    return found[1].strip() if found else None


def _outline_objects(first: int, entries: Sequence[OutlineEntry], page_numbers: Sequence[int]) -> dict[int, bytes]:
    """The outline's root as object `first`, and its entries after it."""
    last = first + len(entries)
    objects = {first: b"/Type /Outlines /First %d 0 R /Last %d 0 R /Count %d" % (first + 1, last, len(entries))}
    for number, entry in enumerate(entries, start=first + 1):
        title = entry.title.encode("utf-16-be", "replace").hex().upper().encode()
        place = b"%d 0 R /XYZ 0 %.1f null" % (page_numbers[entry.page], entry.from_bottom_pt)
        previous = b" /Prev %d 0 R" % (number - 1) if number > first + 1 else b""
        following = b" /Next %d 0 R" % (number + 1) if number < last else b""
        objects[number] = b"/Title <FEFF%s> /Parent %d 0 R /Dest [%s]" % (title, first, place) + previous + following
    return objects


def _appendix(offset: int, objects: dict[int, bytes], trailer: bytes) -> bytes:
    appended = b""
    sections = b"0 1\n0000000000 65535 f \n"
    for number, entries in objects.items():
        sections += b"%d 1\n%010d 00000 n \n" % (number, offset + len(appended))
        appended += b"%d 0 obj\n<<\n%s\n>>\nendobj\n" % (number, entries)
    xref = offset + len(appended)
    return appended + b"xref\n%strailer\n<<\n%s\n>>\nstartxref\n%d\n%%%%EOF\n" % (sections, trailer, xref)
