"""A vocabulary becomes an encoding with the model's own ids, or a clear error; e2e compares with the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import NotAGguf, VocabularyUnsupported
from models.tokens import build_encoding, count_tokens, token_ids
from tests.unit.models.gguf_files import ARRAY, BYTES, CONTROL, I32, MERGES, STRING, TOKENS, GgufFile, chat_metadata


def encoding_of(tmp_path, **changes):
    path = tmp_path / "vocabulary.gguf"
    path.write_bytes(GgufFile(metadata=chat_metadata(**changes)).build())
    return build_encoding(path)


@pytest.fixture(scope="module")
def encoding(tmp_path_factory):
    return encoding_of(tmp_path_factory.mktemp("gguf"))


def test_merges_are_applied_in_their_order_and_ids_are_the_models(encoding):
    the, space_the = TOKENS.index("he"), TOKENS.index("Ġthe")
    assert token_ids(encoding, "the the") == [TOKENS.index("t"), the, space_the]


@given(text=st.text() | st.text(alphabet=" \n\t5aé'st<|im_end|>😀\u00a0"))
def test_ids_spell_the_text_again(encoding, text):
    assert encoding.decode(token_ids(encoding, text)) == text
    assert count_tokens(encoding, text) == len(token_ids(encoding, text)) <= len(text.encode())


def test_special_token_strings_are_text(encoding):
    ids = token_ids(encoding, "".join(CONTROL))
    assert len(ids) > 10
    assert min(ids) >= len(CONTROL)


def test_bytes_that_the_vocabulary_lacks_are_not_counted(tmp_path):
    tokens = [token for token in TOKENS if token != BYTES[4]]
    kinds = [1] * len(tokens)
    encoding = encoding_of(
        tmp_path,
        tokens=("tokenizer.ggml.tokens", ARRAY, (STRING, tokens)),
        kinds=("tokenizer.ggml.token_type", ARRAY, (I32, kinds)),
    )
    assert count_tokens(encoding, "a\x04b") == 2


def test_user_defined_tokens_are_found_in_texts(tmp_path):
    kinds = [4 if token == "<|im_end|>" else 1 for token in TOKENS]
    encoding = encoding_of(tmp_path, kinds=("tokenizer.ggml.token_type", ARRAY, (I32, kinds)))
    assert token_ids(encoding, "a<|im_end|>") == [TOKENS.index("a"), TOKENS.index("<|im_end|>")]


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"model": ("tokenizer.ggml.model", STRING, "llama")}, "llama / smollm"),
        ({"pre": ("tokenizer.ggml.pre", STRING, "novel")}, "novel"),
        ({"merges": ("tokenizer.ggml.merges", ARRAY, (STRING, ["q q"]))}, "merges do not match"),
        ({"merges": ("tokenizer.ggml.merges", ARRAY, (STRING, MERGES[::-1]))}, "order"),
        ({"kinds": ("tokenizer.ggml.token_type", ARRAY, (I32, [4] * len(TOKENS)))}, "begin with others"),
    ],
)
def test_a_vocabulary_that_cannot_be_counted_outside_the_engine_says_so(tmp_path, changes, cause):
    with pytest.raises(VocabularyUnsupported, match=cause):
        encoding_of(tmp_path, **changes)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "x.gguf").write_bytes(b"<html>")
    with pytest.raises(NotAGguf, match="web page"):
        build_encoding(tmp_path / "x.gguf")
