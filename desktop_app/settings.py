"""Keeps what the reader has chosen, as one small JSON file that can be lost without harm.

Damaged settings never prevent a start: they are set aside under another name, and the defaults hold.
"""

from __future__ import annotations

import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from desktop_app.atomic import write_atomically
from desktop_app.workbench import Notice
from rag.generation import Sampling

_MOST_BYTES = 64 * 1024

Appearance = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen; texts of geometry are Qt's own, in base64. `chat_model` is a model id, None the default."""

    appearance: Appearance = "system"
    font_scale: Annotated[float, msgspec.Meta(ge=0.5, le=3.0)] = 1.0
    chat_model: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=16, le=4096)] = 160
    temperature: Annotated[float, msgspec.Meta(ge=0.0, le=2.0)] = 0.0
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)] = 7
    is_prose_wanted: bool = True
    is_unsupported_shown: bool = False
    is_noise_hidden: bool = False
    pauses_on_battery: bool = True
    window_geometry: Annotated[str, msgspec.Meta(max_length=10_000)] = ""
    window_state: Annotated[str, msgspec.Meta(max_length=10_000)] = ""

    @property
    def sampling(self) -> Sampling:
        return Sampling(max_tokens=self.max_tokens, temperature=self.temperature, seed=self.seed)


class SettingsRejected(Exception):
    """A value is outside of what is allowed; nothing was saved."""


def save(settings: Settings, path: Path) -> None:
    """Write the settings, whole or not at all.

    Raises:
        SettingsRejected: a value is not allowed; the message names it.
        FileNotWritten: the disk refused; the old settings are still there.
    """
    try:
        msgspec.convert(msgspec.to_builtins(settings), Settings)
    except msgspec.ValidationError as error:
        raise SettingsRejected(f"The settings were not saved: {error}.") from error
    write_atomically(path, msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n")


def load(path: Path) -> tuple[Settings, Notice | None]:
    """The settings in `path`, or the defaults; a notice where the reader should know why."""
    try:
        return _read(path), None
    except FileNotFoundError:
        return Settings(), None
    except OSError as error:
        return Settings(), _notice(f"{path} cannot be read ({error.strerror or error}).", None)
    except (ValueError, RecursionError) as error:  # msgspec's errors and those of decoding are ValueErrors
        return Settings(), _notice(str(error), _set_aside(path))


def _read(path: Path) -> Settings:
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise ValueError("there is something else than a file under its name")
    if state.st_size > _MOST_BYTES:
        raise ValueError("the file is far too large")
    return msgspec.json.decode(path.read_bytes(), type=Settings)


def _set_aside(path: Path) -> Path | None:
    bad = path.with_name(f"{path.name}.bad-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{time.time_ns() % 10**6:06}")
    try:
        return path.rename(bad)
    except OSError:
        return None


def _notice(reason: str, kept: Path | None) -> Notice:
    where = f" The old file is kept as {kept}." if kept else ""
    return Notice(
        title="Your settings could not be read",
        message=f"Seedbook started with its defaults: {reason.rstrip('.')}.{where} "
        "Your library and conversations are safe. Set again what you had changed.",
    )
