"""Counts tokens exactly as a GGUF model's own tokenizer would, without loading the model and without any network.

It builds a tiktoken encoding from the byte-level BPE vocabulary in the file. Other kinds of vocabulary (SentencePiece,
WordPiece) are counted in the engine.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import tiktoken

from models.errors import VocabularyUnsupported
from models.gguf import Header, read_header

_CONTRACTION = r"'s|'t|'re|'ve|'m|'ll|'d"
_ANY_CASE_CONTRACTION = r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])"
_GPT2 = rf"{_CONTRACTION}| ?\p{{L}}+| ?\p{{N}}+| ?[^\s\p{{L}}\p{{N}}]+|\s+(?!\S)|\s+"
# Each digit is cut off first, and the rest is split between digits; so white space before a digit ends its stretch.
_DIGITS_APART = rf"\p{{N}}|{_CONTRACTION}| ?\p{{L}}+| ?[^\s\p{{L}}\p{{N}}]+|\s+(?![^\s\p{{N}}])|\s+"
_QWEN2 = (
    rf"{_ANY_CASE_CONTRACTION}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_LLAMA3 = _QWEN2.replace(r"|\p{N}|", r"|\p{N}{1,3}|")

# By the names in tokenizer.ggml.pre; what a name stands for is defined by llama.cpp (llama-vocab.cpp).
_PATTERNS = {
    **dict.fromkeys(("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"), _DIGITS_APART),
    **dict.fromkeys(("gpt-2", "phi-2", "jais", "trillion", "mellum", "modern-bert"), _GPT2),
    **dict.fromkeys(("llama3", "llama-v3", "llama-bpe", "falcon3", "dbrx", "smaug-bpe", "pixtral", "glm4"), _LLAMA3),
    **dict.fromkeys(("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan"), _QWEN2),
}
_USER_DEFINED = 4  # tokenizer.ggml.token_type: found in any text, unlike control tokens
_NO_TOKEN = 1 << 24  # ids from here on stand for bytes that the vocabulary lacks; the engine drops such bytes


def build_encoding(path: Path) -> tiktoken.Encoding:
    """The encoding of a GGUF file's own vocabulary; its ids are the model's ids.

    Control tokens such as <|im_end|> are left out on purpose: in a text they are text. Count with `count_tokens`,
    which knows the bytes that a vocabulary may lack. Takes about half a second for 50,000 tokens.

    Raises:
        NotAGguf: the file is broken.
        VocabularyUnsupported: no byte-level BPE, or one whose rules are not known here.
    """
    header = read_header(path)
    pattern = _PATTERNS.get(header.text("tokenizer.ggml.pre"))
    if header.text("tokenizer.ggml.model") != "gpt2" or pattern is None:
        kind = header.text("tokenizer.ggml.model"), header.text("tokenizer.ggml.pre")
        raise VocabularyUnsupported(path=str(path), reason=f"its vocabulary is of the kind {' / '.join(kind)}")
    ids = {token: number for number, token in enumerate(header.vocabulary)}
    return tiktoken.Encoding(
        name=f"{header.architecture}-{path.stem}",
        pat_str=pattern,
        mergeable_ranks=_byte_ids(ids) | _merged_ids(header, ids),
        special_tokens=_user_defined(header),
    )


def token_ids(encoding: tiktoken.Encoding, text: str) -> list[int]:
    """The ids that the engine gives to plain text."""
    if encoding.special_tokens_set:
        ids = encoding.encode(text, allowed_special=encoding.special_tokens_set, disallowed_special=())
    else:
        ids = encoding.encode_ordinary(text)
    if max(ids, default=0) < _NO_TOKEN:
        return ids
    return [number for number in ids if number < _NO_TOKEN]


def count_tokens(encoding: tiktoken.Encoding, text: str) -> int:
    """How many tokens the engine makes of plain text."""
    return len(token_ids(encoding, text))


@cache
def _spellings() -> tuple[str, ...]:
    # Byte-level BPE writes each byte as one printable character: printable Latin-1 as itself, the rest from U+0100 on.
    printable = re.compile("[!-~¡-¬®-ÿ]")
    spare = iter(range(256, 512))
    return tuple(chr(byte) if printable.match(chr(byte)) else chr(next(spare)) for byte in range(256))


def _byte_ids(ids: dict[str, int]) -> dict[bytes, int]:
    return {bytes([byte]): ids.get(spelling, _NO_TOKEN + byte) for byte, spelling in enumerate(_spellings())}


def _user_defined(header: Header) -> dict[str, int]:
    kinds = header.integers("tokenizer.ggml.token_type")
    tokens = {
        token: number
        for number, (token, kind) in enumerate(zip(header.vocabulary, kinds, strict=False))
        if kind == _USER_DEFINED
    }
    by_length = sorted(tokens, key=len)
    # The engine looks for the longest first and tiktoken for any, which differs where one token begins another.
    if any(later.startswith(token) for place, token in enumerate(by_length) for later in by_length[place + 1 :]):
        raise VocabularyUnsupported(path=str(header.path), reason="some of its added tokens begin with others")
    return tokens


def _merged_ids(header: Header, ids: dict[str, int]) -> dict[bytes, int]:
    """The tokens made by merges. tiktoken merges the lowest id first, so ids must follow the order of the merges."""
    byte_of = {spelling: byte for byte, spelling in enumerate(_spellings())}
    merged: dict[bytes, int] = {}
    last = -1
    for merge in header.strings("tokenizer.ggml.merges"):
        spelt = "".join(merge.split(" ", 1))
        number = ids.get(spelt)
        if number is None or not all(character in byte_of for character in spelt):
            raise VocabularyUnsupported(path=str(header.path), reason="its merges do not match its tokens")
        token = bytes(byte_of[character] for character in spelt)
        if token in merged:
            continue
        if number <= last:
            raise VocabularyUnsupported(path=str(header.path), reason="its tokens are not in the order of their merges")
        merged[token] = last = number
    return merged
