"""Office documents made in code, as small as their formats allow; whatever a test needs in them is given as XML."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from rag.types import Reading

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OPEN_XML = (
    f'xmlns:w="{_W}" xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_R}" xmlns:m="{_M}" xmlns:mc="{_MC}" xmlns:c="{_C}" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_ODF_NAMES = {name: name for name in ("text", "table", "office", "style", "presentation", "meta", "manifest")} | {
    "draw": "drawing",
    "svg": "svg-compatible",
}
_ODF = 'xmlns:dc="http://purl.org/dc/elements/1.1/" ' + " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in _ODF_NAMES.items()
)

Member = bytes | str


def assert_in_order(reading: Reading) -> None:
    """Parts and marks lie inside the text, in order and without overlap."""
    for spans in ([part.span for part in reading.parts], [mark.span for mark in reading.marks]):
        assert all(span.end <= len(reading.text) for span in spans)
        assert all(before.end <= after.start for before, after in pairwise(spans))


def package(members: Mapping[str, Member], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def relations(*targets: tuple[str, str, str], outside: Sequence[tuple[str, str, str]] = ()) -> str:
    """Relations of id, kind and target."""
    lines = [
        f'<Relationship Id="{key}" Type="{_R}/{kind}" Target={quoteattr(target)}{mode}/>'
        for group, mode in ((targets, ""), (outside, ' TargetMode="External"'))
        for key, kind, target in group
    ]
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def core(**fields: str) -> str:
    """Core properties: title, creator, created, modified, language."""
    names = {"created": "dcterms", "modified": "dcterms"}
    inner = "".join(
        f"<{names.get(key, 'dc')}:{key}>{escape(value)}</{names.get(key, 'dc')}:{key}>" for key, value in fields.items()
    )
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">{inner}</cp:coreProperties>'
    )


def docx(
    body: str,
    parts: Mapping[str, str] | None = None,
    extra: Mapping[str, Member] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A Word document. `parts` are the insides of related parts by kind: styles, numbering, footnotes, header ..."""
    parts = parts or {}
    roots = {"header": "hdr", "footer": "ftr"}
    related = relations(*((f"r{kind}", kind, f"{kind}.xml") for kind in parts))
    members: dict[str, Member] = {"[Content_Types].xml": "<Types/>", "word/_rels/document.xml.rels": related}
    members["word/document.xml"] = f"<w:document {_OPEN_XML}><w:body>{body}</w:body></w:document>"
    for kind, inner in parts.items():
        root = roots.get(kind, kind)
        members[f"word/{kind}.xml"] = f"<w:{root} {_OPEN_XML}>{inner}</w:{root}>"
    return package(members | dict(extra or {}), compression)


