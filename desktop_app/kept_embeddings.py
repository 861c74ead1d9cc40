"""An embedder that keeps what it made in a file, for libraries that are made again and again out of the same texts."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
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
        keys = [self._key(text) for text in texts]
        held = self._held(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in held}
        if missing:
            made = self._embedder.embed(list(missing.values()))
            held |= dict(zip(missing, made, strict=True))
            with self._kept:
                rows = [(key, held[key].tobytes()) for key in missing]
                self._kept.executemany("INSERT OR IGNORE INTO embeddings VALUES (?, ?)", rows)
        return np.array([held[key] for key in keys], dtype=np.float32).reshape(len(texts), self.dimension)

    def close(self) -> None:
        self._kept.close()

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(f"{self.name}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def _held(self, keys: Sequence[bytes]) -> dict[bytes, Embeddings]:
        found = ((key, self._kept.execute("SELECT vector FROM embeddings WHERE key = ?", (key,))) for key in keys)
        return {key: np.frombuffer(row[0], dtype=np.float32) for key, rows in found for row in rows}
