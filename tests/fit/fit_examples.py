"""Ask development questions of a library and keep what was measured of every sentence, so that weights can be fitted.

The libraries are those that `seedbook bench quality` made in the work folder. Reading is the slow part, so what was
collected is pickled there and read again.
"""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from desktop_app.engine_embedder import open_embedder
from desktop_app.paths import AppPaths
from rag.asking import Asking
from rag.evidence import candidates_of
from rag.features import Candidate, sentence_features
from rag.pointing import SentenceReading
from rag.ports import EvidenceReader
from rag.ranking import READ, is_readable, readings
from rag.retrieval import Retrieval, Retriever
from rag.store import Store
from rag.types import Scope
from rag.vectors import VectorIndex
from rag.weights import read_weights


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of questions over the library of that name, and which part of the questions is used."""

    name: str
    questions: Path
    every: int
    every_out_of_scope: int


@dataclass(frozen=True, slots=True)
class Collected:
    """One question over one scope, with its plain features (per candidate) and the readings of the READ best.

    `kind` is answerable, adversarial or out_of_corpus. `read` are places in `candidates`; `readings` are those of their
    sentences, one after the other.
    """

    name: str
    kind: str
    is_checked: bool
    question: dict[str, Any]
    asked: Asking
    candidates: tuple[Candidate, ...]
    rows: tuple[npt.NDArray[np.float32], ...]
    read: tuple[int, ...]
    readings: tuple[SentenceReading, ...]


def sets_in(folder: Path) -> tuple[QuestionSet, ...]:
    """What is fitted on: short answers, long answers, and questions that cannot be answered."""
    return (
        QuestionSet("squad_rag", folder / "squad_rag" / "all_dev.jsonl", 8, 24),
        QuestionSet("clapnq", folder / "clapnq" / "clapnq_dev.jsonl", 2, 12),
        QuestionSet("multihop", folder / "multihop" / "multihop_dev.jsonl", 1, 5),
    )


def collect(asked_of: QuestionSet, work: Path, reader: EvidenceReader) -> list[Collected]:
    """Everything that was measured for a set; kept in WORK/collected_NAME.pkl."""
    kept = work / f"collected_{asked_of.name}.pkl"
    if kept.is_file():
        found: list[Collected] = pickle.loads(kept.read_bytes())
        return found
    retriever, store = _library(asked_of, AppPaths.under(work / "libraries" / asked_of.name))
    found = []
    for example in _asked(asked_of, retriever, store, reader):
        found.append(example)
        if len(found) % 50 == 0:
            print(asked_of.name, len(found), file=sys.stderr, flush=True)
    kept.write_bytes(pickle.dumps(found))
    return found


def is_checked(question: dict[str, Any]) -> bool:
    """Three of ten articles, or of ten questions where no article is named, are kept for checking."""
    return crc32(str(question.get("article") or question["id"]).encode()) % 10 < 3


def _library(asked_of: QuestionSet, paths: AppPaths) -> tuple[Retriever, Store]:
    if not paths.library.is_file():
        raise SystemExit(f"There is no library of {asked_of.name}: run `seedbook bench quality` with the same --work.")
    store = Store.read(paths.library)
    return Retriever(store, VectorIndex(store), open_embedder(paths)), store


def _asked(asked_of: QuestionSet, retriever: Retriever, store: Store, reader: EvidenceReader) -> Iterator[Collected]:
    """Every nth question over the whole library, and some again with their own document out of scope."""
    ids = {source.name: source.id for source in store.sources()}
    questions = [json.loads(line) for line in asked_of.questions.read_text("utf-8").splitlines()]

    def one(question: dict[str, Any], kind: str, scope: Scope) -> Collected:
        retrieval = retriever.retrieve(question["question"], scope)
        return _measured(asked_of.name, kind, question, retrieval, candidates_of(store, retrieval), reader)

    for n, question in enumerate(questions[:: asked_of.every]):
        kind = "out_of_corpus" if question.get("unanswerable_kind") == "null_query" else "adversarial"
        yield one(question, "answerable" if question["answerable"] else kind, Scope())
        if n % (asked_of.every_out_of_scope // asked_of.every) == 0:
            own = {g["doc"] for g in question.get("gold_context", question["gold"])}
            rest = tuple(document_id for name, document_id in ids.items() if name not in own)
            yield one(question, "out_of_corpus", Scope(rest))


def _measured(  # noqa: PLR0917
    name: str,
    kind: str,
    question: dict[str, Any],
    retrieval: Retrieval,
    found: Sequence[Candidate],
    reader: EvidenceReader,
) -> Collected:
    candidates = tuple(c for c in found if c.sentences)
    rows = tuple(sentence_features(retrieval.asked, candidate) for candidate in candidates)
    plain = read_weights().plain
    best = [float(plain.rank(r).max()) for r in rows]
    read = tuple(sorted(range(len(candidates)), key=lambda i: (-best[i], i))[:READ])
    if not is_readable(retrieval.asked):
        read = ()
    seen = tuple(readings(question["question"], [candidates[i] for i in read], reader)) if read else ()
    slim = {key: question.get(key, []) for key in ("id", "question", "answers", "gold", "gold_context", "answerable")}
    slim["gold_context"] = slim["gold_context"] or slim["gold"]
    return Collected(name, kind, is_checked(question), slim, retrieval.asked, candidates, rows, read, seen)


def holds_answer(example: Collected, candidates: Sequence[Candidate]) -> npt.NDArray[np.bool_]:
    """Which sentences of the candidates hold a gold span."""
    gold = [(g["doc"], g["start"], g["end"]) for g in example.question["gold"]]
    if example.kind != "answerable":
        gold = []
    return np.array(
        [
            any(c.source.name == d and s.span.start <= a and b <= s.span.end for d, a, b in gold)
            for c in candidates
            for s in c.sentences
        ],
        dtype=bool,
    )
