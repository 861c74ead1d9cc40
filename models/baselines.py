"""The barest loops over llama.cpp and ONNX Runtime that do the engines' work: what a benchmark compares with.

They check nothing, share no code with the engines but the making of batches, and serve no user.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import llama_cpp.llama_cpp as lib
import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from models.embedding import batches

_quiet = lib.llama_log_callback(lambda _level, _text, _user: None)


@dataclass(frozen=True, slots=True)
class LoopTimes:
    """The tokens written and the times of a bare loop."""

    tokens: tuple[int, ...]
    prefill_ms: float
    decode_ms: float


def bare_llama_loop(
    path: Path, prompt: Sequence[int], *, max_tokens: int, n_ctx: int, n_threads: int, n_runs: int = 1
) -> list[LoopTimes]:
    """Load a model, then read the prompt and write greedily, `n_runs` times from nothing; loading is not timed."""
    lib.llama_log_set(_quiet, None)
    model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
    params = lib.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch = n_ctx, 512, 512
    params.n_threads = params.n_threads_batch = n_threads
    context = lib.llama_init_from_model(model, params)
    times = [_run(model, context, prompt, max_tokens) for _ in range(n_runs)]
    lib.llama_free(context)
    lib.llama_model_free(model)
    return times


def _run(model: int, context: int, prompt: Sequence[int], max_tokens: int) -> LoopTimes:
    vocabulary = lib.llama_model_get_vocab(model)
    lib.llama_memory_clear(lib.llama_get_memory(context), False)
    sampler = lib.llama_sampler_init_greedy()
    tokens = (lib.llama_token * len(prompt))(*prompt)
    one = (lib.llama_token * 1)()
    begun_s = time.perf_counter()
    for start in range(0, len(prompt), 512):
        part = (lib.llama_token * len(tokens[start : start + 512]))(*tokens[start : start + 512])
        lib.llama_decode(context, lib.llama_batch_get_one(part, len(part)))
    read_s = time.perf_counter()
    written: list[int] = []
    while len(written) < max_tokens:
        token = lib.llama_sampler_sample(sampler, context, -1)
        if lib.llama_vocab_is_eog(vocabulary, token):
            break
        written.append(token)
        one[0] = token
        lib.llama_decode(context, lib.llama_batch_get_one(one, 1))
    ended_s = time.perf_counter()
    lib.llama_sampler_free(sampler)
    return LoopTimes(tuple(written), (read_s - begun_s) * 1000, (ended_s - read_s) * 1000)


class BareOnnx:
    """A session of ONNX Runtime and nothing else: no checks, no pooling."""

    def __init__(self, path: Path, *, n_threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._has_types = "token_type_ids" in {given.name for given in self._session.get_inputs()}

    def run_s(self, token_ids: Sequence[npt.NDArray[np.int64]], masks: Sequence[npt.NDArray[np.int64]]) -> float:
        """Seconds for batches that are tokenised and padded already."""
        begun_s = time.perf_counter()
        for ids, mask in zip(token_ids, masks, strict=True):
            types = {"token_type_ids": np.zeros_like(ids)} if self._has_types else {}
            self._session.run(None, {"input_ids": ids, "attention_mask": mask, **types})
        return time.perf_counter() - begun_s


Batches = list[npt.NDArray[np.int64]]


def open_tokenizer(path: Path, max_tokens: int) -> Tokenizer:
    """A tokenizer that cuts at `max_tokens` and does not pad."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def prepare_batches(tokenizer: Tokenizer, texts: Sequence[str]) -> tuple[Batches, Batches]:
    """Token ids and masks, int64 (n, n_tokens), in the batches that the embedder makes, tokenised and padded."""
    rows = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    ids: Batches = []
    masks: Batches = []
    for places in batches([len(row) for row in rows]):
        longest = max(len(rows[place]) for place in places)
        ids.append(np.array([rows[place] + [0] * (longest - len(rows[place])) for place in places], dtype=np.int64))
        masks.append(np.array([[n < len(rows[place]) for n in range(longest)] for place in places], dtype=np.int64))
    return ids, masks
