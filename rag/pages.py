"""Shows the pages of a PDF: draws them, and finds the boxes of exactly those characters that a quote is made of.

The map from a text to the characters of its page is not stored but made again, which gives the same each time; where it
does not, the file is another one by now, and that is said. Native code: meant to be hosted in a child process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from rag import reading
from rag.errors import UnreadableSource
from rag.page_images import Box, PageImage, PageSize
from rag.pdfium import HYPHEN, PageText, PdfFile
from rag.readers.pdf_layout import pieces_of, places_of, shown
from rag.types import Span

_SAME_LINE = 0.5
_TALLEST = 3.0


class PdfPages:
    """The pages of one PDF, open until closed.

    Raises:
        UnreadableSource, EncryptedSource: as when it was read.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        with reading.open_regular(path) as file:
            content = file.read()
        self._file = PdfFile(content, self._path)

    def __enter__(self) -> PdfPages:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def page_count(self) -> int:
        return self._file.n_pages

    def page_size(self, number: int) -> PageSize:
        """The size of a page, counted from 1.

        Raises:
            UnreadableSource: there is no such page, or nothing can be made of it.
        """
        self._refuse_unknown(number)
        try:
            return PageSize(*self._file.size(number))
        except ValueError as error:
            raise UnreadableSource(path=self._path, reason=f"page {number} cannot be shown.") from error

    def render(self, number: int, scale: float) -> PageImage:
        """A page at `scale` pixels a point, at most 40 million pixels.

        Raises:
            UnreadableSource: there is no such page, or nothing can be made of it.
        """
        self._refuse_unknown(number)
        try:
            width_px, height_px, pixels = self._file.draw(number, scale)
        except ValueError as error:
            raise UnreadableSource(path=self._path, reason=f"page {number} cannot be shown.") from error
        return PageImage(width_px, height_px, pixels)

    def boxes(self, number: int, text: str, span: Span) -> tuple[Box, ...]:
        """Where characters stand on a page, a box for each stretch of a line, in the order of the text.

        `text` is the whole text of that page as it was read, that is the page's Part cut out of the document, and
        `span` counts within it. White space has no box of its own.

        Raises:
            UnreadableSource: the page does not hold this text (the file has changed), or there is no such page.
            ValueError: the span reaches past the text.
        """
        span.cut(text)
        with self._page(number) as page:
            places = _places(page, text)
            if places is None:
                raise UnreadableSource(path=self._path, reason="it has changed since it was read. Read it again.")
            wanted = [place for some in places[span.start : span.end] for place in some if page.text[place] != " "]
            return tuple(_merged(page, wanted))

    def _page(self, number: int) -> PageText:
        self._refuse_unknown(number)
        page = self._file.page_text(number)
        if page is None:
            raise UnreadableSource(path=self._path, reason=f"page {number} cannot be shown.")
        return page

    def _refuse_unknown(self, number: int) -> None:
        if not 1 <= number <= self._file.n_pages:
            raise UnreadableSource(path=self._path, reason=f"it has no page {number}.")


def _places(page: PageText, text: str) -> list[tuple[int, ...]] | None:
    """For each character of a page's text, which of the page's it is made of; None where the page holds another text.

    None for what only parts lines; two where a hyphen went from between two letters. Whether a doubtful hyphen went was
    decided by the whole document, so it is read off the text.
    """
    places: list[tuple[int, ...]] = []
    made: list[str] = []
    for piece in pieces_of(page):
        places += [()] * len(piece.before)
        made.append(piece.before)
        run = shown(page.text, piece)
        if run == HYPHEN:
            if text[len(places) : len(places) + 1] == "-":
                places.append((piece.start,))
                made.append("-")
            elif places:
                places[-1] += (piece.start,)
            continue
        places += [(place,) for place in places_of(page.text, piece)]
        made.append(run)
    whole = "".join(made)
    # A hyphen at the end of the page goes where the word was joined with the next page.
    return places if whole == text or whole == text + "-" else None


def _merged(page: PageText, places: Sequence[int]) -> Iterator[Box]:
    """One box for each run of characters that stand on one line of the page, beside each other."""
    tight = page.tight_boxes(places).tolist()
    loose = page.boxes(places).tolist()
    current: list[float] | None = None
    for place_box, ink in zip(loose, tight, strict=True):
        box = _sensible(place_box, ink)
        if current is not None and _is_on(current, box):
            current = [*map(min, current[:2], box[:2]), *map(max, current[2:], box[2:])]
            continue
        if current is not None:
            yield Box(*current)
        current = box
    if current is not None:
        yield Box(*current)


def _sensible(loose: list[float], ink: list[float]) -> list[float]:
    """As high as the font, which makes lines even; some fonts lie about that, and then as high as the ink."""
    height, ink_height = loose[3] - loose[1], ink[3] - ink[1]
    is_sensible = loose[1] <= ink[1] + height / 2 and ink[3] - height / 2 <= loose[3] and loose[2] > loose[0]
    if ink_height > 0 and (not is_sensible or height <= 0):
        return ink
    return [min(loose[0], ink[0]), loose[1], max(loose[2], ink[2]), loose[3]] if ink_height > 0 else loose


def _is_on(line: list[float], box: list[float]) -> bool:
    shared = min(line[3], box[3]) - max(line[1], box[1])
    height = min(line[3] - line[1], box[3] - box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return shared > _SAME_LINE * height and gap < _TALLEST * max(height, 1.0)
