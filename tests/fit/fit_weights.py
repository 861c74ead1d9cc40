"""Fits rag/weights.json on the questions of squad_rag, and says on both sides of a split by article how good it is.

    uv run --group fit python -m tests.fit.fit_weights ../shared/eval/squad_rag WORK_FOLDER [--write]

Two logistic models (scikit-learn). The first ranks sentences: for each question, the sentence that holds the answer
against the hardest ones that do not. The second says whether the library answers at all: answerable questions against
the same questions with their article out of scope, and, at less weight, against the set's adversarial ones. Some
features are left out of the ranking because here they would learn the set and not the task (the title of a one-article
document, for one). The split is by article, so that no text is on both sides; the shipped numbers are those of the
fitting side.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from desktop_app.engine_embedder import open_embedder
from desktop_app.paths import AppPaths
from models.catalogue import Role
from models.shelf import Shelf
from models.tokens import build_encoding
from rag.chunking import Chunker
from rag.evidence import JUDGED, candidates_of, is_quotable
from rag.features import NAMES, sentence_features
from rag.ingest import Ingest
from rag.reading import LocalReader
from rag.retrieval import Retriever
from rag.store import Store
from rag.types import Scope
from rag.vectors import VectorIndex
from rag.weights import VERDICT_NAMES, verdict_features

CHECKED_ARTICLES = frozenset({"Force", "Normans", "Packet_switching"})
LEFT_OUT = frozenset({"names_held", "title_overlap", "is_short", "is_question"})
ADVERSARIAL_WEIGHT = 0.3
FALSE_ABSTENTION = 0.06

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one scope: sentence features (n, len(NAMES)), which rows hold the answer, and its kind."""

    asked: Any
    rows: Rows
    holds: npt.NDArray[np.bool_]
    kind: str
    is_checked: bool


