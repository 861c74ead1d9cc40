"""The fitted numbers behind evidence and verdict, read from weights.json; tests/fit/fit_weights.py makes them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from rag import features, pointing
from rag.asking import Asking
from rag.types import Reason, Verdict

#: Columns of the rows that are weighed: without a reader, and with what it says behind them.
PLAIN_NAMES = features.NAMES
READ_NAMES = features.NAMES + pointing.NAMES

PLAIN_VERDICT_NAMES = (
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
READ_VERDICT_NAMES = (
    *PLAIN_VERDICT_NAMES,
    "best_span",
    "best_answerable",
    "best_evidence",
    "span_of_best",
    "answerable_of_best",
    "evidence_of_best",
    "span_above_others",
)


def verdict_features(
    asked: Asking, rows: npt.NDArray[np.float32], scores: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """float64, (13,) or with a reader (20,): what the best sentences say of the question as a whole.

    `rows` (n, columns) are features of sentences, with the reader's columns or without, and `scores` their ranking
    scores, both best first.
    """
    column = {name: i for i, name in enumerate(READ_NAMES)}
    top = rows[:5]
    rest = rows[5:, column["similarity"]]

    def best(name: str, among: int = 5) -> float:
        return float(top[:among, column[name]].max())

    measured = [
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
        float(top[0, column["similarity"]] - rest.mean()) if len(rest) else 0.0,
    ]
    if rows.shape[1] == len(READ_NAMES):
        measured += [
            best("span"),
            best("answerable"),
            best("evidence"),
            float(top[0, column["span"]]),
            float(top[0, column["answerable"]]),
            float(top[0, column["evidence"]]),
            best("span_above_others"),
        ]
    return np.array(measured)


SCALARS = (
    "intercept",
    "answers_at",
    "compound_answers_at",
    "part_missing",
    "chance_slope",
    "chance_offset",
    "beside_share",
    "quoted_share",
    "compound_share",
    "cover_weight",
    "clause_weight",
    "clauses_held_neutral",
    "clauses_held_weight",
    "span_weight",
)


@dataclass(frozen=True, slots=True)
class Judging:
    """Two logistic models: one ranks sentences, one says how likely it is that the library answers.

    `ranking` maps feature names to weights. `verdict_of` maps names to (mean, deviation, weight). At a confidence of
    `answers_at` and more the sources answer (`compound_answers_at` where the question asks about several things);
    below they do not say. Where more than `part_missing` of the question's weight is in no quoted passage, they answer
    a part. `chance_slope` and `chance_offset` turn a ranking score into the chance that the sentence holds the answer.

    Quoted are sentences whose chance is at least a share of the best one's: `beside_share` in the best one's passage,
    `quoted_share` elsewhere, `compound_share` anywhere for a compound question; there a quote also gains
    `cover_weight` by holding all the words of the question that the quotes before it lack. `span_weight` is how much
    the margin of an answer's words counts beside the ranking score of their sentence.

    Where a question has clauses, `clause_weight` is what nearness to a clause counts beside the ranking score. Its
    verdict is pulled, with `clauses_held_weight`, by how much more of the clauses is held than `clauses_held_neutral`.
    """

    names: tuple[str, ...]
    ranking: Mapping[str, float]
    verdict_of: Mapping[str, tuple[float, float, float]]
    intercept: float
    answers_at: float
    compound_answers_at: float
    part_missing: float
    chance_slope: float
    chance_offset: float
    beside_share: float
    quoted_share: float
    compound_share: float
    cover_weight: float
    clause_weight: float
    clauses_held_neutral: float
    clauses_held_weight: float
    span_weight: float

    def rank(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """float64, (n,): the ranking score of each row of sentence features; only differences mean something."""
        scores: npt.NDArray[np.float64] = rows.astype(np.float64) @ [self.ranking.get(name, 0.0) for name in self.names]
        return scores

    def confidence(self, measured: npt.NDArray[np.float64], clauses_held: float | None = None) -> float:
        """How likely the library answers, in 0..1, calibrated on the development sets."""
        return _logistic(self.intercept + sum(reason.pull for reason in self.reasons(measured, clauses_held)))

    def reasons(self, measured: npt.NDArray[np.float64], clauses_held: float | None = None) -> tuple[Reason, ...]:
        """What moved the verdict, the strongest pull first; `clauses_held` is None for a question without clauses."""
        pulls = [
            Reason(name, value, weight * (value - mean) / deviation)
            for (name, (mean, deviation, weight)), value in zip(self.verdict_of.items(), measured.tolist(), strict=True)
        ]
        if clauses_held is not None:
            pull = self.clauses_held_weight * (clauses_held - self.clauses_held_neutral)
            pulls.append(Reason("clauses_held", clauses_held, pull))
        return tuple(sorted(pulls, key=lambda reason: -abs(reason.pull)))

    def chance(self, score: float) -> float:
        return _logistic(self.chance_slope * (score - self.chance_offset))

    def verdict(self, confidence: float, missing_share: float, *, is_compound: bool = False) -> Verdict:
        if confidence < (self.compound_answers_at if is_compound else self.answers_at):
            return Verdict.NOT_IN_SOURCES
        return Verdict.PARTLY if missing_share > self.part_missing else Verdict.ANSWERED


@dataclass(frozen=True, slots=True)
class Weights:
    """What is weighed without a reader, and what with one."""

    plain: Judging
    read: Judging


def read_weights(text: str | None = None) -> Weights:
    """The shipped weights, or those in `text` (JSON)."""
    loaded = json.loads(text or resources.files("rag").joinpath("weights.json").read_text("utf-8"))
    return Weights(
        _judging(loaded["plain"], PLAIN_NAMES, PLAIN_VERDICT_NAMES),
        _judging(loaded["read"], READ_NAMES, READ_VERDICT_NAMES),
    )


def _judging(loaded: Mapping[str, Any], names: tuple[str, ...], verdict_names: Sequence[str]) -> Judging:
    verdict = loaded["verdict"]
    return Judging(
        names=names,
        ranking=loaded["ranking"],
        verdict_of={n: (verdict[n]["mean"], verdict[n]["deviation"], verdict[n]["weight"]) for n in verdict_names},
        **{name: loaded[name] for name in SCALARS},
    )


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))
