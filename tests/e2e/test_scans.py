"""A scan, end to end: it is said to hold no text, is read by OCR when it is asked for, and its quotes say so."""

from __future__ import annotations

import zlib
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings
from rag import ocr
from rag.events import Done
from rag.pdfium import PdfFile
from rag.types import FileState, Scope, Stage
from tests.hostile_files import one_page, pdf, stream

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not ocr.is_installed(), reason="the extra `ocr` is not installed"),
]
_LINES = ("The bridge over the river was closed on 3 March 2024.", "The repair is to cost 42 pounds, said the mayor.")


def _scan(path: Path) -> None:
    """A PDF whose only page is a picture of those lines."""
    shown = "".join(f"BT /F 16 Tf 60 {780 - 40 * n} Td ({line}) Tj ET\n" for n, line in enumerate(_LINES))
    with PdfFile(one_page(shown.encode()), "printed.pdf") as printed:
        picture = printed.draw(1, 2.0)
    grey = picture.pixels[::4]
    size = f"/Width {picture.width_px} /Height {picture.height_px} /ColorSpace /DeviceGray /BitsPerComponent 8"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /XObject << /X 5 0 R >> >> >>"
    )
    drawn = stream(b"q 595 0 0 842 0 0 cm /X Do Q")
    image = stream(zlib.compress(grey), f"/Type /XObject /Subtype /Image {size} /Filter /FlateDecode")
    tree = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    path.write_bytes(pdf("<< /Type /Catalog /Pages 2 0 R >>", tree, page, drawn, image))


def test_a_scan_is_read_when_it_is_asked_for_and_its_quotes_say_so(tmp_path: Path) -> None:
    scan = tmp_path / "minutes.pdf"
    _scan(scan)
    paths = AppPaths.under(tmp_path / "data")
    prepare_library(paths)
    with closing(LocalWorkbench(paths, Settings(), with_index=False)) as workbench:

        def added(*, by_ocr: bool) -> list[FileState]:
            steps = workbench.add([scan], Event(), by_ocr=by_ocr)
            return [step.report.state for step in steps if step.stage is Stage.READING and step.report]

        assert added(by_ocr=False) == [FileState.NO_TEXT_LAYER]
        assert added(by_ocr=True) == [FileState.INDEXED]
        assistant = workbench.assistant(with_prose=False)
        *_, done = assistant.ask("When was the bridge closed?", scope=Scope(), history=())
    assert isinstance(done, Done)
    quote = done.answer.quotes[0]
    assert "2024" in quote.text
    assert (quote.place, quote.is_ocr) == ("page 1", True)
