"""The command `bench speed`: how long a person waits, and what our code costs beside bare loops, in one run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from desktop_app.atomic import write_atomically
from desktop_app.cli_session import Failed, Session, note, print_line, progress
from desktop_app.instance import take
from desktop_app.paths import AppPaths
from desktop_app.speed_libraries import TooLittleText
from desktop_app.speed_measure import SpeedPlan, measure_speed
from desktop_app.speed_page import page
from desktop_app.speed_peer import PeerFailed
from desktop_app.speed_report import SpeedReport, as_json
from desktop_app.speed_texts import TextsUnreadable
from desktop_app.speed_waiting import WindowDidNotOpen


def add_command(kinds: Any) -> None:
    speed = kinds.add_parser("speed", help="times of quotes, answers, search and indexing, beside bare loops")
    speed.add_argument("--documents", type=Path, nargs="+", required=True, metavar="PATH", help="texts to ask about")
    speed.add_argument("--questions", type=Path, required=True, metavar="FILE.jsonl", help="questions about them")
    speed.add_argument("--texts", type=Path, nargs="*", default=[], metavar="PATH", help="more texts to search among")
    speed.add_argument("--sizes", type=_sizes, default=(1_000,), metavar="N,N...", help="passages to search (1000)")
    speed.add_argument("--work", type=Path, required=True, metavar="DIR", help="where prepared libraries are kept")
    speed.add_argument("--out", type=Path, metavar="DIR", help="write speed.md and speed.json there")
    speed.add_argument("-n", type=_positive, default=200, help="questions that are timed (200)")
    speed.add_argument("--prose", type=_positive, default=20, help="how many of them with prose (20)")
    speed.add_argument("--rounds", type=_positive, default=7, help="rounds of the engines beside bare loops (7)")
    speed.add_argument("--indexing-rounds", type=_positive, default=3, help="rounds of the indexing (3)")
    speed.add_argument("--peer", metavar="COMMAND", help="a pipeline to compare with; see tests/fit/peer_pipeline.py")
    speed.add_argument("--files", type=Path, metavar="FOLDER", help="files of all formats, whose reading is timed")
    speed.set_defaults(run=bench_speed)


def bench_speed(_: Session, options: argparse.Namespace) -> int:
    """Measure over libraries of its own in `--work`; nothing else of the machine's work should run meanwhile."""
    work = AppPaths.under(options.work)
    work.ensure()
    instance = take(work)
    if instance is None:
        raise Failed(f"Another run is measuring in {options.work}.", exit_code=3)
    try:
        report = measure_speed(_plan(options), progress)
    except (TextsUnreadable, TooLittleText) as error:
        raise Failed(str(error), exit_code=2) from error
    except (PeerFailed, WindowDidNotOpen) as error:
        raise Failed(str(error)) from error
    finally:
        instance.release()
    progress("")
    _write(report, options.out)
    return 0


def _plan(options: argparse.Namespace) -> SpeedPlan:
    return SpeedPlan(
        documents=tuple(options.documents),
        questions=options.questions,
        texts=tuple(options.texts),
        work=options.work,
        sizes=options.sizes,
        n_questions=options.n,
        n_prose=options.prose,
        n_rounds=options.rounds,
        n_indexing_rounds=options.indexing_rounds,
        peer=options.peer,
        files=options.files,
    )


def _write(report: SpeedReport, folder: Path | None) -> None:
    if folder is None:
        print_line(page(report, None))
        return
    folder.mkdir(parents=True, exist_ok=True)
    figures = folder / "speed.json"
    before = json.loads(figures.read_text("utf-8")) if figures.is_file() else None
    write_atomically(folder / "speed.md", page(report, before))
    write_atomically(figures, json.dumps(as_json(report), indent=1, ensure_ascii=False) + "\n")
    note(f"{folder / 'speed.md'} and {figures} are written.")


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(_positive(size) for size in text.split(",") if size.strip())


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too small")
    return number
