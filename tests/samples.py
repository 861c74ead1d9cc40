"""A small sound file of every format that can be read, made in code, as a start for files that are not sound."""

from __future__ import annotations

import json

from tests import book_files, mail_files, office_files
from tests.hostile_files import one_page, shown_text

_WORDS = "The keeper of the lighthouse counted forty boats on Monday. It rained on Tuesday, and nobody came."


def samples() -> dict[str, bytes]:
    """By ending, with the dot."""
    p, ap, shape = office_files.p, office_files.ap, office_files.shape
    page = (
        f"<html><head><title>Boats</title></head><body><h1>Boats</h1><p>{_WORDS}</p><ul><li>one</li></ul></body></html>"
    )
    book = {
        "OEBPS/book.opf": book_files.package(["a.xhtml", "b.xhtml"], nav="nav.xhtml"),
        "OEBPS/a.xhtml": book_files.page("First", _WORDS),
        "OEBPS/b.xhtml": book_files.page("Second", _WORDS),
        "OEBPS/nav.xhtml": book_files.nav([("a.xhtml", "First"), ("b.xhtml", "Second")]),
    }
    mail = mail_files.message(html=page, attachments=[("a.txt", _WORDS.encode(), "text/plain")]).as_bytes()
    saved = f"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    notebook = (
        '{"cells": [{"cell_type": "markdown", "source": ["# Boats\\n", "WORDS"]}], "nbformat": 4, "metadata": {}}'
    )
    odf_text = f"<text:h>Boats</text:h><text:p>{_WORDS}</text:p>"
    odf_page = (
        f"<draw:page><draw:frame><draw:text-box><text:p>{_WORDS}</text:p></draw:text-box></draw:frame></draw:page>"
    )
    return {
        ".txt": _WORDS.encode(),
        ".md": f"---\ntitle: Boats\n---\n# Boats\n\n{_WORDS}\n".encode(),
        ".html": page.encode(),
        ".mhtml": saved.encode(),
        ".pdf": one_page(shown_text(_WORDS[:60])),
        ".docx": office_files.docx(p("Boats", "Heading1") + p(_WORDS) + office_files.table([p("a"), p("b")])),
        ".pptx": office_files.pptx(office_files.slide(shape("Boats", kind="title"), shape(ap(_WORDS)))),
        ".xlsx": office_files.xlsx({"Boats": [["day", "count"], ["Monday", 40], ["Tuesday", 0]]}),
        ".odt": office_files.open_document("text", odf_text),
        ".odp": office_files.open_document("presentation", odf_page),
        ".rtf": b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\info{\\title Boats}}\\f0 " + _WORDS.encode() + b"\\par}",
        ".csv": b"day,count\nMonday,40\nTuesday,0\n",
        ".tsv": b"day\tcount\nMonday\t40\nTuesday\t0\n",
        ".epub": book_files.epub(book),
        ".eml": mail,
        ".msg": mail_files.outlook(subject="Boats", text=_WORDS),
        ".mbox": mail_files.mbox([mail, mail]),
        ".ipynb": notebook.replace("WORDS", _WORDS).encode(),
        ".json": json.dumps({"boats": [{"day": "Monday", "count": 40, "note": _WORDS}]}).encode(),
        ".jsonl": (json.dumps({"note": _WORDS}) + "\n").encode() * 2,
        ".xml": f"<boats><title>Boats</title><note>{_WORDS}</note></boats>".encode(),
    }
