"""The command `ask` asks what its options or the lines of a batch say, and says so; it never asks more than that."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktop_app import cli_ask
from desktop_app.cli_session import Failed
from rag.events import Done, Event
from rag.holdings import Collection
from rag.types import Scope, Source, Turn
from tests.transcripts import COPIES, PAPER, REPORT_DOCUMENT, placed

DOCUMENTS = (PAPER, REPORT_DOCUMENT, *COPIES)
ANSWER = placed().conversation.turns[0].answer
_Capture = pytest.CaptureFixture[str]


class Bench:
    """A library with an assistant that answers everything alike and remembers what it was asked of."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    def sources(self) -> tuple[Source, ...]:
        return tuple(one.source for one in DOCUMENTS)

    def collections(self) -> tuple[Collection, ...]:
        return (Collection("Empty", ()), Collection("Trial 2019", (PAPER.id, REPORT_DOCUMENT.id)))

    def resolve(self, name: str) -> tuple[Source, ...]:
        return tuple(source for source in self.sources() if source.name == name)

    def assistant(self, *, with_prose: bool) -> Bench:
        assert not with_prose
        return self

    def ask(self, question: str, *, scope: Scope, history: Sequence[Turn]) -> Iterator[Event]:
        assert question
        assert history == ()
        self.scopes.append(scope)
        assert ANSWER is not None
        yield Done(ANSWER)


def asked(bench: Bench, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli_ask.add_commands(parser.add_subparsers())
    options = parser.parse_args(["ask", "--quotes-only", *arguments])
    code: int = options.run(SimpleNamespace(reading=lambda: bench), options)
    return code


def test_a_collection_and_dates_are_asked_and_said(capsys: _Capture) -> None:
    bench = Bench()
    assert asked(bench, "How far?", "--collection", "trial 2019", "--since", "2019", "--until", "june 2020") == 0
    assert bench.scopes == [Scope(collection="Trial 2019", since="2019", until="2020-06")]
    said = capsys.readouterr().out
    assert said.startswith("Asked only of the collection “Trial 2019”, documents from 2019 to June 2020.\n")


def test_the_whole_library_is_asked_without_a_word_on_it(capsys: _Capture) -> None:
    bench = Bench()
    asked(bench, "How far?")
    assert bench.scopes == [Scope()]
    assert "Asked" not in capsys.readouterr().out


def test_json_says_what_was_asked(capsys: _Capture) -> None:
    asked(Bench(), "How far?", "--json", "--since", "2020")
    scope = json.loads(capsys.readouterr().out)["scope"]
    assert scope == {"documents": [], "collection": None, "since": "2020", "until": None}


@pytest.mark.parametrize(
    ("options", "exit_code", "said"),
    [
        (("--collection", "Trial"), 1, "No collection is called Trial. There are: Empty, Trial 2019."),
        (("--collection", "Empty"), 1, "No document in this scope, so nothing was asked: Collection Empty."),
        (("--since", "2030"), 1, "No document in this scope, so nothing was asked: Since 2030."),
        (("--since", "soon"), 2, "“soon” is not a date."),
        (("--since", "2020", "--until", "2019"), 2, "2020 is after 2019."),
        (("--scope", "nothing.txt"), 1, "No document is called nothing.txt."),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence_and_is_not_asked(
    options: tuple[str, ...], exit_code: int, said: str
) -> None:
    bench = Bench()
    with pytest.raises(Failed) as failed:
        asked(bench, "How far?", *options)
    assert said in str(failed.value)
    assert failed.value.exit_code == exit_code
    assert bench.scopes == []


def test_a_batch_has_a_scope_a_line_and_the_options_for_the_rest(tmp_path: Path, capsys: _Capture) -> None:
    batch = tmp_path / "questions.jsonl"
    lines = (
        {"question": "One?"},
        {"question": "Two?", "scope": ["papers/pier.pdf"]},
        {"question": "Three?", "collection": "Trial 2019", "until": "2020"},
        {"question": "Four?", "since": 2025},
        {"question": "Five?", "collection": "Gone"},
    )
    batch.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    bench = Bench()
    assert asked(bench, "--batch", str(batch), "--json", "--since", "2020") == 1
    assert bench.scopes == [
        Scope(since="2020"),
        Scope((PAPER.id,)),
        Scope(collection="Trial 2019", until="2020"),
        Scope(since="2025"),
    ]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["error"].startswith("No collection is called Gone.")
