"""Keeps a small log of the program's doings, in which no word of a document, question or answer stands.

Messages of our own code are written as they are, so they must not carry texts; those of other people's code, and the
messages of exceptions, are left out, because nobody knows what they carry.
"""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from desktop_app.disk import why
from desktop_app.paths import AppPaths, EnvironmentProblem

#: The line that says that the window has been painted; the benchmark waits for it.
USABLE = "the window is usable"

_OURS = ("desktop_app", "models", "rag")
_MOST_BYTES = 1_000_000
_N_OLD = 2

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class _Private(RotatingFileHandler):
    """A rotating file that only its owner may read."""

    def _open(self) -> TextIOWrapper:
        number = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(number, "a", encoding="utf-8")


class _Discreet(logging.Formatter):
    """Time, level, logger; then the message if it is ours, and of an exception its type and places only."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.name.split(".")[0] not in _OURS:
            record.message = f"({record.module}, line {record.lineno})"
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have left its own wording there
        return super().format(record)

    def formatException(self, ei: _ExcInfo) -> str:
        error = ei[1]
        return "" if error is None else "\n".join(_places(error))


def _places(error: BaseException) -> list[str]:
    """The error's type and the lines of code it passed, innermost last, with the errors that led to it."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [*_places(earlier), "which led to"] if earlier is not None else []
    lines += [f"  {frame.filename}, line {frame.lineno}, in {frame.name}" for frame in _frames(error)]
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__}"]


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)


def start_log(path: Path, level: int = logging.INFO) -> logging.Handler:
    """Write what is logged from now on to `path`, at most 3 MB in three files; close it with `stop_log`.

    Raises:
        EnvironmentProblem: the file cannot be written.
    """
    try:
        handler = _Private(path, maxBytes=_MOST_BYTES, backupCount=_N_OLD, encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(place=f"the log {path}", reason=why(error, path)) from error
    handler.setFormatter(_Discreet())
    handler.setLevel(level)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    return handler


def log_engine(paths: AppPaths, engine: str) -> None:
    """Begin the log of a child process, in a file of its own; an engine works without it, too."""
    with suppress(EnvironmentProblem):
        start_log(paths.logs / f"{engine}.log")


def engine_output(paths: AppPaths) -> Path:
    """Where child processes print: nowhere, for foreign code may print what it reads.

    With the environment variable SEEDBOOK_DEBUG set, it is a file; do not give that to anybody.
    """
    return paths.engine_log if os.environ.get("SEEDBOOK_DEBUG") else Path(os.devnull)


def stop_log(handler: logging.Handler) -> None:
    """End what `start_log` began."""
    logging.getLogger().removeHandler(handler)
    handler.close()
