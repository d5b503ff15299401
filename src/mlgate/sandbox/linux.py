"""System calls without a wrapper in Python's library."""

from __future__ import annotations

import ctypes
import os

DIE_WITH_PARENT = 1
SECCOMP = 22
DROP_CAPABILITY = 24
NO_NEW_PRIVILEGES = 38
_PRCTL_ARGUMENTS = 4


def call(number: int, *arguments: object) -> int:
    """The answer of a system call. Raises `OSError`."""
    return _checked(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *map(_wide, arguments)))


def prctl(option: int, *arguments: object) -> int:
    """The answer of `prctl`. Raises `OSError`."""
    padded = (*arguments, *[0] * (_PRCTL_ARGUMENTS - len(arguments)))
    return _checked(ctypes.CDLL(None, use_errno=True).prctl(ctypes.c_int(option), *map(_wide, padded)))


def _wide(argument: object) -> object:
    """Whole numbers as the kernel reads them, in registers of 64 bits."""
    return ctypes.c_ulong(argument) if isinstance(argument, int) else argument


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(answer)
