"""Reads web pages saved whole (.mhtml): the page itself, without the pictures and frames that were saved with it."""

from __future__ import annotations

from dataclasses import replace
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

from rag import sniffing
from rag.errors import UnreadableSource
from rag.readers import mail
from rag.readers.html import HtmlReader
from rag.readers.plain import shortened
from rag.types import Reading

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


class MhtmlReader:
    """The page as HtmlReader reads it; what the page does not say of itself the archive's header says."""

    def read(self, content: bytes, path: Path) -> Reading:
        message = mail.parsed(content, str(path))
        page = _page(message)
        if page is None:
            raise UnreadableSource(path=str(path), reason="there is no web page in it.")
        reading = HtmlReader().read(mail.text_of_part(page, str(path)).encode("utf-8", "replace"), path)
        subject = mail.text_of_field(str(message.get("Subject", "")))
        return replace(
            reading,
            title=shortened(subject) if subject and reading.title == path.stem else reading.title,
            date=reading.date or mail.date_of(str(message.get("Date", ""))),
            origin=reading.origin or _host(message, page),
            media_type=sniffing.MHTML,
        )


def _page(message: Message) -> Message | None:
    """The part that the header names as the start, else the first page in it: frames come after it."""
    pages = [part for part in mail.leaves(message) if part.get_content_type() in _PAGE_TYPES]
    start = message.get_param("start")
    named = (part for part in pages if start and part.get("Content-ID", "").strip() == str(start).strip())
    return next(named, pages[0] if pages else None)


def _host(message: Message, page: Message) -> str | None:
    """Where the page was; the date of the archive is when it was saved."""
    for field in (message.get("Snapshot-Content-Location"), page.get("Content-Location")):
        try:
            host = urlsplit(str(field or "").strip()).hostname
        except ValueError:
            continue
        if host:
            return host.removeprefix("www.")
    return None
