"""What recognition promises, with the real models of the extra: printed lines come back where they stand."""

from __future__ import annotations

import pytest

from rag import ocr
from rag.pdfium import PdfFile

pytestmark = pytest.mark.skipif(not ocr.is_installed(), reason="the extra `ocr` is not installed")


def _printed(*lines: str) -> bytes:
    """A PDF with a line of Helvetica every 30 points."""
    shown = "".join(f"BT /F 18 Tf 60 {780 - 30 * n} Td ({line}) Tj ET\n" for n, line in enumerate(lines))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        f"<< /Length {len(shown)} >> stream\n{shown}endstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = "".join(f"{number} 0 obj {content} endobj\n" for number, content in enumerate(objects, start=1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R >>\n".encode()


def test_printed_lines_are_recognised_in_their_order() -> None:
    with PdfFile(_printed("The bridge was closed on 3 March 2024.", "Repairs cost 42 pounds."), "a.pdf") as file:
        lines = ocr.Recogniser(1).lines(file.draw(1, 2.0))
    assert ["".join(line.text.split()) for line in lines] == ["Thebridgewasclosedon3March2024.", "Repairscost42pounds."]
    assert all(100 < line.left < 140 and line.chance > 0.8 for line in lines)
    assert lines[0].bottom < lines[1].top
