"""Reads PDFs that hold text: page by page, as paragraphs, with a map of the pages and running heads marked.

It runs no script of the file, opens no attachment, and reads no pictures; annotations and form fields are not text.
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_left
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from pathlib import Path

from rag import sniffing
from rag.dates import iso_date
from rag.errors import EmptySource, NoTextLayer, UnreadableSource
from rag.pdfium import HYPHEN, PageText, PdfFile
from rag.readers.dates import stated_date
from rag.readers.pdf_joints import PARAGRAPH
from rag.readers.pdf_layout import EdgeLine, PageLayout, layouts_of
from rag.readers.plain import shortened
from rag.running_heads import Edge, PageEdges, running_heads
from rag.types import Mark, NoiseKind, Part, PartKind, Reading, Span

MAX_PAGES = 20_000
MAX_CHARS = 50 * 10**6

_HYPHEN_IN_WORD = re.compile(rf"{HYPHEN}([^\W\d_]+)")
_MOST_DOUBTFUL_WORDS = 2_000
_KEEPS_ITS_HYPHEN = frozenset({"self", "well", "half", "non", "year", "semi", "anti"})
_SENTENCE_END = (".", "!", "?", ":", ";", "…", "”", '"', "’", ")")
_NO_TITLE = re.compile(
    r"\(?(?:anonymous|unspecified)\)?|microsoft (?:word|powerpoint|excel|office)\b.*|untitled.*|unbenannt.*|"
    r"sans titre.*|(?:new |word )?document\s*\d*|"
    r"title|no title|slide \d+|print(?:ing)?|powerpoint[- ]pr[eä]sentation|presentation\d*|[\W\d_]+|.{1,2}|"
    r"(?:file|https?):.*|\S*[_\d]\S*|"
    r".*\.(?:docx?|pdf|rtf|odt|txt|pptx?|xlsx?|indd|qxd|tex|dvi|e?ps|html?|pmd|fm|wpd|ai|cdr|pub|tiff?|jpe?g)",
    re.IGNORECASE | re.DOTALL,
)
_NO_AUTHOR = re.compile(
    r"(?:local )?(?:user|admin|administrator|owner|root|unknown|\(?anonymous\)?|guest|author|default|"
    r"microsoft office user|"
    r"windows user|benutzer|[\W\d_]*)(?:\s*\d*)",
    re.IGNORECASE,
)
_CREATED = re.compile(r"(?:D:)?(\d{4})(\d{2})(\d{2})")
_FIRST_YEAR = 1990
_LABEL_CHARS = 20
_PAGES_LOOKED_AT_FOR_DRAWINGS = 50
_PAGES_AT_ONCE = 16
_MUCH_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    label: str
    layout: PageLayout


class PdfReader:
    """Text of the file's own order by PDFium, put into paragraphs by where the lines stand."""

    def read(self, content: bytes, path: Path) -> Reading:
        """Raises EncryptedSource, NoTextLayer, EmptySource, and UnreadableSource for what is damaged or too long."""
        with PdfFile(content, str(path)) as file:
            if file.n_pages > MAX_PAGES:
                reason = f"it has {file.n_pages:,} pages; at most {MAX_PAGES:,}. Split it."
                raise UnreadableSource(path=str(path), reason=reason)
            pages, pictures, broken = _pages(file, str(path))
            if not pages:
                raise _nothing_in(file, len(broken), str(path))
            title, author, created = (file.says(key) for key in ("Title", "Author", "CreationDate"))
            n_pages = file.n_pages
        pages = _with_hyphens_decided(pages)
        text, starts = _joined(pages)
        parts = [
            Part(PartKind.PAGE, page.number, Span(start, start + len(page.layout.text)), page.label)
            for page, start in zip(pages, starts, strict=True)
        ]
        heads = running_heads([_edges(page, start) for page, start in zip(pages, starts, strict=True)])
        return Reading(
            text=text,
            title=_title(title, pages[0], path),
            date=stated_date(text) or _day(created),
            origin=None,
            media_type=sniffing.PDF,
            author=None if _NO_AUTHOR.fullmatch(author) else shortened(author),
            n_pages=n_pages,
            parts=tuple(parts),
            marks=tuple(Mark(NoiseKind.RUNNING_HEAD, span) for span in heads),
            note=_note(pictures, broken),
        )


