"""seccomp: which system calls a process may make, as a filter that the kernel runs before each of them.

https://docs.kernel.org/userspace-api/seccomp_filter.html. What the filter does not name is allowed: it closes the ways
out of the process, and Landlock closes the files.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from mlgate.sandbox.linux import DIE_WITH_PARENT, NO_NEW_PRIVILEGES, SECCOMP, prctl
from mlgate.sandbox.syscalls import LISTENING, LOOKED_INTO, PRETENDED, REFUSED, SENDING

_FILTER_MODE = 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32 = 0x40000000
_CLONE_THREAD = 0x00010000
_STREAM, _SOCKET_TYPE = 1, 0xF
_FAST_OPEN = 0x20000000
_OWNED = (8, 10, 15, 1024, 1026)  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
_OWNED_SOCKETS = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP


class _Machine(NamedTuple):
    """Its number in the kernel's audit records, and its column in the tables of system calls."""

    audit: int
    column: int


_MACHINES = {"x86_64": _Machine(0xC000003E, 0), "aarch64": _Machine(0xC00000B7, 1)}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def available() -> bool:
    """Whether this kernel and container take filters, and the numbers of this machine's system calls are known."""
    if not sys.platform.startswith("linux") or _machine() is None or sys.maxsize < 2**32:
        return False
    try:
        prctl(SECCOMP, _FILTER_MODE, 0)  # no program: a kernel that would take one says that the address is bad
    except OSError as error:
        return error.errno == errno.EFAULT
    return False


def restrict(*, listening: bool = False) -> None:
    """Refuse this process everything in `mlgate.sandbox.syscalls`, for good. Raises `OSError`.

    A `listening` one may accept connections on sockets that it was given, and make or connect none.
    """
    machine = _known_machine()
    _take_on(program(machine.audit, machine.column, os.getpid(), listening=listening))


def restrict_network() -> None:
    """Refuse this process, and what it starts or becomes, all sockets and no more. Raises `OSError`."""
    machine = _known_machine()
    _take_on(offline(machine.audit, machine.column))


def _take_on(code: bytes) -> None:
    prctl(NO_NEW_PRIVILEGES, 1)
    prctl(SECCOMP, _FILTER_MODE, ctypes.byref(_Program(len(code) // 8, code)))


def program(audit: int, column: int, pid: int, *, listening: bool = False) -> bytes:
    """The filter in the kernel's byte code, for the machine in that column of the tables and the process `pid`."""
    steps = _number_of_call(audit, column)
    for name, numbers in REFUSED.items():
        if not (listening and name in LISTENING):
            steps += _answer(numbers[column], _ERROR | errno.EPERM)
    if listening:
        steps += _sending(column)
    for numbers in PRETENDED.values():
        steps += _answer(numbers[column], _ERROR)
    for name, body in _by_arguments(pid).items():
        steps += _looked_into(name, column, body)
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def offline(audit: int, column: int) -> bytes:
    """The filter for a program that may do all but reach a network, or a server of this machine by its socket.

    Pipes and pairs of connected sockets stay: programs that start helpers use them.
    """
    steps = _number_of_call(audit, column)
    for name in ("io_uring_setup", "socket"):
        steps += _answer(REFUSED[name][column], _ERROR | errno.EPERM)
    steps += _looked_into("socketpair", column, _only_streams())
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _number_of_call(audit: int, column: int) -> list[bytes]:
    """Loads the number of the call, of this architecture alone."""
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if column == 0:  # the x32 calls of an x86_64 kernel are the same calls under other numbers
        steps += [_step(_AT_LEAST, _X32, 0, 1), _step(_RETURN, _ERROR | errno.EPERM)]
    return steps


def _sending(column: int) -> list[bytes]:
    """Nothing that is sent opens a connection: a listening socket that was shut down could become a caller."""
    steps: list[bytes] = []
    for numbers, flags in SENDING.values():
        body = [_step(_LOAD, _argument(flags)), *_either(_ANY_BIT, _FAST_OPEN, _ERROR | errno.EPERM, _ALLOW)]
        steps += [_step(_EQUAL, numbers[column], 0, len(body)), *body]
    return steps


def _by_arguments(pid: int) -> Mapping[str, list[bytes]]:
    """Threads are allowed and processes are not; signals go to this process alone; limits are read and not set."""
    own = [_step(_LOAD, _argument(0)), *_either(_EQUAL, pid, _ALLOW, _ERROR | errno.EPERM)]
    unset = [_step(_LOAD, _argument(2)), _step(_EQUAL, 0, 1, 0), _step(_RETURN, _ERROR | errno.EPERM)]
    return {
        "clone": [_step(_LOAD, _argument(0)), *_either(_ANY_BIT, _CLONE_THREAD, _ALLOW, _ERROR | errno.EPERM)],
        "clone3": [_step(_RETURN, _ERROR | errno.ENOSYS)],  # its flags lie in memory; the C library then uses `clone`
        "fcntl": _none_of(1, _OWNED),
        "ioctl": _none_of(1, _OWNED_SOCKETS),
        "kill": own,
        "tgkill": own,
        "prctl": [
            _step(_LOAD, _argument(0)),
            *_either(_EQUAL, DIE_WITH_PARENT, _ERROR | errno.EPERM, _ALLOW),
        ],
        "prlimit64": [
            *unset,
            _step(_LOAD, _argument(2) + 4),
            *_either(_EQUAL, 0, _ALLOW, _ERROR | errno.EPERM),
        ],
        "socketpair": _only_streams(),
    }


def _none_of(place: int, values: Iterable[int]) -> list[bytes]:
    """The owner of a descriptor gets a signal when something happens to it: any signal, and any process."""
    steps = [_step(_LOAD, _argument(place))]
    for value in values:
        steps += _answer(value, _ERROR | errno.EPERM)
    return [*steps, _step(_RETURN, _ALLOW)]


def _only_streams() -> list[bytes]:
    """A datagram can be sent from a connected pair to any other socket."""
    kind = [_step(_LOAD, _argument(1)), _step(_AND, _SOCKET_TYPE)]
    return [*kind, *_either(_EQUAL, _STREAM, _ALLOW, _ERROR | errno.EPERM)]


def _looked_into(name: str, column: int, body: list[bytes]) -> list[bytes]:
    return [_step(_EQUAL, LOOKED_INTO[name][column], 0, len(body)), *body]


def _answer(number: int | None, verdict: int) -> list[bytes]:
    return [] if number is None else [_step(_EQUAL, number, 0, 1), _step(_RETURN, verdict)]


def _either(test: int, value: int, yes: int, no: int) -> list[bytes]:
    return [_step(test, value, 0, 1), _step(_RETURN, yes), _step(_RETURN, no)]


def _argument(place: int) -> int:
    """The lower half of an argument; the upper one lies four bytes on."""
    return _ARGUMENTS + 8 * place


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _machine() -> _Machine | None:
    return _MACHINES.get(platform.machine())


def _known_machine() -> _Machine:
    machine = _machine()
    assert machine is not None, "restricting follows `available`"
    return machine
