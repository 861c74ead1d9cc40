"""The home of PDFium: opens a PDF, gives the characters of a page with their boxes, and draws a page.

It knows nothing of lines, paragraphs or documents. PDFium runs no scripts here, fetches nothing, and is not
thread-safe: one thread at a time.

Boxes and sizes are in points as the page is shown: turned as the file says, cut to its crop box, the origin at the top
left and y downwards.
"""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2
from pypdfium2 import raw

from rag.errors import EncryptedSource, UnreadableSource

HYPHEN: Final = "\x02"
"""A hyphen at the end of a line, inside a word as far as PDFium can tell."""
NOTHING: Final = "\0"
"""Stands for a character that shows nothing, so that a text keeps one character for each of PDFium's."""

Boxes = npt.NDArray[np.float64]
"""One row a character: left, top, right, bottom."""

_MAX_PIXELS = 40_000_000
_FAR_POINTS = 1e6
_MOST_TOLD_BYTES = 100_000
_END_BYTES = 2
_SURROGATES = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_ODD = re.compile(
    "[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\ufeff\ufff9-\uffff]"
)
_MAYBE_HYPHEN = re.compile(f"[\ufffe{HYPHEN}]")
_PLAIN = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0x2060, 0xFEFF, *range(0xFFF9, 0xFFFD)], NOTHING),
    **dict.fromkeys([0xFFFE, 0xFFFF], NOTHING),
    **dict.fromkeys([0x09, 0x0B, 0x0C, 0xA0, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F], " "),
    **{ord(kept): kept for kept in ("\r", "\n", HYPHEN)},
}


def _batched(function: Any, *arguments: Any) -> Any:
    """The same C function without the conversions of its arguments, which would cost more than the call itself."""
    address = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(ctypes.c_uint, *arguments)(address or 0)


