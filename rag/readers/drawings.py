"""The words in the charts and diagrams of Word and PowerPoint files, as lines; what they look like is left out."""

from __future__ import annotations

from collections.abc import Iterator

from rag.readers.cells import shown_number
from rag.readers.open_xml import RELATION_ID, Relation, local_name, tree
from rag.readers.packages import Element, Package

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM_ID = f"{{{RELATION_ID[1:].partition('}')[0]}}}dm"
_MOST_POINTS = 200


def drawn_lines(package: Package, relations: dict[str, Relation], drawing: Element) -> Iterator[str]:
    """The lines of each chart and diagram that a drawing places; `relations` are those of the part it is in."""
    for element in drawing.iter(f"{_CHART}chart", f"{_DIAGRAM}relIds"):
        is_chart = local_name(element) == "chart"
        relation = relations.get(element.get(RELATION_ID if is_chart else _DIAGRAM_ID, ""))
        if relation is not None and relation.target and relation.target in package:
            root = tree(package, relation.target)
            yield from _chart_lines(root) if is_chart else _diagram_lines(root)


def _chart_lines(root: Element) -> Iterator[str]:
    """The titles, then a line for each series: `Sales: 2019: 4.3; 2020: 2.5`."""
    for title in root.iter(f"{_CHART}title"):
        yield " ".join(_paragraphs(title)) or " ".join(_values(title))
    for series in root.iter(f"{_CHART}ser"):
        name = " ".join(_values(series.find(f"{_CHART}tx")))
        categories = _points(series, "cat", "xVal")
        points = _points(series, "val", "yVal")
        pairs = [f"{categories[place]}: {value}" if place in categories else value for place, value in points.items()]
        line = "; ".join(pairs[:_MOST_POINTS])
        yield f"{name}: {line}" if name and line else name or line


def _points(series: Element, *names: str) -> dict[str, str]:
    """The values of an axis by their places."""
    axis = next((found for name in names if (found := series.find(f"{_CHART}{name}")) is not None), None)
    if axis is None:
        return {}
    points = axis.iter(f"{_CHART}pt")
    return {point.get("idx", ""): shown_number(point.findtext(f"{_CHART}v") or "") for point in points}


def _values(element: Element | None) -> list[str]:
    return [] if element is None else [value.text or "" for value in element.iter(f"{_CHART}v")]


def _diagram_lines(root: Element) -> Iterator[str]:
    for point in root.iter(f"{_DIAGRAM}pt"):
        yield from _paragraphs(point)


def _paragraphs(element: Element) -> list[str]:
    lines = ("".join(t.text or "" for t in line.iter(f"{_DRAWING}t")) for line in element.iter(f"{_DRAWING}p"))
    return [line for line in lines if line.strip()]
