"""Turns whatever went wrong into words for the reader; nothing else in the program words a failure for the window.

It shows nothing and repairs nothing.
"""

from __future__ import annotations

import platform
import sqlite3
import traceback
from dataclasses import dataclass
from pathlib import Path

from desktop_app.atomic import FileNotWritten
from desktop_app.conversation_file import ConversationsError
from desktop_app.disk import why
from desktop_app.exporting import ExportFailed
from desktop_app.hosting_errors import ChildDied, ChildFault, ChildGaveUp, ChildStopped, ChildTooSlow
from desktop_app.paths import EnvironmentProblem
from desktop_app.settings import SettingsRejected
from models.errors import ModelError, ModelLoadError, ModelNotInstalled, NotEnoughMemory
from rag.errors import IndexUnavailable, QuestionTooLong, RagError, SourceError, StoreError

_SAFE = "Your library and conversations are safe."


@dataclass(frozen=True, slots=True)
class Problem:
    """What to show. `details` is for a report of a fault in the program and None for troubles of everyday life."""

    title: str
    message: str
    details: str | None = None


# The first class that fits counts, so the special ones stand before the general ones.
_TITLES: tuple[tuple[type[BaseException], str], ...] = (
    (QuestionTooLong, "The question is too long"),
    (SourceError, "A file could not be read"),
    (StoreError, "The library cannot be used"),
    (IndexUnavailable, "The search index is not ready"),
    (RagError, "The question could not be answered"),
    (NotEnoughMemory, "The model does not fit into memory"),
    (ModelNotInstalled, "The model is missing"),
    (ModelLoadError, "The model cannot be loaded"),
    (ModelError, "The model could not answer"),
    (ChildGaveUp, "A part of Seedbook keeps stopping"),
    (ChildDied, "A part of Seedbook stopped"),
    (ChildTooSlow, "That took too long"),
    (ChildStopped, "Seedbook is closing"),
    (FileNotWritten, "The file was not saved"),
    (ConversationsError, "Your conversations cannot be used"),
    (ExportFailed, "The conversation was not exported"),
    (EnvironmentProblem, "Seedbook cannot work here"),
    (SettingsRejected, "The settings were not saved"),
)


def explain(error: BaseException) -> Problem:
    """What happened, what is safe and what to do, for any exception; may be called from any thread."""
    if isinstance(error, (ChildFault, AssertionError)):
        return _fault(error)
    for kind, title in _TITLES:
        if isinstance(error, kind):
            return Problem(title, str(error))
    if isinstance(error, sqlite3.Error):
        return _database(error)
    if isinstance(error, MemoryError):
        return Problem(
            "There is not enough memory",
            f"The memory of this computer did not suffice. {_SAFE} Close other programs, or choose a smaller model.",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _disk(error)
    return _fault(error)


def _disk(error: OSError) -> Problem:
    if isinstance(error.filename, str):
        message = f"{error.filename}: {why(error, Path(error.filename))}"
    else:
        message = f"The system refused: {error.strerror}."
    return Problem("A file or folder cannot be used", f"{message} {_SAFE} Try again when it is put right.")


def _database(error: sqlite3.Error) -> Problem:
    code = getattr(error, "sqlite_errorname", "") or ""
    advice = next((text for prefix, text in _DATABASE_ADVICE if code.startswith(prefix)), None)
    if advice is None:
        return _fault(error)
    return Problem("The library cannot be used", f"{advice} What was saved before is safe.")


_DATABASE_ADVICE = (
    ("SQLITE_FULL", "The disk is full. Make room and try again."),
    ("SQLITE_BUSY", "Another program is using the library's database. Close it and try again."),
    ("SQLITE_LOCKED", "Another program is using the library's database. Close it and try again."),
    ("SQLITE_READONLY", "The library's folder can only be read. Change its permissions, then try again."),
    ("SQLITE_CANTOPEN", "The library's database cannot be opened. Check the folder's permissions, then try again."),
    ("SQLITE_PERM", "The library's database cannot be opened. Check the folder's permissions, then try again."),
    ("SQLITE_IOERR", "The disk reports a fault. Check it, and copy what matters to another one."),
    ("SQLITE_CORRUPT", "The library's database is damaged. Restart Seedbook: it sets damaged files aside."),
    ("SQLITE_NOTADB", "The library's database is damaged. Restart Seedbook: it sets damaged files aside."),
)


def _fault(error: BaseException) -> Problem:
    return Problem(
        "Something went wrong in Seedbook",
        f"This is a fault in the program, not in what you did. {_SAFE} "
        "Try again; if it comes back, copy the details and report them.",
        details=_report(error),
    )


def _report(error: BaseException) -> str:
    """A traceback with its surroundings. It may hold words of a question or document, so only the reader sends it."""
    where = f"Python {platform.python_version()}, {platform.system()} {platform.release()} {platform.machine()}"
    return f"{where}\n\n{''.join(traceback.format_exception(error))}"
