"""Times the engines beside the barest loops over the same libraries, turn by turn in one process; runs in a child."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from desktop_app.engine_comparison import Comparison
from desktop_app.engine_embedder import open_embedder
from desktop_app.paths import AppPaths
from models.baselines import bare_llama_loop, bare_onnx_loop, prepare_batches
from models.catalogue import Role
from models.chat import LlamaChat
from models.shelf import Shelf
from models.threads import physical_cores
from rag.prompting import PromptMessage

_N_CTX = 2048


class EngineBench:
    """Each method compares one engine with its bare loop; rounds alternate, because machines are noisy."""

    def __init__(self, paths: AppPaths) -> None:
        self._paths = paths
        self._shelf = Shelf(paths.models)

    def chat(self, prompt: str, max_tokens: int, n_rounds: int) -> Comparison:
        """Read a prompt and write greedily: LlamaChat and a bare llama.cpp loop over the same tokens."""
        path = self._shelf.default(Role.CHAT).path
        ours_ms, bare_ms = [], []
        messages = (PromptMessage("user", prompt),)
        for _ in range(n_rounds):
            with LlamaChat(path, n_ctx=_N_CTX) as chat:
                tokens = [token for section in chat.sections(messages) for token in section]
                n_threads = chat.n_threads
                begun_s = time.perf_counter()
                for _ in chat.stream(messages, max_tokens=max_tokens, temperature=0.0, seed=1):
                    pass
                ours_ms.append((time.perf_counter() - begun_s) * 1000)
            loop = bare_llama_loop(path, tokens, max_tokens=max_tokens, n_ctx=_N_CTX, n_threads=n_threads)[0]
            bare_ms.append(loop.prefill_ms + loop.decode_ms)
        return _comparison(f"LlamaChat, {len(tokens)} + {max_tokens} tokens", ours_ms, bare_ms)

    def embedder(self, texts: Sequence[str], n_rounds: int) -> Comparison:
        """Embed passages: OnnxEmbedder, tokenising and pooling included, and ONNX Runtime over the same batches."""
        embedder = open_embedder(self._paths)
        model = self._shelf.default(Role.EMBEDDER)
        if model.tokenizer_path is None:
            raise ValueError(f"the catalogue names no tokenizer for {model.id}")
        ids, masks = prepare_batches(model.tokenizer_path, texts, embedder.max_tokens)
        ours_ms, bare_ms = [], []
        for _ in range(n_rounds):
            begun_s = time.perf_counter()
            embedder.embed(texts)
            ours_ms.append((time.perf_counter() - begun_s) * 1000)
            bare_s = bare_onnx_loop(model.path, ids, masks, n_threads=physical_cores())[0]
            bare_ms.append(bare_s * 1000)
        return _comparison(f"OnnxEmbedder, {len(texts)} passages", ours_ms, bare_ms)


def _comparison(what: str, ours_ms: Sequence[float], bare_ms: Sequence[float]) -> Comparison:
    ratio = statistics.median(ours / bare for ours, bare in zip(ours_ms, bare_ms, strict=True))
    return Comparison(what, len(ours_ms), statistics.median(ours_ms), statistics.median(bare_ms), ratio)
