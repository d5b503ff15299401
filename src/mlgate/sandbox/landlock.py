"""Landlock: which files a process may touch, asked of Linux without any privilege.

https://docs.kernel.org/userspace-api/landlock.html. The numbers are those of `linux/landlock.h`.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from enum import IntFlag

from mlgate.sandbox.linux import NO_NEW_PRIVILEGES, call, prctl

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_RULE_PATH_BENEATH = 1
_ASK_VERSION = 1
WHOLE = 4
"""The first ABI that covers reading, writing, truncating and TCP."""


class Access(IntFlag):
    """What may be done with files and folders."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SYM = 1 << 12
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


READ = Access.READ_FILE | Access.READ_DIR
WRITE = (
    READ
    | Access.WRITE_FILE
    | Access.REMOVE_DIR
    | Access.REMOVE_FILE
    | Access.MAKE_DIR
    | Access.MAKE_REG
    | Access.MAKE_SYM
    | Access.REFER
    | Access.TRUNCATE
)
_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
_HANDLED_BITS = ((5, 16), (3, 15), (2, 14), (1, 13))  # from this ABI on, so many rights are known
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract sockets and signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """The version that this kernel and container offer; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    try:
        return call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    except OSError:
        return 0


def restrict(version: int, rules: Iterable[tuple[str, Access]]) -> None:
    """Take every right on files from this process but `rules` (a path and what may be done below it), and TCP.

    `version` is at most `abi()`. Paths that do not exist are left out. Raises `OSError`; nothing is given back.
    """
    handled = _handled(version)
    ruleset = call(_CREATE_RULESET, ctypes.byref(_Ruleset(handled, _TCP, _SCOPES)), _size(version), 0)
    try:
        for path, access in rules:
            _allow(ruleset, path, Access(access & handled))
        prctl(NO_NEW_PRIVILEGES, 1)
        call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _handled(version: int) -> int:
    bits = next(bits for since, bits in _HANDLED_BITS if version >= since)
    return (1 << bits) - 1


def _size(version: int) -> int:
    """An older kernel refuses the fields that it does not know."""
    if version >= 6:
        return 24
    return 16 if version >= 4 else 8


def _allow(ruleset: int, path: str, access: Access) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            access &= _OF_FILES
        call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(_PathBeneath(access, place)), 0)
    finally:
        os.close(place)
