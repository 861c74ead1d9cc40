"""An embedder made from a GGUF file by llama.cpp, for models that exist in no other format; slower than ONNX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import EmbeddingFailed, GenerationError
from models.gguf import check_architecture, read_header
from models.llama import N_BATCH, LlamaContext
from models.memory import available_bytes, plan_memory
from models.threads import physical_cores

_MAX_CHARS_PER_TOKEN = 128


class GgufEmbedder:
    """Makes embeddings one text at a time, pooled as the model asks for, else by the mean. One call at a time.

    Raises:
        NotAGguf, UnsuitableModel: the file is broken or of an unknown kind.
        NotEnoughMemory: it does not fit.
        ModelLoadError: llama.cpp refused it.
    """

    def __init__(self, path: Path, *, name: str | None = None, n_threads: int | None = None) -> None:
        header = read_header(path)
        check_architecture(header)
        plan = plan_memory(header, available=available_bytes(), wanted_n_ctx=N_BATCH)
        self._context = LlamaContext(
            path,
            n_ctx=plan.n_ctx,
            n_threads=n_threads or physical_cores(),
            embeds=True,
            pools_mean=not header.integer(f"{header.architecture}.pooling_type"),
        )
        self.name = name or header.text("general.name") or path.stem
        self.dimension = self._context.dimension
        self.max_tokens = min(N_BATCH, self._context.n_ctx)

    def close(self) -> None:
        """Free the memory; the object cannot be used afterwards."""
        self._context.close()

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """float32, (len(texts), dimension), in the order given, rows of length 1; a text is cut at `max_tokens`.

        Raises:
            EmbeddingFailed: llama.cpp could not go on.
        """
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            rows[row] = self._embed_one(text)
        return rows

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[list[int], npt.NDArray[np.float32]]]:
        """The same rows, one at a time with its place in `texts`; raises as `embed`."""
        for place, text in enumerate(texts):
            yield [place], self._embed_one(text)[np.newaxis]

    def _embed_one(self, text: str) -> npt.NDArray[np.float32]:
        self._context.keep(0)
        try:
            self._context.decode(self._tokens(text))
        except GenerationError as exc:
            raise EmbeddingFailed(name=self.name, reason=exc.reason) from exc
        embedding = self._context.embedding()
        length = np.linalg.norm(embedding)
        if not np.isfinite(length) or length == 0:
            raise EmbeddingFailed(name=self.name, reason="its numbers make no sense")
        return np.asarray(embedding / length, dtype=np.float32)

    def _tokens(self, text: str) -> list[int]:
        tokens = self._context.tokenize(text[: self.max_tokens * _MAX_CHARS_PER_TOKEN], special=False, adds_ends=True)
        if len(tokens) > self.max_tokens:
            last = tokens[-1]
            tokens = tokens[: self.max_tokens]
            if self._context.is_control(last):
                tokens[-1] = last
        return tokens or [max(self._context.bos_token, self._context.eos_token, 0)]
