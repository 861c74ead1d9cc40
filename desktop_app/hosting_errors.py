"""The errors of hosting: what a caller sees when the child, and not the object inside it, is the trouble.

It also opens errors that a child has sent, without importing engines into the parent for that.
"""

from __future__ import annotations

import pickle
import sys
from typing import Any

_OURS = {"builtins", "desktop_app", "models", "rag"}


def _rebuild(kind: type[HostingError], facts: dict[str, Any]) -> HostingError:
    return kind(**facts)


class HostingError(Exception):
    """Base of the errors of this module; survives pickling, because a child may host children of its own."""

    def __init__(self, sentence: str, **facts: Any) -> None:
        super().__init__(sentence)
        self._facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._facts)


class ChildDied(HostingError):
    """The child ended during a call; the next call starts it again."""

    def __init__(self, *, name: str, cause: str) -> None:
        super().__init__(
            f"The {name} process stopped unexpectedly: {cause}. "
            "Your library and conversations are safe. Ask again; it starts by itself.",
            name=name,
            cause=cause,
        )
        self.name = name
        self.cause = cause


class ChildTooSlow(HostingError):
    """The call took longer than its caller allows, and the child was ended for it."""

    def __init__(self, *, name: str) -> None:
        super().__init__(f"The {name} process took too long and was stopped. Nothing else is affected.", name=name)
        self.name = name


class ChildGaveUp(HostingError):
    """The child died too often in a row, so it is not started again by itself."""

    def __init__(self, *, name: str, deaths: int) -> None:
        super().__init__(
            f"The {name} process stopped {deaths} times in a row, so it was not started again. "
            "Your library and conversations are safe. Restart it, or choose another model.",
            name=name,
            deaths=deaths,
        )
        self.name = name
        self.deaths = deaths


class ChildStopped(HostingError):
    """The host was stopped, as when the program closes."""

    def __init__(self, *, name: str) -> None:
        super().__init__(f"The {name} process was stopped because Seedbook is closing. Nothing is lost.", name=name)
        self.name = name


class CallCancelled(HostingError):
    """The caller did not want to wait any longer for a child that was loading, or busy with another call."""

    def __init__(self) -> None:
        super().__init__("This was stopped before the engine had begun with it. Nothing was changed.")


class ChildFault(HostingError):
    """The object raised an error that cannot travel; `type_name` and `message` are that error's."""

    def __init__(self, *, type_name: str, message: str) -> None:
        super().__init__(f"{type_name}: {message}", type_name=type_name, message=message)
        self.type_name = type_name
        self.message = message


def open_error(content: bytes) -> Exception:
    """The error that a child has sent (see `hosted.pickle_error`), with the child's traceback as a note."""
    module, own, type_name, message, trace = pickle.loads(content)  # noqa: S301 - from our own child
    error: Exception = ChildFault(type_name=type_name, message=message)
    if own is not None and _is_at_home(module):
        error = pickle.loads(own)  # noqa: S301 - the same
    error.add_note(f"In the child process:\n{trace}")
    return error


def _is_at_home(module: str) -> bool:
    """Whether opening an error of this module loads nothing that belongs into a child only."""
    root = module.partition(".")[0]
    return module in sys.modules or root in _OURS or root in sys.stdlib_module_names
