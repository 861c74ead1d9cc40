"""Reads .txt and .md: the text is the file's own, so that places in it are places in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from rag import frontmatter, noise
from rag.dates import iso_date
from rag.decoding import decode, refuse_long
from rag.readers.dates import stated_date
from rag.types import Reading, Span

_TITLE_CHARS = 120
_HEAD_CHARS = 3_000
_TITLE_LINES = 12
_HEADLINE_WORDS = 3
_CAPITALS_SHARE = 0.75
_LABEL = re.compile(r"\w+:\s")
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_DATE_KEYS = ("date", "published", "pubdate", "publication_date", "created", "updated")
_MARKDOWN = frozenset({".md", ".markdown"})


class PlainTextReader:
    """Takes whatever decodes as text; a file of another ending too, when it is given one."""

    def read(self, content: bytes, path: Path) -> Reading:
        refuse_long(content, str(path))
        text = decode(content, str(path))
        is_markdown = path.suffix.lower() in _MARKDOWN
        fields = frontmatter.fields(text)
        body = text[frontmatter.end_of(text) :]
        return Reading(
            text=text,
            title=shortened(fields.get("title") or _title(body, is_markdown) or path.stem),
            date=_date_of(fields) or stated_date(body),
            origin=next((fields[key] for key in ("publisher", "origin", "source") if fields.get(key)), None),
            media_type="text/markdown" if is_markdown else "text/plain",
        )


def _date_of(fields: Mapping[str, str]) -> str | None:
    return next((iso for key in _DATE_KEYS if (iso := iso_date(fields.get(key, "")))), None)


def shortened(title: str) -> str:
    """One line of at most 120 characters, cut after a word."""
    line = " ".join(title.split())
    if len(line) <= _TITLE_CHARS:
        return line
    cut = line[: _TITLE_CHARS - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[_TITLE_CHARS // 2 :] else cut) + "…"


def _title(body: str, is_markdown: bool) -> str:
    """The first heading of Markdown; of plain text the first line that is no noise.

    Where that is a word or two, or announces something (`Published in:`), a headline near it is the better title.
    """
    heading = _HEADING.search(body) if is_markdown else None
    if heading:
        return heading.group(1)
    head = body[:_HEAD_CHARS]
    marked = [mark.span for mark in noise.marks_in(head)]
    lines = [
        Span(*found.span())
        for found in re.finditer(r"\S[^\n]*", head)
        if not any(span.start <= found.start() < span.end for span in marked)
    ]
    if not lines:
        return body.strip().partition("\n")[0]
    first = lines[0].cut(head)
    if len(first.split()) >= _HEADLINE_WORDS and not first.rstrip().endswith(":"):
        return first
    return next((line.cut(head) for line in lines[1:_TITLE_LINES] if _is_headline(line, head)), first)


def _is_headline(line: Span, head: str) -> bool:
    """Whether a line is written as English headlines are: several words, the long ones with capitals, no full stop.

    A line that goes on in the next one is none. Other languages write headlines as sentences; there the first line
    stands.
    """
    text = line.cut(head).strip()
    long_words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 3]
    following = head[line.end :].lstrip("\n")[:1]
    return (
        len(long_words) >= _HEADLINE_WORDS
        and len(text) <= _TITLE_CHARS
        and text[-1] not in ".,:;"
        and not _LABEL.match(text)
        and not following.islower()
        and sum(word[0].isupper() for word in long_words) >= _CAPITALS_SHARE * len(long_words)
    )
