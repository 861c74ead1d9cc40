"""A library of the quality benchmark: made once by the program's own indexer, made again when what makes it changes.

It lies in the benchmark's cache folder and is nobody's own library.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.hosting import Host
from desktop_app.paths import AppPaths
from desktop_app.quality_sets import QuestionSet, write_inline
from rag.store import Store
from rag.types import IngestProgress


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a filled library holds. `ids` are the documents by every name that a file of theirs has, `same` the one
    name that each such document goes by. `fingerprint` is equal where names and texts are.
    """

    ids: Mapping[str, str]
    same: Mapping[str, str]
    n_documents: int
    n_passages: int
    fingerprint: str


def fill(host: Host, work: Path, asked: QuestionSet, key: str) -> Iterator[IngestProgress]:
    """Let the engine add the set's texts to its library, which is begun afresh unless it was made under this key."""
    paths = library_paths(work, asked)
    files = write_inline(asked.texts, work / "texts" / asked.library)
    mark = paths.data / "made_by"
    made_by = f"{key} {_digest((name, str(path)) for name, path in files)}"
    if not mark.is_file() or mark.read_text("utf-8") != made_by:
        shutil.rmtree(paths.data, ignore_errors=True)
        paths.ensure()
        mark.write_text(made_by, "utf-8")
    yield from host.stream("fill", paths, files)


def library_paths(work: Path, asked: QuestionSet) -> AppPaths:
    return AppPaths.under(work / "libraries" / asked.library)


def shelved(store: Store) -> Shelved:
    ids = {row.name: row.document_id for row in store.files() if row.document_id is not None}
    names = {source.id: source.name for source in store.sources()}
    same = {name: names[document_id] for name, document_id in ids.items()}
    return Shelved(ids, same, len(names), store.n_passages(), _digest(sorted(ids.items())))


def _digest(pairs: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(list(pairs)).encode("ascii")).hexdigest()[:16]
