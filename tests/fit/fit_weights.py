"""Fits rag/weights.json on development questions, and says on both sides of a split how good it is.

    uv run --group fit python -m tests.fit.fit_weights ../shared/eval WORK_FOLDER [--write]

WORK_FOLDER is the one that `seedbook bench quality --work` made its libraries in. Twice, without a reader and with
one, two logistic models (scikit-learn). The first ranks sentences: the one that holds the answer against the hardest
that do not. The second says whether the library answers at all: answerable questions against the same with their
document out of scope, and against those that look answerable and are not. Some features are left out of the ranking
because here they would learn the set and not the task (the title of a one-article document, for one). The split is by
article, so that no text is on both sides; the shipped numbers are those of the fitting side.
"""

from __future__ import annotations

import argparse
import collections
import json
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from desktop_app.engine_reader import open_reader
from desktop_app.paths import AppPaths
from rag import pointing
from rag.features import clause_shares
from rag.quoting import answer_span, choose
from rag.ranking import Ranking, ordered
from rag.weights import (
    PLAIN_NAMES,
    PLAIN_VERDICT_NAMES,
    READ_NAMES,
    READ_VERDICT_NAMES,
    SCALARS,
    Judging,
    verdict_features,
)
from tests.fit.fit_examples import Collected, collect, holds_answer, sets_in

LEFT_OUT = frozenset({"names_held", "title_overlap", "is_short", "is_question"})
#: What a question that looks answerable counts beside one without its document.
ADVERSARIAL_WEIGHT = 0.6
#: The share of answerable questions that may be refused: where they are read, where they are not, compound ones.
READ_REFUSED, PLAIN_REFUSED, COMPOUND_REFUSED = 0.04, 0.07, 0.03
#: What was chosen by the figures that this script prints of each setting.
CHOSEN = {
    "part_missing": 0.45,
    "beside_share": 0.15,
    "quoted_share": 0.4,
    "compound_share": 0.2,
    "cover_weight": 16.0,
    "clause_weight": 10.0,
    "clauses_held_neutral": 0.31,
    "clauses_held_weight": 4.0,
    "span_weight": 0.8,
}
TRIED = {
    "beside_share": (0.2, 0.3, 0.4, 0.5),
    "quoted_share": (0.3, 0.4, 0.5, 0.6, 0.7),
    "compound_share": (0.2, 0.3, 0.4),
    "cover_weight": (0.0, 4.0, 8.0, 16.0),
    "clause_weight": (0.0, 4.0, 10.0, 20.0),
    "span_weight": (0.0, 0.1, 0.2, 0.4, 0.8),
}

Rows = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    reader = open_reader(AppPaths.under(options.work))
    if reader is None:
        raise SystemExit("There is no reader in models/reader: make it first.")
    examples = [e for each in sets_in(options.folder) for e in collect(each, options.work, reader)]
    fitted = {
        "plain": fit(examples, with_reader=False),
        "read": fit([e for e in examples if not e.asked.is_compound], with_reader=True),
    }
    if options.write:
        Path("rag/weights.json").write_text(json.dumps(fitted, indent=1) + "\n")


def fit(examples: Sequence[Collected], *, with_reader: bool) -> dict[str, Any]:
    """The numbers of one of the two, as weights.json holds them; prints its figures."""
    names = READ_NAMES if with_reader else PLAIN_NAMES
    verdict_names = READ_VERDICT_NAMES if with_reader else PLAIN_VERDICT_NAMES
    rows = [_rows(e, with_reader) for e in examples]
    holds = [holds_answer(e, _judged(e, with_reader)) for e in examples]
    weights = _fit_ranking([(r, h) for e, r, h in zip(examples, rows, holds, strict=True) if not e.is_checked], names)
    ranking = {name: round(w, 4) for name, w in zip(names, weights.tolist(), strict=True) if w}
    fitted: dict[str, Any] = {"ranking": ranking, **CHOSEN}
    scores = [r @ weights for r in rows]
    clauses_held = [_clauses_held(e, _judged(e, with_reader)) for e in examples]
    fitted |= _fit_verdict(examples, rows, scores, holds, clauses_held, verdict_names)
    rankings = [
        ordered(e.asked, _judged(e, with_reader), r.astype(np.float32), _read(e, with_reader), _judging(fitted, names))
        for e, r in zip(examples, rows, strict=True)
    ]
    print("with a reader" if with_reader else "without", json.dumps(_top_figures(examples, scores, holds)))
    _print_tried(fitted, names, examples, rankings)
    return fitted


def _judged(example: Collected, with_reader: bool) -> list[Any]:
    return [example.candidates[i] for i in example.read] if with_reader else list(example.candidates)


