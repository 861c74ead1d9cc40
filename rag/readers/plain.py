"""Reads .txt and .md: the text is the file's own, so that places in it are places in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from rag import frontmatter
from rag.dates import iso_date
from rag.decoding import decode
from rag.readers.dates import stated_date
from rag.types import Reading

_TITLE_CHARS = 120
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_DATE_KEYS = ("date", "published", "pubdate", "publication_date", "created", "updated")
_MARKDOWN = frozenset({".md", ".markdown"})


class PlainTextReader:
    """Takes whatever decodes as text; a file of another ending too, when it is given one."""

    def read(self, content: bytes, path: Path) -> Reading:
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
    heading = _HEADING.search(body) if is_markdown else None
    if heading:
        return heading.group(1)
    first = re.search(r"\S[^\n]{0,400}", body)
    return first.group() if first else ""
