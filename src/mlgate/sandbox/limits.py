"""How much a confined process may take: memory, files, processor time."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

GIB = 1 << 30
_LEAST_MEMORY = 2 * GIB
_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` is how long one answer may take, a little more than a check allows it; `processor` how many seconds of
    all cores the process may use.

    `memory` counts what the process may write to, in bytes; `file` is the largest file it may write; `tasks` bounds
    its threads where it runs without privilege (Linux counts them over all processes of the user).
    """

    memory: int
    seconds: float = 960.0
    processor: int = 24 * 3600
    file: int = GIB
    descriptors: int = 1024
    tasks: int = 16_384

    @classmethod
    def of_machine(cls) -> Limits:
        """Three quarters of the memory of this machine or container, at least 2 GiB: the gate itself must live on."""
        return cls(memory=max(_LEAST_MEMORY, _memory() * 3 // 4))


def available() -> bool:
    """Whether this system has limits on resources."""
    try:
        import resource  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


def go_first() -> None:
    """Offer this process as the one that Linux ends when memory runs out: no limit counts what is shared."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def restrict(limits: Limits) -> None:
    """Hold this process to `limits`; none is raised above what it is held to already. Raises `OSError`."""
    import resource

    for kind, most in (
        ("RLIMIT_DATA", limits.memory),
        ("RLIMIT_FSIZE", limits.file),
        ("RLIMIT_NOFILE", limits.descriptors),
        ("RLIMIT_CPU", limits.processor),
        ("RLIMIT_NPROC", limits.tasks),
        ("RLIMIT_CORE", 0),
    ):
        number = getattr(resource, kind, None)
        if number is not None:
            hard = resource.getrlimit(number)[1]
            value = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(number, (value, value))


def _memory() -> int:
    found = [_LEAST_MEMORY * 4]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    return min([*found, *(limit for path in _CGROUP if (limit := _number(Path(path))) is not None)])


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None
