"""Makes e-books and zip archives for the tests, hostile ones too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
ENCRYPTION = """<?xml version="1.0"?><encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="{algorithm}"/>
<enc:CipherData><enc:CipherReference URI="{member}"/></enc:CipherData></enc:EncryptedData></encryption>"""


def page(title: str, *paragraphs: str, body: str = "") -> str:
    """A chapter as XHTML; `body` stands after the paragraphs as it is."""
    said = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    heading = f"<h1>{title}</h1>" if title else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{title}</title></head><body>{heading}{said}{body}</body></html>"
    )


def package(
    hrefs: Sequence[str], *, spine: Sequence[int] | None = None, nav: str = "", ncx: str = "", metadata: str = ""
) -> str:
    """A package document that lists these chapters and reads them in the order of `spine`."""
    items = "".join(
        f'<item id="c{place}" href="{href}" media-type="application/xhtml+xml"/>' for place, href in enumerate(hrefs)
    )
    items += f'<item id="nav" href="{nav}" properties="nav" media-type="application/xhtml+xml"/>' if nav else ""
    items += f'<item id="ncx" href="{ncx}" media-type="application/x-dtbncx+xml"/>' if ncx else ""
    order = "".join(f'<itemref idref="c{place}"/>' for place in (range(len(hrefs)) if spine is None else spine))
    told = metadata or "<dc:title>The Accord</dc:title><dc:creator>Anna Example</dc:creator>"
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{told}</metadata>'
        f"<manifest>{items}</manifest><spine>{order}</spine></package>"
    )


def nav(entries: Sequence[tuple[str, str]]) -> str:
    """A table of contents: (reference, label)."""
    links = "".join(f'<li><a href="{href}">{label}</a></li>' for href, label in entries)
    return (
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
        f'<nav epub:type="toc"><ol>{links}</ol></nav></body></html>'
    )


def ncx(entries: Sequence[tuple[str, str]]) -> str:
    """A table of contents as EPUB 2 has it."""
    points = "".join(
        f'<navPoint id="n{place}"><navLabel><text>{label}</text></navLabel><content src="{href}"/></navPoint>'
        for place, (href, label) in enumerate(entries)
    )
    return f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'


def epub(members: Mapping[str, str | bytes], *, container: str | None = CONTAINER) -> bytes:
    """An e-book of these members."""
    inside: dict[str, str | bytes] = {"mimetype": "application/epub+zip"}
    if container is not None:
        inside["META-INF/container.xml"] = container
    return zipped({**inside, **members})


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive; the compression is that of the zip programs."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def locked(content: bytes) -> bytes:
    """The same archive with every member said to be encrypted."""
    changed = bytearray(content)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(mark)
        while start >= 0:
            changed[start + place] |= 1
            start = changed.find(mark, start + 4)
    return bytes(changed)