_loose_box = _batched(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_unicode = _batched(raw.FPDFText_GetUnicode, ctypes.c_void_p, ctypes.c_int)


class Picture(NamedTuple):
    """A page as pixels: rows from the top without padding, each pixel red, green, blue and an unused byte."""

    width_px: int
    height_px: int
    pixels: bytes


class PageText:
    """The characters of one page. Close it, or use it in a `with`.

    `text` holds one character for each of PDFium's, in the order of the file: CR and LF between lines, HYPHEN and
    NOTHING as said there, spaces of all kinds as plain ones.
    """

    def __init__(self, page: Any, of_text: Any, number: int) -> None:
        self.number = number
        self._page, self._of_text = page, of_text
        self._pointer = ctypes.cast(of_text, ctypes.c_void_p).value
        self.turns, self.frame = _frame(page)
        left, bottom, right, top = self.frame
        width, height = right - left, top - bottom
        self.width, self.height = (height, width) if self.turns % 2 else (width, height)
        self.text = self._characters()

    def __enter__(self) -> PageText:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._of_text:
            raw.FPDFText_ClosePage(self._of_text)
            raw.FPDF_ClosePage(self._page)
            self._of_text = None

    def boxes(self, places: Sequence[int]) -> Boxes:
        """Boxes of the characters at these places, as high as their font whatever the letter is."""
        return boxes_of([self], [places])

    def tight_boxes(self, places: Sequence[int]) -> Boxes:
        """Boxes of the ink of the characters at these places."""
        found = np.zeros((len(places), 4), np.float64)
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        for row, place in enumerate(places):
            if raw.FPDFText_GetCharBox(self._of_text, place, left, right, bottom, top):
                found[row] = left.value, top.value, right.value, bottom.value
        return _as_shown([self], [len(places)], found)

    def write_loose_boxes(self, places: Sequence[int], address: int) -> None:
        """Write boxes as PDFium has them to an address with room: four floats each, left, top, right, bottom."""
        deque(map(_loose_box, repeat(self._pointer), places, range(address, address + 16 * len(places), 16)), 0)

    def has_picture(self) -> bool:
        """Whether an image is drawn on the page, itself or inside up to three forms."""
        return _holds(self._page, raw.FPDF_PAGEOBJ_IMAGE)

    def n_drawings(self) -> int:
        """How many things are drawn on the page; a form with all that is in it is one."""
        return int(raw.FPDFPage_CountObjects(self._page))

    def as_shown(self, found: Boxes) -> Boxes:
        """From left, top, right, bottom in the page's own space, y upwards, to the page as shown."""
        left, bottom, right, top = self.frame
        x0, y1, x1, y0 = found.T
        if self.turns == 0:
            return np.stack([x0 - left, top - y1, x1 - left, top - y0], 1)
        if self.turns == 1:
            return np.stack([y0 - bottom, x0 - left, y1 - bottom, x1 - left], 1)
        if self.turns == 2:
            return np.stack([right - x1, y0 - bottom, right - x0, y1 - bottom], 1)
        return np.stack([top - y1, right - x1, top - y0, right - x0], 1)

    def _characters(self) -> str:
        n = max(0, raw.FPDFText_CountChars(self._of_text))
        if n == 0:
            return ""
        # One unit each, a final zero, and room for what PDFium might count differently.
        units = (ctypes.c_ushort * (2 * n + 2))()
        n_units = raw.FPDFText_GetText(self._of_text, 0, n, units) - 1
        if n_units != n:
            text = _one_for_each_unit("".join(map(_character, map(_unicode, repeat(self._pointer), range(n)))))
        else:
            text = _decoded(bytes(memoryview(units).cast("B")[: 2 * n]))
        odd = set(_ODD.findall(text))
        if "\ufffe" in odd or HYPHEN in odd:
            text = self._with_hyphens(text)
        for character in odd:
            text = text.replace(character, _PLAIN.get(ord(character), character))
        return text

    def _with_hyphens(self, text: str) -> str:
        """PDFium writes U+FFFE or U+0002 for the hyphens that it takes for one of a line end, and for other things."""

        def told(match: re.Match[str]) -> str:
            return HYPHEN if raw.FPDFText_IsHyphen(self._of_text, match.start()) == 1 else NOTHING

        return _MAYBE_HYPHEN.sub(told, text)


def boxes_of(pages: Sequence[PageText], places: Sequence[Sequence[int]]) -> Boxes:
    """Boxes of characters of several pages, as `PageText.boxes`, in one array."""
    counts = [len(some) for some in places]
    found = np.zeros((sum(counts), 4), np.float32)
    address = found.ctypes.data
    for page, some in zip(pages, places, strict=True):
        page.write_loose_boxes(some, address)
        address += 16 * len(some)
    return _as_shown(pages, counts, found.astype(np.float64))


def _as_shown(pages: Sequence[PageText], counts: Sequence[int], found: Boxes) -> Boxes:
    if not (np.abs(found) < _FAR_POINTS).all():
        found = np.clip(np.nan_to_num(found), -_FAR_POINTS, _FAR_POINTS)
    if any(page.turns for page in pages):
        own = np.split(found, np.cumsum(counts)[:-1])
        return np.concatenate([page.as_shown(boxes) for page, boxes in zip(pages, own, strict=True)])
    origins = [(left, top) * 2 for left, _, _, top in (page.frame for page in pages)]
    found -= np.repeat(np.array(origins), counts, 0)
    found[:, 1::2] *= -1.0
    return found


class PdfFile:
    """An open PDF; `password` is never asked for, an empty one is tried. Close it, or use it in a `with`.

    Raises:
        EncryptedSource: it needs a password.
        UnreadableSource: PDFium finds no document in the bytes.
    """

    def __init__(self, content: bytes, path: str) -> None:
        try:
            self._document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise _refusal(error, path) from error
        self.n_pages = len(self._document)
        self._has_forms = False

    def __enter__(self) -> PdfFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._document.close()

    def says(self, key: str) -> str:
        """An entry of the file's own description (Title, Author, CreationDate), empty where there is none."""
        return _told(raw.FPDF_GetMetaText, self._document, key.encode("ascii"))

    def label(self, number: int) -> str:
        """What the file calls a page, counted from 1; empty where it says nothing."""
        return _told(raw.FPDF_GetPageLabel, self._document, number - 1)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page as it is shown, counted from 1, without making anything of what is on it.

        Raises:
            ValueError: PDFium cannot make sense of the page.
        """
        try:
            width, height = self._document.get_page_size(number - 1)
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"page {number} has no size") from error
        return width, height

    def page_text(self, number: int) -> PageText | None:
        """The characters of a page, counted from 1; None where PDFium cannot make sense of the page."""
        page = raw.FPDF_LoadPage(self._document, number - 1)
        if not page:
            return None
        of_text = raw.FPDFText_LoadPage(page)
        if not of_text:
            raw.FPDF_ClosePage(page)
            return None
        return PageText(page, of_text, number)

    def draw(self, number: int, scale: float) -> Picture:
        """A page, counted from 1, at `scale` pixels a point, or less where it would exceed 40 million pixels.

        Raises:
            ValueError: PDFium cannot make sense of the page.
        """
        self._prepare_forms()
        try:
            page = self._document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise ValueError(f"page {number} cannot be drawn") from error
        try:
            width, height = page.get_size()
            scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
            bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            pixels = np.ascontiguousarray(bitmap.to_numpy()).tobytes()
            return Picture(bitmap.width, bitmap.height, pixels)
        finally:
            page.close()

    def _prepare_forms(self) -> None:
        """What people have filled in is drawn only with this; no script of the form is run."""
        if not self._has_forms:
            self._has_forms = True
            with suppress(pypdfium2.PdfiumError):
                self._document.init_forms()


def _refusal(error: Any, path: str) -> EncryptedSource | UnreadableSource:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return EncryptedSource(path=path, reason="it is protected by a password. Save it without one.")
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return EncryptedSource(path=path, reason="it is protected in a way that cannot be opened here.")
    return UnreadableSource(path=path, reason="it is damaged: there is no PDF document to be found in it.")


def _told(function: Any, *arguments: Any) -> str:
    """What a function of PDFium writes as UTF-16 into a buffer, without what shows nothing."""
    n_bytes = min(function(*arguments, None, 0), _MOST_TOLD_BYTES)
    if n_bytes <= _END_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(n_bytes + 2)
    function(*arguments, buffer, n_bytes)
    text = bytes(buffer)[: max(0, n_bytes - 2)].decode("utf-16-le", "ignore")
    return text.translate(_PLAIN).replace(NOTHING, "").replace(HYPHEN, "").strip()


def _character(unit: int) -> str:
    return chr(unit) if unit <= 0xFFFF else "\ufffd"


def _decoded(units: bytes) -> str:
    try:
        text = units.decode("utf-16-le")
    except UnicodeDecodeError:
        return _one_for_each_unit(units.decode("utf-16-le", "surrogatepass"))
    return text if 2 * len(text) == len(units) else _one_for_each_unit(text)


def _one_for_each_unit(text: str) -> str:
    """Characters beyond U+FFFF take two of PDFium's: the character and NOTHING. Halves become U+FFFD."""
    units = text.encode("utf-16-le", "surrogatepass")
    halves = "".join(map(chr, np.frombuffer(units, "<u2").tolist()))
    whole = _PAIR.sub(
        lambda pair: pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le") + NOTHING, halves
    )
    return _SURROGATES.sub("\ufffd", whole)


def _frame(page: Any) -> tuple[int, tuple[float, float, float, float]]:
    """Quarter turns clockwise, and left, bottom, right, top of what is shown of a page."""
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, box)
    return raw.FPDFPage_GetRotation(page) % 4, (box.left, box.bottom, box.right, box.top)


def _holds(page: Any, kind: int, depth: int = 3) -> bool:
    objects = [(raw.FPDFPage_GetObject(page, place), depth) for place in range(raw.FPDFPage_CountObjects(page))]
    while objects:
        one, levels = objects.pop()
        found = raw.FPDFPageObj_GetType(one)
        if found == kind:
            return True
        if found == raw.FPDF_PAGEOBJ_FORM and levels:
            within = range(raw.FPDFFormObj_CountObjects(one))
            objects += [(raw.FPDFFormObj_GetObject(one, place), levels - 1) for place in within]
    return False