def _pages(file: PdfFile, path: str) -> tuple[list[_Page], list[int], list[int]]:
    """Pages with text; numbers of pages that are pictures without text; numbers of those that cannot be read."""
    pages: list[_Page] = []
    pictures: list[int] = []
    broken: list[int] = []
    n_chars = 0
    # Closed here, since a page must not stay open longer than its file.
    with closing(_opened(file, broken)) as opened:
        for some in opened:
            for page, layout in zip(some, layouts_of(some), strict=True):
                if layout.text:
                    pages.append(_Page(page.number, _label(file, page.number), layout))
                elif page.has_picture():
                    pictures.append(page.number)
                n_chars += len(layout.text)
            if n_chars > MAX_CHARS:
                raise UnreadableSource(path=path, reason="its text is too long (over 50 million characters). Split it.")
    return pages, pictures, broken


def _opened(file: PdfFile, broken: list[int]) -> Generator[list[PageText], None, None]:
    """The pages a few at a time, fewer where much is on them, open until the next; adds those that cannot be read."""
    with ExitStack() as some_open:
        some: list[PageText] = []
        weight = 0
        for number in range(1, file.n_pages + 1):
            page = file.page_text(number)
            if page is None:
                broken.append(number)
                continue
            some.append(some_open.enter_context(page))
            weight += len(page.text) + page.n_drawings()
            if len(some) == _PAGES_AT_ONCE or weight > _MUCH_AT_ONCE:
                yield some
                some_open.close()
                some, weight = [], 0
        if some:
            yield some


def _label(file: PdfFile, number: int) -> str:
    label = file.label(number)
    return "" if label == str(number) else label[:_LABEL_CHARS]


def _nothing_in(file: PdfFile, n_broken: int, path: str) -> NoTextLayer | EmptySource | UnreadableSource:
    if n_broken == file.n_pages:
        return UnreadableSource(path=path, reason="it is damaged: none of its pages can be opened.")
    for number in range(1, min(file.n_pages, _PAGES_LOOKED_AT_FOR_DRAWINGS) + 1):
        page = file.page_text(number)
        if page is not None:
            with page:
                if page.n_drawings():
                    reason = "there are pictures on its pages and no text. OCR can read them on this machine."
                    return NoTextLayer(path=path, reason=reason)
    return EmptySource(path=path, reason="its pages are empty.")


def _with_hyphens_decided(pages: Sequence[_Page]) -> list[_Page]:
    """Each word that a line end divides, with or without its hyphen, as the rest of the document writes it."""
    if not any(HYPHEN in page.layout.text for page in pages):
        return [*pages]
    doubtful = {(left, right) for page in pages for _, left, right in _divided_words(page.layout.text)}
    whole = "\n".join(page.layout.text for page in pages)
    joined = {
        (left, right)
        for n, (left, right) in enumerate(sorted(doubtful))
        if _is_one_word(left, right, whole if n < _MOST_DOUBTFUL_WORDS else "")
    }
    return [_without_hyphens(page, joined) if HYPHEN in page.layout.text else page for page in pages]


def _divided_words(text: str) -> Iterator[tuple[int, str, str]]:
    """Where the hyphen of each divided word stands, and the letters before and after it."""
    for match in _HYPHEN_IN_WORD.finditer(text):
        start = end = match.start()
        while start and text[start - 1].isalnum() and not text[start - 1].isdecimal():
            start -= 1
        if start < end:
            yield end, text[start:end], match.group(1)


def _is_one_word(left: str, right: str, whole: str) -> bool:
    if not right[:1].islower() or left.lower() in _KEEPS_ITS_HYPHEN:
        return False
    return f"{left}-{right}" not in whole or left + right in whole


