"""How large a context window fits into memory beside a model's weights; refuses a model that does not fit at all.

An estimate from the header: weights, 16-bit keys and values, and the engine's working memory. It loads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import psutil

from models.errors import NotEnoughMemory
from models.gguf import Header

MAX_N_CTX = 32_768
MIN_N_CTX = 1_024
USABLE_SHARE = 0.8
_STEP_TOKENS = 256
_DEFAULT_N_CTX = 4_096  # where a model does not say what it was made for
# Graph, buffers and the Python process itself; a 135M model took some 95 MiB beside weights and cache, logits included.
_WORKING_BYTES = 128 << 20
_LOGITS_ROWS = 512  # the engine reserves logits for one physical batch


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """What a model will take with a context window of `n_ctx` tokens; `usable_bytes` is the share it may take."""

    n_ctx: int
    weights_bytes: int
    cache_bytes: int
    working_bytes: int
    usable_bytes: int

    @property
    def needed_bytes(self) -> int:
        return self.weights_bytes + self.cache_bytes + self.working_bytes


def available_bytes() -> int:
    """Memory that can be taken now without swapping."""
    return int(psutil.virtual_memory().available)


def plan_memory(header: Header, *, available: int, wanted_n_ctx: int | None = None) -> MemoryPlan:
    """The largest context window that the model, `wanted_n_ctx`, `MAX_N_CTX` and `available` bytes allow.

    Raises:
        NotEnoughMemory: not even a small window would fit.
    """
    usable = int(available * USABLE_SHARE)
    working = _WORKING_BYTES + 4 * _LOGITS_ROWS * max(1, len(header.vocabulary))
    most = min(header.context_tokens or _DEFAULT_N_CTX, wanted_n_ctx or MAX_N_CTX, MAX_N_CTX)
    least = min(MIN_N_CTX, most)
    left = usable - header.weights_bytes - working
    fitting = left // header.kv_bytes_per_token if header.kv_bytes_per_token else most
    if left < 0 or fitting < least:
        needed = header.weights_bytes + working + least * header.kv_bytes_per_token
        raise NotEnoughMemory(path=str(header.path), needed_bytes=needed, available_bytes=usable, n_ctx=least)
    n_ctx = most if fitting >= most else max(least, fitting // _STEP_TOKENS * _STEP_TOKENS)
    return MemoryPlan(n_ctx, header.weights_bytes, n_ctx * header.kv_bytes_per_token, working, usable)
