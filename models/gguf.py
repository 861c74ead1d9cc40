"""Reads the header of a GGUF file within hard bounds, and names what is wrong with a file before an engine sees it.

It reads metadata and tensor descriptions, never weights, and it believes no count before it has the bytes. Format:
GGUF specification, versions 2 and 3.
"""

from __future__ import annotations

import array
import re
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from models.architectures import KNOWN, NOT_FOR_CHAT
from models.errors import NotAGguf, UnsuitableModel
from models.quantisation import BLOCK_SHAPES

MAX_METADATA_BYTES = 64 << 20
MAX_ARRAY_ITEMS = 1_000_000
MAX_STRINGS = 2_000_000
MAX_KEYS = 100_000
MAX_KEY_BYTES = 65_535
MAX_TENSORS = 20_000
MAX_ALIGNMENT = 1 << 20
MAX_TEMPLATE_CHARS = 256 << 10
MAX_LAYERS = 512  # llama.cpp's own limit
MAX_TENSOR_NAME_BYTES = 63  # llama.cpp's own limit
MAX_DIMENSIONS = 4

_CHUNK_BYTES = 1 << 20
_DEFAULT_ALIGNMENT = 32
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_INTEGER_CODES = frozenset("bBhHiIlLqQ")
_BYTE_TOKEN = 6  # tokenizer.ggml.token_type: a token that stands for one byte, spelt <0x00> to <0xFF>
_BYTE_SPELLING = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_OTHER_FORMATS = (
    (b"PK\x03\x04", "it is a ZIP archive; unpack it and choose the .gguf file inside"),
    (b"version https://git-lfs", "it is only a pointer to the real file (Git LFS); download the file itself"),
    (b"ggml", "it is in an older format than GGUF; look for a newer file of this model"),
    (b"lmgg", "it is in an older format than GGUF; look for a newer file of this model"),
    (b"tjgg", "it is in an older format than GGUF; look for a newer file of this model"),
    (b"fmgg", "it is in an older format than GGUF; look for a newer file of this model"),
    (b"\x1f\x8b", "it is compressed (gzip); unpack it first"),
    (b"\x80\x02", "it is a PyTorch checkpoint, not a GGUF file"),
    (b"\x93NUMPY", "it is a NumPy array, not a GGUF file"),
    (b"\x00\x00\x00\x00", "its first bytes are zero, so the download was probably never finished"),
)

