"""Times the readers of PDF and of web pages beside the bare libraries below them, over the files of a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from desktop_app.engine_comparison import Comparison, compared, in_turn
from rag import sniffing
from rag.baselines import bare_page_text, bare_pdf_text
from rag.errors import SourceError
from rag.reading import LocalReader, content_of


def compare_reading(folder: Path, n_rounds: int) -> tuple[Comparison, ...]:
    """Each turn reads all PDFs, or all web pages, of the folder that can be read; file access is not counted."""
    held: dict[str, list[tuple[bytes, Path]]] = {sniffing.PDF: [], sniffing.HTML: []}
    for path in sorted(folder.rglob("*")):
        with suppress(SourceError):
            content = content_of(path)
            kind = sniffing.media_type_of(content, path.suffix.lower())
            if kind in held and _can_be_read(content, path):
                held[kind].append((content, path))
    compare = ((sniffing.PDF, "PDFs", "PDFium", bare_pdf_text), (sniffing.HTML, "web pages", "trafilatura", _bare_page))
    return tuple(
        _compared(held[kind], f"{len(held[kind])} {what}", bare, run, n_rounds)
        for kind, what, bare, run in compare
        if held[kind]
    )


def _can_be_read(content: bytes, path: Path) -> bool:
    try:
        LocalReader().read_content(content, path)
    except SourceError:
        return False
    return True


def _bare_page(content: bytes) -> int:
    return bare_page_text(content.decode("utf-8", "replace"))


def _compared(
    files: Sequence[tuple[bytes, Path]], what: str, bare: str, run: Callable[[bytes], int], n_rounds: int
) -> Comparison:
    reader = LocalReader()
    turns = [_turn(files, turn, reader, run) for turn in range(n_rounds)]
    return compared(what, bare, [ours_ms for ours_ms, _ in turns], [bare_ms for _, bare_ms in turns])


def _turn(
    files: Sequence[tuple[bytes, Path]], turn: int, reader: LocalReader, run: Callable[[bytes], int]
) -> tuple[float, float]:
    """Milliseconds of both sides, file by file one right after the other: a machine is not alike for half a minute."""
    ours_ms = bare_ms = 0.0
    for place, (content, path) in enumerate(files):
        both_ms = in_turn(turn + place, partial(reader.read_content, content, path), partial(run, content))
        ours_ms, bare_ms = ours_ms + both_ms[0], bare_ms + both_ms[1]
    return ours_ms, bare_ms
