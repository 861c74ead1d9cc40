"""Keeps answers as they come, a line each, so that a run which was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Given = dict[str, Any]


class Journal:
    """The answers of one set under one key; another key is another file, for its answers would be others."""

    def __init__(self, folder: Path, set_name: str, key: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{set_name}-{key}.jsonl"
        known = self._path.read_text("utf-8", errors="replace") if self._path.is_file() else ""
        self.given: dict[str, Given] = {
            line["id"]: line for line in map(_parsed, known.split("\n")) if line is not None
        }
        self._file = self._path.open("a", encoding="utf-8", newline="\n")
        if known and not known.endswith("\n"):  # a line that was cut off halfway stays alone
            self._file.write("\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def keep(self, line: Given) -> None:
        """Remember an answer; once this returns, only the machine's own end can lose it."""
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()
        self.given[line["id"]] = line


def _parsed(line: str) -> Given | None:
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) and "id" in parsed else None
