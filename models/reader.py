"""The reader: a small cross-encoder in ONNX format that reads a question with a passage and points at the answer.

It reads each passage by itself, several side by side on a thread each: without padding that is quicker than a batch,
and by a fifth (on two cores) than one passage on all of them, and what it says of a passage does not depend on the
others. It chooses no span and sets no threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from models.errors import ModelLoadError, ReadingFailed
from models.onnx_session import Session, open_session, open_tokenizer, tokenisable
from models.threads import physical_cores

Logits = npt.NDArray[np.float32]

MAX_TOKENS = 320
# What the reader was trained with; a title is there to say what a passage is about, and its first words do that.
MAX_QUESTION_TOKENS = 40
MAX_TITLE_TOKENS = 12
_HEADS = 3  # start, end, evidence


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the reader sees in one passage, in logits, for each of the n tokens it read.

    `offsets` (int32, (n, 2)) are code points into the passage's text. `start` and `end` (float32, (n,)) say where the
    answer begins and ends, inclusive; `evidence` (float32, (n,)) which tokens belong to the sentence that holds it.
    `no_answer` is the same sum of start and end for "not here"; `answerable` is above 0 where the answer is here.
    """

    offsets: npt.NDArray[np.int32]
    start: Logits
    end: Logits
    evidence: Logits
    no_answer: float
    answerable: float


class OnnxReader:
    """Reads passages beside a question. `name` should identify the weights. Calls may overlap.

    Raises:
        ModelLoadError: a file is missing or broken, or the model is of another shape.
    """

    def __init__(
        self,
        model_path: Path,
        tokenizer_path: Path,
        *,
        name: str,
        n_threads: int | None = None,
        opening: Callable[[Path, int], Session] = open_session,
    ) -> None:
        self.name = name
        self.max_tokens = MAX_TOKENS
        self._tokenizer = open_tokenizer(tokenizer_path)
        # A passage that spells a control token means its letters.
        self._tokenizer.encode_special_tokens = True
        self._first, self._separator = (_special(self._tokenizer, word, tokenizer_path) for word in ("[CLS]", "[SEP]"))
        self._n_threads = n_threads or physical_cores()
        self._session = opening(model_path, 1)
        _check_shape(self._session, model_path)

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text), in the order given; a text is cut where `max_tokens` are full.

        Raises:
            ReadingFailed: ONNX Runtime could not go on.
        """
        asked = self._ids([question])[0][:MAX_QUESTION_TOKENS]
        titles = self._ids([title for title, _ in passages])
        texts = self._tokenizer.encode_batch(
            [tokenisable(text, MAX_TOKENS) for _, text in passages], add_special_tokens=False
        )

        def read(place: int) -> Reading:
            return self._reading(asked, titles[place][:MAX_TITLE_TOKENS], texts[place].ids, texts[place].offsets)

        # The longest first, so that at the end no thread waits long for another.
        longest_first = sorted(range(len(texts)), key=lambda place: -len(texts[place].ids))
        with ThreadPoolExecutor(self._n_threads) as threads:
            readings = dict(zip(longest_first, threads.map(read, longest_first), strict=True))
        return [readings[place] for place in range(len(texts))]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        clean = [tokenisable(text, MAX_TOKENS) for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)]

    def _reading(
        self, asked: Sequence[int], title: Sequence[int], text: Sequence[int], offsets: Sequence[tuple[int, int]]
    ) -> Reading:
        head = [self._first, *asked, self._separator]
        before = [*head, *title, self._separator]
        kept = text[: MAX_TOKENS - len(before) - 1]
        ids = [*before, *kept, self._separator]
        tokens, whole = self._run(ids, n_question_tokens=len(head))
        inside = tokens[len(before) : len(before) + len(kept)]
        return Reading(
            offsets=np.array(offsets[: len(kept)], dtype=np.int32).reshape(-1, 2),
            start=inside[:, 0],
            end=inside[:, 1],
            evidence=inside[:, 2],
            no_answer=float(tokens[0, 0] + tokens[0, 1]),
            answerable=whole,
        )

    def _run(self, ids: Sequence[int], n_question_tokens: int) -> tuple[Logits, float]:
        types = [0] * n_question_tokens + [1] * (len(ids) - n_question_tokens)
        feed = {"input_ids": np.array([ids], dtype=np.int64), "token_type_ids": np.array([types], dtype=np.int64)}
        try:
            tokens, whole = self._session.run(["tokens", "whole"], feed)
        except Exception as exc:  # ONNX Runtime's own exceptions have no base of their own
            raise ReadingFailed(name=self.name, reason=str(exc)[:200]) from exc
        return tokens[0], float(whole[0])


def _special(tokenizer: Tokenizer, word: str, path: Path) -> int:
    number = tokenizer.token_to_id(word)
    if number is None:
        raise ModelLoadError(path=str(path), reason=f"its vocabulary has no {word}")
    return int(number)


def _check_shape(session: Session, model_path: Path) -> None:
    inputs = {given.name for given in session.get_inputs()}
    outputs = {given.name: given.shape for given in session.get_outputs()}
    tokens = outputs.get("tokens", ())
    if inputs != {"input_ids", "token_type_ids"} or "whole" not in outputs or tuple(tokens[-1:]) != (_HEADS,):
        raise ModelLoadError(path=str(model_path), reason="it is no reader of passages")
