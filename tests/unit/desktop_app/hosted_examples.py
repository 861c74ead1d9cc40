"""Objects for test_hosting to put into child processes; importable there because they stand in a file of their own."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

from desktop_app.hosting import Host
from rag.reading import LocalReader
from rag.types import Reading
from tests.fakes import ScriptedChat


class Unsendable(Exception):
    """Cannot be opened after pickling: it needs two arguments and keeps one."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


class Engine:
    """Does what engines do: answers, streams, takes long, fails, dies."""

    def __init__(self, greeting: str = "hello") -> None:
        self.greeting = greeting
        self.n_calls = 0
        self.is_closed_file: str | None = None

    @property
    def pid(self) -> int:
        return os.getpid()

    def echo(self, value: Any, *, suffix: str = "") -> Any:
        self.n_calls += 1
        return value + suffix if suffix else value

    def count(self, n: int) -> Iterator[int]:
        yield from range(n)
        return n * 10

    def count_for_ever(self, cancel: Event | None = None) -> Iterator[int]:
        n = 0
        while cancel is None or not cancel.is_set():
            yield n
            n += 1
        return "cancelled"

    def count_deaf(self) -> Iterator[int]:
        n = 0
        try:
            while True:
                yield n
                n += 1
        finally:
            self.greeting = "deaf was closed"

    def wait_for_cancel(self, cancel: Event | None = None) -> str:
        return "cancelled" if cancel is not None and cancel.wait(30) else "never"

    def wait_for_ever(self) -> None:
        Event().wait()

    def fail(self, error: Exception) -> None:
        raise error

    def fail_unsendable(self) -> None:
        raise Unsendable("left", "right")

    def fail_foreign(self) -> None:
        from xml.sax import SAXNotSupportedException

        raise SAXNotSupportedException("no")

    def leave(self, code: int) -> None:
        sys.exit(code)

    def return_unpicklable(self) -> Any:
        return lambda: None

    def die(self, number: int = signal.SIGKILL) -> None:
        os.kill(os.getpid(), number)
        Event().wait()

    def yield_and_die(self, n: int) -> Iterator[int]:
        yield from range(n)
        self.die()

    def burn(self, seconds: float) -> None:
        until = time.process_time() + seconds
        while time.process_time() < until:
            pass

    def eat(self, n_bytes: int) -> int:
        return len(bytearray(n_bytes))

    def write(self, path: str, n_bytes: int) -> None:
        Path(path).write_bytes(b"x" * n_bytes)

    def print_to_stdout(self, text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        os.write(1, f"{text}\n".encode())

    def surroundings(self) -> dict[str, Any]:
        umask = os.umask(0)
        os.umask(umask)
        return {
            "umask": umask,
            "nice": os.nice(0),
            "environment": dict(os.environ),
            "sigint": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "qt": [name for name in sys.modules if name.startswith("PySide6")],
        }

    def open_socket(self, family: int) -> str:
        import socket

        try:
            socket.socket(family, socket.SOCK_STREAM).close()
        except PermissionError:
            return "refused"
        return "opened"


class Closing:
    """Says in a file that it was closed."""

    def __init__(self, path: str) -> None:
        self._path = path

    def echo(self, value: int) -> int:
        return value

    def close(self) -> None:
        Path(self._path).write_text("closed")


class Deaf:
    """Takes for ever to close."""

    def close(self) -> None:
        Event().wait()


class Nest:
    """An object that hosts a child of its own."""

    def __init__(self) -> None:
        self._inner = Host("inner", Engine)

    def pids(self) -> tuple[int, int]:
        return os.getpid(), self._inner.get("pid")

    def inner_wait(self) -> None:
        self._inner.call("wait_for_ever")

    def inner_die(self) -> None:
        self._inner.call("die")


def fail_to_make(path: str) -> Engine:
    """Fails until the file exists."""
    if not Path(path).exists():
        raise FileNotFoundError(path)
    return Engine()


def make_slowly(path: str) -> Engine:
    """Takes until the file exists."""
    while not Path(path).exists():
        Event().wait(0.01)
    return Engine()


def load_slowly(path: str) -> ScriptedChat:
    """A chat model that takes until the file exists to load."""
    make_slowly(path)
    return ScriptedChat(default=("Said ", "at ", "last."))


def die_while_made() -> Engine:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def never_made() -> Engine:
    Event().wait()
    raise AssertionError


class DyingPages:
    """A drawer of pages that one of them kills."""

    def sizes(self, path: str, sha256: str) -> tuple[()]:
        return ()

    def draw(self, path: str, sha256: str, number: int, scale: float) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


class DyingMarker(LocalReader):
    """Reads as the program's own reader does, and dies over the marks of a text that says so."""

    def marked(self, reading: Reading) -> Reading:
        if "die" in reading.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().marked(reading)
