"""What becomes of notebooks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import SourceError, UnreadableSource
from rag.readers.notebook import NotebookReader
from rag.reading import LocalReader
from rag.types import PartKind, Reading
from tests.soundness import read_sound


def _cell(kind: str, source: object, outputs: Sequence[object] = ()) -> dict[str, Any]:
    return {"cell_type": kind, "source": source, "outputs": list(outputs)}


def _read(notebook: object) -> Reading:
    return read_sound(json.dumps(notebook).encode(), "a.ipynb")


def test_cells_are_parts_with_what_came_out_of_them() -> None:
    cells = [
        _cell("markdown", ["# The trial\n", "We measured it."]),
        _cell("code", "print(mean)", [{"output_type": "stream", "text": ["4.2\n"]}]),
        _cell("code", ""),
        _cell(
            "code",
            "plot()",
            [
                {
                    "output_type": "display_data",
                    "data": {"text/plain": "<Figure>", "image/png": "AAAA", "text/html": "<b>"},
                }
            ],
        ),
        _cell("code", "1/0", [{"output_type": "error", "traceback": ["\x1b[31mZeroDivisionError\x1b[0m", "by zero"]}]),
    ]
    reading = _read({"cells": cells, "nbformat": 4, "metadata": {"authors": [{"name": "Anna"}]}})
    assert [(part.kind, part.number) for part in reading.parts] == [(PartKind.CELL, n) for n in (1, 2, 4, 5)]
    assert [part.span.cut(reading.text) for part in reading.parts] == [
        "# The trial\nWe measured it.",
        "print(mean)\n\n4.2",
        "plot()\n\n<Figure>",
        "1/0\n\nZeroDivisionError\nby zero",
    ]
    assert (reading.title, reading.author) == ("The trial", "Anna")


def test_old_notebooks_are_read() -> None:
    sheet = {"cells": [{"cell_type": "heading", "source": "Old"}, {"cell_type": "code", "input": "x = 1"}]}
    reading = _read({"worksheets": [sheet], "nbformat": 3})
    assert reading.text == "# Old\n\nx = 1"
    assert reading.title == "Old"


def test_endless_output_is_cut_and_says_so() -> None:
    reading = _read({"cells": [_cell("code", "loop()", [{"output_type": "stream", "text": "line\n" * 100_000}])]})
    assert len(reading.text) < 30_000
    assert reading.text.endswith("…")


@pytest.mark.parametrize("content", [b"{}", b"[]", b"null", b'{"cells": 7}', b"no json", b'{"cells":' + b"[" * 100_000])
def test_what_is_no_notebook_ends_in_a_cause(content: bytes) -> None:
    with pytest.raises(UnreadableSource):
        LocalReader().read_content(content, Path("a.ipynb"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "outputs", "data", "text/plain", "text", "metadata", "traceback"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(notebook=st.fixed_dictionaries({"cells": st.lists(_JSON, max_size=4), "metadata": _JSON}))
@settings(deadline=None)
def test_any_json_ends_in_a_reading_or_a_cause(notebook: object) -> None:
    try:
        reading = NotebookReader().read(json.dumps(notebook).encode(), Path("a.ipynb"))
    except SourceError:
        return
    assert reading.title
