"""From the bytes of a text file to its characters, or the reason why they are no text.

Line ends become LF and a byte order mark goes; nothing else is changed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

import charset_normalizer

from rag.errors import UnreadableSource, UnsupportedFormat

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_HEADS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x1f\x8b", "a compressed file"),
    (b"SQLite format 3\x00", "a database"),
    (b"GGUF", "a model file"),
)
MAX_CHARS = 50 * 10**6
"""A longer text is not read; in memory each of its characters may take four bytes, several times over."""

_SAMPLE_BYTES = 256 * 1024
_PIECE_BYTES = 2**20
_LINE_END = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_CONTROL_SHARE = 0.02
_REPLACED_SHARE = 0.05
_NUL_SHARE = 0.002
"""A few zero bytes get into text by accident; what is no text is full of them."""
_WIDE_SHARE = 0.12
"""Text of a foreign script in UTF-16 has a zero byte at least in each space."""


def decode(content: bytes, path: str) -> str:
    """The text of a file; `path` is for the message.

    Raises:
        UnsupportedFormat: the bytes are no text.
        UnreadableSource: the byte order mark names an encoding that the rest is not in.
    """
    for head, kind in _BINARY_HEADS:
        if content.startswith(head):
            raise UnsupportedFormat(path=path, reason=f"its content is {kind}, not text.")
    text = _decoded_by_mark(content, path)
    if text is None:
        text = next((found for found in _guesses(content) if not is_binary(found)), None)
    if text is None or is_binary(text):
        raise UnsupportedFormat(path=path, reason="its content is not text.")
    return _LINE_END.sub("\n", text)


def refuse_long(content: bytes, path: str, times: int = 1) -> None:
    """Without decoding it as a whole, which costs up to four times its size.

    Raises:
        UnreadableSource: the bytes stand for more than so many `times` `MAX_CHARS` characters, in whichever encoding.
    """
    max_chars = times * MAX_CHARS
    if len(content) <= max_chars:
        return
    decoder = codecs.getincrementaldecoder(_encoding_by_mark(content) or "utf-8")("replace")
    n_chars = 0
    for start in range(0, len(content), _PIECE_BYTES):
        piece = decoder.decode(content[start : start + _PIECE_BYTES])
        # What is replaced may be a character or a part of one; a byte order mark is none.
        n_chars += len(piece) - piece.count("\ufffd") - piece.count("\ufeff")
        if n_chars > max_chars:
            millions = f"over {max_chars // 10**6} million characters"
            raise UnreadableSource(path=path, reason=f"its text is too long ({millions}). Split it and add the parts.")


def is_binary(text: str) -> bool:
    """Whether characters that no text holds are in it: more than a stray NUL, or many control characters."""
    sample = text[:_SAMPLE_BYTES]
    return text.count("\0") > _NUL_SHARE * len(text) or len(_CONTROL.findall(sample)) > _CONTROL_SHARE * len(sample)


def _encoding_by_mark(content: bytes) -> str | None:
    """What a byte order mark, or where zero bytes stand, says; None where nothing does."""
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    sample = content[:_SAMPLE_BYTES]
    if marked is None and sample.count(0) > _NUL_SHARE * len(sample):
        return next(iter(_wide_encodings(sample)), None)
    return marked


def _decoded_by_mark(content: bytes, path: str) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                if encoding == "utf-8":
                    return _mostly_utf8(content[len(mark) :])
                reason = f"it begins as {encoding.upper()} text and is damaged at byte {error.start + len(mark):,}."
                raise UnreadableSource(path=path, reason=reason) from error
    return None


def _guesses(content: bytes) -> Iterator[str]:
    """Texts that the bytes may stand for, likeliest first."""
    sample = content[:_SAMPLE_BYTES]
    if sample.count(0) > _NUL_SHARE * len(sample):
        yield from _strictly(content, _wide_encodings(sample))
        return
    yield from _strictly(content, ["utf-8"])
    damaged = _mostly_utf8(content)
    if damaged is not None:
        yield damaged
    yield from _strictly(content, _detected_encodings(content))


def _strictly(content: bytes, encodings: list[str]) -> Iterator[str]:
    for encoding in encodings:
        try:
            yield content.decode(encoding)
        except UnicodeDecodeError:
            continue


def _wide_encodings(sample: bytes) -> list[str]:
    """UTF-16 and UTF-32 without a mark show in where the zero bytes stand."""
    quarters = [sample[place::4].count(0) * 4 / len(sample) for place in range(4)]
    if quarters[2] > 0.9 and quarters[3] > 0.9:
        return ["utf-32-le"]
    if quarters[0] > 0.9 and quarters[1] > 0.9:
        return ["utf-32-be"]
    even, odd = (quarters[0] + quarters[2]) / 2, (quarters[1] + quarters[3]) / 2
    if max(even, odd) < _WIDE_SHARE:
        return []
    return ["utf-16-le"] if odd > 4 * even else ["utf-16-be"] if even > 4 * odd else []


def _mostly_utf8(content: bytes) -> str | None:
    """UTF-8 in which single bytes are damaged: these are replaced, or else every accent of the text would be wrong."""
    text = content.decode("utf-8", "replace")
    foreign = sum(1 for character in text if ord(character) > 127)
    return text if text.count("\ufffd") <= _REPLACED_SHARE * foreign else None


def _detected_encodings(content: bytes) -> list[str]:
    sample = content
    if len(content) > _SAMPLE_BYTES:
        foreign = next((place for place, byte in enumerate(content) if byte > 127), 0)
        start = content.rfind(b"\n", 0, foreign) + 1 if foreign > _SAMPLE_BYTES // 2 else 0
        start = max(start, foreign - _SAMPLE_BYTES // 2)
        end = content.rfind(b"\n", start, start + _SAMPLE_BYTES)
        sample = content[start : end if end > start else start + _SAMPLE_BYTES]
    return [*(match.encoding for match in charset_normalizer.from_bytes(sample)), "cp1252"]
