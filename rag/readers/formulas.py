"""Writes the formulas of Word and PowerPoint on one line: a fraction as a/b, an index as x_1, a power as x^2."""

from __future__ import annotations

from rag.readers.open_xml import local_name
from rag.readers.packages import Element

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_APPLIED = "\N{FUNCTION APPLICATION}"
_VALUE = f"{_MATH}val"


def formula(element: Element) -> str:
    """The characters of a formula in reading order."""
    name = local_name(element)
    if name == "t":
        return (element.text or "").replace(_APPLIED, " ")
    if name in {"f", "rad"}:
        before, sign, after = ("num", "/", "den") if name == "f" else ("deg", "√", "e")
        return f"{_grouped(_child(element, before))}{sign}{_grouped(_child(element, after))}"
    if name == "d":
        inner = ", ".join(formula(part) for part in element if local_name(part) == "e")
        return f"{_property(element, 'begChr', '(')}{inner}{_property(element, 'endChr', ')')}"
    if name == "nary":
        return f"{_property(element, 'chr', '∫')}{_indices(element)} {_child(element, 'e')}"
    if name in {"sSup", "sSub", "sSubSup"}:
        return _child(element, "e") + _indices(element)
    return "".join(formula(part) for part in element)


def _child(element: Element, name: str) -> str:
    return next((formula(part) for part in element if local_name(part) == name), "")


def _indices(element: Element) -> str:
    below, above = _child(element, "sub"), _child(element, "sup")
    return (f"_{_grouped(below)}" if below else "") + (f"^{_grouped(above)}" if above else "")


def _grouped(inner: str) -> str:
    return inner if len(inner) <= 1 or inner.isalnum() else f"({inner})"


def _property(element: Element, name: str, default: str) -> str:
    """A character that an element's properties name; absent means the usual one, empty means none."""
    found = element.find(f"{_MATH}{local_name(element)}Pr/{_MATH}{name}")
    return default if found is None else str(found.get(_VALUE, ""))
