"""Asks the questions of a set through the program's own pipeline and keeps every answer as it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event as CancelEvent
from typing import Any

from desktop_app.cli_ask import described
from desktop_app.hosting import Host
from desktop_app.paths import AppPaths
from desktop_app.quality_journal import Given, Journal
from desktop_app.quality_library import Shelved
from desktop_app.quality_measures import figures_of
from desktop_app.quality_outcome import SetOutcome
from desktop_app.quality_scoring import score
from desktop_app.quality_sets import Question, QuestionSet, UnreadableSet
from rag.assistant import Assistant
from rag.errors import QuestionTooLong
from rag.events import Done, Quoted, Retrieved
from rag.generation import Sampling
from rag.ports import ChatModel
from rag.store import Store
from rag.types import Answer, Findings, Hit, Scope, Turn


@dataclass(frozen=True, slots=True)
class LibraryFinder:
    """Fits rag.ports.EvidenceFinder over one library of the hosted quality engine."""

    host: Host
    library: AppPaths

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:  # noqa: ARG002
        findings: Findings = self.host.call("find", self.library, question, scope)
        return findings


def assistant_over(host: Host, library: AppPaths, chat: ChatModel | None) -> Assistant:
    """An assistant over a library, writing as it does unless the reader sets it otherwise."""
    return Assistant(LibraryFinder(host, library), chat, Sampling())


def ask_all(
    questions: Sequence[Question],
    assistant: Assistant,
    store: Store,
    shelf: Shelved,
    journal: Journal,
) -> Iterator[str]:
    """Ask every question that the journal has no answer to; yields the id of each that was answered."""
    for question in questions:
        if question.id not in journal.given:
            journal.keep(ask_one(question, assistant, store, shelf))
            yield question.id


def ask_one(question: Question, assistant: Assistant, store: Store, shelf: Shelved) -> Given:
    """An answer as `ask --json` gives it, and for each quote whether the library still holds it to the letter."""
    hits: tuple[Hit, ...] = ()
    answer: Answer | None = None
    history = tuple(Turn("", "", earlier, Scope(), None) for earlier in question.history)
    try:
        for event in assistant.ask(question.text, scope=_scope(question, shelf), history=history):
            if isinstance(event, Retrieved):
                hits = event.hits
            elif isinstance(event, (Quoted, Done)):
                answer = event.answer
    except QuestionTooLong:  # for prose: its quotes stand
        if answer is None:
            raise
    if answer is None:
        raise AssertionError("an answer did not come to an end")
    exact = [quote.is_verbatim_in(store.document(quote.source.id)) for quote in answer.quotes]
    return described(question.id, question.text, answer, hits) | {"exact": exact}


def _scope(question: Question, shelf: Shelved) -> Scope:
    """Documents that could not be read are in no scope; a scope of none of them would mean all."""
    if question.scope is None:
        return Scope()
    ids = tuple(dict.fromkeys(shelf.ids[name] for name in question.scope if name in shelf.ids))
    if not ids:
        raise UnreadableSet(f"None of the documents that question {question.id} is asked of could be read.")
    return Scope(ids)


def set_outcome(asked: QuestionSet, questions: Sequence[Question], given: dict[str, Any], shelf: Shelved) -> SetOutcome:
    """The figures of a set, over those of its questions that were asked."""
    scored = (
        (
            asked.group(question),
            score(question.row, given[question.id], alternatives=asked.alternatives, same=shelf.same),
        )
        for question in questions
    )
    return SetOutcome(len(asked.questions), len(questions), shelf.n_documents, shelf.n_passages, figures_of(scored))