def _clauses_held(example: Collected, judged: Sequence[Any]) -> float:
    """As the ranking says it; no number where the question has no clauses."""
    if not example.asked.clauses:
        return float("nan")
    texts = [sentence.text for candidate in judged for sentence in candidate.sentences]
    return float(clause_shares(example.asked, texts).max(axis=0).mean())


def _read(example: Collected, with_reader: bool) -> Sequence[Any]:
    n = sum(len(c.sentences) for c in _judged(example, with_reader))
    return example.readings if with_reader else [None] * n


def _rows(example: Collected, with_reader: bool) -> Rows:
    if not with_reader:
        return np.vstack(example.rows).astype(np.float64)
    plain = np.vstack([example.rows[i] for i in example.read])
    return np.hstack([plain, pointing.features(example.readings)]).astype(np.float64)


def _fit_ranking(kept: Sequence[tuple[Rows, npt.NDArray[np.bool_]]], names: Sequence[str]) -> Rows:
    """Pairwise logistic regression: the difference between a right row and each of its 25 hardest wrong ones."""
    used = [i for i, name in enumerate(names) if name not in LEFT_OUT]
    pairs = []
    for rows, holds in kept:
        if not holds.any() or holds.all():
            continue
        guess = rows[:, names.index("similarity")] + rows[:, names.index("coverage")]
        if "span" in names:
            guess = guess + rows[:, names.index("span")]
        wrong = np.flatnonzero(~holds)
        hardest = wrong[np.argsort(-guess[wrong], kind="stable")[:25]]
        pairs += [rows[right] - rows[hardest] for right in np.flatnonzero(holds)[:2]]
    differences = np.vstack(pairs)[:, used]
    labels = np.r_[np.ones(len(differences)), np.zeros(len(differences))]
    model = LogisticRegression(fit_intercept=False, C=0.3, max_iter=500)
    model.fit(np.vstack([differences, -differences]), labels)
    weights = np.zeros(len(names))
    weights[used] = model.coef_[0]
    return weights


def _top_figures(examples: Sequence[Collected], scores: Sequence[Rows], holds: Sequence[Any]) -> dict[str, Any]:
    figures = {}
    for name in sorted({e.name for e in examples}):
        for side in (False, True):
            places = [
                np.flatnonzero(h[np.argsort(-s, kind="stable")])
                for e, s, h in zip(examples, scores, holds, strict=True)
                if e.kind == "answerable" and e.is_checked is side and e.name == name
            ]
            figures[f"{name} {'checked' if side else 'fitted'}"] = {"n": len(places)} | {
                f"top {k}": round(float(np.mean([bool(len(p)) and p[0] < k for p in places])), 3) for k in (1, 3, 5)
            }
    return figures


def _fit_verdict(  # noqa: PLR0917
    examples: Sequence[Collected],
    rows: Sequence[Rows],
    scores: Sequence[Rows],
    holds: Sequence[Any],
    clauses_held: Sequence[float],
    names: Sequence[str],
) -> dict[str, Any]:
    measured, chances = [], []
    for example, row, score, held in zip(examples, rows, scores, holds, strict=True):
        order = np.argsort(-score, kind="stable")
        measured.append(verdict_features(example.asked, row[order].astype(np.float32), score[order]))
        if example.kind == "answerable":
            chances += list(zip(score[order[:10]], held[order[:10]], strict=True))
    rows_of = np.array(measured)
    kinds = np.array([e.kind for e in examples])
    checked = np.array([e.is_checked for e in examples])
    mean, deviation = rows_of[~checked].mean(axis=0), rows_of[~checked].std(axis=0) + 1e-9
    scaled = (rows_of - mean) / deviation
    answers = kinds == "answerable"
    weight = np.where(kinds == "adversarial", ADVERSARIAL_WEIGHT, 1.0)
    model = LogisticRegression(C=0.3, max_iter=1000)
    model.fit(scaled[~checked], answers[~checked], sample_weight=weight[~checked])
    pulls = CHOSEN["clauses_held_weight"] * (np.array(clauses_held) - CHOSEN["clauses_held_neutral"])
    confidence = 1 / (1 + np.exp(-model.decision_function(scaled) - np.nan_to_num(pulls)))
    compound = np.array([e.asked.is_compound for e in examples])
    refused = READ_REFUSED if len(names) == len(READ_VERDICT_NAMES) else PLAIN_REFUSED
    answers_at, compound_answers_at = (
        float(np.quantile(confidence[answers & ~checked & of], share)) if of.any() else 0.0
        for of, share in ((~compound, refused), (compound, COMPOUND_REFUSED))
    )
    threshold = np.where(compound, compound_answers_at, answers_at)
    chance = LogisticRegression(C=10.0).fit([[score] for score, _ in chances], [bool(held) for _, held in chances])
    verdict = {
        name: {"mean": round(m, 5), "deviation": round(d, 5), "weight": round(w, 5)}
        for name, m, d, w in zip(names, mean.tolist(), deviation.tolist(), model.coef_[0].tolist(), strict=True)
    }
    for side, mask in (("fitted", ~checked), ("checked", checked)):
        for name in sorted({e.name for e in examples}):
            of = mask & np.array([e.name == name for e in examples])
            said = {
                kind: round(float((confidence < threshold)[(kinds == kind) & of].mean()), 3)
                for kind in ("answerable", "adversarial", "out_of_corpus")
                if ((kinds == kind) & of).any()
            }
            print("  says not in sources,", name, side, said)
    return {
        "verdict": verdict,
        "intercept": round(float(model.intercept_[0]), 5),
        "answers_at": round(answers_at, 4),
        "compound_answers_at": round(compound_answers_at, 4),
        "chance_slope": round(float(chance.coef_[0][0]), 4),
        "chance_offset": round(float(-chance.intercept_[0] / chance.coef_[0][0]), 4),
    }


