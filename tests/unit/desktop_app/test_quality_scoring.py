"""Scores mean what they say, and agree with the scorer that comes with the question sets."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop_app.quality_measures import figures_of
from desktop_app.quality_scoring import Place, f1, joined, ndcg, normalised, score
from desktop_app.quality_sets import QuestionSet, read_set

_EVAL = Path(__file__).resolve().parents[3] / ".." / "shared" / "eval"


def _span(start: int, end: int, doc: str = "a") -> dict[str, Any]:
    return {"doc": doc, "start": start, "end": end, "text": "x" * (end - start)}


def _given(*quotes: dict[str, Any], answer: str = "", abstained: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "abstained": abstained,
        "answer": answer,
        "quotes": list(quotes),
        "exact": [True] * len(quotes),
        "retrieved": [],
        "conflict": False,
        "ttfq_ms": None,
    } | more


def _score(row: dict[str, Any], given: dict[str, Any], **more: Any) -> dict[str, list[float]]:
    return score(row, given, alternatives=more.get("alternatives", False), same=more.get("same", {}))


def test_answers_are_compared_without_case_articles_and_punctuation() -> None:
    assert normalised("The  “U.S.” president,") == "“us” president"
    row = {"answers": ["the Eiffel Tower"]}
    assert _score(row, _given(answer="Eiffel tower!"))["answer_em"] == [1.0]
    assert _score(row, _given(answer="Eiffel"))["answer_f1"] == [pytest.approx(2 / 3)]


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert f1("北京大学", "北京") == pytest.approx(2 * 2 / 6)


def test_an_answer_that_abstains_gains_nothing_and_its_abstaining_is_counted() -> None:
    given = _given(_span(0, 9), answer="force", abstained=True)
    values = _score({"answers": ["force"], "gold": [_span(1, 3)]}, given)
    assert values["abstained_on_answerable"] == [1.0]
    for measure in ("answer_em", "answer_f1", "answer_shown", "gold_in_1", "support_any", "support_all"):
        assert values[measure] == [0.0]
    assert _score({"answerable": False}, given)["abstained_on_unanswerable"] == [1.0]


def test_the_place_among_the_quotes_counts() -> None:
    row = {"gold": [_span(30, 35)]}
    far, right = _span(0, 9), _span(28, 40)
    values = _score(row, _given(far, right))
    assert (values["gold_in_1"], values["gold_in_3"], values["support_any"]) == ([0.0], [1.0], [1.0])
    assert values["quote_precision"] == [0.5]
    assert _score(row, _given(far, far, far, right))["gold_in_3"] == [0.0]


def test_quotes_that_touch_count_as_one() -> None:
    assert _score({"gold": [_span(5, 15)]}, _given(_span(0, 9), _span(10, 20)))["support_any"] == [1.0]
    assert _score({"gold": [_span(5, 15)]}, _given(_span(0, 9), _span(11, 20)))["support_any"] == [0.0]
    assert joined([Place("b", 0, 3), Place("a", 4, 8), Place("a", 0, 5)]) == [Place("a", 0, 8), Place("b", 0, 3)]


def test_a_quote_that_is_not_exact_supports_nothing() -> None:
    values = _score({"gold": [_span(5, 15)]}, _given(_span(0, 20), exact=[False]))
    assert (values["support_any"], values["quote_exact"]) == ([0.0], [False])


def test_all_gold_spans_are_needed_unless_they_are_alternatives() -> None:
    row = {"gold": [_span(0, 5), _span(100, 105)]}
    given = _given(_span(0, 50), retrieved=[_span(0, 50), _span(90, 120)])
    assert _score(row, given)["support_all"] == [0.0]
    assert _score(row, given, alternatives=True)["support_all"] == [1.0]
    assert (_score(row, given)["all@1"], _score(row, given)["all@3"]) == ([0.0], [1.0])
    assert _score(row, given, alternatives=True)["all@1"] == [1.0]


def test_a_text_that_two_files_hold_is_found_under_either_name() -> None:
    row = {"gold": [_span(0, 5, "copy")]}
    assert _score(row, _given(_span(0, 9, "a")), same={"copy": "a", "a": "a"})["support_any"] == [1.0]


def test_documents_are_ranked_by_their_best_passage() -> None:
    assert ndcg(["x", "right"], {"right": 1}) == pytest.approx(0.6309, abs=1e-4)
    row = {"relevant_docs": ["right"], "answerable": False}
    values = _score(row, _given(retrieved=[_span(0, 5, "x"), _span(9, 12, "x"), _span(0, 5, "right")]))
    assert values["ndcg@10"] == [pytest.approx(0.6309, abs=1e-4)]
    assert "ndcg@10_answerable" not in values


@pytest.mark.parametrize(("answer", "expected"), [("9.81", 1.0), ("9.11", 0.0), ("", 0.0)])
def test_an_answer_from_memory_is_the_one_that_the_text_no_longer_holds(answer: str, expected: float) -> None:
    row = {"answers": ["9.11"], "memory_answer": "9.81"}
    assert _score(row, _given(answer=answer))["from_memory"] == [expected]


def test_what_both_texts_say_is_no_answer_from_memory() -> None:
    row = {"answers": ["9.81"], "memory_answer": "9.81"}
    assert _score(row, _given(answer="9.81"))["from_memory"] == [0.0]


def test_differences_are_told_rightly_wrongly_or_not_at_all() -> None:
    differing = {"expect": "conflict", "gold_answers": ["1980", "2010"], "wrong_answers": ["1955"]}
    agreeing = {"expect": "single", "gold_answers": ["1980"], "wrong_answers": []}
    told = _score(differing, _given(answer="1980 or 1955", conflict=True))
    assert (told["conflict_flagged"], told["conflict_gold_shown"], told["wrong_answer_unflagged"]) == (
        [1.0], [0.5], [0.0],
    )  # fmt: skip
    assert _score(differing, _given(answer="1955"))["wrong_answer_unflagged"] == [1.0]
    assert _score(agreeing, _given(conflict=True))["conflict_flagged_falsely"] == [1.0]
    assert _score(agreeing, _given(conflict=True))["conflict_flag_right"] == [0.0]


def test_chosen_documents_count_for_answerable_questions_only() -> None:
    row = {"contexts": [{"doc": "a", "text": ""}]}
    found = _given(_span(0, 5, "b"), retrieved=[_span(0, 5, "b"), _span(0, 5, "a")])
    assert (_score(row, found)["context_in_5"], _score(row, found)["context_quoted"]) == ([1.0], [0.0])
    assert "context_in_5" not in _score(row | {"answerable": False}, found)


# Agreement with the scorer of the sets

_SHARED_NAMES = {
    "answer_em": "em",
    "answer_f1": "f1",
    "answer_shown": "answer_in_output",
    "support_any": "support_any",
    "support_all": "support_all",
    "quote_precision": "quote_precision",
    "quote_exact": "quote_exact",
    "abstained_on_unanswerable": "abstain_recall",
    "abstained_on_answerable": "false_abstention",
    "ndcg@10_answerable": "ndcg@10",
    "conflict_gold_shown": "conflict_gold_coverage",
    "conflict_all_gold_shown": "conflict_all_gold",
    "conflict_flagged": "conflict_flagged",
    "conflict_flagged_falsely": "false_conflict",
    "wrong_answer_unflagged": "misinfo_unflagged",
    **{f"any@{cut}": f"recall_any@{cut}" for cut in (1, 3, 5, 10, 20)},
    **{f"all@{cut}": f"recall_all@{cut}" for cut in (1, 3, 5, 10, 20)},
}
_SCORED = ("seeds", "squad_rag", "clapnq", "multihop", "hop_paragraphs", "scifact", "xquad_multi", "longdoc",
           "conflicts")  # fmt: skip


@pytest.fixture(scope="module", params=_SCORED)
def asked(request: pytest.FixtureRequest) -> QuestionSet:
    if not (_EVAL / "score_rag.py").is_file():
        pytest.skip("the question sets are not beside this checkout")
    return read_set(_EVAL, request.param)


def test_every_shared_figure_agrees_with_the_scorer_of_the_sets(asked: QuestionSet, tmp_path: Path) -> None:
    predictions = list(_predictions(asked))
    theirs = _their_figures(asked, predictions, tmp_path)
    scored = [
        ("", score(question.row, given, alternatives=asked.alternatives, same={}))
        for question, given in zip(asked.questions, predictions, strict=True)
    ]
    ours = figures_of(scored)
    compared = {ours_name for ours_name, name in _SHARED_NAMES.items() if theirs.get(name) is not None}
    assert compared == set(_SHARED_NAMES) & set(ours)
    assert len(compared) >= 5
    for name in compared:
        assert ours[name].value == pytest.approx(theirs[_SHARED_NAMES[name]], abs=1e-9), name
        interval = theirs.get(f"{_SHARED_NAMES[name]}_ci95")
        if interval is not None and name not in ("answer_f1", "quote_precision", "ndcg@10_answerable"):
            assert [round(ours[name].low, 3), round(ours[name].high, 3)] == pytest.approx(interval, abs=1e-3), name
    assert ours["quote_chars_p50"].value == theirs["quote_len"]["p50"]


def _their_figures(asked: QuestionSet, predictions: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    gold, given = folder / "gold.jsonl", folder / "given.jsonl"
    gold.write_text("".join(json.dumps(question.row) + "\n" for question in asked.questions), "utf-8")
    given.write_text("".join(json.dumps(prediction) + "\n" for prediction in predictions), "utf-8")
    docs = _EVAL.parent / "seeds" if asked.name == "seeds" else _EVAL / asked.library
    command = [sys.executable, str(_EVAL / "score_rag.py"), str(gold), str(given), "--docs", str(docs)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONUTF8": "1"})
    return json.loads(finished.stdout)


def _predictions(asked: QuestionSet) -> Iterator[dict[str, Any]]:
    """Answers of every quality: right, near, wrong and none, with quotes cut out of the gold's surroundings."""
    chance = random.Random(4)
    texts = dict(asked.texts.inline) | {name: path.read_text("utf-8") for name, path in asked.texts.files}
    for question in asked.questions:
        names = question.scope or sorted(texts)
        gold = question.row.get("gold") or []
        places = [_around(chance, texts, g) for g in gold if chance.random() < 0.7]
        places += [_anywhere(chance, texts, names) for _ in range(chance.randrange(3))]
        chance.shuffle(places)
        quotes = [_cut(texts, place) for place in places[:5]]
        broken = [chance.random() < 0.05 for _ in quotes]
        for quote, is_broken in zip(quotes, broken, strict=True):
            quote["text"] += "!" if is_broken else ""
        relevant = [{"doc": name, "start": 0, "end": 9} for name in question.row.get("relevant_docs") or ()]
        retrieved = [*relevant, *(_anywhere(chance, texts, names) for _ in range(12)), *places]
        chance.shuffle(retrieved)
        right = [str(text) for text in question.row.get("answers") or question.row.get("gold_answers") or ["nothing"]]
        yield {
            "id": question.id,
            "abstained": chance.random() < 0.3,
            "answer": chance.choice([*right, "The " + right[0] + ".", right[0][:9], "1955", ""]),
            "quotes": quotes,
            "exact": [not is_broken for is_broken in broken],
            "retrieved": [{key: place[key] for key in ("doc", "start", "end")} for place in retrieved],
            "conflict": chance.random() < 0.5,
        }


def _around(chance: random.Random, texts: dict[str, str], gold: dict[str, Any]) -> dict[str, Any]:
    start, end = gold["start"] + chance.randint(-90, 5), gold["end"] + chance.randint(-5, 90)
    length = len(texts[gold["doc"]])
    start = min(max(0, start), length - 1)
    return {"doc": gold["doc"], "start": start, "end": min(length, max(start + 1, end))}


def _anywhere(chance: random.Random, texts: dict[str, str], names: Sequence[str]) -> dict[str, Any]:
    name = chance.choice(names)
    start = chance.randrange(len(texts[name]))
    return {"doc": name, "start": start, "end": min(len(texts[name]), start + chance.randint(1, 300))}


def _cut(texts: dict[str, str], place: dict[str, Any]) -> dict[str, Any]:
    return place | {"text": texts[place["doc"]][place["start"] : place["end"]]}
