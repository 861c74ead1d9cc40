"""The commands `bench speed`, `bench quality` and `bench ingest`, which measure the program."""

from __future__ import annotations

from typing import Any

from desktop_app import cli_bench_ingest, cli_bench_quality, cli_bench_speed


def add_commands(commands: Any) -> None:
    benching = commands.add_parser("bench", help="measure")
    kinds = benching.add_subparsers(dest="kind", required=True, metavar="speed|quality|ingest")
    for kind in (cli_bench_speed, cli_bench_quality, cli_bench_ingest):
        kind.add_command(kinds)
