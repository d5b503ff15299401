"""All confinement of a process in one place: what this platform gives, and taking it on."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from mlgate.sandbox import landlock, limits, seccomp
from mlgate.sandbox.limits import Limits
from mlgate.sandbox.linux import DIE_WITH_PARENT, prctl
from mlgate.sandbox.reach import Reach


@dataclass(frozen=True, slots=True)
class Means:
    """What this platform offers to confine a process with: Landlock's ABI (0 without), seccomp, limits."""

    landlock: int
    seccomp: bool
    limits: bool

    @classmethod
    def here(cls) -> Means:
        return cls(landlock.abi(), seccomp.available(), limits.available())


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a process takes on before it does anything else; `parent` is the process with which it ends.

    A `listening` one may accept connections on a socket that was bound for it. With `programs` it may start programs
    out of what it may read, which are confined as it is: then the kernel keeps it from networks, and no longer from
    processes.
    """

    means: Means
    limits: Limits
    reach: Reach
    parent: int
    listening: bool = False
    programs: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Confinement:
        parts = (Means(**tree["means"]), Limits(**tree["limits"]), Reach(**tree["reach"]))
        return cls(*parts, tree["parent"], listening=tree["listening"], programs=tree["programs"])

    def take_on(self) -> None:
        """Confine this process, for good. Raises `OSError` where the platform gives less than `means` says."""
        if sys.platform.startswith("linux"):
            prctl(DIE_WITH_PARENT, signal.SIGKILL)
            if os.getppid() != self.parent:
                raise ProcessLookupError(f"the process {self.parent} that started this one is gone")
            limits.go_first()
        if self.means.limits:
            limits.restrict(self.limits)
        if self.means.landlock:
            landlock.restrict(self.means.landlock, self._rules())
        if self.means.seccomp:  # the last, since it refuses what the others need
            if self.programs:
                seccomp.restrict_network()
            else:
                seccomp.restrict(listening=self.listening)

    def _rules(self) -> list[tuple[str, landlock.Access]]:
        reach = self.reach
        read = landlock.READ | landlock.Access.EXECUTE if self.programs else landlock.READ
        return [
            *((path, read) for path in reach.read),
            *((path, landlock.Access.READ_DIR) for path in reach.listed),
            *((path, landlock.READ | landlock.Access.WRITE_FILE) for path in reach.devices),
            (reach.own, landlock.WRITE),
        ]