Value: TypeAlias = "int | float | bool | str | tuple[str, ...] | array.array[int] | array.array[float]"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor as the header describes it; `offset_bytes` counts from the start of the file."""

    name: str
    shape: tuple[int, ...]
    quantisation: str
    offset_bytes: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says about itself. Arrays of numbers are `array.array`, arrays of strings are tuples."""

    path: Path
    version: int
    metadata: Mapping[str, Value]
    tensors: tuple[Tensor, ...]
    file_bytes: int

    @property
    def architecture(self) -> str:
        return self.text("general.architecture")

    @property
    def weights_bytes(self) -> int:
        return sum(tensor.n_bytes for tensor in self.tensors)

    @property
    def context_tokens(self) -> int:
        """The context window that the model was made for; 0 where it does not say."""
        return self.integer(f"{self.architecture}.context_length")

    @property
    def embedding_dimension(self) -> int:
        return self.integer(f"{self.architecture}.embedding_length")

    @property
    def n_layers(self) -> int:
        return self.integer(f"{self.architecture}.block_count")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return self.strings("tokenizer.ggml.tokens")

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of 16-bit keys and values that one token of context takes, over all layers."""
        n_heads = self._per_layer("attention.head_count", 0)
        n_kv_heads = self._per_layer("attention.head_count_kv", None) or n_heads
        head_size = self.embedding_dimension // max(1, *n_heads) if n_heads else 0
        key_size = self.integer(f"{self.architecture}.attention.key_length") or head_size
        value_size = self.integer(f"{self.architecture}.attention.value_length") or head_size
        return 2 * (key_size + value_size) * sum(n_kv_heads)

    def text(self, key: str) -> str:
        """A string of the metadata, empty where it is missing or of another type."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def integer(self, key: str) -> int:
        """An integer of the metadata, 0 where it is missing or of another type."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    def strings(self, key: str) -> tuple[str, ...]:
        """An array of strings, empty where it is missing or of another type."""
        value = self.metadata.get(key)
        return value if isinstance(value, tuple) else ()

    def integers(self, key: str) -> tuple[int, ...]:
        """An array of integers, empty where it is missing or of another type."""
        value = self.metadata.get(key)
        if not isinstance(value, array.array) or value.typecode not in _INTEGER_CODES:
            return ()
        return tuple(int(number) for number in value)

    def _per_layer(self, name: str, default: int | None) -> tuple[int, ...]:
        key = f"{self.architecture}.{name}"
        per_layer = self.integers(key)
        if per_layer:
            return per_layer
        if default is None and key not in self.metadata:
            return ()
        return (self.integer(key) or default or 0,) * self.n_layers


def read_header(path: Path) -> Header:
    """Read the header of a GGUF file; takes well under a second and at most a few hundred MB, whatever the file says.

    Raises:
        NotAGguf: the file is missing, empty, cut off, of another format, or breaks a rule of the format.
    """
    try:
        if not path.is_file():
            reason = "it is a folder, not a file" if path.is_dir() else "there is no such file"
            raise NotAGguf(path=str(path), reason=reason)
        with path.open("rb") as file:
            return _HeaderReader(file, path, path.stat().st_size).read()
    except OSError as exc:
        raise NotAGguf(path=str(path), reason=f"it cannot be opened ({exc.strerror or exc})") from exc
    except _Broken as exc:
        raise NotAGguf(path=str(path), reason=str(exc)) from exc


def check_architecture(header: Header) -> None:
    """Check that the pinned engine knows the kind of model and that its hyperparameters make sense.

    Raises:
        NotAGguf: numbers or vocabulary that no model can have.
        UnsuitableModel: a kind of model that the engine does not know.
    """
    try:
        _check_hyperparameters(header)
        _check_vocabulary(header)
    except _Broken as exc:
        raise NotAGguf(path=str(header.path), reason=str(exc)) from exc
    if header.architecture not in KNOWN:
        reason = f"its architecture ({_shown(header.architecture)}) is not known to this version of Seedbook"
        raise UnsuitableModel(path=str(header.path), reason=reason)


def check_chat(header: Header) -> None:
    """Check that the file holds a model that can chat.

    Raises:
        NotAGguf: as `check_architecture`.
        UnsuitableModel: it only embeds, is a part of a model, or has no usable chat template.
    """
    check_architecture(header)
    reason = ""
    if header.architecture in NOT_FOR_CHAT:
        reason = f"it is a model of the kind {header.architecture}, which embeds or encodes and cannot write text"
    elif not header.tensors:
        reason = "it holds only a vocabulary and no weights"
    elif not header.text("tokenizer.chat_template"):
        reason = "it has no chat template, so it continues texts instead of answering; choose an instruct or chat model"
    elif len(header.text("tokenizer.chat_template")) > MAX_TEMPLATE_CHARS:
        reason = "its chat template is unreasonably long"
    if reason:
        raise UnsuitableModel(path=str(header.path), reason=reason)


class _Broken(Exception):
    """What is wrong with the file, in the words of the error's reason."""


