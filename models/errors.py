"""The error tree of models: each error takes facts by keyword and says one plain sentence.

ModelError
 ├ CatalogueError           the catalogue that comes with the program is damaged
 ├ ModelNotInstalled        no such model, or its file has gone
 ├ BundledModel             came with the program and cannot be removed
 ├ ShelfUnavailable         the folder that remembers added models cannot be read or written
 ├ ChecksumMismatch         the file is not the one that was promised
 ├ VocabularyUnsupported    its tokens cannot be counted outside the engine
 ├ EmbeddingFailed          the embedder could not finish
 ├ ReadingFailed            the reader of passages could not finish
 ├ ModelLoadError           the file cannot become an engine
 │  ├ NotAGguf              not a GGUF file, or a broken one
 │  ├ UnsuitableModel       a sound GGUF file that cannot do this work
 │  └ NotEnoughMemory       would not fit
 └ GenerationError          the chat model could not finish
    ├ ContextOverflow       the prompt does not fit the context window
    ├ GrammarRejected       the grammar cannot be read
    ├ TemplateFailed        the model's chat template refused the messages
    └ EngineBusy            it is still writing
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

_MEBIBYTE = 1 << 20


def _rebuild(kind: type[ModelError], facts: dict[str, Any]) -> ModelError:
    return kind(**facts)


def _file_name(path: str) -> str:
    return PurePath(path).name or path


def _mebibytes(n_bytes: int) -> str:
    return f"{max(1, round(n_bytes / _MEBIBYTE)):,} MiB"


class ModelError(Exception):
    """Base of every error that models raises on purpose; str() is a sentence for a person; survives pickling."""

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self._facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._facts)


class CatalogueError(ModelError):
    """The catalogue that comes with the program is damaged."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"The catalogue of models is damaged: {reason}. Your library is safe; install Seedbook again.",
            reason=reason,
        )


class ModelNotInstalled(ModelError):
    """There is no such model, or its file has gone."""

    def __init__(self, *, model_id: str, reason: str) -> None:
        super().__init__(f"The model {model_id} is not installed: {reason}.", model_id=model_id, reason=reason)
        self.model_id = model_id


class BundledModel(ModelError):
    """The model came with the program and cannot be removed from the shelf."""

    def __init__(self, *, model_id: str) -> None:
        super().__init__(
            f"The model {model_id} came with Seedbook and stays; only models that you added can be removed.",
            model_id=model_id,
        )


class ShelfUnavailable(ModelError):
    """The folder that remembers added models cannot be read or written; no model file is touched."""

    def __init__(self, *, path: str, reason: str) -> None:
        super().__init__(
            f"The list of added models at {path} cannot be used: {reason}. The models themselves are untouched.",
            path=path,
            reason=reason,
        )


class ChecksumMismatch(ModelError):
    """The file is not the one that was promised or added; it is not loaded."""

    def __init__(self, *, path: str, expected: str, found: str) -> None:
        super().__init__(
            f"{_file_name(path)} has changed or is damaged: its checksum is {found[:16]}… and should be "
            f"{expected[:16]}…. It was not loaded. Install it again, or remove and add it if you changed it yourself.",
            path=path,
            expected=expected,
            found=found,
        )
        self.path = path
        self.expected = expected
        self.found = found


class VocabularyUnsupported(ModelError):
    """The tokens of this vocabulary cannot be counted outside the engine."""

    def __init__(self, *, path: str, reason: str) -> None:
        super().__init__(
            f"Tokens of {_file_name(path)} cannot be counted without loading it: {reason}.", path=path, reason=reason
        )


class EmbeddingFailed(ModelError):
    """The embedder could not finish; nothing was stored."""

    def __init__(self, *, name: str, reason: str) -> None:
        super().__init__(f"The embedder {name} could not read the text: {reason}.", name=name, reason=reason)


class ReadingFailed(ModelError):
    """The reader of passages could not finish; the passages can be shown without it."""

    def __init__(self, *, name: str, reason: str) -> None:
        super().__init__(f"The reader {name} could not read the passages: {reason}.", name=name, reason=reason)


class ModelLoadError(ModelError):
    """The file cannot become an engine."""

    def __init__(self, *, path: str, reason: str) -> None:
        super().__init__(f"The model {_file_name(path)} cannot be loaded: {reason}.", path=path, reason=reason)
        self.path = path
        self.reason = reason


class NotAGguf(ModelLoadError):
    """The file is no GGUF file, or a broken one; the reason says in which way."""


class UnsuitableModel(ModelLoadError):
    """A sound GGUF file that cannot do the work it was chosen for."""


class NotEnoughMemory(ModelLoadError):
    """Not even a small context window would fit beside the weights."""

    def __init__(self, *, path: str, needed_bytes: int, available_bytes: int, n_ctx: int) -> None:
        ModelError.__init__(
            self,
            f"The model {_file_name(path)} does not fit into memory: it needs {_mebibytes(needed_bytes)} with a small "
            f"context window of {n_ctx:,} tokens, and {_mebibytes(available_bytes)} may be used now. "
            "Close other programs or choose a smaller model.",
            path=path,
            needed_bytes=needed_bytes,
            available_bytes=available_bytes,
            n_ctx=n_ctx,
        )
        self.path = path
        self.needed_bytes = needed_bytes
        self.available_bytes = available_bytes


class GenerationError(ModelError):
    """The chat model could not finish; it can be asked again."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"The chat model could not answer: {reason}.", reason=reason)
        self.reason = reason


class ContextOverflow(GenerationError):
    """The prompt does not fit the context window; `n_prompt_tokens` may be a lower bound for a huge text."""

    def __init__(self, *, n_prompt_tokens: int, n_ctx: int) -> None:
        ModelError.__init__(
            self,
            f"The prompt is too long for the model: {n_prompt_tokens:,} tokens, and its context window holds "
            f"{n_ctx:,}. Ask a shorter question or narrow the sources.",
            n_prompt_tokens=n_prompt_tokens,
            n_ctx=n_ctx,
        )
        self.n_prompt_tokens = n_prompt_tokens
        self.n_ctx = n_ctx


class GrammarRejected(GenerationError):
    """The grammar cannot be read."""


class TemplateFailed(GenerationError):
    """The model's own chat template refused the messages or took too long."""


class EngineBusy(GenerationError):
    """A generation is still running; the engine does one at a time."""

    def __init__(self) -> None:
        ModelError.__init__(self, "The chat model is still writing; stop it first, or wait until it has finished.")
