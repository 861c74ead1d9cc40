"""Every kind of wrong or hostile file gets an error that names the cause, quickly and in little memory."""

from __future__ import annotations

import pickle
import random
import struct
import time
import tracemalloc
import zipfile

import pytest

from models import gguf
from models.errors import ModelLoadError, NotAGguf, UnsuitableModel
from models.gguf import check_chat, read_header
from tests.unit.models import gguf_files as files
from tests.unit.models.gguf_files import ARRAY, BOOL, I32, STRING, U8, U32, U64, GgufFile, chat_metadata

SOUND = GgufFile().build()


def write(tmp_path, content):
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    return path


def with_metadata(**changes):
    return GgufFile(metadata=chat_metadata(**changes)).build()


def test_a_sound_header_is_read(tmp_path):
    header = read_header(write(tmp_path, SOUND))
    check_chat(header)
    assert (header.architecture, header.n_layers, header.context_tokens, header.version) == ("llama", 2, 2048, 3)
    assert header.vocabulary == tuple(files.TOKENS)
    assert header.integers("tokenizer.ggml.token_type")[:4] == (3, 3, 3, 1)
    assert [(t.name, t.shape, t.quantisation, t.n_bytes) for t in header.tensors] == [
        ("token_embd.weight", (64, 8), "f32", 2048),
        ("w", (64, 4), "q4_1", 160),
    ]
    assert header.tensors[-1].offset_bytes + header.tensors[-1].n_bytes <= header.file_bytes == len(SOUND)


def test_keys_and_values_take_16_bits_for_each_layer_and_head(tmp_path):
    header = read_header(write(tmp_path, SOUND))
    assert header.kv_bytes_per_token == 2 * (16 + 16) * 2 * 2
    per_layer = ("llama.attention.head_count_kv", ARRAY, (I32, [2, 0]))
    assert read_header(write(tmp_path, with_metadata(kv_heads=per_layer))).kv_bytes_per_token == 2 * (16 + 16) * 2


def test_every_type_of_value_is_read(tmp_path):
    values = {
        0: 200,
        1: -3,
        2: 60000,
        3: -300,
        4: 1 << 31,
        5: -(1 << 30),
        6: 0.5,
        7: True,
        10: 1 << 63,
        11: -1,
        12: 0.25,
    }
    extra = [(f"x.{kind}", kind, value) for kind, value in values.items()]
    lists = [(f"y.{kind}", ARRAY, (kind, [value, value])) for kind, value in values.items()]
    header = read_header(write(tmp_path, GgufFile(metadata=chat_metadata() + extra + lists).build()))
    for kind, value in values.items():
        assert header.metadata[f"x.{kind}"] == value
        assert list(header.metadata[f"y.{kind}"]) == [value, value]


