"""Times the engines beside the barest loops over the same libraries, turn by turn in one process; runs in a child."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from desktop_app.engine_comparison import Comparison, SearchFigures, compared, in_turn
from desktop_app.engine_embedder import open_embedder
from desktop_app.engine_reading_bench import compare_reading
from desktop_app.engine_search_bench import compare_search
from desktop_app.paths import AppPaths
from models.baselines import BareOnnx, Batches, bare_llama_loop, open_tokenizer, prepare_batches
from models.catalogue import Role
from models.chat import LlamaChat
from models.embedding import MAX_TOKENS
from models.shelf import Shelf
from models.threads import physical_cores
from rag.prompting import PromptMessage

_N_CTX = 2048
_BARE_LLAMA = "llama.cpp, greedy loop"
_BARE_ONNX = "ONNX Runtime, tokenised and padded before"


class EngineBench:
    """Each method compares one engine with its bare loop; turns alternate, because machines are noisy."""

    def __init__(self, paths: AppPaths) -> None:
        self._paths = paths
        self._shelf = Shelf(paths.models)
        embedder = self._shelf.default(Role.EMBEDDER)
        if embedder.tokenizer_path is None:
            raise ValueError(f"the catalogue names no tokenizer for {embedder.id}")
        self._tokenizer = open_tokenizer(embedder.tokenizer_path, MAX_TOKENS)
        self._bare_onnx = BareOnnx(embedder.path, n_threads=physical_cores())

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
        return compared(f"LlamaChat, {len(tokens)} + {max_tokens} tokens", _BARE_LLAMA, ours_ms, bare_ms)

    def embedder(self, texts: Sequence[str], n_rounds: int) -> Comparison:
        """Embed passages: OnnxEmbedder, tokenising and pooling included, and ONNX Runtime over the same batches."""
        embedder = open_embedder(self._paths)
        ids, masks = self._prepared(texts)
        ours_ms, bare_ms = [], []
        for turn in range(n_rounds):
            ours, bare = in_turn(turn, lambda: embedder.embed(texts), lambda: self._bare_onnx.run_s(ids, masks))
            ours_ms.append(ours)
            bare_ms.append(bare)
        return compared(f"OnnxEmbedder, {len(texts)} passages", _BARE_ONNX, ours_ms, bare_ms)

    def reading(self, folder: Path, n_rounds: int) -> tuple[Comparison, ...]:
        """See compare_reading."""
        return compare_reading(folder, n_rounds)

    def embed_bare(self, texts: Sequence[str]) -> float:
        """Seconds that ONNX Runtime takes for these texts, the embedding of an indexing and nothing else."""
        return self._bare_onnx.run_s(*self._prepared(texts))

    def search(
        self, library: AppPaths, questions: Sequence[str], n_warm: int, real_ids: Sequence[int]
    ) -> SearchFigures:
        """See compare_search; no other process may have the library's Chroma open."""
        prepared = {question: self._prepared([question]) for question in questions}

        def embed_bare(question: str) -> None:
            self._bare_onnx.run_s(*prepared[question])

        return compare_search(library, questions, n_warm, frozenset(real_ids), embed_bare)

    def _prepared(self, texts: Sequence[str]) -> tuple[Batches, Batches]:
        return prepare_batches(self._tokenizer, texts)
