"""Places a peer pipeline beside the product: the same documents and questions, another program's retrieval.

The peer is a command that this program knows nothing of but what it is given and what it writes; see
tests/fit/peer_pipeline.py for one.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.composition import LocalWorkbench
from desktop_app.engine_comparison import timed_ms
from desktop_app.speed_waiting import Timing, timing
from rag.types import Hit, Scope, Span

#: At how many passages it is counted whether one holds the answer.
DEPTHS = (2, 5)


class PeerFailed(Exception):
    """The peer's command ended without figures; str() is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How fast passages are found, and for how many of the questions one of the best 2 or 5 holds a whole gold span."""

    what: str
    query: Timing
    n_answerable: int
    n_held_at: dict[str, int]


def our_retrieval(
    workbench: LocalWorkbench, questions: Sequence[dict[str, Any]], folder: Path, *, n_warm: int, n_timed: int
) -> Retrieval:
    """Through the search process, as the command `search` asks it; gold spans are relative to `folder`."""
    asked = [str(questions[n % len(questions)]["question"]) for n in range(n_warm + n_timed)]
    times_ms = [timed_ms(lambda: workbench.search(question, Scope(), DEPTHS[0])) for question in asked]  # noqa: B023
    answerable = [question for question in questions if question.get("gold")]
    ranks = [
        first_holding(workbench.search(str(question["question"]), Scope(), max(DEPTHS)), question["gold"], folder)
        for question in answerable
    ]
    held = {f"any@{depth}": sum(rank is not None and rank < depth for rank in ranks) for depth in DEPTHS}
    return Retrieval("Seedbook", timing("passages", times_ms[n_warm:])[0], len(answerable), held)


def first_holding(hits: Sequence[Hit], gold: Sequence[dict[str, Any]], folder: Path) -> int | None:
    """The place, from 0, of the first passage that holds a gold span; None where none does."""
    spans = [(str((folder / one["doc"]).resolve()), Span(one["start"], one["end"])) for one in gold]
    for place, hit in enumerate(hits):
        path = str(Path(hit.source.path).resolve())
        if any(path == doc and hit.span.contains(span) for doc, span in spans):
            return place
    return None


def run_peer(command: str, documents: Sequence[Path], questions: Path, work: Path, n_timed: int) -> dict[str, Any]:
    """The report of a peer: LlamaIndex's chunks first as it makes them, then as long as the embedder reads.

    Raises:
        PeerFailed: the command cannot be started, or ended without a report.
    """
    report = work / "peer.json"
    report.unlink(missing_ok=True)
    where = ["--questions", questions, "--work", work / "peer", "--json", report, "-n", n_timed]
    arguments = [*documents, *where, "--chunk-tokens", 0, 256]
    try:
        subprocess.run([*shlex.split(command), *map(str, arguments)], capture_output=True, text=True, check=True)
        figures: dict[str, Any] = json.loads(report.read_text("utf-8"))
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise PeerFailed(f"The peer ended without figures: {last}") from error
    except (OSError, ValueError) as error:
        raise PeerFailed(f"The peer gave no figures: {error}.") from error
    return figures
