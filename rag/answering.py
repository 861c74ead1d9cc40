"""Let the model write about the quotes and check each finished sentence against them; it finds no quotes itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event as CancelEvent

from rag.checking import check
from rag.events import Checked, Delta
from rag.generation import Finish, Sampling
from rag.ports import ChatModel, Generation
from rag.prompting import fit_prompt
from rag.prose import ProseSplitter
from rag.types import Claim, Quote

#: Where the prose would open a new turn or a heading, it is over.
_STOPS = ("\n\n", "\nQuestion:", "\nQuotations:")


@dataclass(frozen=True, slots=True)
class Prose:
    """What the model wrote, in full and as checked claims, and how it ended."""

    text: str
    claims: tuple[Claim, ...]
    finish: Finish


def write_prose(
    question: str, quotes: Sequence[Quote], chat: ChatModel, sampling: Sampling, cancel: CancelEvent | None
) -> Generator[Delta | Checked, None, Prose]:
    """Stream the prose and its checked sentences.

    Raises:
        QuestionTooLong: the question leaves no room for a quote.
        Whatever the chat model raises, once the quotes have long been shown.
    """
    max_tokens = min(sampling.max_tokens, chat.n_ctx // 4)
    limit_tokens = chat.n_ctx - max_tokens
    prompt = fit_prompt(question, quotes, count_tokens=chat.count_tokens, limit_tokens=limit_tokens)
    stream = chat.stream(
        prompt,
        max_tokens=max_tokens,
        temperature=sampling.temperature,
        seed=sampling.seed,
        stop=_STOPS,
        cancel=cancel,
    )
    return (yield from _follow(stream, quotes))


def _follow(
    stream: Generator[str, None, Generation], quotes: Sequence[Quote]
) -> Generator[Delta | Checked, None, Prose]:
    splitter = ProseSplitter()
    written: list[str] = []
    claims: list[Claim] = []
    while True:
        try:
            delta = next(stream)
        except StopIteration as end:
            generation: Generation = end.value
            break
        written.append(delta)
        yield Delta(delta)
        for sentence in splitter.feed(delta):
            claim = check(sentence, quotes)
            if _repeats(claim, claims):
                stream.close()
                return Prose("".join(written).strip(), tuple(claims), Finish.COMPLETE)
            claims.append(claim)
            yield Checked(claim)
    # A sentence that was stopped or cut halfway says something else than a whole one, so it is not checked as one.
    for sentence in splitter.rest() if generation.stopped == "end" else ():
        claim = check(sentence, quotes)
        if not _repeats(claim, claims):
            claims.append(claim)
            yield Checked(claim)
    return Prose("".join(written).strip(), tuple(claims), _finish(generation.stopped))


def _repeats(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Small models fall into loops; a sentence that was written before says that nothing new will come."""
    return any(claim.text == earlier.text for earlier in claims)


def _finish(stopped: str) -> Finish:
    return {"length": Finish.CUT, "cancelled": Finish.STOPPED}.get(stopped, Finish.COMPLETE)
