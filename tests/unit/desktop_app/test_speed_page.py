"""The page of speed shows the report's figures and those of the run before, and invents none."""

from __future__ import annotations

import json
from dataclasses import replace

from desktop_app.engine_comparison import Comparison, SearchFigures
from desktop_app.speed_indexing import IndexingFigures
from desktop_app.speed_memory import Peak
from desktop_app.speed_page import page
from desktop_app.speed_peer import Retrieval
from desktop_app.speed_report import SizeFigures, SpeedReport, as_json
from desktop_app.speed_surroundings import Surroundings
from desktop_app.speed_waiting import Timing

_COMPARISON = Comparison("50 nearest vectors", "Chroma query", 200, 2.5, 4.0, 2.0, 3.0, 1.25)
_REPORT = SpeedReport(
    "--documents set/docs --sizes 10000",
    Surroundings("abc123+", "2026-01-02 03:04 UTC", "Linux", "A processor", 2, 8 * 2**30, 0.1, {"SQLite": "3"}, {}),
    "`set/docs`",
    "questions.jsonl",
    20,
    (Timing("first quote", 200, 33.0, 49.0),),
    (
        SizeFigures(
            10_000, 9_000, (Timing("passages", 200, 12.0, 15.0),), SearchFigures((_COMPARISON,), 0.5, 0.7, 1980, 2000)
        ),
    ),
    IndexingFigures(3, 28, 698_636, 843, 5_000, 60.0, 50.0, 1.2, 2.0, ()),
    (_COMPARISON,),
    (Peak("search", "answering", 300 * 2**20),),
    Retrieval("Seedbook", Timing("passages", 200, 20.0, 30.0), 200, {"any@2": 150, "any@5": 180}),
    {
        "packages": {"llama-index-core": "0.14"},
        "runs": [
            {
                "chunk_tokens": "default",
                "n_chunks": 9,
                "index_s": 18.0,
                "query_p50_ms": 21.0,
                "query_p95_ms": 41.0,
                "n_answerable": 200,
                "any@2": 100,
                "any@5": 120,
            }
        ],
    },
)


def test_every_measure_stands_on_the_page() -> None:
    written = page(_REPORT, None)
    for expected in (
        "seedbook bench speed --documents set/docs --sizes 10000",
        "`abc123+`",
        "| first quote | 200 | 33.0 ms | 49.0 ms |  |",
        "10,000 passages, 9,000 of them real",
        "| 50 nearest vectors | Chroma query | 200 | 2.50 ms | 4.00 ms | 2.00 ms | 3.00 ms | 1.250 |",
        "0.9900 (1,980 of 2,000 real passages)",
        "| MB of text a minute | 0.70 |",
        "| passages a second | 14.1 |",
        "| search | answering | 300 MiB |",
        "0.750 (150/200)",
        "| llama-index-core 0.14; chunk tokens: default | 9 | 18.0 s | 21.0 ms | 41.0 ms | 0.500 (100/200) |",
    ):
        assert expected in written


def test_the_run_before_stands_beside() -> None:
    before = json.loads(json.dumps(as_json(replace(_REPORT, timings=(Timing("first quote", 200, 40.0, 60.0),)))))
    written = page(_REPORT, before)
    assert "| first quote | 200 | 33.0 ms | 49.0 ms | 40.0 ms |" in written
    assert "| passages | 200 | 12.0 ms | 15.0 ms | 12.0 ms |" in written


def test_what_follows_from_the_figures_is_kept_with_them() -> None:
    kept = as_json(_REPORT)
    assert round(kept["indexing"]["mb_per_minute"], 3) == 0.699
    assert kept["sizes"][0]["search"]["recall"] == 0.99


def test_a_run_without_a_peer_says_so() -> None:
    assert "No peer was run." in page(replace(_REPORT, peer=None), None)
