"""Let the model write about the quotes and check each finished sentence against them; it finds no quotes itself."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event as CancelEvent

from rag.checking import check
from rag.ports import ChatModel, Generation
from rag.prompting import citing_grammar, fit_prompt
from rag.prose import ProseSplitter
from rag.types import Checked, Claim, Delta, Finish, Quote, Sampling

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
    limit_tokens = chat.n_ctx - sampling.max_tokens
    prompt, n_read = fit_prompt(question, quotes, count_tokens=chat.count_tokens, limit_tokens=limit_tokens)
    stream = chat.stream(
        prompt,
        max_tokens=sampling.max_tokens,
        temperature=sampling.temperature,
        seed=sampling.seed,
        stop=_STOPS,
        grammar=citing_grammar(n_read),
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
            claims.append(check(sentence, quotes))
            yield Checked(claims[-1])
    # A sentence that was stopped or cut halfway says something else than a whole one, so it is not checked as one.
    if generation.stopped == "end":
        for sentence in splitter.rest():
            claims.append(check(sentence, quotes))
            yield Checked(claims[-1])
    return Prose("".join(written).strip(), tuple(claims), _finish(generation.stopped))


def _finish(stopped: str) -> Finish:
    return {"length": Finish.CUT, "cancelled": Finish.STOPPED}.get(stopped, Finish.COMPLETE)