BROKEN = {
    "empty": (b"", "empty"),
    "magic only": (b"GGUF", "cut off"),
    "zip": (b"PK\x03\x04" + b"\0" * 60, "ZIP"),
    "web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "web page after blank lines": (b"\n\n  <html>", "web page"),
    "json": (b'{"error": "not found"}', "JSON"),
    "git lfs pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS"),
    "safetensors": (struct.pack("<Q", 64) + b'{"__metadata__":{}}', "safetensors"),
    "gzip": (b"\x1f\x8b\x08" + b"\0" * 60, "compressed"),
    "older ggml": (b"tjgg" + b"\0" * 60, "older format"),
    "pytorch": (b"\x80\x02\x8a\n" + b"\0" * 60, "PyTorch"),
    "zeroes": (b"\0" * 4096, "never finished"),
    "something else": (b"\x7fELF" + b"\0" * 60, "does not begin"),
    "version 0": (GgufFile(version=0).build(), "version 0"),
    "version 1": (GgufFile(version=1).build(), "version 1"),
    "version 99": (GgufFile(version=99).build(), "version 99"),
    "big-endian": (GgufFile(version=0x03000000).build(), "big-endian"),
    "cut in the metadata": (SOUND[:300], "cut off"),
    "cut by one byte of weights": (GgufFile(weights_bytes=2048 + 159).build(), "cut off"),
    "cut in half": (SOUND[: len(SOUND) // 2], "cut off"),
    "2^63 tensors": (GgufFile(n_tensors=1 << 63).build(), "tensors"),
    "2^63 keys": (GgufFile(n_keys=1 << 63).build(), "metadata entries"),
    "more keys than there are": (GgufFile(n_keys=50).build(), "metadata|cut off|key"),
    "key of 2^62 bytes": (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62), "key claims"),
    "key that is no text": (GgufFile(metadata=[(b"\xff\xfe", U8, 1)]).build(), "no text"),
    "string of 2^63 bytes": (with_metadata(name=("general.name", STRING, struct.pack("<Q", 1 << 63))), "cut off"),
    "array of 2^63 numbers": (with_metadata(x=("x", ARRAY, struct.pack("<IQ", U8, 1 << 63))), "items"),
    "array of 10^6 strings that are not there": (
        with_metadata(x=("x", ARRAY, struct.pack("<IQ", STRING, 10**6))),
        "cut off|damaged|metadata",
    ),
    "array of arrays": (with_metadata(x=("x", ARRAY, struct.pack("<IQ", ARRAY, 3))), "unknown type"),
    "unknown type": (with_metadata(x=("x", 77, b"")), "unknown type 77"),
    "duplicate key": (with_metadata(x=("general.name", STRING, "again")), "twice"),
    "empty key": (with_metadata(x=("", U8, 1)), "empty key"),
    "no architecture": (with_metadata(architecture=None), "general.architecture"),
    "architecture is a number": (with_metadata(architecture=("general.architecture", U32, 5)), "general.architecture"),
    "alignment 0": (with_metadata(x=("general.alignment", U32, 0)), "alignment"),
    "alignment 3": (with_metadata(x=("general.alignment", U32, 3)), "alignment"),
    "alignment 2^30": (with_metadata(x=("general.alignment", U32, 1 << 30)), "alignment"),
    "alignment is a text": (with_metadata(x=("general.alignment", STRING, "32")), "alignment"),
    "alignment is a truth value": (with_metadata(x=("general.alignment", BOOL, True)), "alignment"),
    "shape overflow": (GgufFile(tensors=[("w", [1 << 40, 1 << 40], 0, None)], weights_bytes=0).build(), "impossible"),
    "exabyte tensor": (GgufFile(tensors=[("w", [1 << 57], 0, None)], weights_bytes=4096).build(), "cut off"),
    "dimension of 0": (GgufFile(tensors=[("w", [64, 0], 0, None)]).build(), "dimension of 0"),
    "nine dimensions": (GgufFile(tensors=[("w", [1] * 9, 0, None)]).build(), "dimensions"),
    "half a block": (GgufFile(tensors=[("w", [33, 1], 3, None)]).build(), "rows"),
    "withdrawn type": (GgufFile(tensors=[("w", [32], 31, None)]).build(), "unknown type 31"),
    "type 4 billion": (GgufFile(tensors=[("w", [32], 0xFFFFFFFF, None)]).build(), "unknown type"),
    "tensor twice": (GgufFile(tensors=[("w", [8], 0, None), ("w", [8], 0, None)]).build(), "twice"),
    "tensors overlap": (GgufFile(tensors=[("v", [8], 0, None), ("w", [8], 0, 0)]).build(), "not where"),
    "offset outside": (GgufFile(tensors=[("w", [8], 0, 1 << 60)]).build(), "not where"),
    "tensor name too long": (GgufFile(tensors=[("w" * 64, [8], 0, None)]).build(), "tensor name claims"),
    "one part of a split model": (with_metadata(x=("split.count", U32, 3)), "parts"),
}


