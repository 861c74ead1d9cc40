"""Stand-ins for the engines that behave like them and cost nothing; they are no mocks: they pass the contracts."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"\w+|[^\w\s]")
_POLL_S = 0.005


def count_tokens(text: str) -> int:
    """Words and punctuation marks: fits rag.ports.TokenCounter."""
    return len(_WORD.findall(text))


class HashingEmbedder:
    """A bag of lower-cased words, each hashed to a signed place; texts that share words are near each other.

    Fits rag.ports.Embedder. The same text has the same embedding in every process. `embedded` records all texts.
    """

    def __init__(self, *, dimension: int = 64, max_tokens: int = 256, name: str = "hashing") -> None:
        self.name = f"{name}-{dimension}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.embedded.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.lower())[: self.max_tokens]:
                digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
                place = int.from_bytes(digest, "little")
                rows[row, place % self.dimension] += 1.0 if place >> 63 else -1.0
            if not rows[row].any():
                rows[row, 0] = 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[range, npt.NDArray[np.float32]]]:
        for start in range(0, len(texts), 64):
            places = range(start, min(start + 64, len(texts)))
            yield places, self.embed(texts[start : start + 64])


@dataclass(frozen=True, slots=True)
class Said:
    """A message; fits rag.ports.Message."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ScriptedGeneration:
    """Fits rag.ports.Generation."""

    n_prompt_tokens: int
    n_generated_tokens: int
    stopped: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A piece of script at which the model waits until `resume` is set; `reached` tells the test that it waits.

    As the first piece it stands for reading a long prompt.
    """

    resume: Event = field(default_factory=Event)
    reached: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True)
class ChatCall:
    """What a call of `ScriptedChat.stream` was given."""

    messages: tuple[Said, ...]
    max_tokens: int
    temperature: float
    seed: int
    stop: tuple[str, ...]
    grammar: str | None


Piece = str | Pause | BaseException


class ScriptedChat:
    """Says what it was told to say. Fits rag.ports.ChatModel.

    Each `enqueue` is one reply: strings are yielded one by one (each costs `count_tokens` of it, at least one), a
    `Pause` waits, an exception is raised. With no reply enqueued it says `default`. `calls` and `prompts` record
    what it was asked.
    """

    def __init__(
        self, *, default: Sequence[Piece] = ("I ", "do ", "not ", "know."), name: str = "scripted", n_ctx: int = 2048
    ) -> None:
        self.name = name
        self.n_ctx = n_ctx
        self.default = tuple(default)
        self.calls: list[ChatCall] = []
        self._replies: deque[tuple[Piece, ...]] = deque()

    @property
    def prompts(self) -> list[tuple[Said, ...]]:
        """The messages of each call so far."""
        return [call.messages for call in self.calls]

    def enqueue(self, *pieces: Piece) -> None:
        self._replies.append(pieces)

    def count_tokens(self, messages: Sequence[Said]) -> int:
        return 2 + sum(3 + count_tokens(message.content) for message in messages)

    def stream(
        self,
        messages: Sequence[Said],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
        grammar: str | None = None,
        cancel: Event | None = None,
    ) -> Generator[str, None, ScriptedGeneration]:
        said = tuple(Said(message.role, message.content) for message in messages)
        self.calls.append(ChatCall(said, max_tokens, temperature, seed, tuple(stop), grammar))
        reply = self._replies.popleft() if self._replies else self.default
        n_prompt_tokens = self.count_tokens(messages)
        n_generated = 0
        text = ""
        for piece in reply:
            if isinstance(piece, BaseException):
                raise piece
            if isinstance(piece, Pause):
                _wait(piece, cancel)
                continue
            if cancel is not None and cancel.is_set():
                return ScriptedGeneration(n_prompt_tokens, n_generated, "cancelled")
            n_tokens = max(1, count_tokens(piece))
            if n_generated + n_tokens > max_tokens:
                return ScriptedGeneration(n_prompt_tokens, max_tokens, "length")
            n_generated += n_tokens
            places = [place for place in ((text + piece).find(mark) for mark in stop) if place >= 0]
            if places:
                if min(places) > len(text):
                    yield (text + piece)[len(text) : min(places)]
                return ScriptedGeneration(n_prompt_tokens, n_generated, "end")
            text += piece
            yield piece
        cancelled = cancel is not None and cancel.is_set()
        return ScriptedGeneration(n_prompt_tokens, n_generated, "cancelled" if cancelled else "end")


def _wait(pause: Pause, cancel: Event | None) -> None:
    pause.reached.set()
    while not pause.resume.wait(_POLL_S):
        if cancel is not None and cancel.is_set():
            return