def _without_hyphens(page: _Page, joined: set[tuple[str, str]]) -> _Page:
    """The page with its hyphens decided; what stands after a hyphen that goes moves forward."""
    text = page.layout.text
    gone = [place for place, left, right in _divided_words(text) if (left, right) in joined]
    kept = zip([0, *(place + 1 for place in gone)], [*gone, len(text)], strict=True)
    decided = "".join(text[start:end] for start, end in kept).replace(HYPHEN, "-")

    def moved(edge: EdgeLine) -> EdgeLine:
        start, end = (place - bisect_left(gone, place) for place in (edge.start, edge.end))
        return edge._replace(start=start, end=end)

    layout = replace(
        page.layout,
        text=decided,
        tops=tuple(map(moved, page.layout.tops)),
        bottoms=tuple(map(moved, page.layout.bottoms)),
    )
    return replace(page, layout=layout)


def _joined(pages: list[_Page]) -> tuple[str, list[int]]:
    """The text of the document, and where each page begins in it; a word's hyphen at a page end goes from its page."""
    pieces: list[str] = []
    starts: list[int] = []
    n_chars = 0
    for n, following in enumerate([*pages[1:], None]):
        between = PARAGRAPH if following else ""
        if following and _goes_on(pages[n], following):
            between = " "
            if pages[n].layout.text.endswith("-"):
                between = ""
                pages[n] = replace(pages[n], layout=replace(pages[n].layout, text=pages[n].layout.text[:-1]))
        text = pages[n].layout.text
        starts.append(n_chars)
        pieces += (text, between)
        n_chars += len(text) + len(between)
    return "".join(pieces), starts


def _goes_on(page: _Page, following: _Page) -> bool:
    """Whether the last sentence of a page goes on at the top of the next, with no head, foot or footnote between."""
    size, next_size = page.layout.ends_size, following.layout.opens_size
    is_alike = bool(size and next_size) and 0.95 < size / next_size < 1.05
    is_next = following.number == page.number + 1
    last, first = page.layout.text, following.layout.text
    return is_alike and is_next and first[:1].islower() and not last.endswith(_SENTENCE_END) and last[-1:] != HYPHEN


def _edges(page: _Page, start: int) -> PageEdges:
    layout = page.layout
    height = max(1.0, layout.height)

    def edge(line: EdgeLine, distance: float) -> Edge:
        span = Span(start + line.start, start + line.end)
        return Edge(span, layout.text[line.start : line.end], distance, distance / height)

    tops = [edge(line, line.bottom) for line in takewhile(partial(_stands_alone, layout.text), layout.tops)]
    bottoms = [edge(line, height - line.top) for line in takewhile(partial(_stands_alone, layout.text), layout.bottoms)]
    return PageEdges(page.number, page.label, tops, bottoms)


def _stands_alone(text: str, line: EdgeLine) -> bool:
    """Whether a line is no part of a paragraph."""
    is_own_end = text[line.end : line.end + 1] in ("", "\n")
    return line.start < line.end <= len(text) and is_own_end and (line.start == 0 or text[line.start - 1] == "\n")


def _title(stated: str, first: _Page, path: Path) -> str:
    if stated and not _NO_TITLE.fullmatch(stated) and stated.lower() != path.stem.lower():
        return shortened(stated)
    largest = first.layout.largest.replace(HYPHEN, "") if first.number == 1 else ""
    return shortened(largest) if len(largest) > 3 else path.stem


def _day(created: str) -> str | None:
    """The day of the file's own time stamp, unless it is the zero of some clock or yet to come."""
    match = _CREATED.match(created)
    iso = iso_date("-".join(match.groups())) if match else None
    return iso if iso and f"{_FIRST_YEAR}" <= iso <= datetime.date.today().isoformat() else None


def _note(pictures: Sequence[int], broken: Sequence[int]) -> str:
    notes = []
    if pictures:
        notes.append(f"{_named(pictures)} without a text layer.")
    if broken:
        notes.append(f"{_named(broken)} that could not be read.")
    return " ".join(notes)


def _named(numbers: Iterable[int]) -> str:
    """`1 page (7)`, `3 pages (2-3, 9)`."""
    runs: list[list[int]] = []
    n = 0
    for n, number in enumerate(numbers, 1):  # noqa: B007
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    listed = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs[:20])
    more = ", …" if len(runs) > 20 else ""
    return f"{n} page{'' if n == 1 else 's'} ({listed}{more})"
