"""Builds small GGUF files in memory, sound or broken in a chosen way."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
F32_TENSOR, Q4_1_TENSOR = 0, 3
_CODES = {U8: "<B", I8: "<b", U16: "<H", I16: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", U64: "<Q"}
_CODES |= {I64: "<q", F64: "<d"}
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}"
)

Entry = tuple[str, int, Any]  # key, type, value; an array's value is (item type, items)


def spell_byte(byte: int) -> str:
    """How byte-level BPE writes a byte."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return chr(byte) if byte in plain else chr(256 + [b for b in range(256) if b not in plain].index(byte))


CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
BYTES = [spell_byte(byte) for byte in range(256)]
MERGES = ["Ġ t", "h e", "Ġt he", "i n"]
TOKENS = [*CONTROL, *BYTES, *("".join(merge.split(" ")) for merge in MERGES)]


def chat_metadata(**changes: Entry | None) -> list[Entry]:
    """The metadata of a tiny chat model; `changes` replace entries by name, None removes one."""
    entries: dict[str, Entry | None] = {
        "architecture": ("general.architecture", STRING, "llama"),
        "name": ("general.name", STRING, "Tiny"),
        "layers": ("llama.block_count", U32, 2),
        "context": ("llama.context_length", U32, 2048),
        "embedding": ("llama.embedding_length", U32, 64),
        "heads": ("llama.attention.head_count", U32, 4),
        "kv_heads": ("llama.attention.head_count_kv", U32, 2),
        "model": ("tokenizer.ggml.model", STRING, "gpt2"),
        "pre": ("tokenizer.ggml.pre", STRING, "smollm"),
        "tokens": ("tokenizer.ggml.tokens", ARRAY, (STRING, TOKENS)),
        "kinds": ("tokenizer.ggml.token_type", ARRAY, (I32, [3] * len(CONTROL) + [1] * (len(TOKENS) - len(CONTROL)))),
        "merges": ("tokenizer.ggml.merges", ARRAY, (STRING, MERGES)),
        "template": ("tokenizer.chat_template", STRING, TEMPLATE),
    }
    entries |= changes
    return [entry for entry in entries.values() if entry is not None]


@dataclass
class GgufFile:
    """What to write; counts that are None are the true ones."""

    metadata: list[Entry] = field(default_factory=chat_metadata)
    tensors: list[tuple[str, list[int], int, int | None]] = field(
        default_factory=lambda: [("token_embd.weight", [64, 8], F32_TENSOR, None), ("w", [64, 4], Q4_1_TENSOR, None)]
    )
    version: int = 3
    n_tensors: int | None = None
    n_keys: int | None = None
    alignment: int = 32
    weights_bytes: int | None = None

    def build(self) -> bytes:
        head = b"GGUF" + struct.pack("<I", self.version)
        head += struct.pack("<Q", len(self.tensors) if self.n_tensors is None else self.n_tensors)
        head += struct.pack("<Q", len(self.metadata) if self.n_keys is None else self.n_keys)
        head += b"".join(
            text(key) + struct.pack("<I", kind) + value_bytes(kind, value) for key, kind, value in self.metadata
        )
        offset = 0
        for name, shape, kind, claimed in self.tensors:
            head += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", size) for size in shape)
            head += struct.pack("<IQ", kind, offset if claimed is None else claimed)
            offset += _up(tensor_bytes(shape, kind), self.alignment)
        padding = b"\0" * (_up(len(head), self.alignment) - len(head))
        return head + padding + b"\0" * (offset if self.weights_bytes is None else self.weights_bytes)


def text(string: str | bytes) -> bytes:
    encoded = string.encode() if isinstance(string, str) else string
    return struct.pack("<Q", len(encoded)) + encoded


def value_bytes(kind: int, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if kind == STRING:
        return text(value)
    if kind == ARRAY:
        item_kind, items = value
        return struct.pack("<IQ", item_kind, len(items)) + b"".join(value_bytes(item_kind, item) for item in items)
    return struct.pack(_CODES[kind], value)


def tensor_bytes(shape: list[int], kind: int) -> int:
    n_weights = 1
    for size in shape:
        n_weights *= size
    return n_weights * 4 if kind == F32_TENSOR else n_weights // 32 * 20


def _up(n_bytes: int, alignment: int) -> int:
    return -(-n_bytes // max(1, alignment)) * max(1, alignment)
