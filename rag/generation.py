"""How prose is generated, how it ended, and how long it took: values as frozen as those of rag.types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Finish(StrEnum):
    """How an answer ended. INTERRUPTED: the program or the model died while it was being written."""

    COMPLETE = "complete"
    CUT = "cut"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question was sent; None where the thing did not happen."""

    first_quote_ms: float | None
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the chat model writes. Temperature 0 is greedy decoding and repeats exactly under the same seed."""

    max_tokens: int = 160
    temperature: float = 0.0
    seed: int = 7