def _judging(fitted: Mapping[str, Any], names: Sequence[str]) -> Judging:
    return Judging(
        names=tuple(names),
        ranking=fitted["ranking"],
        verdict_of={n: (v["mean"], v["deviation"], v["weight"]) for n, v in fitted["verdict"].items()},
        **{name: fitted[name] for name in SCALARS},
    )


def _print_tried(
    fitted: Mapping[str, Any], names: Sequence[str], examples: Sequence[Collected], rankings: Sequence[Ranking]
) -> None:
    """What other settings of how much is quoted, and of which words are the answer, would come to."""
    answered = [(e, r) for e, r in zip(examples, rankings, strict=True) if e.kind == "answerable"]
    for setting, values in TRIED.items():
        for value in values:
            judging = _judging({**fitted, setting: value}, names)
            figures = _span_figures if setting == "span_weight" else _quote_figures
            print("  ", setting, value, figures(answered, judging))


def _quote_figures(answered: Sequence[tuple[Collected, Ranking]], judging: Judging) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in sorted({e.name for e, _ in answered}):
        precision, n_quotes, any_of, all_of, first, lengths = [], [], [], [], [], []
        for example, ranking in answered:
            if example.name != name:
                continue
            chosen = choose(replace(ranking, judging=judging))
            places = [(c.candidate.source.name, c.span.start, c.span.end) for c in chosen]
            gold = [(g["doc"], g["start"], g["end"]) for g in example.question["gold"]]
            context = [(g["doc"], g["start"], g["end"]) for g in example.question["gold_context"]]
            hit = [any(d == x and s <= a and b <= e for x, s, e in places) for d, a, b in gold]
            touching = [any(d == x and s < b and a < e for x, a, b in context) for d, s, e in places]
            precision.append(np.mean(touching) if touching else 0.0)
            n_quotes.append(len(places))
            any_of.append(any(hit))
            all_of.append(all(hit))
            first.append(any(d == x and s <= a and b <= e for x, s, e in places[:1] for d, a, b in gold))
            lengths += [e - s for _, s, e in places]
        figures[name] = {
            "precision": round(float(np.mean(precision)), 3),
            "quotes": round(float(np.mean(n_quotes)), 2),
            "any": round(float(np.mean(any_of)), 3),
            "all": round(float(np.mean(all_of)), 3),
            "first": round(float(np.mean(first)), 3),
            "median": float(np.median(lengths)),
        }
    return figures


def _span_figures(answered: Sequence[tuple[Collected, Ranking]], judging: Judging) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for side in (False, True):
        exact, overlap = [], []
        for example, ranking in answered:
            if example.name != "squad_rag" or example.is_checked is not side:
                continue
            kept = replace(ranking, judging=judging)
            pointed = answer_span(choose(kept), kept)
            text = ""
            if pointed is not None:
                candidate, span, _ = pointed
                text = candidate.text[span.start - candidate.span.start : span.end - candidate.span.start]
            exact.append(max(float(_normal(text) == _normal(a)) for a in example.question["answers"]))
            overlap.append(max(_f1(text, a) for a in example.question["answers"]))
        figures["checked" if side else "fitted"] = [round(float(np.mean(exact)), 3), round(float(np.mean(overlap)), 3)]
    return figures


def _normal(text: str) -> str:
    """The normalisation of SQuAD's evaluation (Rajpurkar and others 2016)."""
    bare = "".join(c for c in text.lower() if c not in string.punctuation)
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", bare).split())


def _f1(text: str, answer: str) -> float:
    given, wanted = _normal(text).split(), _normal(answer).split()
    common = sum((collections.Counter(given) & collections.Counter(wanted)).values())
    return 2 * common / (len(given) + len(wanted)) if common else 0.0


if __name__ == "__main__":
    main()
