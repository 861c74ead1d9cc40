"""The fitted numbers behind evidence and verdict, read from weights.json; tests/fit/fit_weights.py makes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
import numpy.typing as npt

from rag.asking import Asking
from rag.features import NAMES
from rag.types import Verdict

VERDICT_NAMES = (
    "best_score",
    "mean_of_three",
    "best_similarity",
    "best_bm25",
    "coverage_with_previous",
    "coverage_with_neighbours",
    "passage_coverage",
    "passage_similarity",
    "names_held_by_passage",
    "numbers_held",
    "holds_kind",
    "question_weight",
    "similarity_above_rest",
)

_column = {name: i for i, name in enumerate(NAMES)}


def verdict_features(
    asked: Asking, rows: npt.NDArray[np.float32], scores: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """float64, (len(VERDICT_NAMES),): what the best sentences say of the question as a whole.

    `rows` are sentence features and `scores` their ranking scores, both best first.
    """
    top = rows[:5]
    rest = rows[5:, _column["similarity"]]

    def best(name: str, among: int = 5) -> float:
        return float(top[:among, _column[name]].max())

    return np.array(
        [
            float(scores[0]),
            float(scores[:3].mean()),
            best("similarity"),
            best("coverage", 3),
            best("coverage_with_previous", 3),
            best("coverage_with_neighbours", 3),
            best("passage_coverage", 3),
            best("passage_similarity", 3),
            best("names_held_by_passage", 3),
            best("numbers_held", 3),
            best("holds_kind", 3),
            math.log1p(asked.total_weight),
            float(top[0, _column["similarity"]] - rest.mean()) if len(rest) else 0.0,
        ]
    )


@dataclass(frozen=True, slots=True)
class Weights:
    """Two logistic models: one ranks sentences, one says how likely it is that the library answers.

    `ranking` maps feature names to weights. `verdict` maps names to (mean, deviation, weight). At a confidence of
    `answers_at` and more the sources answer; below they do not say. Where more than `part_missing` of the
    question's weight is in no quoted passage, they answer a part. `chance_slope` and `chance_offset` turn a ranking
    score into the chance that the sentence holds the answer.
    """

    ranking: Mapping[str, float]
    verdict_of: Mapping[str, tuple[float, float, float]]
    intercept: float
    answers_at: float
    part_missing: float
    chance_slope: float
    chance_offset: float

    def rank(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """float64, (n,): the ranking score of each row of sentence features; only differences mean something."""
        scores: npt.NDArray[np.float64] = rows.astype(np.float64) @ [self.ranking.get(name, 0.0) for name in NAMES]
        return scores

    def confidence(self, features: npt.NDArray[np.float64]) -> float:
        """How likely the library answers, in 0..1, calibrated on the development sets."""
        terms = zip(features.tolist(), (self.verdict_of[name] for name in VERDICT_NAMES), strict=True)
        return _logistic(self.intercept + sum(w * (x - mean) / deviation for x, (mean, deviation, w) in terms))

    def chance(self, score: float) -> float:
        return _logistic(self.chance_slope * (score - self.chance_offset))

    def verdict(self, confidence: float, missing_share: float) -> Verdict:
        if confidence < self.answers_at:
            return Verdict.NOT_IN_SOURCES
        return Verdict.PARTLY if missing_share > self.part_missing else Verdict.ANSWERED


def read_weights(text: str | None = None) -> Weights:
    """The shipped weights, or those in `text` (JSON)."""
    loaded = json.loads(text or resources.files("rag").joinpath("weights.json").read_text("utf-8"))
    return Weights(
        ranking=loaded["ranking"],
        verdict_of={name: (v["mean"], v["deviation"], v["weight"]) for name, v in loaded["verdict"].items()},
        intercept=loaded["intercept"],
        answers_at=loaded["answers_at"],
        part_missing=loaded["part_missing"],
        chance_slope=loaded["chance_slope"],
        chance_offset=loaded["chance_offset"],
    )


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))
