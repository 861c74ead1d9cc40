"""Tells which language a text is written in; the home of py3langid, whose model comes with its package."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from py3langid.langid import LanguageIdentifier

from rag.types import Span

_MODEL = "data/model.npz.xz"
_LEAST_LETTERS = 40
_NO_LANGUAGE = frozenset({"und", "zxx"})
"""Not to be told, and no language at all."""
_SAMPLE_CHARS = 3_000
_LEAST_CHANCE = 0.6
"""Lists of names, numbers or code get some language too, with a chance below 0.1; a sentence has 0.87 or more."""


class LanguageTeller:
    """The first text takes half a second and some 20 MB, for the model is loaded then; others take milliseconds."""

    @cached_property
    def _identifier(self) -> LanguageIdentifier:
        return LanguageIdentifier.from_model_file(_MODEL, norm_probs=True, min_confidence=_LEAST_CHANCE)

    def language_of(self, text: str, excluded: Sequence[Span] = ()) -> str | None:
        """The ISO 639 code of a text by its first 3,000 characters outside `excluded`; None where it is not clear."""
        sample = "".join(_kept(text, excluded))[:_SAMPLE_CHARS]
        if sum(character.isalpha() for character in sample) < _LEAST_LETTERS:
            return None
        code: str = self._identifier.classify(sample.encode("utf-8", "replace"))[0]
        return None if code in _NO_LANGUAGE else code


def _kept(text: str, excluded: Sequence[Span]) -> Iterator[str]:
    start = 0
    for span in excluded:
        yield text[start : min(span.start, start + _SAMPLE_CHARS)]
        start = span.end
    yield text[start : start + _SAMPLE_CHARS]
