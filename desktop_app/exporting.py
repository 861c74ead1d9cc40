"""The one door for exports: a transcript, a format's name and a place go in, a whole file or an error comes out.

It knows no layout and no Qt: printing a PDF is a callable, handed in, that may run in another process.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from desktop_app.atomic import FileNotWritten, write_atomically
from desktop_app.disk import why
from desktop_app.export_html import to_html
from desktop_app.export_json import to_json_text
from desktop_app.export_markdown import to_markdown
from desktop_app.one_line import one_line
from desktop_app.transcript import Transcript, to_json
from rag.types import Conversation

PrintPdf = Callable[[bytes, str], None]

# Exports go where the reader wants them, under the reader's own umask; everything else of ours is private.
_EXPORT_MODE = 0o666
_NAME_CHARS = 80
_UNWANTED_IN_NAMES = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_RESERVED_ON_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class ExportFormat(StrEnum):
    """The formats by the names the command line uses, which are also the endings of their files."""

    JSON = "json"
    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"


class ExportFailed(Exception):
    """An export was not written; what stood under its name is as it was. Survives pickling."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"The conversation was not exported to {self.path}. {self.reason} "
            "The conversation itself is safe, and a file that was there before is unchanged."
        )


class PdfNotPrinted(Exception):
    """What a PDF printer raises where it could not write the file it was given. Survives pickling."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path} could not be printed. {self.reason}"


def export(
    conversation: Conversation,
    form: ExportFormat,
    path: Path,
    *,
    program_version: str,
    print_pdf: PrintPdf | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Transcript:
    """Write a conversation to `path`, whole or not at all; returns what was written.

    `print_pdf` is called with a transcript's canonical JSON and the path of a file to make; only PDF needs it. What
    it raises besides OSError and PdfNotPrinted comes through as it is.

    Raises:
        ExportFailed: the message says why, what is safe and what to do.
    """
    exported_at = now().astimezone(UTC).isoformat(timespec="seconds")
    transcript = Transcript.of(conversation, program_version=program_version, exported_at=exported_at)
    try:
        write_atomically(path, _content(transcript, form, path, print_pdf), mode=_EXPORT_MODE)
    except (FileNotWritten, PdfNotPrinted) as exc:
        raise ExportFailed(str(path), exc.reason) from exc
    except OSError as exc:
        raise ExportFailed(str(path), why(exc, path)) from exc
    return transcript


def suggested_name(conversation: Conversation, form: ExportFormat) -> str:
    """A file name made from the title that every file system takes."""
    stem = one_line(_UNWANTED_IN_NAMES.sub(" ", conversation.title), _NAME_CHARS).strip(" .…")
    while len(stem.encode("utf-8")) > 200:
        stem = stem[:-1]
    if not stem or _RESERVED_ON_WINDOWS.match(stem):
        stem = f"Conversation {stem}".strip()
    return f"{stem}.{form}"


def _content(transcript: Transcript, form: ExportFormat, path: Path, print_pdf: PrintPdf | None) -> bytes | str:
    match form:
        case ExportFormat.JSON:
            return to_json_text(transcript)
        case ExportFormat.MARKDOWN:
            return to_markdown(transcript)
        case ExportFormat.HTML:
            return to_html(transcript)
        case ExportFormat.PDF:
            return _printed(transcript, path, print_pdf)


def _printed(transcript: Transcript, path: Path, print_pdf: PrintPdf | None) -> bytes:
    """Print beside the target, so that the text of the conversation never lies in a shared temporary folder."""
    if print_pdf is None:
        raise ExportFailed(str(path), "PDF is not available here. Choose Markdown, HTML or JSON.")
    # The name of an unfinished file of ours, so that a cut-off one is cleaned up like any other.
    printed = path.resolve().with_name(f".seedbook-{secrets.token_hex(6)}.part")
    try:
        printed.touch(mode=0o600, exist_ok=False)
        print_pdf(to_json(transcript), str(printed))
        content = printed.read_bytes()
    finally:
        with contextlib.suppress(OSError):
            printed.unlink()
    if not content.startswith(b"%PDF-"):
        raise ExportFailed(str(path), "The printer gave back no PDF. Try again, or choose another format.")
    return content