class _HeaderReader:
    """Walks over the header once; every read is checked against the file's size and the metadata limit."""

    def __init__(self, file: BinaryIO, path: Path, file_bytes: int) -> None:
        self._file = file
        self._path = path
        self._file_bytes = file_bytes
        self._held = bytearray()
        self._position = 0
        self._n_strings = 0

    def read(self) -> Header:
        version = self._version()
        n_tensors = self._unsigned(8)
        n_keys = self._unsigned(8)
        if n_tensors > MAX_TENSORS:
            raise _Broken(f"it claims {n_tensors:,} tensors, and no real model has more than {MAX_TENSORS:,}")
        if n_keys > MAX_KEYS:
            raise _Broken(f"it claims {n_keys:,} metadata entries, and no real model has that many")
        metadata = self._metadata(n_keys)
        tensors = self._tensors(n_tensors, _alignment(metadata))
        if "general.architecture" not in metadata or not isinstance(metadata["general.architecture"], str):
            raise _Broken("it does not say which kind of model it is (general.architecture is missing)")
        n_parts = metadata.get("split.count")
        if isinstance(n_parts, int) and n_parts > 1:
            raise _Broken(f"it is one of {n_parts} parts of a model; join them to one file first")
        return Header(self._path, version, metadata, tensors, self._file_bytes)

    def _version(self) -> int:
        start = self._peek(64)
        if not start:
            raise _Broken("it is empty")
        if start[:4] != b"GGUF":
            raise _Broken(_name_other_format(start))
        if len(start) < 8:
            raise _Broken("it is cut off after its first bytes")
        self._position = 4
        version = self._unsigned(4)
        if version and not version & 0xFFFF:
            raise _Broken("it is made for big-endian computers; look for the little-endian file of this model")
        if version == 1:
            raise _Broken("it is in version 1 of the GGUF format, which is no longer read; look for a newer file")
        if version not in (2, 3):
            raise _Broken(f"it is in version {version} of the GGUF format, and versions 2 and 3 are known")
        return version

    def _metadata(self, n_keys: int) -> dict[str, Value]:
        metadata: dict[str, Value] = {}
        for _ in range(n_keys):
            key = self._name(MAX_KEY_BYTES, "a metadata key")
            if not key or key in metadata:
                raise _Broken(f"its metadata has {'the key ' + _shown(key) + ' twice' if key else 'an empty key'}")
            metadata[key] = self._value(key, self._unsigned(4))
        return metadata

    def _value(self, key: str, kind: int) -> Value:
        if kind == _STRING:
            return self._string()
        if kind == _ARRAY:
            return self._array(key)
        if kind not in _SCALARS:
            raise _Broken(f"its metadata entry {_shown(key)} has the unknown type {kind}")
        return self._scalar(_SCALARS[kind])

    def _array(self, key: str) -> Value:
        kind = self._unsigned(4)
        n_items = self._unsigned(8)
        if n_items > MAX_ARRAY_ITEMS:
            raise _Broken(f"its metadata entry {_shown(key)} claims {n_items:,} items, more than any real model has")
        if kind == _STRING:
            self._n_strings += n_items
            if self._n_strings > MAX_STRINGS:
                raise _Broken("its metadata claims more strings than any real model has")
            return self._strings(n_items)
        if kind not in _SCALARS:
            raise _Broken(f"its metadata entry {_shown(key)} is a list of the unknown type {kind}")
        code = _SCALARS[kind][1].replace("?", "B")
        numbers: array.array[Any] = array.array(code)
        numbers.frombytes(self._take(n_items * struct.calcsize("<" + code)))
        if sys.byteorder == "big":
            numbers.byteswap()
        return numbers

    def _tensors(self, n_tensors: int, alignment: int) -> tuple[Tensor, ...]:
        described: dict[str, tuple[tuple[int, ...], str, int, int]] = {}
        expected = 0
        for _ in range(n_tensors):
            name = self._name(MAX_TENSOR_NAME_BYTES, "a tensor name")
            if name in described:
                raise _Broken(f"it has the tensor {_shown(name)} twice")
            shape = self._shape(name)
            quantisation, n_bytes = _tensor_bytes(name, shape, self._unsigned(4))
            offset = self._unsigned(8)
            if offset != expected:
                raise _Broken(f"its tensor {_shown(name)} is not where it should be, so the file is damaged")
            described[name] = (shape, quantisation, offset, n_bytes)
            expected += _padded(n_bytes, alignment)
        start = _padded(self._position, alignment)
        tensors = tuple(Tensor(name, *facts[:2], start + facts[2], facts[3]) for name, facts in described.items())
        end = max((tensor.offset_bytes + tensor.n_bytes for tensor in tensors), default=0)
        if end > self._file_bytes:
            raise _Broken(f"it is cut off: it should have at least {end:,} bytes and has {self._file_bytes:,}")
        return tensors

    def _shape(self, name: str) -> tuple[int, ...]:
        n_dimensions = self._unsigned(4)
        if n_dimensions > MAX_DIMENSIONS:
            raise _Broken(f"its tensor {_shown(name)} claims {n_dimensions:,} dimensions")
        shape = tuple(self._unsigned(8) for _ in range(n_dimensions))
        if 0 in shape:
            raise _Broken(f"its tensor {_shown(name)} has a dimension of 0")
        return shape

    def _name(self, limit_bytes: int, what: str) -> str:
        n_bytes = self._unsigned(8)
        if n_bytes > limit_bytes:
            raise _Broken(f"{what} claims {n_bytes:,} bytes, so the file is damaged")
        try:
            return self._take(n_bytes).decode("utf-8")
        except UnicodeDecodeError as exc:
            raise _Broken(f"{what} is no text, so the file is damaged") from exc

    def _string(self) -> str:
        return self._take(self._unsigned(8)).decode("utf-8", "replace")

    def _strings(self, n_items: int) -> tuple[str, ...]:
        # Vocabularies make most of a header, so bytes that are held already are not checked twice.
        strings = []
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(n_items):
            start = self._position + 8
            if start <= len(self._held):
                end = start + unpack(self._held, self._position)[0]
                if end <= len(self._held):
                    strings.append(self._held[start:end].decode("utf-8", "replace"))
                    self._position = end
                    continue
            strings.append(self._string())
        return tuple(strings)

    def _scalar(self, code: str) -> int | float | bool:
        (value,) = struct.unpack(code, self._take(struct.calcsize(code)))
        assert isinstance(value, int | float)  # noqa: S101 - narrows the type of struct.unpack
        return value

    def _unsigned(self, n_bytes: int) -> int:
        return int.from_bytes(self._take(n_bytes), "little")

    def _peek(self, n_bytes: int) -> bytes:
        self._fill(n_bytes)
        return bytes(self._held[:n_bytes])

    def _take(self, n_bytes: int) -> bytes:
        start, end = self._position, self._position + n_bytes
        if end > self._file_bytes:
            raise _Broken("it is cut off or damaged: its header goes on past the end of the file")
        if end > MAX_METADATA_BYTES:
            raise _Broken(f"its header is larger than {MAX_METADATA_BYTES >> 20} MiB, more than any real model has")
        if end > len(self._held):
            self._fill(end)
            if end > len(self._held):
                raise _Broken("it became shorter while it was read")
        self._position = end
        return bytes(self._held[start:end])

    def _fill(self, end: int) -> None:
        wanted = max(end - len(self._held), _CHUNK_BYTES)
        self._held += self._file.read(min(wanted, MAX_METADATA_BYTES - len(self._held)))


