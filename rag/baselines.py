"""The barest use of Chroma, of SQLite's full text, of PDFium and of trafilatura: what a benchmark compares us with.

They check nothing, translate no error, and serve no user. Each reads what the program has stored, so both sides of a
comparison search the same vectors and the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.rows import Embedding


class BareChroma:
    """One collection of an index folder and its `query`, nothing around it; may stand beside a ChromaIndex."""

    def __init__(self, folder: Path) -> None:
        """Open the newest generation below `folder`.

        Raises:
            FileNotFoundError: there is none yet.
        """
        import chromadb  # noqa: PLC0415 - it takes seconds
        from chromadb.config import Settings  # noqa: PLC0415

        generations = sorted(folder.glob("g*/chroma.sqlite3"))
        if not generations:
            raise FileNotFoundError(f"there is no index in {folder}")
        # Within a process Chroma shares what is opened twice, and then asks for the same settings.
        settings = Settings(anonymized_telemetry=False, allow_reset=False)
        client: Any = chromadb.PersistentClient(path=str(generations[-1].parent), settings=settings)
        self._collection: Any = client.list_collections()[0]

    def query(self, vector: Embedding, k: int) -> list[str]:
        """The ids of the k nearest, as Chroma gives them."""
        found = self._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])
        ids: list[str] = found["ids"][0]
        return ids


class BareText:
    """A connection of its own and one SELECT over the passages' full text."""

    def __init__(self, library: Path) -> None:
        """Open the database `library` for reading."""
        self._connection = sqlite3.connect(f"{library.absolute().as_uri()}?mode=ro", uri=True)

    def query(self, stems: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The k best rows that hold any of the stems (as rag.terms gives them), with SQLite's rank."""
        match = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems))
        if not match:
            return []
        return self._connection.execute(
            "SELECT rowid, rank FROM passages_fts WHERE passages_fts MATCH ? ORDER BY rank LIMIT ?", (match, k)
        ).fetchall()

    def close(self) -> None:
        self._connection.close()


def bare_pdf_text(content: bytes) -> int:
    """The characters of all pages as PDFium gives them, thrown away; how many there are.

    Raises:
        ValueError: PDFium cannot open it.
    """
    import pypdfium2  # noqa: PLC0415 - only the benchmark of reading needs it

    try:
        with pypdfium2.PdfDocument(content) as file:
            return sum(len(_characters(page)) for page in file)
    except pypdfium2.PdfiumError as error:
        raise ValueError("no PDF that can be opened") from error


def _characters(page: Any) -> str:
    of_text = page.get_textpage()
    text: str = of_text.get_text_range()
    of_text.close()
    page.close()
    return text


def bare_page_text(page: str) -> int:
    """The main text of a web page as trafilatura gives it, thrown away; how many characters."""
    import trafilatura  # noqa: PLC0415 - as above

    return len(trafilatura.extract(page) or "")
