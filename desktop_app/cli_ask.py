"""The command `ask`: one question, or a batch of them from a file, one JSON object a line in and out."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.answer_json import answer_text, described
from desktop_app.answer_print import printed_lines
from desktop_app.cli_session import Failed, Session, note, print_json, print_line, progress
from desktop_app.composition import LocalWorkbench
from desktop_app.scope_words import NOTHING_IN_SCOPE, asked_words, short_words
from desktop_app.scoping import Holding, standing_of
from desktop_app.typed_dates import read_dates
from rag.assistant import Assistant
from rag.errors import QuestionTooLong
from rag.events import Done, Retrieved
from rag.types import Answer, ClaimStatus, Hit, Scope, Turn, Verdict

__all__ = ["add_commands", "answer_text", "ask", "described"]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be asked, as it was written: names of documents and of a collection, and dates."""

    documents: tuple[str, ...] = ()
    collection: str | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of a batch."""

    id: str
    question: str
    wanted: _Wanted
    history: tuple[Turn, ...]


def add_commands(commands: Any) -> None:
    asking = commands.add_parser("ask", help="ask a question")
    asking.add_argument("question", nargs="?", metavar="QUESTION")
    asking.add_argument("--batch", type=Path, metavar="IN.jsonl", help="ask every question of a file, in order")
    asking.add_argument("--json", action="store_true", help="answer as a JSON object")
    asking.add_argument("--quotes-only", action="store_true", help="find quotes and verdict, write no prose")
    asking.add_argument("--scope", nargs="+", default=[], metavar="DOC", help="ask only these documents")
    asking.add_argument("--collection", metavar="NAME", help="ask only the documents of a collection")
    asking.add_argument("--since", default="", metavar="DATE", help="ask only documents of this date or later")
    asking.add_argument("--until", default="", metavar="DATE", help="ask only documents of this date or earlier")
    asking.set_defaults(run=ask)


def ask(session: Session, options: argparse.Namespace) -> int:
    if (options.question is None) == (options.batch is None):
        raise Failed("Give either a QUESTION or --batch with a file of questions.", exit_code=2)
    wanted = _Wanted(tuple(options.scope), options.collection, options.since, options.until)
    questions = list(_batch(options.batch, wanted) if options.batch else _single(options, wanted))
    workbench = session.reading()
    if not workbench.sources():
        raise Failed(
            "The library is empty, so there is nothing to answer from. Add texts with: seedbook add PATH "
            "(or the built-in ones with: seedbook add --seeds)"
        )
    assistant = workbench.assistant(with_prose=not options.quotes_only)
    codes = []
    for n, asked in enumerate(questions, 1):
        progress(f"{n}/{len(questions)} {asked.question}")
        codes.append(_ask_one(workbench, assistant, asked, is_alone=len(questions) == 1, as_json=options.json))
    progress("")
    return max(codes, default=1)


def _ask_one(workbench: LocalWorkbench, assistant: Assistant, asked: _Asked, *, is_alone: bool, as_json: bool) -> int:
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    try:
        scope = _scope(workbench, asked.wanted)
        for event in assistant.ask(asked.question, scope=scope, history=asked.history):
            if isinstance(event, Retrieved):
                hits = event.hits
            if isinstance(event, Done):
                answer = event.answer
    except (QuestionTooLong, Failed) as error:
        if is_alone:
            raise
        print_json({"id": asked.id, "question": asked.question, "error": str(error)})
        return 1
    if answer is None:
        raise Failed("The answer did not come to an end.")
    if as_json:
        print_json(described(asked.id, asked.question, answer, hits, scope))
    else:
        _print_answer(answer, scope)
    return 1 if is_alone and answer.verdict is Verdict.NOT_IN_SOURCES else 0


def _print_answer(answer: Answer, scope: Scope) -> None:
    if not scope.is_whole_library:
        print_line(asked_words(scope))
    for line in printed_lines(answer):
        print_line(line)
    hidden = sum(claim.status is ClaimStatus.UNSUPPORTED for claim in answer.claims)
    if hidden:
        note(f"{hidden} sentence(s) of the draft are not in the quotes and were left out.")


def _scope(workbench: LocalWorkbench, wanted: _Wanted) -> Scope:
    """The scope that is meant.

    Raises:
        Failed: there is no such document or collection, a date makes no sense, or no document is in the scope.
    """
    dates = read_dates(wanted.since, wanted.until)
    if dates.problem:
        raise Failed(dates.problem, exit_code=2)
    holding = Holding(workbench.sources(), workbench.collections())
    collection = None if wanted.collection is None else _collection(holding, wanted.collection)
    scope = Scope(_document_ids(workbench, wanted.documents), collection, dates.since, dates.until)
    if not standing_of(scope, holding).is_askable:
        raise Failed(f"{NOTHING_IN_SCOPE}, so nothing was asked: {short_words(scope)}.")
    return scope


def _document_ids(workbench: LocalWorkbench, names: tuple[str, ...]) -> tuple[str, ...]:
    ids: list[str] = []
    for name in names:
        found = workbench.resolve(name)
        if not found:
            raise Failed(f"No document is called {name}. See: seedbook list")
        ids.extend(source.id for source in found)
    return tuple(dict.fromkeys(ids))


def _collection(holding: Holding, name: str) -> str:
    """The collection of this name, in whatever case it was typed."""
    names = [one.name for one in holding.collections]
    found = [one for one in names if one == name] or [one for one in names if one.casefold() == name.casefold()]
    if not found:
        there = f"There are: {', '.join(names)}." if names else "There are none yet; make one in the window's library."
        raise Failed(f"No collection is called {name}. {there}")
    return found[0]


def _single(options: argparse.Namespace, wanted: _Wanted) -> Iterator[_Asked]:
    if not options.question.strip():
        raise Failed("The question is empty.", exit_code=2)
    yield _Asked("1", options.question, wanted, ())


def _batch(path: Path, wanted: _Wanted) -> Iterator[_Asked]:
    """The questions of a file; `wanted` is what a question is asked of that does not say it itself."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"The questions in {path} cannot be read: {error}.", exit_code=2) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _parsed(path, number, line, wanted)


def _parsed(path: Path, number: int, line: str, wanted: _Wanted) -> _Asked:
    try:
        row = json.loads(line)
        history = tuple(_turn(entry) for entry in row.get("history") or ())
        return _Asked(str(row.get("id", number)), str(row["question"]), _wanted(row) or wanted, history)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(
            f'Line {number} of {path} is not a JSON object with a "question". No question was asked.', exit_code=2
        ) from error


def _wanted(row: dict[str, Any]) -> _Wanted | None:
    """What a row says of its scope; None where it says nothing."""
    collection = row.get("collection")
    wanted = _Wanted(
        tuple(map(str, row.get("scope") or ())),
        None if collection is None else str(collection),
        str(row.get("since") or ""),
        str(row.get("until") or ""),
    )
    return None if wanted == _Wanted() else wanted


def _turn(entry: Any) -> Turn:
    question = entry if isinstance(entry, str) else str(entry["question"])
    return Turn("", "", question, Scope(), None)
