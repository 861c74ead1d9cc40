"""What holds of every Reading, whatever file it came from."""

from __future__ import annotations

from collections.abc import Sequence

from rag.chunking import Chunker
from rag.types import Mark, Part, Reading
from tests.fakes import count_tokens


def assert_sound(reading: Reading) -> None:
    """Text that can be stored, parts and marks in order inside it, and passages that can be cut."""
    reading.text.encode("utf-8")
    assert "\0" not in reading.text
    assert "\r" not in reading.text
    assert reading.title.strip()
    assert "\n" not in reading.title
    _assert_apart(reading.parts, len(reading.text))
    _assert_apart(reading.marks, len(reading.text))
    numbers = [part.number for part in reading.parts]
    assert numbers == sorted(numbers)
    assert not numbers or numbers[0] >= 1
    for passage in Chunker(count_tokens).chunk(reading.text):
        assert passage.span.cut(reading.text).strip()


def _assert_apart(placed: Sequence[Part] | Sequence[Mark], n_chars: int) -> None:
    end = 0
    for one in placed:
        assert end <= one.span.start < one.span.end <= n_chars
        end = one.span.end
