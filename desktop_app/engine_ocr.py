"""The OCR engine: draws pages that hold no text and recognises the words on them; runs in a child process."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models.threads import physical_cores
from rag import sniffing
from rag.errors import NoTextLayer
from rag.ocr import Recogniser
from rag.pdfium import PdfFile
from rag.reading import LocalReader, content_of
from rag.scans import Scan, text_of

#: Pixels a point: 144 dots an inch, at which print of an ordinary size is recognised as well as at twice as many.
_SCALE: Final = 2.0


class OcrEngine:
    """Keeps the file that was read last; one page a call, so that a long scan can be stopped."""

    def __init__(self) -> None:
        self._recogniser = Recogniser(physical_cores())
        self._path: Path | None = None
        self._file: PdfFile | None = None

    def begin(self, path: Path) -> Scan:
        """What is to be read of a PDF; another file, say from the same archive, is read as ever.

        Raises:
            SourceError: it cannot be read.
        """
        self.close()
        content = content_of(path)
        try:
            reading = LocalReader().read_content(content, path)
        except NoTextLayer:
            reading = None
        if reading is not None and reading.media_type != sniffing.PDF:
            return Scan(reading, 0, ())
        file = self._opened(path, content)
        with_text = {part.number for part in reading.parts} if reading else set()
        pages = range(1, file.n_pages + 1)
        return Scan(reading, file.n_pages, tuple(number for number in pages if number not in with_text))

    def read_page(self, path: Path, number: int) -> str:
        """What can be recognised on a page, counted from 1; empty where there is nothing, or the page is damaged.

        Raises:
            SourceError: the file cannot be opened any more.
        """
        file = self._file if self._file is not None and self._path == path else self._opened(path, content_of(path))
        try:
            picture = file.draw(number, _SCALE)
        except ValueError:
            return ""
        return text_of(self._recogniser.lines(picture))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._path = None

    def _opened(self, path: Path, content: bytes) -> PdfFile:
        self.close()
        self._file, self._path = PdfFile(content, str(path)), path
        return self._file
