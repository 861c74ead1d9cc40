"""What the commands share: the data directory's lock, a workbench opened when it is needed, and progress on stderr."""

from __future__ import annotations

import json
import sys
from threading import Event as CancelEvent
from types import TracebackType
from typing import Any, Self

from desktop_app.composition import LocalWorkbench, prepare_library
from desktop_app.instance import Instance, take
from desktop_app.paths import AppPaths
from desktop_app.settings import Settings, load


class Failed(Exception):
    """A command ends here; str() is the sentence for stderr."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class Session:
    """One run of one command over one data directory; opens and locks nothing before it must."""

    def __init__(self, paths: AppPaths) -> None:
        self.paths = paths
        self.cancel = CancelEvent()
        self._instance: Instance | None = None
        self._workbench: LocalWorkbench | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workbench is not None:
            self._workbench.close()
        if self._instance is not None:
            self._instance.release()

    @property
    def settings(self) -> Settings:
        settings, notice = load(self.paths.settings)
        if notice is not None:
            note(f"{notice.title}. {notice.message}")
        return settings

    def reading(self) -> LocalWorkbench:
        """A workbench to read with; where the window has the library open, it leaves Chroma and the writer alone."""
        return self._open(must_own=False)

    def writing(self) -> LocalWorkbench:
        """A workbench to change the library with.

        Raises:
            Failed: another Seedbook has the library open.
        """
        return self._open(must_own=True)

    def _open(self, *, must_own: bool) -> LocalWorkbench:
        if self._workbench is not None:
            return self._workbench
        self.paths.ensure()
        self._instance = take(self.paths)
        if self._instance is None and must_own:
            raise Failed(
                f"The data directory {self.paths.data} is locked: another Seedbook has it open, and "
                "nothing was changed. Close its window and try again, or add files there.",
                exit_code=3,
            )
        if self._instance is not None:
            notice = prepare_library(self.paths)
            if notice is not None:
                note(f"{notice.title}. {notice.message}")
        self._workbench = LocalWorkbench(self.paths, self.settings, with_index=self._instance is not None)
        return self._workbench


def note(sentence: str) -> None:
    """A line for the person at the terminal."""
    sys.stderr.write(f"seedbook: {sentence}\n")


def progress(line: str) -> None:
    """A line that the next one replaces; nothing where stderr is no terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[2K{line[:120]}")
        sys.stderr.flush()


def print_line(text: str) -> None:
    """One line on stdout, at once, so that a reader at the other end of a pipe need not wait."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def print_json(value: dict[str, Any]) -> None:
    print_line(json.dumps(value, ensure_ascii=False))
