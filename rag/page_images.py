"""What is shown of a page of a document: its picture, and the boxes of a quote on it. Values only, safe to send between
processes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its top left corner, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageSize:
    """Width and height of a page as it is shown, in points."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as pixels: rows from the top without padding, each pixel red, green, blue and an unused byte."""

    width_px: int
    height_px: int
    pixels: bytes
