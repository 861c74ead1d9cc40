"""The border to ONNX Runtime and its tokenizer: opens both, on the processor only, for the engines that need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from models.errors import ModelLoadError

# No token of use is longer, so a longer text is cut before it is tokenised; that keeps a text of megabytes fast.
_MAX_CHARS_PER_TOKEN = 128


class Session(Protocol):
    """What the engines use of an onnxruntime.InferenceSession."""

    def get_inputs(self) -> Sequence[Any]: ...

    def get_outputs(self) -> Sequence[Any]: ...

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, npt.NDArray[np.int64]]) -> Any: ...


def open_session(model_path: Path, n_threads: int) -> Session:
    """An ONNX Runtime session on the processor with so many threads.

    Raises:
        ModelLoadError: the file is missing, or no model that ONNX Runtime can read.
    """
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session: Session = onnxruntime.InferenceSession(str(model_path), options, providers=["CPUExecutionProvider"])
    except Exception as exc:  # ONNX Runtime's own exceptions have no base of their own
        reason = "there is no such file" if not model_path.is_file() else "it is damaged or no ONNX model"
        raise ModelLoadError(path=str(model_path), reason=reason) from exc
    return session


def open_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer that neither pads nor cuts.

    Raises:
        ModelLoadError: the file is missing or no tokenizer.
    """
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as exc:  # tokenizers raises plain Exception
        reason = "there is no such file" if not path.is_file() else "it is damaged or no tokenizer"
        raise ModelLoadError(path=str(path), reason=reason) from exc
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def tokenisable(text: str, max_tokens: int) -> str:
    """The beginning of a text that so many tokens can come from, character for character; a lone surrogate is a `?`."""
    return text[: max_tokens * _MAX_CHARS_PER_TOKEN].encode("utf-8", "replace").decode("utf-8")
