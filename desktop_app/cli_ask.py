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
from desktop_app.problems import explain
from rag.assistant import Assistant
from rag.errors import QuestionTooLong
from rag.types import Answer, ClaimStatus, Done, Hit, Retrieved, Scope, Turn, Verdict

__all__ = ["add_commands", "answer_text", "ask", "described"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question of a batch."""

    id: str
    question: str
    scope: tuple[str, ...]
    history: tuple[Turn, ...]


def add_commands(commands: Any) -> None:
    asking = commands.add_parser("ask", help="ask a question")
    asking.add_argument("question", nargs="?", metavar="QUESTION")
    asking.add_argument("--batch", type=Path, metavar="IN.jsonl", help="ask every question of a file, in order")
    asking.add_argument("--json", action="store_true", help="answer as a JSON object")
    asking.add_argument("--quotes-only", action="store_true", help="find quotes and verdict, write no prose")
    asking.add_argument("--scope", nargs="+", default=[], metavar="DOC", help="ask only these documents")
    asking.set_defaults(run=ask)


def ask(session: Session, options: argparse.Namespace) -> int:
    if (options.question is None) == (options.batch is None):
        raise Failed("Give either a QUESTION or --batch with a file of questions.", exit_code=2)
    questions = list(_batch(options.batch) if options.batch else _single(options))
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
        scope = _scope(workbench, asked.scope)
        for event in assistant.ask(asked.question, scope=scope, history=asked.history):
            if isinstance(event, Retrieved):
                hits = event.hits
            if isinstance(event, Done):
                answer = event.answer
    except (QuestionTooLong, Failed) as error:
        if is_alone:
            raise
        print_json({"id": asked.id, "question": asked.question, "error": explain(error).message})
        return 1
    if answer is None:
        raise Failed("The answer did not come to an end.")
    if as_json:
        print_json(described(asked.id, asked.question, answer, hits))
    else:
        _print_answer(answer)
    return 1 if is_alone and answer.verdict is Verdict.NOT_IN_SOURCES else 0


def _print_answer(answer: Answer) -> None:
    for line in printed_lines(answer):
        print_line(line)
    hidden = sum(claim.status is ClaimStatus.UNSUPPORTED for claim in answer.claims)
    if hidden:
        note(f"{hidden} sentence(s) of the draft are not in the quotes and were left out.")


def _scope(workbench: LocalWorkbench, names: tuple[str, ...]) -> Scope:
    ids: list[str] = []
    for name in names:
        found = workbench.resolve(name)
        if not found:
            raise Failed(f"No document is called {name}. See: seedbook list")
        ids.extend(source.id for source in found)
    return Scope(tuple(dict.fromkeys(ids)))


def _single(options: argparse.Namespace) -> Iterator[_Asked]:
    if not options.question.strip():
        raise Failed("The question is empty.", exit_code=2)
    yield _Asked("1", options.question, tuple(options.scope), ())


def _batch(path: Path) -> Iterator[_Asked]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"The questions in {path} cannot be read: {error}.", exit_code=2) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _parsed(path, number, line)


def _parsed(path: Path, number: int, line: str) -> _Asked:
    try:
        row = json.loads(line)
        history = tuple(_turn(entry) for entry in row.get("history") or ())
        scope = row.get("scope") or ()
        return _Asked(str(row.get("id", number)), str(row["question"]), tuple(map(str, scope)), history)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Failed(
            f'Line {number} of {path} is not a JSON object with a "question". No question was asked.', exit_code=2
        ) from error


def _turn(entry: Any) -> Turn:
    question = entry if isinstance(entry, str) else str(entry["question"])
    return Turn("", "", question, Scope(), None)
