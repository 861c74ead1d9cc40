"""After refusing the network there is none, for this process and for what it starts."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

_CONFINED = """
import ctypes, json, os, socket, subprocess, sys, threading
from desktop_app.confinement import refuse_network

def attempt(family, kind=socket.SOCK_STREAM):
    try:
        socket.socket(family, kind).close()
    except OSError as error:
        return error.strerror
    return "opened"

before_stop, late = threading.Event(), []
def wait_and_try():
    before_stop.wait()
    late.append(attempt(socket.AF_INET))
older = threading.Thread(target=wait_and_try)
older.start()
seen = {"refused": refuse_network(), "again": refuse_network()}
before_stop.set()
older.join()
seen["older thread"] = late[0]
for family in ("AF_INET", "AF_INET6", "AF_UNIX"):
    seen[family] = attempt(getattr(socket, family))
seen["udp"] = attempt(socket.AF_INET, socket.SOCK_DGRAM)
seen["ipv6"] = socket.has_ipv6
left, right = socket.socketpair()
left.sendall(b"x")
seen["local"] = right.recv(1).decode()
libc = ctypes.CDLL(None, use_errno=True)
seen["io_uring"] = [libc.syscall(425, 1, None), os.strerror(ctypes.get_errno())]
child = "import socket\\ntry:\\n socket.socket()\\n print('opened')\\nexcept PermissionError:\\n print('refused')"
seen["child"] = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip()
print(json.dumps(seen))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in {"x86_64", "aarch64"},
    reason="this machine cannot refuse the network",
)
def test_no_thread_and_no_child_opens_an_internet_socket_any_more() -> None:
    finished = subprocess.run([sys.executable, "-c", _CONFINED], capture_output=True, text=True, check=True)
    seen = json.loads(finished.stdout)
    denied = "Permission denied"
    assert seen.pop("refused")
    assert seen.pop("again")
    assert seen == {
        "AF_INET": denied,
        "AF_INET6": denied,
        "AF_UNIX": "opened",
        "udp": denied,
        "older thread": denied,
        "ipv6": False,
        "local": "x",
        "io_uring": [-1, denied],
        "child": "refused",
    }
