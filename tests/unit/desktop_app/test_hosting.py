"""A hosted object behaves like the object itself, whatever happens to its process."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.hosting import (
    CallCancelled,
    ChildDied,
    ChildFault,
    ChildGaveUp,
    ChildStopped,
    ChildTooSlow,
    Death,
    Host,
    Limits,
    stop_all,
)
from tests.kills import n_kills
from tests.unit.desktop_app.hosted_examples import (
    Closing,
    Deaf,
    Engine,
    Nest,
    die_while_made,
    fail_to_make,
    make_slowly,
    never_made,
)

ROOT = Path(__file__).resolve().parents[3]
N_KILLS = n_kills(4)
ONLY_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


def until(condition: Callable[[], bool], timeout_s: float = 20) -> bool:
    """Wait for something that another process does and cannot announce."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.005)
    return True


def drain(stream: Generator[Any, None, Any], items: list[Any]) -> Any:
    """Put what comes into `items`, also before an error, and return the return value."""
    while True:
        try:
            items.append(next(stream))
        except StopIteration as stop:
            return stop.value


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Deaths:
    """Collects what on_death is told."""

    def __init__(self) -> None:
        self.all: list[Death] = []
        self._told = threading.Condition()

    def __call__(self, death: Death) -> None:
        with self._told:
            self.all.append(death)
            self._told.notify_all()

    def wait_for(self, n: int) -> bool:
        with self._told:
            return self._told.wait_for(lambda: len(self.all) >= n, 20)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """One host for all tests that leave their host as they found it."""
    with Host("chat", Engine, ("hi",)) as host:
        yield host


@pytest.fixture
def own_host() -> Iterator[Host]:
    """For tests that change the object, or end its process."""
    with Host("chat", Engine, ("hi",)) as host:
        yield host


@pytest.fixture
def deaths() -> Deaths:
    return Deaths()


@pytest.fixture
def hardy(deaths: Deaths) -> Iterator[Host]:
    """A host that never gives up, with a short heartbeat."""
    with Host("chat", Engine, on_death=deaths, heartbeat_s=0.6, give_up_after=None) as host:
        yield host


# Calls


def test_calls_attributes_and_properties_come_from_another_process(host: Host) -> None:
    assert host.call("echo", "a", suffix="b") == "ab"
    assert host.get("greeting") == "hi"
    assert host.get("pid") == host.pid != os.getpid()


def test_a_large_value_travels_both_ways(host: Host) -> None:
    value = os.urandom(20_000_000)
    assert host.call("echo", value) == value


def test_a_stream_yields_its_items_and_returns_its_value(host: Host) -> None:
    items: list[int] = []
    assert drain(host.stream("count", 1000), items) == 10_000
    assert items == list(range(1000))


def test_waiting_for_readiness_tells_when_time_is_over() -> None:
    with Host("slow", never_made) as host:
        assert not host.wait_ready(0.05)
        assert not host.is_ready
        assert host.is_alive


def test_a_host_starts_with_its_first_call() -> None:
    host = Host("chat", Engine)
    assert not host.is_alive
    assert host.call("echo", 1) == 1
    host.stop()


def test_something_that_cannot_be_pickled_is_refused_at_once() -> None:
    with pytest.raises((AttributeError, pickle.PicklingError)):
        Host("chat", lambda: None)


def test_arguments_that_cannot_be_pickled_leave_the_host_usable(host: Host) -> None:
    with pytest.raises((AttributeError, pickle.PicklingError)):
        host.call("echo", lambda: None)
    assert host.call("echo", 1) == 1


def test_an_open_stream_refuses_another_call_from_its_own_thread_instead_of_waiting_for_ever(host: Host) -> None:
    stream = host.stream("count", 10)
    next(stream)
    with pytest.raises(RuntimeError, match="has not finished"):
        host.call("echo", 1)
    stream.close()
    assert host.call("echo", 1) == 1


# Cancelling


def test_cancelling_a_call_reaches_the_child_within_a_fifth_of_a_second(host: Host) -> None:
    host.wait_ready()
    delays_s = []
    for _ in range(10):
        cancel = threading.Event()
        set_at: list[float] = []

        def set_it(cancel: threading.Event = cancel, set_at: list[float] = set_at) -> None:
            set_at.append(time.monotonic())
            cancel.set()

        timer = threading.Timer(0.05, set_it)
        timer.start()
        assert host.call("wait_for_cancel", cancel=cancel) == "cancelled"
        delays_s.append(time.monotonic() - set_at[0])
        timer.join()
    assert sorted(delays_s)[5] < 0.2


