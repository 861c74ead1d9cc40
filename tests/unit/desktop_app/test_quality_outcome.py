"""An outcome is kept for the next run, and reports say what was measured, what was not, and how it stood before."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from desktop_app.quality_goals import ALL, GOALS
from desktop_app.quality_intervals import Figure
from desktop_app.quality_outcome import SetOutcome, over_all, read_outcome, rounded, write_outcome
from desktop_app.quality_picture import picture
from desktop_app.quality_report import report, standing
from tests.unit.desktop_app.made_outcomes import made_outcome


def test_an_outcome_comes_back_as_it_was_written(tmp_path: Path) -> None:
    outcome = made_outcome()
    write_outcome(outcome, tmp_path / "quality.json")
    assert read_outcome(tmp_path / "quality.json") == rounded(outcome)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 99}', b"\xff"])
def test_an_outcome_that_cannot_be_read_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "quality.json").write_bytes(content)
    assert read_outcome(tmp_path / "quality.json") is None
    assert read_outcome(tmp_path / "missing.json") is None


def test_exactness_of_all_sets_counts_quotes_and_not_sets() -> None:
    sets = [SetOutcome(1, 1, 1, 1, {"quote_exact": Figure(value, 0, 1, n)}) for value, n in ((1.0, 98), (0.0, 2))]
    assert over_all(sets).figures["quote_exact"].value == pytest.approx(0.98)
    assert over_all(sets).figures["quote_exact"].n == 100
    assert over_all([]).figures == {}


def test_every_goal_has_a_row_with_its_figure_and_the_one_before() -> None:
    text = report(made_outcome(), made_outcome(shift=0.01))
    rows = [line for line in text.splitlines() if line.endswith(("| reached |", "| beyond |", "| not yet |"))]
    assert len(rows) == len(GOALS)
    assert "| Gold span inside the first quote | squad_rag | 200 | 0.700<sup>1</sup> | 0.830 | **0.820** |" in text
    assert f"{len(GOALS)} of {len(GOALS)} measured goals are reached" in text


def test_sets_that_were_not_run_are_named_and_have_no_figures() -> None:
    text = report(made_outcome(without=("clapnq", ALL)), None)
    assert re.search(r"\*\*Not run\*\*: .*clapnq", text)
    assert len(re.findall(r"\| not run \|$", text, re.MULTILINE)) == sum(
        goal.set_name in ("clapnq", ALL) for goal in GOALS
    )
    assert "## clapnq" not in text
    assert "Previous run" not in text


def test_a_sample_is_called_one_in_report_and_picture() -> None:
    sample = made_outcome(n_asked=10)
    assert "A sample only" in report(sample, None)
    assert "10 of 300 questions" in report(sample, None)
    assert "A SAMPLE ONLY" in picture(sample, None)
    assert "sample" not in report(made_outcome(), None).partition("## How")[0].lower()


def test_every_table_row_has_as_many_cells_as_its_head() -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(report(made_outcome(), made_outcome()))
    assert sum(token.type == "table_open" for token in tokens) >= 3
    for table in re.findall(r"(?:^\|.*\|$\n?)+", report(made_outcome(), None), re.MULTILINE):
        assert len({line.count("|") for line in table.strip().splitlines()}) == 1


def test_exactness_lies_beyond_only_over_many_quotes() -> None:
    goal = next(goal for goal in GOALS if goal.figure == "quote_exact")
    assert standing(goal, Figure(1.0, 0.9, 1.0, 27)) == "reached"
    assert standing(goal, Figure(1.0, 1.0, 1.0, 30_000)) == "beyond"
    assert standing(goal, Figure(0.99, 0.9, 1.0, 30_000)) == "not yet"
    assert standing(goal, None) == "not run"


def test_the_picture_is_well_formed_needs_nothing_else_and_has_a_lane_for_each_goal() -> None:
    drawn = picture(made_outcome(without=("longdoc",)), made_outcome())
    root = ET.fromstring(drawn)
    texts = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for goal in GOALS:
        assert goal.words in texts
    assert sum(text.startswith("not run, goal") for text in texts) == sum(g.set_name == "longdoc" for g in GOALS)
    assert not re.search(r"href|url\(|<script|<image|@import", drawn)


def test_nothing_is_drawn_outside_the_picture_however_bad_a_figure_is() -> None:
    outcome = made_outcome()
    outcome.sets["hop_paragraphs"].figures["first_quote_ms_p95"] = Figure(9000.0, 8000.0, 12_000.0, 100)
    outcome.sets["clapnq"].figures["abstained_on_answerable"] = Figure(0.97, 0.9, 1.0, 150)
    root = ET.fromstring(picture(outcome, None))
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    for element in root.iter():
        for key, most in (("x", width), ("x1", width), ("x2", width), ("cx", width), ("y", height), ("cy", height)):
            assert 0 <= float(element.get(key, "0")) <= most
