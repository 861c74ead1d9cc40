"""The prompt: a fixed instruction, numbered quotes and the question.

No grammar forces a sentence to cite: a small model then writes on and on until it may end, and the program finds what a
sentence rests on by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import QuestionTooLong
from rag.ports import Message
from rag.types import Quote

#: The fixed part stands first, so that it can stay in the model's cache between questions.
INSTRUCTION = (
    "Answer the question from the numbered quotations alone, in one or two short sentences. "
    "Use the words of the quotations. End each sentence with the number of its quotation, like [1]."
)

#: Quotes that the model reads; the reader sees all of them.
MOST_READ = 4


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt; fits rag.ports.Message."""

    role: str
    content: str


def build_prompt(question: str, quotes: Sequence[Quote]) -> tuple[PromptMessage, ...]:
    """The messages for a question and its quotes; quotes and question are plain text in the user's message."""
    numbered = "\n".join(f"[{n}] {' '.join(quote.text.split())}" for n, quote in enumerate(quotes, start=1))
    return (
        PromptMessage("system", INSTRUCTION),
        PromptMessage("user", f"Quotations:\n{numbered}\n\nQuestion: {question}"),
    )


def fit_prompt(
    question: str,
    quotes: Sequence[Quote],
    *,
    count_tokens: Callable[[Sequence[Message]], int],
    limit_tokens: int,
) -> tuple[PromptMessage, ...]:
    """The prompt with as many of the best quotes as fit into `limit_tokens`.

    Raises:
        QuestionTooLong: not even the best quote fits beside the question.
    """
    for n_read in range(min(MOST_READ, len(quotes)), 0, -1):
        prompt = build_prompt(question, quotes[:n_read])
        n_tokens = count_tokens(prompt)
        if n_tokens <= limit_tokens:
            return prompt
    raise QuestionTooLong(n_tokens=count_tokens(build_prompt(question, ())), limit_tokens=limit_tokens)