def test_cancelling_a_stream_lets_it_end_by_itself(host: Host) -> None:
    cancel = threading.Event()
    stream = host.stream("count_for_ever", cancel=cancel)
    assert next(stream) == 0
    cancel.set()
    assert drain(stream, []) == "cancelled"


def test_a_cancel_set_beforehand_is_seen(host: Host) -> None:
    cancel = threading.Event()
    cancel.set()
    assert host.call("wait_for_cancel", cancel=cancel) == "cancelled"


def _cancelled_soon() -> threading.Event:
    cancel = threading.Event()
    threading.Timer(0.05, cancel.set).start()
    return cancel


def test_cancelling_ends_the_waiting_for_a_child_that_loads(tmp_path: Path) -> None:
    waits: list[Callable[[Host], object]] = [
        lambda host: host.get("greeting", cancel=_cancelled_soon()),
        lambda host: host.call("echo", 1, cancel=_cancelled_soon()),
        lambda host: list(host.stream("count", 3, cancel=_cancelled_soon())),
    ]
    with Host("slow", make_slowly, (str(tmp_path / "go"),)) as host:
        for wait in waits:
            began_s = time.monotonic()
            with pytest.raises(CallCancelled):
                wait(host)
            assert time.monotonic() - began_s < 0.5
        (tmp_path / "go").touch()
        assert host.call("echo", 2, cancel=threading.Event()) == 2
        assert host.get("n_calls") == 1, "what was cancelled is not done later"
        assert host.deaths_in_a_row == 0


def test_cancelling_ends_the_waiting_for_another_callers_turn(own_host: Host) -> None:
    cancel_first = threading.Event()
    first = threading.Thread(target=own_host.call, args=("wait_for_cancel",), kwargs={"cancel": cancel_first})
    own_host.wait_ready()
    first.start()
    began_s = time.monotonic()
    with pytest.raises(CallCancelled):
        own_host.call("echo", 1, cancel=_cancelled_soon())
    assert time.monotonic() - began_s < 0.5
    cancel_first.set()
    first.join()
    assert own_host.call("echo", 1) == 1


def test_late_items_of_a_closed_stream_are_never_mixed_into_the_next_call(host: Host) -> None:
    for _ in range(50):
        stream = host.stream("count_for_ever")
        assert next(stream) == 0
        stream.close()
        assert host.call("echo", "clean") == "clean"
        assert list(host.stream("count", 3)) == [0, 1, 2]


def test_closing_a_stream_closes_the_generator_in_the_child(own_host: Host) -> None:
    stream = own_host.stream("count_deaf")
    next(stream)
    stream.close()
    assert own_host.get("greeting") == "deaf was closed"


def test_a_consumer_that_rests_makes_the_child_wait_and_misses_nothing(host: Host) -> None:
    stream = host.stream("count", 20_000)
    assert next(stream) == 0
    threading.Event().wait(0.2)
    assert sum(1 for _ in stream) == 19_999


# Errors of the object


def test_an_error_travels_as_it_is_with_the_traceback_of_the_child(host: Host) -> None:
    with pytest.raises(KeyError, match="lost") as caught:
        host.call("fail", KeyError("lost"))
    assert "hosted_examples.py" in caught.value.__notes__[0]
    assert host.deaths_in_a_row == 0


@pytest.mark.parametrize(
    ("method", "type_name"),
    [("fail_unsendable", "Unsendable"), ("fail_foreign", "SAXNotSupportedException")],
)
def test_an_error_that_cannot_travel_becomes_a_fault(host: Host, method: str, type_name: str) -> None:
    with pytest.raises(Exception, match=r"left right|no") as caught:
        host.call(method)
    kind = type(caught.value)
    assert kind is ChildFault or kind.__name__ == type_name
    assert "Traceback" in caught.value.__notes__[0]
    assert type_name in str(caught.value) or kind.__name__ == type_name


def test_an_object_cannot_end_its_process_by_raising(host: Host) -> None:
    with pytest.raises(ChildFault, match="SystemExit: 3"):
        host.call("leave", 3)
    with pytest.raises(AttributeError):
        host.call("absent")
    with pytest.raises((AttributeError, pickle.PicklingError)):
        host.call("return_unpicklable")
    assert host.call("echo", 1) == 1


