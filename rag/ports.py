"""The protocols that rag needs from outside; whoever composes the program hands in objects of these shapes."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from threading import Event as CancelEvent
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.types import Findings, Reading, Scope

Embeddings = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Makes embeddings. `name` identifies the weights: another name means that stored vectors are of no use."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """float32, (len(texts), dimension), in the order given, rows of length 1; a longer text is cut."""
        ...

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[int], Embeddings]]:
        """The same rows, some at a time with their places in `texts`, in any order; a step takes but a moment."""
        ...


class TokenCounter(Protocol):
    """Counts tokens of plain text; special tokens inside it count as the text they are."""

    def __call__(self, text: str) -> int: ...


class Message(Protocol):
    """One message of a prompt; `role` is system, user or assistant."""

    @property
    def role(self) -> str: ...

    @property
    def content(self) -> str: ...


class Generation(Protocol):
    """How a generation went; the return value of `ChatModel.stream`. `stopped` is end, length or cancelled."""

    @property
    def n_prompt_tokens(self) -> int: ...

    @property
    def n_generated_tokens(self) -> int: ...

    @property
    def stopped(self) -> str: ...


class ChatModel(Protocol):
    """Writes text. One call at a time."""

    @property
    def name(self) -> str: ...

    @property
    def n_ctx(self) -> int: ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of the whole prompt, the chat template's own included."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        cancel: CancelEvent | None = None,
    ) -> Generator[str, None, Generation]:
        """Yield text as it is written; setting `cancel` ends it, in prompt reading too, without an error."""
        ...


class FileReader(Protocol):
    """Reads one file, perhaps in another process."""

    def read(self, path: Path) -> Reading:
        """Raises SourceError with the reason."""
        ...


class PassageReading(Protocol):
    """What a reader sees in one passage, in logits, for each of the n tokens it read.

    `offsets` (int32, (n, 2)) are code points into the passage's text, which may end before the text does. `start` and
    `end` (float32, (n,)) say where the answer begins and ends, `evidence` (float32, (n,)) which tokens belong to the
    sentence that holds it. `no_answer` is what start and end together give to "not here"; `answerable` is above 0
    where the passage holds the answer.
    """

    @property
    def offsets(self) -> npt.NDArray[np.int32]: ...

    @property
    def start(self) -> npt.NDArray[np.float32]: ...

    @property
    def end(self) -> npt.NDArray[np.float32]: ...

    @property
    def evidence(self) -> npt.NDArray[np.float32]: ...

    @property
    def no_answer(self) -> float: ...

    @property
    def answerable(self) -> float: ...


class EvidenceReader(Protocol):
    """Reads a question and passages together and points at the answer; it writes nothing."""

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> Sequence[PassageReading]:
        """One reading for each (title, text), in the order given."""
        ...


class EvidenceFinder(Protocol):
    """Retrieval and evidence in one call, perhaps in another process."""

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings: ...
