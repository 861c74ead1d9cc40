"""Makes small PDFs for tests, byte by byte, so that nothing binary lies in the project."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import pypdf

LETTER = (612, 792)


def set_text(x: float, y: float, words: str, size: float = 10) -> bytes:
    """A run of text whose base line begins at (x, y), y counted from the bottom of the page."""
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({escaped}) Tj ET\n".encode("cp1252")


def set_lines(x: float, y: float, lines: Sequence[str], size: float = 10, leading: float = 12) -> bytes:
    """Lines one below the other, each a run of its own."""
    return b"".join(set_text(x, y - n * leading, line, size) for n, line in enumerate(lines))


def picture() -> bytes:
    """A grey square, as a scanner would leave one."""
    return b"q 500 0 0 700 50 50 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q\n"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def pdf(objects: Sequence[bytes], trailer: bytes = b"", *, xref: bool = True) -> bytes:
    """Objects numbered from 1, the first of which is the catalogue, as a file."""
    file, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(file)
    if xref:
        file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        file += b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, trailer)
    return file + ending + b"startxref\n%d\n%%%%EOF\n" % table


def pages_pdf(
    contents: Sequence[bytes],
    *,
    catalogue: bytes = b"",
    page: bytes = b"",
    about: bytes = b"",
    more: Sequence[bytes] = (),
    size: tuple[int, int] = LETTER,
) -> bytes:
    """A PDF with these page contents in Helvetica. `more` are further objects, numbered from 5 + 2 * len(contents)."""
    first = 5
    kids = b" ".join(b"%d 0 R" % (first + 2 * n) for n in range(len(contents)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(contents)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<<%s>>" % about,
    ]
    for n, content in enumerate(contents):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>%s>>"
            % (*size, first + 2 * n + 1, page)
        )
        objects.append(stream(zlib.compress(content), b"/Filter/FlateDecode"))
    return pdf([*objects, *more], b"/Info 4 0 R")


def encrypted(content: bytes, password: str) -> bytes:
    """The same file, encrypted; an empty password is one that every viewer tries."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
