"""Takes the network away from this process and everything it starts, by a filter in the kernel.

It does not limit files, memory or time, and it cannot be undone. Only Linux on x86-64 and aarch64 can do it.

Method: Linux kernel documentation, userspace-api/seccomp_filter; the program is classic BPF over `struct seccomp_data`.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
import sys
from dataclasses import dataclass

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_SECCOMP_SET_MODE_FILTER = 1
_FLAG_ALL_THREADS = 1

_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_IF_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050000 | errno.EACCES

_AT_NUMBER = 0
_AT_ARCHITECTURE = 4
_AT_FIRST_ARGUMENT = 16  # the low half of the argument on little-endian machines

_AF_INET = 2
_AF_INET6 = 10
_IO_URING_SETUP = 425  # it could open sockets without the system call that is filtered here
_OTHER_CALLING_CONVENTION = 0x40000000  # x32 on x86-64: the same calls under other numbers


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers that differ between processors."""

    architecture: int
    socket: int
    seccomp: int


_MACHINES = {
    "x86_64": _Machine(architecture=0xC000003E, socket=41, seccomp=317),
    "aarch64": _Machine(architecture=0xC00000B7, socket=198, seccomp=277),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def refuse_network() -> bool:
    """Let every `socket(AF_INET or AF_INET6)` fail with EACCES from now on, in all threads and all later children.

    AF_UNIX and everything else works as before. False where this machine cannot do it. On every machine, libraries
    that are imported later are told that there is no IPv6, because some open a socket while they are imported to see.
    """
    socket.has_ipv6 = False
    machine = _MACHINES.get(platform.machine())
    if not sys.platform.startswith("linux") or machine is None or struct.calcsize("P") != 8:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    instructions = _filter(machine)
    program = _Program(len(instructions) // 8, instructions)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    if libc.syscall(machine.seccomp, _SECCOMP_SET_MODE_FILTER, _FLAG_ALL_THREADS, ctypes.byref(program)) == 0:
        return True
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _filter(machine: _Machine) -> bytes:
    """Eight bytes an instruction: code, how many to skip if true, how many if false, operand."""
    return b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            (_LOAD_WORD, 0, 0, _AT_ARCHITECTURE),
            (_JUMP_IF_EQUAL, 0, 8, machine.architecture),
            (_LOAD_WORD, 0, 0, _AT_NUMBER),
            (_JUMP_IF_AT_LEAST, 6, 0, _OTHER_CALLING_CONVENTION),
            (_JUMP_IF_EQUAL, 5, 0, _IO_URING_SETUP),
            (_JUMP_IF_EQUAL, 0, 3, machine.socket),
            (_LOAD_WORD, 0, 0, _AT_FIRST_ARGUMENT),
            (_JUMP_IF_EQUAL, 2, 0, _AF_INET),
            (_JUMP_IF_EQUAL, 1, 0, _AF_INET6),
            (_RETURN, 0, 0, _ALLOW),
            (_RETURN, 0, 0, _REFUSE),
        )
    )
