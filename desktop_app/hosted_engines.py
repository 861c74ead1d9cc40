"""The engines as the window process sees them: rag's ports on this side, child processes on the other."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from threading import Event as CancelEvent

from desktop_app.hosting import Host
from rag.ports import Generation, Message
from rag.types import Findings, Scope


class HostedFinder:
    """Fits rag.ports.EvidenceFinder."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def find(self, question: str, scope: Scope, cancel: CancelEvent | None = None) -> Findings:
        findings: Findings = self._host.call("find", question, scope, cancel=cancel)
        return findings


class HostedChat:
    """Fits rag.ports.ChatModel; waits for the model to be loaded where it is not yet."""

    def __init__(self, host: Host) -> None:
        self._host = host

    @property
    def name(self) -> str:
        return str(self._host.get("name"))

    @property
    def n_ctx(self) -> int:
        return int(self._host.get("n_ctx"))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return int(self._host.call("count_tokens", tuple(messages)))

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
        return generation
