"""Starts Seedbook: the window without arguments, the command line with a command."""

from __future__ import annotations

import sys


def main() -> int:
    """The entry point of the `seedbook` command; returns the exit code."""
    from desktop_app.cli import run  # noqa: PLC0415 - child processes import this module again and need nothing of it

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
