"""What holds for every test: no network, no thread left behind, a home of its own, and no window on the screen."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from desktop_app.paths import AppPaths

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # engines that a test opens in its own process

settings.register_profile("ci", deadline=None, database=None, print_blob=True)
settings.register_profile("thorough", parent=settings.get_profile("ci"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_INTERNET_FAMILIES = {2, 10, 23, 30}  # AF_INET, and AF_INET6 on Linux, Windows and macOS
_NETWORK_EVENTS = {"socket.getaddrinfo", "socket.gethostbyname", "urllib.Request", "http.client.connect"}

# Pools that libraries keep for the life of the process, and threads that Python did not start (Qt's, engines').
_KNOWN_THREADS = ("Dummy-", "asyncio_", "tqdm", "chroma", "OtelBatch", "pytest_timeout")
_PATIENCE_S = 3.0


class NetworkTouched(AssertionError):
    """Something in a test reached for the network."""


class _Guard:
    """Refuses the network to Python code of the test process, and remembers who tried."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK_EVENTS or (event == "socket.__new__" and arguments[1] in _INTERNET_FAMILIES):
            self.attempts.append(f"{event} {arguments[1:]}")
            raise NetworkTouched(f"a test reached for the network: {event}")


_guard = pytest.StashKey[_Guard]()


def pytest_configure(config: pytest.Config) -> None:
    socket.has_ipv6 = False  # urllib3 would probe for it while it is imported; see desktop_app.confinement
    config.stash[_guard] = _Guard()
    sys.addaudithook(config.stash[_guard])


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    guard = request.config.stash[_guard]
    guard.attempts.clear()
    yield
    if guard.attempts:
        pytest.fail(f"this test reached for the network: {guard.attempts}")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees or leaves anything in the home of whoever runs it."""
    home = tmp_path_factory.mktemp("home")
    runtime = home / "run"
    runtime.mkdir(0o700)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
            patch.setenv(name, str(home))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        yield


@pytest.fixture(autouse=True)
def _no_thread_left(request: pytest.FixtureRequest) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = _threads_since(before)
    if left:
        pytest.fail(f"this test left threads running: {', '.join(sorted(thread.name for thread in left))}")


def _threads_since(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that are new and do not end within a moment."""
    deadline_s = time.monotonic() + _PATIENCE_S
    left = []
    for thread in set(threading.enumerate()) - before - {threading.current_thread()}:
        if thread.name.startswith(_KNOWN_THREADS):
            continue
        thread.join(max(0.0, deadline_s - time.monotonic()))
        if thread.is_alive():
            left.append(thread)
    return left


@pytest.fixture
def app_paths(tmp_path: Path) -> AppPaths:
    """The folders of a fresh installation, already made."""
    paths = AppPaths.under(tmp_path / "seedbook")
    paths.ensure()
    return paths


def _must_run() -> bool:
    return os.environ.get("REQUIRE_E2E") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With REQUIRE_E2E=1, an end-to-end test that skips itself has failed."""
    report = yield
    if _must_run() and report.skipped and not hasattr(report, "wasxfail") and item.get_closest_marker("e2e"):
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_E2E=1, and yet it was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    if _must_run() and report.skipped and "e2e" in collector.path.parts:
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_E2E=1, and yet it was skipped: {report.longrepr}"
    return report
