"""Says where figures of speed come from: commit, machine, libraries, models and day; it measures nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from desktop_app.paths import AppPaths
from models.shelf import Shelf
from models.threads import physical_cores

_LIBRARIES = ("chromadb", "onnxruntime", "llama-cpp-python", "PySide6-Essentials")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the figures depend on. `commit` ends in `+` where files were changed since; `load` is the machine's before.

    `load` is the mean number of waiting or running processes in the minute before the measuring.
    """

    commit: str
    date: str
    system: str
    processor: str
    n_cores: int
    memory_bytes: int
    load: float
    libraries: dict[str, str]
    models: dict[str, str]


def surroundings(paths: AppPaths) -> Surroundings:
    """As they are now."""
    present = [model for model in Shelf(paths.models).installed() if model.is_present]
    first_of = {model.role.value: model for model in reversed(present)}  # the first of a role is the default
    return Surroundings(
        commit=_commit(),
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        processor=_processor(),
        n_cores=physical_cores(),
        memory_bytes=_memory_bytes(),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        libraries={"SQLite": sqlite3.sqlite_version, **{name: _version(name) for name in _LIBRARIES}},
        models={role: f"{model.id} ({model.sha256[:12]})" for role, model in sorted(first_of.items())},
    )


def _commit() -> str:
    """The commit that the program was run from; unknown where it was installed."""
    root = Path(__file__).resolve().parents[1]
    try:
        commit = _git(root, "rev-parse", "--short=12", "HEAD")
        return commit + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _git(root: Path, *arguments: str) -> str:
    finished = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
    return finished.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def _memory_bytes() -> int:
    if not hasattr(os, "sysconf"):
        return 0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