def test_an_error_while_the_object_is_made_reaches_each_caller_until_it_can_be_made(tmp_path: Path) -> None:
    door = tmp_path / "door"
    with Host("chat", fail_to_make, (str(door),)) as host:
        for _ in range(3):
            with pytest.raises(FileNotFoundError):
                host.wait_ready()
            with pytest.raises(FileNotFoundError):
                host.call("echo", 1)
        assert host.deaths_in_a_row == 0
        door.touch()
        assert host.call("echo", 1) == 1


def test_the_errors_of_hosting_survive_pickling() -> None:
    for error in (
        ChildDied(name="chat", cause="x"),
        ChildTooSlow(name="chat"),
        ChildGaveUp(name="chat", deaths=2),
        ChildStopped(name="chat"),
        ChildFault(type_name="E", message="m"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)


# Death


@ONLY_POSIX
def test_kills_during_a_call_are_told_and_the_next_call_works(hardy: Host, deaths: Deaths) -> None:
    for n in range(1, N_KILLS + 1):
        with pytest.raises(ChildDied, match=r"signal 9.*safe"):
            hardy.call("die")
        assert hardy.call("echo", n) == n
        assert deaths.wait_for(n)
    assert deaths.all == [Death("chat", -signal.SIGKILL, hung=False)] * N_KILLS


@ONLY_POSIX
def test_kills_during_a_stream_are_told_after_the_items_sent_before(hardy: Host) -> None:
    for n in range(N_KILLS):
        received: list[int] = []
        with pytest.raises(ChildDied):
            drain(hardy.stream("yield_and_die", n * 20), received)
        assert received == list(range(n * 20))
        assert list(hardy.stream("count", 3)) == [0, 1, 2]


@ONLY_POSIX
def test_kills_while_idle_are_noticed_and_the_next_call_does_not_see_them(hardy: Host, deaths: Deaths) -> None:
    for n in range(1, N_KILLS + 1):
        hardy.wait_ready()
        assert hardy.pid is not None
        os.kill(hardy.pid, signal.SIGKILL)
        if n % 2:  # every other call comes before the death can have been noticed
            assert deaths.wait_for(n)
        assert hardy.call("echo", n) == n
    assert deaths.wait_for(N_KILLS)


@ONLY_POSIX
def test_kills_from_outside_at_any_moment_of_work_never_hang_or_mix_up(hardy: Host) -> None:
    hardy.call("echo", 0)
    n_died = 0
    for n in range(N_KILLS):
        hardy.wait_ready()
        pid = hardy.pid
        assert pid is not None
        killer = threading.Timer(n * 0.014 / N_KILLS, os.kill, (pid, signal.SIGKILL))
        killer.start()
        try:
            while killer.is_alive():
                assert hardy.call("echo", n) == n
        except ChildDied:
            n_died += 1
        killer.join()
        assert hardy.call("echo", -n) == -n
    assert n_died <= N_KILLS


@ONLY_POSIX
def test_a_hung_child_is_ended_and_told(hardy: Host, deaths: Deaths) -> None:
    hardy.wait_ready()
    assert hardy.pid is not None
    os.kill(hardy.pid, signal.SIGSTOP)
    with pytest.raises(ChildDied, match="stopped answering"):
        hardy.call("echo", 1)
    assert deaths.wait_for(1)
    assert deaths.all[0].hung
    assert hardy.call("echo", 2) == 2


def test_a_busy_child_that_answers_pings_is_not_taken_for_hung(hardy: Host) -> None:
    hardy.call("burn", 1.5)
    assert hardy.deaths_in_a_row == 0


@ONLY_POSIX
def test_two_deaths_in_a_row_end_in_giving_up_until_restarted(deaths: Deaths) -> None:
    with Host("chat", Engine, on_death=deaths) as host:
        for _ in range(2):
            with pytest.raises(ChildDied):
                host.call("die")
        for _ in range(3):
            with pytest.raises(ChildGaveUp, match="2 times in a row"):
                host.call("echo", 1)
        with pytest.raises(ChildGaveUp):
            host.start()
        host.restart()
        assert host.call("echo", 1) == 1
        assert host.deaths_in_a_row == 0


@ONLY_POSIX
def test_a_success_between_two_deaths_forgives_the_first() -> None:
    with Host("chat", Engine) as host:
        for _ in range(3):
            with pytest.raises(ChildDied):
                host.call("die")
            assert host.call("echo", 1) == 1


@ONLY_POSIX
def test_dying_while_the_object_is_made_counts(deaths: Deaths) -> None:
    with Host("chat", die_while_made, on_death=deaths) as host:
        with pytest.raises(ChildDied):
            host.wait_ready()
        with pytest.raises(ChildDied):
            host.call("echo", 1)
        with pytest.raises(ChildGaveUp):
            host.call("echo", 1)
    assert deaths.wait_for(2)


def test_a_call_over_its_time_is_ended_and_does_not_count_as_a_death(own_host: Host) -> None:
    for _ in range(3):
        with pytest.raises(ChildTooSlow):
            own_host.call("wait_for_ever", timeout_s=0.1)
        assert own_host.deaths_in_a_row == 0
    assert own_host.call("echo", 1) == 1


def test_killing_on_purpose_ends_the_call_and_does_not_count_as_a_death(own_host: Host) -> None:
    own_host.wait_ready()
    timer = threading.Timer(0.1, own_host.kill)
    timer.start()
    with pytest.raises(ChildDied):
        own_host.call("wait_for_ever")
    timer.join()
    assert own_host.deaths_in_a_row == 0
    assert own_host.call("echo", 1) == 1


# Stopping


def test_stopping_closes_the_object_and_ends_the_process(tmp_path: Path) -> None:
    host = Host("chat", Closing, (str(tmp_path / "note"),))
    host.call("echo", 1)
    pid = host.pid
    host.stop()
    assert (tmp_path / "note").read_text() == "closed"
    assert pid is not None
    assert not is_running(pid)
    with pytest.raises(ChildStopped):
        host.call("echo", 1)
    host.stop()


def test_stopping_several_takes_no_longer_than_one() -> None:
    hosts = [Host(f"deaf {n}", Deaf) for n in range(3)]
    for host in hosts:
        host.wait_ready()
    began_s = time.monotonic()
    stop_all(hosts, timeout_s=1)
    assert time.monotonic() - began_s < 2.5
    assert not any(host.is_alive for host in hosts)


def test_stopping_ends_a_call_that_is_deaf(own_host: Host) -> None:
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            own_host.call("wait_for_ever")
        except ChildStopped as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    own_host.wait_ready()
    thread.start()
    own_host.stop(timeout_s=0.3)
    thread.join(10)
    assert len(errors) == 1


@ONLY_POSIX
def test_stopping_a_stopped_process_takes_no_longer_than_allowed(own_host: Host) -> None:
    own_host.wait_ready()
    assert own_host.pid is not None
    os.kill(own_host.pid, signal.SIGSTOP)
    began_s = time.monotonic()
    own_host.stop(timeout_s=0.5)
    assert time.monotonic() - began_s < 2
    assert not own_host.is_alive


# Threads


def test_callers_are_served_in_the_order_of_arrival(host: Host) -> None:
    host.wait_ready()
    is_over = threading.Event()
    greedy_calls = []

    def be_greedy() -> None:
        while not is_over.is_set():
            host.call("echo", 1)
            greedy_calls.append(1)

    greedy = threading.Thread(target=be_greedy)
    greedy.start()
    assert until(lambda: bool(greedy_calls))
    for _ in range(20):
        before = len(greedy_calls)
        host.call("echo", 2)
        # The one being served, one already waiting, and one that has come back in between.
        assert len(greedy_calls) - before <= 3
    is_over.set()
    greedy.join()


def test_eight_threads_each_get_their_own_answers(host: Host) -> None:
    wrong = []

    def ask(n: int) -> None:
        wrong.extend(i for i in range(50) if host.call("echo", (n, i)) != (n, i))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_child_outlives_the_thread_that_started_it() -> None:
    host = Host("chat", Engine)
    thread = threading.Thread(target=host.start)
    thread.start()
    thread.join()
    assert host.call("echo", 1) == 1
    pid = host.pid
    assert host.call("echo", 2) == 2
    assert host.pid == pid
    assert host.deaths_in_a_row == 0
    host.stop()


# Surroundings


@ONLY_POSIX
def test_the_child_lives_in_quiet_surroundings() -> None:
    with Host("chat", Engine, nice=5) as host:
        seen: dict[str, Any] = host.call("surroundings")
    assert seen["umask"] == 0o077
    assert seen["nice"] >= 5
    assert seen["sigint"]
    assert seen["core"] == (0, 0)
    assert seen["qt"] == []
    environment = seen["environment"]
    assert environment["ANONYMIZED_TELEMETRY"] == "False"
    assert environment["HF_HUB_OFFLINE"] == environment["TRANSFORMERS_OFFLINE"] == "1"
    assert environment["OTEL_SDK_DISABLED"] == "true"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can refuse the network")
def test_the_child_has_no_network_but_local_sockets(host: Host) -> None:
    import socket

    assert host.call("open_socket", int(socket.AF_INET)) == "refused"
    assert host.call("open_socket", int(socket.AF_INET6)) == "refused"
    assert host.call("open_socket", int(socket.AF_UNIX)) == "opened"


@ONLY_POSIX
def test_limits_end_a_greedy_child_and_only_that(tmp_path: Path) -> None:
    limits = Limits(cpu_s=1, memory_bytes=1 << 30, file_bytes=1000)
    with Host("reader", Engine, limits=limits, give_up_after=None) as host:
        with pytest.raises(MemoryError):
            host.call("eat", 2 << 30)
        with pytest.raises(OSError, match="large"):
            host.call("write", str(tmp_path / "big"), 5000)
        for _ in range(2):  # each call has its own share
            host.call("burn", 0.7)
        with pytest.raises(ChildDied, match=f"signal {int(signal.SIGXCPU)}"):
            host.call("burn", 30)
        assert host.call("echo", 1) == 1


_PRINTING = """
from desktop_app.hosting import Host
from tests.unit.desktop_app.hosted_examples import Engine
if __name__ == "__main__":
    with Host("chat", Engine) as host:
        host.call("print_to_stdout", "noise")
    print("clean")
"""


def script(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "script.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_a_child_prints_to_stderr_only(tmp_path: Path) -> None:
    finished = subprocess.run(
        script(tmp_path, _PRINTING), capture_output=True, text=True, check=True, env=environment(), timeout=60
    )
    assert finished.stdout == "clean\n"
    assert finished.stderr == "noise\nnoise\n"


def test_a_child_prints_to_its_log(tmp_path: Path) -> None:
    with Host("chat", Engine, log=tmp_path / "chat.log") as host:
        host.call("print_to_stdout", "noise")
    assert (tmp_path / "chat.log").read_text() == "noise\nnoise\n"


_FORGETFUL = """
import sys
from threading import Thread
from desktop_app.hosting import Host
from tests.unit.desktop_app.hosted_examples import Engine, Nest
if __name__ == "__main__":
    hosts = [Host("chat", Engine), Host("nest", Nest)]
    for host in hosts:
        host.call("echo", 1) if host.name == "chat" else host.call("pids")
    Thread(target=hosts[0].call, args=("wait_for_ever",), daemon=True).start()
"""


def test_a_program_that_forgets_to_stop_its_hosts_ends_all_the_same(tmp_path: Path) -> None:
    began_s = time.monotonic()
    subprocess.run(script(tmp_path, _FORGETFUL), check=True, env=environment(), timeout=60, stderr=subprocess.DEVNULL)
    assert time.monotonic() - began_s < 30


# Children of children


def test_a_hosted_object_can_host_another() -> None:
    with Host("outer", Nest) as host:
        outer, inner = host.call("pids")
        assert outer == host.pid
        assert inner not in {outer, os.getpid()}
        with pytest.raises(ChildDied, match="inner"):
            host.call("inner_die")
        assert host.call("pids")[0] == outer
        inner = host.call("pids")[1]
    assert until(lambda: not is_running(inner))


_FAMILY = """
import json, sys
from threading import Event, Thread
from desktop_app.hosting import Host
from tests.unit.desktop_app.hosted_examples import Engine, Nest
if __name__ == "__main__":
    nest, engine = Host("nest", Nest), Host("chat", Engine)
    print(json.dumps([*nest.call("pids"), engine.get("pid")]), flush=True)
    if sys.argv[1] == "busy":
        Thread(target=nest.call, args=("inner_wait",)).start()
        engine.call("burn", 60)
    Event().wait()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("mood", ["idle", "busy"])
def test_killing_the_top_process_leaves_no_orphan_anywhere(tmp_path: Path, mood: str) -> None:
    command = [*script(tmp_path, _FAMILY), mood]
    for _ in range(n_kills(1)):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as top:
            assert top.stdout is not None
            family = json.loads(top.stdout.readline())
            assert all(is_running(pid) for pid in family)
            top.kill()
        assert until(lambda: not any(is_running(pid) for pid in family), 5)  # noqa: B023 - used at once
