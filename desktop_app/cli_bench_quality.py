"""The command `bench quality`: question sets through the program's own pipeline, and what came of it, in `docs`."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, Final

from desktop_app.atomic import FileNotWritten, write_atomically
from desktop_app.cli_session import Failed, Session, note, print_line, progress
from desktop_app.hosted_engines import HostedChat
from desktop_app.hosting import Host, stop_all
from desktop_app.instance import take
from desktop_app.logbook import engine_output
from desktop_app.making import make_chat, make_quality
from desktop_app.paths import AppPaths, cache_folder
from desktop_app.quality_goals import ALL
from desktop_app.quality_journal import Journal
from desktop_app.quality_key import answers_key, checkout, joint_key, library_key, used_models
from desktop_app.quality_library import fill, library_paths, shelved
from desktop_app.quality_outcome import Outcome, SetOutcome, over_all, read_outcome, rounded, write_outcome
from desktop_app.quality_picture import picture
from desktop_app.quality_progress import Countdown
from desktop_app.quality_report import report
from desktop_app.quality_run import ask_all, assistant_over, set_outcome
from desktop_app.quality_sets import SETS, Question, QuestionSet, UnreadableSet, read_set, spread
from rag.store import Store
from rag.types import FileState

_EVAL: Final = Path("../shared/eval")
_GOOD: Final = frozenset({FileState.INDEXED, FileState.UNCHANGED, FileState.DUPLICATE})

Chosen = Sequence[tuple[QuestionSet, tuple[Question, ...]]]


def add_command(kinds: Any) -> None:
    quality = kinds.add_parser("quality", help="how good quotes, answers and verdicts are, over question sets")
    quality.add_argument("--set", nargs="+", choices=SETS, default=list(SETS), metavar="NAME", dest="sets",
                         help=f"only these sets, of: {', '.join(SETS)}")  # fmt: skip
    quality.add_argument("--eval", type=Path, default=_EVAL, metavar="FOLDER", help=f"the question sets ({_EVAL})")
    quality.add_argument("--out", type=Path, default=Path("docs"), metavar="FOLDER", help="for the report (docs)")
    quality.add_argument("--work", type=Path, metavar="FOLDER", help="for libraries and answers (the cache folder)")
    quality.add_argument("-n", type=_count, metavar="N", help="at most so many questions of each set, evenly chosen")
    quality.add_argument("--with-prose", action="store_true", help="let the language model write about the quotes")
    quality.set_defaults(run=bench_quality)


def bench_quality(session: Session, options: argparse.Namespace) -> int:
    """Ask the sets and write quality.md, quality.json and quality.svg; what was answered before is not asked again."""
    chosen = _read_sets(options)
    if not options.out.is_dir():
        raise Failed(f"There is no folder {options.out} to write the report to.", exit_code=2)
    work: Path = (options.work or cache_folder() / "bench").absolute()
    session.paths.ensure()
    with _owned(work):
        try:
            outcome = rounded(_run(session, chosen, work, with_prose=options.with_prose))
        except UnreadableSet as error:
            raise Failed(str(error)) from error
        except KeyboardInterrupt:
            progress("")
            note("What was answered is kept; the same command goes on from there.")
            raise
    _write(outcome, options.out)
    return 0


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _read_sets(options: argparse.Namespace) -> Chosen:
    if not options.eval.is_dir():
        raise Failed(f"There are no question sets at {options.eval}. Say where they are: --eval FOLDER", exit_code=2)
    try:
        wanted = [read_set(options.eval.absolute(), name) for name in SETS if name in options.sets]
    except UnreadableSet as error:
        raise Failed(str(error), exit_code=2) from error
    return [(asked, spread(asked.questions, options.n)) for asked in wanted]


@contextmanager
def _owned(work: Path) -> Iterator[None]:
    """The working folder for this run alone."""
    paths = AppPaths.under(work)
    paths.ensure()
    instance = take(paths)
    if instance is None:
        raise Failed(f"Another run of this command uses {work}. Wait for it, or give another folder: --work FOLDER")
    with instance:
        yield


@contextmanager
def _interrupts() -> Iterator[Callable[[], None]]:
    """What raises KeyboardInterrupt once more after Ctrl+C: inside a destructor or a callback it is only printed."""
    asked = Event()

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.default_int_handler(number, frame)

    def stop_if_asked() -> None:
        if asked.is_set():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)


def _run(session: Session, chosen: Chosen, work: Path, *, with_prose: bool) -> Outcome:
    log, writer = engine_output(session.paths), session.settings.chat_model
    models = used_models(session.paths, writer, with_prose=with_prose)
    key = answers_key(models)
    host = Host("search", make_quality, (session.paths, work / "embeddings.db"), log=log)
    chat = Host("chat", make_chat, (session.paths, writer), log=log)
    try:
        _fill_libraries(host, chosen, work, library_key(session.paths))
        sets = dict(_ask_sets(host, HostedChat(chat) if with_prose else None, chosen, work, key))
    finally:
        stop_all([host, chat])
    made_at = datetime.now(UTC).isoformat(timespec="minutes")
    return Outcome(made_at, checkout(), key, models, with_prose, sets | {ALL: over_all(sets.values())})


def _ask_sets(
    host: Host, chat: HostedChat | None, chosen: Chosen, work: Path, key: str
) -> Iterator[tuple[str, SetOutcome]]:
    """Each set's name and outcome."""
    countdown = Countdown(sum(len(questions) for _, questions in chosen))
    for asked, questions in chosen:
        library = library_paths(work, asked)
        with closing(Store.read(library.library)) as store, _interrupts() as stop_if_asked:
            shelf = shelved(store)
            with Journal(work / "answers", asked.name, joint_key(key, asked.fingerprint, shelf.fingerprint)) as journal:
                known = sum(question.id in journal.given for question in questions)
                countdown.skip(known)
                if known < len(questions):
                    host.call("open", library)
                for _ in ask_all(questions, assistant_over(host, library, chat), store, shelf, journal):
                    stop_if_asked()
                    countdown.step()
                    progress(countdown.line(asked.name))
                yield asked.name, set_outcome(asked, questions, journal.given, shelf)
    progress("")


def _fill_libraries(host: Host, chosen: Chosen, work: Path, key: str) -> None:
    """Each library once, however many sets share it."""
    for asked in {asked.library: asked for asked, _ in chosen}.values():
        countdown = Countdown(len(asked.texts.files) + len(asked.texts.inline))
        for step in fill(host, work, asked, key):
            if step.report is None:
                continue
            if step.report.state is FileState.UNCHANGED:
                countdown.skip(1)
            else:
                countdown.step()
            if step.report.state not in _GOOD:
                progress("")
                note(f"{asked.name}: {step.name} is not in the library: {step.report.reason}")
            progress(countdown.line(f"reading the texts of {asked.library}"))


def _write(outcome: Outcome, out: Path) -> None:
    kept = out / "quality.json"
    previous = read_outcome(kept)
    try:
        write_atomically(out / "quality.svg", picture(outcome, previous), 0o644)
        write_atomically(out / "quality.md", report(outcome, previous), 0o644)
        write_outcome(outcome, kept)
    except FileNotWritten as error:
        raise Failed(str(error)) from error
    print_line(f"Written: {out / 'quality.md'}, with quality.json and quality.svg beside it.")
