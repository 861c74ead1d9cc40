"""The command line: arguments in, one command called, errors out as one sentence and an exit code; it knows no Qt."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop_app import cli_ask, cli_bench, cli_library, cli_models, cli_transcripts
from desktop_app.cli_session import Failed, Session
from desktop_app.confinement import refuse_network
from desktop_app.conversation_file import ConversationsError
from desktop_app.hosting_errors import HostingError
from desktop_app.paths import AppPaths, EnvironmentProblem
from desktop_app.problems import explain
from models.errors import ModelError
from rag.errors import RagError

#: Exit codes: all done, nothing found or some failed, wrong usage, the surroundings do not allow it.
DONE, FAILED, USAGE, ENVIRONMENT = 0, 1, 2, 3

Command = Callable[[Session, argparse.Namespace], int]


def run(arguments: Sequence[str]) -> int:
    """Run one command, or the window where there is none; returns the exit code."""
    options = _parser().parse_args(arguments)
    refuse_network()
    logging.getLogger().addHandler(logging.NullHandler())  # what a person should know is said in a sentence
    paths = AppPaths.under(options.data) if options.data else AppPaths.from_appdirs()
    try:
        if options.command is None:
            from desktop_app.opening import open_window  # noqa: PLC0415 - the command line never imports Qt

            return open_window(paths)
        with Session(paths) as session:
            command: Command = options.run
            return command(session, options)
    except Failed as failure:
        return _say(str(failure), failure.exit_code)
    except (EnvironmentProblem, ConversationsError, ModelError, RagError, HostingError) as error:
        return _say(explain(error).message, ENVIRONMENT)
    except BrokenPipeError:
        return DONE
    except KeyboardInterrupt:
        return _say("Stopped. What was reported as done is safe.", FAILED)


def _say(sentence: str, exit_code: int) -> int:
    sys.stderr.write(f"seedbook: {sentence}\n")
    return exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="seedbook",
        description="Ask your own texts and get answers that rest on verbatim quotations. Without a command, the "
        "window opens. Nothing is ever sent anywhere.",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="use this data directory instead of your own")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for group in (cli_library, cli_ask, cli_transcripts, cli_models, cli_bench):
        group.add_commands(commands)
    return parser
