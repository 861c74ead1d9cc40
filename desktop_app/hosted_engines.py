"""The engines as the window process sees them: rag's ports on this side, child processes on the other."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from threading import Event as CancelEvent

from desktop_app.hosting import CallCancelled, Host
from rag.ports import Generation, Message
from rag.types import Findings, Scope, Verdict

_NOT_LOOKED = Findings((), (), Verdict.NOT_IN_SOURCES, 0.0, ())


class HostedFinder:
    """Fits rag.ports.EvidenceFinder."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        """What the engine finds; nothing where it was cancelled before the engine could begin."""
        try:
            findings: Findings = self._host.call("find", question, scope, cancel=cancel)
        except CallCancelled:
            return _NOT_LOOKED
        return findings


@dataclass(frozen=True, slots=True)
class _NotBegun:
    """Fits rag.ports.Generation: it was stopped before the model had read a word."""

    n_prompt_tokens: int = 0
    n_generated_tokens: int = 0
    stopped: str = "cancelled"


class HostedChat:
    """Fits rag.ports.ChatModel; waits for the model to be loaded where it is not yet.

    Made for one question, it may be given that question's `cancel`: setting it ends the waiting with
    CallCancelled, but for `stream`, which ends as a cancelled one.
    """

    def __init__(self, host: Host, cancel: CancelEvent | None = None) -> None:
        self._host = host
        self._cancel = cancel

    @property
    def name(self) -> str:
        return str(self._host.get("name", cancel=self._cancel))

    @property
    def n_ctx(self) -> int:
        return int(self._host.get("n_ctx", cancel=self._cancel))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return int(self._host.call("count_tokens", tuple(messages), cancel=self._cancel))

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
        try:
            generation: Generation = yield from self._host.stream(
                "stream",
                tuple(messages),
                max_tokens=max_tokens,
                temperature=temperature,
                seed=seed,
                stop=tuple(stop),
                grammar=grammar,
                cancel=cancel,
            )
        except CallCancelled:
            return _NotBegun()
        return generation
