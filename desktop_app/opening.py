"""Opens the window: instance, settings, library, conversations, then Qt; a second start raises the first window."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from desktop_app.composition import LocalWorkbench, chat_models, prepare_library
from desktop_app.conversations import Conversations, ConversationsError
from desktop_app.exporting import ExportFormat, export
from desktop_app.instance import Instance, knock, take
from desktop_app.logbook import start_log, stop_log
from desktop_app.memory import Memory
from desktop_app.paths import AppPaths, EnvironmentProblem
from desktop_app.printing import print_pdf
from desktop_app.problems import explain
from desktop_app.settings import Settings, load
from desktop_app.version import program_version
from desktop_app.workbench import Notice
from rag.errors import StoreError
from rag.types import Conversation

#: Questions that the built-in texts answer, for a reader who does not know yet what to ask.
EXAMPLES = (
    "Who is Zamir Kabulov?",
    "On what basis was Russia prepared to send weapons to Afghanistan?",
    "Did Russia pay the Taliban to kill American soldiers?",
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a window stands on; `first_paths` are the built-in texts that this library was not offered yet."""

    settings: Settings
    workbench: LocalWorkbench
    conversations: Conversations
    notices: tuple[Notice, ...]
    first_paths: tuple[Path, ...]


def open_window(paths: AppPaths) -> int:
    """Show the window until it is closed; returns the exit code.

    Raises:
        EnvironmentProblem, StoreError, ConversationsError: the window cannot work here; the message says what to do.
    """
    with _told_in_a_box():
        paths.ensure()
        instance = take(paths)
        if instance is None:
            return _raise_first(paths)
        with instance:
            log = start_log(paths.log)
            try:
                return _run(paths, instance)
            finally:
                stop_log(log)


def _raise_first(paths: AppPaths) -> int:
    if knock(paths):
        return 0
    sys.stderr.write("seedbook: Another Seedbook has this data directory open, but its window does not answer.\n")
    return 3


def _run(paths: AppPaths, instance: Instance) -> int:
    try:
        from desktop_app import gui  # noqa: PLC0415 - Qt is imported when nothing hinders the window any more
    except ImportError as error:
        reason = f"Qt cannot be loaded ({error}). The README lists the system libraries that it needs."
        raise EnvironmentProblem(place="the screen", reason=reason) from error

    with prepared(paths) as ready:
        return gui.run(
            workbench=ready.workbench,
            conversations=ready.conversations,
            settings=ready.settings,
            settings_path=paths.settings,
            memory=Memory.of(paths.data),
            export=_export,
            notices=ready.notices,
            first_paths=ready.first_paths,
            examples=EXAMPLES,
            models=lambda: chat_models(paths),
            own_folders=(paths.data, paths.config, paths.logs),
            watch_raises=lambda raise_window: _listen(instance, raise_window),
        )


@contextmanager
def _told_in_a_box() -> Iterator[None]:
    """Somebody who started from an icon sees no terminal: show there what keeps the window from opening."""
    try:
        yield
    except (EnvironmentProblem, StoreError, ConversationsError) as error:
        is_seen = sys.stderr is not None and sys.stderr.isatty()
        is_headless = os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal")
        if not is_seen and not is_headless:
            with suppress(ImportError):
                from desktop_app.gui import show_failure  # noqa: PLC0415

                problem = explain(error)
                show_failure(problem.title, problem.message)
        raise


@contextmanager
def prepared(paths: AppPaths) -> Iterator[Prepared]:
    """Open the settings, the library and the conversations of a data directory that this process has taken.

    Raises:
        EnvironmentProblem, StoreError, ConversationsError: the window cannot work here.
    """
    settings, settings_notice = load(paths.settings)
    library_notice = prepare_library(paths)
    with (
        closing(Conversations(paths.conversations)) as conversations,
        closing(LocalWorkbench(paths, settings)) as workbench,
    ):
        notices = _present(settings_notice, library_notice, _conversations_notice(conversations))
        yield Prepared(settings, workbench, conversations, notices, workbench.fresh_seeds())


def _listen(instance: Instance, raise_window: Callable[[Sequence[Path]], None]) -> None:
    instance.listen(lambda visit: raise_window(visit.paths))


def _export(conversation: Conversation, form: ExportFormat, path: Path) -> None:
    export(conversation, form, path, program_version=program_version(), print_pdf=print_pdf)


def _conversations_notice(conversations: Conversations) -> Notice | None:
    opened = conversations.opened
    if opened.set_aside is None:
        return None
    return Notice(
        "The conversations were damaged",
        f"{opened.sentence} Your library is not affected.",
    )


def _present(*notices: Notice | None) -> tuple[Notice, ...]:
    return tuple(notice for notice in notices if notice is not None)
