"""A filter for the kernel that leaves a process without any network: written here, taken on by `boot.py`.

https://docs.kernel.org/userspace-api/seccomp_filter.html. Sockets between processes of this machine (AF_UNIX) stay,
since programs that start helpers of their own use them; new ones of any other family are refused.
"""

from __future__ import annotations

import errno
import platform
import struct
import sys
from typing import NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000
_UNIX = 1


class _Machine(NamedTuple):
    """Its number in the kernel's audit records, and those of the calls (asm/unistd_64.h, asm-generic/unistd.h)."""

    audit: int
    socket: int
    io_uring_setup: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 41, 425), "aarch64": _Machine(0xC00000B7, 198, 425)}


def network_filter() -> str:
    """The filter in hexadecimal; empty where no kernel of this platform would take it."""
    machine = _MACHINES.get(platform.machine())
    if machine is None or not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        return ""
    return b"".join(_steps(machine)).hex()


def _steps(machine: _Machine) -> list[bytes]:
    return [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, machine.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, 0, 1),  # the x32 calls of an x86_64 kernel are the same calls under other numbers
        _step(_RETURN, _REFUSE),
        _step(_EQUAL, machine.io_uring_setup, 0, 1),
        _step(_RETURN, _REFUSE),
        _step(_EQUAL, machine.socket, 1, 0),
        _step(_RETURN, _ALLOW),
        _step(_LOAD, _FIRST_ARGUMENT),
        _step(_EQUAL, _UNIX, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
