"""Whether an element is hidden by its own attributes; style sheets are not read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|"
    r"(?:^|[;\s])opacity\s*:\s*0*\.?0+(?![\d.])|"
    r"(?:^|[;\s])(?:font-size|max-height|max-width|line-height)\s*:\s*0*\.?0+(?:px|pt|em|rem|%)?(?![\d.\w])|"
    r"text-indent\s*:\s*-\d{3,}|(?:^|[;\s])(?:left|top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|[;\s])color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|[;\s])background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
_NAMED: Final = {"white": (255, 255, 255), "black": (0, 0, 0)}
_NEAR = 8
_FOR_EARS = re.compile(
    r"(?:^|\s)(?:sr-only|sr_only|visually-?hidden|screen-reader-(?:text|only)|screenreader|u-hidden-visually|"
    r"element-invisible|assistive-text)(?=$|\s)",
    re.IGNORECASE,
)
Colour = tuple[int, int, int]
WHITE: Final[Colour] = (255, 255, 255)


def is_hidden(attributes: Mapping[str, str], backdrop: Colour | None) -> bool:
    """Whether nobody sees the element: not displayed, without size, off the page, or in the colour behind it.

    `backdrop` is that colour, None where it is not known.
    """
    if "hidden" in attributes and attributes["hidden"].lower() != "false":
        return True
    if attributes.get("aria-hidden", "").lower() == "true":
        return True
    names = attributes.get("class", "")
    if names and _FOR_EARS.search(names):
        return True
    style = attributes.get("style", "")
    if style and _HIDING.search(style):
        return True
    if backdrop is None or not (style or "color" in attributes):
        return False
    colour = _colour(_last(_COLOUR, style) or attributes.get("color", ""))
    return colour is not None and all(abs(one - other) <= _NEAR for one, other in zip(colour, backdrop, strict=True))


def backdrop_of(attributes: Mapping[str, str], behind: Colour | None) -> Colour | None:
    """The colour behind an element's text; None where it cannot be told (a picture, a style sheet)."""
    style = attributes.get("style", "")
    if "url(" in style or "gradient" in style:
        return None
    named = _last(_BACKGROUND, style) or attributes.get("bgcolor", "")
    if not named:
        return None if "background" in attributes else behind
    if named.strip().lower() in ("transparent", "none", "inherit", "initial"):
        return behind
    return _colour(named)


def _last(form: re.Pattern[str], style: str) -> str:
    return next((match.group(1).strip() for match in reversed(list(form.finditer(style)))), "") if style else ""


def _colour(named: str) -> Colour | None:
    if (plain := _NAMED.get(named.strip().lower())) is not None:
        return plain
    if rgb := _RGB.search(named):
        return int(rgb.group(1)), int(rgb.group(2)), int(rgb.group(3))
    if written := _HEX.search(named):
        digits = written.group(1)
        pairs = [digits[place : place + 2] for place in (0, 2, 4)] if len(digits) == 6 else [one * 2 for one in digits]
        return int(pairs[0], 16), int(pairs[1], 16), int(pairs[2], 16)
    return None
