"""An embedder that keeps what it made in a file, for libraries that are made again and again out of the same texts."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.ports import Embedder, Embeddings


class KeptEmbedder:
    """Embeds what it has not embedded before under the same name; fits rag.ports.Embedder.

    Raises:
        sqlite3.Error: the file cannot be used.
    """

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._kept = sqlite3.connect(path, check_same_thread=False)
        self._kept.execute("CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def max_tokens(self) -> int:
        return self._embedder.max_tokens

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """float32, (len(texts), dimension), in the order given, rows of length 1."""
        distinct = list(dict.fromkeys(texts))
        rows = np.empty((len(distinct), self.dimension), dtype=np.float32)
        for places, embeddings in self.embed_in_steps(distinct):
            rows[places] = embeddings
        numbers = {text: number for number, text in enumerate(distinct)}
        return rows[[numbers[text] for text in texts]]

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Embeddings]]:
        """The same rows with their places in `texts`: first all that are held, then the others, kept as they come."""
        keys = [self._key(text) for text in texts]
        held = self._held(keys)
        there = [place for place, key in enumerate(keys) if key in held]
        if there:
            yield there, np.array([held[keys[place]] for place in there])
        missing = [place for place, key in enumerate(keys) if key not in held]
        for numbers, embeddings in self._embedder.embed_in_steps([texts[place] for place in missing]):
            places = [missing[number] for number in numbers]
            with self._kept:
                rows = [(keys[place], row.tobytes()) for place, row in zip(places, embeddings, strict=True)]
                self._kept.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?)", rows)
            yield places, embeddings

    def close(self) -> None:
        self._kept.close()

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self.name}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def _held(self, keys: Sequence[bytes]) -> dict[bytes, Embeddings]:
        found = ((key, self._kept.execute("SELECT vector FROM embeddings WHERE key = ?", (key,))) for key in keys)
        return {key: np.frombuffer(row[0], dtype=np.float32) for key, rows in found for row in rows}
