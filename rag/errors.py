"""The error tree of rag: each error takes facts by keyword and says one plain sentence.

RagError
 ├ SourceError              a file that cannot become a document; carries the FileState it ends in
 │  ├ UnreadableSource      cannot be opened, or its bytes make no sense
 │  ├ UnsupportedFormat     no reader for it
 │  ├ NoTextLayer           pictures of text; OCR could read them
 │  ├ EncryptedSource       protected by a password
 │  └ EmptySource           nothing to quote in it
 ├ StoreError               the library's database
 │  ├ StoreUnavailable      cannot be opened or written (missing right, full disk, damage)
 │  └ StoreTooNew           written by a newer Seedbook
 ├ IndexUnavailable         Chroma cannot serve; exact search can
 └ QuestionTooLong          does not fit the context window
"""

from __future__ import annotations

from typing import Any

from rag.types import FileState


def _rebuild(kind: type[RagError], facts: dict[str, Any]) -> RagError:
    return kind(**facts)


class RagError(Exception):
    """Base of every error that rag raises on purpose; str() is a sentence for a person; survives pickling."""

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self._facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._facts)


class SourceError(RagError):
    """A file that cannot become a document; the rest of the batch goes on."""

    state = FileState.DAMAGED

    def __init__(self, *, path: str, reason: str) -> None:
        super().__init__(f"{path} could not be read: {reason}", path=path, reason=reason)
        self.path = path
        self.reason = reason


class UnreadableSource(SourceError):
    """The file cannot be opened, or its bytes make no sense as the format they claim."""


class UnsupportedFormat(SourceError):
    """There is no reader for this kind of file."""

    state = FileState.UNSUPPORTED


class NoTextLayer(SourceError):
    """The file holds pictures of text and no text."""

    state = FileState.NO_TEXT_LAYER


class EncryptedSource(SourceError):
    """The file cannot be read without its password."""

    state = FileState.ENCRYPTED


class EmptySource(SourceError):
    """The file holds no text that could be quoted."""

    state = FileState.EMPTY


class StoreError(RagError):
    """Something about the library's database."""


class StoreUnavailable(StoreError):
    """The library cannot be opened or written now; what was saved before is untouched."""

    def __init__(self, *, path: str, reason: str) -> None:
        super().__init__(f"The library at {path} cannot be used: {reason}", path=path, reason=reason)
        self.path = path
        self.reason = reason


class StoreTooNew(StoreError):
    """The database was written by a newer version, so nothing in it is touched."""

    def __init__(self, *, path: str, found: int, known: int) -> None:
        super().__init__(
            f"The library at {path} was written by a newer Seedbook (format {found}; this one knows {known}). "
            "Nothing was changed. Update Seedbook to open it.",
            path=path,
            found=found,
            known=known,
        )


class IndexUnavailable(RagError):
    """Chroma cannot serve now; exact search answers meanwhile."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"The search index is not ready: {reason}", reason=reason)


class QuestionTooLong(RagError):
    """The question alone leaves no room in the model's context window."""

    def __init__(self, *, n_tokens: int, limit_tokens: int) -> None:
        super().__init__(
            f"This question is too long for the model: {n_tokens} tokens, and it can take {limit_tokens}. "
            "Choose Edit question, shorten it and ask again.",
            n_tokens=n_tokens,
            limit_tokens=limit_tokens,
        )