def _name_other_format(start: bytes) -> str:
    for prefix, reason in _OTHER_FORMATS:
        if start.startswith(prefix):
            return reason
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<"):
        return "it is a web page, not a model; the download probably led to a sign-in or error page"
    if text.startswith(b"{"):
        return "it is a JSON text, not a model"
    if start[8:9] == b"{":
        return "it is a safetensors file; look for a GGUF file of this model"
    return "it does not begin as a GGUF file does"


def _alignment(metadata: Mapping[str, Value]) -> int:
    alignment = metadata.get("general.alignment", _DEFAULT_ALIGNMENT)
    if not isinstance(alignment, int) or isinstance(alignment, bool):
        raise _Broken("its alignment is not a number")
    if not 1 <= alignment <= MAX_ALIGNMENT or alignment & (alignment - 1):
        raise _Broken(f"its alignment is {alignment:,} and should be a power of two up to {MAX_ALIGNMENT:,}")
    return alignment


def _tensor_bytes(name: str, shape: tuple[int, ...], kind: int) -> tuple[str, int]:
    if kind not in BLOCK_SHAPES:
        raise _Broken(f"its tensor {_shown(name)} is stored in the unknown type {kind}")
    block = BLOCK_SHAPES[kind]
    n_weights = 1
    for size in shape:
        n_weights *= size
    if n_weights >= 1 << 62:
        raise _Broken(f"its tensor {_shown(name)} claims an impossible size")
    if (shape[0] if shape else 1) % block.n_weights:
        raise _Broken(f"its tensor {_shown(name)} has rows that {block.name} cannot store")
    return block.name, n_weights // block.n_weights * block.n_bytes


def _padded(n_bytes: int, alignment: int) -> int:
    return -(-n_bytes // alignment) * alignment


def _check_hyperparameters(header: Header) -> None:
    if header.architecture == "clip":
        return
    limits = {"block_count": MAX_LAYERS, "context_length": 1 << 31, "embedding_length": 1 << 20}
    for name, limit in limits.items():
        key = f"{header.architecture}.{name}"
        if header.architecture in KNOWN and header.tensors and not 1 <= header.integer(key) <= limit:
            raise _Broken(f"its metadata entry {key} is missing or impossible")


def _check_vocabulary(header: Header) -> None:
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if tokens is None:
        return
    if not isinstance(tokens, tuple) or not tokens:
        raise _Broken("its vocabulary is not a list of texts")
    if not isinstance(header.metadata.get("tokenizer.ggml.merges", ()), tuple):
        raise _Broken("its vocabulary's merges are not a list of texts")
    for key, codes in (("token_type", _INTEGER_CODES), ("scores", frozenset("f"))):
        numbers = header.metadata.get(f"tokenizer.ggml.{key}")
        if numbers is None:
            continue
        if not isinstance(numbers, array.array) or numbers.typecode not in codes or len(numbers) != len(tokens):
            raise _Broken(f"its vocabulary's {key} does not match its {len(tokens):,} tokens")
    for token, kind in zip(tokens, header.integers("tokenizer.ggml.token_type"), strict=False):
        if kind == _BYTE_TOKEN and not _BYTE_SPELLING.fullmatch(token):
            raise _Broken(f"its vocabulary holds the impossible byte token {_shown(token)}")


def _shown(text: str) -> str:
    printable = "".join(c if c.isprintable() else "\ufffd" for c in text[:60])
    return f"“{printable}{'…' if len(text) > 60 else ''}”"