def p(text: str = "", style: str = "", properties: str = "") -> str:
    """A paragraph of Word; `text` is plain."""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{styled}{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run of Word."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def table(*rows: Sequence[str]) -> str:
    """A table of Word; cells are XML."""
    inner = "".join("<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{inner}</w:tbl>"


def shape(*lines: str, kind: str | None = None, x: int = 0, y: int = 0, properties: str = "") -> str:
    """A shape of PowerPoint with paragraphs; `kind` is the type of its placeholder."""
    holder = "" if kind is None else f'<p:ph type="{kind}"/>'
    inner = "".join(line if line.startswith("<") else ap(line) for line in lines)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x" {properties}/><p:cNvSpPr/><p:nvPr>{holder}</p:nvPr></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/></a:xfrm></p:spPr><p:txBody>{inner}</p:txBody></p:sp>'
    )


def ap(text: str, properties: str = "") -> str:
    """A paragraph of PowerPoint."""
    return f"<a:p><a:pPr>{properties}</a:pPr><a:r><a:t>{escape(text)}</a:t></a:r></a:p>"


def slide(*shapes: str, attributes: str = "") -> str:
    return f"<p:sld {_OPEN_XML} {attributes}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def pptx(*slides: str, extra: Mapping[str, Member] | None = None) -> bytes:
    """A presentation of these slides."""
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="s{n}"/>' for n in range(1, len(slides) + 1))
    related = relations(*((f"s{n}", "slide", f"slides/slide{n}.xml") for n in range(1, len(slides) + 1)))
    members: dict[str, Member] = {
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": f"<p:presentation {_OPEN_XML}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": related,
    }
    members |= {f"ppt/slides/slide{n}.xml": inner for n, inner in enumerate(slides, 1)}
    return package(members | dict(extra or {}))


def notes(*lines: str) -> str:
    """The notes of a slide."""
    inner = shape(*lines, kind="body")
    return f"<p:notes {_OPEN_XML}><p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:notes>"


Cell = str | float | tuple[float, int] | None
"""Words, a number, or a number with the number of its style."""


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]] | str],
    hidden: Sequence[str] = (),
    formats: Sequence[str] = (),
    extra: Mapping[str, Member] | None = None,
) -> bytes:
    """A workbook; a sheet is rows of cells, or the XML of its rows. Style n+1 has the n-th of `formats`."""
    names = list(sheets)
    states = {name: ' state="hidden"' if name in hidden else "" for name in names}
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="s{n}"{states[name]}/>' for n, name in enumerate(names, 1)
    )
    related = [(f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(names) + 1)]
    members: dict[str, Member] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_S}" xmlns:r="{_R}"><sheets>{tabs}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(*related, ("st", "styles", "styles.xml")),
        "xl/styles.xml": _styles(formats),
    }
    for n, rows in enumerate(sheets.values(), 1):
        inner = rows if isinstance(rows, str) else "".join(_row(number, row) for number, row in enumerate(rows, 1))
        members[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{_S}"><sheetData>{inner}</sheetData></worksheet>'
    return package(members | dict(extra or {}))


def _styles(formats: Sequence[str]) -> str:
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode={quoteattr(code)}/>' for n, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in (0, *range(164, 164 + len(formats))))
    return f'<styleSheet xmlns="{_S}"><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>'


def _row(number: int, cells: Sequence[Cell]) -> str:
    inner = ""
    for column, cell in enumerate(cells):
        place = f"{chr(ord('A') + column)}{number}"
        if isinstance(cell, str):
            inner += f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        elif cell is not None:
            value, style = cell if isinstance(cell, tuple) else (cell, 0)
            inner += f'<c r="{place}" s="{style}"><v>{value!r}</v></c>'
    return f'<row r="{number}">{inner}</row>'


def open_document(kind: str, body: str, styles: str = "", page_styles: str = "", meta: str = "") -> bytes:
    """A document of LibreOffice; `kind` is text, presentation or spreadsheet, `styles` are automatic ones."""
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    return package(
        {
            "mimetype": media_type,
            "content.xml": (
                f"<office:document-content {_ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
                f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
            ),
            "styles.xml": (
                f"<office:document-styles {_ODF}><office:master-styles>{page_styles}</office:master-styles>"
                "</office:document-styles>"
            ),
            "meta.xml": f"<office:document-meta {_ODF}><office:meta>{meta}</office:meta></office:document-meta>",
        }
    )


def container(following: Sequence[int], first_of_table: int = 0xFFFFFFFE, workbook: bytes = b"") -> bytes:
    """An OLE container whose sector 0 is the table of sectors (`following` from sector 1 on), and 1 the directory.

    From sector 2 on lies the workbook, if there is one. Otherwise sector 2 says, where it is taken for a part of the
    table, that the table goes on with it.
    """
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, first_of_table, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, *following, *[0xFFFFFFFF] * (127 - len(following)))
    root = _entry("Root Entry", 5, 1 if workbook else 0xFFFFFFFF, 0xFFFFFFFE, 0)
    directory = root + (_entry("Workbook", 2, 0xFFFFFFFF, 2, len(workbook)) if workbook else b"")
    return bytes(header) + table + directory.ljust(512, b"\0") + (workbook or struct.pack("<508xI", 2))


def _entry(name: str, kind: int, child: int, start: int, n_bytes: int) -> bytes:
    written = f"{name}\0".encode("utf-16-le")
    entry = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return entry.ljust(116, b"\0") + struct.pack("<III", start, n_bytes, 0)


def old_workbook(*records: tuple[int, bytes]) -> bytes:
    """A container with a workbook of these records."""
    stream = b"".join(struct.pack("<HH", kind, len(inner)) + inner for kind, inner in records).ljust(4096, b"\0")
    return container([0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE], workbook=stream)
