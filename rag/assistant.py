"""The answer to a question, as a stream of events: standalone question, passages, quotes and verdict, prose, done."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from threading import Event as CancelEvent

from rag.answering import Prose, write_prose
from rag.events import Checked, Delta, Done, Event, Quoted, Retrieved
from rag.followup import make_standalone
from rag.generation import Finish, Sampling, Timings
from rag.ports import ChatModel, EvidenceFinder
from rag.types import Answer, Findings, Scope, Turn, Verdict

#: Passages shown where the sources do not say.
NEAREST = 5


class Assistant:
    """Answers questions from a finder's evidence and, where a chat model is given, with its prose."""

    def __init__(
        self,
        finder: EvidenceFinder,
        chat: ChatModel | None,
        sampling: Sampling,
        *,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._finder = finder
        self._chat = chat
        self._sampling = sampling
        self._clock_s = clock_s

    def ask(
        self,
        question: str,
        *,
        scope: Scope,
        history: Sequence[Turn] = (),
        standalone: str | None = None,
        cancel: CancelEvent | None = None,
    ) -> Generator[Event, None, None]:
        """Yield Retrieved, Quoted, then Delta and Checked as the prose grows, and always Done at the end.

        `standalone`, where given, is searched for as it stands; else it is made from the question and `history`.
        Setting `cancel` ends the turn with what was found so far. Where the sources do not say, and where
        all documents were counted, no prose is written.

        Raises:
            RagError: the library cannot be read, or the question is too long for the model.
            Whatever the finder or the chat model raises.
        """
        begun_s = self._clock_s()
        searched = standalone or make_standalone(question, history)
        findings = self._finder.find(searched, scope, cancel)
        quotes_ms = self._since_ms(begun_s)
        yield Retrieved(searched, findings.hits, quotes_ms)
        answer = self._first(searched, findings, Timings(quotes_ms if findings.quotes else None, None, quotes_ms))
        yield Quoted(answer)
        if cancel is not None and cancel.is_set():
            yield Done(replace(answer, finish=Finish.STOPPED))
            return
        if self._chat is None or answer.verdict is Verdict.NOT_IN_SOURCES or answer.survey is not None:
            yield Done(answer)
            return
        yield Done((yield from self._with_prose(answer, self._chat, begun_s, cancel)))

    def _with_prose(
        self, answer: Answer, chat: ChatModel, begun_s: float, cancel: CancelEvent | None
    ) -> Generator[Delta | Checked, None, Answer]:
        first_token_ms: float | None = None
        writing = write_prose(answer.standalone, answer.quotes, chat, self._sampling, cancel)
        while True:
            try:
                event = next(writing)
            except StopIteration as end:
                prose: Prose = end.value
                break
            if first_token_ms is None:
                first_token_ms = self._since_ms(begun_s)
            yield event
        timings = Timings(answer.timings.first_quote_ms, first_token_ms, self._since_ms(begun_s))
        return replace(
            answer, prose=prose.text, claims=prose.claims, model=chat.name, finish=prose.finish, timings=timings
        )

    def _first(self, searched: str, findings: Findings, timings: Timings) -> Answer:
        """The answer as it stands when the quotes are found and no word has been written."""
        return Answer(
            verdict=findings.verdict,
            confidence=findings.confidence,
            standalone=searched,
            quotes=findings.quotes,
            nearest=findings.hits[:NEAREST] if findings.verdict is Verdict.NOT_IN_SOURCES else (),
            missing=findings.missing,
            prose="",
            claims=(),
            model=None,
            sampling=self._sampling,
            finish=Finish.COMPLETE,
            timings=timings,
            span=findings.span,
            positions=findings.positions,
            period=findings.period,
            survey=findings.survey,
            reasons=findings.reasons,
        )

    def _since_ms(self, begun_s: float) -> float:
        return (self._clock_s() - begun_s) * 1000
