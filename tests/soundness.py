"""What holds of every Reading, whatever file it came from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.chunking import Chunker
from rag.errors import SourceError
from rag.reading import LocalReader
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


def read_sound(content: bytes, name: str) -> Reading:
    """What these bytes are read as under this name; it is sound."""
    reading = LocalReader().read_content(content, Path(name))
    assert_sound(reading)
    return reading


def read_all(folder: Path, pattern: str) -> tuple[list[Reading], dict[str, str]]:
    """The sound readings of a folder's files in order, and of each that is refused the state."""
    readings, refused = [], {}
    for path in sorted(folder.rglob(pattern)):
        try:
            readings.append(LocalReader().read(path))
        except SourceError as error:
            refused[path.name] = error.state.value
        else:
            assert_sound(readings[-1])
    return readings, refused


def _assert_apart(placed: Sequence[Part] | Sequence[Mark], n_chars: int) -> None:
    end = 0
    for one in placed:
        assert end <= one.span.start < one.span.end <= n_chars
        end = one.span.end
