"""The one door to llama.cpp: a loaded GGUF model with one context, in the few operations that the engines need.

It judges no file (see gguf), plans no memory (see memory) and knows no chat. Not thread-safe, except `abort`'s callback
and the tokenizer. A crash in native code ends the process; whoever cares runs it in a child.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as lib
import numpy as np
import numpy.typing as npt

from models.errors import GenerationError, GrammarRejected, ModelLoadError

N_BATCH = 512
_ABORTED = 2
_LOG_ERROR = 3
_TOP_K, _TOP_P, _MIN_P = 40, 0.95, 0.05

Logits = npt.NDArray[np.float32]


class LlamaContext:
    """A model and its context in memory, freed by `close` or with the object.

    `should_abort` is asked during long computations (from the computing thread, many times a second); when it says
    yes, `decode` returns False soon. With `embeds` it gives embeddings, pooled as the model says or by `pools_mean`.

    Raises:
        ModelLoadError: llama.cpp refused the file or could not reserve the memory; the reason is its own.
    """

    def __init__(
        self,
        path: Path,
        *,
        n_ctx: int,
        n_threads: int,
        should_abort: Callable[[], bool] | None = None,
        embeds: bool = False,
        pools_mean: bool = False,
    ) -> None:
        with _collected_errors() as complaints:
            lib.llama_backend_init()
            self._model = lib.llama_model_load_from_file(str(path).encode(), lib.llama_model_default_params())
            if not self._model:
                raise ModelLoadError(path=str(path), reason=_complaint(complaints))
            params = _context_params(n_ctx, n_threads)
            params.embeddings = embeds
            if pools_mean:
                params.pooling_type = lib.LLAMA_POOLING_TYPE_MEAN
            self._context = lib.llama_init_from_model(self._model, params)
            if not self._context:
                lib.llama_model_free(self._model)
                raise ModelLoadError(path=str(path), reason=_complaint(complaints))
        self._close = weakref.finalize(self, _free, self._context, self._model)
        self._vocabulary = lib.llama_model_get_vocab(self._model)
        self._memory = lib.llama_get_memory(self._context)
        self._piece = ctypes.create_string_buffer(256)
        self._one_token = (lib.llama_token * 1)()
        self.n_ctx = int(lib.llama_n_ctx(self._context))
        self.n_vocabulary = int(lib.llama_vocab_n_tokens(self._vocabulary))
        self.dimension = int(lib.llama_model_n_embd_out(self._model))
        self.bos_token = int(lib.llama_vocab_bos(self._vocabulary))
        self.eos_token = int(lib.llama_vocab_eos(self._vocabulary))
        self.adds_bos = bool(lib.llama_vocab_get_add_bos(self._vocabulary))
        # ctypes frees a callback with its object, so both live as long as the context.
        self._abort_callback = lib.ggml_abort_callback(lambda _: should_abort is not None and should_abort())
        self._no_callback = lib.ggml_abort_callback()

    def close(self) -> None:
        """Free the memory; nothing may be called afterwards."""
        self._close()

    def tokenize(self, text: str, *, special: bool, adds_ends: bool = False) -> list[int]:
        """The tokens of a text; control tokens are recognised only where `special`."""
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 8
        tokens = (lib.llama_token * room)()
        n_tokens = lib.llama_tokenize(self._vocabulary, encoded, len(encoded), tokens, room, adds_ends, special)
        if n_tokens < 0:
            raise GenerationError(reason="its vocabulary makes more tokens of a text than the text has bytes")
        return list(tokens[:n_tokens])

    def piece(self, token: int) -> bytes:
        """The bytes of a token as they appear in a text; none for control tokens."""
        n_bytes = lib.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
        if n_bytes < 0:
            self._piece = ctypes.create_string_buffer(-n_bytes)
            n_bytes = lib.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
        return self._piece.raw[:n_bytes]

    def spelling(self, token: int) -> str:
        """A token as the vocabulary spells it, control tokens too; empty for a number below 0."""
        return "" if token < 0 else str(lib.llama_vocab_get_text(self._vocabulary, token).decode("utf-8", "replace"))

    def is_end(self, token: int) -> bool:
        return bool(lib.llama_vocab_is_eog(self._vocabulary, token))

    def is_control(self, token: int) -> bool:
        return bool(lib.llama_vocab_is_control(self._vocabulary, token))

    def listen(self, *, to_abort: bool) -> None:
        """Turn the abort callback on or off; it costs a little for every node of the computation."""
        callback = self._abort_callback if to_abort else self._no_callback
        lib.llama_set_abort_callback(self._context, callback, None)

    def decode(self, tokens: Sequence[int]) -> bool:
        """Read tokens after those already held, at most `N_BATCH` of them; False where it was aborted.

        After an abort, call `keep` before anything else.

        Raises:
            GenerationError: llama.cpp failed; the context may be used again after `keep`.
        """
        array = self._one_token if len(tokens) == 1 else (lib.llama_token * len(tokens))()
        array[:] = tokens
        code = lib.llama_decode(self._context, lib.llama_batch_get_one(array, len(tokens)))
        if code not in (0, _ABORTED):
            raise GenerationError(reason=f"llama.cpp could not go on (code {code})")
        return bool(code == 0)

    def keep(self, n_tokens: int) -> int:
        """Forget all but the first tokens; the number that is really kept, 0 for models that cannot go back."""
        if self._memory is None:
            return 0
        if n_tokens and lib.llama_memory_seq_rm(self._memory, 0, n_tokens, -1):
            return n_tokens
        lib.llama_memory_clear(self._memory, False)
        return 0

    def logits(self) -> Logits:
        """The logits after the last token read: float32, (n_vocabulary,), llama.cpp's own memory, to be read or edited.

        Valid until the next `decode`.
        """
        return np.ctypeslib.as_array(lib.llama_get_logits_ith(self._context, -1), (self.n_vocabulary,))

    def embedding(self) -> npt.NDArray[np.float32]:
        """The pooled embedding of what was read last: float32, (dimension,), not normalised, a copy."""
        pointer = lib.llama_get_embeddings_seq(self._context, 0) or lib.llama_get_embeddings_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, (self.dimension,)).copy()

    @contextmanager
    def sampler(self, *, temperature: float, seed: int, grammar: str | None) -> Iterator[Callable[[], int]]:
        """A function that chooses the next token from the logits; temperature 0 is greedy.

        Raises:
            GrammarRejected: the grammar (GBNF, beginning with `root`) cannot be read.
        """
        chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        try:
            if grammar is not None:
                lib.llama_sampler_chain_add(chain, self._grammar(grammar))
            for link in _sampling_links(temperature, seed):
                lib.llama_sampler_chain_add(chain, link)
            yield lambda: int(lib.llama_sampler_sample(chain, self._context, -1))
        finally:
            lib.llama_sampler_free(chain)

    def _grammar(self, grammar: str) -> Any:
        with _collected_errors() as complaints:
            link = lib.llama_sampler_init_grammar(self._vocabulary, grammar.encode(), b"root")
        if not link:
            raise GrammarRejected(reason=f"its grammar cannot be read ({_complaint(complaints)})")
        return link


def _context_params(n_ctx: int, n_threads: int) -> Any:
    params = lib.llama_context_default_params()
    params.n_ctx = n_ctx
    params.n_batch = params.n_ubatch = min(N_BATCH, n_ctx)
    params.n_threads = params.n_threads_batch = n_threads
    params.no_perf = True
    return params


def _sampling_links(temperature: float, seed: int) -> Iterator[Any]:
    if temperature <= 0:
        yield lib.llama_sampler_init_greedy()
        return
    yield lib.llama_sampler_init_top_k(_TOP_K)
    yield lib.llama_sampler_init_top_p(_TOP_P, 1)
    yield lib.llama_sampler_init_min_p(_MIN_P, 1)
    yield lib.llama_sampler_init_temp(temperature)
    yield lib.llama_sampler_init_dist(seed & 0xFFFFFFFF)


def _free(context: Any, model: Any) -> None:
    lib.llama_free(context)
    lib.llama_model_free(model)


# llama.cpp has one log for the whole process and would print it; this object must outlive every engine.
_silence = lib.llama_log_callback(lambda _level, _text, _user: None)


@contextmanager
def _collected_errors() -> Iterator[list[str]]:
    """Keep llama.cpp quiet, and collect what it complains about meanwhile."""
    complaints: list[str] = []

    def note(level: int, text: bytes, _user: object) -> None:
        line = (text or b"").decode("utf-8", "replace").strip()
        if level == _LOG_ERROR and line:
            complaints.append(line)

    listener = lib.llama_log_callback(note)
    lib.llama_log_set(listener, None)
    try:
        yield complaints
    finally:
        lib.llama_log_set(_silence, None)


def _complaint(complaints: Sequence[str]) -> str:
    """The first complaint is the cause; the later ones say that everything above it failed too."""
    if not complaints:
        return "llama.cpp gave no reason"
    return complaints[0].rpartition(": ")[2][:200] if len(complaints[0]) > 200 else complaints[0].rstrip(".")