def main() -> None:
    options = _options()
    retriever, store = _library(options.set, AppPaths.under(options.work))
    examples = list(_examples(options.set, retriever, store))
    ranking = _fit_ranking([e for e in examples if not e.is_checked])
    verdict = _fit_verdict(examples, ranking)
    print(json.dumps(verdict["figures"] | {"ranking": _ranking_figures(examples, ranking)}, indent=1))
    if options.write:
        fitted = {"ranking": dict(zip(NAMES, ranking.round(4).tolist(), strict=True)), **verdict["weights"]}
        fitted["ranking"] = {name: weight for name, weight in fitted["ranking"].items() if weight}
        Path("rag/weights.json").write_text(json.dumps(fitted, indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("set", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _library(folder: Path, paths: AppPaths) -> tuple[Retriever, Store]:
    paths.ensure()
    embedder = open_embedder(paths)
    encoding = build_encoding(Shelf(paths.models).default(Role.CHAT).path)
    store = Store.open(paths.library)
    chunker = Chunker(lambda text: len(encoding.encode_ordinary(text)))
    for _ in Ingest(store, embedder, LocalReader(), chunker).add([folder / "docs_dev", folder / "docs_distractors"]):
        pass
    return Retriever(store, VectorIndex(store), embedder), store


def _examples(folder: Path, retriever: Retriever, store: Store) -> Iterator[Example]:
    """Every question over the whole library, and every second one with its own article out of scope."""
    ids = {source.name: source.id for source in store.sources()}
    questions = [json.loads(line) for line in (folder / "all_dev.jsonl").read_text("utf-8").splitlines()]
    for n, question in enumerate(questions):
        kind = "answerable" if question["answerable"] else "adversarial"
        yield _example(question, kind, Scope(), retriever, store)
        if n % 2 == 0:
            own = Path(f"{question['article']}.txt").name
            rest = tuple(document_id for name, document_id in ids.items() if name != own)
            yield _example(question, "out_of_corpus", Scope(rest), retriever, store)


def _example(question: dict[str, Any], kind: str, scope: Scope, retriever: Retriever, store: Store) -> Example:
    retrieval = retriever.retrieve(question["question"], scope)
    candidates = [c for c in candidates_of(store, retrieval, JUDGED) if c.sentences]
    rows = np.vstack([sentence_features(retrieval.asked, candidate) for candidate in candidates]).astype(np.float64)
    gold = [(Path(g["doc"]).name, g["start"], g["end"]) for g in question.get("gold", ())]
    holds = [
        is_quotable(s.text) and any(c.source.name == d and s.span.start <= a and b <= s.span.end for d, a, b in gold)
        for c in candidates
        for s in c.sentences
    ]
    return Example(retrieval.asked, rows, np.array(holds), kind, question["article"] in CHECKED_ARTICLES)


def _fit_ranking(examples: Sequence[Example]) -> Rows:
    """Pairwise logistic regression: the difference between a right row and each of its 25 hardest wrong ones."""
    kept = [i for i, name in enumerate(NAMES) if name not in LEFT_OUT]
    pairs = []
    for example in examples:
        if example.kind != "answerable" or not example.holds.any():
            continue
        guess = example.rows[:, NAMES.index("similarity")] + example.rows[:, NAMES.index("coverage")]
        wrong = np.flatnonzero(~example.holds)
        hardest = wrong[np.argsort(-guess[wrong], kind="stable")[:25]]
        pairs += [example.rows[right] - example.rows[hardest] for right in np.flatnonzero(example.holds)[:2]]
    differences = np.vstack(pairs)[:, kept]
    labels = np.r_[np.ones(len(differences)), np.zeros(len(differences))]
    model = LogisticRegression(fit_intercept=False, C=0.3, max_iter=500)
    model.fit(np.vstack([differences, -differences]), labels)
    weights = np.zeros(len(NAMES))
    weights[kept] = model.coef_[0]
    return weights


def _ranking_figures(examples: Sequence[Example], ranking: Rows) -> dict[str, dict[str, float]]:
    figures = {}
    for side in (False, True):
        asked = [e for e in examples if e.kind == "answerable" and e.is_checked is side]
        places = [np.flatnonzero(e.holds[np.argsort(-(e.rows @ ranking), kind="stable")]) for e in asked]
        figures["checked" if side else "fitted"] = {"n": len(asked)} | {
            f"answer in top {k}": round(float(np.mean([bool(len(p)) and p[0] < k for p in places])), 4)
            for k in (1, 3, 5)
        }
    return figures


def _fit_verdict(examples: Sequence[Example], ranking: Rows) -> dict[str, Any]:
    features, chances = [], []
    for example in examples:
        scores = example.rows @ ranking
        order = np.argsort(-scores, kind="stable")
        features.append(verdict_features(example.asked, example.rows[order].astype(np.float32), scores[order]))
        if example.kind == "answerable":
            chances += list(zip(scores[order[:10]], example.holds[order[:10]], strict=True))
    rows = np.array(features)
    kinds = np.array([e.kind for e in examples])
    checked = np.array([e.is_checked for e in examples])
    mean, deviation = rows[~checked].mean(axis=0), rows[~checked].std(axis=0)
    scaled = (rows - mean) / deviation
    answers = kinds == "answerable"
    weight = np.where(kinds == "adversarial", ADVERSARIAL_WEIGHT, 1.0)
    model = LogisticRegression(C=0.3, max_iter=1000)
    model.fit(scaled[~checked], answers[~checked], sample_weight=weight[~checked])
    confidence = model.predict_proba(scaled)[:, 1]
    threshold = float(np.quantile(confidence[answers & ~checked], FALSE_ABSTENTION))
    chance = LogisticRegression(C=10.0).fit([[score] for score, _ in chances], [bool(held) for _, held in chances])
    fitted = {
        name: {"mean": round(m, 5), "deviation": round(d, 5), "weight": round(w, 5)}
        for name, m, d, w in zip(VERDICT_NAMES, mean.tolist(), deviation.tolist(), model.coef_[0].tolist(), strict=True)
    }
    return {
        "weights": {
            "verdict": fitted,
            "intercept": round(float(model.intercept_[0]), 5),
            "answers_at": round(threshold, 4),
            "part_missing": 0.45,
            "chance_slope": round(float(chance.coef_[0][0]), 4),
            "chance_offset": round(float(-chance.intercept_[0] / chance.coef_[0][0]), 4),
        },
        "figures": {"abstained": _abstained(confidence < threshold, kinds, checked)},
    }


def _abstained(
    abstained: npt.NDArray[np.bool_], kinds: npt.NDArray[np.str_], checked: npt.NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    return {
        side: {kind: round(float(abstained[(kinds == kind) & mask].mean()), 4) for kind in np.unique(kinds).tolist()}
        for side, mask in (("fitted", ~checked), ("checked", checked))
    }


if __name__ == "__main__":
    main()
