"""Reads the words off the picture of a page; the home of RapidOCR, whose models come inside its package.

It is an extra of its own (`ocr`), for it brings OpenCV along. It knows no PDF and no paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # whoever only handles lines need not load PDFium
    from rag.pdfium import Picture

_CHANNELS = 4
_LEAST_CHANCE = 0.5
"""Below this the letters of a line are guesses."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of text as it was recognised, its box in pixels (origin top left), and how sure that is, in 0..1."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    chance: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def is_installed() -> bool:
    """Whether the extra is there."""
    return find_spec("rapidocr_onnxruntime") is not None


class Recogniser:
    """Recognises Latin and Chinese writing; loading takes a second, a page one to three seconds on one core.

    Raises:
        ImportError: the extra is not installed.
    """

    def __init__(self, n_threads: int) -> None:
        from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415 - an extra; OpenCV takes half a second to import

        self._engine: Any = RapidOCR(intra_op_num_threads=n_threads, inter_op_num_threads=1)

    def lines(self, picture: Picture) -> tuple[ReadLine, ...]:
        """The lines of a picture that could be recognised, from top to bottom."""
        pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, _CHANNELS)
        found, _ = self._engine(np.ascontiguousarray(pixels[:, :, 2::-1]))  # it expects blue first
        lines = [_line(corners, text, chance) for corners, text, chance in found or ()]
        return tuple(line for line in lines if line.chance >= _LEAST_CHANCE and line.text)


def _line(corners: Any, text: str, chance: float) -> ReadLine:
    across = [float(x) for x, _ in corners]
    down = [float(y) for _, y in corners]
    return ReadLine(" ".join(text.split()), min(across), min(down), max(across), max(down), float(chance))
