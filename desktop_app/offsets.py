"""Positions in one text, from code points to UTF-16 units and back; it knows neither Qt nor what is shown."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left

_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")


class Utf16Offsets:
    """Converts positions of one text; Python counts code points, Qt counts UTF-16 units.

    Only characters beyond the Basic Multilingual Plane take two units, so their places say everything.
    """

    __slots__ = ("_n_chars", "_wide", "_wide_units")

    def __init__(self, text: str) -> None:
        self._n_chars = len(text)
        found = () if text.isascii() else _BEYOND_BMP.finditer(text)
        self._wide = array("q", (match.start() for match in found))
        self._wide_units = array("q", (place + before for before, place in enumerate(self._wide)))

    @property
    def n_units(self) -> int:
        """Length of the whole text in UTF-16 units."""
        return self._n_chars + len(self._wide)

    def to_units(self, code_point: int) -> int:
        """The unit at which the character `code_point` begins; the text's length gives its end.

        Raises:
            ValueError: there is no such position in the text.
        """
        if not 0 <= code_point <= self._n_chars:
            raise ValueError(f"position {code_point} is outside a text of {self._n_chars} characters")
        return code_point + bisect_left(self._wide, code_point)

    def to_code_points(self, unit: int) -> int:
        """The character that holds `unit`; the second half of a surrogate pair belongs to its pair.

        Raises:
            ValueError: there is no such unit in the text.
        """
        if not 0 <= unit <= self.n_units:
            raise ValueError(f"unit {unit} is outside a text of {self.n_units} UTF-16 units")
        return unit - bisect_left(self._wide_units, unit)