@pytest.mark.parametrize(("content", "cause"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_by_name_and_cause(tmp_path, content, cause):
    with pytest.raises(NotAGguf, match=cause) as caught:
        read_header(write(tmp_path, content))
    assert "model.gguf" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_missing_file_a_folder_and_a_real_zip_are_refused(tmp_path):
    with pytest.raises(NotAGguf, match="no such file"):
        read_header(tmp_path / "none.gguf")
    with pytest.raises(NotAGguf, match="folder"):
        read_header(tmp_path)
    with zipfile.ZipFile(tmp_path / "z.gguf", "w") as archive:
        archive.writestr("model.gguf", SOUND)
    with pytest.raises(NotAGguf, match="ZIP"):
        read_header(tmp_path / "z.gguf")


UNFIT = {
    "unknown architecture": ({"architecture": ("general.architecture", STRING, "gpt9")}, UnsuitableModel, "gpt9"),
    "embeds only": (
        {
            "architecture": ("general.architecture", STRING, "bert"),
            "layers": ("bert.block_count", U32, 2),
            "context": ("bert.context_length", U32, 512),
            "embedding": ("bert.embedding_length", U32, 64),
        },
        UnsuitableModel,
        "cannot write",
    ),
    "no template": ({"template": None}, UnsuitableModel, "template"),
    "template of 300 KB": ({"template": ("tokenizer.chat_template", STRING, "x" * 300_000)}, UnsuitableModel, "long"),
    "no layers": ({"layers": ("llama.block_count", U32, 0)}, NotAGguf, "block_count"),
    "too many layers": ({"layers": ("llama.block_count", U32, 10_000)}, NotAGguf, "block_count"),
    "layers are a text": ({"layers": ("llama.block_count", STRING, "2")}, NotAGguf, "block_count"),
    "vocabulary of numbers": ({"tokens": ("tokenizer.ggml.tokens", ARRAY, (U32, [1, 2]))}, NotAGguf, "vocabulary"),
    "vocabulary is a text": ({"tokens": ("tokenizer.ggml.tokens", STRING, "a b")}, NotAGguf, "vocabulary"),
    "kinds of texts": ({"kinds": ("tokenizer.ggml.token_type", ARRAY, (STRING, ["a"]))}, NotAGguf, "token_type"),
    "too few kinds": ({"kinds": ("tokenizer.ggml.token_type", ARRAY, (I32, [1]))}, NotAGguf, "token_type"),
    "scores of 64-bit numbers": ({"x": ("tokenizer.ggml.scores", ARRAY, (U64, [1]))}, NotAGguf, "scores"),
    "merges of numbers": ({"merges": ("tokenizer.ggml.merges", ARRAY, (U32, [1]))}, NotAGguf, "merges"),
    "impossible byte token": (
        {
            "tokens": ("tokenizer.ggml.tokens", ARRAY, (STRING, ["a", "<0x-1>"])),
            "kinds": ("tokenizer.ggml.token_type", ARRAY, (I32, [1, 6])),
        },
        NotAGguf,
        "byte token",
    ),
}


@pytest.mark.parametrize(("changes", "kind", "cause"), UNFIT.values(), ids=UNFIT.keys())
def test_a_model_that_cannot_chat_is_refused_by_cause(tmp_path, changes, kind, cause):
    header = read_header(write(tmp_path, with_metadata(**changes)))
    with pytest.raises(kind, match=cause):
        check_chat(header)


def test_a_vocabulary_without_weights_cannot_chat(tmp_path):
    with pytest.raises(UnsuitableModel, match="weights"):
        check_chat(read_header(write(tmp_path, GgufFile(tensors=[]).build())))


def test_a_control_character_in_a_name_is_not_shown(tmp_path):
    hostile = with_metadata(architecture=("general.architecture", STRING, "x\x1b[31m\u202e"))
    with pytest.raises(UnsuitableModel) as caught:
        check_chat(read_header(write(tmp_path, hostile)))
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_hostile_counts_take_little_memory_and_time(tmp_path):
    content = with_metadata(x=("x", ARRAY, struct.pack("<IQ", STRING, gguf.MAX_ARRAY_ITEMS)))
    path = write(tmp_path, content)
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(NotAGguf):
        read_header(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 << 20
    assert time.perf_counter() - begun < 2


def test_metadata_beyond_the_limit_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "huge.gguf"
    with path.open("wb") as file:
        file.write(with_metadata(name=("general.name", STRING, struct.pack("<Q", 1 << 36))))
        file.truncate(1 << 37)
    with pytest.raises(NotAGguf, match="larger than"):
        read_header(path)


def test_mutated_files_are_read_or_refused_and_nothing_else(tmp_path):
    rng = random.Random(20261122)
    begun = time.perf_counter()
    n_refused = 0
    for _ in range(600):
        content = bytearray(SOUND)
        n_header = len(SOUND) - 2300
        for _ in range(rng.choice((1, 1, 3, 30))):
            place = rng.randrange(n_header)
            content[place] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        if rng.random() < 0.2:
            del content[rng.randrange(len(content)) :]
        if rng.random() < 0.2:
            place = rng.randrange(n_header)
            content[place : place + 8] = struct.pack(
                "<Q", rng.choice((1 << 63, 1 << 62, (1 << 64) - 1, 1 << 31, 1 << 20))
            )
        try:
            check_chat(read_header(write(tmp_path, bytes(content))))
        except ModelLoadError:
            n_refused += 1
    assert 100 < n_refused < 600
    assert time.perf_counter() - begun < 60
