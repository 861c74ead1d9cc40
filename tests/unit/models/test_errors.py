"""Every error is a sentence and survives the way between processes."""

from __future__ import annotations

import inspect
import pickle

import pytest

from models import errors

FACTS = {
    "reason": "it is empty",
    "path": "folder/model.gguf",
    "model_id": "tiny",
    "expected": "a" * 64,
    "found": "b" * 64,
    "needed_bytes": 3 << 30,
    "available_bytes": 1 << 30,
    "n_ctx": 2048,
    "n_prompt_tokens": 9000,
    "name": "embedder",
}
KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.ModelError) and kind is not errors.ModelError
]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_is_a_sentence_and_survives_pickling(kind):
    wanted = inspect.signature(kind.__init__).parameters
    error = kind(**{name: FACTS[name] for name in wanted if name in FACTS})
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert str(error)[0].isupper() or str(error).startswith("model.gguf")
    assert str(error).endswith(".")
    assert {k: v for k, v in vars(again).items() if k != "_facts"} == {
        k: v for k, v in vars(error).items() if k != "_facts"
    }
