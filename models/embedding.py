"""The default embedder: a sentence-embedding model in ONNX format, run by ONNX Runtime on the processor.

Texts are sorted by length and read in batches of similar length. It knows no documents and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding

from models.errors import EmbeddingFailed, ModelLoadError
from models.onnx_session import Session, open_session, open_tokenizer, tokenisable
from models.threads import physical_cores

Embeddings = npt.NDArray[np.float32]

MAX_TOKENS = 256
# Larger batches are no faster, for they outgrow the cache; they cost more padding, memory and time until a step ends.
BATCH_TOKENS = 1_024
_TOKENISED_TEXTS = 1_024  # tokenised at a time, so that a long list costs no memory of its own


class OnnxEmbedder:
    """Makes embeddings by masked mean pooling over a model's last hidden state (Reimers and Gurevych, 2019).

    `name` should identify the weights. Not thread-safe towards `close`, otherwise calls may overlap.

    Raises:
        ModelLoadError: a file is missing or broken, or the model is of another shape.
    """

    def __init__(self, model_path: Path, tokenizer_path: Path, *, name: str, n_threads: int | None = None) -> None:
        self.name = name
        self.max_tokens = MAX_TOKENS
        self._tokenizer = open_tokenizer(tokenizer_path)
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._session = open_session(model_path, n_threads or physical_cores())
        self._inputs = {given.name for given in self._session.get_inputs()}
        self.dimension = _dimension(self._session, model_path)

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """float32, (len(texts), dimension), in the order given, rows of length 1; a text is cut at `max_tokens`.

        Raises:
            EmbeddingFailed: ONNX Runtime could not go on.
        """
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        for places, embeddings in self.embed_in_steps(texts):
            rows[places] = embeddings
        return rows

    def embed_in_steps(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Embeddings]]:
        """The same rows, a batch at a time with their places in `texts`; raises as `embed`."""
        for start in range(0, len(texts), _TOKENISED_TEXTS):
            ids = [encoding.ids for encoding in self._tokenise(texts[start : start + _TOKENISED_TEXTS])]
            for places in batches([len(one) for one in ids]):
                yield [start + place for place in places], self._pooled(*_padded([ids[place] for place in places]))

    def _tokenise(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch_fast([tokenisable(text, MAX_TOKENS) for text in texts])

    def _pooled(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Embeddings:
        feeds = {"input_ids": ids, "attention_mask": mask}
        if "token_type_ids" in self._inputs:
            feeds["token_type_ids"] = np.zeros_like(ids)
        try:
            hidden = self._session.run(None, feeds)[0]
        except Exception as exc:  # ONNX Runtime's own exceptions have no base of their own
            raise EmbeddingFailed(name=self.name, reason=str(exc)[:200]) from exc
        return pool(hidden, mask)


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Groups of places of similar length, at most `BATCH_TOKENS` tokens each once padded; longest first."""
    places: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if places and lengths[places[0]] * (len(places) + 1) > BATCH_TOKENS:
            yield places
            places = []
        places.append(place)
    if places:
        yield places


def pool(hidden: Embeddings, mask: npt.NDArray[np.int64]) -> Embeddings:
    """The mean of the hidden states (n, n_tokens, dimension) where the mask (n, n_tokens) is 1, rows of length 1."""
    weights = mask.astype(np.float32)
    means = np.einsum("ntd,nt->nd", hidden, weights) / weights.sum(axis=1, keepdims=True)
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), dtype=np.float32)


def _padded(ids: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    width = max(map(len, ids))
    padded = np.zeros((len(ids), width), dtype=np.int64)
    mask = np.zeros((len(ids), width), dtype=np.int64)
    for row, numbers in enumerate(ids):
        padded[row, : len(numbers)] = numbers
        mask[row, : len(numbers)] = 1
    return padded, mask


def _dimension(session: Session, model_path: Path) -> int:
    shape = session.get_outputs()[0].shape
    if len(shape) != 3 or not isinstance(shape[2], int):
        raise ModelLoadError(path=str(model_path), reason="it does not give an embedding for each token")
    return int(shape[2])
