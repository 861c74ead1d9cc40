"""Chroma, kept as a cache of the store: followed in slices, verified when opened, built anew when in doubt.

Chroma is never trusted with anything that the store does not hold, never opened after a crash while writing, and its
folder is never copied. Nothing here runs in the background: `follow` does one slice of work and returns. Only `start`
may run in another thread than the rest, while `is_ready` is False.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import IndexUnavailable
from rag.rows import EmbedderMark, Embedding, PassageIds
from rag.store import Store

_log = logging.getLogger(__name__)

Hits = list[tuple[int, float]]

_COLLECTION = "passages"
_HNSW: Any = {"space": "cosine", "ef_construction": 100, "ef_search": 200, "max_neighbors": 16}
_STATE_FILE = "state.json"
_SUSPECT_FILE = "suspect"
_BATCH_ROWS = 500
_CANARIES = 50
_DELETED_SHARE = 0.2
_CHEAP_REBUILD_ROWS = 20_000
# In a large graph with many near copies a beam of `ef_search` misses one neighbour in twenty; Chroma widens the beam to
# the number asked for, in a generation of any setting.
_LARGE_ROWS = 20_000
_WIDE = 800
_M_PERTURB = -6
_ALLOWED_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class IndexState:
    """How far Chroma has followed the store; `is_ready` when it may be asked."""

    n_indexed: int
    n_passages: int
    is_ready: bool


@dataclass(frozen=True, slots=True)
class _Current:
    """Which generation is in use, and whose vectors it holds."""

    generation: str
    embedder: str
    dimension: int


class ChromaIndex:
    """The store's passages in Chroma, with text, place and vector. One object a folder, one thread at a time."""

    def __init__(self, folder: Path, store: Store) -> None:
        """Touches nothing; `start` opens, `follow` fills."""
        self._folder = folder
        self._store = store
        self._collection: Any = None
        self._client: Any = None
        self._current: _Current | None = None
        self._indexed: set[int] = set()
        self._revision: int | None = None
        self._titles: dict[str, tuple[str, str]] = {}

    @property
    def is_ready(self) -> bool:
        """Open, verified, and once caught up with the store; what came since is in `lacking`."""
        return self._collection is not None and self._revision is not None

    @property
    def revision(self) -> int | None:
        """The store's revision at which it last held exactly what the store held."""
        return self._revision

    def lacking(self, ids: PassageIds) -> PassageIds:
        """Those of the ids that were not taken over yet."""
        return np.array([passage_id for passage_id in ids.tolist() if passage_id not in self._indexed], dtype=np.int64)

    def start(self) -> None:
        """Open the generation in use, if it is sound; otherwise set it aside, so that `follow` builds another.

        Raises:
            IndexUnavailable: the folder cannot be written.
        """
        _overwrite_freed_memory()
        with _translated():
            _private_folder(self._folder)
            current = _read_state(self._folder)
            mark = self._store.embedder()
            if current is None or mark is None or (current.embedder, current.dimension) != (mark.name, mark.dimension):
                self._begin()
            elif (self._path(current) / _SUSPECT_FILE).exists() or not self._open_verified(current):
                self._set_aside(current)
                self._begin()
            self._tidy()

    def follow(self, max_rows: int = _BATCH_ROWS) -> IndexState:
        """Take over one slice of what the store holds and Chroma does not, deletions first; call it between queries.

        Raises:
            IndexUnavailable: the folder cannot be written, or Chroma failed. The next call begins aside.
        """
        with _translated():
            if self._current is None or self._mark_changed():
                self.start()
            revision = self._store.revision()
            if self._collection is not None and revision == self._revision:
                return IndexState(len(self._indexed), len(self._indexed), is_ready=True)
            wanted = set(self._store.embedded_ids().tolist())
            if self._store.embedder() is not None and wanted:
                self._take_over(wanted, max_rows)
            else:
                self._drop_all()
            if self._indexed == wanted and self._current is not None:
                self._revision = revision
            return IndexState(len(self._indexed), len(wanted), self.is_ready)

    def query(self, vector: Embedding, k: int, document_ids: Sequence[str] = ()) -> Hits:
        """Cosine similarities, best first.

        Raises:
            IndexUnavailable: not ready, or Chroma failed; it is then set aside.
        """
        if not self.is_ready:
            raise IndexUnavailable(reason="it is still being built.")
        if k < 1 or not self._indexed:
            return []
        where = {"document_id": {"$in": list(document_ids)}} if document_ids else None
        try:
            found = self._collection.query(
                query_embeddings=[np.asarray(vector, dtype=np.float32)],
                n_results=self._asked_for(k),
                where=where,
                include=["distances"],
            )
        except Exception as error:  # Chroma's Rust side raises what it likes
            self._give_up()
            raise IndexUnavailable(reason=f"Chroma could not answer ({type(error).__name__}).") from error
        hits = [(int(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _asked_for(self, k: int) -> int:
        """How many neighbours Chroma is asked for where the best k are wanted."""
        return min(max(k, _WIDE if len(self._indexed) > _LARGE_ROWS else k), len(self._indexed))

    def close(self) -> None:
        """Let go of the files; what was taken over stays."""
        if self._client is not None:
            self._client.close()
        self._client = self._collection = None

    # Opening and verifying

    def _path(self, current: _Current) -> Path:
        return self._folder / current.generation

    def _mark_changed(self) -> bool:
        mark = self._store.embedder()
        return (
            mark is not None
            and self._current is not None
            and mark != EmbedderMark(self._current.embedder, self._current.dimension)
        )

    def _open_verified(self, current: _Current) -> bool:
        """The suspect mark stands while Chroma opens: if that kills the process, the next start does not open it."""
        path = self._path(current)
        if not path.is_dir() or _has_absurd_file(path, self._store.n_passages(), current.dimension):
            return False
        _create_synced(path / _SUSPECT_FILE)
        try:
            self._connect(current)
            sound = self._is_sound()
        except Exception as error:  # noqa: BLE001 - whatever a damaged index raises, it is set aside and built anew
            _log.warning("the search index could not be opened: %s", type(error).__name__)
            sound = False
        if not sound:
            self.close()
            return False
        self._remove_suspicion(path)
        return True

    def _connect(self, current: _Current) -> None:
        # Importing Chroma takes seconds, and questions are answered meanwhile, so it waits until it is needed.
        import chromadb  # noqa: PLC0415
        from chromadb.config import Settings  # noqa: PLC0415

        self._client = chromadb.PersistentClient(
            path=str(self._path(current)), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
        self._collection = self._client.get_or_create_collection(
            _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
        )
        self._current = current
        self._indexed = {int(passage_id) for passage_id in self._collection.get(include=[])["ids"]}
        self._revision = None

    def _is_sound(self) -> bool:
        """Counts agree, and passages drawn by chance find themselves (or one that has the very same vector)."""
        if self._collection.count() != len(self._indexed):
            return False
        present = sorted(self._indexed & set(self._store.embedded_ids().tolist()))
        drawn = random.sample(present, min(_CANARIES, len(present)))
        vectors = self._store.embeddings(drawn)
        for passage_id, vector in zip(drawn, vectors, strict=True):
            found = self._collection.query(
                query_embeddings=[vector], n_results=self._asked_for(1), include=["distances"]
            )
            if not found["ids"][0]:
                return False
            if int(found["ids"][0][0]) != passage_id and found["distances"][0][0] > 1e-4:
                return False
        return True

    # Filling

    def _begin(self) -> _Current | None:
        """Start an empty generation aside and make it the one in use; queries are exact until it has caught up."""
        self.close()
        mark = self._store.embedder()
        self._indexed, self._revision, self._current = set(), None, None
        if mark is None:
            return None
        current = _Current(f"g{time.time_ns():020d}", mark.name, mark.dimension)
        _private_folder(self._path(current))
        _write_state(self._folder, current)
        with self._suspicious(current):
            self._connect(current)
        return current

    def _take_over(self, wanted: set[int], max_rows: int) -> None:
        gone = sorted(self._indexed - wanted)
        current = self._current
        if current is None or self._collection is None or self._is_rebuild_better(len(gone)):
            current = self._begin()
            self._tidy(keep_bad=not gone)
            gone = []
        missing = sorted(wanted - self._indexed)[:max_rows]
        if current is None or not (gone or missing):
            return
        try:
            with self._suspicious(current):
                self._delete(gone)
                for start in range(0, len(missing), _BATCH_ROWS):
                    self._add(missing[start : start + _BATCH_ROWS])
        except Exception as error:  # never tried again on the same files
            self._give_up()
            raise IndexUnavailable(reason=f"Chroma could not write ({type(error).__name__}).") from error

    def _is_rebuild_better(self, n_gone: int) -> bool:
        """HNSW only marks deletions, and Chroma's files keep deleted text; only a new generation is free of both."""
        n_indexed = len(self._indexed)
        return n_gone > 0 and (n_indexed <= _CHEAP_REBUILD_ROWS or n_gone > _DELETED_SHARE * n_indexed)

    def _delete(self, gone: Sequence[int]) -> None:
        for start in range(0, len(gone), _BATCH_ROWS):
            self._collection.delete(ids=[str(passage_id) for passage_id in gone[start : start + _BATCH_ROWS]])
        self._indexed.difference_update(gone)

    def _add(self, ids: Sequence[int]) -> None:
        """Upsert by the store's ids: a write that was reported as failed may be there nevertheless."""
        passages = self._store.passages(ids)
        present = [passage_id for passage_id in ids if passage_id in passages]
        if not present:
            return
        sources = self._sources({passages[passage_id].document_id for passage_id in present})
        self._collection.upsert(
            ids=[str(passage_id) for passage_id in present],
            embeddings=self._store.embeddings(present),
            documents=[passages[passage_id].text for passage_id in present],
            metadatas=[
                {
                    "document_id": passages[passage_id].document_id,
                    "name": sources[passages[passage_id].document_id][0],
                    "title": sources[passages[passage_id].document_id][1],
                    "start": passages[passage_id].span.start,
                    "end": passages[passage_id].span.end,
                }
                for passage_id in present
            ],
        )
        self._indexed.update(present)

    def _sources(self, document_ids: set[str]) -> dict[str, tuple[str, str]]:
        if not document_ids <= self._titles.keys():
            self._titles = {source.id: (source.name, source.title) for source in self._store.sources()}
        return {known: self._titles.get(known, ("", "")) for known in document_ids}

    def _drop_all(self) -> None:
        """The store holds no vectors, so no text may stay here either."""
        if self._indexed:
            self._begin()
            self._tidy(keep_bad=False)

    # Generations

    def _give_up(self) -> None:
        current = self._current
        self.close()
        self._current, self._indexed, self._revision = None, set(), None
        if current is not None:
            self._set_aside(current)

    def _set_aside(self, current: _Current) -> None:
        """Rename, never copy: a broken file of Chroma can look 200 GB large."""
        self.close()
        path = self._path(current)
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        if path.exists():
            path.rename(self._folder / f"index.bad-{moment}")
            _log.warning("the search index was not sound and is being built anew")
        (self._folder / _STATE_FILE).unlink(missing_ok=True)

    def _tidy(self, *, keep_bad: bool = True) -> None:
        """Delete generations that are not in use, and what was set aside; of that the latest may be kept."""
        bad = sorted(self._folder.glob("index.bad-*"))
        used = self._current.generation if self._current else None
        unused = [path for path in self._folder.glob("g*") if path.is_dir() and path.name != used]
        for path in [*(bad[:-1] if keep_bad else bad), *unused]:
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _suspicious(self, current: _Current) -> Iterator[None]:
        """Mark the generation for the time of a write; the mark stays where the write fails or the process dies."""
        path = self._path(current)
        _create_synced(path / _SUSPECT_FILE)
        yield
        self._remove_suspicion(path)

    def _remove_suspicion(self, path: Path) -> None:
        _make_private(path)
        (path / _SUSPECT_FILE).unlink()
        _sync_folder(path)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = f"its folder cannot be written ({error.strerror}). Answers are searched exactly meanwhile."
        raise IndexUnavailable(reason=reason) from error
    except Exception as error:
        if not type(error).__module__.startswith("chromadb"):
            raise
        raise IndexUnavailable(reason=f"Chroma failed ({type(error).__name__}).") from error


def _overwrite_freed_memory() -> None:
    """Chroma writes uninitialised heap into its files, and with it text that was deleted long ago.

    With glibc's M_PERTURB every piece of memory is overwritten when it is freed and when it is given out. See
    https://github.com/chroma-core/chroma/issues/7688; to be removed when Chroma clears its buffers.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_PERTURB, 0x5A)


def _read_state(folder: Path) -> _Current | None:
    try:
        current = _Current(**json.loads((folder / _STATE_FILE).read_text(encoding="utf-8")))
        # The name becomes part of a path: only one that we could have given is taken.
        return current if current.generation[1:].isdigit() and current.generation[0] == "g" else None
    except (FileNotFoundError, ValueError, TypeError, AttributeError, IndexError):
        return None


def _write_state(folder: Path, current: _Current) -> None:
    temporary = folder / f"{_STATE_FILE}.part"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(current), file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / _STATE_FILE)
    _sync_folder(folder)


def _create_synced(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _make_private(folder: Path) -> None:
    """Chroma writes files that all may read; the folder above keeps others out until this has run."""
    for path in folder.rglob("*"):
        mode = 0o700 if path.is_dir() else 0o600
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)


def _has_absurd_file(folder: Path, n_passages: int, dimension: int) -> bool:
    """A broken segment can look hundreds of GB large; opening it would read it."""
    limit = 20 * (n_passages * dimension * 4 + _ALLOWED_BYTES)
    return any(path.is_file() and path.stat().st_size > limit for path in folder.rglob("*"))
